"""The plan of a year is loaded from its file once, copied to the next year, and given back as the same file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Invalid, Missing, Refused
from core.events import Who
from core.plan import document
from core.plan.document import Entry, Mode
from core.plan.model import Activity, ChosenSources, Component, Meta, Plan, RoleHolder

FIRST_YEAR, LAST_YEAR = 2000, 2200


class OtherPlan(Refused):
    message = N_("El año %(year)s ya tiene otro plan. No se cambió nada: las metas se fijan por formulario y con acto.")


class NoPlan(Missing):
    message = N_("El año %(year)s no tiene un plan.")


def plan_of(session: Session, year: int) -> Plan:
    """The plan of a year. Raises NoPlan."""
    found = session.scalar(select(Plan).where(Plan.year == year))
    if found is None:
        raise NoPlan(year=year)
    return found


def years(session: Session) -> list[int]:
    """The years that have a plan, the last first."""
    return list(session.scalars(select(Plan.year).order_by(Plan.year.desc())))


def load(session: Session, text: str, year: int, who: Who, at: datetime) -> tuple[Plan, bool]:
    """The plan of a year from its file, and whether it is new: the same file changes nothing.

    Raises NotAPlan, OtherPlan, Invalid for a year that cannot be.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(N_("El año va de %(first)s a %(last)s."), field="year", first=FIRST_YEAR, last=LAST_YEAR)
    found = document.read(text)
    there = session.scalar(select(Plan).where(Plan.year == year))
    if there is not None:
        if document.read(there.source) != found:
            raise OtherPlan(year=year)
        return there, False
    return _noted(session, add(session, text, year, at, by=_official(who)), who, at), True


def copy(session: Session, of: int, year: int, who: Who, at: datetime, act: str) -> Plan:
    """Begin the plan of a year as that of another, by an act: its text, its rhythm, who answers and what is counted.

    Goals are of a year and are not copied. Raises NoPlan, OtherPlan, Invalid without an act.
    """
    if not act.strip():
        raise Invalid(N_("Escriba el acto que lo adopta."), field="act")
    before = plan_of(session, of)
    if session.scalar(select(Plan.id).where(Plan.year == year)) is not None:
        raise OtherPlan(year=year)
    begun = add(session, before.source, year, at, by=_official(who), copied_from=of)
    begun.act, begun.rhythm = act.strip(), before.rhythm
    _go_on(before, begun, at)
    session.flush()
    return _noted(session, begun, who, at)


def export(plan: Plan) -> str:
    """The file of a plan, made of its rows: to the letter the one that it was loaded from."""
    parts = [
        (
            Entry(component.code, component.said),
            [(Entry(m.code, m.said), [Entry(a.code, a.said) for a in m.activities]) for m in component.metas],
        )
        for component in plan.components
    ]
    told = document.whole(plan.about, parts)
    return plan.source if document.read(plan.source) == told else document.write(told)


def add(
    session: Session, text: str, year: int, at: datetime, *, by: int | None = None, copied_from: int | None = None
) -> Plan:
    """The plan of a year that has none, as the first content brings it. Raises NotAPlan."""
    found = document.read(text)
    plan = Plan(
        year=year,
        title=str(found["plan"].get("titulo") or ""),
        source=text,
        about=document.rest(found),
        copied_from=copied_from,
        loaded_by=by,
        loaded_at=at,
    )
    for n, (component, metas) in enumerate(document.components(found)):
        row = Component(position=n, code=component.code, name=component.said["nombre"], said=dict(component.said))
        plan.components.append(row)
        for k, (meta, activities) in enumerate(metas):
            below = Meta(position=k, code=meta.code, name=meta.said["nombre"], said=dict(meta.said))
            row.metas.append(below)
            below.activities += [_activity(i, each) for i, each in enumerate(activities)]
    session.add(plan)
    session.flush()
    return plan


def _go_on(before: Plan, begun: Plan, at: datetime) -> None:
    """Who answers and what each indicator is counted from stay as they are, until somebody says otherwise."""
    begun.holders += [
        RoleHolder(role=one.role, official_id=one.official_id, since=at, named_by=one.named_by)
        for one in before.holders
        if one.until is None and one.official.active
    ]
    for was, now in zip(before.activities, begun.activities, strict=True):
        for last in was.chosen[-1:]:
            told = {"leads": last.leads, "beside": list(last.beside), "reason": last.reason}
            now.chosen.append(ChosenSources(**told, chosen_by=last.chosen_by, chosen_at=at))


def _noted(session: Session, plan: Plan, who: Who, at: datetime) -> Plan:
    audit.record(session, Act.LOADED, On(Thing.PLAN, plan.id), who, at, detail={"year": plan.year})
    return plan


def _official(who: Who) -> int | None:
    return who.id if who.kind == "official" else None


def _activity(position: int, entry: Entry) -> Activity:
    said = entry.said
    return Activity(
        position=position,
        code=entry.code,
        text=said["texto"],
        indicator=said["indicador"],
        schedule=said["cronograma"]["texto"],
        months=[str(month) for month in said["cronograma"].get("meses", ())],
        responsible=list(said["responsables"]),
        mode=Mode((said.get("propuesta_sistema") or {}).get("modo", Mode.MANUAL)),
        said=dict(said),
    )
