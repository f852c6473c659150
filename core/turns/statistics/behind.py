"""Which rows a figure of turns counts: what became of them, and the hour and day of the week of their turns.

A time opens what was timed and the share within the target who is not in it, both with the longest first: so each
percentile stands at its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from core.turns.statistics.facts import ALL_ALIKE, LEVELS, NONE, TIMED, Facts, Numbers, Times, tally
from core.turns.statistics.journey import ABANDONED, MINUTE, Outcome, Visit
from core.turns.statistics.reading import Counted

OF_VISITS = {"visits": "window", "attended": "attention", "walk": "walk", "attention": "attention"}
"""What is counted of visits and not of turns, and what each has of it."""
LONGEST_FIRST = {"late": "wait"} | {name: name for name in TIMED}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows: all turns, if `what` says nothing, and only those of a priority group, if `priority`.

    `what`: called, late (beyond the target), attended, abandoned, visits, sent_on, returned, the name of an outcome or
    of what is timed (wait, walk, attention).
    """

    what: str = ""
    weekday: int | None = None
    hour: int | None = None
    priority: bool = False


def rows_behind(counted: Counted, chosen: Chosen) -> Numbers:
    """The places of the rows that the figure counts, newest first; of times, the longest first."""
    facts = counted.facts
    of_visits = OF_VISITS.get(chosen.what)
    there = facts[of_visits] != NONE if of_visits else facts["first"] == 1
    outcomes = {outcome.name.lower(): (outcome,) for outcome in Outcome} | {"abandoned": ABANDONED}
    if chosen.what in outcomes:
        there = there & np.isin(facts["outcome"], outcomes[chosen.what])
    elif chosen.what in ("called", "wait", "late"):
        there = there & (facts["wait"] != NONE)
    elif chosen.what in ("sent_on", "returned"):
        there = there & (facts[chosen.what] > 0)
    if chosen.what == "late":
        there = there & (facts["wait"] > facts["target"].astype(np.uint32) * MINUTE)
    if chosen.hour is not None:
        there = there & (facts["hour"] == chosen.hour)
    if chosen.weekday is not None:
        there = there & (counted.by_day(lambda day: day.day.weekday()) == chosen.weekday)
    if chosen.priority:
        there = there & (facts["group"] != ALL_ALIKE)
    rows = np.flatnonzero(there)[::-1]
    if chosen.what in LONGEST_FIRST:
        seconds = facts[LONGEST_FIRST[chosen.what]][rows].astype(np.int64)
        rows = rows[np.argsort(-seconds, kind="stable")]
    return rows


def times_behind(counted: Counted, rows: Numbers, what: str) -> Times:
    """How long what these rows tell took; nothing where they are not the list of a time."""
    if what not in TIMED:
        return Times()
    told: Times = getattr(tally(counted.facts.where(rows), (what,)), what)
    return told


def places_of_levels(count: int) -> dict[float, int]:
    """At which place of so many times, the longest first, each percentile stands (nearest rank)."""
    return {level: count - ceil(round(count * level, 9)) for level in LEVELS} if count else {}


def visit_at(facts: Facts, row: int) -> Visit:
    """The visit that a row tells of."""
    window, official, service, walk, attention = (
        None if facts[name][row] == NONE else int(facts[name][row])
        for name in ("window", "official", "service", "walk", "attention")
    )
    return Visit(0, official, window, service, walk, attention)
