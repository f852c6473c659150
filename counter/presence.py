"""Take a window and leave it; pauses, other work, and the call for help."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from core import desks
from core.breaks import actions as breaks
from core.events import Who
from core.people.rights import Permission
from core.turns import actions as turns
from core.web.forms import PressForm
from core.web.guard import requires
from counter import bp
from counter.acting import my_desk, press, redrawn
from counter.forms import AwayForm, PauseForm, WindowForm


@bp.post("/window")
@requires(Permission.ATTEND)
@redrawn
def sit() -> ResponseReturnValue:
    form = WindowForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        site_id, me, window_id = current_user.site_id, current_user.id, form.window.data
        turns.let_go(session, site_id, me, Who("official", me), at)
        gone = desks.who_forgot_to_leave(session, window_id, at)
        if gone is not None:
            turns.abandon(session, site_id, gone, Who("official", me, window_id), at)
            desks.stand_up(session, site_id, gone, at)
        desks.sit(session, site_id, window_id, me, at)
        return {"window": window_id}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/leave")
@requires(Permission.ATTEND)
@redrawn
def leave() -> ResponseReturnValue:
    def act(session: Session, at: datetime) -> dict[str, Any]:
        turns.let_go(session, current_user.site_id, current_user.id, Who("official", current_user.id), at)
        desks.stand_up(session, current_user.site_id, current_user.id, at)
        return {}

    press(PressForm(), act)
    flash(_("Dejó la ventanilla. Otra persona puede usarla."), "success")
    return redirect(url_for(".desk"))


@bp.post("/pause")
@requires(Permission.ATTEND)
@redrawn
def pause() -> ResponseReturnValue:
    form = PauseForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turns.check_hands_empty(session, desk)
        planned = breaks.due(session, desk.site_id, at).get(desk.window_id)
        desks.go_away(session, desk, "pause", form.reason.data, at, form.until(at, planned))
        return {}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/task")
@requires(Permission.ATTEND)
@redrawn
def task() -> ResponseReturnValue:
    form = AwayForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turns.check_hands_empty(session, desk)
        desks.go_away(session, desk, "task", form.reason.data, at)
        return {}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/back")
@requires(Permission.ATTEND)
@redrawn
def back() -> ResponseReturnValue:
    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        desks.come_back(session, desk.site_id, desk.official_id, at)
        return {}

    press(PressForm(), act)
    return redirect(url_for(".desk"))


@bp.post("/help")
@requires(Permission.ATTEND)
@redrawn
def ask_for_help() -> ResponseReturnValue:
    def act(session: Session, at: datetime) -> dict[str, Any]:
        desks.ask_for_help(session, my_desk(session), at)
        return {}

    press(PressForm(), act)
    flash(_("La supervisión ya sabe que usted necesita ayuda."), "success")
    return redirect(url_for(".desk"))


@bp.post("/help/withdraw")
@requires(Permission.ATTEND)
@redrawn
def withdraw_help() -> ResponseReturnValue:
    def act(session: Session, at: datetime) -> dict[str, Any]:
        desks.withdraw_help(session, my_desk(session), at)
        return {}

    press(PressForm(), act)
    return redirect(url_for(".desk"))
