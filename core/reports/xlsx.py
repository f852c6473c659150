"""Tables as a spreadsheet: one sheet each, numbers as numbers, days as days, and every text as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO

import xlsxwriter

from core.reports.table import Table, written

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write(tables: Sequence[Table], title: str, at: datetime) -> bytes:
    """The bytes of an .xlsx; nothing in it is a formula, whatever a text begins with."""
    book = BytesIO()
    with xlsxwriter.Workbook(book, _PLAIN) as made:
        made.set_properties({"title": title, "created": at.replace(tzinfo=None)})
        looks = {
            "title": made.add_format({"bold": True, "font_size": 14}),
            "head": made.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"}),
            "total": made.add_format({"bold": True, "top": 1}),
            "plain": made.add_format(),
        }
        taken: set[str] = set()
        for table in tables:
            _draw(made, made.add_worksheet(_name(table.title, taken)), table, looks)
    return book.getvalue()


def _draw(
    made: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, table: Table, looks: dict[str, object]
) -> None:
    sheet.write_string(0, 0, table.title, looks["title"])
    for n, name in enumerate(table.columns):
        sheet.write_string(2, n, name, looks["head"])
        widths = [len(name.split()[0]) + 4, *(len(written(row[n])) + 2 for row in table.rows)]
        sheet.set_column(n, n, min(max(widths), 60))
    sheet.freeze_panes(3, 1)
    days, dated = made.add_format({"num_format": "dd/mm/yyyy"}), made.add_format({"num_format": "0.0"})
    for y, row in enumerate(table.rows, start=3):
        look = looks["total" if table.sums and y == len(table.rows) + 2 else "plain"]
        for x, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(y, x, datetime(cell.year, cell.month, cell.day), days)
            elif isinstance(cell, float):
                sheet.write_number(y, x, cell, dated)
            elif isinstance(cell, int):
                sheet.write_number(y, x, cell, look)
            else:
                sheet.write_string(y, x, cell, look)


def _name(title: str, taken: set[str]) -> str:
    """A name that a sheet may have: short, without signs, and of its own."""
    plain = _NOT_IN_A_NAME.sub(" ", title).strip()
    name, n = plain[:LONGEST_NAME].strip(), 2
    while name.casefold() in taken:
        name, n = f"{plain[: LONGEST_NAME - 3].strip()} {n}", n + 1
    taken.add(name.casefold())
    return name
