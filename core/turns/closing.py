"""The account of a service day, counted from the log alone: what each series gave and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.db import Event, table
from core.turns.board.hall import EXCEPTIONS
from core.turns.lifecycle import UNDONE, State, stood

ISSUED = "issued"
_LOG = table(Event).c
_UNDOES = _LOG.detail["undoes"].as_integer().label("undoes")
_TOLD = (_LOG.seq, _LOG.kind, _LOG.turn_id, _LOG.reason, _LOG.public, _LOG.detail, _UNDOES)
_THERE = _LOG.site_id == bindparam("site")
_THAT_DAY = (_LOG.at >= bindparam("begin")) & (_LOG.at < bindparam("end"))
_GIVEN = select(_LOG.turn_id).where(_THERE, _LOG.kind == ISSUED, _THAT_DAY)
_OF_ITS_TURNS = select(*_TOLD).where(_THERE, _LOG.turn_id.in_(_GIVEN)).order_by(_LOG.seq)
_OF_THE_DAY = select(*_TOLD).where(_THERE, _THAT_DAY).order_by(_LOG.seq)


@dataclass(frozen=True, slots=True)
class Series:
    """The turns of a letter: the first and the last number, how many were given, and how many stand in each state."""

    letter: str
    first: str
    last: str
    issued: int
    states: Counter[State]

    @property
    def open(self) -> int:
        """Those of whom nothing final is said."""
        return self.issued - sum(self.states[state] for state in CLOSED)


CLOSED = (State.FINISHED, State.ABSENT, State.LEFT, State.CANCELLED)
"""What becomes of a turn by the end of its day."""


@dataclass(frozen=True, slots=True)
class Day:
    """A service day as the log tells it; exceptions: (what was done, code of the reason) → how often."""

    series: tuple[Series, ...]
    exceptions: Counter[tuple[str, str]]
    first: int
    last: int


def day_of(session: Session, site_id: int, day: date) -> Day:
    """The account of the turns given at the site on a civil day, whatever became of them later."""
    begin = datetime.combine(day, time(), BOGOTA)
    values = {"site": site_id, "begin": begin, "end": begin + timedelta(days=1)}
    turns = session.execute(_OF_ITS_TURNS, values).all()
    events = session.execute(_OF_THE_DAY, values).all()
    numbers = [event.seq for event in events]
    return Day(_series(turns), _exceptions(events), min(numbers, default=0), max(numbers, default=0))


def _series(events: Iterable[Any]) -> tuple[Series, ...]:
    codes: dict[int, str] = {}
    states: dict[int, State] = {}
    before: dict[int, State] = {}
    for event in events:
        if event.kind == ISSUED:
            codes[event.turn_id], states[event.turn_id] = event.public["code"], State.WAITING
        elif event.kind == UNDONE:
            states[event.turn_id] = before.get(event.undoes, states[event.turn_id])
        elif "state" in event.detail.get("after", {}):
            before[event.seq] = states[event.turn_id]
            states[event.turn_id] = State(event.detail["after"]["state"])
    by_letter: dict[str, list[int]] = {}
    for turn_id, code in sorted(codes.items(), key=lambda item: item[1]):
        by_letter.setdefault(code.partition(" ")[0], []).append(turn_id)
    return tuple(
        Series(letter, codes[ids[0]], codes[ids[-1]], len(ids), Counter(states[each] for each in ids))
        for letter, ids in by_letter.items()
    )


def _exceptions(events: Iterable[Any]) -> Counter[tuple[str, str]]:
    return Counter((one.kind, one.reason) for one in stood(events) if one.kind in EXCEPTIONS and one.reason)
