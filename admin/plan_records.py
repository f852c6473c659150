"""The records behind a figure of the plan, each with the way to its own page for who may open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.followup import SEES
from admin.plan import seen_on
from admin.plan_activity import ONE
from admin.record_pages import pages_of, told_of
from core.clock import now
from core.errors import Missing
from core.people.rights import Permission
from core.plan.figures import Figures, Measured, sources_of
from core.plan.finding import activity_of, answering_for
from core.plan.measures import Figure, Record
from core.plan.model import Activity
from core.reports import csv, xlsx
from core.reports.periods import Period
from core.reports.table import Cell, Table
from core.web import plan_words
from core.web.database import db
from core.web.guard import requires
from core.web.report_files import download
from core.web.words import translate

A_PAGE, MOST_PAGES, MOST_ROWS = 50, 2_000, 100_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure of an activity in a period, as the address names them; `part`: one of its counts, by its id."""

    activity: Activity
    told: Measured
    period: Period
    part: str = ""

    @property
    def whole(self) -> Figure:
        """What the measure says."""
        assert self.told.figure is not None
        return self.told.figure

    @property
    def figure(self) -> Figure:
        """What the page is about: what the measure says, or the count that is a part of it."""
        return self.whole.parts[self.part] if self.part else self.whole

    @property
    def name(self) -> str:
        """What is counted: the measure, or the part of it."""
        parts = {one.id: one.label for one in self.whole.records(0, A_PAGE)} if self.part else {}
        return translate(parts[self.part]) if self.part else plan_words.title_of(self.told)

    @property
    def value(self) -> str:
        return plan_words.value_text(self.figure.value) if self.part else plan_words.measured_text(self.told)

    def address(self, page: int = 1, form: str = "", part: str | None = None) -> str:
        """The same records, or those of a `part`: another page of them, or all of them as a file."""
        told: dict[str, Any] = {
            "year": self.activity.plan.year,
            "activity_code": self.activity.code,
            "measure": self.told.name,
            "first": self.period.first.isoformat(),
            "last": self.period.last.isoformat(),
            "part": (self.part if part is None else part) or None,
        }
        if form:
            return url_for(".plan_records_table", form=form, **told)
        return url_for(".plan_records", **told, page=page if page > 1 else None)


@bp.get(f"{ONE}/records")
@requires(*SEES)
def plan_records(year: int, activity_code: str) -> ResponseReturnValue:
    session, asked = db.session(), _asked(year, activity_code)
    page = _page()
    found = asked.figure.records((page - 1) * A_PAGE, A_PAGE + 1)
    records = told_of(found[:A_PAGE])
    return render_template(
        "admin/plan_records.html",
        asked=asked,
        one=asked.activity,
        page=page,
        more=len(found) > A_PAGE,
        first=(page - 1) * A_PAGE,
        records=records,
        kept_back=len(records) < len(found[:A_PAGE]),
        links=_links(session, asked, records),
        translate=translate,
    )


@bp.get(f"{ONE}/records.<any(csv, xlsx):form>")
@requires(*SEES)
def plan_records_table(year: int, activity_code: str, form: str) -> Response:
    """All the records, as a file."""
    asked = _asked(year, activity_code)
    table = _table(asked, told_of(asked.figure.records(0, MOST_ROWS)))
    parts = ("plan", year, activity_code, asked.told.name, asked.part, asked.period.first, asked.period.last)
    name = f"{'-'.join(str(part) for part in parts if part)}.{form}"
    if form == "csv":
        return download(csv.write(table), csv.MIME, name)
    return download(xlsx.write([table], table.title, now()), xlsx.MIME, name)


def _links(session: Session, asked: Asked, records: Sequence[Record]) -> list[str]:
    """Where each record is opened: one that is itself a count opens what it counted."""
    parts, pages = asked.figure.parts, pages_of(session, records)
    return [
        asked.address(part=str(one.id)) if one.id in parts else page for one, page in zip(records, pages, strict=True)
    ]


def _table(asked: Asked, records: Sequence[Record]) -> Table:
    columns = (_("Registro"), _("Fecha"), _("Lo que se midió"), _("Cumple"))
    rows: list[tuple[Cell, ...]] = [
        (translate(one.label), one.on or "", one.said, _("sí") if one.counts else _("no")) for one in records
    ]
    return Table(f"{asked.activity.code} {asked.name}", columns, tuple(rows))


def _asked(year: int, activity_code: str) -> Asked:
    """What the address names: a measure, else that of the indicator, and days, else those of the year so far.

    Raises Missing for a measure that is not of the activity, a part that it has not, days of another year, or an
    activity that somebody who does not read the plan does not answer for.
    """
    activity = activity_of(db.session(), year, activity_code)
    if not current_user.may(Permission.READ_PLAN) and current_user.id not in answering_for(db.session(), activity):
        raise Missing
    names = [name for name in (sources_of(activity).leads, *sources_of(activity).beside) if name]
    name = request.args.get("measure") or (names[0] if names else "")
    begins = {"first": date(year, 1, 1), "last": max(seen_on(activity.plan), date(year, 1, 1))}
    try:
        period = Period(*(date.fromisoformat(request.args.get(each) or str(day)) for each, day in begins.items()))
    except ValueError:
        raise Missing from None
    told = Figures(db.session()).measured(name, period, activity) if name in names else None
    in_year = period.first <= period.last and {period.first.year, period.last.year} == {year}
    part = request.args.get("part", "")
    if told is None or told.figure is None or not in_year or (part and part not in told.figure.parts):
        raise Missing
    return Asked(activity, told, period, part)


def _page() -> int:
    named = request.args.get("page", "1")
    return min(max(int(named), 1), MOST_PAGES) if named.isascii() and named.isdigit() and len(named) < 10 else 1
