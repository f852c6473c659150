"""Whether what is foretold is true: promises of the order, waits that were told, and windows that a day needs."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import process_time

from core.turns import chances, judging, replay
from core.turns.estimates import Estimates
from core.turns.foresight.crews import Office, Targets, demands_of, try_out
from core.turns.foresight.forecast import Cell, Forecast, History, foretell
from core.turns.foresight.imagined import Habits, imagine
from core.turns.foresight.search import fixed_crew, search
from core.turns.judging import Judged, learn_history
from core.turns.learning import HALF_HOUR, Learned
from core.turns.policy import GENERAL, MINUTE, order_key
from core.turns.recorded import SECOND, Day, Pause, Recorded
from tests.bench import mornings
from tests.bench.figures import (
    COVERED_LEAST,
    COVERED_MOST,
    ERROR,
    FIRST_ERROR,
    LATE,
    NONE,
    REFRESH_MS,
    ROSTER,
    Figure,
    Spread,
    spread,
)

HEAD_START = 60
HALVES = range(16, 24)
MONDAY = date(2026, 11, 30)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many town halls are judged, grown up and new, and how many days a plan of windows is tried on."""

    towns: int
    tried: int
    fresh: int


WHOLE, QUICK = Plan(12, 40, 150), Plan(4, 30, 60)


@dataclass(frozen=True, slots=True)
class Told:
    """What an office told, how far «position times average» was from the truth in minutes, and promises broken."""

    judged: list[Judged]
    naive: list[float]
    broken: int


class _Naive(replay.Watcher):
    """Says to who comes: so many wait for the same service, times the minutes that it is said to take."""

    def __init__(self, configured: dict[str, float]) -> None:
        self._configured, self._said = configured, dict[int, float]()
        self.errors: list[float] = []

    def came(self, hall: replay.Seen, line: replay.Line, at: int) -> None:
        place = sum(other.service == line.service for other in hall.waiting.values())
        self._said[line.turn.id] = place * self._configured[line.service]

    def called(self, hall: replay.Seen, call: replay.Call, at: int) -> None:
        said = self._said.pop(call.called.turn.id, None)
        if said is not None and call.wait > 0:
            self.errors.append(abs(said - call.wait / MINUTE))


def judge(days: Recorded) -> Told:
    """The days lived once by an office that learns, and once by one that multiplies."""
    office = judging.Office(mornings.RULES, Estimates(Learned.of(days.configured)))
    learn_history(office.learned, days.past)
    naive, replayed = _Naive(dict(days.configured)), []
    for day in days.days:
        office.day = day.number
        replayed.append(replay.replay(days.counters, day, mornings.RULES, office))
        replay.replay(days.counters, day, mornings.RULES, naive)
        office.close_day()
    return Told(office.judged, naive.errors, sum(replay.judge(replayed, HEAD_START * MINUTE).values()))


def estimates(plan: Plan) -> Iterator[Figure]:
    """Over town halls that no test saw: after twelve days, and in the first two of a new one."""
    grown = [_judged(n, mornings.MATURE, seen=12, days=4) for n in range(plan.towns)]
    new = [_judged(n, mornings.GUESSED, seen=0, days=2) for n in range(plan.towns)]
    yield Figure("P1 a P4 incumplidas, días inventados", spread([sum(each.broken for each in (*grown, *new))]), NONE)
    for name, towns, goal in (("con experiencia", grown, ERROR), ("los dos primeros días", new, FIRST_ERROR)):
        naive = spread([sum(sum(each.naive) for each in towns) / sum(len(each.naive) for each in towns)])
        yield Figure(f"error de la espera dicha / posición por promedio, {name}", _ratios(towns), goal, naive)
        for who, judged in _classes([one for each in towns for one in each.judged]):
            held = sum(one.told.held(one.truth) for one in judged) / len(judged)
            for end, bound in (("al menos", COVERED_LEAST), ("a lo sumo", COVERED_MOST)):
                yield Figure(f"esperas dentro del rango dicho, {who}, {name}, {end}", spread([held]), bound)
    days = mornings.recording(mornings.town(9_100, mornings.MATURE), 100, 12, 0)
    taken = [_refresh(days, n) for n in range(20)]
    yield Figure("estimar a 100 que esperan, ms de procesador", spread(taken), REFRESH_MS)


def _judged(n: int, guessed: float, seen: int, days: int) -> Told:
    """The n-th town hall: grown up if it has `seen` days before, or new."""
    return judge(mornings.recording(mornings.town(9_100 + n + 100 * (seen == 0), guessed), 100 + n, seen, days))


def _ratios(towns: Sequence[Told]) -> Spread:
    """Of all turns together, between the least and the most of the town halls."""

    def ratio(some: Sequence[Told]) -> float:
        ours = [abs(one.told.point - one.truth) / 60 for each in some for one in each.judged]
        theirs = [error for each in some for error in each.naive]
        return sum(ours) / len(ours) / (sum(theirs) / len(theirs))

    each = [ratio([one]) for one in towns]
    return Spread(ratio(towns), min(each), max(each))


def _classes(judged: list[Judged]) -> list[tuple[str, list[Judged]]]:
    return [
        ("todos", judged),
        ("preferenciales", [one for one in judged if one.told.priority]),
        ("generales", [one for one in judged if not one.told.priority]),
    ]


def _refresh(days: Recorded, seed: int) -> float:
    """Milliseconds of a core to draw the waits of a hundred, in an office with twelve days behind it."""
    learned = Learned.of(days.configured)
    learn_history(learned, days.past)
    at, services = 9 * 3600.0, sorted(days.configured)
    waiting = []
    for n in range(100):
        group = "MAY" if n % 3 == 0 else GENERAL
        issued = int((at - 3000 + 30 * n) * SECOND)
        key = order_key(mornings.RULES, group, issued)
        waiting.append(chances.Held(n, services[n % len(services)], group, key, issued, 3000 - 30 * n))
    places = [chances.Place(counter.services, in_hand=min(counter.services), elapsed=60) for counter in days.counters]
    began = process_time()
    chances.draw(chances.Hall(at, waiting, places, mornings.RULES), learned, seed)
    return 1000 * (process_time() - began)


# ---------------------------------------------------------------- windows


def staffing(plan: Plan) -> Iterator[Figure]:
    """A week of days seen, a plan for the next, and how it does on days that it did not see, drawn by other seeds."""
    for name, people, door in (("90 personas", 90, 0.35), ("140 personas", 140, 0.40)):
        town = mornings.alike(12, people, door)
        office = Office({each.name: each.services for each in town.counters}, mornings.RULES, Targets(), _breaks(town))
        told, habits = _learned(town, seed=7)
        imagined = imagine(told, habits, list(office.windows), 11, plan.tried)
        made, proof = search(list(HALVES), demands_of(told, HALVES, habits), office, imagined)
        crew, _of_crew = fixed_crew(list(HALVES), office, imagined)
        fresh = [_at_the_doors(day) for day in mornings.days(town, 977, plan.fresh)]
        lived = try_out(made, replace(office, breaks={}), fresh)
        assert proof.meets
        hours = spread([crew.hours])
        yield Figure(f"horas de ventanilla / cuadrilla fija, {name}", spread([made.hours / crew.hours]), ROSTER, hours)
        for who, first in (("generales, más de 30 min", False), ("preferenciales, más de 15 min", True)):
            yield Figure(f"esperan más de la meta con ese plan, {who}, {name}", spread([lived.share(first)]), LATE)


def _learned(town: mornings.Town, seed: int) -> tuple[Forecast, Habits]:
    """What an office knows of itself after thirty days."""
    days = mornings.recording(town, seed, 30, 0)
    learned = Learned.of(days.configured)
    learn_history(learned, days.past)
    counts = dict[date, Tally[Cell]]()
    within = dict[int, list[float]]()
    for past in days.past:
        day, at = MONDAY - timedelta(days=31 - past.day), max(past.issued // SECOND, mornings.OPENS)
        counts.setdefault(day, Tally())[at // HALF_HOUR, past.service, past.group] += 1
        within.setdefault(at // HALF_HOUR, []).append(at % HALF_HOUR)
    missed = sum(not past.came for past in days.past) / len(days.past)
    return foretell(MONDAY, History(counts)), Habits(learned.services, missed, within)


def _breaks(town: mornings.Town) -> dict[str, tuple[Pause]]:
    """The break that is planned for each window; the days that are lived know it too."""
    starts = {counter.name: mornings.BREAKS + n * 1125 for n, counter in enumerate(town.counters)}
    return {name: (Pause(at * SECOND, 900 * SECOND, planned=True, by_the_clock=True),) for name, at in starts.items()}


def _at_the_doors(day: Day) -> Day:
    """The same day, counted for who came before the doors opened from when they did."""
    at = mornings.OPENS * SECOND
    return replace(day, arrivals=tuple(replace(one, issued=max(one.issued, at)) for one in day.arrivals))
