"""How long each turn waits, as chances: many forward runs of the real order over drawn durations and arrivals.

Each run draws how long every attention takes, who does not come, and who with priority will still arrive early enough
to pass; the windows then take turns by the rules of the site. All runs go on at once, as arrays; times are seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.turns.learning import BINS, Durations, Learned, Segment
from core.turns.policy import DAY, GENERAL, MINUTE, Order, Rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

Queue = tuple[str, str, int | None]
"""A service, a group, and the turn that waits by itself if it is one."""
RUNS = 100
PACE = 0.08
"""By how much a whole day goes faster or slower, as the standard deviation of a logarithm."""
EMPTY_CALL = 72.0
"""Seconds that a call costs to which nobody comes."""
FURTHEST = 3 * 3600.0
"""Under an order in which later turns always pass, so far ahead they are expected."""
TAIL = 24


@dataclass(frozen=True, slots=True)
class Held:
    """A turn that waits: `key` and `issued` in milliseconds, as the order sees them. `ready` in how many seconds.

    `waited` is for how long already; `only` the official who alone calls it.
    """

    id: int
    service: str
    group: str
    key: int
    issued: int
    waited: float = 0.0
    ready: float = 0.0
    only: int | None = None
    first_of_all: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A window as it stands: busy with the service in hand for `elapsed` seconds, or away, or opening in `opens`.

    `away`: for how long yet, as it was `said`, or as the mean of what such an absence takes. `pauses`: those planned,
    from when on and how long.
    """

    services: frozenset[str]
    in_hand: str | None = None
    elapsed: float = 0.0
    opens: float = 0.0
    away: float | None = None
    said: bool = False
    official: int | None = None
    pauses: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True, slots=True)
class Hall:
    """All that an office sees at an instant, `at` seconds of the day; no pause begins after `last_pause` from now."""

    at: float
    waiting: Sequence[Held]
    places: Sequence[Place]
    rules: Rules
    priority_run: int = 0
    last_pause: float = float("inf")


@dataclass(frozen=True, slots=True)
class Chances:
    """The waits that were drawn of each turn, from the shortest to the longest; infinite where nobody calls it."""

    drawn: Mapping[int, NDArray[Any]] = field(default_factory=dict)

    def level(self, turn: int, share: float) -> float:
        """The wait that this share of the runs does not exceed, in seconds."""
        waits = self.drawn[turn]
        place = min(max(share, 0.0), 1.0) * (len(waits) - 1)
        low = int(place)
        high = min(low + 1, len(waits) - 1)
        if waits[low] == waits[high]:
            return float(waits[low])
        return float(waits[low] + (waits[high] - waits[low]) * (place - low))

    def place_of(self, turn: int, waited: float) -> float:
        """The share of the runs that fell short of what it really waited; half of those that were exactly it."""
        waits = self.drawn[turn]
        return float(((waits < waited).sum() + (waits <= waited).sum()) / (2 * len(waits)))


def horizon(rules: Rules, groups: Collection[str]) -> dict[str, float]:
    """How long after a turn without priority somebody of each group may arrive and still pass it, in seconds."""
    if rules.order is Order.FIFO:
        return {}
    if rules.order is not Order.HEAD_START:
        return dict.fromkeys((group for group in groups if group != GENERAL), FURTHEST)
    return {group: rules.head_start.get(group, 0) * 60.0 for group in groups if group != GENERAL}


def draw(hall: Hall, learned: Learned, seed: int, *, only: int | None = None, runs: int = RUNS) -> Chances:
    """The chances of everybody who waits, or of one turn only, which takes less; the same seed gives the same."""
    return _Runs(hall, learned, seed, runs).go(only)


class _Runs:
    """All the runs at once. A row is a run; a queue is a service and a group, or one turn that waits by itself."""

    def __init__(self, hall: Hall, learned: Learned, seed: int, runs: int) -> None:
        import numpy  # a process that answers no question of waits never pays for it

        self.np = numpy
        self.random = numpy.random.Generator(numpy.random.PCG64(seed))
        self.hall, self.learned, self.runs = hall, learned, runs
        self.rows = numpy.arange(runs)
        pace = self.random.normal(0, PACE, runs)
        self.slow = {
            name: numpy.exp(pace + self.random.normal(0, service.doubt, runs))
            for name, service in learned.services.items()
        }
        self._line_up()
        self._seat()

    # ------------------------------------------------------------ who waits, and who will come

    def _line_up(self) -> None:
        np, queues = self.np, defaultdict[Queue, list[Held]](list)
        for turn in sorted(self.hall.waiting, key=lambda turn: (turn.key, turn.issued, turn.id)):
            alone = turn.id if turn.ready > 0 or turn.only is not None or turn.first_of_all else None
            queues[turn.service, turn.group, alone].append(turn)
        coming = self._coming()
        names = [*queues, *(key for key in coming if key not in queues)]
        longest = {name: len(queues.get(name, ())) + (coming[name].shape[1] if name in coming else 0) for name in names}
        self.starts = np.cumsum([0, *(longest[name] + 1 for name in names)])
        size = int(self.starts[-1]) or 1
        self.keys, self.present = (np.full((self.runs, size), np.inf) for _ in range(2))
        self.waited = np.zeros(size)
        self.takes = np.full((self.runs, size), np.inf)
        self.columns: dict[int, int] = {}
        for n, name in enumerate(names):
            self._fill(int(self.starts[n]), name, queues.get(name, []), coming.get(name))
        self.queue_service = [name[0] for name in names]
        self.queue_only = [queues[name][0].only if name in queues else None for name in names]
        self.queue_priority = np.array([name[1] != GENERAL for name in names] or [False])
        self.queue_first = np.array(
            [any(turn.first_of_all for turn in queues.get(name, ())) for name in names] or [False]
        )
        self.heads = np.tile(self.starts[:-1], (self.runs, 1)) if names else np.zeros((self.runs, 1), int)

    def _fill(self, start: int, queue: Queue, turns: Sequence[Held], coming: NDArray[Any] | None) -> None:
        """The turns of a queue in order, and behind them those that will come."""
        service, group, _alone = queue
        for n, turn in enumerate(turns, start=start):
            self.columns[turn.id] = n
            self.keys[:, n] = self._key(turn.key)
            self.present[:, n] = turn.ready
            self.waited[n] = turn.waited
        end = start + len(turns)
        if coming is not None:
            self.present[:, end : end + coming.shape[1]] = coming
            self.keys[:, end : end + coming.shape[1]] = coming - self._advance(group)
            end += coming.shape[1]
        self.takes[:, start:end] = self._durations(service, end - start)

    def _key(self, key: int) -> float:
        """A key as the order sees it, in seconds from now."""
        return key / 1000 - self.hall.at

    def _coming(self) -> dict[Queue, NDArray[Any]]:
        """When those with priority arrive who may still pass somebody, by queue and run; infinite for nobody."""
        np, found = self.np, dict[Queue, "NDArray[Any]"]()
        groups = {group for day in (*self.learned.past, self.learned.today) for _half, _service, group in day}
        if all(turn.group != GENERAL for turn in self.hall.waiting):
            return found
        by_queue = defaultdict[tuple[str, str], list[Segment]](list)
        for group, seconds in horizon(self.hall.rules, groups).items():
            for segment in self.learned.rates(self.hall.at, self.hall.at + seconds, (group,)):
                by_queue[segment.service, group].append(segment)
        for (service, group), segments in sorted(by_queue.items()):
            expected = np.array([segment.expected for segment in segments])
            counts = self.random.poisson(expected.sum(), self.runs)
            most = int(counts.max())
            if not most:
                continue
            chosen = self.random.choice(len(segments), (self.runs, most), p=expected / expected.sum())
            first = np.array([segment.first for segment in segments])[chosen]
            last = np.array([segment.last for segment in segments])[chosen]
            times = first + self.random.random((self.runs, most)) * (last - first)
            times[np.arange(most)[None, :] >= counts[:, None]] = np.inf
            times.sort(axis=1)
            found[service, group, None] = times
        return found

    def _advance(self, group: str) -> float:
        if self.hall.rules.order is Order.STRICT:
            return DAY / 1000
        if self.hall.rules.order is Order.HEAD_START:
            return self.hall.rules.head_start.get(group, 0) * MINUTE / 1000
        return 0.0

    # ------------------------------------------------------------ how long it takes

    def _durations(self, service: str, columns: int) -> NDArray[Any]:
        told = self.learned.services[service]
        return self._sample(told, (self.runs, columns)) * self.slow[service][:, None]

    def _sample(self, told: Durations, shape: tuple[int, int]) -> NDArray[Any]:
        drawn = self.random.gamma(2.0, told.mean / 2, shape)
        if told.seen:
            own = self.random.choice(self.np.array(told.seen), shape)
            drawn = self.np.where(self.random.random(shape) < told.share_of_own, own, drawn)
        return drawn

    def _left(self, service: str, elapsed: float) -> NDArray[Any]:
        """What is left of an attention that has taken so long: drawn among those that take longer."""
        np, told = self.np, self.learned.services[service]
        drawn = self._sample(told, (self.runs, TAIL)) * self.slow[service][:, None]
        if elapsed < EMPTY_CALL:
            missed = self.random.random((self.runs, TAIL)) < sum(self.learned.misses()) / len(BINS)
            drawn[missed] = EMPTY_CALL
        longer = drawn > elapsed
        left = drawn[self.rows, longer.argmax(axis=1)] - elapsed
        beyond: NDArray[Any] = self.random.exponential(told.mean / 2, self.runs)
        np.copyto(beyond, left, where=longer.any(axis=1))
        return beyond

    # ------------------------------------------------------------ the windows

    def _seat(self) -> None:
        np, places = self.np, self.hall.places
        self.free = np.full((self.runs, max(len(places), 1)), np.inf)
        self.serves = np.zeros((max(len(places), 1), max(len(self.queue_service), 1)), bool)
        most = max((len(place.pauses) for place in places), default=0) + 1
        self.pause_at = np.full((max(len(places), 1), most), np.inf)
        self.pause_for = np.zeros((max(len(places), 1), most))
        self.pause_next = np.zeros((self.runs, max(len(places), 1)), int)
        for n, place in enumerate(places):
            self.free[:, n] = self._free_in(place)
            for q, service in enumerate(self.queue_service):
                self.serves[n, q] = service in place.services and self.queue_only[q] in (None, place.official)
            for p, (start, length) in enumerate(place.pauses):
                self.pause_at[n, p], self.pause_for[n, p] = start, length

    def _free_in(self, place: Place) -> NDArray[Any] | float:
        if place.in_hand is not None:
            return self._left(place.in_hand, place.elapsed)
        if place.away is not None:
            return place.away if place.said else self.random.exponential(place.away, self.runs)
        return place.opens

    # ------------------------------------------------------------ the run

    def go(self, only: int | None) -> Chances:
        np = self.np
        wanted = [only] if only is not None else [*self.columns]
        waits = np.full(self.keys.shape, np.inf)
        columns = [self.columns[turn] for turn in wanted]
        misses, draws = np.array(self.learned.misses()), self.random.random(self.keys.shape)
        run = np.full(self.runs, self.hall.priority_run)
        left = self.runs * len(columns)
        is_wanted = np.zeros(self.keys.shape[1], bool)
        is_wanted[columns] = True
        while left:
            window = self.free.argmin(axis=1)
            at = self.free[self.rows, window]
            if not np.isfinite(at).any():
                break
            window, at, resting = self._rest(window, at)
            serves = self.serves[window]
            present = self.present[self.rows[:, None], self.heads]
            able = serves & (present <= at[:, None])
            queue, found = self._choose(able, run)
            found &= ~resting & np.isfinite(at)
            idle = ~found & ~resting
            if idle.any():
                later = np.where(serves, present, np.inf).min(axis=1)
                self.free[self.rows[idle], window[idle]] = later[idle]
            rows = self.rows[found]
            column = self.heads[rows, queue[found]]
            waits[rows, column] = at[found]
            miss = misses[np.searchsorted(BINS, at[found] + self.waited[column])]
            takes = np.where(draws[rows, column] < miss, EMPTY_CALL, self.takes[rows, column])
            self.free[rows, window[found]] = at[found] + takes
            self.heads[rows, queue[found]] += 1
            run[rows] = self._run_after(run[rows], queue[found])
            left -= int(is_wanted[column].sum())
        return Chances({turn: np.sort(waits[:, column]) for turn, column in zip(wanted, columns, strict=True)})

    def _rest(self, window: NDArray[Any], at: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Begin the pauses that are due before calling; which runs do."""
        which = self.pause_next[self.rows, window]
        due = (self.pause_at[window, which] <= at) & (at <= self.hall.last_pause) & self.np.isfinite(at)
        if due.any():
            rows, where = self.rows[due], window[due]
            self.free[rows, where] = at[due] + self.pause_for[where, which[due]]
            self.pause_next[rows, where] += 1
        return window, at, due

    def _choose(self, able: NDArray[Any], run: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The queue whose first turn each run calls, and whether there is any."""
        np = self.np
        keys = np.where(able, self.keys[self.rows[:, None], self.heads], np.inf)
        if self.hall.rules.order is Order.RATIO:
            general = np.where(self.queue_priority, np.inf, keys)
            before = (run >= self.hall.rules.ratio) & np.isfinite(general).any(axis=1)
            before &= ~(np.isfinite(keys) & self.queue_first).any(axis=1)
            prior = np.where(self.queue_priority, keys, np.inf)
            keys = np.where(before[:, None] | ~np.isfinite(prior).any(axis=1)[:, None], general, prior)
        queue = keys.argmin(axis=1)
        return queue, np.isfinite(keys[self.rows, queue])

    def _run_after(self, run: NDArray[Any], queue: NDArray[Any]) -> NDArray[Any]:
        after = self.np.where(self.queue_priority[queue], run + 1, 0)
        return self.np.where(self.queue_first[queue], run, after)
