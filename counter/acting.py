"""How a press at the window becomes one act: in one transaction, once; and what is shown when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from core import desks
from core.desks import Desk
from core.errors import Refused
from core.turns import actions as turns
from core.turns.actions.call import NotForThisWindow
from core.turns.actions.change import STATES, WrongState
from core.turns.lifecycle import IN_HAND
from core.turns.model import Turn
from core.web.database import db
from core.web.errors import wants_json
from core.web.forms import PressForm
from core.web.line import Act, once_in_line
from core.web.words import translate
from counter import page

View = Callable[[], ResponseReturnValue]


def press(form: PressForm, act: Act) -> dict[str, Any]:
    """Do `act(session, at)` in line, once for this press; returns its answer, the same for every repetition."""
    pressed = form.checked().pressed(f"official {current_user.id}", str(request.endpoint))
    return once_in_line(current_user.site_id, pressed, act)


def my_desk(session: Session) -> Desk:
    """Where the signed-in official sits. Raises NotAtAWindow."""
    return desks.desk_of(session, current_user.site_id, current_user.id)


def turn_in_hand(session: Session, desk: Desk, turn_id: int) -> Turn:
    """The turn that the page shows, if the official still has it in the hand. Raises WrongState, Missing."""
    turn = turns.turn_of(session, desk.site_id, turn_id)
    if turn.official_id != desk.official_id or turn.state not in IN_HAND:
        raise WrongState(code=turn.code, state=translate(STATES[turn.state]))
    return turn


def turn_of_my_window(session: Session, desk: Desk, turn_id: int) -> Turn:
    """A turn in the official's hand, or in nobody's and attended here. Raises NotForThisWindow, WrongState, Missing."""
    turn = turns.turn_of(session, desk.site_id, turn_id)
    if turn.state in IN_HAND:
        return turn_in_hand(session, desk, turn_id)
    if turn.service_id not in desk.services or turn.reserved_for not in (None, desk.official_id):
        raise NotForThisWindow
    return turn


def redrawn(view: View) -> View:
    """When the act is refused, draw the desk as it now stands, with the sentence of the refusal and its status."""

    @wraps(view)
    def acted() -> ResponseReturnValue:
        try:
            return view()
        except Refused as refused:
            if wants_json():
                raise
            db.session.rollback()
            return page.draw(refused), refused.status

    return acted
