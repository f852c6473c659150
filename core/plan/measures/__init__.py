"""The registry of measures: each a small named function that counts something in a period, with the records behind it.

A figure is a value and what it was counted from, so that whoever doubts it opens the records; nobody types one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.plan.progress import Accumulation
from core.reports.periods import ONE_DAY, Period

Ts = TypeVarTuple("Ts")


class Unit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    PERCENT = "percent"
    MINUTES = "minutes"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was counted. `label` names it («P-012», «2026-E-000123») and says nothing of a person.

    `kind` and `id` say which page opens it, to whom has the right: a row, or a name where there is no row. `said`: what
    was measured of it, «12 min»; `counts`: whether it is of those that fulfil, where not all of them do.
    """

    kind: str
    id: int | str
    label: str
    on: date | None = None
    said: str = ""
    counts: bool = True


Records = Callable[[int, int], Sequence[Record]]
"""Those from the nth on, at most so many."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured in a period; None where there was nothing to measure, which is not nought.

    `base`: out of how many, where the value is a share; `count`: how many records stand behind it. `bound`: the value
    is «at_least» or «at_most» the one told, where more would say what a few people answered. `parts`: the records that
    are themselves counts, by their id, each with the figure that it is.
    """

    value: Fraction | None
    count: int
    records: Records
    base: int | None = None
    bound: str = ""
    parts: Mapping[str, Figure] = field(default_factory=dict)


Counting = Callable[[Session, Period], Figure]
CountingOf = Callable[[Session, Period, int], Figure]
"""The same for one activity of the plan, by its id."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by its name; `title` is what it counts, in Spanish, and `adds_up` how its stretches make a year.

    `of_activity` counts what was done for one activity, of a measure that several may share.
    """

    name: str
    title: str
    unit: Unit
    adds_up: Accumulation
    count: Counting
    of_activity: CountingOf | None = None


MEASURES: dict[str, Measure] = {}


def measure(
    name: str,
    title: str,
    unit: Unit = Unit.COUNT,
    adds_up: Accumulation = Accumulation.FLOW,
    of_activity: CountingOf | None = None,
) -> Callable[[Counting], Counting]:
    """Put a function into the registry under a name. Raises ValueError for one that is taken."""

    def put(count: Counting) -> Counting:
        if name in MEASURES:
            raise ValueError(name)
        MEASURES[name] = Measure(name, title, unit, adds_up, count, of_activity)
        return count

    return put


@cache
def registered() -> Mapping[str, Measure]:
    """The registry with what every module of this room puts into it."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return MEASURES


def share(part: int, base: int) -> Fraction | None:
    """So many of a hundred; None of nothing."""
    return Fraction(100 * part, base) if base else None


def within(moment: Any, period: Period) -> ColumnElement[bool]:
    """The condition for an instant to be of the days of a period, in Colombian time."""
    return and_(moment >= begins(period.first), moment < begins(period.last + ONE_DAY))


def begins(day: date) -> datetime:
    """The first instant of a day."""
    return datetime.combine(day, time(), BOGOTA)


def counted(session: Session, query: Select[*Ts], record: Callable[[Any], Record]) -> Figure:
    """How many rows an ordered query has; each is a record, and only those that are asked for are read."""
    count = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0

    def records(first: int, most: int) -> Sequence[Record]:
        return [record(row) for row in session.execute(query.offset(first).limit(most))]

    return Figure(Fraction(count), count, records)


def listed(records: Sequence[Record]) -> Records:
    """Records that are already at hand."""
    return lambda first, most: records[first : first + most]


def together(first: Figure, second: Figure) -> Figure:
    """Two counts as one: the records of the second follow those of the first."""

    def records(start: int, most: int) -> Sequence[Record]:
        found = list(first.records(start, most)) if start < first.count else []
        rest = most - len(found)
        return [*found, *(second.records(max(0, start - first.count), rest) if rest else ())]

    count = first.count + second.count
    return Figure(Fraction(count), count, records)
