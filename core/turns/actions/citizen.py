"""What citizens do from the phone with the turn that they hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import N_, Refused
from core.events import Who
from core.turns.actions.aside import give_place_back, lets_pass_until
from core.turns.actions.change import change, turn_of
from core.turns.lifecycle import Step
from core.turns.model import Turn


class AlreadyPostponed(Refused):
    message = N_("Ya pidió más tiempo una vez. Si no alcanza, avise en una ventanilla.")


class AlreadyReturned(Refused):
    message = N_("Ya volvió a la fila una vez. Tome otro turno en el quiosco.")


def leave(session: Session, turn: Turn, at: datetime) -> None:
    """The citizen gives the place up. Raises WrongState once attended or ended."""
    turn = turn_of(session, turn.site_id, turn.id)
    change(session, turn, Step.LEFT, who=Who("citizen"), at=at)


def ask_more_time(session: Session, turn: Turn, at: datetime) -> None:
    """Let others pass for some minutes, once per turn. Raises AlreadyPostponed, WrongState."""
    turn = turn_of(session, turn.site_id, turn.id)
    if turn.postponed:
        raise AlreadyPostponed
    until = lets_pass_until(session, turn, at)
    change(session, turn, Step.POSTPONED, who=Who("citizen"), at=at, postponed=True, not_before=until)


def come_back(session: Session, turn: Turn, at: datetime) -> None:
    """The citizen missed the call and is here now, once per turn. Raises AlreadyReturned, WrongState."""
    turn = turn_of(session, turn.site_id, turn.id)
    if turn.returns:
        raise AlreadyReturned
    give_place_back(session, turn, Who("citizen"), at)
