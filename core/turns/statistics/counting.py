"""A service day is counted from its log, once it is over, and again when something of it is told later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.catalogue.model import PriorityGroup
from core.clock import instant
from core.db import INSERT, Event, Stream, table
from core.turns.model import ServiceDay, Turn
from core.turns.policy import GENERAL
from core.turns.statistics.facts import ALL_ALIKE, LAYOUT, NONE, Given, packed
from core.turns.statistics.journeys import journeys
from core.turns.statistics.model import TurnDay, TurnsCounted
from core.turns.statistics.targets import targets_of

OTHERS = 0
CHANNELS = {"device": 1, "official": 2, "citizen": 3}
"""By whom a turn was given: a kiosk, an official at a window, or the person themselves; the numbers are kept."""


def count(session: Session, site_id: int, days: Iterable[int]) -> Iterator[bytes]:
    """The facts of service days of a site, read from their logs."""
    targets = targets_of(session, site_id)
    codes = select(PriorityGroup.code, PriorityGroup.id).where(PriorityGroup.site_id == site_id)
    groups: dict[str, int] = {GENERAL: ALL_ALIKE, **dict(session.execute(codes).all())}
    for day_id in days:
        yield packed(
            Given(
                channel=CHANNELS.get(turn.giver, OTHERS),
                hour=at.hour,
                service=turn.service_id,
                group=groups.get(turn.group, NONE),
                target=partial(targets.minutes, group=turn.group, at=at),
                journey=turn.journey,
            )
            for turn in journeys(session, Turn.service_day_id == day_id)
            for at in (instant(turn.issued),)
        )


def counted_up_to(session: Session, site_id: int) -> int:
    """The last row of the log that the counted days of a site know of."""
    return session.scalar(select(TurnsCounted.seq).where(TurnsCounted.site_id == site_id)) or 0


def touched(session: Session, site_id: int, after: int) -> set[int]:
    """The service days of whose turns something was told after a row of the log."""
    told = select(Turn.service_day_id).join(Event, Event.turn_id == Turn.id)
    return set(session.scalars(told.where(Event.site_id == site_id, Event.seq > after).distinct()))


def forget_touched(session: Session, site_id: int) -> None:
    """Days of which something was told since they were counted are counted no more."""
    seq = _in_hand(session, site_id)
    last = session.scalar(select(Stream.last_seq).where(Stream.site_id == site_id)) or 0
    late = touched(session, site_id, seq)
    old = (TurnDay.site_id == site_id) & (TurnDay.service_day_id.in_(late) | (TurnDay.layout != LAYOUT))
    session.execute(delete(TurnDay).where(old))
    session.execute(update(TurnsCounted).where(TurnsCounted.site_id == site_id).values(seq=last))


def uncounted(session: Session, site_id: int, today: date) -> Sequence[tuple[int, date]]:
    """The service days that are over and not counted, newest first."""
    kept = select(TurnDay.service_day_id).where(TurnDay.site_id == site_id)
    return _over(session, site_id, today, ServiceDay.id.not_in(kept))


def every_day(session: Session, site_id: int, today: date) -> Sequence[tuple[int, date]]:
    """The service days that are over, newest first."""
    return _over(session, site_id, today)


def keep(session: Session, site_id: int, day_id: int, day: date, facts: bytes, seq: int) -> bool:
    """Keep what was counted when the counted days knew of the log up to `seq`; not if they know of more by now."""
    if _in_hand(session, site_id) != seq:
        return False
    session.execute(delete(TurnDay).where(TurnDay.service_day_id == day_id))
    session.add(TurnDay(service_day_id=day_id, site_id=site_id, day=day, layout=LAYOUT, facts=facts))
    session.flush()
    return True


def _over(session: Session, site_id: int, today: date, *more: Any) -> Sequence[tuple[int, date]]:
    days = select(ServiceDay.id, ServiceDay.day).where(ServiceDay.site_id == site_id, ServiceDay.day < today, *more)
    return [(row.id, row.day) for row in session.execute(days.order_by(ServiceDay.day.desc()))]


def _in_hand(session: Session, site_id: int) -> int:
    """Up to where the site is counted, locked: who counts it at the same time waits."""
    first = INSERT[session.get_bind().dialect.name](table(TurnsCounted)).values(site_id=site_id, seq=0)
    session.execute(first.on_conflict_do_nothing(index_elements=["site_id"]))
    seq = select(TurnsCounted.seq).where(TurnsCounted.site_id == site_id).with_for_update()
    return session.scalars(seq).one()
