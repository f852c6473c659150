"""Who works here: accounts, roles, what each attends, first passwords shown once, and access taken away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from admin import bp
from admin.devices import seen_text
from admin.hall import ID, me
from core import desks
from core.catalogue.model import Office, Service, Topic
from core.clock import now
from core.errors import N_, Refused
from core.events import Who
from core.people import confirming, deputies, second_factor, staff
from core.people.rights import CAPABILITIES, PEOPLE, Permission, Reach
from core.turns import actions as turns
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm, Text, whole
from core.web.guard import requires
from core.web.line import once_in_line

ROLE_NAMES = {code: role.name for code, role in PEOPLE.items()}
ELEVATED_TOO = " Papel elevado: lo confirma otra persona."
ROLE_DETAILS = {code: role.detail + (ELEVATED_TOO if role.elevated else "") for code, role in PEOPLE.items()}


REACHES = {
    Reach.OWN: _l("lo suyo"),
    Reach.DESK: _l("su ventanilla"),
    Reach.SITE: _l("su sede"),
    Reach.OFFICE: _l("su dependencia"),
    Reach.NAMED: _l("solo si se le nombra"),
    Reach.FIGURES: _l("solo cifras"),
    Reach.ALL: _l("sí"),
}
WAITS = _l("Los papeles elevados esperan que otra persona los confirme en Personas. Lo demás se guardó.")


class AlreadyShown(Refused):
    message = N_("Esa contraseña ya se mostró una vez. Si no la anotó, dé otra.")


class DutiesForm(PressForm):
    several = frozenset({"roles", "services"})

    name = Text(_l("Nombre"), [InputRequired(_l("Escriba el nombre."))], most=80)
    roles = SelectMultipleField(
        _l("Qué puede hacer"), choices=[SelectChoice(role, name) for role, name in ROLE_NAMES.items()]
    )
    office = SelectField(_l("Dependencia"), coerce=lambda chosen: whole(chosen) if chosen else None)
    services = SelectMultipleField(
        _l("Qué servicios atiende"),
        coerce=whole,
        description=_l("Ninguno marcado: todos los de su ventanilla."),
    )


class HireForm(DutiesForm):
    username = Text(
        _l("Usuario"),
        [InputRequired(_l("Escriba el usuario."))],
        most=40,
        description=_l("Con el que ingresa. Sin tildes ni espacios, por ejemplo: maria.rojas"),
    )


def _services() -> list[SelectChoice]:
    rows = db.session.execute(
        select(Service.id, Service.name)
        .join(Topic, Topic.id == Service.topic_id)
        .where(Service.site_id == current_user.site_id, Service.active)
        .order_by(Topic.position, Service.position)
    )
    return [SelectChoice(*row) for row in rows]


def _offices() -> list[SelectChoice]:
    rows = db.session.execute(
        select(Office.id, Office.name).where(Office.site_id == current_user.site_id).order_by(Office.name)
    )
    return [SelectChoice("", _("Ninguna en particular")), *(SelectChoice(*row) for row in rows)]


def _with_choices(form: Any) -> Any:
    form.services.choices, form.office.choices = _services(), _offices()
    return form


def _hire_form() -> HireForm:
    form: HireForm = _with_choices(HireForm(data={"roles": ["official"], "office": ""}))
    return form


def _duties_form(official_id: int, **how: Any) -> DutiesForm:
    """The form of an official of the site, filled with what they have now. Raises Missing."""
    official = staff.official_of(db.session(), current_user.site_id, official_id)
    services = [service.id for service in official.services]
    now_has = {"name": official.name, "roles": official.roles, "services": services, "office": official.office_id or ""}
    form: DutiesForm = _with_choices(DutiesForm(data=now_has, **how))
    return form


@bp.get("/people")
@requires(Permission.SEE_PEOPLE, Permission.MANAGE_PEOPLE)
def people() -> ResponseReturnValue:
    at, session, site_id = now(), db.session(), current_user.site_id
    seen = {key: seen_text(last, at) for key, last in staff.last_seen(session, site_id).items()}
    everybody = staff.of_site(session, site_id)
    return render_template(
        "admin/people.html",
        people=everybody,
        seen=seen,
        role_names=ROLE_NAMES,
        can_act=current_user.may(Permission.MANAGE_PEOPLE),
        proposals=confirming.waiting(session, site_id, at),
        may_confirm=confirming.may_confirm,
    )


@bp.get("/people/new")
@requires(Permission.MANAGE_PEOPLE)
def people_new() -> ResponseReturnValue:
    return _new(_hire_form())


@bp.post("/people/new")
@requires(Permission.MANAGE_PEOPLE)
@asks(_hire_form, lambda form: _new(form))
def people_new_act(form: HireForm) -> ResponseReturnValue:
    """Open an account; its first password is in this answer and nowhere else."""
    shown = ""

    def hire(session: Session, at: datetime) -> dict[str, Any]:
        nonlocal shown
        asked = (form.username.data, form.name.data, form.roles.data, form.services.data)
        official, shown = staff.hire(session, current_user.site_id, *asked, current_user.id, at, form.office.data)
        return {"id": official.id}

    official_id = once_in_line(current_user.site_id, form.pressed(me(), "hire"), hire)["id"]
    return _password(official_id, shown)


@bp.get(f"/people/<{ID}:official_id>")
@requires(Permission.SEE_PEOPLE, Permission.MANAGE_PEOPLE)
def people_one(official_id: int) -> ResponseReturnValue:
    return _one(_duties_form(official_id), official_id)


@bp.post(f"/people/<{ID}:official_id>")
@requires(Permission.MANAGE_PEOPLE)
@asks(_duties_form, lambda form, official_id: _one(form, official_id))
def people_one_act(form: DutiesForm, official_id: int) -> ResponseReturnValue:
    """Rewrite the name, the roles and the services of an official."""
    asked = (form.name.data, form.roles.data, form.services.data)

    def change(session: Session, at: datetime) -> dict[str, Any]:
        site_id, by = current_user.site_id, current_user.id
        return {"waits": bool(staff.change_duties(session, site_id, official_id, *asked, by, at, form.office.data))}

    if once_in_line(current_user.site_id, form.pressed(me(), f"duties {official_id}"), change)["waits"]:
        flash(WAITS, "info")
    else:
        flash(_("Se guardó. Rige desde ahora, también donde ya ingresó."), "success")
    return redirect(url_for(".people_one", official_id=official_id))


@bp.get("/people/roles")
@requires(Permission.SEE_PEOPLE, Permission.MANAGE_PEOPLE)
def people_roles() -> ResponseReturnValue:
    """The matrix of rights, as it is obeyed."""
    rows = [row for row in CAPABILITIES if row.who.keys() & PEOPLE.keys()]
    return render_template("admin/roles.html", rows=rows, roles=PEOPLE.values(), reaches=REACHES)


@bp.post(f"/people/<{ID}:official_id>/password")
@requires(Permission.MANAGE_PEOPLE)
@asks(lambda official_id: PressForm(), lambda form, official_id: _told(form, official_id))
def people_password(form: PressForm, official_id: int) -> ResponseReturnValue:
    """A new random password, in this answer and nowhere else."""
    shown = ""

    def give(session: Session, at: datetime) -> dict[str, Any]:
        nonlocal shown
        shown = staff.give_password(session, current_user.site_id, official_id, current_user.id, at)
        return {}

    once_in_line(current_user.site_id, form.pressed(me(), f"password {official_id}"), give)
    return _password(official_id, shown)


@bp.post(f"/people/<{ID}:official_id>/factor")
@requires(Permission.MANAGE_PEOPLE)
@asks(lambda official_id: PressForm(), lambda form, official_id: _told(form, official_id))
def people_factor(form: PressForm, official_id: int) -> ResponseReturnValue:
    """The telephone of the official is lost: once another person confirms it, they set up another."""
    _once(form, f"lost factor {official_id}", staff.lose_factor, official_id)
    flash(
        _("Espera que otra persona lo confirme en Personas. Hasta entonces sirven sus códigos de recuperación."), "info"
    )
    return redirect(url_for(".people_one", official_id=official_id))


@bp.post(f"/people/<{ID}:official_id>/sessions/end")
@requires(Permission.MANAGE_PEOPLE)
@asks(lambda official_id: PressForm(), lambda form, official_id: _told(form, official_id))
def people_end_sessions(form: PressForm, official_id: int) -> ResponseReturnValue:
    """Put the official out of every computer."""
    _once(form, f"end sessions {official_id}", staff.end_sessions, official_id)
    flash(_("Se cerraron todas sus sesiones."), "success")
    return redirect(url_for(".people_one", official_id=official_id))


@bp.post(f"/people/<{ID}:official_id>/disable")
@requires(Permission.MANAGE_PEOPLE)
@asks(lambda official_id: PressForm(), lambda form, official_id: _told(form, official_id))
def people_disable(form: PressForm, official_id: int) -> ResponseReturnValue:
    """Take the access away; what they attended or held waits again for anyone, and their window is free."""

    def take(session: Session, site_id: int, official_id: int, by: int, at: datetime) -> None:
        staff.take_access(session, site_id, official_id, by, at)
        turns.abandon(session, site_id, official_id, Who("official", by), at)
        desks.stand_up(session, site_id, official_id, at)

    _once(form, f"take access {official_id}", take, official_id)
    flash(_("Ya no puede ingresar, y sus sesiones se cerraron."), "success")
    return redirect(url_for(".people_one", official_id=official_id))


@bp.post(f"/people/<{ID}:official_id>/enable")
@requires(Permission.MANAGE_PEOPLE)
@asks(lambda official_id: PressForm(), lambda form, official_id: _told(form, official_id))
def people_enable(form: PressForm, official_id: int) -> ResponseReturnValue:
    """Give the access back."""
    _once(form, f"give access {official_id}", staff.give_access, official_id)
    flash(_("Puede ingresar otra vez con la contraseña que tenía."), "success")
    return redirect(url_for(".people_one", official_id=official_id))


def _once(form: PressForm, what: str, act: Callable[..., None], *asked: Any) -> None:
    """Do what the button says to an official of the site, the first time that it is pressed."""

    def done(session: Session, at: datetime) -> dict[str, Any]:
        act(session, current_user.site_id, *asked, current_user.id, at)
        return {}

    once_in_line(current_user.site_id, form.pressed(me(), what), done)


def _new(form: HireForm) -> str:
    return render_template("admin/person_new.html", form=form, role_details=ROLE_DETAILS)


def _one(form: DutiesForm, official_id: int, told: PressForm | None = None) -> str:
    """The page of an official; `told` is a form without fields that was refused and says why."""
    at, session, site_id = now(), db.session(), current_user.site_id
    official = staff.official_of(session, site_id, official_id)
    seen = seen_text(staff.last_seen(session, site_id).get(official_id), at)
    return render_template(
        "admin/person.html",
        form=form,
        told=told,
        official=official,
        seen=seen,
        role_names=ROLE_NAMES,
        role_details=ROLE_DETAILS,
        can_act=current_user.may(Permission.MANAGE_PEOPLE),
        deputies=deputies.of_official(session, official_id, at.date()),
        has_factor=second_factor.is_set_up(session, official_id),
        today=at.date(),
    )


def _told(told: PressForm, official_id: int) -> str:
    return _one(_duties_form(official_id, formdata=None), official_id, told)


def _password(official_id: int, shown: str) -> str:
    """The page that shows a password once. Raises AlreadyShown when the same press comes again."""
    if not shown:
        raise AlreadyShown
    official = staff.official_of(db.session(), current_user.site_id, official_id)
    return render_template("admin/password.html", official=official, password=shown)
