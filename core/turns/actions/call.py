"""Call: who is next for a window, and why; call again."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.db import Instant, Stream
from core.desks import Desk, check_present
from core.errors import N_, Refused
from core.events import Value
from core.turns.actions.change import change, check_reason, in_hand, lock_queue, settings_of, turn_of
from core.turns.lifecycle import IN_HAND, State, Step
from core.turns.model import Turn, in_state
from core.turns.policy import GENERAL, Choice, Order, Rules, Waiting, choose, run_after

CALLABLE_FOR = timedelta(hours=12)
"""How long after its issue a turn is called: past midnight yes, the ghosts of yesterday no."""

PICKED = "picked"
"""The rule of a call that an official chose, with its reason, instead of the order."""

PASSED_KEPT = 100
"""How many of the passed over a call keeps by name; their number is always kept whole."""


class NobodyWaiting(Refused):
    message = N_("No hay nadie esperando para esta ventanilla.")


class HandsFull(Refused):
    message = N_("Ya tiene el turno %(code)s en la mano. Termínelo primero.")


class NotForThisWindow(Refused):
    message = N_("Ese turno es de un servicio que no se atiende en su ventanilla.")


class OfAnotherDay(Refused):
    message = N_("Ese turno es de otro día y ya no se llama. Dele uno nuevo a la persona.")


class RecallTooSoon(Refused):
    message = N_("Acaba de llamarse. Espere %(seconds)s segundos para repetir.")


class RecalledEnough(Refused):
    message = N_("Ya se llamó %(times)s veces. Si no está, marque «No se presentó».")


def call_next(session: Session, desk: Desk, at: datetime) -> Turn:
    """Call whoever is next for this desk by the order of the site.

    The call keeps why: the rule, the key, and whom it passed over. Raises NobodyWaiting, HandsFull, IsAway.
    """
    stream = lock_queue(session, desk.site_id)
    check_present(session, desk.official_id)
    check_hands_empty(session, desk)
    rules = settings_of(session, desk.site_id).rules
    choice = _choose(session, desk, rules, stream.priority_run, at)
    if choice is None:
        raise NobodyWaiting
    turn = turn_of(session, desk.site_id, choice.turn.id)
    run = stream.priority_run
    stream.priority_run = run_after(rules, choice.turn, run)
    _call(session, desk, turn, Step.CALLED, at, why=_why(session, desk, choice.rule, turn, run, at))
    return turn


def pick(session: Session, desk: Desk, turn_id: int, reason: str, at: datetime) -> Turn:
    """Call a given waiting turn out of order, with a reason that the supervisor reads.

    Also one that lets others pass. Raises NotForThisWindow, OfAnotherDay, HandsFull, IsAway, WrongState, Invalid
    (reason), Missing.
    """
    check_reason(session, desk.site_id, "pick", reason)
    turn = turn_of(session, desk.site_id, turn_id)
    check_present(session, desk.official_id)
    check_hands_empty(session, desk)
    if turn.service_id not in desk.services or turn.reserved_for not in (None, desk.official_id):
        raise NotForThisWindow
    if turn.issued_at <= at - CALLABLE_FOR:
        raise OfAnotherDay
    run = lock_queue(session, desk.site_id).priority_run
    _call(session, desk, turn, Step.PICKED, at, reason=reason, why=_why(session, desk, PICKED, turn, run, at))
    return turn


def recall(session: Session, desk: Desk, at: datetime) -> Turn:
    """Call the turn in hand again. Raises RecallTooSoon, RecalledEnough, WrongState, NoTurnInHand."""
    turn = in_hand(session, desk)
    settings = settings_of(session, desk.site_id)
    if turn.state is State.CALLED:
        if turn.calls > settings.recall_limit:
            raise RecalledEnough(times=turn.calls)
        assert turn.last_called_at is not None
        left = settings.recall_pause_s - (at - turn.last_called_at).total_seconds()
        if left > 0:
            raise RecallTooSoon(seconds=ceil(left))
    change(
        session,
        turn,
        Step.RECALLED,
        who=desk.who,
        at=at,
        public=_announcement(desk, turn, turn.calls + 1),
        calls=turn.calls + 1,
        last_called_at=at,
    )
    return turn


def check_hands_empty(session: Session, desk: Desk) -> None:
    """Raises HandsFull while the official has a turn called or in attention."""
    holding = session.scalar(
        select(Turn).where(
            (Turn.official_id == desk.official_id) | (Turn.window_id == desk.window_id), in_state(*IN_HAND)
        )
    )
    if holding is not None:
        raise HandsFull(code=holding.code)


def in_line(site_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The waiting turns of a site that may be called at `at`: not too old, and not letting others pass."""
    return (
        Turn.site_id == site_id,
        in_state(State.WAITING),
        Turn.issued_at > at - CALLABLE_FOR,
        Turn.not_before.is_(None) | (Turn.not_before <= at),
    )


def callable_by(desk: Desk, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The waiting turns that this desk may call at `at`."""
    return (
        *in_line(desk.site_id, at),
        Turn.service_id.in_(sorted(desk.services)),
        Turn.reserved_for.is_(None) | (Turn.reserved_for == desk.official_id),
    )


def in_order() -> tuple[Any, Any, Any]:
    """The order of the queue in SQL, the same as `policy.Waiting.place`."""
    return (Turn.order_key, Turn.issued_at, Turn.id)


def seen_by_the_rules(turn: Turn) -> Waiting:
    """A turn as the order sees it."""
    return Waiting(turn.id, turn.group, milliseconds(turn.issued_at), turn.order_key, turn.first_of_all)


def priority_run(session: Session, site_id: int) -> int:
    """How many priority turns the site has called since its last general one."""
    return session.scalar(select(Stream.priority_run).where(Stream.site_id == site_id)) or 0


def _choose(session: Session, desk: Desk, rules: Rules, run: int, at: datetime) -> Choice | None:
    if rules.order is Order.RATIO:
        priority = _first(session, desk, at, Turn.group != GENERAL)
        general = _first(session, desk, at, Turn.group == GENERAL)
        return choose(rules, priority, general, run)
    first = _first(session, desk, at)
    if first is None:
        return None
    return choose(rules, first if first.priority else None, None if first.priority else first, run)


def _first(session: Session, desk: Desk, at: datetime, *also: ColumnElement[bool]) -> Waiting | None:
    turn = session.scalar(select(Turn).where(*callable_by(desk, at), *also).order_by(*in_order()).limit(1))
    return seen_by_the_rules(turn) if turn else None


def _why(session: Session, desk: Desk, rule: str, turn: Turn, run: int, at: datetime) -> dict[str, Any]:
    """The decision as the log keeps it: passed over is who came before, or whose turn it was when one is picked."""
    came_before = tuple_(Turn.issued_at, Turn.id) < tuple_(literal(turn.issued_at, Instant), turn.id)
    was_next = tuple_(*in_order()) < tuple_(turn.order_key, literal(turn.issued_at, Instant), turn.id)
    before = (*callable_by(desk, at), came_before | was_next if rule == PICKED else came_before)
    passed = session.execute(
        select(Turn.id, Turn.order_key).where(*before).order_by(Turn.issued_at, Turn.id).limit(PASSED_KEPT)
    ).all()
    count = len(passed)
    if count == PASSED_KEPT:
        count = session.scalar(select(func.count()).select_from(Turn).where(*before)) or 0
    return {
        "rule": rule,
        "services": sorted(desk.services),
        "key": turn.order_key,
        "priority_run": run,
        "passed_over": count,
        "passed": [[turn_id, key] for turn_id, key in passed],
    }


def _call(
    session: Session, desk: Desk, turn: Turn, step: Step, at: datetime, why: dict[str, Any], reason: str | None = None
) -> None:
    change(
        session,
        turn,
        step,
        who=desk.who,
        at=at,
        reason=reason,
        public=_announcement(desk, turn, 1),
        why=why,
        official_id=desk.official_id,
        window_id=desk.window_id,
        reserved_for=None,
        not_before=None,
        calls=1,
        last_called_at=at,
        attention_started_at=None,
    )


def _announcement(desk: Desk, turn: Turn, call: int) -> dict[str, Value]:
    return {
        "series": turn.series,
        "number": turn.number,
        "window": desk.window,
        "window_id": desk.window_id,
        "call": call,
        "language": turn.language,
    }
