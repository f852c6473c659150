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
MOST_MINUTES = 1_000
"""More than any target."""
TIMED = ("wait", "walk", "attention")
LEVELS = (0.5, 0.9, 0.95)
Numbers = NDArray[Any]
Key = NDArray[np.int64]


class Facts:
    """Rows, whose columns are read when they are asked for; `firsts` are the places of those that tell of a turn."""

    def __init__(self, rows: Numbers | Facts, taken: Numbers | None = None) -> None:
        self._rows, self._taken = rows, taken
        self._read: dict[str, Numbers] = {}
        self._timed: dict[str, tuple[Key, Numbers]] = {}

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

    def timed(self, name: str) -> tuple[Key, Numbers]:
        """The places of the rows in which something was timed, and its seconds."""
        if name not in self._timed:
            there = np.flatnonzero(self[name] != NONE)
            self._timed[name] = there, self[name][there]
        return self._timed[name]

    @cached_property
    def codes(self) -> Numbers:
        """How a turn ended, and whether it was not called (0), late (1) or within its target (2), as one number."""
        wait = self["wait"]
        called = (wait != NONE).astype(np.uint8)
        within = called & (wait <= self["target"].astype(np.uint32) * MINUTE)
        codes: Numbers = self["outcome"] * np.uint8(3) + called + within
        return codes

    @cached_property
    def turns(self) -> Facts:
        """The rows that tell of a turn, and no others."""
        return self if len(self.firsts) == len(self) else self.where(self.firsts)

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
    """What is counted of some turns; of those called, `within` were so within their target. Times apart."""

    turns: int
    called: int
    within: int
    outcomes: tuple[int, ...]
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
    return tallies(facts, np.zeros(len(facts), dtype=np.int64), 1, timed)[0]


def tallies(facts: Facts, key: Key, keys: int, timed: Sequence[str] = TIMED) -> list[Tally]:
    """The same for each of the keys 0 … `keys` - 1; `key` has one for each row, and a turn goes by that of its first.

    `timed`: which of the times are asked for; the others stay empty.
    """
    turns = facts.turns
    own = key if turns is facts else key[facts.firsts]
    counts = _count(own * (3 * len(Outcome)) + turns.codes, keys * 3 * len(Outcome))
    counts = counts.reshape(keys, len(Outcome), 3)
    sent_on, returned = (_sum(turns[name], own, keys) for name in ("sent_on", "returned"))
    visits = _count(key[facts["window"] != NONE], keys)
    long = {name: [Times()] * keys for name in TIMED}
    for name in timed:
        of_turns = name == "wait"
        long[name] = times(turns if of_turns else facts, name, own if of_turns else key, keys)
    return [
        Tally(
            turns=int(counts[n].sum()),
            called=int(counts[n, :, 1:].sum()),
            within=int(counts[n, :, 2].sum()),
            outcomes=tuple(counts[n].sum(axis=1).tolist()),
            sent_on=int(sent_on[n]),
            returned=int(returned[n]),
            visits=int(visits[n]),
            wait=long["wait"][n],
            walk=long["walk"][n],
            attention=long["attention"][n],
        )
        for n in range(keys)
    ]


def times(facts: Facts, name: str, key: Key, keys: int) -> list[Times]:
    """How long something took, for each key; what was not timed is in no figure."""
    there, seconds = facts.timed(name)
    if not len(there):
        return [Times()] * keys
    width = int(seconds.max()) + 1
    by_second = _count(key[there] * width + seconds, keys * width).reshape(keys, width)
    totals, up_to = by_second @ np.arange(width), by_second.cumsum(axis=1)
    found = []
    for n, count in enumerate(up_to[:, -1].tolist()):
        ranks = [ceil(round(count * level, 9)) for level in LEVELS]
        levels = tuple(np.searchsorted(up_to[n], ranks).tolist()) if count else ()
        found.append(Times(count, int(totals[n]), levels))
    return found


def places(values: Numbers) -> tuple[list[int], Key]:
    """The different numbers of a column, in order, and for each row the place of its own among them."""
    different = np.flatnonzero(np.bincount(values, minlength=1))
    place = np.zeros(int(different[-1]) + 1 if len(different) else 1, dtype=np.int64)
    place[different] = np.arange(len(different))
    return different.tolist(), place[values]


def targets(facts: Facts, key: Key, keys: int) -> list[list[int]]:
    """The different targets of the turns of each key, in minutes."""
    turns, own = facts.turns, key[facts.firsts]
    found: list[list[int]] = [[] for _n in range(keys)]
    for pair in places(own * MOST_MINUTES + np.minimum(turns["target"], MOST_MINUTES - 1))[0]:
        found[pair // MOST_MINUTES].append(pair % MOST_MINUTES)
    return found


def _count(key: Key, keys: int) -> Key:
    return np.bincount(key, minlength=keys)


def _sum(values: Numbers, key: Key, keys: int) -> Key:
    """What mostly is nothing, added up."""
    some = np.flatnonzero(values)
    return np.bincount(key[some], weights=values[some], minlength=keys).astype(np.int64)
