"""Exceptions, each with its reason: skip, change the group, move, cancel, give a place back, set the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.clock import milliseconds
from core.errors import N_, Invalid, Refused
from core.events import Happened, Who, record
from core.turns.actions.attend import Position, asked_now, send
from core.turns.actions.call import CALLABLE_FOR
from core.turns.actions.change import change, check_reason, lock_queue, settings_of, turn_of
from core.turns.actions.issue import comes_first_of_all
from core.turns.lifecycle import ENDED, IN_HAND, State, Step
from core.turns.model import QueueSettings, Turn
from core.turns.policy import MINUTE, Order, order_key

LONGEST_HEAD_START = 12 * 60


class StillHolding(Refused):
    message = N_("Tiene el turno %(code)s en la mano. Termínelo o páselo antes de dejar la ventanilla.")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOrder:
    """The calling order as an administrator sets it; minutes unless said."""

    order: Order
    ratio: int
    head_start: Mapping[str, int]
    recall_limit: int = 3
    recall_pause_s: int = 15
    tolerance_min: int = 10
    more_time_min: int = 10
    target_priority_min: int = 15
    target_general_min: int = 45


def skip(session: Session, site_id: int, turn_id: int, reason: str, who: Who, at: datetime) -> Turn:
    """Let others pass for some minutes: the person is not in the hall, or asked for it."""
    check_reason(session, site_id, "skip", reason)
    turn = turn_of(session, site_id, turn_id)
    minutes = settings_of(session, site_id).more_time_min
    change(
        session,
        turn,
        Step.SKIPPED,
        who=who,
        at=at,
        reason=reason,
        seniority=turn.seniority + minutes * MINUTE,
        order_key=turn.order_key + minutes * MINUTE,
    )
    return turn


def regroup(session: Session, site_id: int, turn_id: int, group: str, reason: str, who: Who, at: datetime) -> Turn:
    """Change the priority group; the turn goes to the place that it would have had from its arrival.

    Raises Invalid (group, reason), WrongState, Missing.
    """
    check_reason(session, site_id, "group", reason)
    turn = turn_of(session, site_id, turn_id)
    first_of_all = comes_first_of_all(session, site_id, group)
    change(
        session,
        turn,
        Step.REGROUPED,
        who=who,
        at=at,
        reason=reason,
        group=group,
        first_of_all=first_of_all,
        order_key=order_key(settings_of(session, site_id).rules, group, turn.seniority, first_of_all),
    )
    return turn


def move(
    session: Session,
    site_id: int,
    turn_id: int,
    service_id: int,
    position: Position,
    reason: str,
    who: Who,
    at: datetime,
) -> Turn:
    """Send a turn to another service from outside the window. Raises Invalid, WrongState, Missing."""
    check_reason(session, site_id, "transfer", reason)
    turn = turn_of(session, site_id, turn_id)
    service = session.get(Service, service_id)
    if service is None or service.site_id != site_id or not service.active:
        raise Invalid(N_("Elija un servicio de la lista."), field="service")
    before = asked_now(turn)
    pending = {asked.service_id: asked for asked in turn.asked if asked.attended_at is None}
    wrong = pending.get(turn.service_id)
    if wrong is not None and service_id not in pending:
        wrong.service_id = service_id
    elif wrong is not None and service_id != turn.service_id:
        turn.asked.remove(wrong)
        session.delete(wrong)
    send(
        session,
        turn,
        Step.TRANSFERRED,
        service_id,
        position,
        who,
        at,
        reason=reason,
        why={"asked": before},
        reserved_for=None,
    )
    return turn


def cancel(session: Session, site_id: int, turn_id: int, reason: str, who: Who, at: datetime) -> Turn:
    """Annul a turn; its number stays taken. Raises Invalid (reason), WrongState, Missing."""
    check_reason(session, site_id, "cancel", reason)
    turn = turn_of(session, site_id, turn_id)
    change(session, turn, Step.CANCELLED, who=who, at=at, reason=reason)
    return turn


def return_absent(session: Session, site_id: int, turn_id: int, who: Who, at: datetime) -> Turn:
    """The person who did not come is here now. Raises WrongState, Missing."""
    turn = turn_of(session, site_id, turn_id)
    give_place_back(session, turn, who, at)
    return turn


def give_place_back(session: Session, turn: Turn, who: Who, at: datetime) -> None:
    """Within the tolerance the turn keeps its place; later it counts as arriving now."""
    settings = settings_of(session, turn.site_id)
    late = at - turn.state_since > timedelta(minutes=settings.tolerance_min)
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


def let_go(session: Session, site_id: int, official_id: int, at: datetime) -> None:
    """Before an official leaves the window: nothing in the hand, and nobody left waiting for them alone.

    What they had on hold waits again for anyone, in its place. Raises StillHolding.
    """
    lock_queue(session, site_id)
    theirs = select(Turn).where(Turn.site_id == site_id)
    holding = session.scalar(theirs.where(Turn.official_id == official_id, Turn.state.in_(IN_HAND)))
    if holding is not None:
        raise StillHolding(code=holding.code)
    who = Who("official", official_id)
    for turn in session.scalars(theirs.where(Turn.official_id == official_id, Turn.state == State.ON_HOLD)):
        send(session, turn, Step.TRANSFERRED, turn.service_id, "arrival", who, at)
    bound = (Turn.reserved_for == official_id) | (Turn.return_to == official_id)
    for turn in session.scalars(theirs.where(bound, Turn.state.not_in(ENDED))):
        change(session, turn, Step.RELEASED, who=who, at=at, reserved_for=None, return_to=None, return_service_id=None)


def close_leftovers(session: Session, site_id: int, reason: str, who: Who, at: datetime) -> int:
    """Close the turns of past days that nobody ended, each with the reason; returns how many."""
    check_reason(session, site_id, "close_leftover", reason)
    lock_queue(session, site_id)
    open_states = (State.WAITING, State.CALLED, State.ATTENDING, State.ON_HOLD, State.ABSENT)
    left = session.scalars(
        select(Turn).where(Turn.site_id == site_id, Turn.state.in_(open_states), Turn.issued_at <= at - CALLABLE_FOR)
    ).all()
    for turn in left:
        change(session, turn, Step.CANCELLED, who=who, at=at, reason=reason)
    return len(left)


def set_order(session: Session, site_id: int, wanted: QueueOrder, reason: str, who: Who, at: datetime) -> None:
    """Rule the queue by `wanted` from now on; who waits, or may wait again, takes the place that it gives.

    The old rules stay in the history. Raises Invalid naming the field that is out of range.
    """
    _check_order(wanted)
    if not reason.strip():
        raise Invalid(N_("Escriba por qué cambia el orden."), field="reason")
    lock_queue(session, site_id)
    settings = QueueSettings(site_id=site_id, since=at, set_by=who.id, reason=reason.strip(), **asdict(wanted))
    session.add(settings)
    session.flush()
    rules = settings.rules
    for turn in session.scalars(select(Turn).where(Turn.site_id == site_id, Turn.state.not_in(ENDED))):
        turn.order_key = order_key(rules, turn.group, turn.seniority, turn.first_of_all)
    record(
        session,
        Happened(
            kind="order set",
            site_id=site_id,
            at=at,
            who=who,
            reason=reason.strip(),
            detail={**asdict(wanted), "order": wanted.order.value},
        ),
    )


def _check_order(wanted: QueueOrder) -> None:
    ranges = {
        "ratio": (wanted.ratio, 1, 20),
        "recall_limit": (wanted.recall_limit, 0, 10),
        "recall_pause_s": (wanted.recall_pause_s, 5, 300),
        "tolerance_min": (wanted.tolerance_min, 0, 120),
        "more_time_min": (wanted.more_time_min, 1, 60),
        "target_priority_min": (wanted.target_priority_min, 1, 240),
        "target_general_min": (wanted.target_general_min, 1, 240),
    }
    ranges |= {f"head_start.{code}": (minutes, 0, LONGEST_HEAD_START) for code, minutes in wanted.head_start.items()}
    for field, (value, least, most) in ranges.items():
        if not least <= value <= most:
            raise Invalid(N_("Escriba un número de %(least)s a %(most)s."), field=field, least=least, most=most)
