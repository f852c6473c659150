"""A report as it is: a title, columns and rows. Paper, spreadsheet, text and screen draw the same one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Cell = str | int | float | date
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class Percent(float):
    """A share of a hundred: 66.7 is «66,7 %»."""


@dataclass(frozen=True, slots=True)
class Table:
    """`sums`: its last row is the total of those above. Numbers are numbers, days are days, all else is text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    sums: bool = False

    def is_number(self, column: int) -> bool:
        """Whether a column holds figures: it stands to the right."""
        return any(isinstance(row[column], int | float) for row in self.rows)


def written(cell: Cell) -> str:
    """As it is read in Colombia: «1.234», «12,5», «66,7 %», «23/11/2026»."""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        sign = "\N{NO-BREAK SPACE}%" if isinstance(cell, Percent) else ""
        return f"{cell:,.1f}".translate(str.maketrans(",.", ".,")) + sign
    return f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell


def begins_a_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for something to work out."""
    return text.lstrip(" \N{NO-BREAK SPACE}").startswith(_BEGINS_A_FORMULA) or text.startswith(_BEGINS_A_FORMULA)


def one_below_another(title: str, tables: Sequence[Table], columns: tuple[str, str, str, str]) -> Table:
    """Many tables as one, a figure a row: table, row, column and value, as open data wants them."""
    rows = [
        (table.title, written(row[0]), name, cell)
        for table in tables
        for row in table.rows
        for name, cell in zip(table.columns[1:], row[1:], strict=True)
    ]
    return Table(title, columns, tuple(rows))
