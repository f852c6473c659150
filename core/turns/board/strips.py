"""What each window did in the day so far: a turn in hand, a pause, other work, or nobody to attend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Window
from core.clock import BOGOTA
from core.db import Event
from core.desks import FORGOTTEN_AFTER, Away, Sitting
from core.turns.lifecycle import IN_HAND, Step

UNDONE = "undone"
Stretches = dict[int, list[tuple[float, float]]]
"""By window, from when to when, in minutes after midnight."""


class Doing(StrEnum):
    """What a window did for a stretch of the day."""

    FREE = "free"
    BUSY = "busy"
    PAUSE = "pause"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when, in minutes after midnight."""

    doing: Doing
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Strip:
    """The day of a window: its stretches in order, and the minutes of each thing done; what is missing was closed."""

    label: str
    stretches: tuple[Stretch, ...]

    def minutes(self, doing: Doing) -> float:
        return sum(one.last - one.first for one in self.stretches if one.doing is doing)


def strips_of(session: Session, site_id: int, at: datetime) -> list[Strip]:
    """What each window that somebody sat at did today until `at`."""
    midnight = datetime.combine(at.astimezone(BOGOTA).date(), time(), BOGOTA)
    labels = dict(session.execute(select(Window.id, Window.label).where(Window.site_id == site_id)).all())
    sat = _lasted(session, Sitting, labels, midnight, at)
    away = {
        doing: _lasted(session, Away, labels, midnight, at, kind)
        for doing, kind in ((Doing.PAUSE, "pause"), (Doing.TASK, "task"))
    }
    busy = _in_hand(session, site_id, midnight, at)
    found = []
    for window, label in sorted(labels.items(), key=lambda one: _by_number(one[1])):
        if window in sat or window in busy:
            over = [(doing, one) for doing, each in away.items() for one in each.get(window, ())]
            over += [(Doing.BUSY, one) for one in busy.get(window, ())]
            found.append(Strip(label, tuple(laid_over(sat.get(window, []), over))))
    return found


def laid_over(sat: Sequence[tuple[float, float]], over: Iterable[tuple[Doing, tuple[float, float]]]) -> list[Stretch]:
    """The stretches of a window: free while somebody sits there and does nothing else; a turn in hand rules."""
    over = list(over)
    edges = sorted({edge for one in (*sat, *(stretch for _doing, stretch in over)) for edge in one})
    found: list[Stretch] = []
    for first, last in pairwise(edges):
        does = {doing for doing, (begin, end) in over if begin <= first and last <= end}
        sits = any(begin <= first and last <= end for begin, end in sat)
        if not does and not sits:
            continue
        doing = next((one for one in (Doing.BUSY, Doing.PAUSE, Doing.TASK) if one in does), Doing.FREE)
        if found and found[-1].doing is doing and found[-1].last == first:
            found[-1] = Stretch(doing, found[-1].first, last)
        else:
            found.append(Stretch(doing, first, last))
    return found


def _in_hand(session: Session, site_id: int, midnight: datetime, at: datetime) -> Stretches:
    """By window, from when to when a turn was in hand there, as the log of the day tells it."""
    columns = (Event.seq, Event.kind, Event.turn_id, Event.window_id, Event.at, Event.detail)
    of_the_day = (Event.site_id == site_id, Event.kind.in_((*Step, UNDONE)), Event.at.between(midnight, at))
    began: dict[int, tuple[int, float]] = {}
    before: dict[int, str] = {}
    found = defaultdict[int, list[tuple[float, float]]](list)
    for seq, kind, turn_id, window_id, when, detail in session.execute(
        select(*columns).where(*of_the_day).order_by(Event.seq)
    ):
        if kind == UNDONE:
            state = before.get(detail["undoes"])
        else:
            before[seq], state = (detail.get(side, {}).get("state") for side in ("before", "after"))
        if state in IN_HAND:
            began.setdefault(turn_id, (window_id, _minutes(when, midnight)))
        elif state is not None and turn_id in began:
            window, first = began.pop(turn_id)
            found[window].append((first, _minutes(when, midnight)))
    for window, first in began.values():
        found[window].append((first, _minutes(at, midnight)))
    return found


def _lasted(
    session: Session,
    of: type[Sitting] | type[Away],
    windows: Mapping[int, str],
    midnight: datetime,
    at: datetime,
    kind: str | None = None,
) -> Stretches:
    """By window, from when to when somebody sat there, or was away; who forgot to leave is not counted."""
    query = select(of.window_id, of.started_at, of.ended_at).where(
        of.window_id.in_(windows), of.started_at >= midnight - FORGOTTEN_AFTER, of.started_at <= at
    )
    query = query.where(of.ended_at.is_(None) | (of.ended_at > midnight))
    if kind is not None:
        query = query.where(Away.kind == kind)
    found = defaultdict[int, list[tuple[float, float]]](list)
    for window, started, ended in session.execute(query):
        last = min(ended or at, started + FORGOTTEN_AFTER, at)
        if last > max(started, midnight):
            found[window].append((_minutes(max(started, midnight), midnight), _minutes(last, midnight)))
    return found


def _minutes(at: datetime, midnight: datetime) -> float:
    return (at - midnight).total_seconds() / 60


def _by_number(label: str) -> tuple[int, str]:
    return (int(label), "") if label.isdecimal() else (10**6, label)
