"""Paper is readable, tagged, in the letters of the house, and the same wherever it is drawn."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pytest
import typst
import zxingcpp
from pypdf import PdfReader

from core.reports.pdf import draw, qr
from tests import make

CLOSING = {
    "entity": "Alcaldía de California",
    "site": "Sede principal",
    "day": "lunes 23 de noviembre de 2026",
    "sentence": "Se dieron 2 turnos «con ñ».",
    "series": [
        ["A · Impuestos", "A 001", "A 002", "2", "1", "1", "0", "0", "0"],
        ["Total", "", "", "2", "1", "1", "0", "0", "0"],
    ],
    "exceptions": [["Cambio de grupo", "Se equivocó al tocar", "1"]],
    "head": {"seq": "45", "at": "23/11/2026 17:05", "key": "0123456789ab", "lines": ["abcd ef01", "2345 6789"]},
    "log": "hechos 1 a 230",
    "check": "El registro está completo.",
    "qr": qr("45 abcdef"),
    "signers": ["Supervisión", "Control interno"],
}


def test_paper_says_what_it_was_given_in_tagged_spanish() -> None:
    paper = PdfReader(BytesIO(draw("closing", CLOSING, make.at())))
    words = paper.pages[0].extract_text()
    for said in ("Acta de cierre", "Sede principal", "«con ñ»", "A · Impuestos", "Cambio de grupo", "2345 6789"):
        assert said in words
    assert paper.metadata is not None
    assert (paper.metadata.title, paper.root_object["/Lang"]) == ("Acta de cierre", "es-CO")
    assert paper.root_object["/MarkInfo"]["/Marked"]
    fonts = {str(font["/BaseFont"]) for font in _fonts(paper)}
    assert any("AtkinsonHyperlegibleNext-Bold" in name for name in fonts)


def _fonts(paper: PdfReader) -> list[dict[str, object]]:
    return [font.get_object() for font in paper.pages[0]["/Resources"]["/Font"].values()]


def test_the_same_words_at_the_same_instant_are_the_same_paper() -> None:
    assert draw("closing", CLOSING, make.at()) == draw("closing", CLOSING, make.at())
    assert draw("closing", CLOSING, make.at()) != draw("closing", CLOSING, make.at(1))


def test_a_template_that_lacks_something_to_say_is_told() -> None:
    with pytest.raises(typst.TypstError):
        draw("closing", {name: said for name, said in CLOSING.items() if name != "site"}, make.at())


def test_the_code_on_paper_can_be_read_by_a_camera() -> None:
    png = typst.compile(
        b'#set page(width: 5cm, height: 5cm, margin: 0.8cm)\n#image(bytes(sys.inputs.qr), format: "svg", width: 100%)',
        format="png",
        ppi=200,
        sys_inputs={"qr": qr("fila 45 · huella abcdef")},
    )
    (found,) = zxingcpp.read_barcodes(_grey(png))
    assert found.text == "fila 45 · huella abcdef"


def _grey(png: bytes) -> memoryview:
    """The red of each point of a PNG with four bytes a point, rows over rows."""
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        data += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    raw, above, points = zlib.decompress(data), bytes(4 * width), bytearray()
    for start in range(0, len(raw), 4 * width + 1):
        above = _unfiltered(raw[start], raw[start + 1 : start + 1 + 4 * width], above)
        points += above[::4]
    return memoryview(bytes(points)).cast("B", (height, width))


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """PNG, third edition, section 9."""
    plain = bytearray(row)
    for n, value in enumerate(row):
        left, up, corner = (plain[n - 4], above[n], above[n - 4]) if n >= 4 else (0, above[n], 0)
        nearest = min((left, up, corner), key=lambda near: abs(left + up - corner - near))
        plain[n] = (value + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    return bytes(plain)
