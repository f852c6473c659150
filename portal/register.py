"""The public register of filings: by month, by number, and as open data."""

from __future__ import annotations

from datetime import date

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from core.clock import now, today
from core.errors import N_, Invalid
from core.petitions import register
from core.petitions.register import Filing, Group, Standing
from core.reports import csv
from core.reports.periods import Period, month_of
from core.reports.table import Table
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text
from core.web.guard import public
from core.web.pace import Pace, check_pace
from core.web.report_files import download
from core.web.words import month_text, translate
from portal import bp

VERSION = 1
LOOKS, LOOKS_PER_MINUTE = "portal register", 120
GROUPS = {
    Group.PETITION: N_("Petición"),
    Group.INFORMATION: N_("Información o documentos"),
    Group.CONSULTATION: N_("Consulta"),
    Group.DATA: N_("Datos personales"),
    Group.APPEAL: N_("Recurso"),
    Group.AUTHORITY: N_("De otra autoridad"),
    Group.OTHER: N_("Sugerencia o felicitación"),
    Group.NEUTRAL: N_("Queja, denuncia o trámite reservado"),
}
STANDINGS = {
    Standing.ON_TIME: N_("En término"),
    Standing.OVERDUE: N_("Vencida sin responder"),
    Standing.SUSPENDED: N_("Suspendida: se espera que la completen"),
    Standing.ANSWERED: N_("Respondida a tiempo"),
    Standing.ANSWERED_LATE: N_("Respondida tarde"),
    Standing.TRANSFERRED: N_("Trasladada a otra entidad"),
    Standing.ENDED: N_("Terminada"),
    Standing.OPEN: N_("En trámite"),
    Standing.ANNULLED: N_("Radicado anulado"),
}


class NoNumber(Invalid):
    message = N_("No hay un radicado con ese número. Escríbalo como está en la constancia: 2026-E-000123.")


class NumberForm(Form):
    number = Text(_l("Número de radicado"), [InputRequired(_l("Escriba el número de radicado."))], most=40)


@bp.record
def count_looks(setup: BlueprintSetupState) -> None:
    setup.app.extensions[LOOKS] = Pace(LOOKS_PER_MINUTE)


@bp.get("/filings")
@public
def filings() -> ResponseReturnValue:
    return _page(NumberForm())


@bp.post("/filings")
@public
@asks(NumberForm, lambda form: _page(form))
def filings_find(form: NumberForm) -> ResponseReturnValue:
    """The line of a number; it is asked for in the body, so that no address says whose it is."""
    check_pace(current_app.extensions[LOOKS])
    wanted = register.number_in(form.number.data, today().year)
    found = register.filing_of(db.session(), *wanted, today()) if wanted else None
    if found is None:
        raise NoNumber(field="number")
    return _page(form, found)


@bp.get("/filings.csv")
@public
def filings_csv() -> Response:
    month = _month()
    lines = register.filings_of(db.session(), month, today(), None)
    columns = ("radicado", "recibida", "tramite", "dependencia", "estado", "vence", "termino")
    rows = tuple(
        (
            each.number,
            each.received_on,
            _group(each),
            each.office,
            _standing(each),
            each.due_on or "",
            each.ended_on or "",
        )
        for each in lines
    )
    return download(csv.write(Table("radicados", columns, rows)), csv.MIME, f"radicados-{month.first:%Y-%m}.csv")


@bp.get("/filings.json")
@public
def filings_json() -> Response:
    month = _month()
    lines = register.filings_of(db.session(), month, today(), None)
    answer = jsonify(
        version=VERSION, month=f"{month.first:%Y-%m}", at=now().isoformat(), filings=[_plain(each) for each in lines]
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _plain(filing: Filing) -> dict[str, str | None]:
    return {
        "number": filing.number,
        "received": filing.received_on.isoformat(),
        "group": filing.group.value,
        "office": filing.office or None,
        "state": filing.standing.value,
        "due": filing.due_on.isoformat() if filing.due_on else None,
        "ended": filing.ended_on.isoformat() if filing.ended_on else None,
    }


def _page(form: NumberForm, found: Filing | None = None) -> str:
    session, month, day = db.session(), _month(), today()
    count, said = register.count_of(session, month), request.args.get("page", "1")
    pages = max(1, -(-count // register.SHOWN))
    page = min(max(int(said) if said.isdecimal() and len(said) < 6 else 1, 1), pages)
    later = Period(month.first, month.last).last < day.replace(day=1)
    return render_template(
        "portal/filings.html",
        form=form,
        found=found,
        lines=[] if found else register.filings_of(session, month, day, page),
        count=count,
        page=page,
        pages=pages,
        month=month_text(month.first),
        month_code=_code(month),
        before=_code(month.before),
        after=_code(month_of(date.fromordinal(month.last.toordinal() + 1))) if later else "",
        group=_group,
        standing=_standing,
        address=lambda number: url_for(".filings", month=_code(month), page=number),
    )


def _month() -> Period:
    """The month of the address; without one, this."""
    try:
        asked = date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        asked = today()
    return month_of(asked if date(2000, 1, 1) <= asked <= today() else today())


def _code(month: Period) -> str:
    return f"{month.first:%Y-%m}"


def _group(filing: Filing) -> str:
    return translate(GROUPS[filing.group])


def _standing(filing: Filing) -> str:
    return translate(STANDINGS[filing.standing])
