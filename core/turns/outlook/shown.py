"""What is shown of a wait: a range in whole minutes that does not tremble, or that no window attends; pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.turns.estimates import Told
from core.turns.waits import Wait

STEADY = 3 * 60.0
"""A range that is shown stays while the point has moved less than so many seconds since it was set."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A range in minutes, both None where no window attends, and the point in seconds at which it was set."""

    low: int | None
    high: int | None
    point: float | None

    @property
    def wait(self) -> Wait:
        return Wait(self.low, self.high)


def show(told: Told, before: Shown | None) -> Shown:
    """What to show of what was drawn, after what is shown already."""
    if told.point == float("inf") or told.high == float("inf"):
        return Shown(None, None, None)
    if before is not None and before.point is not None and abs(told.point - before.point) < STEADY:
        return before
    return Shown(int(told.low // 60), int(told.high // 60), round(told.point))
