"""When a site gives turns: its hours, the national holidays and the entity's own days, at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from core.calendar import Calendar, Hours, Special, next_opening, stretch_at
from core.catalogue.days import holidays_on, stretches_of
from core.catalogue.model import OpeningHours, OwnDay, Site
from core.prepared import run

_HOURS = (
    select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
    .join(Site, Site.id == OpeningHours.site_id)
    .where(OpeningHours.site_id == bindparam("site"), Site.active)
)
_OWN = (
    select(OwnDay.day, OwnDay.opens, OwnDay.act, OwnDay.hours)
    .where(
        OwnDay.day >= bindparam("today"),
        OwnDay.until_version.is_(None),
        or_(OwnDay.site_id == bindparam("site"), OwnDay.site_id.is_(None)),
    )
    .order_by(OwnDay.site_id.is_(None))
)


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether turns are given now; `closes` is until when, `next` when they will be if they are not."""

    open: bool
    next: datetime | None = None
    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """When a site gives turns: its hours, and the calendar with its own days."""

    hours: tuple[Hours, ...]
    calendar: Calendar

    def at(self, at: datetime) -> Opening:
        if stretch := stretch_at(at, self.hours, self.calendar):
            return Opening(True, closes=datetime.combine(at.date(), stretch[1], tzinfo=at.tzinfo))
        return Opening(False, next=next_opening(at, self.hours, self.calendar))


def opening(session: Session, site_id: int, at: datetime) -> Opening:
    """The site's state at `at`; one that was withdrawn does not open."""
    return times_of(session, site_id, at.date()).at(at)


def times_of(session: Session, site_id: int, today: date) -> Times:
    """The hours of the site and its own days from `today` on; none of one that was withdrawn."""
    hours = tuple(Hours(*row) for row in run(session, _HOURS, site=site_id))
    own: dict[date, list[Special]] = {}
    for day, opens, act, stretches in run(session, _OWN, site=site_id, today=today):
        own.setdefault(day, []).append(Special(opens, act, stretches=stretches_of(stretches)))
    return Times(hours, Calendar(holidays_on, own))
