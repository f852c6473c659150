"""What the wall shows: the last call of each turn, in public values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.db import Event, Stream
from core.turns.actions.call import CALLABLE_FOR
from core.turns.lifecycle import State, Step
from core.turns.model import Turn

ANNOUNCED = (Step.CALLED, Step.PICKED, Step.RECALLED)
STILL_VALID_FOR = timedelta(minutes=10)
"""A call that a display missed is spoken on its return while the person is still waited for, up to this age."""

RECENT_CALLS = 60


@dataclass(frozen=True, slots=True)
class Call:
    """The last call of a turn, in public values; `valid` while the person is still waited for at the window."""

    seq: int
    at: datetime
    series: str
    number: int
    window: str
    window_id: int
    call: int
    language: str
    valid: bool

    @property
    def code(self) -> str:
        return f"{self.series} {self.number:03d}"

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "at": milliseconds(self.at),
            "code": self.code,
            "series": self.series,
            "number": self.number,
            "window": self.window,
            "window_id": self.window_id,
            "call": self.call,
            "language": self.language,
            "valid": self.valid,
        }


def last_seq(session: Session, site_id: int) -> int:
    """The number of the site's last event."""
    return session.scalar(select(Stream.last_seq).where(Stream.site_id == site_id)) or 0


def wall(session: Session, site_id: int, at: datetime, windows: Sequence[int] = (), most: int = 8) -> list[Call]:
    """The last call of each turn, newest first; `windows` narrows it to a zone, empty means the whole site."""
    recent = session.execute(
        select(Event, Turn.state)
        .join(Turn, Turn.id == Event.turn_id)
        .where(Event.site_id == site_id, Event.kind.in_(ANNOUNCED), Event.at > at - CALLABLE_FOR)
        .order_by(Event.seq.desc())
        .limit(RECENT_CALLS)
    )
    calls: dict[int | None, Call] = {}
    for event, state in recent:
        public = event.public
        if event.turn_id in calls or state == State.WAITING or (windows and public["window_id"] not in windows):
            continue
        calls[event.turn_id] = Call(
            event.seq,
            event.at,
            public["series"],
            public["number"],
            public["window"],
            public["window_id"],
            public["call"],
            public["language"],
            state == State.CALLED and at - event.at <= STILL_VALID_FOR,
        )
    return list(calls.values())[:most]
