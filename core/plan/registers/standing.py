"""How an entry of a register stands on a day; pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class State(StrEnum):
    """What presses first comes first."""

    OVERDUE = "overdue"
    INCOMPLETE = "incomplete"
    PENDING = "pending"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"


def state_of(*, falls_due: bool, day: date, done: bool, complete: bool, withdrawn: bool, today: date) -> State:
    """How it stands; the day until when something has to be done is still in time."""
    if withdrawn:
        return State.WITHDRAWN
    if complete:
        return State.COMPLETE
    if falls_due and not done:
        return State.OVERDUE if today > day else State.PENDING
    return State.INCOMPLETE
