"""One turn of the hall, and the exceptions that a supervisor may make with it, each with its reason."""

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
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from admin import bp, picture
from admin.hall import ID, draw, me
from core.catalogue.model import Service, Topic
from core.errors import Missing
from core.events import Who
from core.people.rights import Permission
from core.petitions import finding
from core.turns import actions as turns
from core.turns.lifecycle import Step, leads_to
from core.turns.model import Turn
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm
from core.web.guard import requires
from core.web.line import hour_of, once_in_line

_NO_REASON = _l("Elija un motivo de la lista.")
POSITIONS = (
    ("arrival", _l("Por su hora de llegada")),
    ("front", _l("Al frente de esa fila")),
    ("end", _l("Al final, como si llegara ahora")),
)


class GroupForm(PressForm):
    group = SelectField(_l("Grupo"), [InputRequired(_l("Elija un grupo de la lista."))], id="group-group")
    reason = RadioField(_l("Motivo"), [InputRequired(_NO_REASON)], id="group-reason")


class MoveForm(PressForm):
    service = SelectField(_l("Servicio"), [InputRequired(_l("Elija un servicio de la lista."))], id="move-service")
    position = RadioField(
        _l("Su lugar en la fila"),
        [InputRequired(_l("Elija el lugar en la fila."))],
        choices=[SelectChoice(*position) for position in POSITIONS],
        id="move-position",
    )
    reason = RadioField(_l("Motivo"), [InputRequired(_NO_REASON)], id="move-reason")


class SkipForm(PressForm):
    reason = RadioField(_l("Motivo"), [InputRequired(_NO_REASON)], id="skip-reason")


class CancelForm(PressForm):
    reason = RadioField(_l("Motivo"), [InputRequired(_NO_REASON)], id="cancel-reason")


def _group_form(turn_id: int) -> GroupForm:
    site_id = current_user.site_id
    form = GroupForm(data={"group": _now(turn_id, Turn.group)})
    form.group.choices = [SelectChoice(*group) for group in picture.group_names(db.session(), site_id).items()]
    return _with_reasons(form, "group")


def _move_form(turn_id: int) -> MoveForm:
    form, present = MoveForm(data={"position": "arrival"}), _now(turn_id, Turn.service_id)
    rows = db.session.execute(
        select(Service.id, Service.name, Topic.name)
        .join(Topic, Topic.id == Service.topic_id)
        .where(Service.site_id == current_user.site_id, Service.active)
        .order_by(Topic.position, Service.position)
    )
    form.service.choices = [
        SelectChoice("", _("Elija un servicio")),
        SelectChoice(str(present), _("El mismo: devolver a la fila de todos")),
        *(SelectChoice(str(key), name, optgroup=topic) for key, name, topic in rows if key != present),
    ]
    return _with_reasons(form, "transfer")


def _skip_form(turn_id: int) -> SkipForm:
    return _with_reasons(SkipForm(), "skip")


def _cancel_form(turn_id: int) -> CancelForm:
    return _with_reasons(CancelForm(), "cancel")


def _now(turn_id: int, column: Any) -> Any:
    """What the turn has now, to begin from."""
    return db.session.scalar(select(column).where(Turn.id == turn_id, Turn.site_id == current_user.site_id))


def _with_reasons(form: Any, kind: str) -> Any:
    found = picture.reasons(db.session(), current_user.site_id, kind)
    form.reason.choices = [SelectChoice(*reason) for reason in found]
    return form


FORMS: tuple[tuple[Step, Callable[[int], PressForm]], ...] = (
    (Step.REGROUPED, _group_form),
    (Step.TRANSFERRED, _move_form),
    (Step.SKIPPED, _skip_form),
    (Step.CANCELLED, _cancel_form),
)
"""What may be done with a turn, in the order of the page, if its state lets it."""


@bp.get(f"/hall/turns/<{ID}:turn_id>")
@requires(Permission.SUPERVISE)
def hall_turn(turn_id: int) -> ResponseReturnValue:
    return _page(None, turn_id)


@bp.post(f"/hall/turns/<{ID}:turn_id>/group")
@requires(Permission.SUPERVISE)
@asks(_group_form, lambda form, turn_id: _page(form, turn_id))
def hall_regroup(form: GroupForm, turn_id: int) -> ResponseReturnValue:
    """Change the priority group: the turn goes to the place that it would have had."""

    def regroup(session: Session, who: Who, at: datetime) -> Turn:
        group, reason = form.group.data, form.reason.data
        return turns.regroup(session, current_user.site_id, turn_id, group, reason, who, at)

    name = picture.group_names(db.session(), current_user.site_id).get(form.group.data, "")
    return _done(form, f"regroup {turn_id}", regroup, _("%(code)s quedó en el grupo «%(group)s»."), group=name)


@bp.post(f"/hall/turns/<{ID}:turn_id>/service")
@requires(Permission.SUPERVISE)
@asks(_move_form, lambda form, turn_id: _page(form, turn_id))
def hall_move(form: MoveForm, turn_id: int) -> ResponseReturnValue:
    """Send the turn to another service, also from the window of an official who left."""

    def move(session: Session, who: Who, at: datetime) -> Turn:
        service_id, position, reason = int(form.service.data), form.position.data, form.reason.data
        return turns.move(session, current_user.site_id, turn_id, service_id, position, reason, who, at)

    return _done(form, f"move {turn_id}", move, _("El turno %(code)s espera ahora en otra fila."))


@bp.post(f"/hall/turns/<{ID}:turn_id>/skip")
@requires(Permission.SUPERVISE)
@asks(_skip_form, lambda form, turn_id: _page(form, turn_id))
def hall_skip(form: SkipForm, turn_id: int) -> ResponseReturnValue:
    """Let others pass for some minutes."""

    def skip(session: Session, who: Who, at: datetime) -> Turn:
        return turns.skip(session, current_user.site_id, turn_id, form.reason.data, who, at)

    return _done(form, f"skip {turn_id}", skip, _("El turno %(code)s deja pasar a otros unos minutos."))


@bp.post(f"/hall/turns/<{ID}:turn_id>/cancel")
@requires(Permission.SUPERVISE)
@asks(_cancel_form, lambda form, turn_id: _page(form, turn_id))
def hall_cancel(form: CancelForm, turn_id: int) -> ResponseReturnValue:
    """Annul the turn."""

    def cancel(session: Session, who: Who, at: datetime) -> Turn:
        return turns.cancel(session, current_user.site_id, turn_id, form.reason.data, who, at)

    return _done(form, f"cancel {turn_id}", cancel, _("El turno %(code)s quedó anulado."))


@bp.post(f"/hall/turns/<{ID}:turn_id>/back")
@requires(Permission.SUPERVISE)
@asks(lambda turn_id: PressForm(), lambda form, turn_id: draw(form))
def hall_back(form: PressForm, turn_id: int) -> ResponseReturnValue:
    """Who did not come when called is here now."""

    def give_back(session: Session, who: Who, at: datetime) -> Turn:
        return turns.return_absent(session, current_user.site_id, turn_id, who, at)

    return _done(form, f"back {turn_id}", give_back, _("El turno %(code)s vuelve a esperar."))


def _done(
    form: PressForm, what: str, act: Callable[[Session, Who, datetime], Turn], sentence: str, **also: str
) -> ResponseReturnValue:
    """Do it once, say so, and go back to the hall."""
    who = Who("official", current_user.id)
    answer = once_in_line(
        current_user.site_id, form.pressed(me(), what), lambda session, at: {"code": act(session, who, at).code}
    )
    flash(sentence % (answer | also), "success")
    return redirect(url_for(".hall"))


def _page(refused: PressForm | None, turn_id: int) -> str:
    """The page of a turn; `refused` is the form that says why it was not done."""
    turn = db.session.get(Turn, turn_id)
    if turn is None or turn.site_id != current_user.site_id:
        raise Missing(_("Ese turno no existe en su sede."))
    at = hour_of(current_user.site_id).at
    legal = {step: make(turn_id) for step, make in FORMS if leads_to(step, turn.state) is not None}
    forms = {step.value: refused if type(refused) is type(form) else form for step, form in legal.items()}
    place = picture.place_of(db.session(), turn, at)
    filed = finding.of_turn(db.session(), turn_id)
    return render_template("admin/turn.html", turn=turn, place=place, filed=filed, forms=forms, refused=refused, at=at)
