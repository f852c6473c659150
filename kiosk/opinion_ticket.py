"""Of which turn an opinion is wanted at a kiosk: the one whose ticket is typed, or the one its window just finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Topic
from core.devices import Paired
from core.errors import N_, Invalid, Refused
from core.turns.lifecycle import OPEN, State
from core.turns.model import Turn
from core.turns.on_ticket import last_finished_at, series_of, with_number
from core.web.opinions import has_ticket, wants_one

OFFERED_FOR = timedelta(minutes=3)
"""How long a tablet at a window asks by itself: until then who was attended is still about."""


class WrongTicket(Invalid):
    message = N_("No encontramos ese turno con ese código. Mire su tiquete y escríbalos otra vez.")


class NotFinishedYet(Refused):
    message = N_("Su turno %(code)s todavía no termina. Vuelva cuando lo hayan atendido.")


class NotAttended(Refused):
    message = N_("El turno %(code)s no se atendió en ventanilla. Solo se opina de lo que ya se atendió.")


def turn_on_ticket(session: Session, site_id: int, number: str, code: str, at: datetime) -> Turn:
    """The finished turn of today or yesterday whose ticket says this. Raises WrongTicket, NotFinishedYet, NotAttended.

    What it is of is told only to who has the ticket: to everybody else one number is as wrong as another.
    """
    found = with_number(session, site_id, number, _days(at))
    turn = next((turn for turn in found if has_ticket(turn, code)), None)
    if turn is None:
        raise WrongTicket(field="number")
    if turn.state in OPEN and turn.state is not State.ABSENT:
        raise NotFinishedYet(code=turn.code)
    if turn.state is not State.FINISHED:
        raise NotAttended(code=turn.code)
    return turn


def letters(session: Session, site_id: int, at: datetime) -> Sequence[str]:
    """The letters that a ticket of today or yesterday has; if there is none, those that one may have."""
    every = select(Topic.series).where(Topic.site_id == site_id, Topic.active).order_by(Topic.series)
    return series_of(session, site_id, _days(at)) or session.scalars(every).all()


def offered(session: Session, device: Paired, at: datetime) -> Turn | None:
    """The turn that the window of this tablet has just finished, if its opinion is wanted and was not given."""
    window_id = device.settings.get("opinions")
    if not isinstance(window_id, int):
        return None
    turn = last_finished_at(session, device.site_id, window_id, at - OFFERED_FOR)
    return turn if turn is not None and wants_one(session, turn, at.date()) else None


def _days(at: datetime) -> tuple[date, date]:
    return at.date(), at.date() - timedelta(days=1)
