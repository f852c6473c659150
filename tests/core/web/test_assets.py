"""What the pages take from npm: all they draw is there, and nothing they do not name."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.web import assets

ROOMS = ("core", "counter", "kiosk", "display", "admin", "portal")
SVG = "{http://www.w3.org/2000/svg}"


DRAWN = re.compile(
    r"\b(?:icon|draw)\((?P<called>[^)]*)\)|\bset drawing = (?P<chosen>.*?)%}|\bicon=(?P<named>\"[^\"]+\")"
)


def drawn_by_templates() -> set[str]:
    """The icons that templates name: in icon(…), in what it is given to choose from, and in icon="…"."""
    lucide = {drawing.stem for drawing in (assets.NODE_MODULES / "lucide-static" / "icons").glob("*.svg")}
    names: set[str] = set()
    for room in ROOMS:
        for template in (assets.HOUSE / room).rglob("templates/**/*.html"):
            for found in DRAWN.finditer(template.read_text("utf-8")):
                quoted = re.findall(r"\"([^\"]+)\"", "".join(filter(None, found.groups())))
                names.update(lucide.intersection(quoted))
                if re.match(r"\"[^\"]+\"", found["called"] or found["named"] or ""):
                    names.add(quoted[0])
    return names


def test_every_icon_a_template_draws_is_in_the_sprite() -> None:
    drawn = drawn_by_templates()
    assert drawn
    assert drawn - set(assets.ICONS) == set()


def test_the_sprite_holds_each_icon_once_with_its_lines_in_the_colour_of_the_text(tmp_path: Path) -> None:
    assets.build(vendor=tmp_path)
    symbols = ElementTree.parse(tmp_path / "icons.svg").getroot().findall(f"{SVG}symbol")
    assert sorted(symbol.attrib["id"] for symbol in symbols) == sorted(assets.ICONS)
    assert len(set(assets.ICONS)) == len(assets.ICONS)
    for symbol in symbols:
        assert symbol.attrib["stroke"] == "currentColor"
        assert len(symbol) > 0


def test_building_again_writes_the_same_files_and_clears_what_is_no_longer_named(tmp_path: Path) -> None:
    def contents() -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    assets.build(vendor=tmp_path)
    first = contents()
    (tmp_path / "retired.js").write_text("")
    assets.build(vendor=tmp_path)
    assert contents() == first
    assert set(first) == {*assets.COPIES, "icons.svg"}


def test_a_part_that_npm_did_not_bring_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        assets.build(node_modules=tmp_path, vendor=tmp_path / "vendor")


def test_an_icon_that_is_no_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="check"):
        assets.symbol("check", "<p>404</p>")
