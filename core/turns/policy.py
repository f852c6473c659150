"""Who is next: the calling order as arithmetic on keys, without database, clock or session.

Every order but the ratio is one static key per turn, given once when it is issued, so that the relative
order of two waiting turns never changes by itself. Head start: Kleinrock's accumulating priority with a
bounded advance; a priority turn is ordered as if issued D minutes earlier, so that nobody is passed by
who came D or more after. Source of the choice: simulation over 200 mornings; see docs/decisions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
GENERAL = "general"


class Order(StrEnum):
    """How the queue of a site is called."""

    HEAD_START = "head-start"
    STRICT = "strict"
    FIFO = "fifo"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Rules:
    """A site's calling order: `head_start` in minutes by group, `ratio` priority calls for each general."""

    order: Order = Order.HEAD_START
    head_start: Mapping[str, int] = field(default_factory=dict)
    ratio: int = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """A waiting turn as the order sees it; instants in milliseconds."""

    id: int
    group: str
    issued: int
    key: int
    first_of_all: bool = False

    @property
    def priority(self) -> bool:
        return self.group != GENERAL

    @property
    def place(self) -> tuple[int, int, int]:
        """What the queue is sorted by; ties go to the earlier issue, then to the lower id."""
        return (self.key, self.issued, self.id)


def order_key(rules: Rules, group: str, issued: int, first_of_all: bool = False) -> int:
    """The static key in milliseconds; the smallest is called first.

    A child or adolescent who asks in person comes before any other turn under every order
    (Decreto-ley 19 de 2012, art. 12): two days of advance, more than any order gives.
    """
    if first_of_all:
        return issued - 2 * DAY
    if group == GENERAL or rules.order in (Order.FIFO, Order.RATIO):
        return issued
    if rules.order is Order.STRICT:
        return issued - DAY
    return issued - rules.head_start.get(group, 0) * MINUTE


@dataclass(frozen=True, slots=True)
class Choice:
    """The turn to call and why: the rule that decided, in a word that the log keeps."""

    turn: Waiting
    rule: str


def choose(rules: Rules, priority: Waiting | None, general: Waiting | None, priority_run: int) -> Choice | None:
    """Choose between the first priority and the first general turn that the window may call.

    `priority_run` counts the site's priority calls since its last general call; only the ratio uses it.
    A child who asks in person is not rationed.
    """
    if priority is None or general is None:
        only = priority or general
        return Choice(only, "first of all" if only.first_of_all else rules.order.value) if only else None
    if priority.first_of_all:
        return Choice(priority, "first of all")
    if rules.order is Order.RATIO:
        return Choice(priority if priority_run < rules.ratio else general, rules.order.value)
    return Choice(min(priority, general, key=lambda turn: turn.place), rules.order.value)


def next_turn(rules: Rules, eligible: Iterable[Waiting], priority_run: int = 0) -> Choice | None:
    """The same decision over all the turns that the window may call, held in memory."""
    first: dict[bool, Waiting] = {}
    for turn in eligible:
        best = first.get(turn.priority)
        if best is None or turn.place < best.place:
            first[turn.priority] = turn
    return choose(rules, first.get(True), first.get(False), priority_run)


def run_after(rules: Rules, called: Waiting, priority_run: int) -> int:
    """The run of priority calls once `called` has been called; a child who asks in person does not count."""
    if called.first_of_all:
        return priority_run
    return priority_run + 1 if called.priority else 0


def line_up(rules: Rules, waiting: Iterable[Waiting], priority_run: int = 0) -> list[Waiting]:
    """Who waits, in the order in which one window that serves them all would call them if nobody else came."""
    left: dict[bool, deque[Waiting]] = {True: deque(), False: deque()}
    for turn in sorted(waiting, key=lambda turn: turn.place):
        left[turn.priority].append(turn)
    called = []
    while left[True] or left[False]:
        priority, general = (next(iter(left[kind]), None) for kind in (True, False))
        choice = choose(rules, priority, general, priority_run)
        assert choice is not None
        called.append(left[choice.turn.priority].popleft())
        priority_run = run_after(rules, choice.turn, priority_run)
    return called


def passed_over(called: Waiting, eligible: Iterable[Waiting]) -> list[Waiting]:
    """Who came before the called turn and still waits, in order of issue."""
    earlier = [turn for turn in eligible if (turn.issued, turn.id) < (called.issued, called.id)]
    return sorted(earlier, key=lambda turn: (turn.issued, turn.id))
