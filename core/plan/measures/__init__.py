"""The registry of measures: each a small named function that counts something in a period, with the records behind it.

A figure is a value and what it was counted from, so that whoever doubts it opens the records; nobody types one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.orm import Session

from core.plan.progress import Accumulation
from core.reports.periods import Period


class Unit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    PERCENT = "percent"
    MINUTES = "minutes"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was counted. `label` names it («P-012», «2026-E-000123») and says nothing of a person.

    `kind` and `id` say which page opens it, to whom has the right; `counts`: whether it is of those that fulfil, where
    the value is a share.
    """

    kind: str
    id: int | None
    label: str
    on: date | None = None
    said: str = ""
    counts: bool = True


Records = Callable[[int, int], Sequence[Record]]
"""Those from the nth on, at most so many."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured in a period; None where there was nothing to measure, which is not nought.

    `base`: out of how many, where the value is a share; `count`: how many records stand behind it.
    """

    value: Fraction | None
    count: int
    records: Records
    base: int | None = None


Counting = Callable[[Session, Period], Figure]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by its name; `title` is what it counts, in Spanish, and `adds_up` how its stretches make a year."""

    name: str
    title: str
    unit: Unit
    adds_up: Accumulation
    count: Counting


MEASURES: dict[str, Measure] = {}


def measure(
    name: str, title: str, unit: Unit = Unit.COUNT, adds_up: Accumulation = Accumulation.FLOW
) -> Callable[[Counting], Counting]:
    """Put a function into the registry under a name. Raises ValueError for one that is taken."""

    def put(count: Counting) -> Counting:
        if name in MEASURES:
            raise ValueError(name)
        MEASURES[name] = Measure(name, title, unit, adds_up, count)
        return count

    return put


def listed(records: Sequence[Record]) -> Records:
    """Records that are already at hand."""
    return lambda first, most: records[first : first + most]
