"""How long the wait will be: one forward run of the real calling order over expected times; pure."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.turns.policy import MINUTE, Rules, Waiting, choose, run_after

LOWEST, HIGHEST = 0.6, 1.6
"""The range around the forward run, as shares of it; its error is about a third either way."""

STEP = 5
"""Ranges are rounded outward to this many minutes."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A range in whole minutes; both None when no open window serves the service."""

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Counter:
    """An open window: who sits there, what it serves and in how many milliseconds it is expected to be free.

    `pauses`: those planned, in how many milliseconds and for how many, in order.
    """

    id: int
    services: frozenset[int]
    free_in: float = 0
    official_id: int | None = None
    pauses: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True)
class InLine:
    """A waiting turn, the service that it waits for, and the only official who calls it, if it is one alone.

    `ready_in`: milliseconds that it still lets others pass.
    """

    turn: Waiting
    service_id: int
    reserved_for: int | None = None
    ready_in: float = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """Milliseconds from now until each waiting turn is called, and until each newcomer would be."""

    waits: dict[int, float]
    newcomers: dict[int, float]


def forward(
    waiting: Iterable[InLine],
    counters: Iterable[Counter],
    minutes: Mapping[int, float],
    rules: Rules,
    priority_run: int = 0,
    newcomers: Iterable[InLine] = (),
) -> Forecast:
    """Run the queue forward with expected times; a turn that no counter serves has no wait.

    Each counter, when it is free, begins a pause that is due, or takes the next turn it serves by `rules` and keeps it
    for the service's mean (`minutes`, by service). Queue facts: such a run errs about half of what «position times
    average» does.
    Newcomers are not in line: each is told when it would be called if it were, and keeps no counter.
    """
    lines, expected = _Lines(waiting), list(newcomers)
    free = [(counter.free_in, counter.id, counter) for counter in counters]
    pauses = {counter_id: deque(counter.pauses) for _free_in, counter_id, counter in free}
    heapq.heapify(free)
    forecast = Forecast({}, {})
    while free:
        when, counter_id, counter = heapq.heappop(free)
        if pauses[counter_id] and pauses[counter_id][0][0] <= when:
            _starts, length = pauses[counter_id].popleft()
            heapq.heappush(free, (when + length, counter_id, counter))
            continue
        lines.let_in(when)
        heads = lines.head(counter, True), lines.head(counter, False)
        for one in [one for one in expected if one.service_id in counter.services]:
            if _would_be_next(one.turn, rules, *heads, priority_run):
                forecast.newcomers[one.turn.id] = when
                expected.remove(one)
        choice = choose(rules, *heads, priority_run)
        if choice is None:
            later = lines.next_for(counter)
            if later is not None:
                heapq.heappush(free, (later, counter_id, counter))
            continue
        priority_run = run_after(rules, choice.turn, priority_run)
        service_id = lines.take(choice.turn)
        forecast.waits[choice.turn.id] = when
        heapq.heappush(free, (when + minutes[service_id] * MINUTE, counter_id, counter))
    return forecast


def _would_be_next(
    newcomer: Waiting, rules: Rules, priority: Waiting | None, general: Waiting | None, run: int
) -> bool:
    """Whether it would be called before the first with priority and the first without."""
    rival = priority if newcomer.priority else general
    if rival is not None and rival.place < newcomer.place:
        return False
    choice = choose(rules, newcomer if newcomer.priority else priority, general if newcomer.priority else newcomer, run)
    return choice is not None and choice.turn is newcomer


class _Lines:
    """Who waits, by priority and by the service and official that can call them; and who lets others pass yet."""

    def __init__(self, waiting: Iterable[InLine]) -> None:
        self._entries = {entry.turn.id: entry for entry in waiting}
        self._lines: dict[tuple[bool, int, int | None], list[tuple[tuple[int, int, int], Waiting]]] = {}
        self._later = [(entry.ready_in, entry.turn.id) for entry in self._entries.values()]
        heapq.heapify(self._later)

    def let_in(self, when: float) -> None:
        """Put in line who has let others pass long enough."""
        while self._later and self._later[0][0] <= when:
            entry = self._entries[heapq.heappop(self._later)[1]]
            key = (entry.turn.priority, entry.service_id, entry.reserved_for)
            heapq.heappush(self._lines.setdefault(key, []), (entry.turn.place, entry.turn))

    def head(self, counter: Counter, priority: bool) -> Waiting | None:
        """The first turn with or without priority that the counter can call."""
        lines = (
            self._lines.get((priority, service_id, official_id))
            for service_id in counter.services
            for official_id in {None, counter.official_id}
        )
        first = min((line[0] for line in lines if line), default=None)
        return first[1] if first else None

    def take(self, turn: Waiting) -> int:
        """Call the first of its line; the service that it waits for."""
        entry = self._entries[turn.id]
        heapq.heappop(self._lines[turn.priority, entry.service_id, entry.reserved_for])
        return entry.service_id

    def next_for(self, counter: Counter) -> float | None:
        """When the first of those who let others pass can be called by the counter."""
        entries = (self._entries[turn_id] for _ready, turn_id in self._later)
        return min(
            (
                entry.ready_in
                for entry in entries
                if entry.service_id in counter.services and entry.reserved_for in (None, counter.official_id)
            ),
            default=None,
        )


def as_range(milliseconds: float | None) -> Wait:
    """The range shown for an expected wait, rounded outward to five minutes; None: nobody serves it."""
    if milliseconds is None:
        return Wait(None, None)
    minutes = milliseconds / MINUTE
    low = int(minutes * LOWEST // STEP * STEP)
    high = int(-(-minutes * HIGHEST // STEP) * STEP)
    return Wait(low, max(high, STEP))


def whole_range(waits: Iterable[Wait]) -> Wait:
    """From the least to the most of several ranges; of those that nobody attends, nothing."""
    attended = [(wait.low, wait.high) for wait in waits if wait.low is not None and wait.high is not None]
    if not attended:
        return Wait(None, None)
    return Wait(min(low for low, _high in attended), max(high for _low, high in attended))
