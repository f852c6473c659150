"""What tests of turns do again and again: one action at a time, and a look at what it left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.db import Event, transaction
from core.desks import Desk
from core.errors import Refused
from core.events import Who
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.asked import Outcome
from core.turns.model import Turn
from core.turns.policy import GENERAL, Order
from tests import make

at = make.at
SYSTEM = Who("system")


def act(session: Session, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """One action in a transaction of its own."""
    with transaction(session):
        return action(session, *args, **more)


def refused(session: Session, refusal: type[Refused], action: Callable[..., Any], *args: Any, **more: Any) -> Refused:
    with pytest.raises(refusal) as caught, transaction(session):
        action(session, *args, **more)
    return caught.value


def desk(session: Session, label: str = "1") -> Desk:
    found: Desk = act(session, make.desk, label)
    return found


def waiting(session: Session, minute: float = 0, group: str = GENERAL, service: str = "property-tax") -> Turn:
    turn: Turn = act(session, make.turn, minute, group, service)
    return turn


def attending(session: Session, where: Desk, minute: float = 0, service: str = "property-tax") -> Turn:
    """A turn issued, called and begun at once."""
    turn = waiting(session, minute, service=service)
    act(session, turns.pick, where, turn.id, "pick-back", at(minute))
    act(session, turns.start, where, at(minute))
    return turn


def solved(turn: Turn, *others: Service) -> list[Outcome]:
    return [Outcome(turn.service_id, "solved"), *(Outcome(other.id, "solved") for other in others)]


def line(session: Session, minute: float = 60) -> list[str]:
    return [turn.code for turn in board.everyone_waiting(session, make.site(session).id, at(minute))]


def last_event(session: Session) -> Event:
    return session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()


def row(turn: Turn) -> dict[str, Any]:
    """The turn as it is kept, with the services asked on it."""
    kept = {column.name: getattr(turn, column.key) for column in Turn.__table__.columns}
    asked = [(a.id, a.service_id, a.quantity, a.result, a.attended_by, a.attended_at, a.back_to) for a in turn.asked]
    return kept | {"asked": asked}


def ordered(session: Session, minute: float = 0, **changes: Any) -> None:
    """The queue ruled otherwise than on the first day."""
    wanted: dict[str, Any] = {"order": Order.HEAD_START, "ratio": 2, "head_start": {"older": 60, "disability": 60}}
    order = turns.QueueOrder(**wanted | changes)
    act(session, turns.set_order, make.site(session).id, order, "prueba", SYSTEM, at(minute))
