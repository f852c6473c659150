"""The plan of a year: how each activity goes, by component and meta, and its copy for the year that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID, me
from admin.plan_forms import CopyForm
from core.clock import now, today
from core.db import transaction
from core.errors import N_
from core.events import Who
from core.people.rights import Permission
from core.plan import loading, progress
from core.plan.document import Mode
from core.plan.figures import Advance, Figures, sources_of
from core.plan.finding import whole_plan
from core.plan.loading import NoPlan
from core.plan.measures import Measure, registered
from core.plan.model import Activity, Plan
from core.plan.progress import Band, Whole
from core.presses import once
from core.web import plan_words
from core.web.asked import asks
from core.web.database import db
from core.web.guard import requires
from core.web.words import translate

NO_GOAL, UNKNOWN = "no-goal", "unknown"
HOW = {
    **{band.value: plan_words.BANDS[band] for band in Band},
    NO_GOAL: N_("sin meta numérica"),
    UNKNOWN: N_("sin dato"),
}
"""How an activity goes, as the list counts and filters it: one may be without a goal and without anything known."""
FILTERS: Mapping[str, set[str]] = {"how": set(HOW), "mode": {mode.value for mode in Mode}}


@dataclass(frozen=True, slots=True)
class Line:
    """An activity in the list: how far it has come, and by which measure, if any leads it."""

    activity: Activity
    advance: Advance
    measure: Measure | None

    @property
    def how(self) -> set[str]:
        found = {NO_GOAL} if self.activity.target is None else set()
        if self.advance.value is None:
            return found | {UNKNOWN}
        return found | ({self.advance.band.value} if self.advance.band else set())


@bp.get("/plan")
@requires(Permission.READ_PLAN)
def plan() -> ResponseReturnValue:
    """The plan of the year of the address, else of this year or the last before; a page that says there is none."""
    years = loading.years(db.session())
    return page(_year(years)) if years else render_template("admin/plan_none.html")


@bp.post(f"/plan/<{ID}:year>/copy")
@requires(Permission.SET_PLAN_GOALS)
@asks(lambda year: CopyForm(), lambda form, year: page(year, form))
def plan_copy(form: CopyForm, year: int) -> ResponseReturnValue:
    """Begin the plan of the next year as this one."""
    with transaction(db.session) as session:
        at, who = now(), Who("official", current_user.id)

        def act() -> dict[str, Any]:
            return {"plan": loading.copy(session, year, year + 1, who, at, form.act.data).id}

        once(session, form.pressed(me(), f"copy the plan of {year}"), at, act)
    flash(_("Listo: el plan de %(year)s empieza como el de %(before)s.", year=year + 1, before=year), "success")
    return redirect(url_for(".plan", year=year + 1))


def page(year: int, copying: CopyForm | None = None) -> str:
    """The plan of a year. Raises NoPlan."""
    session, years = db.session(), loading.years(db.session())
    found, said = whole_plan(session, year), typed_filters()
    lines = lines_of(session, found, seen_on(found))
    shown = {code: line for code, line in lines.items() if _fits(line, said)}
    return render_template(
        "admin/plan.html",
        plan=found,
        years=years,
        on=seen_on(found),
        said=said,
        address=lambda **changes: url_for(".plan", **{k: v for k, v in {"year": year, **said, **changes}.items() if v}),
        lines=shown,
        counts={how: sum(how in line.how for line in lines.values()) for how in HOW},
        names={how: translate(name) for how, name in HOW.items()},
        modes=[(mode.value, translate(name)) for mode, name in plan_words.MODES.items()],
        roles=[(role, found.role_name(role)) for role in found.roles],
        wholes={component.code: _whole(lines, component.metas) for component in found.components},
        copying=(copying or CopyForm())
        if year + 1 not in years and current_user.may(Permission.SET_PLAN_GOALS)
        else None,
        words=plan_words,
    )


def lines_of(session: Session, plan: Plan, day: date) -> dict[str, Line]:
    """Every activity of a plan by its code, and how far it has come by a day."""
    asking, known = Figures(session), registered()
    return {
        activity.code: Line(activity, asking.advance(activity, day), known.get(sources_of(activity).leads))
        for activity in plan.activities
    }


def seen_on(plan: Plan) -> date:
    """The day that a plan is looked at: today, or the last of a year that is over."""
    return min(today(), date(plan.year, 12, 31))


def typed_filters() -> dict[str, str]:
    """What the address asks of the list; what no list offers counts as nothing."""
    said = {name: request.args.get(name, "")[:40] for name in (*FILTERS, "role")}
    return {name: value if value in FILTERS.get(name, {value}) else "" for name, value in said.items()}


def _fits(line: Line, said: Mapping[str, str]) -> bool:
    return (
        (not said["how"] or said["how"] in line.how)
        and (not said["mode"] or said["mode"] == line.activity.mode.value)
        and (not said["role"] or said["role"] in line.activity.responsible)
    )


def _whole(lines: Mapping[str, Line], metas: Sequence[Any]) -> Whole:
    """How far a component has come: over its activities that have a goal."""
    parts = []
    for meta in metas:
        for activity in meta.activities:
            if activity.target is not None:
                weight = activity.target.weight
                parts.append((lines[activity.code].advance.real, None if weight is None else Fraction(weight)))
    return progress.together(parts)


def _year(years: Sequence[int]) -> int:
    """Raises NoPlan."""
    named = request.args.get("year", "")
    if not named:
        return next((year for year in years if year <= today().year), years[-1])
    year = int(named) if named.isascii() and named.isdigit() and len(named) == 4 else 0
    if year not in years:
        raise NoPlan(year=named[:4])
    return year
