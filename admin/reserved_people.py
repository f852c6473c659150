"""Who reads a confidential petition: named by two people, taken off, or kept out because the case speaks of them."""

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
from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired

from admin import bp
from admin.hall import me
from admin.reserved import CASE
from core import audit
from core.clock import now
from core.db import transaction
from core.people.model import Official
from core.people.rights import Permission
from core.people.staff import official_of
from core.petitions import recipients, reserve, second_person
from core.petitions.model import Petition
from core.petitions.reserve import LONGEST_REASON
from core.petitions.reserve_model import Exclusion
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm, Prose, whole
from core.web.guard import requires

Act = Callable[[Session, Petition, datetime], object]


class NameForm(PressForm):
    official = SelectField(_l("Persona"), coerce=whole, id="name-official")
    reason = Prose(_l("Motivo"), [InputRequired(_l("Escriba el motivo."))], most=LONGEST_REASON, id="name-reason")


class OutForm(PressForm):
    official = SelectField(_l("Persona"), coerce=whole, id="out-official")
    reason = Prose(_l("Motivo"), [InputRequired(_l("Escriba el motivo."))], most=LONGEST_REASON, id="out-reason")


def _name_form(reserved_id: int) -> NameForm:
    """Raises NotYours."""
    form = NameForm()
    petition = reserve.case_known_to(db.session(), current_user.official, reserved_id)
    form.official.choices = [SelectChoice(one.id, one.name) for one in reserve.could_be_named(db.session(), petition)]
    return form


def _out_form(reserved_id: int) -> OutForm:
    """Raises NotYours."""
    form = OutForm()
    petition = reserve.case_known_to(db.session(), current_user.official, reserved_id)
    out = {row.official_id for row in reserve.kept_out_of(db.session(), petition)} | {current_user.id}
    everybody = select(Official).where(Official.site_id == petition.site_id).order_by(Official.name)
    form.official.choices = [
        SelectChoice(one.id, one.name) for one in db.session.scalars(everybody) if one.id not in out
    ]
    return form


@bp.get(f"{CASE}/people")
@requires(Permission.GRANT_RESERVED)
def reserved_people(reserved_id: int) -> ResponseReturnValue:
    return _page(None, reserved_id)


@bp.post(f"{CASE}/people/name")
@requires(Permission.GRANT_RESERVED)
@asks(_name_form, lambda form, reserved_id: _page(form, reserved_id))
def reserved_people_name(form: NameForm, reserved_id: int) -> ResponseReturnValue:
    """Propose a reader; a second person agrees."""

    def act(session: Session, petition: Petition, at: datetime) -> object:
        named = official_of(session, petition.site_id, form.official.data)
        return second_person.ask_to_name(session, petition, named, form.reason.data, current_user.official, at)

    _once(form, "name", reserved_id, act)
    return _back(_("Propuesto. Leerá el caso cuando otra persona lo apruebe."), reserved_id)


@bp.post(f"{CASE}/people/out")
@requires(Permission.GRANT_RESERVED)
@asks(_out_form, lambda form, reserved_id: _page(form, reserved_id))
def reserved_people_out(form: OutForm, reserved_id: int) -> ResponseReturnValue:
    """Keep out whom the case speaks of; at once."""

    def act(session: Session, petition: Petition, at: datetime) -> object:
        accused = official_of(session, petition.site_id, form.official.data)
        return recipients.keep_out(session, petition, accused, form.reason.data, current_user.official, at)

    _once(form, "out", reserved_id, act)
    return _back(_("Excluida: ya no lee el caso ni se le puede asignar."), reserved_id)


@bp.post(f"{CASE}/people/<int(max=2147483647):official_id>/off")
@requires(Permission.GRANT_RESERVED)
@asks(lambda **_address: PressForm(), lambda form, reserved_id, official_id: _page(form, reserved_id))
def reserved_people_off(form: PressForm, reserved_id: int, official_id: int) -> ResponseReturnValue:
    official = current_user.official
    _once(
        form, "off", reserved_id, lambda session, one, at: recipients.take_off(session, one, official_id, official, at)
    )
    return _back(_("Ya no lee el caso."), reserved_id)


def _page(form: PressForm | None, reserved_id: int) -> str:
    """Who reads the case and who is kept out, with nothing of what it says. Raises NotYours."""
    session, at = db.session(), now()
    petition = reserve.case_known_to(session, current_user.official, reserved_id)
    return render_template(
        "admin/reserved_people.html",
        petition=petition,
        readers=reserve.readers_of(session, petition),
        out=[(row, _own_reason(petition, row)) for row in reserve.kept_out_of(session, petition)],
        waiting=[(one, reserve.reason_of(petition, one)) for one in second_person.requests_of(session, petition, at)],
        form=form,
        name_form=form if isinstance(form, NameForm) else _name_form(reserved_id),
        out_form=form if isinstance(form, OutForm) else _out_form(reserved_id),
    )


def _own_reason(petition: Petition, row: Exclusion) -> str:
    """Why somebody is kept out, for who wrote it: it may tell of the case."""
    return reserve.reason_of(petition, row) if row.by == current_user.id else ""


def _once(form: PressForm, what: str, reserved_id: int, act: Act) -> None:
    said = audit.digest({name: field.data for name, field in form._fields.items() if name in ("official", "reason")})
    pressed, at = form.pressed_as(me(), {"what": f"reserved {what} {reserved_id}", "said": said}), now()
    with transaction(db.session) as session:
        petition = reserve.case_known_to(session, current_user.official, reserved_id, lock=True)

        def effect() -> dict[str, Any]:
            act(session, petition, at)
            return {}

        once(session, pressed, at, effect)


def _back(sentence: str, reserved_id: int) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for(".reserved_people", reserved_id=reserved_id))
