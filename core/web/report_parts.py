"""The pieces of a report: each its table, what it shows in a sentence, and its chart; the same on screen and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from markupsafe import Markup

from core.reports.table import Table, written

UNTOLD, NONE = "*", "—"


class Opens(NamedTuple):
    """The address of what a figure counts, or nothing; `what` is seen there, if it is not what the report opens."""

    address: str = ""
    what: str = ""


NOWHERE = Opens()
Links = tuple[tuple[str | Opens, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a report: its table, what it shows in a sentence, its chart, and the address behind each figure.

    `words`: its table holds no figures but sentences; `texts`: so many of its first columns hold words; `cards`: each
    of its rows is a card on a phone.
    """

    id: str
    table: Table
    sentence: str
    chart: str = ""
    links: Links = ()
    words: bool = False
    texts: int = 1
    cards: bool = False

    @property
    def drawing(self) -> Markup:
        """The chart for a page; every text in it was escaped when core/reports/charts.py drew it."""
        return Markup(self.chart)

    @property
    def line_by_line(self) -> Table:
        """The table for a file in which each figure is a line: all that names a row is in its first column."""
        if self.texts < 2:
            return self.table
        named = tuple((" · ".join(map(written, row[: self.texts])), *row[self.texts :]) for row in self.table.rows)
        return replace(self.table, columns=(self.table.columns[0], *self.table.columns[self.texts :]), rows=named)

    def rows(self) -> list[list[tuple[str, Opens]]]:
        """Each cell as it is read, and what it opens."""
        whole: Links = self.links or tuple((NOWHERE,) * len(row) for row in self.table.rows)
        return [
            [
                (written(cell), link if isinstance(link, Opens) else Opens(link))
                for cell, link in zip(row, links, strict=True)
            ]
            for row, links in zip(self.table.rows, whole, strict=True)
        ]


def paper_of(parts: Sequence[Part], **said: Any) -> dict[str, Any]:
    """What the template `report` of core/reports/paper wants; `said`: its title, entity, subtitle, lead and notes."""
    return said | {
        "parts": [
            {
                "title": part.table.title,
                "sentence": part.sentence,
                "chart": part.chart,
                "columns": list(part.table.columns),
                "numbers": [n >= part.texts and not part.words for n in range(len(part.table.columns))],
                "words": part.words,
                "rows": [[written(cell) for cell in row] for row in part.table.rows],
                "sums": part.table.sums,
            }
            for part in parts
            if part.table.rows or part.sentence
        ]
    }
