"""What may become of a turn: its states and the only legal steps between them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol, TypeVar


class State(StrEnum):
    WAITING = "waiting"
    CALLED = "called"
    ATTENDING = "attending"
    ON_HOLD = "on hold"
    ABSENT = "absent"
    FINISHED = "finished"
    LEFT = "left"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """A change of a turn, named as the log tells it."""

    CALLED = "called"
    PICKED = "picked"
    RECALLED = "recalled"
    STARTED = "started"
    ABSENT = "absent"
    RETURNED = "returned"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    PASSED_ON = "passed on"
    SERVICE_ADDED = "service added"
    SKIPPED = "skipped"
    REGROUPED = "regrouped"
    POSTPONED = "postponed"
    RELEASED = "released"
    FINISHED = "finished"
    LEFT = "left"
    CANCELLED = "cancelled"


IN_HAND = (State.CALLED, State.ATTENDING)
"""An official holds at most one turn in these states, and a window too."""

ENDED = (State.FINISHED, State.LEFT, State.CANCELLED)
OPEN = tuple(state for state in State if state not in ENDED)

LEGAL: dict[Step, tuple[frozenset[State], State | None]] = {
    Step.CALLED: (frozenset({State.WAITING}), State.CALLED),
    Step.PICKED: (frozenset({State.WAITING}), State.CALLED),
    Step.RECALLED: (frozenset({State.CALLED}), State.CALLED),
    Step.STARTED: (frozenset({State.CALLED}), State.ATTENDING),
    Step.ABSENT: (frozenset({State.CALLED}), State.ABSENT),
    Step.RETURNED: (frozenset({State.ABSENT}), State.WAITING),
    Step.HELD: (frozenset({State.CALLED, State.ATTENDING}), State.ON_HOLD),
    Step.RESUMED: (frozenset({State.ON_HOLD}), State.ATTENDING),
    Step.TRANSFERRED: (frozenset({State.WAITING, State.CALLED, State.ATTENDING, State.ON_HOLD}), State.WAITING),
    Step.PASSED_ON: (frozenset({State.ATTENDING}), State.WAITING),
    Step.SERVICE_ADDED: (frozenset({State.CALLED, State.ATTENDING}), None),
    Step.SKIPPED: (frozenset({State.WAITING}), State.WAITING),
    Step.REGROUPED: (frozenset({State.WAITING, State.CALLED, State.ATTENDING}), None),
    Step.POSTPONED: (frozenset({State.WAITING}), State.WAITING),
    Step.RELEASED: (
        frozenset({State.WAITING, State.CALLED, State.ATTENDING, State.ON_HOLD, State.ABSENT}),
        None,
    ),
    Step.FINISHED: (frozenset({State.ATTENDING}), State.FINISHED),
    Step.LEFT: (frozenset({State.WAITING, State.CALLED, State.ON_HOLD, State.ABSENT}), State.LEFT),
    Step.CANCELLED: (
        frozenset({State.WAITING, State.CALLED, State.ON_HOLD, State.ABSENT, State.ATTENDING}),
        State.CANCELLED,
    ),
}
"""Each step: from which states it is legal, and to which it leads (None: the state stays)."""

UNDOABLE = frozenset(
    {
        Step.CALLED,
        Step.PICKED,
        Step.STARTED,
        Step.ABSENT,
        Step.HELD,
        Step.RESUMED,
        Step.TRANSFERRED,
        Step.PASSED_ON,
        Step.SERVICE_ADDED,
        Step.REGROUPED,
        Step.FINISHED,
        Step.CANCELLED,
        Step.SKIPPED,
    }
)


UNDONE = "undone"
"""A row of the log that takes back another."""


class Told(Protocol):
    """A row of the log of a site; `undoes`: the number of the one that it takes back."""

    @property
    def seq(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def undoes(self) -> int | None: ...


Row = TypeVar("Row", bound=Told)


def stood(log: Iterable[Row]) -> list[Row]:
    """What happened and stayed so, in the order of the log: what was undone did not happen, nor did its undoing."""
    rows = list(log)
    undone = {row.undoes for row in rows if row.kind == UNDONE}
    return [row for row in rows if row.kind != UNDONE and row.seq not in undone]


def leads_to(step: Step, state: State) -> State | None:
    """The state after `step` from `state`, or None if the step is not legal there."""
    legal_from, to = LEGAL[step]
    if state not in legal_from:
        return None
    return to or state
