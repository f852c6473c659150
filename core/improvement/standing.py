"""Where an improvement action stands, what may be done with it there, and who may judge whether it helped; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum


class Stage(StrEnum):
    """What has become of it: facts only. Whether it is late is a matter of the day on which one asks."""

    OPEN = "open"
    DONE = "done"
    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"
    WITHDRAWN = "withdrawn"


class State(StrEnum):
    """How it stands today, what presses first."""

    LATE = "late"
    OPEN = "open"
    TO_VERIFY = "to_verify"
    NOT_EFFECTIVE = "not_effective"
    EFFECTIVE = "effective"
    WITHDRAWN = "withdrawn"


class Deed(StrEnum):
    """What happens to it, in the past tense: each is a row of its log, and nothing is written over."""

    OPENED = "opened"
    NOTED = "noted"
    MOVED = "moved"
    ASSIGNED = "assigned"
    REWRITTEN = "rewritten"
    DONE = "done"
    VERIFIED = "verified"
    REOPENED = "reopened"
    TOLD = "told"
    WITHDRAWN = "withdrawn"


class WhyNot(StrEnum):
    """Why somebody may not say whether it helped."""

    NOT_DONE = "not_done"
    WAS_RESPONSIBLE = "was_responsible"
    SAID_DONE = "said_done"


FITS: Mapping[Deed, frozenset[Stage]] = {
    Deed.NOTED: frozenset({Stage.OPEN, Stage.DONE, Stage.NOT_EFFECTIVE}),
    Deed.MOVED: frozenset({Stage.OPEN}),
    Deed.ASSIGNED: frozenset({Stage.OPEN}),
    Deed.REWRITTEN: frozenset({Stage.OPEN}),
    Deed.DONE: frozenset({Stage.OPEN}),
    Deed.VERIFIED: frozenset({Stage.DONE}),
    Deed.REOPENED: frozenset({Stage.NOT_EFFECTIVE}),
    Deed.TOLD: frozenset({Stage.EFFECTIVE}),
    Deed.WITHDRAWN: frozenset({Stage.OPEN, Stage.NOT_EFFECTIVE}),
}
"""In which stages each deed makes sense."""


def state_of(stage: Stage, due: date, today: date) -> State:
    """How it stands; the day itself on which it is due is still in time."""
    if stage is Stage.OPEN:
        return State.LATE if today > due else State.OPEN
    return State.TO_VERIFY if stage is Stage.DONE else State(stage.value)


def why_not_verify(stage: Stage, by: int, responsible: Iterable[int], said_done: Iterable[int]) -> WhyNot | None:
    """Nobody judges the own work: neither who was ever responsible for it nor who ever declared it done."""
    if stage is not Stage.DONE:
        return WhyNot.NOT_DONE
    if by in set(responsible):
        return WhyNot.WAS_RESPONSIBLE
    return WhyNot.SAID_DONE if by in set(said_done) else None
