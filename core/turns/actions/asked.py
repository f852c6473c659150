"""The services asked on a turn: ask for one, settle it with what was done, and keep how it was for undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Result, Service
from core.errors import N_, Invalid
from core.turns.actions.change import plain, restored
from core.turns.model import AskedService, Turn

MOST_SERVICES, MOST_QUANTITY = 10, 99
_KEPT = ("id", "service_id", "quantity", "result", "attended_by", "attended_at", "back_to")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done for one service: how many, and with which result of the site's list."""

    service_id: int
    result: str
    quantity: int = 1


def service_of(session: Session, site_id: int, service_id: int) -> Service:
    """A service that the site attends. Raises Invalid."""
    service = session.get(Service, service_id)
    if service is None or service.site_id != site_id or not service.active:
        raise Invalid(N_("Elija un servicio de la lista."), field="service")
    return service


def pending(turn: Turn) -> list[AskedService]:
    """What is asked on the turn and nobody has attended, in the order in which it was asked."""
    return [asked for asked in turn.asked if asked.attended_at is None]


def ask(session: Session, turn: Turn, service_id: int) -> None:
    """Put a service on the turn, unless it is asked already and not attended yet. Raises Invalid."""
    service_of(session, turn.site_id, service_id)
    others = [asked for asked in pending(turn) if asked.service_id != service_id]
    if len(others) + 1 > MOST_SERVICES:
        raise Invalid(N_("Un turno no lleva más de %(most)s servicios."), field="service", most=MOST_SERVICES)
    if len(others) == len(pending(turn)):
        turn.asked.append(AskedService(service_id=service_id))
        session.flush()


def settle(session: Session, turn: Turn, outcome: Outcome, official_id: int, at: datetime) -> None:
    """Keep what was done for a service, asked before or not."""
    asked = next((each for each in pending(turn) if each.service_id == outcome.service_id), None)
    if asked is None:
        asked = AskedService(service_id=outcome.service_id)
        turn.asked.append(asked)
    asked.result, asked.quantity = outcome.result, outcome.quantity
    asked.attended_by, asked.attended_at = official_id, at
    session.flush()


def check_outcomes(session: Session, turn: Turn, outcomes: Sequence[Outcome]) -> None:
    """Raises Invalid without an outcome for the present service, or for one that the site's lists do not have."""
    results = set(session.scalars(select(Result.code).where(Result.site_id == turn.site_id, Result.active)))
    services = set(session.scalars(select(Service.id).where(Service.site_id == turn.site_id)))
    done = [outcome.service_id for outcome in outcomes]
    if turn.service_id not in done:
        raise Invalid(N_("Diga cómo terminó la atención."), field="result")
    if len(set(done)) < len(done):
        raise Invalid(N_("Un servicio está dos veces. Déjelo una vez, con su cantidad."), field="service")
    for outcome in outcomes:
        if outcome.result not in results:
            raise Invalid(N_("Elija un resultado de la lista."), field="result")
        if outcome.service_id not in services:
            raise Invalid(N_("Elija un servicio de la lista."), field="service")
        if not 1 <= outcome.quantity <= MOST_QUANTITY:
            raise Invalid(N_("Escriba una cantidad de 1 a %(most)s."), field="quantity", most=MOST_QUANTITY)


def asked_now(turn: Turn) -> list[dict[str, Any]]:
    """The services of a turn and what came of them, as the log keeps them for undoing."""
    return [plain({name: getattr(asked, name) for name in _KEPT}) for asked in turn.asked]


def ask_as_before(session: Session, turn: Turn, before: list[dict[str, Any]]) -> None:
    """Make the services of a turn again what `asked_now` told."""
    present = {asked.id: asked for asked in turn.asked}
    for added in present.keys() - {row["id"] for row in before}:
        turn.asked.remove(present[added])
        session.delete(present[added])
    session.flush()
    for row in before:
        asked = present.get(row["id"]) or _asked_again(session, row["id"])
        for name in _KEPT[1:]:
            setattr(asked, name, restored(name, row[name]))
        if asked not in turn.asked:
            turn.asked.append(asked)
    session.flush()


def _asked_again(session: Session, asked_id: int) -> AskedService:
    """A row for a service that was taken off the turn, with the id that it had unless another turn has it now."""
    return AskedService(id=None if session.get(AskedService, asked_id) else asked_id)
