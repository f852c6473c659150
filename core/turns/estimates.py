"""What a turn is told of its wait, and how what then happens makes the next estimate more honest; pure. Seconds.

The chances (core.turns.chances) say it, at the levels that experience found right (core.turns.calibration). One forward
run over mean times says it instead where so many wait that the runs would take too long, and for as long as it has been
nearer to the truth: a slip in what feeds the chances must not be told to people.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from core.turns import chances, waits
from core.turns.calibration import Levels
from core.turns.chances import Chances, Hall, Held
from core.turns.learning import Learned
from core.turns.policy import GENERAL, Waiting

STEP = 5 * 60.0
"""Ranges are rounded outward to five minutes."""
MOST_WAITING = 300
JUDGED_ON = 200
"""How many turns say which of both ways has been nearer to the truth."""
FIRST_ERROR = (0.6, 1.6)
"""The range around a forward run while nothing is known of how far it errs, as shares of it."""
GENERAL_WIDTH = 0.82


@dataclass(frozen=True, slots=True)
class Told:
    """What was told: the wait that is as likely exceeded as not, and the range; `drawn`, if the chances said it.

    `forward` is what the forward run said. All infinite where no window attends.
    """

    turn: int
    priority: bool
    point: float
    low: float
    high: float
    forward: float
    drawn: Chances | None

    def held(self, truth: float) -> bool:
        return self.low - 1 <= truth <= self.high + 1


@dataclass(slots=True)
class Estimates:
    """The estimates of a site and all that it has learned of them."""

    learned: Learned
    levels: dict[bool, Levels] = field(default_factory=lambda: {True: Levels(), False: Levels(width=GENERAL_WIDTH)})
    errors: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=JUDGED_ON))
    shares: deque[float] = field(default_factory=lambda: deque(maxlen=JUDGED_ON))

    @property
    def worse_than_forward(self) -> bool:
        """Whether over the last turns the chances erred more than a forward run: an alarm, and then it is shown."""
        if len(self.errors) < JUDGED_ON:
            return False
        return sum(chance for chance, _forward in self.errors) > sum(forward for _chance, forward in self.errors)

    def tell(self, hall: Hall, turn: Held, seed: int) -> Told:
        """The estimate of one who waits; the same seed and hall give the same."""
        ahead = forward_run(hall, self.learned).get(turn.id, float("inf"))
        drawn = None
        if len(hall.waiting) <= MOST_WAITING:
            drawn = chances.draw(hall, self.learned, seed, only=turn.id)
        return self.of(turn.id, turn.group != GENERAL, ahead, drawn)

    def of(self, turn: int, priority: bool, ahead: float, drawn: Chances | None) -> Told:
        """What is told of a turn whose wait was drawn so, or was not, and that a forward run calls in `ahead`."""
        if drawn is None or self.worse_than_forward:
            return self._forward(turn, priority, ahead, drawn)
        levels = self.levels[priority]
        low, point, high = (drawn.level(turn, share) for share in (levels.low, levels.middle, levels.high))
        return Told(turn, priority, point, outward(low, up=False), outward(high, up=True), ahead, drawn)

    def learn(self, told: Told, truth: float) -> None:
        """What was told, and what they really waited."""
        if told.forward:
            self.shares.append(truth / told.forward)
        if told.drawn is None:
            return
        levels = self.levels[told.priority]
        self.errors.append((abs(told.drawn.level(told.turn, levels.middle) - truth), abs(told.forward - truth)))
        levels.learn(told.drawn.place_of(told.turn, truth), held=told.held(truth))

    def _forward(self, turn: int, priority: bool, ahead: float, drawn: Chances | None) -> Told:
        """What the forward run says, in the range in which nine tenths of its errors fell."""
        low, high = FIRST_ERROR
        if len(self.shares) == JUDGED_ON:
            ordered = sorted(self.shares)
            low, high = ordered[JUDGED_ON // 10], ordered[-JUDGED_ON // 10]
        return Told(turn, priority, ahead, outward(ahead * low, up=False), outward(ahead * high, up=True), ahead, drawn)


def outward(seconds: float, *, up: bool) -> float:
    """An end of a range in whole steps; the upper one is never nothing."""
    if seconds == float("inf"):
        return seconds
    return max(-(-seconds // STEP), 1) * STEP if up else seconds // STEP * STEP


def forward_run(hall: Hall, learned: Learned) -> dict[int, float]:
    """When each would be called if all took the mean of its service and nobody else came, in seconds from now.

    Newcomers are told besides when they would be, each as if no other came.
    """
    names = {service: n for n, service in enumerate(learned.services)}
    line = [
        waits.InLine(
            Waiting(turn.id, turn.group, turn.issued, turn.key, turn.first_of_all),
            names[turn.service],
            turn.only,
            turn.ready * 1000,
        )
        for turn in hall.waiting
    ]
    counters = [
        waits.Counter(
            n,
            frozenset(names[s] for s in place.services if s in names),
            _free(place, learned),
            place.official,
            [(starts * 1000, length * 1000) for starts, length in place.pauses],
        )
        for n, place in enumerate(hall.places)
    ]
    minutes = {names[service]: told.mean / 60 for service, told in learned.services.items()}
    newcomers = [
        waits.InLine(Waiting(one.id, one.group, one.issued, one.key, one.first_of_all), names[one.service])
        for one in hall.newcomers
    ]
    found = waits.forward(line, counters, minutes, hall.rules, hall.priority_run, newcomers)
    return {turn: wait / 1000 for turn, wait in (found.waits | found.newcomers).items()}


def certain(hall: Hall, learned: Learned) -> Chances:
    """What a forward run says of who waits, as chances of a single run."""
    ahead = forward_run(hall, learned)
    return chances.one_run({turn.id: ahead.get(turn.id, float("inf")) for turn in hall.waiting})


def _free(place: chances.Place, learned: Learned) -> float:
    """In how many milliseconds a window is expected to be free."""
    if place.in_hand is not None:
        mean = learned.services[place.in_hand].mean
        return max(mean - place.elapsed, mean / 5) * 1000
    return (place.opens if place.away is None else place.away) * 1000
