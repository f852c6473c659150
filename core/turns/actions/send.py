"""Send on: a turn goes back in line for a service, at the place that is asked for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.desks import Desk
from core.events import Who
from core.turns.actions.asked import Outcome, ask, asked_now, pending, settle
from core.turns.actions.call import in_line, in_order
from core.turns.actions.change import change, in_hand, settings_of
from core.turns.lifecycle import Step
from core.turns.model import Turn
from core.turns.policy import order_key

Position = Literal["front", "arrival", "end"]
BACK_IN_LINE: dict[str, Any] = {
    "official_id": None,
    "window_id": None,
    "reserved_for": None,
    "not_before": None,
    "calls": 0,
    "attention_started_at": None,
}
TRANSFERRED = "transferred"
"""The result of a service that another window took over."""


def transfer(session: Session, desk: Desk, service_id: int, position: Position, back_to_me: bool, at: datetime) -> Turn:
    """Send the turn in hand to another service; it keeps its number and its letter.

    `position`: ``"front"`` before all who wait for that service except children who ask in person (under the
    ratio, before those of its own kind), ``"arrival"`` by when the person came, ``"end"`` as if they came now.
    `back_to_me`: when the other service is done the turn waits for this official only; who sends it on again
    may ask the same, and it comes back to one after the other. Raises Invalid, NoTurnInHand, WrongState.
    """
    turn = in_hand(session, desk)
    before = asked_now(turn)
    if back_to_me:
        ask(session, turn, turn.service_id)
        own = next(asked for asked in pending(turn) if asked.service_id == turn.service_id)
        own.back_to = desk.official_id
    else:
        settle(session, turn, Outcome(turn.service_id, TRANSFERRED), desk.official_id, at)
    ask(session, turn, service_id)
    send(session, turn, Step.TRANSFERRED, service_id, position, desk.who, at, why={"asked": before})
    return turn


def send(
    session: Session,
    turn: Turn,
    step: Step,
    service_id: int,
    position: Position,
    who: Who,
    at: datetime,
    reason: str | None = None,
    why: dict[str, Any] | None = None,
    reserved_for: int | None = None,
) -> None:
    """Put a turn among those who wait for a service, at the place that `position` says."""
    rules = settings_of(session, turn.site_id).rules
    seniority = milliseconds(at) if position == "end" else turn.seniority
    key = order_key(rules, turn.group, seniority, turn.first_of_all)
    if position == "front":
        first = session.scalar(
            select(Turn.order_key)
            .where(
                *in_line(turn.site_id, at),
                Turn.service_id == service_id,
                Turn.first_of_all.is_(turn.first_of_all),
            )
            .order_by(*in_order())
            .limit(1)
        )
        key = min(key, first - 1) if first is not None else key
    values = {**BACK_IN_LINE, "reserved_for": reserved_for, "service_id": service_id}
    change(
        session,
        turn,
        step,
        who=who,
        at=at,
        reason=reason,
        why={"position": position, **(why or {})},
        seniority=seniority,
        order_key=key,
        **values,
    )
