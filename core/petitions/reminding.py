"""Who is reminded of what: each official of the own petitions, the head of an office of what is late there; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from core.petitions.deadlines import State

URGENT = (State.OVERDUE, State.DUE_TODAY)
TOLD = (*URGENT, State.DUE_SOON, State.LAPSED)
"""The states that a reminder tells, the worst first; what its person let lapse, the day on which it was asked for."""


@dataclass(frozen=True, slots=True)
class Case:
    """An open petition as a reminder knows it: nothing of it says who asks or what."""

    number: str
    kind: str
    office_id: int
    assignee_id: int | None
    due: date
    state: State
    late_draft: bool = False


@dataclass(frozen=True, slots=True)
class Digest:
    """What one official is told in a day. `of_others`: what the head of an office is told of its people."""

    mine: tuple[Case, ...] = ()
    unassigned: tuple[Case, ...] = ()
    of_others: tuple[Case, ...] = ()
    reserved: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.mine or self.unassigned or self.of_others or self.reserved)


@dataclass(frozen=True, slots=True)
class Person:
    """An official who may be reminded: the offices whose petitions they work on, and those that they head."""

    id: int
    offices: frozenset[int] = frozenset()
    heads: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Piles:
    mine: list[Case] = field(default_factory=list)
    unassigned: list[Case] = field(default_factory=list)
    of_others: list[Case] = field(default_factory=list)


def digests(people: Iterable[Person], cases: Iterable[Case], reserved: Iterable[int] = ()) -> Mapping[int, Digest]:
    """Who is told what, by official; nobody who has nothing to be told.

    An official is told of the own cases that are overdue, due today or due soon, and of those without a draft in time.
    What nobody has in hand is told to everybody of the office. What is overdue or due today goes up to its head.
    `reserved`: who has a confidential case that presses; of it nothing else is said.
    """
    everybody = tuple(people)
    piles = {person.id: _Piles() for person in everybody}
    for case in sorted(cases, key=lambda case: (case.due, case.number)):
        if case.state not in TOLD and not case.late_draft:
            continue
        for person in everybody:
            pile = piles[person.id]
            if case.assignee_id == person.id:
                pile.mine.append(case)
            elif case.office_id in person.heads and case.state in URGENT:
                pile.of_others.append(case)
            elif case.assignee_id is None and case.office_id in person.offices:
                pile.unassigned.append(case)
    hidden = frozenset(reserved)
    found = {
        person.id: Digest(
            tuple(piles[person.id].mine),
            tuple(piles[person.id].unassigned),
            tuple(piles[person.id].of_others),
            person.id in hidden,
        )
        for person in everybody
    }
    return {who: digest for who, digest in found.items() if not digest.is_empty}
