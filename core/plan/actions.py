"""What is set in a plan, each thing by a row that stays: goals and weights, what is counted, corrections, and roles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Invalid
from core.events import Who
from core.people.model import Official
from core.personal import pieces
from core.plan import progress
from core.plan.amounts import kept, written
from core.plan.cutoffs import stretches
from core.plan.figures import accumulation_of, figure_of, sources_of
from core.plan.measures import Unit, registered
from core.plan.model import Activity, ChosenSources, Correction, Meta, Plan, RoleHolder, Target
from core.plan.progress import Accumulation, Goal, WrongGoal
from core.plan.sources import Sources
from core.reports.periods import Period

LONGEST, LONGEST_ACT, LONGEST_UNIT = 1000, 200, 60
MOST_BESIDE = 8
NO_CHANGE = N_("No cambió nada: ya es así.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGoal:
    """What an activity has to reach, as an act says it."""

    goal: Fraction
    baseline: Fraction
    unit: str
    accumulation: Accumulation
    act: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """What is to count instead of what was measured, and why; `evidence`: the act or the address that shows it."""

    value: Fraction
    reason: str
    evidence: str


def set_goal(session: Session, activity: Activity, new: NewGoal, by: int, at: datetime) -> Target:
    """Another goal, by an act; its weight stays. Raises Invalid."""
    unit = _text(new.unit, "unit", LONGEST_UNIT)
    act = _text(new.act, "act", LONGEST_ACT)
    _check_day(new.since, activity.plan)
    try:
        progress.check(Goal(new.goal, new.accumulation, new.baseline))
    except WrongGoal:
        raise Invalid(_WRONG[new.accumulation is Accumulation.REDUCTION], field="goal") from None
    if field := _unfit(sources_of(activity).leads, new.goal, new.accumulation):
        raise Invalid(_UNFIT[field], field=field)
    before = activity.target
    return _add_target(
        session,
        activity,
        goal=kept(new.goal),
        baseline=kept(new.baseline),
        weight=before.weight if before else None,
        unit=unit,
        accumulation=new.accumulation,
        act=act,
        since=new.since,
        set_by=by,
        set_at=at,
    )


def set_weights(
    session: Session, meta: Meta, weights: Mapping[int, Fraction | None], act: str, since: date, by: int, at: datetime
) -> None:
    """The weights of all the activities of a meta, by their ids, at once: 100 together, or none. Raises Invalid."""
    act = _text(act, "act", LONGEST_ACT)
    _check_day(since, meta.component.plan)
    given = [weights.get(activity.id) for activity in meta.activities]
    if not progress.weights_add_up(given):
        if None in given:
            raise Invalid(N_("Escriba el peso de todas las actividades, o de ninguna."))
        total = written(sum((weight or Fraction(0) for weight in given), Fraction(0)))
        raise Invalid(N_("Los pesos suman %(total)s y deben sumar 100."), total=total)
    if without := [activity.code for activity in meta.activities if activity.target is None and activity.id in weights]:
        raise Invalid(N_("Fije primero la meta de la actividad %(code)s: un peso es de una meta."), code=without[0])
    told = {
        activity: kept(weight) if (weight := weights.get(activity.id)) is not None else None
        for activity in meta.activities
    }
    changed = [activity for activity, weight in told.items() if activity.target and activity.target.weight != weight]
    if not changed:
        raise Invalid(NO_CHANGE)
    for activity in changed:
        before = activity.target
        assert before is not None
        same = {name: getattr(before, name) for name in ("goal", "baseline", "unit", "accumulation")}
        _add_target(session, activity, **same, weight=told[activity], act=act, since=since, set_by=by, set_at=at)


def choose_sources(session: Session, activity: Activity, sources: Sources, reason: str, by: int, at: datetime) -> None:
    """What the indicator is counted from, and why. Raises Invalid."""
    before = sources_of(activity)
    known = registered().keys() | {before.leads, *before.beside, ""}
    if sources.leads not in known:
        raise Invalid(N_("Elija una medida de la lista."), field="leads")
    beside = tuple(name for name in dict.fromkeys(sources.beside) if name != sources.leads)
    if not set(beside) <= known - {""}:
        raise Invalid(N_("Elija medidas de la lista."), field="beside")
    if len(beside) > MOST_BESIDE:
        raise Invalid(N_("Elija %(most)s medidas o menos."), field="beside", most=MOST_BESIDE)
    if before == Sources(sources.leads, beside):
        raise Invalid(NO_CHANGE, field="leads")
    goal = activity.target.as_goal if activity.target else None
    if goal and _unfit(sources.leads, goal.value, goal.accumulation):
        raise Invalid(
            N_("La meta de la actividad no es de un porcentaje o de un promedio: fíjela antes."), field="leads"
        )
    said = _text(reason, "reason")
    row = ChosenSources(leads=sources.leads, beside=list(beside), reason=said, chosen_by=by, chosen_at=at)
    activity.chosen.append(row)
    session.flush()
    _note(session, activity, "sources", by, at)


def correctable(activity: Activity, today: date) -> list[Period]:
    """The stretches of the year that are over, as its indicator looks at them; none of what no measure counts."""
    if not sources_of(activity).leads:
        return []
    first = date(activity.plan.year, 1, 1)
    whole = accumulation_of(activity) is Accumulation.ACCUMULATED
    return [
        Period(first if whole else begins, ends)
        for _number, begins, ends in stretches(activity.plan.year, activity.plan.rhythm)
        if ends < today
    ]


def correct(session: Session, activity: Activity, period: Period, new: NewValue, by: int, at: datetime) -> Correction:
    """Another value for a stretch that is over; what was measured is kept beside it. Raises Invalid."""
    if period not in correctable(activity, at.date()):
        raise Invalid(N_("Se corrige lo que se midió en un tramo que ya terminó."), field="period")
    told = figure_of(session, activity, period)
    measure = told.leads.measure if told.leads else None
    if measure is not None and measure.unit is Unit.PERCENT and new.value > 100:
        raise Invalid(_A_SHARE, field="value")
    if told.value == new.value:
        raise Invalid(N_("Ya vale eso: no hay nada que corregir."), field="value")
    row = Correction(
        first=period.first,
        last=period.last,
        value=kept(new.value),
        measured=None if told.measured is None else kept(told.measured),
        reason=_text(new.reason, "reason"),
        evidence=_text(new.evidence, "evidence"),
        corrected_by=by,
        corrected_at=at,
    )
    activity.corrections.append(row)
    session.flush()
    _note(session, activity, "correction", by, at, number=row.id)
    return row


def name_holders(session: Session, plan: Plan, role: str, officials: Collection[int], by: int, at: datetime) -> None:
    """Who answers from now on for a role of the plan; who no longer does stays in its history. Raises Invalid."""
    if role not in plan.roles:
        raise Invalid(N_("El plan no nombra ese responsable."), field="officials")
    wanted = set(officials)
    active = set(session.scalars(select(Official.id).where(Official.id.in_(wanted), Official.active)))
    now = {one.official_id: one for one in plan.holders if one.role == role and one.until is None}
    if not wanted <= active | now.keys():
        raise Invalid(N_("Elija personas que trabajan aquí."), field="officials")
    if wanted == now.keys():
        raise Invalid(NO_CHANGE, field="officials")
    for official_id in now.keys() - wanted:
        now[official_id].until, now[official_id].ended_by = at, by
    for official_id in sorted(wanted - now.keys()):
        plan.holders.append(RoleHolder(role=role, official_id=official_id, since=at, named_by=by))
    session.flush()
    detail = {"role": role, "officials": sorted(wanted)}
    audit.record(session, Act.CHANGED, On(Thing.PLAN, plan.id), Who("official", by), at, detail=detail)


_WRONG = {
    False: N_("La meta debe pasar de la línea base: escriba una mayor."),
    True: N_("Lo que debe bajar va hacia una meta menor que la línea base."),
}
_A_SHARE = N_("Es un porcentaje: escriba 100 o menos.")
_UNFIT = {
    "accumulation": N_("Se mide un porcentaje o un promedio, que no se suma tramo a tramo: elija otra manera."),
    "goal": _A_SHARE,
}


def _unfit(leads: str, goal: Fraction, accumulation: Accumulation) -> str:
    """What of a goal does not go with what its indicator is counted from: shares and means are never added up."""
    measure = registered().get(leads)
    if measure is None or measure.unit is Unit.COUNT:
        return ""
    if accumulation is Accumulation.FLOW:
        return "accumulation"
    return "goal" if measure.unit is Unit.PERCENT and goal > 100 else ""


def _add_target(session: Session, activity: Activity, **said: object) -> Target:
    number = session.scalar(select(func.max(Target.number)).where(Target.activity_id == activity.id)) or 0
    row = Target(number=number + 1, **said)
    activity.targets.append(row)
    session.flush()
    _note(session, activity, "goal", row.set_by, row.set_at, number=row.number)
    return row


def _check_day(since: date, plan: Plan) -> None:
    """An act for a year may come at the end of the one before."""
    if since.year not in (plan.year - 1, plan.year):
        raise Invalid(
            N_("Escriba un día de %(before)s o de %(year)s."), field="since", before=plan.year - 1, year=plan.year
        )


def _text(said: str, field: str, most: int = LONGEST) -> str:
    """A text as it is kept: said, not endless, and without the document, telephone or address of anybody."""
    said = said.strip()
    if not said:
        raise Invalid(N_("Escriba este dato: queda en la historia del plan."), field=field)
    if len(said) > most:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field=field, most=most)
    if found := pieces(said):
        raise Invalid(N_("Aquí no van datos de personas. Quite «%(piece)s»."), field=field, piece=found[0])
    return said


def _note(session: Session, activity: Activity, what: str, by: int, at: datetime, **numbers: int) -> None:
    on, detail = On(Thing.PLAN, activity.plan.id), {"activity": activity.id, "what": what, **numbers}
    audit.record(session, Act.CHANGED, on, Who("official", by), at, detail=detail)
