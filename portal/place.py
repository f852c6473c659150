"""What the portal tells of a place as it is now: whether it is open, until when, and how long who comes would wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.hours import opening
from core.catalogue.model import Site
from core.information.pieces import Pieces, Said, ServiceTold, TopicTold
from core.turns import board
from core.turns.actions import hour_of
from core.turns.model import QueueSettings
from core.turns.waits import Wait, whole_range
from core.web.information import OpenDays, begun, closed_day_text, told_of, week_of
from core.web.shared import once_a_minute
from core.web.words import hour_text, language, opening_text, range_text


@dataclass(frozen=True, slots=True)
class Hall:
    """A site at an instant, in plain values: worked out once for all who look at it."""

    open: bool
    closes: datetime | None
    next: datetime | None
    holiday: Said
    waiting: Mapping[int, int]
    waits: Mapping[int, Wait]


@dataclass(frozen=True, slots=True)
class Place:
    """A site of the town hall: what it tells, and how it is now."""

    told: Pieces
    hall: Hall
    at: datetime

    @property
    def is_open(self) -> bool:
        return self.hall.open

    @property
    def waiting(self) -> int:
        """How many wait in the hall."""
        return sum(self.hall.waiting.values())

    @property
    def opening(self) -> str:
        """«Abierto ahora, hasta las 6:00 p. m.», or when it opens."""
        if self.hall.closes is not None:
            return _("Abierto ahora, hasta %(hour)s", hour=hour_text(self.hall.closes))
        if self.hall.next is None:
            return _("Cerrado ahora")
        return _("Cerrado ahora. Abre %(when)s", when=opening_text(self.hall.next, self.at))

    @property
    def holiday(self) -> str:
        """Why it does not open today, if it is for a holiday or an act."""
        return self.hall.holiday.in_language(language())

    @property
    def week(self) -> list[OpenDays]:
        return week_of(self.told.hours)

    @property
    def closed_days(self) -> list[str]:
        return [closed_day_text(closed) for closed in self.told.closed_days]

    def waiting_for(self, topic: TopicTold) -> int:
        """How many wait for the services of a topic."""
        return self.hall.waiting.get(topic.id, 0)

    def wait_for_topic(self, topic: TopicTold) -> str:
        """From the least to the most of its services, for somebody who came now."""
        return if_one_comes_now(self._wait(service) for service in topic.services)

    def wait_for(self, service: ServiceTold) -> str:
        """The range that the ticket of somebody who came now would say."""
        return if_one_comes_now([self._wait(service)])

    def _wait(self, service: ServiceTold) -> Wait:
        return self.hall.waits.get(service.id, Wait(None, None))


def places_now(session: Session, at: datetime) -> list[Place]:
    """Every site as it is when the clock says `at`."""
    active = session.scalars(select(Site.id).where(Site.active).order_by(Site.id))
    return [place_now(session, site_id, at) for site_id in active]


def place_now(session: Session, site_id: int, at: datetime) -> Place:
    """A site as it is when the clock says `at`."""
    hour = hour_of(session, site_id, at).at
    hall = once_a_minute(session, site_id, hour, "hall now", lambda: _hall(session, site_id, hour))
    return Place(told_of(session, site_id, hour), hall, hour)


def if_one_comes_now(waits: Iterable[Wait]) -> str:
    """«Entre 10 y 25 minutos», from the least to the most, or that nobody attends now."""
    whole = whole_range(waits)
    if whole.low is None or whole.high is None:
        return _("Sin ventanilla abierta")
    return begun(range_text(whole.low, whole.high))


def _hall(session: Session, site_id: int, at: datetime) -> Hall:
    state, told = opening(session, site_id, at), told_of(session, site_id, at)
    why = next((closed.why for closed in told.closed_days if closed.day == at.date()), Said("", ""))
    if session.scalar(select(QueueSettings.id).where(QueueSettings.site_id == site_id).limit(1)) is None:
        return Hall(state.open, state.closes, state.next, why, {}, {})
    waiting = Counter(turn.service.topic_id for turn in board.everyone_waiting(session, site_id, at))
    waits = board.wait_for(session, site_id, [service.id for service in told.services], at) if state.open else {}
    return Hall(state.open, state.closes, state.next, why, waiting, waits)
