"""The heat map says its zones in words, marks before and after by shape, and never runs out of a box."""

from __future__ import annotations

from xml.etree import ElementTree

from core.reports.heat import Axis, Box, heat

SVG = "{http://www.w3.org/2000/svg}"


def test_a_box_says_its_zone_and_what_falls_in_it_before_and_after() -> None:
    many = [str(n) for n in range(1, 40)]
    boxes = [[Box("extreme", "extrema", many, ["7"]), Box("low", "baja")]]
    drawing = heat(Axis("Probabilidad", ["5. Casi seguro"]), Axis("Impacto", ["mayor", "<otro>"]), boxes, "Un riesgo.")
    root = ElementTree.fromstring(drawing)
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert words == ["Probabilidad", "Impacto", "mayor", "<otro>", "5. Casi seguro", "extrema", "1, 2 +37", "7", "baja"]
    assert (len(list(root.iter(f"{SVG}circle"))), root.get("aria-label")) == (1, "Un riesgo.")
    assert len(list(root.iter(f"{SVG}rect"))) == 3
