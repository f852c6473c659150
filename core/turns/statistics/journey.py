"""The way of one turn through the office, told from its log: how long it waited, who attended it, how it ended; pure.

What was undone did not happen. Times are whole seconds, one that has begun counting whole, so that a wait is within its
target exactly when the clock says so. What lasts longer than `LONGEST` is no time but something left open: it is not
measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from core.turns.lifecycle import ENDED, IN_HAND, State, Step, leads_to, stood

SECOND, MINUTE = 1000, 60
LONGEST = 12 * 60 * MINUTE
"""As long as a turn can be called; nobody waits, walks or is attended longer."""

ASKED_TO_CANCEL = "cancel-asked"
"""The reason of who cancels a turn because the person asked for it."""


class Outcome(IntEnum):
    """What became of a turn; the numbers are kept.

    `LEFT`: the person said that they go, or asked to cancel. `LEFT_OVER`: nobody called it and its day is over;
    `UNENDED`: it was called and nobody said how it ended. `CANCELLED`: by the office, for a reason of its own.
    """

    OPEN = 0
    FINISHED = 1
    ABSENT = 2
    LEFT = 3
    LEFT_OVER = 4
    CANCELLED = 5
    UNENDED = 6


ABANDONED = (Outcome.LEFT, Outcome.LEFT_OVER)


class Told(NamedTuple):
    """A row of the log of a turn; `at` in milliseconds, `undoes` the number of the row that it takes back.

    `official`, `window` and `service` are those of who did it.
    """

    seq: int
    kind: str
    at: int
    undoes: int | None = None
    reason: str | None = None
    official: int | None = None
    window: int | None = None
    service: int | None = None


class Visit(NamedTuple):
    """Once called to a window: by whom, for which service, and how long the walk and the attention took.

    `attention` is without the time on hold; None until it ends, and for whom did not come to the window.
    """

    called_at: int
    official: int | None
    window: int | None
    service: int | None
    walk: int | None = None
    attention: int | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """What is counted of a turn: its wait up to the first call, None if nobody called it, its visits and its end.

    `sent_on`: how often it went on to another line; `returned`: how often who had not come was there again.
    """

    wait: int | None
    outcome: Outcome
    visits: tuple[Visit, ...]
    sent_on: int
    returned: int


@dataclass(slots=True)
class _Way:
    """The turn as far as it was followed."""

    state: State = State.WAITING
    before: State = State.WAITING
    ended_at: int = 0
    reason: str | None = None
    visits: list[Visit] = field(default_factory=list)
    began: int | None = None
    worked: int = 0
    open: bool = False
    sent_on: int = 0
    returned: int = 0

    def take(self, row: Told) -> None:
        step = Step(row.kind)
        self.before, self.state = self.state, leads_to(step, self.state) or self.state
        match step:
            case Step.CALLED | Step.PICKED:
                self.visits.append(Visit(row.at, row.official, row.window, row.service))
                self.began, self.worked, self.open = None, 0, False
            case Step.STARTED | Step.RESUMED:
                self._begin(row.at, walked=step is Step.STARTED)
            case Step.TRANSFERRED | Step.PASSED_ON:
                self.sent_on += 1
            case Step.RETURNED:
                self.returned += 1
        if self.state not in IN_HAND:
            self._stop(row.at, over=self.state is not State.ON_HOLD)
        if self.state in ENDED:
            self.ended_at, self.reason = row.at, row.reason

    def _begin(self, at: int, *, walked: bool) -> None:
        self.began, self.open = at, True
        if walked and self.visits:
            self.visits[-1] = self.visits[-1]._replace(walk=_seconds(self.visits[-1].called_at, at))

    def _stop(self, at: int, *, over: bool) -> None:
        """The hand is off the turn; `over`: it does not come back to it."""
        if self.began is not None:
            self.worked += max(at - self.began, 0)
            self.began = None
        if over and self.open:
            if self.visits:
                self.visits[-1] = self.visits[-1]._replace(attention=_seconds(0, self.worked))
            self.open = False


def journey(issued_at: int, log: Iterable[Told]) -> Journey:
    """The journey of a turn that was issued at an instant, in milliseconds; its log in order, with its issue or not."""
    way = _Way()
    for row in stood(log):
        if row.kind in _STEPS:
            way.take(row)
    wait = _seconds(issued_at, way.visits[0].called_at) if way.visits else None
    return Journey(wait, _outcome(way, issued_at), tuple(way.visits), way.sent_on, way.returned)


_STEPS = frozenset(Step)


def _outcome(way: _Way, issued_at: int) -> Outcome:
    """A turn closed by the office after its day ended as it was left, whatever was written of it then."""
    if way.state is State.FINISHED:
        return Outcome.FINISHED
    if way.state is State.ABSENT or (way.state in ENDED and way.before is State.ABSENT):
        return Outcome.ABSENT
    if way.state is State.LEFT or (way.state is State.CANCELLED and way.reason == ASKED_TO_CANCEL):
        return Outcome.LEFT
    if way.state is not State.CANCELLED:
        return Outcome.OPEN
    if way.ended_at - issued_at < LONGEST * SECOND:
        return Outcome.CANCELLED
    return Outcome.LEFT_OVER if not way.visits else Outcome.UNENDED


def _seconds(first: int, last: int) -> int | None:
    """Whole seconds, one that has begun counting whole; None of what is too long to have been one thing."""
    seconds = -(-max(last - first, 0) // SECOND)
    return seconds if seconds <= LONGEST else None
