"""Exceptions, each with its reason: change the group, move, cancel, close what past days left, set the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import audit, changes
from core.audit import Act, On, Thing
from core.errors import N_, Invalid
from core.events import Happened, Who, record
from core.turns.actions.asked import asked_now, pending, service_of
from core.turns.actions.call import CALLABLE_FOR
from core.turns.actions.change import audit_exception, change, check_reason, lock_queue, settings_of, turn_of
from core.turns.actions.issue import comes_first_of_all
from core.turns.actions.send import Position, send
from core.turns.lifecycle import OPEN, Step
from core.turns.model import QueueSettings, Turn, in_state
from core.turns.policy import Order, order_key

LONGEST_HEAD_START = 12 * 60


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
    audit_exception(session, Act.REGROUPED, turn, reason, who, at)
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
    service_of(session, site_id, service_id)
    before = asked_now(turn)
    asked = {each.service_id: each for each in pending(turn)}
    wrong = asked.get(turn.service_id)
    if wrong is not None and service_id not in asked:
        wrong.service_id, wrong.back_to = service_id, None
    elif wrong is not None and service_id != turn.service_id:
        turn.asked.remove(wrong)
        session.delete(wrong)
    send(session, turn, Step.TRANSFERRED, service_id, position, who, at, reason=reason, why={"asked": before})
    audit_exception(session, Act.TRANSFERRED, turn, reason, who, at)
    return turn


def cancel(session: Session, site_id: int, turn_id: int, reason: str, who: Who, at: datetime) -> Turn:
    """Annul a turn; its number stays taken. Raises Invalid (reason), WrongState, Missing."""
    check_reason(session, site_id, "cancel", reason)
    turn = turn_of(session, site_id, turn_id)
    change(session, turn, Step.CANCELLED, who=who, at=at, reason=reason)
    audit_exception(session, Act.CANCELLED, turn, reason, who, at)
    return turn


def close_leftovers(session: Session, site_id: int, reason: str, who: Who, at: datetime) -> int:
    """Close the turns of past days that nobody ended, each with the reason; returns how many."""
    check_reason(session, site_id, "close_leftover", reason)
    lock_queue(session, site_id)
    left = session.scalars(select(Turn).where(*left_over(site_id, at))).all()
    for turn in left:
        change(session, turn, Step.CANCELLED, who=who, at=at, reason=reason)
    closed, on = {"closed": len(left)}, On(Thing.TURN)
    audit.record(session, Act.LEFTOVERS_CLOSED, on, who, at, site_id=site_id, reason=reason, detail=closed)
    return len(left)


def left_over(site_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The turns of past days that nobody ended and nobody can call any more."""
    return (Turn.site_id == site_id, in_state(*OPEN), Turn.issued_at <= at - CALLABLE_FOR)


def set_order(session: Session, site_id: int, wanted: QueueOrder, reason: str, who: Who, at: datetime) -> None:
    """Rule the queue by `wanted` from now on; who waits, or may wait again, takes the place that it gives.

    The old rules stay in the history. Raises Invalid naming the field that is out of range.
    """
    _check_order(wanted)
    if not reason.strip():
        raise Invalid(N_("Escriba por qué cambia el orden."), field="reason")
    lock_queue(session, site_id)
    before = changes.plain({name: getattr(settings_of(session, site_id), name) for name in asdict(wanted)})
    settings = QueueSettings(site_id=site_id, since=at, set_by=who.id, reason=reason.strip(), **asdict(wanted))
    session.add(settings)
    session.flush()
    changes.note(session, settings, before, changes.plain(asdict(wanted)), who.id, at, reason)
    rules = settings.rules
    for turn in session.scalars(select(Turn).where(Turn.site_id == site_id, in_state(*OPEN))):
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
    set_so = {**asdict(wanted), "order": wanted.order.value, "reason": audit.digest(settings.reason)}
    on = On(Thing.QUEUE_ORDER, settings.id)
    audit.record(session, Act.CHANGED, on, who, at, site_id=site_id, detail=set_so)


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
