"""Turns as columns of small numbers, a row for each visit to a window, and what is counted of them by any key; pure.

A turn has a row even if nobody called it; its first row tells of the turn (wait, target, end) and every row of its own
walk and attention. So whatever is chosen of them, sums are sums, and percentiles are exact to the second: they come
from counts of whole seconds, which add up over days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.turns.statistics.journey import ABANDONED, MINUTE, Journey, Outcome, Visit

NONE = 65_535
"""Nobody, nowhere, or a time that there was not."""
ALL_ALIKE = 0
"""The group of who has no priority."""
LAYOUT = 2
"""Which columns a kept day has and what they mean; days of another layout are counted anew.

In days of the first, who was sent on counts for the service that they were sent to, also before.
"""
FACT = np.dtype(
    [
        ("first", "u1"), ("channel", "u1"), ("hour", "u1"), ("outcome", "u1"), ("sent_on", "u1"), ("returned", "u1"),
        ("service", "<u2"), ("group", "<u2"), ("window", "<u2"), ("official", "<u2"),
        ("target", "<u2"), ("wait", "<u2"), ("walk", "<u2"), ("attention", "<u2"),
    ]
)  # fmt: skip
NOBODY = Visit(0, None, None, None)
"""Instead of a visit, for a turn that was not called."""
STANCES, VISITS = 3, 2
TIMED = ("wait", "walk", "attention")
LEVELS = (0.5, 0.9, 0.95)
Numbers = NDArray[Any]
Key = NDArray[np.integer[Any]]


class Facts:
    """Rows, whose columns are read when they are asked for; `firsts` are the places of those that tell of a turn."""

    def __init__(self, rows: Numbers | Facts, taken: Numbers | None = None) -> None:
        self._rows, self._taken = rows, taken
        self._read: dict[str, Numbers] = {}
        self._timed: dict[str, tuple[Numbers, int]] = {}

    def __len__(self) -> int:
        return len(self._rows) if self._taken is None else len(self._taken)

    def __getitem__(self, name: str) -> Numbers:
        if name not in self._read:
            column = self._rows[name]
            self._read[name] = np.ascontiguousarray(column) if self._taken is None else column[self._taken]
        return self._read[name]

    @cached_property
    def firsts(self) -> Key:
        return np.flatnonzero(self["first"])

    @cached_property
    def turns(self) -> Facts:
        """The rows that tell of a turn, and no others."""
        return self if len(self.firsts) == len(self) else self.where(self.firsts)

    @cached_property
    def visited_again(self) -> Key:
        """The places of the rows that tell of one more visit of a turn."""
        return np.flatnonzero((self["first"] == 0) & (self["window"] != NONE))

    @cached_property
    def meant(self) -> tuple[list[int], Key]:
        """The different targets, in minutes, and the place of that of each row among them."""
        return places(self["target"])

    @cached_property
    def codes(self) -> Numbers:
        """How a turn ended, its stance (uncalled 0, late 1, within its target 2), its target and a visit, in one."""
        wait, (meant, place) = self["wait"], self.meant
        called = wait != NONE
        within = called & (wait <= self["target"].astype(np.uint32) * MINUTE)
        stance = self["outcome"] * np.uint8(STANCES) + called + within
        codes: Numbers = (stance.astype(np.int32) * len(meant) + place) * VISITS
        codes += self["window"] != NONE
        return codes

    def timed(self, name: str) -> tuple[Numbers, int]:
        """The seconds of each row, and a number above all of them that stands where nothing was timed."""
        if name not in self._timed:
            seconds = self[name]
            above = int(np.where(seconds == NONE, 0, seconds).max(initial=0)) + 1
            self._timed[name] = np.minimum(seconds, np.uint16(above)), above
        return self._timed[name]

    def where(self, places: Key) -> Facts:
        """The rows of these places."""
        return Facts(self, places)


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a turn beside its journey. `service`: the one that it is for now; `target` in minutes."""

    channel: int
    hour: int
    service: int
    group: int
    target: Callable[[int], int]
    journey: Journey


def packed(turns: Iterable[Given]) -> bytes:
    """The rows of some turns as they are kept; the wait is for the service of the first call."""
    rows = []
    for turn in turns:
        journey, visits = turn.journey, turn.journey.visits
        for n, visit in enumerate(visits or (NOBODY,)):
            service = visit.service or turn.service
            rows.append(
                (
                    *(n == 0, turn.channel, turn.hour, journey.outcome),
                    *(min(journey.sent_on, 255), min(journey.returned, 255)),
                    *(service, turn.group, _number(visit.window), _number(visit.official)),
                    *(turn.target(service), _number(journey.wait)),
                    *(_number(visit.walk), _number(visit.attention)),
                )
            )
    return np.array(rows, dtype=FACT).tobytes()


def _number(value: int | None) -> int:
    return NONE if value is None else value


def how_many(day: bytes) -> int:
    """The rows of a kept day."""
    return len(day) // FACT.itemsize


def unpacked(days: Iterable[bytes]) -> Facts:
    """The rows of kept days, one after the other."""
    return Facts(np.frombuffer(b"".join(days), dtype=FACT))


@dataclass(frozen=True, slots=True)
class Times:
    """How often something was timed, how long in all, and its percentiles at LEVELS (nearest rank), in seconds."""

    count: int = 0
    total: int = 0
    levels: tuple[int, ...] = ()

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None

    def at(self, level: float) -> int | None:
        return self.levels[LEVELS.index(level)] if self.count else None


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of some turns; of those called, `within` were so within their target (`targets`: minutes)."""

    turns: int
    called: int
    within: int
    outcomes: tuple[int, ...]
    targets: tuple[int, ...]
    sent_on: int
    returned: int
    visits: int
    wait: Times
    walk: Times
    attention: Times

    @property
    def abandoned(self) -> int:
        return sum(self.outcomes[each] for each in ABANDONED)

    def ended(self, outcome: Outcome) -> int:
        return self.outcomes[outcome]


def tally(facts: Facts, timed: Sequence[str] = TIMED) -> Tally:
    """What is counted of these rows all together."""
    return tallies(facts, np.zeros(len(facts), dtype=np.uint8), 1, timed)[0]


def tallies(facts: Facts, key: Key, keys: int, timed: Sequence[str] = TIMED) -> list[Tally]:
    """The same for each of the keys 0 … `keys` - 1; `key` has one for each row, and a turn goes by that of its first.

    `timed`: which of the times are asked for; the others stay empty.
    """
    turns = facts.turns
    own = key if turns is facts else key[facts.firsts]
    meant = turns.meant[0]
    counts = _count(own, keys, turns.codes, len(Outcome) * STANCES * len(meant) * VISITS)
    counts = counts.reshape(keys, len(Outcome), STANCES, len(meant), VISITS)
    outcomes, stances, targets, visits = (
        counts.sum(axis=tuple({1, 2, 3, 4} - {axis})).tolist() for axis in (1, 2, 3, 4)
    )
    again = np.bincount(key[facts.visited_again], minlength=keys).tolist()
    sent_on, returned = (_sum(turns, name, own, keys) for name in ("sent_on", "returned"))
    long = {name: [Times()] * keys for name in TIMED}
    for name in timed:
        of_turns = name == "wait"
        long[name] = times(turns if of_turns else facts, name, own if of_turns else key, keys)
    return [
        Tally(
            turns=sum(stances[n]),
            called=sum(stances[n][1:]),
            within=stances[n][2],
            outcomes=tuple(outcomes[n]),
            targets=tuple(minutes for minutes, there in zip(meant, targets[n], strict=True) if there),
            sent_on=sent_on[n],
            returned=returned[n],
            visits=visits[n][1] + again[n],
            wait=long["wait"][n],
            walk=long["walk"][n],
            attention=long["attention"][n],
        )
        for n in range(keys)
    ]


def times(facts: Facts, name: str, key: Key, keys: int) -> list[Times]:
    """How long something took, for each key; what was not timed is in no figure."""
    seconds, above = facts.timed(name)
    by_second = _count(key, keys, seconds, above + 1)[:, :above]
    totals, up_to = by_second @ np.arange(above), by_second.cumsum(axis=1)
    found = []
    for n, count in enumerate(up_to[:, -1].tolist()):
        ranks = [ceil(round(count * level, 9)) for level in LEVELS]
        levels = tuple(np.searchsorted(up_to[n], ranks).tolist()) if count else ()
        found.append(Times(count, int(totals[n]), levels))
    return found


def places(values: Numbers) -> tuple[list[int], Key]:
    """The different numbers of a column, in order, and for each row the place of its own among them."""
    different = np.flatnonzero(np.bincount(values, minlength=1))
    place = np.zeros(int(different[-1]) + 1 if len(different) else 1, dtype=np.int32)
    place[different] = np.arange(len(different))
    return different.tolist(), place[values]


def _count(key: Key, keys: int, values: Numbers, width: int) -> Key:
    """How often each of the values 0 … `width` - 1 goes with each key."""
    pairs = np.multiply(key, width, dtype=np.int64)
    pairs += values
    return np.bincount(pairs, minlength=keys * width).reshape(keys, width)


def _sum(facts: Facts, name: str, key: Key, keys: int) -> list[int]:
    """What mostly is nothing, added up."""
    some = np.flatnonzero(facts[name])
    return [int(total) for total in np.bincount(key[some], weights=facts[name][some], minlength=keys)]
