"""When a site gives turns: its hours, the national holidays and its own closed days, at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import holidays
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.calendar import Hours, is_open, next_opening
from core.catalogue.model import ClosedDay, OpeningHours, Site
from core.db import run

_HOURS = (
    select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
    .join(Site, Site.id == OpeningHours.site_id)
    .where(OpeningHours.site_id == bindparam("site"), Site.active)
)
_CLOSED = select(ClosedDay.day).where(ClosedDay.site_id == bindparam("site"))


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether turns are given now; `next` is when they will be, if they are not."""

    open: bool
    next: datetime | None


@lru_cache(maxsize=32)
def national_holidays(year: int) -> frozenset[date]:
    """Colombia's holidays of a year (Ley 51 de 1983; Ley 2578 de 2026)."""
    return frozenset(holidays.country_holidays("CO", years=year, language="es"))


def opening(session: Session, site_id: int, at: datetime) -> Opening:
    """The site's state at `at`; one that was withdrawn does not open."""
    hours = [Hours(*row) for row in run(session, _HOURS, site=site_id)]
    closed = frozenset(run(session, _CLOSED, site=site_id).scalars())
    free = national_holidays(at.year) | national_holidays(at.year + 1)
    if is_open(at, hours, free, closed):
        return Opening(True, None)
    return Opening(False, next_opening(at, hours, free, closed))
