"""Attend: begin, park and resume, add services, send on, finish with what was really done, and undo."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.catalogue.model import Result, Service
from core.clock import instant, milliseconds
from core.db import Event
from core.desks import Desk, check_present
from core.errors import N_, Invalid, Refused
from core.events import Happened, Who, record
from core.turns.actions.call import NobodyWaiting, call_next, check_hands_empty, in_order
from core.turns.actions.change import change, in_hand, lock_queue, plain, settings_of, turn_of
from core.turns.lifecycle import UNDOABLE, State, Step
from core.turns.model import AskedService, Turn
from core.turns.policy import order_key

Position = Literal["front", "arrival", "end"]
UNDO_WITHIN = timedelta(seconds=60)
MOST_SERVICES, MOST_QUANTITY = 10, 99
BACK_IN_LINE: dict[str, Any] = {"official_id": None, "window_id": None, "calls": 0, "attention_started_at": None}
TRANSFERRED = "transferred"
"""The result of a service that another window took over."""


class NothingToUndo(Refused):
    message = N_("No hay nada que deshacer: la última acción ya no se puede cambiar.")


class NotYours(Refused):
    message = N_("Ese turno lo dejó en pausa otra persona.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done for one service: how many, and with which result of the site's list."""

    service_id: int
    result: str
    quantity: int = 1


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
    _ask(session, turn, service_id)
    change(session, turn, Step.SERVICE_ADDED, who=desk.who, at=at, why={"service_id": service_id})
    return turn


def transfer(session: Session, desk: Desk, service_id: int, position: Position, back_to_me: bool, at: datetime) -> Turn:
    """Send the turn in hand to another service; it keeps its number and its letter.

    `position`: ``"front"`` before all who wait for that service except children who ask in person,
    ``"arrival"`` by when the person came, ``"end"`` as if they came now. `back_to_me`: when the other
    service is done the turn waits for this official only. Raises Invalid, NoTurnInHand, WrongState.
    """
    turn = in_hand(session, desk)
    origin = turn.service_id
    before = asked_now(turn)
    if not back_to_me:
        _settle(session, turn, Outcome(origin, TRANSFERRED), desk.official_id, at)
    _ask(session, turn, service_id)
    send(
        session,
        turn,
        Step.TRANSFERRED,
        service_id,
        position,
        desk.who,
        at,
        why={"asked": before},
        return_to=desk.official_id if back_to_me else turn.return_to,
        return_service_id=origin if back_to_me else turn.return_service_id,
    )
    return turn


def finish(session: Session, desk: Desk, outcomes: Sequence[Outcome], at: datetime, then_call: bool = False) -> Turn:
    """Close the attention with what was really done, and call the next turn if asked and somebody waits.

    A turn with services still to be attended waits for the next of them with its seniority; one that was to
    come back waits for its official. Raises Invalid (no outcome, unknown result or service), NoTurnInHand.
    """
    turn = in_hand(session, desk)
    _check_outcomes(session, turn, outcomes)
    done: dict[str, Any] = {
        "outcomes": [[o.service_id, o.result, o.quantity] for o in outcomes],
        "asked": asked_now(turn),
    }
    for outcome in outcomes:
        _settle(session, turn, outcome, desk.official_id, at)
    pending = [asked.service_id for asked in turn.asked if asked.attended_at is None]
    if pending and turn.state is State.ATTENDING:
        back = turn.return_to is not None and turn.return_service_id in pending
        send(
            session,
            turn,
            Step.PASSED_ON,
            turn.return_service_id if back and turn.return_service_id else pending[0],
            "arrival",
            desk.who,
            at,
            why=done,
            reserved_for=turn.return_to if back else None,
            return_to=None if back else turn.return_to,
            return_service_id=None if back else turn.return_service_id,
        )
    else:
        change(session, turn, Step.FINISHED, who=desk.who, at=at, why=done)
    if then_call:
        with suppress(NobodyWaiting):
            call_next(session, desk, at)
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
    **values: object,
) -> None:
    """Put a turn among those who wait for a service, at the place that `position` says."""
    rules = settings_of(session, turn.site_id).rules
    seniority = milliseconds(at) if position == "end" else turn.seniority
    key = order_key(rules, turn.group, seniority, turn.first_of_all)
    if position == "front":
        first = session.scalar(
            select(Turn.order_key)
            .where(
                Turn.site_id == turn.site_id,
                Turn.state == State.WAITING,
                Turn.service_id == service_id,
                Turn.first_of_all.is_(turn.first_of_all),
            )
            .order_by(*in_order())
            .limit(1)
        )
        key = min(key, first - 1) if first is not None else key
    change(
        session,
        turn,
        step,
        who=who,
        at=at,
        reason=reason,
        why={"position": position, **(why or {})},
        service_id=service_id,
        seniority=seniority,
        order_key=key,
        **(BACK_IN_LINE | values),
    )


def undo_last(session: Session, desk: Desk, at: datetime) -> Turn:
    """Undo the official's last action of the last minute, if nobody has changed the turn since.

    Raises NothingToUndo, HandsFull (the turn would be a second one in the hand).
    """
    stream = lock_queue(session, desk.site_id)
    last = last_action(session, desk, at)
    if last is None or last.turn_id is None:
        raise NothingToUndo
    turn = turn_of(session, desk.site_id, last.turn_id)
    after, before = last.detail["after"], last.detail["before"]
    if plain({name: getattr(turn, name) for name in after}) != after or _since(session, last, "order set"):
        raise NothingToUndo
    if "asked" in last.detail:
        _ask_as_before(session, turn, last.detail["asked"])
    for name, value in before.items():
        setattr(turn, name, _restored(name, value))
    if last.kind == Step.CALLED and not _since(session, last, Step.CALLED, Step.PICKED):
        stream.priority_run = last.detail["priority_run"]
    try:
        session.flush()
    except IntegrityError:
        raise NothingToUndo(N_("No se puede deshacer: ya tiene otro turno en la mano.")) from None
    record(
        session,
        Happened(
            kind="undone",
            site_id=desk.site_id,
            at=at,
            who=desk.who,
            turn_id=turn.id,
            window_id=desk.window_id,
            public={"code": turn.code},
            detail={"undoes": last.seq, "kind": last.kind},
        ),
    )
    return turn


def last_action(session: Session, desk: Desk, at: datetime) -> Event | None:
    """What `undo_last` would undo: the official's last step of the last minute, unless it is one that stays."""
    undone: set[int] = set()
    mine = (
        select(Event)
        .where(
            Event.site_id == desk.site_id,
            Event.who_kind == "official",
            Event.who_id == desk.official_id,
            Event.turn_id.is_not(None),
            Event.at > at - UNDO_WITHIN,
        )
        .order_by(Event.seq.desc())
    )
    for event in session.scalars(mine):
        if event.kind == "undone":
            undone.add(event.detail["undoes"])
        elif event.seq not in undone:
            return event if event.kind in UNDOABLE else None
    return None


def _since(session: Session, last: Event, *kinds: str) -> bool:
    later = select(Event.seq).where(Event.site_id == last.site_id, Event.kind.in_(kinds), Event.seq > last.seq)
    return session.scalar(later.limit(1)) is not None


def _restored(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith("_at") or name == "state_since":
        return instant(value)
    return State(value) if name == "state" else value


def _ask(session: Session, turn: Turn, service_id: int) -> None:
    """Put a service on the turn, unless it is asked already and not attended yet."""
    service = session.get(Service, service_id)
    if service is None or service.site_id != turn.site_id or not service.active:
        raise Invalid(N_("Elija un servicio de la lista."), field="service")
    pending = [asked for asked in turn.asked if asked.attended_at is None and asked.service_id != service_id]
    if len(pending) + 1 > MOST_SERVICES:
        raise Invalid(N_("Un turno no lleva más de %(most)s servicios."), field="service", most=MOST_SERVICES)
    if all(asked.service_id != service_id or asked.attended_at is not None for asked in turn.asked):
        turn.asked.append(AskedService(service_id=service_id))
        session.flush()


def _check_outcomes(session: Session, turn: Turn, outcomes: Sequence[Outcome]) -> None:
    results = set(session.scalars(select(Result.code).where(Result.site_id == turn.site_id)))
    services = set(session.scalars(select(Service.id).where(Service.site_id == turn.site_id)))
    if not any(outcome.service_id == turn.service_id for outcome in outcomes):
        raise Invalid(N_("Diga cómo terminó la atención."), field="result")
    for outcome in outcomes:
        if outcome.result not in results:
            raise Invalid(N_("Elija un resultado de la lista."), field="result")
        if outcome.service_id not in services:
            raise Invalid(N_("Elija un servicio de la lista."), field="service")
        if not 1 <= outcome.quantity <= MOST_QUANTITY:
            raise Invalid(N_("Escriba una cantidad de 1 a %(most)s."), field="quantity", most=MOST_QUANTITY)


def _settle(session: Session, turn: Turn, outcome: Outcome, official_id: int, at: datetime) -> None:
    asked = next((a for a in turn.asked if a.service_id == outcome.service_id and a.attended_at is None), None)
    if asked is None:
        asked = AskedService(service_id=outcome.service_id)
        turn.asked.append(asked)
    asked.result, asked.quantity, asked.attended_by, asked.attended_at = (
        outcome.result,
        outcome.quantity,
        official_id,
        at,
    )
    session.flush()


def asked_now(turn: Turn) -> list[dict[str, Any]]:
    """The services of a turn and what came of them, as the log keeps them for undoing."""
    names = ("id", "service_id", "quantity", "result", "attended_by", "attended_at")
    return [plain({name: getattr(asked, name) for name in names}) for asked in turn.asked]


def _ask_as_before(session: Session, turn: Turn, before: list[dict[str, Any]]) -> None:
    present = {asked.id: asked for asked in turn.asked}
    for added in present.keys() - {row["id"] for row in before}:
        turn.asked.remove(present[added])
        session.delete(present[added])
    for row in before:
        if row["id"] not in present:
            present[row["id"]] = AskedService()
            turn.asked.append(present[row["id"]])
        for name, value in row.items():
            setattr(present[row["id"]], name, _restored(name, value))
    session.flush()
