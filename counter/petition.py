"""What a person says at the window becomes a petition: filed beside the turn, with its own constancy."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField
from wtforms.validators import InputRequired, Optional

from core.catalogue.model import Result
from core.desks import Desk
from core.events import Who
from core.files.kinds import PETITION
from core.people.rights import Permission
from core.petitions.filing import LONGEST_FIELD
from core.petitions.model import Channel
from core.petitions.once import filed_already
from core.turns import actions as turns
from core.turns.model import Turn
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text, Whole, receives
from core.web.guard import requires
from core.web.line import hour_of, in_line
from core.web.petition_filed import draw_filed, draw_paper
from core.web.petition_form import TakenDownForm
from core.web.petition_intake import bring_in, keep_in_sight, out_of_sight, place_files
from counter import bp
from counter.acting import my_desk, turn_in_hand

RESULT = "filed"
"""The result of an attention that ended in a petition, among those of the site."""


class SpokenForm(TakenDownForm):
    """What a person says at the window, taken down by who attends."""

    turn = Whole(_l("Turno"), [InputRequired(_l("Vuelva a cargar la página."))], least=1)
    annexes = Text(_l("Qué papeles deja"), [Optional()], most=LONGEST_FIELD)
    ends = BooleanField(_l("Cerrar también la atención"), default=True)


def _spoken_form() -> SpokenForm:
    """About the turn in hand. Raises NotAtAWindow, NoTurnInHand."""
    if request.method == "POST":
        return SpokenForm()
    return SpokenForm(data={"turn": _in_hand().id, "ends": True})


def _in_hand() -> Turn:
    session = db.session()
    return turns.in_hand(session, my_desk(session))


@bp.get("/petition")
@requires(Permission.ATTEND)
def petition() -> ResponseReturnValue:
    return _page(_spoken_form())


@bp.post("/petition")
@requires(Permission.ATTEND)
@receives(PETITION.total)
@asks(_spoken_form, lambda form: _page(form))
def petition_act(form: SpokenForm) -> ResponseReturnValue:
    """File it and end the attention, both or neither. Raises WrongState, Invalid, NoOffice."""
    code, who = form.code(f"official {current_user.id}", str(request.endpoint)), Who("official", current_user.id)
    placed = place_files(form, hour_of(current_user.site_id).at)
    with in_line(current_user.site_id) as (session, at):
        if filed_already(session, code, at) is None:
            desk = my_desk(session)
            turn = turn_in_hand(session, desk, form.turn.data)
            more = {"verbal": True, "turn_id": turn.id, "annexes": form.annexes.data or ""}
            bring_in(session, form, Channel.IN_PERSON, placed, code, who, at, **more)
            _end(session, desk, turn, form, at)
    keep_in_sight(code, at)
    return redirect(url_for(".petition_done"))


@bp.get("/petition/done")
@requires(Permission.ATTEND)
def petition_done() -> ResponseReturnValue:
    return draw_filed(paper="counter.petition_paper", done="counter.petition_kept")


@bp.get("/petition/done/<paper>-<int:width>.pdf")
@requires(Permission.ATTEND)
def petition_paper(paper: str, width: int) -> ResponseReturnValue:
    return draw_paper(paper, width)


@bp.post("/petition/kept")
@requires(Permission.ATTEND)
def petition_kept() -> ResponseReturnValue:
    """The person has the number and the code: back to the window, which forgets them."""
    Form().checked()
    out_of_sight()
    return redirect(url_for(".desk"))


def _end(session: Session, desk: Desk, turn: Turn, form: SpokenForm, at: datetime) -> None:
    """Close the attention as one that ended in a petition.

    Not for who gives no name: the hour of the turn would tell the hour of the petition. Nor where the site has no
    such result: then the official says how it ended.
    """
    known = select(Result.id).where(Result.site_id == desk.site_id, Result.code == RESULT, Result.active)
    if form.ends.data and not form.anonymous and session.scalar(known) is not None:
        turns.finish(session, desk, [turns.Outcome(turn.service_id, RESULT)], at)


def _page(form: SpokenForm) -> str:
    session = db.session()
    turn = session.get(Turn, form.turn.data) if form.turn.data else None
    return render_template("counter/petition.html", form=form, turn=turn)
