"""Attend: begin, park and resume, add services, and finish with what was really done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.desks import Desk, check_present
from core.errors import N_, Refused
from core.turns.actions.asked import Outcome, ask, asked_now, check_outcomes, pending, settle
from core.turns.actions.call import NobodyWaiting, call_next, check_hands_empty
from core.turns.actions.change import change, in_hand, turn_of
from core.turns.actions.send import send
from core.turns.lifecycle import State, Step
from core.turns.model import Turn


class NotYours(Refused):
    message = N_("Ese turno lo dejó en pausa otra persona.")


def start(session: Session, desk: Desk, at: datetime) -> Turn:
    """The person is at the window. Raises NoTurnInHand, WrongState."""
    turn = in_hand(session, desk)
    change(session, turn, Step.STARTED, who=desk.who, at=at, attention_started_at=at)
    return turn


def hold(session: Session, desk: Desk, at: datetime) -> Turn:
    """Park the turn in hand, to be resumed by the same official; the time on hold is not attention."""
    turn = in_hand(session, desk)
    change(session, turn, Step.HELD, who=desk.who, at=at)
    return turn


def resume(session: Session, desk: Desk, turn_id: int, at: datetime) -> Turn:
    """Go on with a parked turn. Raises NotYours, HandsFull, IsAway, WrongState, Missing."""
    turn = turn_of(session, desk.site_id, turn_id)
    check_present(session, desk.official_id)
    check_hands_empty(session, desk)
    if turn.state is State.ON_HOLD and turn.official_id != desk.official_id:
        raise NotYours
    change(
        session,
        turn,
        Step.RESUMED,
        who=desk.who,
        at=at,
        window_id=desk.window_id,
        attention_started_at=turn.attention_started_at or at,
    )
    return turn


def add_service(session: Session, desk: Desk, service_id: int, at: datetime) -> Turn:
    """The person asks for one thing more on the same turn. Raises Invalid, NoTurnInHand."""
    turn = in_hand(session, desk)
    before = asked_now(turn)
    ask(session, turn, service_id)
    why = {"service_id": service_id, "asked": before}
    change(session, turn, Step.SERVICE_ADDED, who=desk.who, at=at, why=why)
    return turn


def finish(session: Session, desk: Desk, outcomes: Sequence[Outcome], at: datetime, then_call: bool = False) -> Turn:
    """Close the attention with what was really done, and call the next turn if asked and somebody waits.

    A turn with services still to be attended waits for the next of them with its seniority; one that was to
    come back waits for its official. Raises Invalid (no outcome, unknown result or service), NoTurnInHand.
    """
    turn = in_hand(session, desk)
    check_outcomes(session, turn, outcomes)
    done: dict[str, Any] = {
        "outcomes": [[o.service_id, o.result, o.quantity] for o in outcomes],
        "asked": asked_now(turn),
    }
    for outcome in outcomes:
        settle(session, turn, outcome, desk.official_id, at)
    left = pending(turn)
    if left and turn.state is State.ATTENDING:
        back = next((asked for asked in reversed(left) if asked.back_to is not None), None)
        onward, reserved_for = back or left[0], None
        if back is not None:
            reserved_for, back.back_to = back.back_to, None
        send(
            session,
            turn,
            Step.PASSED_ON,
            onward.service_id,
            "arrival",
            desk.who,
            at,
            why=done,
            reserved_for=reserved_for,
        )
    else:
        change(session, turn, Step.FINISHED, who=desk.who, at=at, why=done)
    if then_call:
        with suppress(NobodyWaiting):
            call_next(session, desk, at)
    return turn
