"""Recorded days replayed through the real calling order, and judged by what the order promises; pure.

The order is `core.turns.policy` itself. What only happens later (`recorded.Outcome`, a window's speed) moves
the clock of the replay after a call and never reaches the choice.
"""

from __future__ import annotations

import heapq
from collections import Counter as Tally
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from core.turns import recorded
from core.turns.policy import (
    MINUTE,
    Order,
    Rules,
    Waiting,
    next_turn,
    order_key,
    passed_over,
    run_after,
)
from core.turns.recorded import GROUPS, PRIORITY_GROUPS, SECOND

EMPTY_CALL = 72 * SECOND
"""What it costs to call somebody who is not there any more."""

TARGETS = {True: 15 * MINUTE, False: 45 * MINUTE}
"""The longest wait to aim at, by whether the turn has priority."""

CLASSES = ("all", "general", "priority", *GROUPS)

LEAVE, STOP, COME, FREE = range(4)
"""What happens first within one instant: who cancels is gone and a due pause begins before anybody is called."""


@dataclass(frozen=True, slots=True)
class Line:
    """A turn in the line and the service that it waits for."""

    turn: Waiting
    service: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call, and every other turn that waited then and that the calling window serves."""

    at: int
    counter: str
    called: Line
    others: tuple[Line, ...]

    @property
    def wait(self) -> int:
        return self.at - self.called.turn.issued

    @property
    def passed(self) -> list[Line]:
        """Who came before the called turn and still waits, in order of issue."""
        by_id = {line.turn.id: line for line in self.others}
        return [by_id[turn.id] for turn in passed_over(self.called.turn, (line.turn for line in self.others))]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A day's calls in order; `lapses`: how often a window stood idle while somebody it serves waited."""

    calls: tuple[Call, ...]
    lapses: int


@dataclass(slots=True)
class Window:
    """A window at work: what it has in hand or why it is away, and `since` when; `due` are pauses not begun yet."""

    counter: recorded.Counter
    due: deque[recorded.Pause]
    idle: bool = False
    open: bool = False
    in_hand: Line | None = None
    away: recorded.Pause | None = None
    since: int = 0

    def serves(self, line: Line) -> bool:
        return line.service in self.counter.services


def rules_for(order: Order, head_start: int, ratio: int) -> Rules:
    """The order as a site would set it, with `head_start` minutes for each priority group of the files."""
    return Rules(order, dict.fromkeys(PRIORITY_GROUPS, head_start), ratio)


class Watcher:
    """Who looks on while a day is replayed, and is told what an office sees when it sees it."""

    def came(self, hall: Seen, line: Line, at: int) -> None:
        """A turn was issued, and nobody called it at once."""

    def called(self, hall: Seen, call: Call, at: int) -> None:
        """A turn was called."""

    def left_hand(self, line: Line, began: int, at: int, *, came: bool) -> None:
        """A window ended with the turn that it had called at `began`: attended, or nobody had come."""

    def came_back(self, pause: recorded.Pause | None, since: int, at: int) -> None:
        """A window came back from a pause, or opened late (None)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an office sees of its hall at an instant."""

    waiting: Mapping[int, Line]
    windows: Sequence[Window]
    priority_run: int


def replay(
    counters: Sequence[recorded.Counter], day: recorded.Day, rules: Rules, watcher: Watcher | None = None
) -> Replayed:
    """One day from its first turn until nobody waits; `watcher` looks on."""
    return _Hall(counters, day, rules, watcher or Watcher()).run()


class _Hall:
    """The hall during one day: who waits, which windows are idle, and what is about to happen."""

    def __init__(self, counters: Sequence[recorded.Counter], day: recorded.Day, rules: Rules, watcher: Watcher) -> None:
        self._rules, self._outcomes, self._watcher = rules, day.outcomes, watcher
        self._last_pause = day.last_pause
        self._windows = [Window(counter, deque(day.pauses.get(counter.name, ()))) for counter in counters]
        self._waiting: dict[int, Line] = {}
        self._run = 0
        self._calls: list[Call] = []
        self._agenda: list[tuple[int, int, int, Callable[[int], None]]] = []
        self._serial = count()
        for arrival in day.arrivals:
            self._expect(arrival.issued, COME, partial(self._come, arrival))
            outcome = day.outcomes[arrival.ticket]
            if outcome.cancels and outcome.leaves >= arrival.issued:
                self._expect(outcome.leaves, LEAVE, partial(self._cancel, arrival.ticket))
        for window in self._windows:
            late = day.late.get(window.counter.name, 0)
            self._expect(window.counter.opens + late, FREE, partial(self._free, window))
            for pause in window.due:
                self._expect(pause.starts, STOP, partial(self._stop, window))

    def run(self) -> Replayed:
        lapses = 0
        while self._agenda:
            at = self._agenda[0][0]
            while self._agenda and self._agenda[0][0] == at:
                heapq.heappop(self._agenda)[-1](at)
            lapses += idle_while_waiting(self._windows, self._waiting.values())
        return Replayed(tuple(self._calls), lapses)

    def _expect(self, at: int, kind: int, what: Callable[[int], None]) -> None:
        heapq.heappush(self._agenda, (at, kind, next(self._serial), what))

    def _come(self, arrival: recorded.Arrival, at: int) -> None:
        key = order_key(self._rules, arrival.group, at, arrival.first_of_all)
        line = Line(Waiting(arrival.ticket, arrival.group, at, key, arrival.first_of_all), arrival.service)
        self._waiting[arrival.ticket] = line
        idle = [window for window in self._windows if window.idle and window.serves(line)]
        if idle:
            self._call(min(idle, key=lambda window: len(window.counter.services)), at)
        else:
            self._watcher.came(self._seen(), line, at)

    def _seen(self) -> Seen:
        return Seen(self._waiting, self._windows, self._run)

    def _cancel(self, ticket: int, _at: int) -> None:
        self._waiting.pop(ticket, None)

    def _stop(self, window: Window, at: int) -> None:
        if window.idle:
            self._free(window, at)

    def _free(self, window: Window, at: int) -> None:
        """The window ends what it did: it begins a pause that is due, or calls."""
        self._tell_end(window, at)
        while window.due and window.due[0].starts <= at:
            pause = window.due.popleft()
            if at <= self._last_pause and (back := pause.back(at)) > at:
                window.idle, window.away, window.since = False, pause, at
                self._expect(back, FREE, partial(self._free, window))
                return
        self._call(window, at)

    def _tell_end(self, window: Window, at: int) -> None:
        if line := window.in_hand:
            outcome = self._outcomes[line.turn.id]
            came = not (outcome.noshow or outcome.leaves <= window.since)
            self._watcher.left_hand(line, window.since, at, came=came)
        elif window.away or not window.open:
            self._watcher.came_back(window.away, window.since if window.away else window.counter.opens, at)
        window.open, window.in_hand, window.away = True, None, None

    def _call(self, window: Window, at: int) -> None:
        eligible = [line for line in self._waiting.values() if window.serves(line)]
        choice = next_turn(self._rules, (line.turn for line in eligible), self._run)
        window.idle = choice is None
        if choice is None:
            return
        self._run = run_after(self._rules, choice.turn, self._run)
        called = self._waiting.pop(choice.turn.id)
        others = tuple(line for line in eligible if line is not called)
        window.in_hand, window.since = called, at
        self._calls.append(Call(at, window.counter.name, called, others))
        self._watcher.called(self._seen(), self._calls[-1], at)
        self._expect(at + self._length(window, called, at), FREE, partial(self._free, window))

    def _length(self, window: Window, called: Line, at: int) -> int:
        outcome = self._outcomes[called.turn.id]
        if outcome.noshow or outcome.leaves <= at:
            return EMPTY_CALL
        return outcome.walk + round(outcome.service * window.counter.speed)


def idle_while_waiting(windows: Iterable[Window], waiting: Iterable[Line]) -> int:
    """How many idle windows serve somebody who waits."""
    lines = list(waiting)
    return sum(window.idle and any(map(window.serves, lines)) for window in windows)


def judge(days: Iterable[Replayed], bound: int) -> dict[str, int]:
    """How often the calls broke each promise; `bound` in milliseconds is the head start that was promised.

    P1, P2 and P3 count pairs (called turn, turn it passed) at each call, among the waiting turns that the
    calling window serves. P1: a turn of the same group and service passed one issued before. P2: an ordinary
    turn passed a priority one issued before. P3: any turn passed an ordinary one issued `bound` or more before
    it. P4: a window stood idle while a turn that it serves waited, counted at each instant when something
    happened. Who cancelled is not waiting any more and is left out from then on; nobody else is: whoever left
    in silence or will not come is in line for all that the office knows.
    """
    broken = Tally[str](dict.fromkeys(("P1", "P2", "P3", "P4"), 0))
    for day in days:
        broken["P4"] += day.lapses
        for call in day.calls:
            called = call.called
            for other in call.passed:
                alike = (other.turn.group, other.service) == (called.turn.group, called.service)
                broken["P1"] += alike
                broken["P2"] += other.turn.priority and not called.turn.priority
                broken["P3"] += not other.turn.priority and called.turn.issued - other.turn.issued >= bound
    return dict(broken)


def passed_over_most(days: Iterable[Replayed]) -> int:
    """The most times that one turn saw a later one called by a window that serves it too."""
    most = 0
    for day in days:
        times = Tally(line.turn.id for call in day.calls for line in call.passed)
        most = max(most, *times.values(), 0)
    return most


@dataclass(slots=True)
class _Waits:
    """Waits in milliseconds, and how many of them met their target."""

    waits: list[int] = field(default_factory=list)
    met: int = 0

    def add(self, call: Call) -> None:
        self.waits.append(call.wait)
        self.met += call.wait <= TARGETS[call.called.turn.priority]

    def figures(self) -> dict[str, float | None]:
        """Minutes with two decimals; `within_target` is a share from 0 to 1. None where nobody was called."""
        waits = sorted(self.waits)
        return {
            "count": len(waits),
            "mean": _minutes(sum(waits) / len(waits)) if waits else None,
            "p50": _minutes(percentile(waits, 50)) if waits else None,
            "p90": _minutes(percentile(waits, 90)) if waits else None,
            "p95": _minutes(percentile(waits, 95)) if waits else None,
            "max": _minutes(waits[-1]) if waits else None,
            "within_target": round(self.met / len(waits), 4) if waits else None,
        }


def percentile(ordered: Sequence[float], share: int) -> float:
    """The value below which `share` percent of `ordered` lies, in a straight line between neighbours."""
    place, rest = divmod((len(ordered) - 1) * share, 100)
    above = ordered[min(place + 1, len(ordered) - 1)]
    return ordered[place] + (above - ordered[place]) * rest / 100


def _minutes(milliseconds: float) -> float:
    return round(milliseconds / MINUTE, 2)


def figures(days: recorded.Recorded, order: Order, head_start: int, ratio: int) -> dict[str, object]:
    """Replay every day by `order`; waits, promises broken with `head_start` minutes promised, and overtakings.

    A wait is call minus issue, over the turns that were called.
    """
    rules = rules_for(order, head_start, ratio)
    replayed = [replay(days.counters, day, rules) for day in days.days]
    calls = [call for day in replayed for call in day.calls]
    return {
        "order": order.value,
        "days": len(days.days),
        "turns": sum(len(day.arrivals) for day in days.days),
        "called": len(calls),
        "waits": waits_of(calls),
        "day_max_general": [longest(day, "general") for day in replayed],
        "violations": judge(replayed, head_start * MINUTE),
        "passed_over_most": passed_over_most(replayed),
    }


def waits_of(calls: Iterable[Call]) -> Mapping[str, Mapping[str, float | None]]:
    found: dict[str, _Waits] = defaultdict(_Waits)
    for call in calls:
        for name in classes_of(call.called.turn):
            found[name].add(call)
    return {name: found[name].figures() for name in CLASSES}


def classes_of(turn: Waiting) -> tuple[str, str, str]:
    """The names under which the figures count a turn: all, whether it has priority, and its group in the files."""
    group = next(name for name, group in GROUPS.items() if group == turn.group)
    return "all", "priority" if turn.priority else "general", group


def longest(day: Replayed, of: str) -> float | None:
    """The longest wait of a day in minutes, among the turns of a class (see classes_of)."""
    waits = [call.wait for call in day.calls if of in classes_of(call.called.turn)]
    return _minutes(max(waits)) if waits else None
