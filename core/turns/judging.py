"""Recorded days judged: our own order and our own estimates, learned from day to day as an office would; pure.

What only happens later never reaches the estimator: it looks on as core.turns.replay.Watcher, and is told of a thing
when an office sees it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from core.turns import chances, recorded, replay
from core.turns.estimates import Estimates, Told
from core.turns.learning import Learned
from core.turns.policy import MINUTE, Order, Rules
from core.turns.recorded import NOON, SECOND
from core.turns.replay import Call, Line, Seen, Watcher, Window

PAUSE, LATENESS = 360.0, 900.0
"""Seconds that are left of a pause, or of a late opening, that did not say how long it takes, before any was seen."""
WORTH = 5.0
NEVER = float("inf")
"""Whom no window attended was told so, and no range."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody was told when their turn was issued, and what they really waited, in seconds."""

    told: Told
    truth: float


@dataclass(slots=True)
class _Mean:
    """The mean of what was seen, with a first guess worth WORTH of them."""

    guess: float
    total: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        self.total += value
        self.count += 1

    @property
    def value(self) -> float:
        return (WORTH * self.guess + self.total) / (WORTH + self.count)


@dataclass(slots=True)
class Office(Watcher):
    """An office that tells each turn how long it will wait, and learns from what really happens."""

    rules: Rules
    estimates: Estimates
    pauses: _Mean = field(default_factory=lambda: _Mean(PAUSE))
    lateness: _Mean = field(default_factory=lambda: _Mean(LATENESS))
    day: int = 0
    told: dict[int, Told] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)

    @property
    def learned(self) -> Learned:
        return self.estimates.learned

    # ------------------------------------------------------------ looking on

    def came(self, hall: Seen, line: Line, at: int) -> None:
        self.learned.saw_arrival(at / SECOND, line.service, line.turn.group)
        seen = self._hall(hall, at)
        mine = next(held for held in seen.waiting if held.id == line.turn.id)
        self.told[mine.id] = self.estimates.tell(seen, mine, seed=self.day * 100_000 + mine.id)

    def called(self, hall: Seen, call: Call, at: int) -> None:
        turn, waited = call.called.turn, call.wait / SECOND
        told = self.told.pop(turn.id, None)
        if told is None:
            self.learned.saw_arrival(at / SECOND, call.called.service, turn.group)
        elif waited > 0 and told.point < NEVER:
            self.judged.append(Judged(told, waited))
            self.estimates.learn(told, waited)

    def left_hand(self, line: Line, began: int, at: int, *, came: bool) -> None:
        self.learned.saw_call((began - line.turn.issued) / SECOND, came=came)
        if came:
            self.learned.saw_attention(line.service, (at - began) / SECOND)

    def came_back(self, pause: recorded.Pause | None, since: int, at: int) -> None:
        if pause is None:
            if at > since:
                self.lateness.add((at - since) / SECOND)
        elif not pause.planned:
            self.pauses.add((at - since) / SECOND)

    def close_day(self) -> None:
        self.learned.close_day()
        self.told.clear()

    # ------------------------------------------------------------ what is seen

    def _hall(self, seen: Seen, at: int) -> chances.Hall:
        waiting = [
            chances.Held(
                id=line.turn.id,
                service=line.service,
                group=line.turn.group,
                key=line.turn.key,
                issued=line.turn.issued,
                waited=(at - line.turn.issued) / SECOND,
            )
            for line in seen.waiting.values()
        ]
        return chances.Hall(
            at=at / SECOND,
            waiting=waiting,
            places=[self._place(window, at) for window in seen.windows],
            rules=self.rules,
            priority_run=seen.priority_run,
            last_pause=(NOON - at) / SECOND,
        )

    def _place(self, window: Window, at: int) -> chances.Place:
        services, since = window.counter.services, (at - window.since) / SECOND
        planned = [(max(pause.starts - at, 0) / SECOND, pause.length / SECOND) for pause in window.due if pause.planned]
        if not window.open:
            opens = (window.counter.opens - at) / SECOND
            if opens >= 0:
                return chances.Place(services, opens=opens, pauses=planned)
            return chances.Place(services, away=self.lateness.value, pauses=planned)
        if window.away:
            said = window.away.planned
            left = window.away.length / SECOND - since if said else self.pauses.value
            return chances.Place(services, away=left, said=said, pauses=planned)
        if window.in_hand:
            return chances.Place(services, in_hand=window.in_hand.service, elapsed=since, pauses=planned)
        return chances.Place(services, pauses=planned)


def learn_history(learned: Learned, past: Iterable[recorded.Past]) -> None:
    """What the town hall saw before the first of the days."""
    days = defaultdict[int, list[recorded.Past]](list)
    for turn in past:
        days[turn.day].append(turn)
    for number in sorted(days):
        for turn in sorted(days[number], key=lambda turn: turn.issued):
            learned.saw_arrival(turn.issued / SECOND, turn.service, turn.group)
            if turn.called is not None:
                learned.saw_call((turn.called - turn.issued) / SECOND, came=turn.came)
                if turn.came and turn.ended is not None:
                    learned.saw_attention(turn.service, (turn.ended - turn.called) / SECOND)
        learned.close_day()


def figures(days: recorded.Recorded, head_start: int) -> dict[str, object]:
    """Every day by the order of the house, with `head_start` minutes for who has priority, and an office looking on.

    Waits and broken promises are those of core.turns.replay.figures; of the estimates at issue, over turns that were
    called and waited: MAE and bias of the point, mean width of the range shown, in minutes, and the share that held.
    """
    rules = replay.rules_for(Order.HEAD_START, head_start, 1)
    office = Office(rules, Estimates(Learned.of(days.configured)))
    learn_history(office.learned, days.past)
    replayed = []
    for day in days.days:
        office.day = day.number
        replayed.append(replay.replay(days.counters, day, rules, office))
        office.close_day()
    called = [one for day in replayed for one in day.calls]
    classes = {
        "all": office.judged,
        "priority": [one for one in office.judged if one.told.priority],
        "general": [one for one in office.judged if not one.told.priority],
    }
    return {
        "days": len(days.days),
        "turns": sum(len(day.arrivals) for day in days.days),
        "called": len(called),
        "waits": replay.waits_of(called),
        "day_max": {name: [replay.longest(day, name) for day in replayed] for name in replay.CLASSES},
        "violations": replay.judge(replayed, head_start * MINUTE),
        "estimates": {name: estimate_figures(judged) for name, judged in classes.items()},
        "worse_than_forward": office.estimates.worse_than_forward,
    }


def estimate_figures(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Minutes with two decimals, and a share; None where nobody was told anything."""
    n = len(judged)
    if not n:
        return {"count": 0, "mae": None, "bias": None, "coverage": None, "width": None}
    errors = [one.told.point - one.truth for one in judged]
    return {
        "count": n,
        "mae": round(sum(map(abs, errors)) / n / 60, 2),
        "bias": round(sum(errors) / n / 60, 2),
        "coverage": round(sum(one.told.held(one.truth) for one in judged) / n, 4),
        "width": round(sum(one.told.high - one.told.low for one in judged) / n / 60, 2),
    }
