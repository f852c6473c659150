"""When a petition must be answered, where it stands, and why each day of its term counted or not; pure.

One function serves the screen, the mail, the report, the paper and the portal: what happened goes in, a deadline with
its account of days comes out. Nothing of it is kept; «overdue» is what a day says of a date, never a stored word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.calendar import Calendar, Day, Why, nth_working_day, working_days_between
from core.petitions.clocks import Clock, Name, clocks_of, last_to_complete
from core.petitions.counting import Account, Count, count
from core.petitions.facts import End, Facts
from core.petitions.terms import Silence, Term

SOON = 3
"""With so many working days left, or fewer, a petition is about to fall due."""


class State(StrEnum):
    """Where a petition stands on a day. Lapsed: the person did not complete it in time, and an act may archive it."""

    ON_TIME = "on time"
    DUE_SOON = "due soon"
    DUE_TODAY = "due today"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    NO_TERM = "no term"
    ANSWERED = "answered on time"
    ANSWERED_LATE = "answered late"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    ANNULLED = "annulled"


_ENDS = {
    End.TRANSFERRED: State.TRANSFERRED,
    End.WITHDRAWN: State.WITHDRAWN,
    End.ARCHIVED: State.ARCHIVED,
    End.ANNULLED: State.ANNULLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The answer: by when, where it stands, and the account of every day.

    `counted` is where the count ends, and `due` the day that binds: later if the person was told a later one, None if
    the law sets no term or the count is suspended. `longest`: the last day to which it may be extended. `left`: working
    days until `due`, negative after it. `accepted`: nobody answered in time, and by law it is granted. `zero` is day 0
    of the account, which may begin before it.
    """

    term: Term
    zero: date
    counted: date | None
    due: date | None
    longest: date | None
    left: int | None
    state: State
    accepted: bool
    account: Account
    clocks: tuple[Clock, ...]

    def clock(self, name: Name) -> Clock | None:
        """One of the clocks beside the main one, the last of its name; None if it does not run."""
        return next((clock for clock in reversed(self.clocks) if clock.name is name), None)


def deadline(facts: Facts, calendar: Calendar, today: date, soon: int = SOON) -> Deadline:
    """By when a petition must be answered and how it stands on `today`. Raises NoTerm for a day before the table."""
    counted = count(facts, calendar)
    due = _binding(facts, counted.last)
    return Deadline(
        term=facts.term,
        zero=counted.zero,
        counted=counted.last,
        due=due,
        longest=counted.longest,
        left=working_days_between(today, due, calendar) if due and facts.ended is None else None,
        state=_state(facts, due, calendar, today, soon),
        accepted=_accepted(facts, counted.last, today),
        account=counted.account if due is None else (*counted.account, *_promised(counted, due)),
        clocks=clocks_of(facts, counted, calendar),
    )


def due_of(facts: Facts, calendar: Calendar) -> date | None:
    """By when a petition must be answered and nothing else, for who counts thousands. Raises NoTerm."""
    return _binding(facts, count(facts, calendar).last)


def state_of_open(due: date, today: date, soon_until: date) -> State:
    """How a petition stands that is being answered; `soon_until`, the last due date that is soon."""
    if due < today:
        return State.OVERDUE
    if due == today:
        return State.DUE_TODAY
    return State.DUE_SOON if due <= soon_until else State.ON_TIME


def soon_until(today: date, calendar: Calendar, soon: int = SOON) -> date:
    """What falls due by this day is about to: a list asks once and compares dates."""
    return nth_working_day(today, soon, calendar)


def is_lapsed(facts: Facts, calendar: Calendar, today: date) -> bool:
    """Whether the person was asked to complete it and let the time for it pass: it may be archived (art. 17)."""
    return facts.waiting is not None and today > last_to_complete(facts.waiting, facts.term, calendar)


def _binding(facts: Facts, counted: date | None) -> date | None:
    """A day that the person was told is never moved to an earlier one; without a term of the law, none binds."""
    if counted is None or not facts.term.by_law:
        return None
    until = facts.extension.until if facts.extension else None
    return max(counted, facts.told or counted, until or counted)


def _promised(counted: Count, due: date) -> Sequence[Day]:
    """The days between the end of the count and a later day that the person was told."""
    last = counted.account[-1].day
    return [Day(last + timedelta(days=n), False, 0, Why.PROMISED) for n in range(1, (due - last).days + 1)]


def _state(facts: Facts, due: date | None, calendar: Calendar, today: date, soon: int) -> State:
    if facts.ended is End.ANSWERED:
        late = due is not None and facts.ended_on is not None and facts.ended_on > due
        return State.ANSWERED_LATE if late else State.ANSWERED
    if facts.ended is not None:
        return _ENDS[facts.ended]
    if facts.waiting:
        return State.LAPSED if is_lapsed(facts, calendar, today) else State.SUSPENDED
    if due is None:
        return State.NO_TERM
    return state_of_open(due, today, soon_until(today, calendar, soon))


def _accepted(facts: Facts, counted: date | None, today: date) -> bool:
    if facts.term.silence not in (Silence.ACCEPTED, Silence.COPIES) or counted is None:
        return False
    if facts.ended not in (None, End.ANSWERED):
        return False
    return (facts.ended_on or today) > counted
