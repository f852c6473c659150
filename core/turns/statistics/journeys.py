"""The journeys of turns, read from their log: the one place that says when a person was first called."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, case, null, select, type_coerce
from sqlalchemy.orm import Session

from core.db import Event, table
from core.turns.lifecycle import UNDONE, Step
from core.turns.model import Turn
from core.turns.statistics.journey import Journey, Told, journey

_TOLD, _TURN = table(Event).c, table(Turn).c
_LOG = select(
    _TOLD.turn_id,
    _TOLD.who_kind,
    _TOLD.seq,
    _TOLD.kind,
    type_coerce(_TOLD.at, BigInteger),
    case((_TOLD.kind == UNDONE, _TOLD.detail["undoes"].as_integer()), else_=null()),
    _TOLD.reason,
    case((_TOLD.who_kind == "official", _TOLD.who_id), else_=null()),
    _TOLD.window_id,
    case((_TOLD.kind.in_((Step.CALLED, Step.PICKED)), _TOLD.public["service_id"].as_integer()), else_=null()),
).join_from(table(Event), table(Turn), _TURN.id == _TOLD.turn_id)
_GIVEN = select(_TURN.id, type_coerce(_TURN.issued_at, BigInteger), _TURN.service_id, _TURN.group)


class Travelled(NamedTuple):
    """A turn, when it was issued, in milliseconds, the service that it is for now, who gave it, and its journey."""

    turn_id: int
    issued: int
    service_id: int
    group: str
    giver: str
    journey: Journey


def journeys(session: Session, *which: ColumnElement[bool]) -> Iterator[Travelled]:
    """The turns of which all this is true, each with its journey, in the order of their numbers."""
    log = session.execute(_LOG.where(*which).order_by(_TOLD.turn_id, _TOLD.seq))
    logs = {turn: list(rows) for turn, rows in groupby(log, key=lambda row: row[0])}
    for turn, issued, service, group in session.execute(_GIVEN.where(*which).order_by(_TURN.id)):
        rows = logs.get(turn, [])
        giver = next((row[1] for row in rows if row[3] == "issued"), "")
        yield Travelled(turn, issued, service, group, giver, journey(issued, (Told(*row[2:]) for row in rows)))
