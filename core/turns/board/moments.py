"""How the hall stood at the minutes of past days: who waited, for how long, and how many windows were open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import median_low
from typing import NamedTuple

from sqlalchemy import BigInteger, case, null, select, type_coerce
from sqlalchemy.orm import Session

from core.catalogue.model import Window
from core.clock import instant, milliseconds
from core.db import Event
from core.desks import FORGOTTEN_AFTER, Sitting
from core.turns.actions.call import CALLABLE_FOR
from core.turns.board.course import LEAST, days_like
from core.turns.lifecycle import ENDED, IN_HAND, UNDONE, State, Step, leads_to
from core.turns.model import ServiceDay, Turn

MINUTE, MINUTES = 60_000, 60
_CALLABLE_MS = CALLABLE_FOR // timedelta(milliseconds=1)
_STEPS = frozenset(Step)


@dataclass(frozen=True, slots=True)
class Moment:
    """How many waited at an instant, for how long who had waited longest (seconds), and how many windows were open."""

    waiting: int
    longest: int
    open: int


class Told(NamedTuple):
    """A row of the log of a turn; `at` in milliseconds, `undoes` the number of the row that it takes back."""

    seq: int
    kind: str
    at: int
    undoes: int | None = None
    window: int | None = None


class Stay(NamedTuple):
    """From when to when, in milliseconds, a turn was in a state, as everybody saw it then; without `last`, it still is.

    `window` is where it was in hand.
    """

    issued: int
    state: State
    first: int
    last: int | None = None
    window: int | None = None

    def holds(self, at: int) -> bool:
        return self.first <= at and (self.last is None or at < self.last)


class Seat(NamedTuple):
    """From when to when somebody sat at a window, in milliseconds."""

    window: int
    first: int
    last: int

    def holds(self, at: int) -> bool:
        return self.first <= at < self.last


def stays(issued: int, log: Iterable[Told]) -> Iterator[Stay]:
    """What a turn went through, in the order of its log; what was undone later was so until it was undone."""
    now = Stay(issued, State.WAITING, issued)
    before: dict[int | None, Stay] = {}
    for row in log:
        then = now
        if row.kind == UNDONE:
            then = before.get(row.undoes, now)
        elif row.kind in _STEPS:
            before[row.seq] = now
            state = leads_to(Step(row.kind), now.state) or now.state
            then = now._replace(state=state, window=row.window if state in IN_HAND else None)
        if then.state is not now.state:
            yield now._replace(last=row.at)
            now = then._replace(first=row.at)
    yield now


def moment(through: Iterable[Stay], sat: Iterable[Seat], at: int) -> Moment:
    """The hall at an instant; a window is open if somebody sits there, also in a pause, or has a turn in hand."""
    there = [stay for stay in through if stay.holds(at)]
    waiting = [stay.issued for stay in there if stay.state is State.WAITING and stay.issued > at - _CALLABLE_MS]
    busy = {stay.window for stay in there if stay.state in IN_HAND}
    longest = (at - min(waiting)) // 1000 if waiting else 0
    return Moment(len(waiting), longest, len(busy | {seat.window for seat in sat if seat.holds(at)}))


def usual(days: Sequence[Moment]) -> Moment:
    """The median of each figure over some days: one that some day had."""
    each = zip(*((one.waiting, one.longest, one.open) for one in days), strict=True)
    return Moment(*map(median_low, each))


def usual_moments(session: Session, site_id: int, at: datetime) -> list[Moment] | None:
    """What is usual at each minute of the hour of `at` on days like its own; None of too few days."""
    days = days_like(session, site_id, at.date())
    if len(days) < LEAST:
        return None
    hour = at.replace(minute=0, second=0, microsecond=0)
    each = [moments_of(session, site_id, day, _minutes_of(hour - (at.date() - day))) for day in days]
    return [usual(minute) for minute in zip(*each, strict=True)]


def moments_of(session: Session, site_id: int, day: date, instants: Sequence[int]) -> list[Moment]:
    """The hall at some instants of a service day, in milliseconds and in their order, from the log of its turns."""
    first, last = instants[0], instants[-1]
    through = [stay for stay in _stays(session, site_id, day, first, last) if stay.last is None or stay.last > first]
    sat = _sat(session, site_id, first, last)
    return [moment(through, sat, at) for at in instants]


def _minutes_of(hour: datetime) -> list[int]:
    first = milliseconds(hour)
    return [first + MINUTE * n for n in range(MINUTES)]


def _stays(session: Session, site_id: int, day: date, first: int, last: int) -> Iterator[Stay]:
    """What the turns of a service day that were not over before an instant went through until another."""
    its_day = select(ServiceDay.id).where(ServiceDay.site_id == site_id, ServiceDay.day == day).scalar_subquery()
    issued, at = type_coerce(Turn.issued_at, BigInteger), type_coerce(Event.at, BigInteger)
    undoes = case((Event.kind == UNDONE, Event.detail["undoes"].as_integer()), else_=null())
    rows = session.execute(
        select(Turn.id, issued, Event.seq, Event.kind, at, undoes, Event.window_id)
        .join(Event, Event.turn_id == Turn.id)
        .where(Turn.service_day_id == its_day, issued <= last, at <= last)
        .where(Turn.state.not_in(ENDED) | (Turn.state_since > instant(first)))
        .order_by(Turn.id, Event.seq)
    )
    for (_turn, begins), log in groupby(rows, key=lambda row: (row[0], row[1])):
        yield from stays(begins, (Told(*row[2:]) for row in log))


def _sat(session: Session, site_id: int, first: int, last: int) -> list[Seat]:
    """Who sat at the windows of the site between two instants; who forgot to leave is not counted for longer."""
    began = Sitting.started_at.between(instant(first) - FORGOTTEN_AFTER, instant(last))
    rows = session.execute(
        select(Sitting.window_id, Sitting.started_at, Sitting.ended_at)
        .join(Window, Window.id == Sitting.window_id)
        .where(Window.site_id == site_id, began)
    )
    found = []
    for window, started, ended in rows:
        forgotten = started + FORGOTTEN_AFTER
        found.append(Seat(window, milliseconds(started), milliseconds(min(ended or forgotten, forgotten))))
    return found
