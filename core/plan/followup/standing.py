"""Where a cut-off and each of its reports stand, who may judge them, and over which days a figure is taken; pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from fractions import Fraction

from core.plan.cutoffs import Cutoff
from core.plan.progress import Accumulation


class Stage(StrEnum):
    """How a cut-off stands on a day. It is open once its last day is over, and late once its publication is due."""

    COMING = "coming"
    OPEN = "open"
    LATE = "late"
    PUBLISHED = "published"
    REOPENED = "reopened"


class Verdict(StrEnum):
    """What internal control says of a report."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    SENT_BACK = "sent_back"


class State(StrEnum):
    """How an activity stands at a cut-off: what the last version of its report waits for, or what was said of it."""

    UNREPORTED = "unreported"
    TO_VERIFY = "to_verify"
    SENT_BACK = "sent_back"
    DISAGREES = "disagrees"
    AGREES = "agrees"


WRITABLE = frozenset({Stage.OPEN, Stage.LATE, Stage.REOPENED})
"""While it may be reported and verified."""
WAITING = frozenset({State.UNREPORTED, State.TO_VERIFY, State.SENT_BACK})
"""What is not done yet when a cut-off is published."""


def stage_of(cutoff: Cutoff, editions: int, reopenings: int, today: date) -> Stage:
    """`editions`: how often it was published; `reopenings`: how often it was opened again after that."""
    if editions > reopenings:
        return Stage.PUBLISHED
    if editions:
        return Stage.REOPENED
    if today <= cutoff.last:
        return Stage.COMING
    return Stage.LATE if today > cutoff.publish_by else Stage.OPEN


def state_of(*, reported: bool, verdict: Verdict | None) -> State:
    if not reported:
        return State.UNREPORTED
    return State.TO_VERIFY if verdict is None else State(verdict.value)


def may_judge(by: int, hands: Collection[int]) -> bool:
    """Nobody verifies what they themselves reported, in any version, or whose figure they corrected."""
    return by not in hands


def days_of(accumulation: Accumulation, cutoff: Cutoff) -> tuple[date, date]:
    """The first and the last day that a figure is taken over: what accumulates, since the year began."""
    since = date(cutoff.last.year, 1, 1) if accumulation is Accumulation.ACCUMULATED else cutoff.first
    return since, cutoff.last


def unchanged(accumulation: Accumulation, before: Fraction | None) -> Fraction | None:
    """The value of a stretch in which nothing new happened: none was added, or it stays what it was."""
    return Fraction(0) if accumulation is Accumulation.FLOW else before
