"""A table as comma-separated values that a spreadsheet in Spanish opens well.

UTF-8 with its mark, semicolons between cells and a comma before decimals: what Excel expects where the comma is
decimal. Days are written 2026-11-23, which every program reads alike.
"""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

from core.reports.table import Cell, Table, begins_a_formula

MIME = "text/csv"


def write(table: Table) -> bytes:
    """A header and the rows; text that could be taken for a formula begins with an apostrophe."""
    page = StringIO()
    lines = csv.writer(page, delimiter=";", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    lines.writerow(_plain(name) for name in table.columns)
    lines.writerows([_plain(cell) for cell in row] for row in table.rows)
    return page.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.1f}".replace(".", ",")
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if begins_a_formula(cell) else cell
