"""Until when an official has to read a version, and since when they are asked to; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from core.calendar import Calendar, nth_working_day


@dataclass(frozen=True, slots=True)
class Duty:
    """Roles that a person has since a day; None is since before anybody kept account of it."""

    roles: frozenset[str]
    since: date | None


@dataclass(frozen=True, slots=True)
class RolesChanged:
    """From a day on the person had other roles than before."""

    on: date
    before: frozenset[str]
    after: frozenset[str]


def asked_since(audience: Collection[str], duties: Iterable[Duty]) -> tuple[bool, date | None]:
    """Whether somebody with these duties is asked to read what is for `audience`, and since when, the earliest."""
    days = [duty.since for duty in duties if duty.roles & set(audience)]
    known = [day for day in days if day is not None]
    return bool(days), min(known) if days and len(known) == len(days) else None


def own_duty(roles: Collection[str], audience: Collection[str], changes: Iterable[RolesChanged]) -> Duty:
    """The own roles, since the last change, in order, that brought in one of the audience."""
    since, wanted = None, set(audience)
    for change in changes:
        if change.after & wanted and not change.before & wanted:
            since = change.on
    return Duty(frozenset(roles), since)


def due_on(valid_from: date, since: date | None, days: int, calendar: Calendar) -> date:
    """The last day to read: so many working days after it came to rule, or after the person came to be asked."""
    return nth_working_day(max(valid_from, since or valid_from), days, calendar)
