"""What is foreseen of a week: who comes, which windows to open in each half hour, what that saves, and special days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms.validators import InputRequired, Optional

from admin import bp
from admin.hall import ID
from core.catalogue.model import Office, Service, Site
from core.clock import now, today
from core.db import transaction
from core.errors import N_, Invalid
from core.people.rights import Permission
from core.reports import pdf
from core.reports.table import written
from core.turns.foresight import proposals, special
from core.turns.foresight.model import Roster, SpecialDay
from core.web.arrivals_report import arrivals_of, back_of, every_part, offered
from core.web.asked import asks
from core.web.database import db
from core.web.foresight_rounds import weeks_ahead
from core.web.forms import Form, OneDay, Text
from core.web.guard import requires
from core.web.office import entity
from core.web.report_files import download, report_file
from core.web.roster_report import Offered, Told, notes_of, paper_of, parts_of, unknown
from core.web.words import day_text

_NUMBER = re.compile(r"[0-9]{1,3}([.,][0-9]{1,3})?")


class SpecialForm(Form):
    day = OneDay(_l("Día"), [InputRequired(_l("Escriba la fecha."))])
    why = Text(_l("Por qué"), [InputRequired(_l("Escriba por qué ese día es distinto."))], most=120)
    factor = Text(
        _l("Veces lo usual"),
        [Optional()],
        most=8,
        description=_l("2 es el doble de personas; 0,5 la mitad. Vacío es lo usual."),
    )
    like = OneDay(_l("Como el día"), [Optional()], description=_l("Uno que ya pasó y fue parecido."))

    def wanted(self) -> special.Wanted:
        """What the form asks for. Raises Invalid."""
        factor = 1.0
        if self.factor.data:
            if not _NUMBER.fullmatch(self.factor.data):
                raise Invalid(N_("Escriba un número, por ejemplo 2 o 1,5."), field="factor")
            factor = float(self.factor.data.replace(",", "."))
        return special.Wanted(self.day.data, self.why.data, factor, self.like.data)


@bp.get("/foresight")
@requires(Permission.SUPERVISE)
def foresight() -> ResponseReturnValue:
    return _page(SpecialForm())


@bp.get("/foresight.<any(csv, xlsx, pdf):form>")
@requires(Permission.SUPERVISE)
def foresight_file(form: str) -> Response:
    week, told = _week(), _told()
    name, title = f"ventanillas-{week:%Y-%m-%d}", _("Ventanillas de la semana")
    if form != "pdf":
        return report_file(form, name, title, _said(week), [*parts_of(told), *every_part(told)], notes_of(told), now())
    here = entity()
    said = {"title": title, "entity": here.name if here else "", "subtitle": f"{_site_name()} · {_said(week)}"}
    return download(pdf.draw("roster", paper_of(told, back_of(told), **said), now()), "application/pdf", f"{name}.pdf")


@bp.post("/foresight/special")
@requires(Permission.SUPERVISE)
@asks(SpecialForm, lambda form: _page(form))
def foresight_special(form: SpecialForm) -> ResponseReturnValue:
    """Say that a day is not as others."""
    with transaction(db.session) as session:
        special.add(session, current_user.site_id, form.wanted(), current_user.id, now())
    flash(_("Guardado. Entra en la propuesta de esta noche."), "success")
    return redirect(url_for(".foresight"))


@bp.post(f"/foresight/special/<{ID}:special_id>/remove")
@requires(Permission.SUPERVISE)
def foresight_special_remove(special_id: int) -> ResponseReturnValue:
    """The day is as others again."""
    Form().checked()
    with transaction(db.session) as session:
        special.take_away(session, current_user.site_id, special_id, current_user.id, now())
    flash(_("Se quitó. Ese día se espera como los demás."), "success")
    return redirect(url_for(".foresight"))


def _page(form: SpecialForm) -> str:
    told, week = _told(), _week()
    choices = offered(told)
    return render_template(
        "admin/foresight.html",
        form=form,
        parts=parts_of(told),
        arrivals=arrivals_of(told, request.args.get("of", "")) if choices else None,
        offered=choices,
        notes=notes_of(told),
        unknown=unknown(told),
        week=week,
        said=_said(week),
        weeks=[(each, _said(each)) for each in sorted({*weeks_ahead(today()), week})],
        special=[(row, _expected(row)) for row in special.of_site(db.session(), current_user.site_id)],
    )


def _told() -> Told:
    roster: Roster | None = proposals.roster_of(db.session(), current_user.site_id, _week())
    return Told(roster.proposal if roster else None, roster.made_at if roster else None, _services())


def _services() -> dict[str, Offered]:
    named = select(Service.id, Service.name, Office.id, Office.name).join(Service.office)
    of_site = db.session.execute(named.where(Service.site_id == current_user.site_id))
    return {str(service): Offered(name, office_id, office) for service, name, office_id, office in of_site}


def _week() -> date:
    """The Monday of the week of the address; without one, the next week."""
    this, said = proposals.week_of(today()), request.args.get("week", "")
    try:
        asked = proposals.week_of(date.fromisoformat(said))
    except (ValueError, OverflowError):
        return this + proposals.WEEK
    return asked if abs((asked - this).days) <= 370 else this + proposals.WEEK


def _said(week: date) -> str:
    """«Del lunes 30 de noviembre al viernes 4 de diciembre»"""
    return _("Del %(first)s al %(last)s", first=day_text(week), last=day_text(week + timedelta(days=6)))


def _expected(row: SpecialDay) -> str:
    """«Como el lunes 23 de noviembre, por 1,5»"""
    times = written(round(row.factor, 1))
    if row.like is None:
        return _("%(times)s veces lo usual", times=times)
    said = _("Como el %(day)s", day=day_text(row.like))
    return said if row.factor == 1 else _("%(said)s, por %(times)s", said=said, times=times)


def _site_name() -> str:
    return db.session().get_one(Site, current_user.site_id).name
