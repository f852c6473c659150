"""On which days people are told that a cut-off comes, is open or has to be published; pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from core.calendar import ONE_DAY, Calendar, is_working_day, on_or_after
from core.plan.cutoffs import Cutoff
from core.plan.followup.standing import Stage

BEFORE_THE_CUTOFF = (15, 5, 0)
BEFORE_PUBLISHING = (5, 1, 0)
"""Calendar days before the last day of a cut-off, and before the last one to publish it."""


class Mark(StrEnum):
    """What is near."""

    CUTOFF = "cutoff"
    PUBLISHING = "publishing"
    LATE = "late"


def mark_on(today: date, cutoff: Cutoff, stage: Stage, calendar: Calendar) -> Mark | None:
    """What to tell of a cut-off today; one that falls on a day without work is told on the working day before.

    What is late, or was opened again and is not published, is told on the first working day of each week.
    """
    if stage is Stage.PUBLISHED:
        return None
    if stage in (Stage.LATE, Stage.REOPENED):
        monday = today - timedelta(days=today.weekday())
        return Mark.LATE if today == on_or_after(monday, calendar) else None
    if today in {_worked(cutoff.last - timedelta(days=days), calendar) for days in BEFORE_THE_CUTOFF}:
        return Mark.CUTOFF
    if today in {_worked(cutoff.publish_by - timedelta(days=days), calendar) for days in BEFORE_PUBLISHING}:
        return Mark.PUBLISHING
    return None


def _worked(day: date, calendar: Calendar) -> date:
    while not is_working_day(day, calendar):
        day -= ONE_DAY
    return day
