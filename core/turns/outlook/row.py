"""The row that all who look at the waits of a site read: what it holds, and how it is written and read; pure.

`turns` has what is shown of each that waits; `newcomers`, of who would take a turn now, one for all who wait alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from math import ceil
from typing import Any

from core.turns.outlook.shown import Shown

CHANCES, FORWARD = "chances", "forward"


class Standing(StrEnum):
    """How a service stands against the wait that was promised for it."""

    ON_TARGET = "on target"
    AT_RISK = "at risk"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ServiceOutlook:
    """Who waits for a service: how many, the longest in seconds; what they will have waited in all, in minutes.

    `p50`, `p90` and `target` are of those with priority or of those without, who stand worse against their target; None
    where nobody waits, or no window attends. `fails`: more than one in ten of them is foreseen beyond it. `mean`:
    seconds that an attention takes.
    """

    waiting: int
    oldest: int
    p50: float | None
    p90: float | None
    target: int
    standing: Standing
    mean: float
    priority: bool = False
    fails: bool = False

    @property
    def half(self) -> int | None:
        """Whole minutes within which half of them will have been called."""
        return _whole(self.p50)

    @property
    def ninth(self) -> int | None:
        """Whole minutes within which nine of ten will: not beyond a target that is met, and beyond one missed."""
        return _whole(self.p90)


@dataclass(frozen=True, slots=True)
class Hint:
    """Opening this window brings the p90 of the wait for a service from so many minutes to so many.

    They are minutes of the same people as those of its outlook; `before` is None where nobody attends them now.
    """

    window: int
    service: int
    before: float | None
    after: float

    @property
    def brings(self) -> tuple[int | None, int]:
        """Whole minutes within which nine of ten are called, without the window and with it."""
        return _whole(self.before), ceil(self.after)


@dataclass(frozen=True, slots=True)
class NewcomerTold:
    """What is told to who takes a turn now, and how it was come by; seconds, and the range in minutes."""

    shown: Shown
    point: int | None
    forward: int | None
    levels: Sequence[int]


@dataclass(frozen=True, slots=True)
class Content:
    """The waits of a site as drawn; `worse`: the chances have erred more than a forward run, which is told instead."""

    by: str = FORWARD
    worse: bool = False
    turns: Mapping[int, Shown] = field(default_factory=dict)
    newcomers: Sequence[NewcomerTold] = ()
    stands_for: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    services: Mapping[int, ServiceOutlook] = field(default_factory=dict)
    hints: Sequence[Hint] = ()

    def newcomer(self, service: int, group: str) -> NewcomerTold | None:
        """What who takes a turn for the service now is told; None where no window attends it, or nobody knows it."""
        number = self.stands_for.get(service, {}).get(group)
        return None if number is None else self.newcomers[number]

    def written(self) -> dict[str, Any]:
        """As JSON, whose keys are words."""
        return {
            "by": self.by,
            "worse": self.worse,
            "turns": {str(turn): _pack(shown) for turn, shown in self.turns.items()},
            "newcomers": [[*_pack(one.shown), one.point, one.forward, list(one.levels)] for one in self.newcomers],
            "stands_for": {str(service): dict(groups) for service, groups in self.stands_for.items()},
            "services": {str(service): asdict(outlook) for service, outlook in self.services.items()},
            "brings": [asdict(hint) for hint in self.hints],
        }


def read(written: Mapping[str, Any]) -> Content:
    """The inverse of `Content.written`; of a row that was never drawn, nothing."""
    return Content(
        by=written.get("by", FORWARD),
        worse=written.get("worse", False),
        turns={int(turn): Shown(*packed) for turn, packed in written.get("turns", {}).items()},
        newcomers=[NewcomerTold(Shown(*one[:3]), *one[3:]) for one in written.get("newcomers", ())],
        stands_for={int(service): groups for service, groups in written.get("stands_for", {}).items()},
        services={
            int(service): ServiceOutlook(**{**told, "standing": Standing(told["standing"])})
            for service, told in written.get("services", {}).items()
        },
        hints=[Hint(**told) for told in written.get("brings", ())],
    )


def _whole(minutes: float | None) -> int | None:
    return None if minutes is None else ceil(minutes)


def _pack(shown: Shown) -> list[Any]:
    return [shown.low, shown.high, shown.point]
