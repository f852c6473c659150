"""A service day is counted from its log, once it is over, and again when something of it is told later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Integer, bindparam, case, delete, null, select, type_coerce, update
from sqlalchemy.orm import Session

from core.catalogue.model import PriorityGroup
from core.clock import instant
from core.db import INSERT, Event, Stream, table
from core.prepared import run
from core.turns.model import ServiceDay, Turn
from core.turns.policy import GENERAL
from core.turns.statistics.facts import LAYOUT, NONE, Given, packed
from core.turns.statistics.journey import UNDONE, Journey, Told, journey
from core.turns.statistics.model import TurnDay, TurnsCounted
from core.turns.statistics.targets import targets_of

OTHERS = 0
CHANNELS = {"device": 1, "official": 2, "citizen": 3}
"""By whom a turn was given: a kiosk, an official at a window, or the person themselves; the numbers are kept."""

_OFFICIAL = case((Event.who_kind == "official", Event.who_id), else_=null())
_SERVICE = case((Event.kind.in_(("called", "picked")), Event.public["service_id"].as_integer()), else_=null())
_UNDOES = case((Event.kind == UNDONE, Event.detail["undoes"].as_integer()), else_=null())
_AT = type_coerce(Event.at, BigInteger)
_TOLD = (Event.seq, Event.kind, _AT, _UNDOES, Event.reason, _OFFICIAL, Event.window_id, _SERVICE)
_LOG = (
    select(Event.turn_id, Event.who_kind, *_TOLD)
    .join(Turn, Turn.id == Event.turn_id)
    .where(Turn.service_day_id == bindparam("day", type_=Integer))
    .order_by(Event.turn_id, Event.seq)
)
_TURNS = (
    select(Turn.id, type_coerce(Turn.issued_at, BigInteger), Turn.service_id, Turn.group)
    .where(Turn.service_day_id == bindparam("day", type_=Integer))
    .order_by(Turn.id)
)


def journeys(session: Session, day_id: int) -> Iterator[tuple[Any, str, Journey]]:
    """Each turn of a service day as (id, issued in milliseconds, service, group), who gave it, and its journey."""
    logs = {key: list(rows) for key, rows in groupby(run(session, _LOG, day=day_id), key=lambda row: row[0])}
    for turn in run(session, _TURNS, day=day_id):
        rows = logs.get(turn[0], [])
        giver = next((row[1] for row in rows if row[3] == "issued"), "")
        yield turn, giver, journey(turn[1], (Told(*row[2:]) for row in rows))


def count(session: Session, site_id: int, days: Iterable[int]) -> Iterator[bytes]:
    """The facts of service days of a site, read from their logs."""
    targets = targets_of(session, site_id)
    codes = select(PriorityGroup.code, PriorityGroup.id).where(PriorityGroup.site_id == site_id)
    groups: dict[str, int] = {GENERAL: 0, **dict(session.execute(codes).all())}
    for day_id in days:
        yield packed(
            Given(
                channel=CHANNELS.get(giver, OTHERS),
                hour=instant(issued).hour,
                service=service_id,
                group=groups.get(group, NONE),
                target=partial(targets.minutes, group=group, at=instant(issued)),
                journey=way,
            )
            for (_id, issued, service_id, group), giver, way in journeys(session, day_id)
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
