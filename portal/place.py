"""What the front page tells of a place: whether it is open, its hours, who waits for what, and what to bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue import offer
from core.catalogue.hours import Opening, national_holidays, opening
from core.catalogue.model import ClosedDay, OpeningHours, PriorityGroup, Service, Site
from core.clock import BOGOTA
from core.turns import board
from core.turns.actions import hour_of
from core.turns.waits import Wait, whole_range
from core.web.words import clock_text, day_text, hour_text, opening_text, range_text
from portal.languages import in_language, name_of

Stretch = tuple[time, time]
WEEKDAYS = range(1, 8)
A_MONDAY = date(2026, 11, 23)
CLOSED_DAYS_TOLD, CLOSED_DAYS_WITHIN = 3, timedelta(days=45)


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Weekdays in a row with the same hours; without stretches, days on which it does not open."""

    first: int
    last: int
    stretches: tuple[Stretch, ...]

    @property
    def days(self) -> str:
        """«Lunes a viernes»"""
        first, last = _weekday(self.first), _weekday(self.last)
        if self.first == self.last:
            return _begun(first)
        if self.last - self.first == 1:
            return _begun(_("%(first)s y %(last)s", first=first, last=last))
        return _begun(_("%(first)s a %(last)s", first=first, last=last))

    @property
    def hours(self) -> list[str]:
        """«8:00 a. m. a 12:00 m.», one per stretch."""
        return [
            _("%(opens)s a %(closes)s", opens=clock_text(on_a_monday(opens)), closes=clock_text(on_a_monday(closes)))
            for opens, closes in self.stretches
        ]


@dataclass(frozen=True, slots=True)
class ServiceTold:
    """A service of the catalogue, in the language of the page."""

    name: str
    hint: str
    requirements: list[str]


@dataclass(frozen=True, slots=True)
class TopicNow:
    """A topic, how many wait for it, the range for who comes now, and its services."""

    name: str
    hint: str
    icon: str
    waiting: int
    wait: str
    services: list[ServiceTold]


@dataclass(frozen=True, slots=True)
class Place:
    """A site of the town hall as it is now."""

    name: str
    address: str
    is_open: bool
    opening: str
    week: list[OpenDays]
    closed_days: list[str]
    waiting: int
    topics: list[TopicNow]
    priority: list[tuple[str, str]]


def places_now(session: Session, at: datetime) -> list[Place]:
    """Every site as it is when the clock says `at`."""
    return [
        _place(session, site, hour_of(session, site.id, at).at)
        for site in session.scalars(select(Site).where(Site.active).order_by(Site.id))
    ]


def week_of(hours: Sequence[OpeningHours]) -> list[OpenDays]:
    """The seven days, those in a row with equal hours together."""
    by_day: dict[int, tuple[Stretch, ...]] = {
        day: tuple((row.opens, row.closes) for row in hours if row.weekday == day) for day in WEEKDAYS
    }
    week = []
    for stretches, days in groupby(WEEKDAYS, key=by_day.__getitem__):
        alike = list(days)
        week.append(OpenDays(alike[0], alike[-1], stretches))
    return week


def if_one_comes_now(waits: Iterable[Wait]) -> str:
    """«Entre 10 y 25 minutos», from the least to the most of the services of a topic, or that nobody attends them."""
    whole = whole_range(waits)
    if whole.low is None or whole.high is None:
        return _("Sin ventanilla abierta")
    return _begun(range_text(whole.low, whole.high))


def _begun(text: str) -> str:
    """The text with its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]


def on_a_monday(moment: time) -> datetime:
    """An hour of any day as an instant, so that it is said as all others."""
    return datetime.combine(A_MONDAY, moment, tzinfo=BOGOTA)


def _place(session: Session, site: Site, at: datetime) -> Place:
    state = opening(session, site.id, at)
    topics = offer.topics(session, site.id)
    waiting = Counter(turn.service.topic_id for turn in board.everyone_waiting(session, site.id, at))
    services = [service.id for topic in topics for service in topic.services if service.active]
    waits = board.wait_for(session, site.id, services, at)
    return Place(
        site.name,
        site.address,
        state.open,
        _opening_text(site, state, at),
        week_of(site.hours),
        [day_text(day) for day in _closed_days(session, site, at.date())],
        waiting.total(),
        [
            TopicNow(
                name_of(topic),
                in_language(topic.hint, topic.hint_en),
                topic.icon,
                waiting[topic.id],
                if_one_comes_now([waits[service.id] for service in topic.services if service.active]),
                [_told(service) for service in topic.services if service.active],
            )
            for topic in topics
        ],
        _priority(session, site.id),
    )


def _told(service: Service) -> ServiceTold:
    return ServiceTold(
        name_of(service),
        in_language(service.hint, service.hint_en),
        in_language(service.requirements, service.requirements_en),
    )


def _priority(session: Session, site_id: int) -> list[tuple[str, str]]:
    groups = session.scalars(
        select(PriorityGroup)
        .where(PriorityGroup.site_id == site_id, PriorityGroup.active)
        .order_by(PriorityGroup.position)
    )
    return [(name_of(group), in_language(group.who, group.who_en)) for group in groups]


def _opening_text(site: Site, state: Opening, at: datetime) -> str:
    if state.open:
        closes = max(
            row.closes for row in site.hours if row.weekday == at.isoweekday() and row.opens <= at.time() < row.closes
        )
        return _("Abierto ahora, hasta %(hour)s", hour=hour_text(on_a_monday(closes)))
    if state.next is None:
        return _("Cerrado ahora")
    return _("Cerrado ahora. Abre %(when)s", when=opening_text(state.next, at))


def _closed_days(session: Session, site: Site, today: date) -> list[date]:
    """The next days on which it would open by its hours and does not."""
    until = today + CLOSED_DAYS_WITHIN
    own = set(session.scalars(select(ClosedDay.day).where(ClosedDay.site_id == site.id)))
    free = own | national_holidays(today.year) | national_holidays(until.year)
    opens = {row.weekday for row in site.hours}
    return sorted(day for day in free if today <= day <= until and day.isoweekday() in opens)[:CLOSED_DAYS_TOLD]


def _weekday(number: int) -> str:
    return str(format_date(A_MONDAY + timedelta(days=number - 1), "EEEE"))
