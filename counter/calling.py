"""Call the next turn, call it again, see that nobody comes; and the exceptions to the order, with their reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from core.people.rights import Permission
from core.turns import actions as turns
from core.turns.actions.aside import place_kept_until
from core.turns.actions.change import settings_of
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import PressForm
from core.web.guard import requires
from counter import bp
from counter.acting import my_desk, press, redrawn, turn_in_hand, turn_of_my_window
from counter.forms import ReasonForm, RegroupForm, TurnForm
from counter.seen import group_name


@bp.post("/next")
@requires(Permission.ATTEND)
@redrawn
def call_next() -> ResponseReturnValue:
    press(PressForm(), lambda session, at: {"turn": turns.call_next(session, my_desk(session), at).id})
    return redirect(url_for(".desk"))


@bp.post("/recall")
@requires(Permission.ATTEND)
@redrawn
def recall() -> ResponseReturnValue:
    form = TurnForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn_in_hand(session, desk, form.turn.data)
        return {"turn": turns.recall(session, desk, at).id}

    press(form, act)
    return redirect(url_for(".desk"))


@bp.post("/absent")
@requires(Permission.ATTEND)
@redrawn
def absent() -> ResponseReturnValue:
    form = TurnForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn_in_hand(session, desk, form.turn.data)
        return {"turn": turns.mark_absent(session, desk, at).id}

    turn = db.session().get_one(Turn, press(form, act)["turn"])
    settings = settings_of(db.session(), current_user.site_id)
    if place_kept_until(turn, settings) is None:
        said = _("%(code)s no se presentó. Si llega, espera como si llegara ahora.", code=turn.code)
    else:
        minutes = settings.tolerance_min
        said = _(
            "%(code)s no se presentó. Si llega antes de %(minutes)s minutos, conserva su lugar.",
            code=turn.code,
            minutes=minutes,
        )
    flash(said, "info")
    return redirect(url_for(".desk"))


@bp.post("/returned")
@requires(Permission.ATTEND)
@redrawn
def returned() -> ResponseReturnValue:
    form = TurnForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn = turn_of_my_window(session, desk, form.turn.data)
        return {"turn": turns.return_absent(session, desk.site_id, turn.id, desk.who, at).id}

    flash(_("%(code)s espera otra vez.", code=_code(press(form, act))), "success")
    return redirect(url_for(".desk"))


@bp.post("/pick")
@requires(Permission.ATTEND)
@redrawn
def pick() -> ResponseReturnValue:
    form = ReasonForm()
    press(
        form,
        lambda session, at: {
            "turn": turns.pick(session, my_desk(session), form.turn.data, form.reason.data, at).id,
        },
    )
    return redirect(url_for(".desk"))


@bp.post("/skip")
@requires(Permission.ATTEND)
@redrawn
def skip() -> ResponseReturnValue:
    form = ReasonForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn = turn_of_my_window(session, desk, form.turn.data)
        return {"turn": turns.skip(session, desk.site_id, turn.id, form.reason.data, desk.who, at).id}

    code = _code(press(form, act))
    minutes = settings_of(db.session(), current_user.site_id).more_time_min
    flash(_("%(code)s deja pasar a otras personas por %(minutes)s minutos.", code=code, minutes=minutes), "info")
    return redirect(url_for(".desk"))


@bp.post("/regroup")
@requires(Permission.ATTEND)
@redrawn
def regroup() -> ResponseReturnValue:
    form = RegroupForm()

    def act(session: Session, at: datetime) -> dict[str, Any]:
        desk = my_desk(session)
        turn = turn_of_my_window(session, desk, form.turn.data)
        group, reason = form.group.data, form.reason.data
        return {"turn": turns.regroup(session, desk.site_id, turn.id, group, reason, desk.who, at).id}

    turn = db.session().get_one(Turn, press(form, act)["turn"])
    group = group_name(db.session(), turn.site_id, turn.group)
    flash(_("%(code)s quedó en el grupo «%(group)s».", code=turn.code, group=group), "success")
    return redirect(url_for(".desk"))


def _code(answer: dict[str, Any]) -> str:
    return db.session().get_one(Turn, answer["turn"]).code
