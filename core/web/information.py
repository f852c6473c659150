"""How the six contents are said on a page: what the faces share of hours and days, in its language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.calendar import Hours
from core.catalogue.model import Site
from core.clock import BOGOTA
from core.information.pieces import ClosedTold, Pieces, pieces
from core.web.shared import once_a_minute
from core.web.words import clock_text, day_text, language

Stretch = tuple[time, time]
WEEKDAYS = range(1, 8)
A_MONDAY = date(2026, 11, 23)


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
            return begun(first)
        if self.last - self.first == 1:
            return begun(_("%(first)s y %(last)s", first=first, last=last))
        return begun(_("%(first)s a %(last)s", first=first, last=last))

    @property
    def hours(self) -> list[str]:
        """«8:00 a. m. a 12:00 m.», one per stretch."""
        return [
            _("%(opens)s a %(closes)s", opens=clock_text(on_a_monday(opens)), closes=clock_text(on_a_monday(closes)))
            for opens, closes in self.stretches
        ]


def told_of(session: Session, site_id: int, at: datetime) -> Pieces:
    """The six contents of a site, shared by all who look at them."""
    return once_a_minute(
        session, site_id, at, "six contents", lambda: pieces(session, session.get_one(Site, site_id), at)
    )


def week_of(hours: Iterable[Hours]) -> list[OpenDays]:
    """The seven days, those in a row with equal hours together."""
    rows = list(hours)
    by_day: dict[int, tuple[Stretch, ...]] = {
        day: tuple(sorted((row.opens, row.closes) for row in rows if row.weekday == day)) for day in WEEKDAYS
    }
    week = []
    for stretches, days in groupby(WEEKDAYS, key=by_day.__getitem__):
        alike = list(days)
        week.append(OpenDays(alike[0], alike[-1], stretches))
    return week


def closed_day_text(closed: ClosedTold) -> str:
    """«martes 8 de diciembre (Inmaculada Concepción)»"""
    why = closed.why.in_language(language())
    return f"{day_text(closed.day)} ({why})" if why else day_text(closed.day)


def date_text(day: date) -> str:
    """«23 de noviembre de 2026»"""
    return str(format_date(day, "d 'de' MMMM 'de' y" if language() == "es" else "MMMM d, y"))


def begun(text: str) -> str:
    """The text with its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]


def on_a_monday(moment: time) -> datetime:
    """An hour of any day as an instant, so that it is said as all others."""
    return datetime.combine(A_MONDAY, moment, tzinfo=BOGOTA)


def _weekday(number: int) -> str:
    return str(format_date(A_MONDAY + timedelta(days=number - 1), "EEEE"))
