"""Leave the window: what an official had in the hand or kept for later does not stay behind with nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import N_, Refused
from core.events import Who
from core.turns.actions.change import change, lock_queue
from core.turns.actions.send import send
from core.turns.lifecycle import IN_HAND, OPEN, State, Step
from core.turns.model import AskedService, Turn, in_state


class StillHolding(Refused):
    message = N_("Tiene el turno %(code)s en la mano. Termínelo o páselo antes de dejar la ventanilla.")


def let_go(session: Session, site_id: int, official_id: int, who: Who, at: datetime) -> None:
    """Before an official leaves the window: nothing in the hand, and nobody left waiting for them alone.

    What they had on hold waits again for anyone, in its place. Raises StillHolding.
    """
    lock_queue(session, site_id)
    holding = session.scalar(
        select(Turn).where(Turn.site_id == site_id, Turn.official_id == official_id, in_state(*IN_HAND))
    )
    if holding is not None:
        raise StillHolding(code=holding.code)
    abandon(session, site_id, official_id, who, at)


def abandon(session: Session, site_id: int, official_id: int, who: Who, at: datetime) -> None:
    """Free every turn of an official who is gone: what they attended or held waits again for anyone, in its place."""
    lock_queue(session, site_id)
    theirs = select(Turn).where(Turn.site_id == site_id)
    held = (*IN_HAND, State.ON_HOLD)
    for turn in session.scalars(theirs.where(Turn.official_id == official_id, in_state(*held))):
        send(session, turn, Step.TRANSFERRED, turn.service_id, "arrival", who, at)
    comes_back = Turn.asked.any((AskedService.back_to == official_id) & AskedService.attended_at.is_(None))
    bound = (Turn.reserved_for == official_id) | comes_back
    for turn in session.scalars(theirs.where(bound, in_state(*OPEN))):
        for asked in turn.asked:
            if asked.back_to == official_id:
                asked.back_to = None
        keeps = None if turn.reserved_for == official_id else turn.reserved_for
        change(session, turn, Step.RELEASED, who=who, at=at, reserved_for=keeps)
