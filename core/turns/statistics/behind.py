"""Which rows a figure of turns counts: what became of them, and the hour and day of the week of their turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.turns.statistics.facts import ALL_ALIKE, NONE, Numbers
from core.turns.statistics.journey import ABANDONED, Outcome
from core.turns.statistics.reading import Counted


@dataclass(frozen=True, slots=True)
class Chosen:
    """`what`: called, attended, abandoned, visits, sent_on, returned, or the name of an outcome; all turns if none.

    `priority`: only those of a priority group.
    """

    what: str = ""
    weekday: int | None = None
    hour: int | None = None
    priority: bool = False


def rows_behind(counted: Counted, chosen: Chosen) -> Numbers:
    """The places of the rows that the figure counts, newest first."""
    facts = counted.facts
    of_visits = {"visits": "window", "attended": "attention"}.get(chosen.what)
    there = facts[of_visits] != NONE if of_visits else facts["first"] == 1
    outcomes = {outcome.name.lower(): (outcome,) for outcome in Outcome} | {"abandoned": ABANDONED}
    if chosen.what in outcomes:
        there = there & np.isin(facts["outcome"], outcomes[chosen.what])
    elif chosen.what == "called":
        there = there & (facts["wait"] != NONE)
    elif chosen.what in ("sent_on", "returned"):
        there = there & (facts[chosen.what] > 0)
    if chosen.hour is not None:
        there = there & (facts["hour"] == chosen.hour)
    if chosen.weekday is not None:
        there = there & (counted.by_day(lambda day: day.day.weekday()) == chosen.weekday)
    if chosen.priority:
        there = there & (facts["group"] != ALL_ALIKE)
    return np.flatnonzero(there)[::-1]
