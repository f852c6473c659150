"""One activity of the plan: what it promises, its goal, what was measured stretch by stretch, and what may be set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID, me
from admin.petition_deeds import with_own_ids
from admin.plan import seen_on
from admin.plan_forms import (
    CorrectionForm,
    GoalForm,
    SourcesForm,
    correction_form,
    goal_form,
    sources_form,
)
from core.clock import now, today
from core.db import transaction
from core.errors import Forbidden
from core.people.rights import Permission, Reach, reaches
from core.plan import actions
from core.plan.actions import NewGoal, NewValue
from core.plan.cutoffs import Cutoff
from core.plan.figures import Figures, Measured, accumulation_of, periods_by, sources_of
from core.plan.finding import activity_of, answering_for, holders
from core.plan.followup import names as reports
from core.plan.followup import overview as followup
from core.plan.followup.overview import Line
from core.plan.measures import registered
from core.plan.model import Activity, Correction
from core.plan.progress import Accumulation
from core.plan.registers import looking
from core.plan.registers import names as entries
from core.plan.sources import Sources
from core.presses import once
from core.reports.periods import Period
from core.web import plan_words
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm
from core.web.guard import requires
from core.web.words import translate

ONE = f"/plan/<{ID}:year>/<activity_code>"
GOAL, SOURCES, CORRECTION = "goal", "sources", "correct"
LISTED = 12
"""Entries of registers that are shown; the rest is in the registers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a measure says of a stretch: as it is read, its records, and what it was corrected to, if it was."""

    text: str
    records: str
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A measure through the stretches of the year so far; `leads`: its value is that of the indicator."""

    title: str
    leads: bool
    cells: Sequence[Cell]


@bp.get(ONE)
@requires(Permission.READ_PLAN)
def plan_activity(year: int, activity_code: str) -> ResponseReturnValue:
    return page(year, activity_code)


@bp.post(f"{ONE}/goal")
@requires(Permission.SET_PLAN_GOALS)
@asks(
    lambda year, activity_code: _forms(activity_of(db.session(), year, activity_code))[GOAL],
    lambda form, year, activity_code: page(year, activity_code, GOAL, form),
)
def plan_goal(form: GoalForm, year: int, activity_code: str) -> ResponseReturnValue:
    """Another goal, by an act."""
    new = NewGoal(
        goal=form.goal.data,
        baseline=form.baseline.data,
        unit=form.unit.data,
        accumulation=Accumulation(form.accumulation.data),
        act=form.act.data,
        since=form.since.data,
    )
    return _set(form, GOAL, year, activity_code, lambda s, one, by, at: actions.set_goal(s, one, new, by, at))


@bp.post(f"{ONE}/sources")
@requires(Permission.SET_PLAN_GOALS)
@asks(
    lambda year, activity_code: _forms(activity_of(db.session(), year, activity_code))[SOURCES],
    lambda form, year, activity_code: page(year, activity_code, SOURCES, form),
)
def plan_sources(form: SourcesForm, year: int, activity_code: str) -> ResponseReturnValue:
    """Other measures, and why."""
    chosen, reason = Sources(form.leads.data or "", tuple(form.beside.data or ())), form.reason.data
    return _set(
        form,
        SOURCES,
        year,
        activity_code,
        lambda s, one, by, at: actions.choose_sources(s, one, chosen, reason, by, at),
    )


@bp.post(f"{ONE}/correct")
@requires(Permission.REPORT_PLAN)
@asks(
    lambda year, activity_code: _forms(activity_of(db.session(), year, activity_code))[CORRECTION],
    lambda form, year, activity_code: page(year, activity_code, CORRECTION, form),
)
def plan_correct(form: CorrectionForm, year: int, activity_code: str) -> ResponseReturnValue:
    """Another value for what was measured, with what shows it. Raises Forbidden for who does not answer for it."""
    new = NewValue(value=form.value.data, reason=form.reason.data, evidence=form.evidence.data)

    def do(session: Session, one: Activity, by: int, at: datetime) -> object:
        if not may_report(session, one):
            raise Forbidden
        return actions.correct(session, one, _period(form, one), new, by, at)

    return _set(form, CORRECTION, year, activity_code, do)


def _set(
    form: PressForm, what: str, year: int, activity_code: str, do: Callable[[Session, Activity, int, datetime], object]
) -> ResponseReturnValue:
    """Raises what `do` raises."""
    with transaction(db.session) as session:
        one, at = activity_of(session, year, activity_code, lock=True), now()

        def act() -> dict[str, Any]:
            do(session, one, current_user.id, at)
            return {}

        once(session, form.pressed(me(), f"{what} of {activity_code} in {year}"), at, act)
    flash(_("Listo: quedó guardado, y lo anterior sigue en su historia."), "success")
    return redirect(url_for(".plan_activity", year=year, activity_code=activity_code))


def page(year: int, activity_code: str, deed: str = "", refused: PressForm | None = None) -> str:
    """The page of an activity; `refused`: the form of a deed that says why it was not done."""
    session = db.session()
    one = activity_of(session, year, activity_code)
    forms = _forms(one, fresh=refused is not None) | ({deed: refused} if refused is not None else {})
    day, shown = seen_on(one.plan), _offered(session, one)
    periods = periods_by(one, day, Accumulation.FLOW)
    return render_template(
        "admin/plan_activity.html",
        one=one,
        plan=one.plan,
        on=day,
        stretches=[period_text(each) for each in periods],
        rows=_rows(session, one, day),
        advance=Figures(session).advance(one, day),
        measure=registered().get(sources_of(one).leads),
        sources=sources_of(one),
        corrections=[(_correction(each), each) for each in reversed(one.corrections)],
        holders={role: rows for role, rows in holders(one.plan).items() if role in one.responsible},
        forms={name: form for name, form in forms.items() if name in shown or name == deed},
        refused=refused,
        words=plan_words,
        entries=[(each, looking.standing(each, today())) for each in looking.of_activity(session, one.id, LISTED)],
        cutoffs=_cutoffs(session, one),
        **_state_words(),
        titles={name: plan_words.title_of(Measured(name, registered().get(name))) for name in _names(one)},
    )


def may_report(session: Session, one: Activity) -> bool:
    """Whether this official may say how an activity goes: all of them, or those that they answer for."""
    far = {reaches(role, Permission.REPORT_PLAN) for role in current_user.roles} - {None}
    return Reach.ALL in far or (bool(far) and current_user.id in answering_for(session, one))


def period_text(period: Period) -> str:
    """«del 01/05 al 31/08»."""
    return str(_("%(first)s a %(last)s", first=f"{period.first:%d/%m}", last=f"{period.last:%d/%m}"))


def _cutoffs(session: Session, one: Activity) -> list[tuple[Cutoff, Line]]:
    """How it stands at each cut-off of the year that has begun to be reported."""
    begun = [each for each in followup.cutoffs_of(session, one.plan) if each.last <= today()]
    return [(each, followup.line_of(session, one, each.number)) for each in begun]


def _state_words() -> dict[str, Any]:
    """How entries of registers and reports of cut-offs are said to stand."""
    return {
        "entry_states": {state: translate(name) for state, name in entries.STATES.items()},
        "entry_tones": entries.TONES,
        "report_states": {state: translate(name) for state, name in reports.STATES.items()},
        "report_tones": reports.STATE_TONES,
    }


def _forms(one: Activity, *, fresh: bool = False) -> dict[str, PressForm]:
    """What may be set of it; `fresh`: as it is, whatever was sent."""
    periods = [(each, period_text(each)) for each in actions.correctable(one, today())]
    made: dict[str, PressForm] = {
        GOAL: goal_form(one, fresh=fresh),
        SOURCES: sources_form(sources_of(one), fresh=fresh),
        CORRECTION: correction_form(periods, fresh=fresh),
    }
    return {name: with_own_ids(form, name) for name, form in made.items()}


def _offered(session: Session, one: Activity) -> set[str]:
    """Which forms this official may send now."""
    found = {GOAL, SOURCES} if current_user.may(Permission.SET_PLAN_GOALS) else set()
    if actions.correctable(one, today()) and may_report(session, one):
        found.add(CORRECTION)
    return found


def _period(form: CorrectionForm, one: Activity) -> Period:
    """The stretch that was chosen; one of no day, which nothing was measured of, if none was."""
    offered = {f"{each.first}/{each.last}": each for each in actions.correctable(one, today())}
    return offered.get(form.period.data or "", Period(date.max, date.max))


def _names(one: Activity) -> list[str]:
    now = sources_of(one)
    every = [now.leads, *now.beside, *(name for each in one.chosen for name in (each.leads, *each.beside))]
    return [name for name in dict.fromkeys(every) if name]


def _rows(session: Session, one: Activity, day: date) -> list[Row]:
    """Its measures, that of the indicator first, each through the stretches as its values add up."""
    asking, now, found = Figures(session), sources_of(one), []
    for name in (now.leads, *now.beside):
        measure, leads = registered().get(name), name == now.leads
        if not name:
            continue
        adds_up = accumulation_of(one) if leads else measure.adds_up if measure else Accumulation.FLOW
        cells = []
        for period in periods_by(one, day, adds_up):
            told = asking.measured(name, period, one)
            corrections = asking.of(one, period, beside=False).corrections if leads else ()
            cells.append(_cell(one, told, period, corrections))
        found.append(Row(plan_words.title_of(Measured(name, measure)), leads, cells))
    return found


def _cell(one: Activity, told: Measured, period: Period, corrections: Sequence[Correction]) -> Cell:
    address = ""
    if told.figure is not None and told.figure.count:
        dates = {"first": period.first.isoformat(), "last": period.last.isoformat()}
        address = url_for(".plan_records", year=one.plan.year, activity_code=one.code, measure=told.name, **dates)
    corrected = _correction(corrections[-1]) if corrections else ""
    return Cell(plan_words.measured_text(told), address, corrected)


def _correction(one: Correction) -> str:
    """What was corrected to, with its unit."""
    measure = registered().get(sources_of(one.activity).leads)
    return plan_words.kept_text(one.value, measure)
