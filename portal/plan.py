"""The plan of the town hall for everybody: what was promised for a year, who answers for it and when it is due."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import today
from core.errors import Missing
from core.plan import loading
from core.plan.followup import overview, snapshot
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

VERSION = 2


@bp.get("/plan")
@public
def plan() -> ResponseReturnValue:
    years = loading.years(db.session())
    found = _asked(db.session(), years) if years else None
    published = overview.published(db.session(), found) if found else []
    newest, progress = progress_of(published)
    return render_template(
        "portal/plan.html",
        plan=found,
        years=years,
        how=_how,
        responsible=_responsible,
        published=published,
        newest=newest,
        progress=progress,
        whole=snapshot.read(newest)["progress"] if newest else None,
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
    columns = (
        *(_("Componente"), _("Meta"), _("Código"), _("Actividad"), _("Indicador"), _("Cronograma"), _("Responsable")),
        _("Cómo se mide"),
    )
    rows = tuple(
        (
            *(activity.meta.component.name, activity.meta.name, activity.code, activity.text, activity.indicator),
            *(activity.schedule, _responsible(activity), _how(activity)),
        )
        for activity in found.activities
    )
    return download(csv.write(Table(found.title, columns, rows)), csv.MIME, f"{name}.csv")


def _as_json(found: Plan) -> Response:
    published = overview.published(db.session(), found)
    _newest, progress = progress_of(published)

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
        }

    answer = jsonify(
        version=VERSION,
        year=found.year,
        title=found.title,
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
    found = session.scalar(select(Plan).where(Plan.year == year))
    if found is None:
        raise Missing
    return found


def _how(activity: Activity) -> str:
    return translate(MODES[activity.mode])


def _responsible(activity: Activity) -> str:
    """Who answers for it, as the plan writes it."""
    return str(activity.said["responsables_texto"])
