"""Encargos: who stands in for whom, with which roles, from one day to another, by which act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectField, SelectMultipleField, ValidationError
from wtforms.validators import DataRequired, InputRequired

from admin import bp
from admin.hall import ID, me
from admin.people import ROLE_DETAILS, ROLE_NAMES
from core.clock import today
from core.people import deputies, staff
from core.people.rights import Permission
from core.web.asked import asks
from core.web.database import db
from core.web.forms import OneDay, PressForm, Text, whole
from core.web.guard import requires
from core.web.line import once_in_line

A_DAY = InputRequired(_l("Escriba una fecha como 23/11/2026."))


class DeputyForm(PressForm):
    several = frozenset({"roles"})

    stands_for = SelectField(_l("A quién reemplaza"), coerce=lambda chosen: whole(chosen) if chosen else None)
    roles = SelectMultipleField(
        _l("Con qué papeles"),
        choices=[SelectChoice(role, name) for role, name in ROLE_NAMES.items()],
        description=_l("Solo los que tiene la persona reemplazada."),
    )
    starts = OneDay(_l("Primer día"), [A_DAY])
    ends = OneDay(_l("Último día"), [A_DAY], description=_l("Al terminar ese día el encargo se acaba solo."))
    act = Text(
        _l("Acto o motivo"),
        [DataRequired(_l("Escriba el acto que ordena el encargo, o su motivo."))],
        most=160,
        description=_l("Por ejemplo: Resolución 120 de 2026, vacaciones."),
    )

    def validate_stands_for(self, field: SelectField) -> None:
        if field.data is None:
            raise ValidationError(_("Elija a quién reemplaza."))


def _form(official_id: int) -> DeputyForm:
    session, site_id = db.session(), current_user.site_id
    official = staff.official_of(session, site_id, official_id)
    form = DeputyForm(data={"starts": today(), "stands_for": ""})
    others = [SelectChoice(other.id, other.name) for other in staff.of_site(session, site_id) if other is not official]
    form.stands_for.choices = [SelectChoice("", _("Elija una persona")), *others]
    return form


@bp.get(f"/people/<{ID}:official_id>/deputy")
@requires(Permission.MANAGE_PEOPLE)
def people_deputy(official_id: int) -> ResponseReturnValue:
    return _page(_form(official_id), official_id)


@bp.post(f"/people/<{ID}:official_id>/deputy")
@requires(Permission.MANAGE_PEOPLE)
@asks(_form, lambda form, official_id: _page(form, official_id))
def people_deputy_act(form: DeputyForm, official_id: int) -> ResponseReturnValue:
    """Let the official stand in for another."""
    days = (form.starts.data, form.ends.data)
    asked = (form.stands_for.data, form.roles.data, days, form.act.data)

    def appoint(session: Session, at: datetime) -> dict[str, Any]:
        return {"waits": bool(staff.appoint(session, current_user.site_id, official_id, *asked, current_user.id, at))}

    if once_in_line(current_user.site_id, form.pressed(me(), f"deputy {official_id}"), appoint)["waits"]:
        flash(_("El encargo espera que otra persona lo confirme en Personas."), "info")
    else:
        flash(_("El encargo quedó. Empieza y termina solo en sus días."), "success")
    return redirect(url_for(".people_one", official_id=official_id))


@bp.post(f"/people/deputies/<{ID}:deputy_id>/end")
@requires(Permission.MANAGE_PEOPLE)
def people_deputy_end(deputy_id: int) -> ResponseReturnValue:
    """End it now, also where the official has a page open."""

    def end(session: Session, at: datetime) -> dict[str, Any]:
        return {"id": deputies.end(session, current_user.site_id, deputy_id, current_user.id, at).official_id}

    pressed = PressForm().checked().pressed(me(), f"end deputy {deputy_id}")
    official_id = once_in_line(current_user.site_id, pressed, end)["id"]
    flash(_("El encargo terminó."), "success")
    return redirect(url_for(".people_one", official_id=official_id))


def _page(form: DeputyForm, official_id: int) -> str:
    official = staff.official_of(db.session(), current_user.site_id, official_id)
    return render_template("admin/deputy.html", form=form, official=official, role_details=ROLE_DETAILS)
