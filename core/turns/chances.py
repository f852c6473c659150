"""How long each turn waits, as chances: many forward runs of the real order over drawn durations and arrivals.

Each run draws how long every attention takes, who does not come, and who with priority will still arrive early enough
to pass; the windows then take turns by the rules of the site. All runs go on at once, as arrays; times are seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.turns.learning import Learned
from core.turns.policy import DAY, GENERAL, MINUTE, Order, Rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUNS = 100
FURTHEST = 3 * 3600.0
"""Under an order in which later turns always pass, so far ahead they are expected."""


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

    @property
    def priority(self) -> bool:
        return self.group != GENERAL


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
class Newcomer:
    """Somebody who might come now: their wait is wanted, and they take no time and stand in nobody's way."""

    id: int
    service: str
    group: str
    key: int
    issued: int
    first_of_all: bool = False

    @property
    def priority(self) -> bool:
        return self.group != GENERAL


@dataclass(frozen=True, slots=True)
class Hall:
    """All that an office sees at an instant, `at` seconds of the day; no pause begins after `last_pause` from now."""

    at: float
    waiting: Sequence[Held]
    places: Sequence[Place]
    rules: Rules
    priority_run: int = 0
    last_pause: float = float("inf")
    newcomers: Sequence[Newcomer] = ()

    def serving(self, service: str, only: int | None = None) -> frozenset[int]:
        """The places, by their number, that call a turn of the service; of one official, if only that one may."""
        return frozenset(
            n for n, place in enumerate(self.places) if service in place.services and only in (None, place.official)
        )


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


def advance(rules: Rules, group: str) -> float:
    """By how many seconds before its issue a turn of the group is ordered."""
    if rules.order is Order.STRICT:
        return DAY / 1000 if group != GENERAL else 0.0
    if rules.order is Order.HEAD_START:
        return rules.head_start.get(group, 0) * MINUTE / 1000
    return 0.0


def draw(hall: Hall, learned: Learned, seed: int, *, only: int | None = None, runs: int = RUNS) -> Chances:
    """The chances of everybody who waits, or of one turn only, which takes less, and of those who might come.

    The same seed gives the same, whoever else might come.
    """
    from core.turns.runs import Runs  # a process that answers no question of waits never pays for numpy

    return Runs(hall, learned, seed, runs).go(only)


def restored(turn: int, levels: Sequence[float]) -> Chances:
    """The chances of one turn, from the levels of them that were kept."""
    import numpy

    return Chances({turn: numpy.array(levels, float)})


def one_run(waits: Mapping[int, float]) -> Chances:
    """What is held for certain of each turn."""
    import numpy

    return Chances({turn: numpy.array([wait]) for turn, wait in waits.items()})
