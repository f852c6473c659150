"""What is told of measures: the middle and the ends of repeats, percentiles, goals, and tables that line up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

MET, AIM_MET, NOT_MET = "cumple", "cumple la meta", "NO cumple"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several repeats, and the least and the most of them."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{short(self.median)} ({short(self.least)}–{short(self.most)})"


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError of no values."""
    if not values:
        raise ValueError("nothing was measured")
    return Spread(median(values), min(values), max(values))


def percentile(values: Sequence[float], level: float) -> float:
    """The value at or below which a share `level` of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * level) - 1)]


def short(number: float) -> str:
    """A number with three figures that matter: «1 320», «45,2», «0,214»."""
    decimals = 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2 if abs(number) >= 1 else 3
    return f"{number:,.{decimals}f}".replace(",", " ").replace(".", ",")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must be and what it aims at; `at_least`: the more the better."""

    must: float
    aim: float
    at_least: bool = False

    def verdict(self, value: float) -> str:
        for wanted, said in ((self.aim, AIM_MET), (self.must, MET)):
            if value >= wanted if self.at_least else value <= wanted:
                return said
        return NOT_MET

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {short(self.must)} · {sign} {short(self.aim)}"


RATIO = Goal(0.20, 0.50, at_least=True)
SLOWEST = Goal(8, 3)
GROWTH = Goal(1.15, 1.05)
WALL = Goal(5, 2)
CROWD = Goal(3, 1.5)
TWO = Goal(1.5, 1.9, at_least=True)
NONE = Goal(0, 0)
BESIDE_FQM = Goal(5, 10, at_least=True)
MEMORY_MB = Goal(150, 100)
START_S = Goal(3, 1.5)
FIRST_LOAD_KB = Goal(150, 80)
LIST_MS = Goal(100, 50)
REPORT_MS = Goal(4_000, 2_000)
RECOUNT_S = Goal(5, 2.5)
SURVEY_MS = Goal(200, 100)
STATISTICS_MS = Goal(300, 150)
ERROR, FIRST_ERROR = Goal(0.45, 0.42), Goal(0.55, 0.50)
COVERED_LEAST, COVERED_MOST = Goal(0.77, 0.80, at_least=True), Goal(0.85, 0.83)
REFRESH_MS = Goal(40, 20)
ROSTER, LATE = Goal(0.80, 0.75), Goal(0.10, 0.08)


@dataclass(frozen=True, slots=True)
class Figure:
    """A named figure, the floor measured beside it if there is one, and its goal if it has one."""

    name: str
    value: Spread
    goal: Goal | None = None
    floor: Spread | None = None

    @property
    def verdict(self) -> str:
        return self.goal.verdict(self.value.median) if self.goal else ""


def as_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under their heads, the first column to the left and the others to the right."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        first, *rest = zip(row, widths, strict=True)
        return "  ".join((first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest))).rstrip()

    return "\n".join([line(heads), "  ".join("-" * width for width in widths), *map(line, rows)])
