"""The week in which a site gives turns: several stretches a day, none over another, and what the law asks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from itertools import pairwise

from sqlalchemy.orm import Session

from core import changes
from core.catalogue.model import OpeningHours, Site
from core.errors import N_, Invalid, Missing

LEAST_HOURS_A_WEEK = 40
"""Ley 1437 de 2011, art. 7.2: hours of personal attention a week."""
LEAST_HOURS_A_DAY = 8
"""Ley 962 de 2005, art. 9: hours a day, of those on which it opens."""

Stretch = tuple[time, time]
Week = Mapping[int, Sequence[Stretch]]
"""Stretches by weekday, 1 Monday … 7 Sunday."""


def week_of(site: Site) -> dict[int, list[Stretch]]:
    """The stretches of a site, in the order of the day."""
    week: dict[int, list[Stretch]] = {day: [] for day in range(1, 8)}
    for row in site.hours:
        week[row.weekday].append((row.opens, row.closes))
    return week


def set_week(session: Session, site_id: int, week: Week, by: int, at: datetime, reason: str = "") -> bool:
    """Give turns in these hours from now on; whether they are others. Raises Invalid naming the day, Missing."""
    site = session.get(Site, site_id, with_for_update=True, populate_existing=True)
    if site is None:
        raise Missing
    for day, stretches in week.items():
        _check(day, stretches)
    before = {f"day_{day}": said(stretches) for day, stretches in week_of(site).items()}
    after = {f"day_{day}": said(week.get(day, ())) for day in range(1, 8)}
    if before == after:
        return False
    for row in list(site.hours):
        session.delete(row)
    session.flush()
    for day, stretches in week.items():
        session.add_all(OpeningHours(site_id=site_id, weekday=day, opens=o, closes=c) for o, c in stretches)
    session.flush()
    session.expire(site, ["hours"])
    return changes.note(session, site, before, after, by, at, reason)


def hours_a_week(week: Week) -> float:
    return sum(_hours(stretch) for stretches in week.values() for stretch in stretches)


def short_days(week: Week) -> list[int]:
    """The days on which it opens for less than the law asks."""
    return [day for day, stretches in week.items() if stretches and sum(map(_hours, stretches)) < LEAST_HOURS_A_DAY]


def said(stretches: Sequence[Stretch]) -> str:
    """«08:00–12:00, 14:00–18:00», in the order of the day."""
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in sorted(stretches))


def _check(day: int, stretches: Sequence[Stretch]) -> None:
    for opens, closes in stretches:
        if opens >= closes:
            raise Invalid(N_("La hora de cierre debe ser después de la de apertura."), field=f"day_{day}")
    for (_opens, closes), (following, _closes) in pairwise(sorted(stretches)):
        if following < closes:
            raise Invalid(N_("Dos jornadas del mismo día se cruzan. Corrija las horas."), field=f"day_{day}")


def _hours(stretch: Stretch) -> float:
    opens, closes = stretch
    return (closes.hour * 60 + closes.minute - opens.hour * 60 - opens.minute) / 60
