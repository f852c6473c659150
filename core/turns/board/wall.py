"""What the wall shows: the last call of each turn, in public values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.db import Event, Stream
from core.turns.actions.call import CALLABLE_FOR
from core.turns.lifecycle import State, Step
from core.turns.model import Turn, code_of

ANNOUNCED = (Step.CALLED, Step.PICKED, Step.RECALLED)
STILL_VALID_FOR = timedelta(minutes=10)
"""A call that a display missed is spoken on its return while the person is still waited for, up to this age."""


@dataclass(frozen=True, slots=True)
class Call:
    """The last call of a turn, in public values; `valid` while the person is still waited for at the window."""

    seq: int
    at: datetime
    series: str
    number: int
    window: str
    window_id: int
    service_id: int | None
    call: int
    language: str
    valid: bool

    @property
    def code(self) -> str:
        return code_of(self.series, self.number)

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": milliseconds(self.at),
            "code": self.code,
            "series": self.series,
            "number": self.number,
            "window": self.window,
            "window_id": self.window_id,
            "service_id": self.service_id,
            "call": self.call,
            "language": self.language,
            "valid": self.valid,
        }


def last_seq(session: Session, site_id: int) -> int:
    """The number of the site's last event."""
    return session.scalar(select(Stream.last_seq).where(Stream.site_id == site_id)) or 0


@dataclass(frozen=True, slots=True)
class Zone:
    """The calls that a display shows: those to these windows and for these services; none named means all of them."""

    windows: Sequence[int] = ()
    services: Sequence[int] = ()


EVERYWHERE = Zone()


def wall(session: Session, site_id: int, at: datetime, zone: Zone = EVERYWHERE, most: int = 8) -> list[Call]:
    """The last call of each turn of the zone, newest first."""
    announced = (
        select(Event.turn_id, func.max(Event.seq).label("seq"))
        .where(Event.site_id == site_id, Event.kind.in_(ANNOUNCED), Event.at > at - CALLABLE_FOR)
        .group_by(Event.turn_id)
        .subquery()
    )
    rows = session.execute(
        select(Event, Turn.state)
        .join(announced, announced.c.seq == Event.seq)
        .join(Turn, Turn.id == Event.turn_id)
        .where(Event.site_id == site_id, Turn.state != State.WAITING)
        .where(Event.window_id.in_(zone.windows) if zone.windows else true())
        .where(Event.public["service_id"].as_integer().in_(zone.services) if zone.services else true())
        .order_by(Event.seq.desc())
        .limit(most)
    )
    return [_call(event, state, at) for event, state in rows]


def _call(event: Event, state: State, at: datetime) -> Call:
    public = event.public
    return Call(
        event.seq,
        event.at,
        public["series"],
        public["number"],
        public["window"],
        public["window_id"],
        public.get("service_id"),
        public["call"],
        public["language"],
        state == State.CALLED and at - event.at <= STILL_VALID_FOR,
    )
