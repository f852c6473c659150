"""The days of the calendar as data: holidays of the country, and days that the entity opens or closes by an act.

Every change makes a version; what a version said can be read for ever, so that a deadline can be explained with the
calendar by which it was counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from importlib.metadata import version as release_of
from itertools import pairwise
from types import MappingProxyType

import holidays
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.calendar import Calendar, Special, Stretch
from core.catalogue.model import CalendarVersion, Entity, OpeningHours, OwnDay
from core.errors import N_, Invalid, Missing
from core.events import Happened, Who, record

_ACTS = {"added": Act.ADDED, "corrected": Act.CHANGED, "withdrawn": Act.WITHDRAWN}
RELEASE = release_of("holidays")
LONGEST_ROW = 31
"""Days in a row that one act may open or close at once."""
NAMED_ANEW = 2021
"""Since then 12 October has another name (Resolución 138 de 2021 of the Ministry of Culture)."""
_ANEW = {
    "Día de la Raza": "Día de la Diversidad Étnica y Cultural de la Nación Colombiana",
    "Columbus Day": "Day of Ethnic and Cultural Diversity of the Colombian Nation",
}
_MENDED = {"Ascensión del señor": "Ascensión del Señor"}


@lru_cache(maxsize=128)
def national_holidays(year: int) -> Mapping[date, tuple[str, ...]]:
    """Colombia's holidays of a year with their names in Spanish; two may fall on one day.

    Ley 51 de 1983; Ley 2578 de 2026 for 9 July. The language is named because the machine's would be taken.
    """
    found = holidays.country_holidays("CO", years=year, language="es")
    return MappingProxyType({day: tuple(_name(name, year) for name in found[day].split("; ")) for day in sorted(found)})


def holidays_on(day: date) -> tuple[str, ...]:
    """The names of the holidays of a day; none on other days."""
    return national_holidays(day.year).get(day, ())


@lru_cache(maxsize=128)
def _in_english(year: int) -> Mapping[date, tuple[str, ...]]:
    found = holidays.country_holidays("CO", years=year, language="en_US")
    return {day: tuple(_name(name, year) for name in found[day].split("; ")) for day in found}


def holidays_in_english(day: date) -> tuple[str, ...]:
    """The names of the holidays of a day for who reads English; the law's are those in Spanish."""
    return _in_english(day.year).get(day, ())


def _name(name: str, year: int) -> str:
    plain = name.removesuffix(" (observado)").removesuffix(" (observed)")
    return (_ANEW.get(plain) if year >= NAMED_ANEW else None) or _MENDED.get(plain, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an act says: the days from `first` to `last`, opened or closed, at one site or at all of them.

    `stretches` are the hours of an open day; empty, it has those of its weekday.
    """

    first: date
    last: date
    everywhere: bool
    opens: bool
    act: str
    act_date: date | None = None
    affects_terms: bool = False
    stretches: tuple[Stretch, ...] = ()
    note: str = ""


def last_version(session: Session) -> int:
    """The number of the calendar that rules now; 0 while nobody has changed it."""
    return session.scalar(select(func.max(CalendarVersion.number))) or 0


def version_at(session: Session, at: datetime) -> int:
    """The number of the calendar that ruled at an instant."""
    return session.scalar(select(func.max(CalendarVersion.number)).where(CalendarVersion.at <= at)) or 0


def own_days(session: Session, site_id: int | None, version: int | None = None) -> Sequence[OwnDay]:
    """The days that the entity opens or closes at a site and at all of them, by date, as a version has them.

    Without a site, only those of the whole entity; without a version, as they are now.
    """
    query = select(OwnDay).where(or_(OwnDay.site_id == site_id, OwnDay.site_id.is_(None)))
    if version is None:
        query = query.where(OwnDay.until_version.is_(None))
    else:
        gone = or_(OwnDay.until_version.is_(None), OwnDay.until_version > version)
        query = query.where(OwnDay.since_version <= version, gone)
    return session.scalars(query.order_by(OwnDay.day, OwnDay.site_id.is_(None), OwnDay.id)).all()


def calendar_of(session: Session, site_id: int | None, version: int | None = None) -> Calendar:
    """The calendar of a site (or of the entity, for None) as a version has it; without one, as it is now.

    Its `version` is «number/release of the holidays»: with the same identifier the same term ends on the same day.
    """
    number = last_version(session) if version is None else version
    own = own_days(session, site_id, version)
    return Calendar(holidays_on, special(own), f"{number}/{RELEASE}")


def special(own: Iterable[OwnDay]) -> dict[date, list[Special]]:
    """Rows as the rules want them, by day, in the order given."""
    found: defaultdict[date, list[Special]] = defaultdict(list)
    for row in own:
        found[row.day].append(Special(row.opens, row.act, row.affects_terms, stretches_of(row.hours)))
    return dict(found)


def stretches_of(hours: Iterable[str]) -> tuple[Stretch, ...]:
    """«08:00-12:00» → (8:00, 12:00)."""
    pairs = (stretch.split("-") for stretch in hours)
    return tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in pairs)


def day_of(session: Session, site_id: int, day_id: int) -> OwnDay:
    """An own day of the site or of the whole entity that is in force. Raises Missing for any other."""
    day = session.get(OwnDay, day_id, populate_existing=True)
    if day is None or day.site_id not in (None, site_id) or day.until_version is not None:
        raise Missing(N_("Ese día ya no está en el calendario."))
    return day


def add(session: Session, site_id: int, wanted: Wanted, by: int, at: datetime) -> list[OwnDay]:
    """Open or close the days that an act says, as one version. Raises Invalid."""
    number = _next_number(session)
    _check(session, site_id, wanted, at)
    rows = [_row(site_id, wanted, day, number) for day in days_from(wanted.first, wanted.last)]
    for row in rows:
        _check_free(session, row)
    _make_version(session, number, "added", "", by, at)
    session.add_all(rows)
    session.flush()
    _record(session, site_id, "added", rows, number, by, at)
    return rows


def correct(session: Session, site_id: int, day_id: int, wanted: Wanted, by: int, at: datetime) -> OwnDay:
    """Say something else of an own day from now on; what it said before stays readable. Raises Invalid, Missing."""
    number = _next_number(session)
    before = day_of(session, site_id, day_id)
    _check(session, site_id, wanted, at)
    if wanted.first != wanted.last:
        raise Invalid(N_("Corrija un día a la vez."), field="last")
    row = _row(site_id, wanted, wanted.first, number)
    _check_free(session, row, beside=before)
    _make_version(session, number, "corrected", "", by, at)
    before.until_version = number
    session.flush()
    session.add(row)
    session.flush()
    _record(session, site_id, "corrected", [before, row], number, by, at)
    return row


def withdraw(session: Session, site_id: int, day_id: int, why: str, by: int, at: datetime) -> OwnDay:
    """Let a day be again what the calendar says without it. Raises Invalid without a reason, Missing."""
    number = _next_number(session)
    row = day_of(session, site_id, day_id)
    if not why:
        raise Invalid(N_("Escriba por qué se retira."), field="why")
    _make_version(session, number, "withdrawn", why, by, at)
    row.until_version = number
    _record(session, site_id, "withdrawn", [row], number, by, at)
    return row


def days_from(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _next_number(session: Session) -> int:
    """The number of the next version: whoever changes the calendar waits for who changes it now."""
    session.execute(select(Entity.id).with_for_update())
    return last_version(session) + 1


def _make_version(session: Session, number: int, change: str, why: str, by: int, at: datetime) -> None:
    session.add(CalendarVersion(number=number, at=at, made_by=by, change=change, why=why))
    session.flush()


def _row(site_id: int, wanted: Wanted, day: date, number: int) -> OwnDay:
    return OwnDay(
        site_id=None if wanted.everywhere else site_id,
        day=day,
        opens=wanted.opens,
        hours=[f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in wanted.stretches],
        act=wanted.act,
        act_date=wanted.act_date,
        affects_terms=wanted.affects_terms,
        note=wanted.note,
        since_version=number,
    )


def _check(session: Session, site_id: int, wanted: Wanted, at: datetime) -> None:
    if not wanted.act:
        raise Invalid(N_("Escriba el acto que lo ordena, por ejemplo: Decreto 30 de 2026."), field="act")
    if wanted.act_date and wanted.act_date > at.date():
        raise Invalid(N_("El acto no puede tener una fecha que no ha llegado."), field="act_date")
    if wanted.last < wanted.first:
        raise Invalid(N_("El último día es anterior al primero."), field="last")
    if (wanted.last - wanted.first).days >= LONGEST_ROW:
        raise Invalid(N_("Son demasiados días. Escriba %(most)s o menos a la vez."), field="last", most=LONGEST_ROW)
    if wanted.opens:
        _check_hours(session, site_id, wanted)


def _check_hours(session: Session, site_id: int, wanted: Wanted) -> None:
    stretches = sorted(wanted.stretches)
    for opens, closes in stretches:
        if closes <= opens:
            raise Invalid(N_("La hora de cierre debe ser después de la de apertura."), field="opens")
    if any(later[0] < earlier[1] for earlier, later in pairwise(stretches)):
        raise Invalid(N_("Las dos jornadas se cruzan."), field="opens_again")
    if stretches:
        return
    days = {day.isoweekday() for day in days_from(wanted.first, wanted.last)}
    usual = set(session.scalars(select(OpeningHours.weekday).where(OpeningHours.site_id == site_id)))
    if days - usual:
        raise Invalid(N_("Ese día de la semana no tiene horario. Escriba desde y hasta qué hora."), field="opens")


def _check_free(session: Session, row: OwnDay, beside: OwnDay | None = None) -> None:
    """Raises Invalid if the day is opened or closed already with the same reach, unless by `beside`."""
    taken = session.scalar(
        select(OwnDay.act).where(
            OwnDay.day == row.day,
            OwnDay.until_version.is_(None),
            OwnDay.id != (beside.id if beside else 0),
            OwnDay.site_id == row.site_id if row.site_id else OwnDay.site_id.is_(None),
        )
    )
    if taken is not None:
        sentence = N_("El %(day)s ya está en el calendario, por «%(act)s». Corríjalo en la lista.")
        raise Invalid(sentence, field="first", day=f"{row.day:%d/%m/%Y}", act=taken)


def _record(
    session: Session, site_id: int, change: str, rows: Iterable[OwnDay], number: int, by: int, at: datetime
) -> None:
    """Deadlines listen to this: the days whose counting may have changed."""
    touched = list(rows)
    detail = {
        "change": change,
        "version": number,
        "days": sorted({row.day.isoformat() for row in touched}),
        "act": touched[-1].act,
        "everywhere": any(row.site_id is None for row in touched),
        "affects_terms": any(row.affects_terms for row in touched),
    }
    who = Who("official", by)
    record(session, Happened(kind="calendar changed", site_id=site_id, at=at, who=who, detail=detail))
    on = On(Thing.CALENDAR_DAY, touched[-1].id)
    audit.record(session, _ACTS[change], on, who, at, site_id=site_id, detail={"version": number})
