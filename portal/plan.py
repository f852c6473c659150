"""The plan of the town hall for everybody: what was promised for a year, who answers for it and when it is due."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Missing
from core.plan import loading
from core.plan.finding import whole_plan
from core.plan.followup import overview
from core.plan.followup.model import Snapshot
from core.plan.model import Activity, Plan
from core.reports import csv
from core.reports.table import Table
from core.web.database import db
from core.web.followup_words import words
from core.web.guard import public
from core.web.plan_words import MODES
from core.web.report_files import download
from core.web.words import translate
from portal import bp
from portal.plan_cutoffs import progress_of
from portal.plan_running import as_cells, as_values, running_of, shown

VERSION = 3


@bp.get("/plan")
@public
def plan() -> ResponseReturnValue:
    years = loading.years(db.session())
    found = _asked(db.session(), years) if years else None
    published = overview.published(db.session(), found) if found else []
    newest, progress = progress_of(published)
    running = running_of(db.session(), found, newest) if found else None
    return render_template(
        "portal/plan.html",
        plan=found,
        years=years,
        how=_how,
        responsible=_responsible,
        published=published,
        newest=newest,
        newest_day=date.fromisoformat(newest["cutoff"]["last"]) if newest else None,
        progress=progress,
        running={one.code: shown(running, one.code) for one in found.activities} if found else {},
        until=running.until if running else None,
        whole=newest["progress"] if newest else None,
        **words(),
    )


@bp.get("/plan.<any(csv, json, yaml):form>")
@public
def plan_file(form: str) -> ResponseReturnValue:
    """The plan of a year as open data: a table, values, or the very file that it was loaded from."""
    found = _asked(db.session(), loading.years(db.session()))
    name = f"plan-{found.year}"
    if form == "yaml":
        return download(loading.export(found).encode(), "text/yaml", f"{name}.yaml")
    if form == "json":
        return _as_json(found)
    return download(csv.write(_table(found)), csv.MIME, f"{name}.csv")


def _table(found: Plan) -> Table:
    """An activity in each line: the plan to the letter, and what was counted of its indicator so far."""
    newest, _progress = progress_of(overview.published(db.session(), found))
    running = running_of(db.session(), found, newest)
    columns = (
        *(_("Componente"), _("Meta"), _("Código"), _("Actividad"), _("Indicador"), _("Cronograma"), _("Responsable")),
        *(_("Cómo se mide"), _("Qué se cuenta"), _("En curso, sin verificar"), _("Hasta el")),
    )
    rows = tuple(
        (
            *(activity.meta.component.name, activity.meta.name, activity.code, activity.text, activity.indicator),
            *(activity.schedule, _responsible(activity), _how(activity), *as_cells(running, activity.code)),
        )
        for activity in found.activities
    )
    return Table(found.title, columns, rows)


def _as_json(found: Plan) -> Response:
    published = overview.published(db.session(), found)
    newest, progress = progress_of(published)
    running = running_of(db.session(), found, newest)

    def told(activity: Activity) -> dict[str, Any]:
        return {
            "code": activity.code,
            "component": activity.meta.component.code,
            "meta": activity.meta.code,
            "text": activity.text,
            "indicator": activity.indicator,
            "schedule": activity.schedule,
            "months": activity.month_numbers,
            "responsible": [found.role_name(role) for role in activity.responsible],
            "measured": activity.mode.value,
            "progress": _progress(progress.get(activity.code)),
            "running": as_values(running, activity.code),
        }

    answer = jsonify(
        version=VERSION,
        year=found.year,
        title=found.title,
        running={"until": running.until.isoformat(), "verified": False} if running else None,
        components=[{"code": one.code, "name": one.name} for one in found.components],
        metas=[{"code": meta.code, "name": meta.name} for one in found.components for meta in one.metas],
        activities=[told(activity) for activity in found.activities],
        cutoffs=[
            {"number": one.cutoff, "edition": one.edition, "sha256": one.digest, "json": _address(found, one)}
            for one in published
        ],
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _progress(one: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the newest published cut-off says of an activity; numbers are exact, as text."""
    return {name: one[name] for name in ("state", "value", "real", "expected", "band")} if one else None


def _address(plan: Plan, one: Snapshot) -> str:
    there = {"year": plan.year, "cutoff": one.cutoff, "edition": one.edition}
    return url_for("portal.plan_cutoff_file", form="json", **there, _external=True)


def _asked(session: Session, years: list[int]) -> Plan:
    """The plan of the year that the address names; without one, this year's or the last before. Raises Missing."""
    named = request.args.get("year", "")
    if named:
        year = int(named) if named.isdecimal() and len(named) == 4 else 0
    else:
        year = next((year for year in years if year <= today().year), years[-1] if years else 0)
    if year not in years:
        raise Missing
    return whole_plan(session, year)


def _how(activity: Activity) -> str:
    return translate(MODES[activity.mode])


def _responsible(activity: Activity) -> str:
    """Who answers for it, as the plan writes it."""
    return str(activity.said["responsables_texto"])
