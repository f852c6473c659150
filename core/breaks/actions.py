"""Plan the breaks of the windows of a site, and know which of today are still to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, contains_eager

from core import audit
from core.audit import Act, On, Thing
from core.breaks.model import PlannedBreak
from core.breaks.planned import Break, Span, still_to_come
from core.catalogue.model import Site, Window
from core.catalogue.week import said, week_of
from core.desks import Away
from core.errors import N_, Invalid, Missing
from core.events import Who
from core.prepared import run

SOON = timedelta(minutes=10)
"""So long before it begins, a break is told to who takes it."""
WEEKDAYS = (
    N_("Los lunes"),
    N_("Los martes"),
    N_("Los miércoles"),
    N_("Los jueves"),
    N_("Los viernes"),
    N_("Los sábados"),
    N_("Los domingos"),
)
_OF_SITE = (
    select(PlannedBreak.window_id, PlannedBreak.weekdays, PlannedBreak.starts, PlannedBreak.ends)
    .join(Window, Window.id == PlannedBreak.window_id)
    .where(Window.site_id == bindparam("site"))
)


def of_site(session: Session, site_id: int) -> Sequence[PlannedBreak]:
    """The planned breaks of a site, window by window and in the order of the day."""
    query = select(PlannedBreak).join(PlannedBreak.window).where(Window.site_id == site_id)
    ordered = query.order_by(Window.label, PlannedBreak.starts, PlannedBreak.id)
    return session.scalars(ordered.options(contains_eager(PlannedBreak.window))).all()


def break_of(session: Session, site_id: int, break_id: int) -> PlannedBreak:
    """One of the site. Raises Missing."""
    found = session.get(PlannedBreak, break_id, populate_existing=True)
    if found is None or found.window.site_id != site_id:
        raise Missing(N_("Esa pausa ya no está en la lista."))
    return found


def plan(session: Session, site_id: int, window_id: int, wanted: Break, by: int, at: datetime) -> PlannedBreak:
    """A window of the site rests so from now on. Raises Invalid, Missing."""
    _check(session, site_id, window_id, wanted, None)
    row = PlannedBreak(window_id=window_id, weekdays=sorted(wanted.weekdays), starts=wanted.starts, ends=wanted.ends)
    session.add(row)
    session.flush()
    _note(session, Act.ADDED, row.id, site_id, by, at, after=_told(row))
    return row


def change(session: Session, site_id: int, break_id: int, window_id: int, wanted: Break, by: int, at: datetime) -> bool:
    """It is so from now on; whether that is otherwise than it was. Raises Invalid, Missing."""
    row = break_of(session, site_id, break_id)
    _check(session, site_id, window_id, wanted, row)
    before = _told(row)
    row.window_id, row.weekdays = window_id, sorted(wanted.weekdays)
    row.starts, row.ends = wanted.starts, wanted.ends
    session.flush()
    after = _told(row)
    if after != before:
        _note(session, Act.CHANGED, row.id, site_id, by, at, before=before, after=after)
    return after != before


def end(session: Session, site_id: int, break_id: int, by: int, at: datetime) -> None:
    """The window rests so no more. Raises Missing."""
    row = break_of(session, site_id, break_id)
    _note(session, Act.WITHDRAWN, row.id, site_id, by, at, before=_told(row))
    session.delete(row)


def planned(session: Session, site_id: int) -> Mapping[int, list[Break]]:
    """The breaks that are planned at a site, by window."""
    found = defaultdict[int, list[Break]](list)
    for window_id, weekdays, starts, ends in run(session, _OF_SITE, site=site_id):
        found[window_id].append(Break(frozenset(weekdays), starts, ends))
    return found


def to_come(session: Session, site_id: int, at: datetime, pause: timedelta = timedelta()) -> Mapping[int, list[Span]]:
    """The breaks of today that are still to come, by window; a pause that did not say so lasts `pause` more."""
    every = planned(session, site_id)
    if not every:
        return {}
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    pauses = defaultdict[int, list[Span]](list)
    for window_id, began, ended, until in session.execute(
        select(Away.window_id, Away.started_at, Away.ended_at, Away.expected_until).where(
            Away.window_id.in_(every), Away.kind == "pause", Away.started_at >= midnight
        )
    ):
        pauses[window_id].append((began, ended or (until if until and until > at else at + pause)))
    return {window_id: still_to_come(breaks, pauses[window_id], at) for window_id, breaks in every.items()}


def due(session: Session, site_id: int, at: datetime) -> Mapping[int, Span]:
    """The break of each window that should have begun, or will within `SOON`, by window."""
    coming = to_come(session, site_id, at)
    return {window_id: spans[0] for window_id, spans in coming.items() if spans and spans[0][0] <= at + SOON}


def _check(session: Session, site_id: int, window_id: int, wanted: Break, but: PlannedBreak | None) -> None:
    """Raises Invalid naming what to mend, Missing."""
    window = session.get(Window, window_id)
    if window is None or window.site_id != site_id or not window.active:
        raise Missing(N_("Esa ventanilla no existe en su sede."))
    if not wanted.weekdays:
        raise Invalid(N_("Elija al menos un día."), field="weekdays")
    if wanted.ends <= wanted.starts:
        raise Invalid(N_("La pausa debe terminar después de empezar."), field="ends")
    week = week_of(session.get_one(Site, site_id))
    for weekday in sorted(wanted.weekdays):
        day, stretches = WEEKDAYS[weekday - 1], week[weekday]
        if not stretches:
            raise Invalid(N_("%(day)s la sede no abre."), field="weekdays", day=day)
        if not wanted.fits(stretches):
            sentence = N_("%(day)s la sede atiende %(hours)s. La pausa debe caber ahí.")
            raise Invalid(sentence, field="starts", day=day, hours=said(stretches))
    for other in session.scalars(select(PlannedBreak).where(PlannedBreak.window_id == window_id)):
        if other is not but and wanted.crosses(other.planned):
            hours = said([(other.starts, other.ends)])
            raise Invalid(N_("Se cruza con otra pausa de esa ventanilla: %(hours)s."), field="starts", hours=hours)


def _told(row: PlannedBreak) -> dict[str, Any]:
    hours = {"starts": f"{row.starts:%H:%M}", "ends": f"{row.ends:%H:%M}"}
    return {"window": row.window_id, "weekdays": row.weekdays, **hours}


def _note(session: Session, act: Act, break_id: int, site_id: int, by: int, at: datetime, **detail: Any) -> None:
    on = On(Thing.PLANNED_BREAK, break_id)
    audit.record(session, act, on, Who("official", by), at, site_id=site_id, detail=detail)
