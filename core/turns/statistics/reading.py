"""The facts of any days: those that were counted as they are kept, and today and what is not counted from the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.reports.periods import Period
from core.turns.model import ServiceDay
from core.turns.statistics import counting
from core.turns.statistics.facts import LAYOUT, Facts, Key, how_many, unpacked
from core.turns.statistics.model import TurnDay

MOST_AT_ONCE = 31
"""Days that are counted while somebody waits; of more the page says how many are missing, and the rounds count them."""
ASKED = ("service", "group", "window", "channel", "official")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose turns and of which days; of what is None, all."""

    sites: tuple[int, ...]
    period: Period
    service: int | None = None
    group: int | None = None
    window: int | None = None
    channel: int | None = None
    official: int | None = None


@dataclass(frozen=True)
class Counted:
    """Rows of facts, each with its `place` in `days` and `sites`; so many days are `missing`."""

    facts: Facts
    days: Sequence[date]
    sites: Sequence[int]
    place: Key
    missing: int

    @cached_property
    def site(self) -> Key:
        """The site of each row."""
        return np.array(self.sites or [0])[self.place]


def read(session: Session, asked: Asked) -> Counted:
    """The facts that are asked for, by day."""
    found: list[tuple[date, int, bytes]] = []
    missing = 0
    for site_id in asked.sites:
        days, left = _days(session, site_id, asked.period)
        found += [(day, site_id, facts) for day, facts in days.items()]
        missing += left
    found.sort(key=lambda row: row[:2])
    facts = unpacked(kept for _day, _site, kept in found)
    place = np.repeat(np.arange(len(found)), [how_many(kept) for _day, _site, kept in found])
    chosen = np.ones(len(facts), dtype=bool)
    narrowed = {name: value for name in ASKED if (value := getattr(asked, name)) is not None}
    for name, value in narrowed.items():
        chosen &= facts[name] == value
    if narrowed:
        rows = np.flatnonzero(chosen)
        facts, place = facts.where(rows), place[rows]
    return Counted(facts, [day for day, _site, _kept in found], [site for _day, site, _kept in found], place, missing)


def _days(session: Session, site_id: int, period: Period) -> tuple[dict[date, bytes], int]:
    """The facts of each service day of a site in a period, and how many days are left out."""
    within = ServiceDay.day.between(period.first, period.last)
    there = dict(
        session.execute(select(ServiceDay.id, ServiceDay.day).where(ServiceDay.site_id == site_id, within)).all()
    )
    late = counting.touched(session, site_id, counting.counted_up_to(session, site_id))
    kept = select(TurnDay.service_day_id, TurnDay.facts).where(
        TurnDay.site_id == site_id, TurnDay.day.between(period.first, period.last), TurnDay.layout == LAYOUT
    )
    found = {there[row.service_day_id]: row.facts for row in session.execute(kept) if row.service_day_id not in late}
    to_count = sorted((day, key) for key, day in there.items() if day not in found)[::-1]
    now = to_count[:MOST_AT_ONCE]
    counted = counting.count(session, site_id, [key for _day, key in now])
    found |= {day: facts for (day, _key), facts in zip(now, counted, strict=True)}
    return found, len(to_count) - len(now)
