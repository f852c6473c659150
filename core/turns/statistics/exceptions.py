"""What was out of the ordinary: turns picked, passed over, moved or cancelled, and pauses; each with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import BigInteger, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from core.catalogue.model import Window
from core.clock import BOGOTA
from core.db import Event
from core.desks import Away
from core.reports.periods import ONE_DAY, Period
from core.turns.board.hall import EXCEPTIONS, undone_since
from core.turns.model import Turn

PAUSE, TASK = "pause", "task"
NOBODY = 0
"""In place of an official: whoever did it does not work here."""
KINDS = (*(step.value for step in EXCEPTIONS), PAUSE, TASK)


@dataclass(frozen=True, slots=True)
class Exceptional:
    """What was done, why, by which official (None: nobody who works here), how often, and the seconds of a pause."""

    kind: str
    reason: str | None
    official: int | None
    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class One:
    """A single one of them; a pause has no turn, and ends at `until`."""

    at: datetime
    kind: str
    reason: str | None
    official: int | None
    window: int | None
    turn: Turn | None = None
    until: datetime | None = None


def exceptions(session: Session, sites: Sequence[int], period: Period) -> list[Exceptional]:
    """How often each was done at these sites in a period, for which reason and by whom; not what was undone."""
    counts: Counter[tuple[str, str | None, int | None]] = Counter()
    seconds: Counter[tuple[str, str | None, int | None]] = Counter()
    who = (Event.who_kind, Event.who_id)
    lasted = func.sum(type_coerce(Away.ended_at, BigInteger) - type_coerce(Away.started_at, BigInteger))
    for site_id in sites:
        done = _steps(select(Event.kind, Event.reason, *who, func.count()), site_id, period)
        for kind, reason, by, who_id, count in session.execute(done.group_by(Event.kind, Event.reason, *who)):
            counts[kind, reason, who_id if by == "official" else None] += count
        away = _aways(select(Away.kind, Away.reason, Away.official_id, func.count(), lasted), site_id, period)
        for kind, reason, by, count, ms in session.execute(away.group_by(Away.kind, Away.reason, Away.official_id)):
            counts[kind, reason, by] += count
            seconds[kind, reason, by] += int(ms or 0) // 1000
    found = [Exceptional(*key, count, seconds[key]) for key, count in counts.items()]
    return sorted(found, key=lambda one: (KINDS.index(one.kind), -one.count, one.reason or "", one.official or 0))


@dataclass(frozen=True, slots=True)
class Which:
    """The single ones that are asked for: of a kind, for a reason (none: ""; any: None), by an official (any: None)."""

    kind: str
    reason: str | None = None
    official: int | None = None


def each(session: Session, site_id: int, period: Period, which: Which, most: int, skip: int = 0) -> list[One]:
    """The single ones, newest first, from the `skip`-th on."""
    kind, reason, official = which.kind, which.reason, which.official
    if kind in (PAUSE, TASK):
        away = _aways(select(Away), site_id, period).where(Away.kind == kind)
        if reason is not None:
            away = away.where(Away.reason == reason)
        if official is not None:
            away = away.where(Away.official_id == official)
        aways = session.scalars(away.order_by(Away.started_at.desc()).limit(most).offset(skip))
        return [
            One(one.started_at, kind, one.reason, one.official_id, one.window_id, until=one.ended_at) for one in aways
        ]
    done = _steps(select(Event, Turn).join(Turn, Turn.id == Event.turn_id), site_id, period).where(Event.kind == kind)
    if reason is not None:
        done = done.where(func.coalesce(Event.reason, "") == reason)
    if official is not None:
        here = Event.who_kind == "official"
        done = done.where(here & (Event.who_id == official) if official != NOBODY else ~here)
    rows = session.execute(done.order_by(Event.at.desc(), Event.seq.desc()).limit(most).offset(skip))
    return [
        One(event.at, kind, event.reason, event.who_id if event.who_kind == "official" else None, event.window_id, turn)
        for event, turn in rows
    ]


def _steps(query: Select[*tuple[Any, ...]], site_id: int, period: Period) -> Select[*tuple[Any, ...]]:
    first, last = _ends(period)
    return query.where(
        Event.site_id == site_id,
        Event.kind.in_([step.value for step in EXCEPTIONS]),
        Event.at >= first,
        Event.at < last,
        Event.seq.not_in(undone_since(site_id, first)),
    )


def _aways(query: Select[*tuple[Any, ...]], site_id: int, period: Period) -> Select[*tuple[Any, ...]]:
    first, last = _ends(period)
    here = select(Window.id).where(Window.site_id == site_id)
    return query.where(Away.window_id.in_(here), Away.started_at >= first, Away.started_at < last)


def _ends(period: Period) -> tuple[datetime, datetime]:
    return datetime.combine(period.first, time(), BOGOTA), datetime.combine(period.last + ONE_DAY, time(), BOGOTA)
