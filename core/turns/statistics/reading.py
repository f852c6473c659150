"""The facts of any days: those that were counted as they are kept, and today and what is not counted from the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import BYTES
from core.reports.periods import Period
from core.turns.model import ServiceDay, Turn
from core.turns.statistics import counting
from core.turns.statistics.facts import LAYOUT, NOBODY, Facts, Key, how_many, unpacked
from core.turns.statistics.journeys import Travelled, journeys
from core.turns.statistics.model import TurnDay

MOST_AT_ONCE = 31
"""Days that are counted while somebody waits; of more the page says how many are missing, and the rounds count them."""
ASKED = ("service", "group", "window", "channel", "official")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose turns and of which days; of what is empty, all."""

    sites: tuple[int, ...]
    period: Period
    service: tuple[int, ...] = ()
    group: tuple[int, ...] = ()
    window: tuple[int, ...] = ()
    channel: tuple[int, ...] = ()
    official: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """A service day of a site with its facts."""

    day: date
    site_id: int
    id: int
    facts: bytes


@dataclass(frozen=True)
class Counted:
    """Rows of facts: each is the `nth` of its day, which is at `place` in `days`. So many days are `missing`."""

    facts: Facts
    days: Sequence[Kept]
    place: Key
    nth: Key
    missing: int

    def by_day(self, value: Callable[[Kept], int]) -> Key:
        """What a day is, for each row."""
        return np.array([value(day) for day in self.days] or [0], dtype=np.int64)[self.place]


def lines(session: Session, counted: Counted, rows: Sequence[int]) -> list[Travelled]:
    """The turns of these rows, in their order."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for row in rows:
        wanted[int(counted.place[row])].add(int(counted.nth[row]))
    found = {
        (place, nth): turn
        for place, numbers in wanted.items()
        for nth, turn in _numbered(session, counted.days[place].id)
        if nth in numbers
    }
    return [found[int(counted.place[row]), int(counted.nth[row])] for row in rows]


def _numbered(session: Session, day_id: int) -> Iterator[tuple[int, Travelled]]:
    """Each row of a day by its number, as `facts.packed` makes them."""
    number = count(0)
    for turn in journeys(session, Turn.service_day_id == day_id):
        for _visit in turn.journey.visits or (NOBODY,):
            yield next(number), turn


def read(session: Session, asked: Asked, at_once: int | None = MOST_AT_ONCE) -> Counted:
    """The facts that are asked for, by day; of days that are not counted yet the last `at_once`, or all."""
    found: list[Kept] = []
    missing = 0
    for site_id in asked.sites:
        days, left = _days(session, site_id, asked.period, at_once)
        found += days
        missing += left
    found.sort()
    facts = unpacked(day.facts for day in found)
    long = [how_many(day.facts) for day in found]
    place = np.repeat(np.arange(len(found)), long)
    nth = np.arange(len(facts)) - np.repeat(np.cumsum([0, *long])[: len(long)], long)
    narrowed = {name: values for name in ASKED if (values := getattr(asked, name))}
    if narrowed:
        chosen = np.ones(len(facts), dtype=bool)
        for name, values in narrowed.items():
            chosen &= np.isin(facts[name], values)
        rows = np.flatnonzero(chosen)
        facts, place, nth = facts.where(rows), place[rows], nth[rows]
    return Counted(facts, found, place, nth, missing)


def _days(session: Session, site_id: int, period: Period, at_once: int | None) -> tuple[list[Kept], int]:
    """The service days of a site in a period, and how many are left out."""
    within = ServiceDay.day.between(period.first, period.last)
    days = select(ServiceDay.id, ServiceDay.day).where(ServiceDay.site_id == site_id, within)
    there: dict[int, date] = dict(session.execute(days).all())
    late = counting.touched(session, site_id, counting.counted_up_to(session, site_id))
    kept = select(TurnDay.service_day_id, TurnDay.facts).where(
        TurnDay.site_id == site_id, TurnDay.day.between(period.first, period.last), TurnDay.layout == LAYOUT
    )
    kept = kept.execution_options(**{BYTES: True})
    found = [Kept(there[key], site_id, key, facts) for key, facts in session.execute(kept) if key not in late]
    missing = there.keys() - {day.id for day in found}
    now = sorted(missing, key=lambda key: there[key], reverse=True)[:at_once]
    counted = counting.count(session, site_id, now)
    found += [Kept(there[key], site_id, key, facts) for key, facts in zip(now, counted, strict=True)]
    return found, len(missing) - len(now)
