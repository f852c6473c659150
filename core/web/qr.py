"""An address as a QR code that a page draws."""

from __future__ import annotations

from io import StringIO

from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QR_MARGIN = 2


def qr_drawing(address: str, label: str) -> Markup:
    """An address as a QR code (level M): one SVG path in units of a module, with its quiet zone."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QR_MARGIN)
    code.add_data(address)
    rows = code.get_matrix()
    path = StringIO()
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            path.write(f"M{x} {y}h1v1h-1z" if dark else "")
    drawing = Markup('<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">')
    return drawing.format(len(rows), label) + Markup('<path d="{}"/></svg>').format(path.getvalue())
