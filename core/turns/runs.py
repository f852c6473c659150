"""Many forward runs of the real order at once, as arrays: a row is a run, and a lane is who waits alike.

Those of one lane are called by the same windows and with the same advance, so that they keep the order of their keys.
Who may come with priority is drawn by a generator of its own: what is asked besides changes nobody's wait.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.turns.chances import Chances, Hall, Held, Place, advance, horizon
from core.turns.learning import BINS, Durations, Learned, Segment
from core.turns.policy import GENERAL, Order

PACE = 0.08
"""By how much a whole day goes faster or slower, as the standard deviation of a logarithm."""
EMPTY_CALL = 72.0
"""Seconds that a call costs to which nobody comes."""
TAIL = 24
FIRST = -1
"""Those who come before all wait by themselves, together."""

Array = NDArray[Any]
Lane = tuple[frozenset[int], float, bool, int | None]
"""The places that serve it, its advance, whether it has priority, and who waits apart, if anybody: a turn, or FIRST."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """Those who will come to a lane, in order: when, how long they take, and by which luck they stay away."""

    times: Array
    takes: Array
    luck: Array

    @property
    def most(self) -> int:
        return int(self.times.shape[1])


class Runs:
    """The runs of a hall, from what an office has learned; the same seed gives the same."""

    def __init__(self, hall: Hall, learned: Learned, seed: int, runs: int) -> None:
        self.random = np.random.Generator(np.random.PCG64([seed, 0]))
        self.to_come = np.random.Generator(np.random.PCG64([seed, 1]))
        self.hall, self.learned, self.runs = hall, learned, runs
        self.rows = np.arange(runs)
        pace = self.random.normal(0, PACE, runs)
        self.slow = {
            name: np.exp(pace + self.random.normal(0, service.doubt, runs))
            for name, service in learned.services.items()
        }
        self._line_up()
        self._seat()

    # ------------------------------------------------------------ who waits, and who will come

    def _line_up(self) -> None:
        lanes = defaultdict[Lane, list[int]](list)
        waiting = sorted(self.hall.waiting, key=lambda turn: (turn.key, turn.issued, turn.id))
        takes, luck = self._fates([turn.service for turn in waiting])
        for n, turn in enumerate(waiting):
            lanes[self._lane_of(turn)].append(n)
        coming = self._coming()
        names = [*lanes, *(lane for lane in coming if lane not in lanes)]
        longest = [len(lanes.get(lane, ())) + (coming[lane].most if lane in coming else 0) for lane in names]
        starts = np.cumsum([0, *(length + 1 for length in longest)])
        self.size = int(starts[-1]) or 1
        self.keys, self.present, self.takes, self.luck = (np.full((self.runs, self.size), np.inf) for _ in range(4))
        self.waited = np.zeros(self.size)
        self.columns: dict[int, int] = {}
        for lane, first in zip(names, map(int, starts), strict=False):
            here = lanes.get(lane, [])
            last = first + len(here)
            self.takes[:, first:last], self.luck[:, first:last] = takes[:, here], luck[:, here]
            for column, turn in enumerate((waiting[n] for n in here), start=first):
                self.columns[turn.id] = column
                self.keys[:, column] = turn.key / 1000 - self.hall.at
                self.present[:, column] = turn.ready
                self.waited[column] = turn.waited
            if lane in coming:
                self._append(coming[lane], last, lead=lane[1])
        self.lanes = names or [(frozenset[int](), 0.0, False, None)]
        self.priority = np.array([lane[2] for lane in self.lanes])
        self.first = np.array([lane[3] == FIRST or self._comes_first(lane[3]) for lane in self.lanes])
        self.heads = (starts[:-1] if names else np.zeros(1, int)) + self.size * self.rows[:, None]

    def _lane_of(self, turn: Held) -> Lane:
        alone = turn.id if turn.ready > 0 else FIRST if turn.first_of_all else None
        serving = self.hall.serving(turn.service, turn.only)
        return serving, advance(self.hall.rules, turn.group), turn.group != GENERAL, alone

    def _comes_first(self, alone: int | None) -> bool:
        return alone is not None and any(turn.id == alone and turn.first_of_all for turn in self.hall.waiting)

    def _append(self, coming: _Coming, first: int, lead: float) -> None:
        """Put those that will come behind those of the lane who wait."""
        last = first + coming.most
        self.present[:, first:last] = coming.times
        self.keys[:, first:last] = coming.times - lead
        self.takes[:, first:last], self.luck[:, first:last] = coming.takes, coming.luck

    def _coming(self) -> dict[Lane, _Coming]:
        """Those with priority who arrive early enough to pass somebody, by lane.

        They are drawn together and only then parted, so that another window changes how they are called, and not them.
        """
        found = dict[Lane, _Coming]()
        for lead, segments in self._expected().items():
            times, asked, services = self._arrivals(segments)
            if not times.size:
                continue
            takes = np.zeros(times.shape)
            for n, service in enumerate(services):
                rows, columns = np.nonzero(asked == n)
                drawn = self._sample(self.to_come, self.learned.services[service], (len(rows),))
                takes[rows, columns] = drawn * self.slow[service][rows]
            luck = self.to_come.random(times.shape)
            by_windows = defaultdict[frozenset[int], list[int]](list)
            for n, service in enumerate(services):
                by_windows[self.hall.serving(service)].append(n)
            for serving, numbers in by_windows.items():
                here = np.where(np.isin(asked, numbers), times, np.inf)
                most = int((here < np.inf).sum(axis=1).max())
                if serving and most:
                    order = here.argsort(axis=1)[:, :most]
                    parts = (np.take_along_axis(array, order, 1) for array in (here, takes, luck))
                    found[serving, lead, True, None] = _Coming(*parts)
        return found

    def _arrivals(self, segments: Sequence[Segment]) -> tuple[Array, Array, list[str]]:
        """When they arrive in each run, infinite for nobody, and for which of these services they do."""
        services = sorted({segment.service for segment in segments})
        expected = np.array([segment.expected for segment in segments])
        counts = self.to_come.poisson(expected.sum(), self.runs)
        shape = (self.runs, int(counts.max()))
        chosen = self.to_come.choice(len(segments), shape, p=expected / expected.sum())
        first, last = (np.array([getattr(one, end) for one in segments])[chosen] for end in ("first", "last"))
        times = first + self.to_come.random(shape) * (last - first)
        times[np.arange(shape[1])[None, :] >= counts[:, None]] = np.inf
        asked = np.array([services.index(segment.service) for segment in segments])[chosen]
        return times, asked, services

    def _expected(self) -> dict[float, list[Segment]]:
        """Who is expected of the groups that may pass, by their advance."""
        hall, expected = self.hall, defaultdict[float, list[Segment]](list)
        by_horizon = defaultdict[tuple[float, float], list[str]](list)
        for group, seconds in horizon(hall.rules, self.learned.groups()).items():
            by_horizon[advance(hall.rules, group), seconds].append(group)
        for (lead, seconds), groups in sorted(by_horizon.items()):
            segments = self.learned.rates(hall.at, hall.at + seconds, groups)
            if segments:
                expected[lead] = segments
        return expected

    # ------------------------------------------------------------ how long it takes

    def _fates(self, services: Sequence[str]) -> tuple[Array, Array]:
        """How long those who wait will take, and by which luck they do not come, in the order in which they stand."""
        takes, by_service = np.zeros((self.runs, len(services))), defaultdict[str, list[int]](list)
        for n, service in enumerate(services):
            by_service[service].append(n)
        for service, columns in by_service.items():
            drawn = self._sample(self.random, self.learned.services[service], (self.runs, len(columns)))
            takes[:, columns] = drawn * self.slow[service][:, None]
        return takes, self.random.random(takes.shape)

    def _sample(self, random: np.random.Generator, told: Durations, shape: tuple[int, ...]) -> Array:
        drawn: Array = random.gamma(2.0, told.mean / 2, shape)
        if told.seen:
            own = np.array(told.seen)[random.integers(0, len(told.seen), shape)]
            drawn = np.where(random.random(shape) < told.share_of_own, own, drawn)
        return drawn

    def _left(self, service: str, elapsed: float) -> Array:
        """What is left of an attention that has taken so long: drawn among those that take longer."""
        told = self.learned.services[service]
        drawn = self._sample(self.random, told, (self.runs, TAIL)) * self.slow[service][:, None]
        if elapsed < EMPTY_CALL:
            missed = self.random.random((self.runs, TAIL)) < sum(self.learned.misses()) / len(BINS)
            drawn[missed] = EMPTY_CALL
        longer = drawn > elapsed
        left = drawn[self.rows, longer.argmax(axis=1)] - elapsed
        beyond: Array = self.random.exponential(told.mean / 2, self.runs)
        np.copyto(beyond, left, where=longer.any(axis=1))
        return beyond

    # ------------------------------------------------------------ the windows

    def _seat(self) -> None:
        places, newcomers = self.hall.places, self.hall.newcomers
        count = max(len(places), 1)
        self.free = np.full((self.runs, count), np.inf)
        self.serves = np.zeros((count, len(self.lanes)), bool)
        self.welcomes = np.zeros((count, len(newcomers)), bool)
        most = max((len(place.pauses) for place in places), default=0) + 1
        self.pause_at = np.full((count, most), np.inf)
        self.pause_for = np.zeros((count, most))
        self.pause_next = np.zeros((self.runs, count), int)
        self.pauses = most > 1
        for n, place in enumerate(places):
            self.free[:, n] = self._free_in(place)
            self.serves[n] = [n in lane[0] for lane in self.lanes]
            self.welcomes[n] = [one.service in place.services for one in newcomers]
            for p, (start, length) in enumerate(place.pauses):
                self.pause_at[n, p], self.pause_for[n, p] = start, length

    def _free_in(self, place: Place) -> Array | float:
        if place.in_hand is not None:
            return self._left(place.in_hand, place.elapsed)
        if place.away is not None:
            return place.away if place.said else self.random.exponential(place.away, self.runs)
        return place.opens

    # ------------------------------------------------------------ the run

    def go(self, only: int | None) -> Chances:
        """Call until all have been called, or the one that is asked for, and every newcomer would have been."""
        wanted = [only] if only is not None else [*self.columns]
        columns = [self.columns[turn] for turn in wanted]
        waits: Array = np.full(self.runs * self.size, np.inf)
        keys, present, takes = self.keys.ravel(), self.present.ravel(), self.takes.ravel()
        misses, luck = np.array(self.learned.misses()), self.luck.ravel()
        ration = self.hall.rules.order is Order.RATIO
        called_before = np.full(self.runs, self.hall.priority_run)
        head_keys, head_present = keys[self.heads], present[self.heads]
        self._welcome()
        left = self.runs * len(columns)
        is_wanted = np.zeros(self.size, bool)
        is_wanted[columns] = True
        bins, rows = np.array(BINS), self.rows
        while left or self.expected.any():
            window = self.free.argmin(axis=1)
            at = self.free[rows, window]
            calls = at < np.inf
            if not calls.any():
                break
            if self.pauses:
                calls &= ~self._rest(window, at)
            serves = self.serves[window]
            able = serves & (head_present <= at[:, None])
            able_keys = np.where(able, head_keys, np.inf)
            lane = self._choose(able_keys, called_before) if ration else able_keys.argmin(axis=1)
            key = able_keys[rows, lane]
            found = calls & (key < np.inf)
            self._receive(window, at, calls, key, lane, called_before)
            idle = calls & ~found
            if idle.any():
                later = np.where(serves[idle], head_present[idle], np.inf).min(axis=1)
                self.free[idle, window[idle]] = later
            row, lane = rows[found], lane[found]
            if not len(row):
                continue
            began, head = at[found], self.heads[row, lane]
            column = head - row * self.size
            waits[head] = began
            miss = misses[bins.searchsorted(began + self.waited[column])]
            self.free[row, window[found]] = began + np.where(luck[head] < miss, EMPTY_CALL, takes[head])
            head += 1
            self.heads[row, lane] = head
            head_keys[row, lane], head_present[row, lane] = keys[head], present[head]
            if ration:
                called_before[row] = self._run_after(called_before[row], lane)
            left -= int(np.count_nonzero(is_wanted[column]))
        by_run: Array = waits.reshape(self.runs, self.size)
        drawn = {turn: np.sort(by_run[:, column]) for turn, column in zip(wanted, columns, strict=True)}
        came = {one.id: np.sort(self.received[:, n]) for n, one in enumerate(self.hall.newcomers)}
        return Chances(drawn | came)

    def _rest(self, window: Array, at: Array) -> Array:
        """Begin the pauses that are due before calling; which runs do."""
        which = self.pause_next[self.rows, window]
        due: Array = (self.pause_at[window, which] <= at) & (at <= self.hall.last_pause) & (at < np.inf)
        if due.any():
            rows, where = self.rows[due], window[due]
            self.free[rows, where] = at[due] + self.pause_for[where, which[due]]
            self.pause_next[rows, where] += 1
        return due

    def _choose(self, keys: Array, run: Array) -> Array:
        """The lane that each run calls under a ratio; `keys` are infinite where nobody can be called."""
        general = np.where(self.priority, np.inf, keys)
        before = (run >= self.hall.rules.ratio) & (general < np.inf).any(axis=1)
        before &= ~((keys < np.inf) & self.first).any(axis=1)
        prior = np.where(self.priority, keys, np.inf)
        chosen: Array = np.where((before | ~(prior < np.inf).any(axis=1))[:, None], general, prior).argmin(axis=1)
        return chosen

    def _run_after(self, run: Array, lane: Array) -> Array:
        return np.where(self.first[lane], run, np.where(self.priority[lane], run + 1, 0))

    # ------------------------------------------------------------ who might come now

    def _welcome(self) -> None:
        newcomers = self.hall.newcomers
        self.newcomer_keys = np.array([one.key / 1000 - self.hall.at for one in newcomers])
        self.newcomer_priority = np.array([one.group != GENERAL for one in newcomers], bool)
        self.newcomer_first = np.array([one.first_of_all for one in newcomers], bool)
        self.received = np.full((self.runs, len(newcomers)), np.inf)
        self.expected = np.tile(self.welcomes.any(axis=0), (self.runs, 1))

    def _receive(self, window: Array, at: Array, calls: Array, key: Array, lane: Array, run: Array) -> None:
        """Which newcomers would be called now instead of who is; they take no time, and nobody waits for them."""
        due = self.expected & self.welcomes[window] & calls[:, None]
        if not due.any():
            return
        sooner = key[:, None] > self.newcomer_keys
        if self.hall.rules.order is Order.RATIO:
            nobody, prior = (key == np.inf)[:, None], self.priority[lane][:, None]
            exempt = self.first[lane][:, None]
            rationed = (run >= self.hall.rules.ratio)[:, None]
            mixed = np.where(self.newcomer_priority, self.newcomer_first | ~rationed, rationed & ~exempt)
            sooner = nobody | np.where(prior == self.newcomer_priority, sooner, mixed)
        due &= sooner
        rows, columns = np.nonzero(due)
        self.received[rows, columns] = at[rows]
        self.expected[rows, columns] = False
