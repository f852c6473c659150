"""How good the waits that were told turned out to be, beside a forward run and «position × average»; pure. Minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key")

FEW = 30
"""Fewer turns than these say little."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A turn that had to wait: what it was told, what the others would have said, and how long it really was."""

    service: int
    group: str
    hour: int
    low: float
    high: float
    point: float
    forward: float
    naive: float
    truth: float

    @property
    def held(self) -> bool:
        """Whether the range held the truth, to the minute that people look at."""
        return self.low - 1 <= self.truth <= self.high + 1


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Over `count` turns: mean of the errors, and of the errors with their sign (above 0: told too long).

    `held`: how many ranges held the truth; `width`: how wide they were on average. The other two are mean errors.
    """

    count: int
    error: float
    bias: float
    held: int
    width: float
    forward: float
    naive: float

    @property
    def few(self) -> bool:
        return self.count < FEW

    @property
    def share_held(self) -> float:
        return self.held / self.count


def accuracy(turns: Sequence[Judged]) -> Accuracy | None:
    """None of no turn."""
    count = len(turns)
    if not count:
        return None
    return Accuracy(
        count=count,
        error=sum(abs(turn.point - turn.truth) for turn in turns) / count,
        bias=sum(turn.point - turn.truth for turn in turns) / count,
        held=sum(turn.held for turn in turns),
        width=sum(turn.high - turn.low for turn in turns) / count,
        forward=sum(abs(turn.forward - turn.truth) for turn in turns) / count,
        naive=sum(abs(turn.naive - turn.truth) for turn in turns) / count,
    )


def each(turns: Iterable[Judged], key: Callable[[Judged], Key]) -> Mapping[Key, Accuracy]:
    """The accuracy of each service, group or hour."""
    apart = defaultdict[Key, list[Judged]](list)
    for turn in turns:
        apart[key(turn)].append(turn)
    return {name: found for name, those in apart.items() if (found := accuracy(those)) is not None}
