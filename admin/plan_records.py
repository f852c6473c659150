"""The records behind a figure of the plan, each with the way to its own page for who may open it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from admin import bp
from admin.plan import seen_on
from admin.plan_activity import ONE
from core.clock import now
from core.errors import Missing
from core.improvement import overview
from core.improvement.model import Improvement
from core.people.rights import Permission
from core.petitions.finding import readable
from core.petitions.model import Petition
from core.plan.figures import Figures, Measured, sources_of
from core.plan.finding import activity_of
from core.plan.measures import Record
from core.plan.model import Activity
from core.plan.risks import overview as risks
from core.plan.risks.model import Risk
from core.reports import csv, xlsx
from core.reports.periods import Period
from core.reports.table import Cell, Table
from core.surveys.model import Survey
from core.turns.model import Turn
from core.web import plan_words
from core.web.database import db
from core.web.guard import requires
from core.web.report_files import download
from core.web.words import translate

A_PAGE, MOST_PAGES, MOST_ROWS = 50, 2_000, 100_000


@dataclass(frozen=True, slots=True)
class Opens:
    """How the page of a kind of record is opened: with one of these rights, and only those of `ids` that are asked."""

    needs: tuple[Permission, ...]
    address: Callable[[int], str]
    ids: Callable[[Session, Collection[int]], set[int]] = lambda session, asked: set(asked)


def _of(column: ColumnElement[int], condition: Callable[[], ColumnElement[bool]]) -> Callable[..., set[int]]:
    """Those that this official reaches."""
    return lambda session, asked: set(session.scalars(select(column).where(column.in_(asked), condition())))


_SEE_PROTOCOLS = (Permission.WRITE_PROTOCOLS, Permission.APPROVE_PROTOCOLS, Permission.SEE_PROTOCOL_READINGS)
OPENS: Mapping[str, Opens] = {
    "turn": Opens(
        (Permission.SUPERVISE,),
        lambda one: url_for(".hall_turn", turn_id=one),
        _of(Turn.id, lambda: Turn.site_id == current_user.site_id),
    ),
    "petition": Opens(
        (Permission.READ_PETITIONS,),
        lambda one: url_for(".petitions_case", petition_id=one),
        _of(Petition.id, lambda: readable(current_user)),
    ),
    "survey": Opens(
        (Permission.SEE_SURVEY_RESULTS,),
        lambda one: url_for(".survey_results", survey=db.session.get_one(Survey, one).code),
    ),
    "service": Opens((Permission.READ_PLAN,), lambda one: url_for("portal.service", service_id=one)),
    "protocol": Opens(_SEE_PROTOCOLS, lambda one: url_for(".protocols_one", protocol_id=one)),
    "register_entry": Opens((Permission.READ_PLAN,), lambda one: url_for(".registers_entry", entry_id=one)),
    "risk": Opens(
        (Permission.SEE_RISKS,),
        lambda one: url_for(".risks_one", risk_id=one),
        _of(Risk.id, lambda: risks.readable(current_user)),
    ),
    "improvement": Opens(
        (Permission.SEE_IMPROVEMENTS,),
        lambda one: url_for(".improvements_one", improvement_id=one),
        _of(Improvement.id, lambda: overview.readable(current_user)),
    ),
}
"""Kind of record → its page; one that is not here has none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure of an activity in a period, as the address names them."""

    activity: Activity
    told: Measured
    period: Period

    def address(self, page: int = 1, form: str = "") -> str:
        dates = {"first": self.period.first.isoformat(), "last": self.period.last.isoformat()}
        where = {
            "year": self.activity.plan.year,
            "activity_code": self.activity.code,
            "measure": self.told.name,
            **dates,
        }
        if form:
            return url_for(".plan_records_table", form=form, **where)
        return url_for(".plan_records", **where, **({"page": page} if page > 1 else {}))


@bp.get(f"{ONE}/records")
@requires(Permission.READ_PLAN)
def plan_records(year: int, activity_code: str) -> ResponseReturnValue:
    session, asked = db.session(), _asked(year, activity_code)
    page = _page()
    assert asked.told.figure is not None
    found = asked.told.figure.records((page - 1) * A_PAGE, A_PAGE + 1)
    return render_template(
        "admin/plan_records.html",
        asked=asked,
        one=asked.activity,
        page=page,
        more=len(found) > A_PAGE,
        first=(page - 1) * A_PAGE,
        records=found[:A_PAGE],
        links=links_of(session, found[:A_PAGE]),
        title=plan_words.title_of(asked.told),
        value=plan_words.measured_text(asked.told),
        all_count=all(record.counts for record in found),
        translate=translate,
    )


@bp.get(f"{ONE}/records.<any(csv, xlsx):form>")
@requires(Permission.READ_PLAN)
def plan_records_table(year: int, activity_code: str, form: str) -> Response:
    """All the records, as a file."""
    asked = _asked(year, activity_code)
    assert asked.told.figure is not None
    table = _table(asked, asked.told.figure.records(0, MOST_ROWS))
    name = f"plan-{year}-{activity_code}-{asked.told.name}-{asked.period.first}-{asked.period.last}.{form}"
    if form == "csv":
        return download(csv.write(table), csv.MIME, name)
    return download(xlsx.write([table], table.title, now()), xlsx.MIME, name)


def links_of(session: Session, records: Sequence[Record]) -> list[str]:
    """The address of each record for who is signed in; nothing where they may not open it."""
    reached: dict[str, set[int]] = {}
    for kind, opens in OPENS.items():
        ids = {record.id for record in records if record.kind == kind and record.id is not None}
        if ids and any(current_user.may(each) for each in opens.needs):
            reached[kind] = opens.ids(session, ids)
    return [
        OPENS[one.kind].address(one.id) if one.id is not None and one.id in reached.get(one.kind, ()) else ""
        for one in records
    ]


def _table(asked: Asked, records: Sequence[Record]) -> Table:
    columns = (_("Registro"), _("Fecha"), _("Lo que se midió"), _("Cumple"))
    rows: list[tuple[Cell, ...]] = [
        (translate(one.label), one.on or "", one.said, _("sí") if one.counts else _("no")) for one in records
    ]
    return Table(f"{asked.activity.code} {plan_words.title_of(asked.told)}", columns, tuple(rows))


def _asked(year: int, activity_code: str) -> Asked:
    """What the address names: a measure, else that of the indicator, and days, else those of the year so far.

    Raises Missing for a measure that is not of the activity, or days that are no period of its year.
    """
    activity = activity_of(db.session(), year, activity_code)
    names = [name for name in (sources_of(activity).leads, *sources_of(activity).beside) if name]
    name = request.args.get("measure") or (names[0] if names else "")
    begins = {"first": date(year, 1, 1), "last": max(seen_on(activity.plan), date(year, 1, 1))}
    try:
        period = Period(*(date.fromisoformat(request.args.get(each) or str(day)) for each, day in begins.items()))
    except ValueError:
        raise Missing from None
    told = Figures(db.session()).measured(name, period, activity) if name in names else None
    in_year = period.first <= period.last and {period.first.year, period.last.year} == {year}
    if told is None or told.figure is None or not in_year:
        raise Missing
    return Asked(activity, told, period)


def _page() -> int:
    named = request.args.get("page", "1")
    return min(max(int(named), 1), MOST_PAGES) if named.isascii() and named.isdigit() and len(named) < 10 else 1
