"""Tables as a spreadsheet: one sheet each to read, narrow and print, figures as figures and every text as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from core.reports.table import Cell, Percent, Table, written

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_HEAD = 2
"""The row, from 0, in which the names of the columns stand."""
_NARROWEST, _FIRST, _WIDEST, _ARROW = 8, 32, 50, 4
"""Widths in letters; the first column stays in sight, and a name makes room for the arrow of its filter."""
_LETTER, _UPRIGHT, _A_SHEET = 1, 90, 240
"""Carta; wider than so many letters lies on its side, and up to so many fit on a sheet and are still read."""
_SHAPES: dict[str, dict[str, object]] = {
    "text": {"text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "part": {"num_format": "#,##0.0"},
    "percent": {"num_format": '0.0" %"'},
    "day": {"num_format": "dd/mm/yyyy", "align": "left"},
}
Looks = dict[str, Any]
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write(tables: Sequence[Table], title: str, at: datetime) -> bytes:
    """The bytes of an .xlsx; nothing in it is a formula, whatever a text begins with."""
    book = BytesIO()
    with xlsxwriter.Workbook(book, _PLAIN) as made:
        made.set_properties({"title": title, "created": at.replace(tzinfo=None)})
        looks = _looks(made)
        taken: set[str] = set()
        for table in tables:
            _draw(made.add_worksheet(_name(table.title, taken)), table, looks)
    return book.getvalue()


def _looks(made: xlsxwriter.Workbook) -> Looks:
    """How each kind of cell looks, in a row of the table and in that of its sums."""
    looks = {
        "title": made.add_format({"bold": True, "font_size": 14}),
        "head": made.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"}),
    }
    for row, drawn in (("", {}), ("sum", {"bold": True, "top": 1})):
        for kind, shape in _SHAPES.items():
            looks[kind + row] = made.add_format({"valign": "top"} | shape | drawn)
    return looks


def _draw(sheet: xlsxwriter.worksheet.Worksheet, table: Table, looks: Looks) -> None:
    sheet.write_string(0, 0, table.title, looks["title"])
    widths = [_width(table, n) for n in range(len(table.columns))]
    for n, name in enumerate(table.columns):
        sheet.write_string(_HEAD, n, name, looks["head"])
        sheet.set_column(n, n, widths[n])
    sheet.freeze_panes(_HEAD + 1, 1 if len(widths) > 1 else 0)
    last = _HEAD + len(table.rows) - (1 if table.sums else 0)
    if len(widths) > 1 and last > _HEAD:
        sheet.autofilter(_HEAD, 0, last, len(widths) - 1)
    for y, row in enumerate(table.rows, start=_HEAD + 1):
        of = "sum" if table.sums and y > last else ""
        for x, cell in enumerate(row):
            _write(sheet, y, x, cell, looks, of)
    sheet.set_paper(_LETTER)
    sheet.repeat_rows(_HEAD)
    if sum(widths) > _UPRIGHT:
        sheet.set_landscape()
    if sum(widths) <= _A_SHEET:
        sheet.fit_to_pages(1, 0)


def _write(sheet: xlsxwriter.worksheet.Worksheet, y: int, x: int, cell: Cell, looks: Looks, of: str) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(y, x, datetime(cell.year, cell.month, cell.day), looks["day" + of])
    elif isinstance(cell, str):
        sheet.write_string(y, x, cell, looks["text" + of])
    else:
        kind = "percent" if isinstance(cell, Percent) else "part" if isinstance(cell, float) else "whole"
        sheet.write_number(y, x, cell, looks[kind + of])


def _width(table: Table, column: int) -> int:
    """As wide as the longest word of its name and its longest text, which goes on below where it is too long."""
    words = [len(word) + _ARROW for word in table.columns[column].split()]
    texts = [len(written(row[column])) + 2 for row in table.rows]
    return min(max([*words, *texts, _NARROWEST]), _FIRST if column == 0 and len(table.columns) > 1 else _WIDEST)


def _name(title: str, taken: set[str]) -> str:
    """A name that a sheet may have: short, without signs, and of its own."""
    plain = _NOT_IN_A_NAME.sub(" ", title).strip()
    name, n = plain[:LONGEST_NAME].strip(), 2
    while name.casefold() in taken:
        name, n = f"{plain[: LONGEST_NAME - 3].strip()} {n}", n + 1
    taken.add(name.casefold())
    return name
