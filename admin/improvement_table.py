"""The improvement plan as a table to keep: the list of the address, what shows each action and how it was judged."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from flask_babel import gettext as _
from flask_login import current_user

from admin import bp
from admin.improvements import typed_filters
from core.clock import now, today
from core.improvement import overview
from core.improvement.model import Improvement, ImprovementStep
from core.improvement.names import SOURCES, STATES
from core.improvement.standing import Deed, state_of
from core.people.rights import Permission
from core.reports import csv, xlsx
from core.reports.table import Cell, Table
from core.web.database import db
from core.web.guard import requires
from core.web.report_files import download
from core.web.words import translate


@bp.get("/improvements.<any(csv, xlsx):form>")
@requires(Permission.SEE_IMPROVEMENTS)
def improvements_table(form: str) -> Response:
    """The list that the address asks for, all its pages."""
    rows = overview.everything(db.session(), current_user, typed_filters().asked, today())
    table = _table(rows)
    name = f"plan-de-mejoramiento-{today():%Y-%m-%d}.{form}"
    if form == "csv":
        return download(csv.write(table), csv.MIME, name)
    return download(xlsx.write([table], table.title, now()), xlsx.MIME, name)


def _table(rows: Sequence[Improvement]) -> Table:
    columns = (
        _("Acción"),
        _("De dónde salió"),
        _("Número o referencia"),
        _("Qué se encontró"),
        _("Por qué pasa"),
        _("Qué se va a hacer"),
        _("Dependencia"),
        _("Quién responde"),
        _("Se abrió"),
        _("Vence"),
        _("Cómo va"),
        _("Cambios de fecha"),
        _("Qué lo muestra"),
        _("Cómo se comprobó"),
        _("Lo que lee la ciudadanía"),
    )
    return Table(_("Plan de mejoramiento"), columns, tuple(_row(one) for one in rows))


def _row(one: Improvement) -> tuple[Cell, ...]:
    judged = [step for step in one.steps if step.deed is Deed.VERIFIED]
    return (
        one.code,
        translate(SOURCES[one.source]),
        one.reference,
        one.finding,
        one.cause,
        one.action,
        one.office.name,
        one.official.name,
        one.steps[0].at.date(),
        one.due_on,
        translate(STATES[state_of(one.stage, one.due_on, today())]),
        sum(step.deed is Deed.MOVED for step in one.steps),
        " · ".join(proof.label or proof.link for step in one.steps for proof in step.evidence),
        _verdict(judged[-1]) if judged else "",
        one.told,
    )


def _verdict(step: ImprovementStep) -> str:
    verdict = _("Sirvió.") if step.detail["effective"] else _("No sirvió.")
    return f"{verdict} {step.text}"
