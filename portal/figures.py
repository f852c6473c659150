"""What everybody may know of the petitions: the figures of quarters that are over, with the small ones kept back."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue.model import Office, Site
from core.clock import now, today
from core.petitions import open_figures, recommendations
from core.petitions.figures import annulled_in, cases_of
from core.petitions.model import Petition
from core.petitions.tally import Case, Figures
from core.reports import periods
from core.reports.periods import Period
from core.web.changed import what_changed
from core.web.database import db
from core.web.guard import public
from core.web.petition_report import Told, parts_of
from core.web.recommended import recommended
from core.web.report_files import report_file
from core.web.report_parts import Part
from core.web.words import period_text
from portal import bp

QUARTERS = 12


@bp.get("/figures")
@public
def figures() -> ResponseReturnValue:
    offered = _offered(db.session())
    period = _asked(offered)
    return render_template(
        "portal/figures.html",
        parts=_parts(period) if period else [],
        chosen=period_text(period) if period else "",
        code=period.name if period else "",
        periods=[(each.name, period_text(each)) for each in offered],
        notes=_notes(),
        changed=what_changed(),
        next_on=periods.quarter_of(today()).last + timedelta(days=1),
    )


@bp.get("/figures.<any(csv, pdf):form>")
@public
def figures_file(form: str) -> ResponseReturnValue:
    """The report as a file; while there is none, the page says when there will be."""
    period = _asked(_offered(db.session()))
    if period is None:
        return redirect(url_for(".figures"))
    name, title = f"informe-pqrsd-{period.name}", _("Informe de PQRSD")
    return report_file(form, name, title, period_text(period), _parts(period), _notes(), now())


def _offered(session: Session) -> list[Period]:
    """The periods that are over, since the first petition, newest first."""
    first = session.scalar(select(func.min(Petition.received_on)))
    if first is None:
        return []
    return [each for each in periods.recent(today(), QUARTERS) if each.last < today() and each.last >= first]


def _asked(offered: list[Period]) -> Period | None:
    """The period of the address, if it is offered; the newest otherwise."""
    named = next((each for each in offered if each.name == request.args.get("period")), None)
    return named or next(iter(offered), None)


def _parts(period: Period) -> list[Part]:
    session = db.session()
    told = Told(period, _figures(session, period), _figures(session, period.before), _offices(session))
    sites = session.scalars(select(Site.id).order_by(Site.id))
    said = [one for site in sites for one in recommendations.of(session, site, period)]
    return [*parts_of(told), *recommended(said)]


def _figures(session: Session, period: Period) -> Figures:
    """What may be told of a period: of each of its quarters, and then of them together."""
    whole: list[Case] = []
    told = []
    for quarter in period.quarters:
        sites = session.scalars(select(Site.id).order_by(Site.id)).all()
        cases = [case for site in sites for case in cases_of(session, site, quarter, today())]
        annulled = sum(annulled_in(session, site, quarter) for site in sites)
        told.append(open_figures.of_quarter(cases, _months(quarter), annulled))
        whole += cases
    return open_figures.together(told, whole, _months(period))


def _months(period: Period) -> list[str]:
    return [f"{month:%Y-%m}" for month in period.each_month()]


def _offices(session: Session) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Office.id, Office.name))}


def _notes() -> list[str]:
    return [
        _(
            "Cifras al %(day)s de las peticiones recibidas en el periodo. Respondida quiere decir entregada.",
            day=f"{today():%d/%m/%Y}",
        ),
        _("Un asterisco (*) guarda una cifra de menos de cinco, u otra que la delata: así nadie es reconocido."),
        _("Los días hábiles salen de la misma cuenta que cada petición: sin el día en que llegó y sin suspensiones."),
    ]
