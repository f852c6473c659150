"""The place of a visit that has a petition open: signed, in the visitor's own cookie, and over when nobody uses it."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import session as visit

from core.errors import N_, Missing

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=4)
"""However much it is used, the code is asked for again."""
_PLACE = "case"


class NoPlace(Missing):
    status = 409
    message = N_("Por seguridad cerramos su petición. Escriba otra vez el número y el código para seguir.")


def take(petition_id: int, at: datetime) -> None:
    """This visit has shown number and code."""
    seconds = int(at.timestamp())
    visit[_PLACE] = [petition_id, seconds, seconds]


def leave() -> None:
    """The visit has it open no more."""
    visit.pop(_PLACE, None)


def held(at: datetime) -> int:
    """The petition that the visit has open, used now. Raises NoPlace."""
    now = int(at.timestamp())
    petition_id, since, seen = visit.get(_PLACE) or (0, 0, 0)
    if not petition_id or now - seen > IDLE.total_seconds() or now - since > LONGEST.total_seconds():
        leave()
        raise NoPlace
    visit[_PLACE] = [petition_id, since, now]
    return int(petition_id)
