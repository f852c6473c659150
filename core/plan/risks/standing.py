"""What is still to be done about a risk, from what was done so far; pure."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from core.improvement.standing import Stage


class State(StrEnum):
    """How a risk stands, what presses first."""

    TO_VALUE = "to_value"
    TO_TREAT = "to_treat"
    TREATING = "treating"
    TREATED = "treated"
    RETIRED = "retired"


DONE = frozenset({Stage.DONE, Stage.EFFECTIVE})
"""Stages of an action that was carried out, whether or not somebody else has verified it already."""


def state_of(retired: bool, valued: bool, treatments: Collection[Stage]) -> State:
    """A risk is never accepted: one that nothing is done about, or nothing any more, is still to be treated."""
    if retired:
        return State.RETIRED
    if not valued:
        return State.TO_VALUE
    kept = [stage for stage in treatments if stage is not Stage.WITHDRAWN]
    if not kept:
        return State.TO_TREAT
    return State.TREATED if all(stage in DONE for stage in kept) else State.TREATING
