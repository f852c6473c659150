"""Which windows open in each half hour so that people wait no longer than was promised, and not one hour more; pure.

Found by simulation, as in Feldman, Mandelbaum, Massey and Whitt, «Staffing of time-varying queues to achieve
time-stable performance», Management Science 54 (2), 2008: begin with the formula, replay days that could come under the
real order with the real windows, open one more in the first half hour that fails or in the one before it, and at the
end close whatever nobody misses.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from itertools import combinations
from math import ceil

from core.turns.foresight.crews import Office, Plan, Proof, try_out
from core.turns.foresight.staffing import MOST, Demand, needed
from core.turns.recorded import Day

CREWS_TRIED = 200
EXCHANGES, FEW_DAYS, HOPELESS = 2, 12, 4.0
"""Windows are exchanged so often; with so many too many who wait longer on FEW_DAYS, the other days are not tried."""


def search(halves: Sequence[int], demands: Sequence[Demand], office: Office, days: Sequence[Day]) -> tuple[Plan, Proof]:
    """The windows of each of these half hours. If not even all of them are enough, the plan is all of them.

    A plan always has, in each half hour, a window for each service that is attended at all. It is sought from two
    beginnings, the formula and the bare work, because each ends where no single window can be spared.
    """
    most = min(len(office.windows), MOST)
    formula = needed(demands, office.targets.general, most)
    bare = [min(max(ceil(demand.load), 1), most) for demand in demands]
    found = []
    for counts in (formula, bare):
        plan = Plan({half: _first(office, count, half) for half, count in zip(halves, counts, strict=True)})
        found.append(_fewer(*_enough(plan, office, days), office, days))
    plan, proof = min(found, key=lambda one: (not one[1].meets, one[0].hours, one[1].excess))
    for _round in range(EXCHANGES):
        if not proof.meets or (exchanged := _exchanged(plan, office, days)) is None:
            break
        plan, proof = _fewer(*exchanged, office, days)
    return plan, proof


def _keeps(plan: Plan, office: Office, days: Sequence[Day]) -> Proof | None:
    """What the plan gives if it keeps the targets; most that do not show it on a few of the days."""
    if try_out(plan, office, _few(days)).excess > HOPELESS:
        return None
    proof = try_out(plan, office, days)
    return proof if proof.meets else None


def _few(days: Sequence[Day]) -> Sequence[Day]:
    return days[:: max(len(days) // FEW_DAYS, 1)]


def _enough(plan: Plan, office: Office, days: Sequence[Day]) -> tuple[Plan, Proof]:
    """The plan with windows more until the targets are kept, or until there are no more windows."""
    proof = try_out(plan, office, days)
    while failing := proof.failing:
        tried = _more(plan, office, failing)
        if not tried:
            break
        plan = min(tried, key=lambda made: try_out(made, office, _few(days)).excess)
        proof = try_out(plan, office, days)
    return plan, proof


def _exchanged(plan: Plan, office: Office, days: Sequence[Day]) -> tuple[Plan, Proof] | None:
    """Two windows fewer, in half hours that are near, and one more beside them, if the targets are still kept."""
    halves = sorted(plan.open)
    for first, second in ((one, other) for n, one in enumerate(halves) for other in halves[n : n + 3]):
        fewer = _without_one(_without_one(plan, first, office), second, office)
        if fewer is None:
            continue
        for half in (other for other in halves if first - 2 <= other <= second + 1 and other not in (first, second)):
            for window in office.kinds(office.able(half) - fewer.open[half], half):
                made = fewer.with_one(half, window)
                if made.jolts <= plan.jolts and (proof := _keeps(made, office, days)):
                    return made, proof
    return None


def _without_one(plan: Plan | None, half: int, office: Office) -> Plan | None:
    """Without the window that serves the fewest and leaves every service attended; None if there is none such."""
    if plan is None:
        return None
    for window in sorted(plan.open[half], key=lambda name: (len(office.windows[name]), name)):
        made = plan.without(half, window)
        if made.open[half] and office.covers(made.open[half], office.able(half)):
            return made
    return None


def _first(office: Office, count: int, half: int) -> frozenset[str]:
    """So many windows or more, chosen one by one for the most services that none of them attends yet.

    One that rests for a part of the half hour is less than a window.
    """
    chosen: list[str] = []
    able = office.able(half)
    left = sorted(able, key=lambda name: (office.rests(name, half), name))
    while left and (_present(chosen, office, half) < count or not office.covers(chosen, able)):
        covered = frozenset[str]().union(*(office.windows[name] for name in chosen))
        best = max(left, key=lambda name: (len(office.windows[name] - covered), len(office.windows[name])))
        chosen.append(best)
        left.remove(best)
    return frozenset(chosen)


def _present(names: Sequence[str], office: Office, half: int) -> float:
    return sum(1 - office.rests(name, half) for name in names)


def _more(plan: Plan, office: Office, failing: Sequence[int]) -> list[Plan]:
    """One window more in the first half hour that fails, or in the one before; else wherever one is closed."""
    halves = sorted(plan.open)
    for half in failing:
        before = [other for other in halves if other <= half][-2:] or halves[:1]
        made = [
            plan.with_one(where, window)
            for where in before
            for window in office.kinds(office.able(where) - plan.open[where], where)
        ]
        if made:
            return made
    return [
        plan.with_one(half, window)
        for half in halves
        for window in office.kinds(office.able(half) - plan.open[half], half)[:1]
    ]


def _fewer(plan: Plan, proof: Proof, office: Office, days: Sequence[Day]) -> tuple[Plan, Proof]:
    """Close what nobody misses: first where most are open for who comes."""
    came = Tally[int]()
    for (half, _priority), count in proof.came.items():
        came[half] += count
    for half in sorted(plan.open, key=lambda half: came[half] / max(len(plan.open[half]), 1)):
        for window in sorted(office.kinds(plan.open[half], half), key=lambda name: -office.rests(name, half)):
            while window in plan.open[half]:
                made = plan.without(half, max(name for name in plan.open[half] if office.alike(name, window, half)))
                if not office.covers(made.open[half], office.able(half)) or made.jolts > plan.jolts:
                    break
                found = _keeps(made, office, days)
                if found is None:
                    break
                plan, proof = made, found
    return plan, proof


def fixed_crew(halves: Sequence[int], office: Office, days: Sequence[Day]) -> tuple[Plan, Proof]:
    """The fewest windows that, open all day, keep the targets and leave no service; else all of them."""
    tried, seen = 0, set[tuple[frozenset[str], ...]]()
    for size in range(1, len(office.windows) + 1):
        for names in combinations(sorted(office.windows), size):
            kind = tuple(sorted((office.windows[name] for name in names), key=sorted))
            plan = _all_day(halves, names, office)
            if kind in seen or not all(office.covers(plan.open[half], office.able(half)) for half in halves):
                continue
            seen.add(kind)
            proof = try_out(plan, office, days)
            tried += 1
            if proof.meets or tried == CREWS_TRIED:
                return plan, proof
    everything = _all_day(halves, office.windows, office)
    return everything, try_out(everything, office, days)


def _all_day(halves: Sequence[int], names: Iterable[str], office: Office) -> Plan:
    """These windows open all day but for the half hours that they rest."""
    return Plan({half: frozenset(names) & office.able(half) for half in halves})
