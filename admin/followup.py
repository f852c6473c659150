"""The follow-up of the plan: the year at a glance for who answers for it, and each cut-off with its activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.followup_forms import PublishForm, ReopenForm, rhythm_form
from admin.hall import ID
from admin.plan_reminded import gaps
from core.clock import today
from core.improvement import overview as improvements
from core.people.rights import Permission
from core.plan import loading
from core.plan.cutoffs import Cutoff
from core.plan.finding import answering_for, holders, whole_plan
from core.plan.followup import overview, snapshot
from core.plan.followup.model import Snapshot
from core.plan.followup.overview import Line, at_cutoff
from core.plan.followup.standing import WRITABLE, Stage, State
from core.plan.model import Plan
from core.web.database import db
from core.web.followup_words import words
from core.web.forms import PressForm
from core.web.guard import requires
from core.web.reminded import reminded

SEES = (Permission.READ_PLAN, Permission.REPORT_CUTOFFS)
MINE = "mine"


@dataclass(frozen=True, slots=True)
class Seen:
    """A cut-off in the list of the year."""

    cutoff: Cutoff
    stage: Stage
    editions: Sequence[Snapshot]


@bp.get("/followup")
@requires(*SEES)
def followup() -> ResponseReturnValue:
    """The year of the address, else this one or the last before, at a glance."""
    return year_page(*_year())


@bp.get(f"/followup/<{ID}:year>/<{ID}:cutoff>")
@requires(*SEES)
def followup_cutoff(year: int, cutoff: int) -> ResponseReturnValue:
    return cutoff_page(year, cutoff)


def year_page(year: int, years: Sequence[int], refused: PressForm | None = None) -> str:
    """The plan at a glance; `refused`: the form of its rhythm that says why it was not changed."""
    if not years:
        return render_template("admin/followup_none.html")
    session, day = db.session(), today()
    plan = whole_plan(session, year)
    now = overview.current(session, plan, day)
    found = at_cutoff(session, plan, now.number)
    return render_template(
        "admin/followup.html",
        plan=plan,
        years=years,
        found=found,
        stage=overview.stage_on(session, plan, now.number, day),
        every=[_seen(session, plan, one) for one in overview.cutoffs_of(session, plan)],
        to_verify=found.count(State.TO_VERIFY),
        late=[(line, who_answers(plan, line)) for line in found.lines if is_late(line)],
        observed=[line for line in found.lines if line.state in (State.DISAGREES, State.SENT_BACK)],
        actions=improvements.counts(session, current_user, improvements.Asked(), day),
        sees_actions=current_user.may(Permission.SEE_IMPROVEMENTS),
        sets_rhythm=current_user.may(Permission.APPROVE_PLAN) and not overview.has_reports(session, plan),
        rhythm=refused or rhythm_form(plan.rhythm),
        refused=refused,
        gaps=gaps(session, plan) if current_user.may(Permission.SET_PLAN_GOALS) else None,
        reminded=reminded(),
        **words(),
    )


def cutoff_page(year: int, cutoff: int, deed: str = "", refused: PressForm | None = None) -> str:
    """A cut-off with its activities; `refused`: the form of a deed that says why it was not done."""
    session = db.session()
    plan = whole_plan(session, year)
    found = at_cutoff(session, plan, cutoff)
    stage = overview.stage_on(session, plan, cutoff, today())
    asked = {name: request.args.get(name, "")[:20] for name in ("scope", "state")}
    editions = overview.editions(session, plan, cutoff)
    return render_template(
        "admin/followup_cutoff.html",
        plan=plan,
        found=found,
        stage=stage,
        lines=[line for line in found.lines if _asked_for(session, line, asked)],
        counts={state: found.count(state) for state in State},
        asked=asked,
        address=_address(year, cutoff, asked),
        editions=[(one, snapshot.is_intact(one)) for one in editions],
        deed=deed,
        refused=refused,
        judges=current_user.may(Permission.JUDGE_PLAN),
        publishes=stage in WRITABLE,
        publish=refused if refused and deed == "publish" else _fresh(PublishForm),
        reopen=refused if refused and deed == "reopen" else _fresh(ReopenForm),
        **words(),
    )


def is_late(line: Line) -> bool:
    """Whether it is behind what was to be expected by the cut-off, or nobody says how far it is."""
    return line.goal is not None and line.expected > 0 and (line.real is None or line.real < line.expected)


def who_answers(plan: Plan, line: Line) -> str:
    """The people who answer for an activity, else the roles that the plan names."""
    by_role = holders(plan)
    names = {one.official.name for role in line.activity.responsible for one in by_role.get(role, ())}
    return ", ".join(sorted(names)) or "; ".join(plan.role_name(role) for role in line.activity.responsible)


def _year() -> tuple[int, list[int]]:
    """The year that the address names, else this one or the last before; and all that have a plan."""
    years = loading.years(db.session())
    named = request.args.get("year", "")
    if named.isascii() and named.isdigit() and len(named) == 4:
        return int(named), years
    return next((year for year in years if year <= today().year), years[-1] if years else 0), years


def _seen(session: Session, plan: Plan, one: Cutoff) -> Seen:
    stage = overview.stage_on(session, plan, one.number, today())
    return Seen(one, stage, overview.editions(session, plan, one.number))


def _asked_for(session: Session, line: Line, asked: dict[str, str]) -> bool:
    if asked["state"] and line.state.value != asked["state"]:
        return False
    return asked["scope"] != MINE or current_user.id in answering_for(session, line.activity)


def _address(year: int, cutoff: int, asked: dict[str, str]) -> Any:
    """The same list with something else asked for."""

    def other(**changes: str) -> str:
        told = {name: value for name, value in (asked | changes).items() if value}
        return url_for(".followup_cutoff", year=year, cutoff=cutoff, **told)

    return other


def _fresh(form: type[PressForm]) -> PressForm:
    return form(formdata=None)
