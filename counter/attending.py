"""Attend: begin, park and resume, add a service, send on, finish with what was done, undo; and give a turn by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.people.rights import Permission
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.undo import NothingToUndo
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.web.database import db
from core.web.guard import requires
from core.web.line import hour_of
from counter import bp
from counter.acting import my_desk, press, redrawn, turn_in_hand
from counter.forms import AddForm, FinishForm, IssueForm, TransferForm, TurnForm, UndoForm
from counter.seen import where_to


@bp.post("/start")
@requires(Permission.ATTEND)
@redrawn
def start() -> ResponseReturnValue:
    form = TurnForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn_in_hand(session, desk, form.turn.data)
        return {"turn": turns.start(session, desk, at).id}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/hold")
@requires(Permission.ATTEND)
@redrawn
def hold() -> ResponseReturnValue:
    form = TurnForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn_in_hand(session, desk, form.turn.data)
        return {"turn": turns.hold(session, desk, at).id}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/resume")
@requires(Permission.ATTEND)
@redrawn
def resume() -> ResponseReturnValue:
    form = TurnForm()
    press(form, lambda session, at: {"turn": turns.resume(session, my_desk(session), form.turn.data, at).id})
    return redirect(url_for(".desk"))


@bp.post("/add")
@requires(Permission.ATTEND)
@redrawn
def add() -> ResponseReturnValue:
    form = AddForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn_in_hand(session, desk, form.turn.data)
        return {"turn": turns.add_service(session, desk, form.service.data, at).id}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/transfer")
@requires(Permission.ATTEND)
@redrawn
def transfer() -> ResponseReturnValue:
    form = TransferForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn_in_hand(session, desk, form.turn.data)
        turn = turns.transfer(session, desk, form.service.data, form.position.data, form.back.data, at)
        return {"turn": turn.id, "waits_for": turn.service_id}

    _say_where_to_go(press(form, act))
    return redirect(url_for(".desk"))


@bp.post("/finish")
@requires(Permission.ATTEND)
@redrawn
def finish() -> ResponseReturnValue:
    form = FinishForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn_in_hand(session, desk, form.turn.data)
        turn = turns.finish(session, desk, form.outcomes, at, then_call=form.then.data == "call")
        return {"turn": turn.id, "waits_for": turn.service_id if turn.state is State.WAITING else None}

    _say_where_to_go(press(form, act))
    return redirect(url_for(".desk"))


@bp.post("/undo")
@requires(Permission.ATTEND)
@redrawn
def undo() -> ResponseReturnValue:
    form = UndoForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        last = turns.last_action(session, desk, at)
        if last is None or last.seq != form.action.data:
            raise NothingToUndo
        return {"turn": turns.undo_last(session, desk, at).id}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/issue")
@requires(Permission.ATTEND)
@redrawn
def issue() -> ResponseReturnValue:
    form = IssueForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        asked = turns.Asked(desk.site_id, form.service.data, form.group.data, form.language.data)
        return {"code": turns.issue(session, asked, desk.who, at).code}

    flash(press(form, act)["code"], "issued")
    return redirect(url_for(".desk"))


def _say_where_to_go(answer: dict[str, Any]) -> None:
    """When the person has to wait for another service, tell the official where to send them."""
    if answer["waits_for"] is None:
        return
    session = db.session()
    turn, service = session.get_one(Turn, answer["turn"]), session.get_one(Service, answer["waits_for"])
    sentence = _("%(code)s espera ahora por «%(service)s».", code=turn.code, service=service.name)
    serving = board.windows_serving(session, turn.site_id, hour_of(turn.site_id).at).get(service.id, [])
    flash(f"{sentence} {where_to(serving)}", "sent")
