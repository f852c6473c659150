"""How many windows a half hour needs, by formulas that a person can follow with a pencil; pure.

With them core.turns.foresight.search begins, and by them what it finds is checked. Erlang's C by the recursion of his B
(A. K. Erlang, 1917); its tail with Kingman's factor for durations that vary, and the time that people with priority
take away; what a half hour leaves is carried to the next (Green, Kolesar and Whitt, «Coping with time-varying demand»,
2007, say why a stationary formula errs without it). Square root: Borst, Mandelbaum and Reiman, «Dimensioning
large call centers», Operations Research 52 (1), 2004. Times are minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, sqrt

HALF = 30.0
LATE_SHARE = 0.10
"""As p90: so many may wait longer than the target."""
BETA = 0.5
"""How much more than the bare work the square-root line asks for."""
MOST = 60


@dataclass(frozen=True, slots=True)
class Demand:
    """What a half hour asks: people, the mean minutes that each takes, the squared variation of those minutes.

    `priority`: the share of them that comes first.
    """

    people: float
    minutes: float
    variation: float = 0.5
    priority: float = 0.0

    @property
    def load(self) -> float:
        """The work that comes, in windows: people by minutes by half hour."""
        return self.people * self.minutes / HALF


def erlang_c(windows: int, load: float) -> float:
    """The chance that who comes has to wait, with `windows` alike and `load` of work, in windows; 1 if it is too much.

    Erlang B by b = a·b / (k + a·b) from b = 1, and C = b / (1 - (a/n)·(1 - b)).
    """
    if load <= 0:
        return 0.0
    if windows <= load:
        return 1.0
    blocked = 1.0
    for k in range(1, windows + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked / (1 - load / windows * (1 - blocked))


def late_share(windows: int, demand: Demand, target: float) -> float:
    """Who without priority waits longer than `target`, as a share.

    C(n, a) · exp(-(n - a)·τ' / (m·(1 + c²)/2)), where τ' = τ·(1 - a_P/n): the windows that priority keeps busy are none
    for who comes after it.
    """
    if not demand.load:
        return 0.0
    if windows <= demand.load:
        return 1.0
    left = target * (1 - demand.load * demand.priority / windows)
    pace = demand.minutes * (1 + demand.variation) / 2
    return erlang_c(windows, demand.load) * exp(-(windows - demand.load) * left / pace)


def square_root(demand: Demand) -> int:
    """a + β·√a windows, rounded up: the line that nothing sensible is far from."""
    return ceil(demand.load + BETA * sqrt(demand.load))


def needed(demands: Sequence[Demand], target: float, most: int = MOST) -> list[int]:
    """The windows of each half hour in a row, never more than `most`, and one where nobody is expected.

    The fewest with which no more than LATE_SHARE wait longer than `target`, and with which what is left over for the
    next half hour is worked off, by the windows that priority leaves free, in half of the target.
    """
    found, left = [], 0.0
    for demand in demands:
        for windows in range(1, most + 1):
            over = carried(left, demand, windows)
            free = windows * (1 - demand.priority)
            if late_share(windows, demand, target) <= LATE_SHARE and over <= free * target / 2:
                break
        left = carried(left, demand, windows)
        found.append(windows)
    return found


def carried(left: float, demand: Demand, windows: int) -> float:
    """Minutes of work that a half hour leaves to the next, of those that it was left and those that came."""
    return max(0.0, left + demand.people * demand.minutes - HALF * windows)
