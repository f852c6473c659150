"""What a site has seen of its own work, read from its log: the last days once, and then what is new of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, Row, func, select, type_coerce
from sqlalchemy.orm import Session

from core.catalogue.model import Service, Window
from core.db import Event
from core.desks import Away
from core.turns.actions.undo import UNDO_WITHIN
from core.turns.learning import DAYS_KEPT, Learned
from core.turns.lifecycle import UNDONE, Step, stood
from core.turns.model import ServiceDay, Turn
from core.turns.outlook.hall import PAUSE

PAUSE_WORTH = 5.0
"""How many pauses the first guess of their length is worth."""
_CALLS = (Step.CALLED, Step.PICKED)
_ENDS = (Step.FINISHED, Step.PASSED_ON, Step.TRANSFERRED)
"""What ends an attention that teaches how long such a service takes; put aside or undone, it teaches nothing."""
_OTHER_ENDS = (Step.HELD, Step.RELEASED, Step.CANCELLED, Step.LEFT)
ISSUED = "issued"
_TOLD = (ISSUED, *_CALLS, Step.STARTED, Step.ABSENT, *_ENDS, *_OTHER_ENDS, UNDONE)


@dataclass(slots=True)
class Hand:
    """A turn that was called: for which service, and when."""

    service: str
    at: datetime
    came: bool = False


@dataclass(slots=True)
class Experience:
    """What was learned of a site until the number `seq` of its log, on the day `day`; `pause`: what one takes."""

    site_id: int
    day: date
    learned: Learned
    pause: float = PAUSE
    seq: int = 0
    hands: dict[int, Hand] = field(default_factory=dict)

    def see(self, event: Row[Any]) -> None:
        """Learn from one thing that happened and stayed so."""
        if event.at.date() != self.day:
            self.learned.close_day()
            self.day, self.hands = event.at.date(), {}
        self.seq = event.seq
        hand = self.hands.get(event.turn_id)
        if event.kind == ISSUED:
            self._arrived(event)
        elif event.kind in _CALLS:
            self.hands[event.turn_id] = Hand(str(event.called_for), event.at)
        elif event.kind in (Step.STARTED, Step.ABSENT) and hand is not None:
            hand.came = event.kind == Step.STARTED
            self.learned.saw_call((hand.at - event.issued_at).total_seconds(), came=hand.came)
        if event.kind in (*_ENDS, *_OTHER_ENDS, Step.ABSENT):
            self.hands.pop(event.turn_id, None)
            if hand is not None and hand.came and event.kind in _ENDS and hand.service in self.learned.services:
                self.learned.saw_attention(hand.service, (event.at - hand.at).total_seconds())

    def _arrived(self, event: Row[Any]) -> None:
        at: datetime = event.at
        seconds = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        if str(event.asked_for) in self.learned.services:
            self.learned.saw_arrival(seconds, str(event.asked_for), event.group)


def learn(session: Session, site_id: int, at: datetime) -> Experience:
    """What the last days and today have taught, up to a minute ago, when nobody can undo it any more."""
    minutes = dict(session.execute(select(Service.id, Service.minutes).where(Service.site_id == site_id)).all())
    days = (
        select(ServiceDay.day)
        .where(ServiceDay.site_id == site_id, ServiceDay.day < at.date())
        .order_by(ServiceDay.day.desc())
        .limit(DAYS_KEPT)
    )
    first = min(session.scalars(days), default=at.date())
    since = datetime.combine(first, time(), tzinfo=at.tzinfo)
    learned = Learned.of({str(service): float(expected) for service, expected in minutes.items()})
    found = Experience(site_id, first, learned, _pause(session, site_id, since))
    for event in _since_then(session, site_id, at, Event.at >= since):
        found.see(event)
    if found.day != at.date():
        learned.close_day()
        found.day, found.hands = at.date(), {}
    return found


def catch_up(session: Session, experience: Experience, at: datetime) -> None:
    """Learn what is new since the last time, up to a minute ago."""
    for event in _since_then(session, experience.site_id, at, Event.seq > experience.seq):
        experience.see(event)


def _since_then(session: Session, site_id: int, at: datetime, which: Any) -> Iterable[Row[Any]]:
    """What happened and was not undone, in order, without the last minute, which may still be."""
    rows = session.execute(
        select(
            Event.seq,
            Event.kind,
            Event.at,
            Event.turn_id,
            Event.public["service_id"].as_integer().label("called_for"),
            Event.detail["service_id"].as_integer().label("asked_for"),
            Event.detail["undoes"].as_integer().label("undoes"),
            Turn.issued_at,
            Turn.group,
        )
        .join(Turn, Turn.id == Event.turn_id)
        .where(Event.site_id == site_id, Event.kind.in_(_TOLD), which)
        .order_by(Event.seq)
    ).all()
    return [row for row in stood(rows) if row.at <= at - UNDO_WITHIN]


def _pause(session: Session, site_id: int, since: datetime) -> float:
    """How many seconds a pause takes that did not say it, as they have lately."""
    lasted = type_coerce(Away.ended_at, BigInteger) - type_coerce(Away.started_at, BigInteger)
    here = select(Window.id).where(Window.site_id == site_id)
    total, count = session.execute(
        select(func.sum(lasted), func.count()).where(
            Away.window_id.in_(here),
            Away.kind == "pause",
            Away.expected_until.is_(None),
            Away.ended_at.is_not(None),
            Away.started_at >= since,
        )
    ).one()
    return (PAUSE_WORTH * PAUSE + float(total or 0) / 1000) / (PAUSE_WORTH + count)
