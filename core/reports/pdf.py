"""Paper: a template and what it says → a PDF that is tagged for who listens to it and fit for an archive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal

import typst
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

PAPER = Path(__file__).parent / "paper"
"""The templates: one file a document, and `page.typ`, by which all of them look alike."""

FONTS = Path(__file__).parent / "fonts"
AT_ONCE = BoundedSemaphore(2)
"""So many papers are drawn at the same time; the next ones wait, and pages go on."""

STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
"""PDF/A-2a, to be read in twenty years; PDF/UA-1, to be read aloud."""


def draw(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of `template` (the name of a file of PAPER) filled with `data`, plain values that JSON holds.

    The same data at the same instant gives the same bytes. In the template: `#let data = json(bytes(sys.inputs.data))`.
    Raises typst.TypstError for a template that does not fit its data or leaves an image without words.
    """
    with AT_ONCE:
        return typst.compile(
            str(PAPER / f"{template}.typ"),
            root=str(PAPER),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=[*STANDARDS],
            timestamp=int(at.timestamp()),
        )


def qr(text: str) -> str:
    """A QR code as an SVG, for `#image(bytes(data.qr), format: "svg", alt: "…")`; it has no margin of its own."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, image_factory=SvgPathImage)
    code.add_data(text)
    drawing = BytesIO()
    code.make_image().save(drawing)
    return drawing.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    """The letters of the house and no others, so that paper is the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
