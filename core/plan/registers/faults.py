"""What is wrong with what was said of an entry, field by field, and whether what shows it is enough; pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.links import is_web_address
from core.personal import pieces
from core.plan.registers.fields import Asks, Field, Kind, Mark, Said, Shows

LONGEST = {Asks.TEXT: 160, Asks.CODE: 120, Asks.PROSE: 2000, Asks.LINK: 500, Asks.ACTION: 20}
MOST_NUMBER, MOST_MONEY, MOST_PEOPLE = 100_000, 10**13, 100_000
_OF_A_LIST = (Asks.CHOICE, Asks.SERVICE, Asks.OFFICIAL)
CITIZENS = "citizens"
"""Under this name the people of the town are counted, beside the officials of each office."""
ACTION = re.compile(r"AM-(\d{4,9})")


class Why(StrEnum):
    """What is wrong with a field."""

    MISSING = "missing"
    NOBODY = "nobody"
    TOO_LONG = "too_long"
    NOT_OFFERED = "not_offered"
    NOT_A_LINK = "not_a_link"
    NOT_AN_ACTION = "not_an_action"
    TOO_MUCH = "too_much"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_IT_BEGAN = "before_it_began"
    PERSONAL = "personal"
    HALF_A_PAIR = "half_a_pair"
    WORSE = "worse"
    NOTHING_BETTER = "nothing_better"
    NOT_JUDGED = "not_judged"
    NO_ACTIVITY = "no_activity"


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that has to be mended, and why."""

    field: str
    why: Why
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows an entry: how many files and links, and which points of a checklist have their photograph."""

    files: int = 0
    links: int = 0
    points: frozenset[str] = frozenset()


def faults(kind: Kind, said: Said, today: date) -> list[Fault]:
    """All that is wrong, in the order of the form; one fault a field."""
    found: dict[str, Fault] = {}
    for each in kind.fields:
        for fault in _of_field(each, said, today):
            found.setdefault(fault.field, fault)
    for fault in (*_of_days(said), *_of_pairs(kind, said)):
        found.setdefault(fault.field, fault)
    return list(found.values())


def is_complete(kind: Kind, said: Said, shown: Shown) -> bool:
    """Whether it counts: what shows it is there; of what falls due, only once it was done."""
    if kind.falls_due and said.get("done_on") is None:
        return False
    if kind.shows is Shows.PHOTOS:
        marks = said["points"]
        return bool(marks) and all(
            mark == Mark.NOT_APPLICABLE or point in shown.points for point, mark in marks.items()
        )
    return {
        Shows.NOTHING: True,
        Shows.FILE: shown.files > 0,
        Shows.FILE_OR_LINK: shown.files + shown.links > 0,
    }[kind.shows]


def _of_field(asked: Field, said: Said, today: date) -> Iterator[Fault]:
    value = said.get(asked.name)
    if asked.asks is Asks.PEOPLE:
        yield from _of_people(asked, value or {})
    elif asked.asks is Asks.CHECKLIST:
        yield from _of_checklist(asked, value or {})
    elif value in (None, ""):
        if asked.needed:
            yield Fault(asked.name, Why.NOT_OFFERED if asked.asks in _OF_A_LIST else Why.MISSING)
    elif asked.asks is Asks.DAY:
        if value > today and not asked.future:
            yield Fault(asked.name, Why.IN_THE_FUTURE)
    elif asked.asks in (Asks.NUMBER, Asks.MONEY):
        most = MOST_MONEY if asked.asks is Asks.MONEY else MOST_NUMBER
        if not 0 <= value <= most:
            yield Fault(asked.name, Why.TOO_MUCH, {"most": most})
    elif asked.asks is Asks.CHOICE:
        if value not in {code for code, _name in asked.choices}:
            yield Fault(asked.name, Why.NOT_OFFERED)
    elif asked.asks in LONGEST:
        yield from _of_words(asked, value)


def _of_words(asked: Field, value: str) -> Iterator[Fault]:
    if len(value) > LONGEST[asked.asks]:
        yield Fault(asked.name, Why.TOO_LONG, {"most": LONGEST[asked.asks]})
    elif asked.asks is Asks.LINK:
        if not is_web_address(value):
            yield Fault(asked.name, Why.NOT_A_LINK)
    elif asked.asks is Asks.ACTION:
        if not ACTION.fullmatch(value):
            yield Fault(asked.name, Why.NOT_AN_ACTION)
    elif asked.asks is not Asks.CODE and (found := pieces(value)):
        yield Fault(asked.name, Why.PERSONAL, {"piece": found[0]})


def _of_people(asked: Field, counted: dict[str, int]) -> Iterator[Fault]:
    if any(not 0 <= many <= MOST_PEOPLE for many in counted.values()):
        yield Fault(asked.name, Why.TOO_MUCH, {"most": MOST_PEOPLE})
    elif asked.needed and not sum(counted.values()):
        yield Fault(asked.name, Why.NOBODY)


def _of_checklist(asked: Field, marks: dict[str, str]) -> Iterator[Fault]:
    for point, _words in asked.choices:
        if marks.get(point) not in set(Mark):
            yield Fault(f"{asked.name}-{point}", Why.NOT_JUDGED)


def _of_days(said: Said) -> Iterator[Fault]:
    day, until = said.get("day"), said.get("until")
    if day and until and until < day:
        yield Fault("until", Why.BEFORE_IT_BEGAN)


def _of_pairs(kind: Kind, said: Said) -> Iterator[Fault]:
    """Both figures or none, none of them worse than it was, and one of them better."""
    better = False
    for pair in kind.pairs:
        before, after = said.get(pair.before), said.get(pair.after)
        if (before is None) != (after is None):
            yield Fault(pair.after if after is None else pair.before, Why.HALF_A_PAIR)
        elif before is not None and after is not None:
            better |= after < before
            if after > before:
                yield Fault(pair.after, Why.WORSE)
    if kind.pairs and not better:
        yield Fault(kind.pairs[0].after, Why.NOTHING_BETTER)
