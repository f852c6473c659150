"""Out of the line for a while: who lets others pass, who does not come when called, and how they come back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.audit import Act
from core.clock import milliseconds
from core.desks import Desk
from core.events import Who
from core.turns.actions.change import audit_exception, change, check_reason, in_hand, settings_of, turn_of
from core.turns.lifecycle import Step
from core.turns.model import QueueSettings, Turn
from core.turns.policy import order_key


def lets_pass_until(session: Session, turn: Turn, at: datetime) -> datetime:
    """Until when a turn that lets others pass from `at` on is not called; then it has its place again."""
    return at + timedelta(minutes=settings_of(session, turn.site_id).more_time_min)


def skip(session: Session, site_id: int, turn_id: int, reason: str, who: Who, at: datetime) -> Turn:
    """Let others pass for some minutes: the person is not in the hall, or asked for it. Raises Invalid, WrongState."""
    check_reason(session, site_id, "skip", reason)
    turn = turn_of(session, site_id, turn_id)
    until = lets_pass_until(session, turn, at)
    change(session, turn, Step.SKIPPED, who=who, at=at, reason=reason, not_before=until)
    audit_exception(session, Act.SKIPPED, turn, reason, who, at)
    return turn


def mark_absent(session: Session, desk: Desk, at: datetime) -> Turn:
    """The person called did not come; they may return within the tolerance. Raises NoTurnInHand, WrongState."""
    turn = in_hand(session, desk)
    change(session, turn, Step.ABSENT, who=desk.who, at=at)
    return turn


def return_absent(session: Session, site_id: int, turn_id: int, who: Who, at: datetime) -> Turn:
    """The person who did not come is here now. Raises WrongState, Missing."""
    turn = turn_of(session, site_id, turn_id)
    give_place_back(session, turn, who, at)
    return turn


def place_kept_until(turn: Turn, settings: QueueSettings) -> datetime | None:
    """Until when an absent turn that comes back has its place: within the tolerance, and only the first time."""
    return None if turn.returns else turn.state_since + timedelta(minutes=settings.tolerance_min)


def give_place_back(session: Session, turn: Turn, who: Who, at: datetime) -> None:
    """The turn waits again: in its place while that is kept, and otherwise as if the person arrived now."""
    settings = settings_of(session, turn.site_id)
    until = place_kept_until(turn, settings)
    late = until is None or at > until
    seniority = milliseconds(at) if late else turn.seniority
    change(
        session,
        turn,
        Step.RETURNED,
        who=who,
        at=at,
        why={"late": late},
        seniority=seniority,
        order_key=order_key(settings.rules, turn.group, seniority, turn.first_of_all) if late else turn.order_key,
        official_id=None,
        window_id=None,
        calls=0,
        returns=turn.returns + 1,
    )
