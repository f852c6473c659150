"""Call: who is next for a window, and why; call again."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, bindparam, func, select, tuple_, type_coerce, update
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.db import Instant, Stream, table
from core.desks import Desk, check_present
from core.errors import N_, Refused
from core.events import Value
from core.prepared import run
from core.turns.actions.change import change, check_reason, in_hand, lock_queue, rules_of, settings_of, turn_of
from core.turns.lifecycle import IN_HAND, State, Step
from core.turns.model import Turn, code_of, in_state
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
    lock_queue(session, desk.site_id)
    check_present(session, desk.official_id)
    check_hands_empty(session, desk)
    rules = rules_of(session, desk.site_id)
    before = priority_run(session, desk.site_id)
    choice = _choose(session, desk, rules, before, at)
    if choice is None:
        raise NobodyWaiting
    turn = turn_of(session, desk.site_id, choice.turn.id)
    after = run_after(rules, choice.turn, before)
    if after != before:
        set_priority_run(session, desk.site_id, after)
    _call(session, desk, turn, Step.CALLED, at, why=_why(session, desk, choice.rule, turn, before, at))
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
    before = priority_run(session, desk.site_id)
    _call(session, desk, turn, Step.PICKED, at, reason=reason, why=_why(session, desk, PICKED, turn, before, at))
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
    holding = run(session, _HOLDING, official=desk.official_id, window=desk.window_id).first()
    if holding is not None:
        raise HandsFull(code=code_of(*holding))


def in_line(site_id: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The waiting turns of a site that may be called at `at`: not too old, and not letting others pass."""
    return of_the_line(site_id, at - CALLABLE_FOR, at)


def callable_by(desk: Desk, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """The waiting turns that this desk may call at `at`."""
    return _callable(desk.site_id, at - CALLABLE_FOR, at, sorted(desk.services), desk.official_id)


def of_the_line(site: Any, issued_after: Any, at: Any) -> tuple[ColumnElement[bool], ...]:
    """`in_line` of values or of the parameters of a statement that is built once."""
    return (
        Turn.site_id == site,
        in_state(State.WAITING),
        Turn.issued_at > issued_after,
        Turn.not_before.is_(None) | (Turn.not_before <= at),
    )


def _callable(site: Any, issued_after: Any, at: Any, services: Any, official: Any) -> tuple[ColumnElement[bool], ...]:
    mine = Turn.reserved_for.is_(None) | (Turn.reserved_for == official)
    return (*of_the_line(site, issued_after, at), Turn.service_id.in_(services), mine)


def in_order() -> tuple[Any, Any, Any]:
    """The order of the queue in SQL, the same as `policy.Waiting.place`."""
    return (Turn.order_key, Turn.issued_at, Turn.id)


SEEN_BY_THE_RULES = (Turn.id, Turn.group, type_coerce(Turn.issued_at, BigInteger), Turn.order_key, Turn.first_of_all)
"""The columns of a `Waiting`, for who asks for many and needs no turns."""


def seen_by_the_rules(turn: Turn) -> Waiting:
    """A turn as the order sees it."""
    return Waiting(turn.id, turn.group, milliseconds(turn.issued_at), turn.order_key, turn.first_of_all)


def priority_run(session: Session, site_id: int) -> int:
    """How many priority turns the site has called since its last general one."""
    return run(session, _PRIORITY_RUN, site=site_id).scalar() or 0


def set_priority_run(session: Session, site_id: int, count: int) -> None:
    """Keep how many priority turns the site has called since its last general one."""
    run(session, _SET_PRIORITY_RUN, site=site_id, count=count)


# What is asked at every call, built once: the values of a desk at an instant are `_values`.

_CALLABLE = _callable(
    bindparam("site"),
    bindparam("issued_after"),
    bindparam("at"),
    bindparam("services", expanding=True),
    bindparam("official"),
)
_FIRST = {
    which: select(*SEEN_BY_THE_RULES).where(*_CALLABLE, *conditions).order_by(*in_order()).limit(1)
    for which, conditions in {
        "of all": (),
        "with priority": (Turn.group != GENERAL,),
        "without": (Turn.group == GENERAL,),
    }.items()
}
_CALLED = (bindparam("issued", type_=Instant), bindparam("turn", type_=Integer))
_CAME_BEFORE = tuple_(Turn.issued_at, Turn.id) < tuple_(*_CALLED)
_WAS_NEXT = tuple_(*in_order()) < tuple_(bindparam("key", type_=Turn.order_key.type), *_CALLED)
_BEFORE = {
    False: select(Turn.id, Turn.order_key).where(*_CALLABLE, _CAME_BEFORE),
    True: select(Turn.id, Turn.order_key).where(*_CALLABLE, _CAME_BEFORE | _WAS_NEXT),
}
_PASSED = {picked: before.order_by(Turn.issued_at, Turn.id).limit(PASSED_KEPT) for picked, before in _BEFORE.items()}
_HOW_MANY = {picked: before.with_only_columns(func.count()) for picked, before in _BEFORE.items()}
_HOLDING = select(Turn.series, Turn.number).where(
    (Turn.official_id == bindparam("official")) | (Turn.window_id == bindparam("window")), in_state(*IN_HAND)
)
_PRIORITY_RUN = select(Stream.priority_run).where(Stream.site_id == bindparam("site"))
_SET_PRIORITY_RUN = (
    update(table(Stream)).where(table(Stream).c.site_id == bindparam("site")).values(priority_run=bindparam("count"))
)


def _values(desk: Desk, at: datetime) -> dict[str, Any]:
    return {
        "site": desk.site_id,
        "issued_after": at - CALLABLE_FOR,
        "at": at,
        "services": sorted(desk.services),
        "official": desk.official_id,
    }


def _choose(session: Session, desk: Desk, rules: Rules, run: int, at: datetime) -> Choice | None:
    if rules.order is Order.RATIO:
        priority = _first(session, desk, at, "with priority")
        general = _first(session, desk, at, "without")
        return choose(rules, priority, general, run)
    first = _first(session, desk, at, "of all")
    if first is None:
        return None
    return choose(rules, first if first.priority else None, None if first.priority else first, run)


def _first(session: Session, desk: Desk, at: datetime, which: str) -> Waiting | None:
    row = run(session, _FIRST[which], _values(desk, at)).first()
    return Waiting(*row) if row else None


def _why(session: Session, desk: Desk, rule: str, turn: Turn, priority_run: int, at: datetime) -> dict[str, Any]:
    """The decision as the log keeps it: passed over is who came before, or whose turn it was when one is picked."""
    picked = rule == PICKED
    values = _values(desk, at) | {"issued": turn.issued_at, "turn": turn.id, "key": turn.order_key}
    passed = run(session, _PASSED[picked], values)
    count = len(passed)
    if count == PASSED_KEPT:
        count = run(session, _HOW_MANY[picked], values).scalar()
    return {
        "rule": rule,
        "services": sorted(desk.services),
        "key": turn.order_key,
        "priority_run": priority_run,
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
        "service_id": turn.service_id,
        "call": call,
        "language": turn.language,
    }
