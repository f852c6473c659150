"""The account of a petition's days: which counted, which did not and why, and where the term ends; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.calendar import (
    LONGEST_PAUSE,
    ONE_DAY,
    Calendar,
    Day,
    Hours,
    Why,
    add_months,
    add_working_days,
    months_later,
    nth_working_day,
    stretches_on,
    told,
)
from core.petitions.facts import Clarification, Extension, Facts, Policy
from core.petitions.terms import Unit

Account = tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """Where a count ends and how it came there; `last` is None while it is suspended, and `account` ends there.

    `zero` is day 0. `plain`: where the term ends if it is not extended. `longest`: where it ends if it is extended as
    far as the law lets it; None if it may not be.
    """

    zero: date
    plain: date | None
    last: date | None
    longest: date | None
    account: Account


def after_hours(at: datetime, hours: Sequence[Hours], calendar: Calendar) -> bool:
    """Whether the local instant comes when the doors have closed for that day, or did not open on it."""
    stretches = stretches_on(at.date(), hours, calendar)
    return not stretches or at.time() >= stretches[-1][1]


def count(facts: Facts, calendar: Calendar) -> Count:
    """The days of a petition's term over the calendar. Raises NoTerm for a day before the table."""
    term = facts.term
    before = _before_zero(facts, calendar)
    zero = before[-1].day + timedelta(days=1) if before else facts.received
    if term.unit is Unit.MONTHS:
        last = add_months(zero, term.length, calendar)
        return Count(zero, last, last, None, (*before, *_rolled(zero, term.length, last, calendar)))
    pauses = facts.clarifications
    plain, account = _run(zero, term.length, pauses, calendar)
    if term.extra is None or plain is None:
        return Count(zero, plain, plain, None, (*before, *account))
    most = term.length + term.extra
    longest = nth_working_day(plain, most - account[-1].number, calendar)
    if facts.extension is None:
        return Count(zero, plain, plain, longest, (*before, *account))
    number = _extended(facts, facts.extension, zero, most, calendar)
    extended, account = _run(zero, max(term.length, number), pauses, calendar)
    return Count(zero, plain, extended, longest, (*before, *account))


def _before_zero(facts: Facts, calendar: Calendar) -> Account:
    """The days from that of its arrival to day 0, that one not included: none unless the policy is lax."""
    if facts.policy is Policy.STRICT:
        return ()
    first = told(facts.received, calendar)
    if first.counts and not facts.after_hours:
        return ()
    account = add_working_days(facts.received, 1, calendar).account[:-1]
    return (replace(account[0], why=first.why if not first.counts else Why.AFTER_HOURS), *account[1:])


def _run(zero: date, length: int, pauses: Sequence[Clarification], calendar: Calendar) -> tuple[date | None, Account]:
    """The day that ends a term of `length` working days, None if it is suspended on the way, and every day to it.

    Art. 17 of the Ley 1437 de 2011: the days that ran before the request count, that of the request among them, and
    the rest runs from the day after the person completed the petition. At least one day is left for the answer. A
    request after the end suspends nothing.
    """
    first = told(zero, calendar)
    account = [Day(zero, False, 0, first.why, first.name)]
    begins = {max(pause.asked, zero): pause for pause in pauses}
    day, number, idle, until = zero, 0, 0, zero
    while True:
        if pause := begins.get(day):
            if pause.answered is None:
                return None, tuple(account)
            length, until = max(length, number + 1), max(until, pause.answered)
        if number == length:
            return day, tuple(account)
        day += ONE_DAY
        line = told(day, calendar)
        if day <= until:
            line = Day(day, False, 0, Why.SUSPENDED) if line.counts else line
        elif line.counts:
            number, idle = number + 1, 0
            line = Day(day, True, number, line.why, line.name)
        elif (idle := idle + 1) > LONGEST_PAUSE:
            raise ValueError(f"no day counts before {day}")
        account.append(line)


def _extended(facts: Facts, extension: Extension, zero: date, most: int, calendar: Calendar) -> int:
    """How many working days the extended term has: those up to the day that was told, as they were counted then.

    What suspended the term later moves that day too.
    """
    until, told_on = extension.until, extension.told
    if until is None:
        return most
    known = [pause for pause in facts.clarifications if told_on is None or pause.asked <= told_on]
    _last, account = _run(zero, most, known, calendar)
    return max(line.number for line in account if line.day <= until)


def _rolled(zero: date, months: int, last: date, calendar: Calendar) -> Account:
    """Day 0, and the days by which the last of some months is moved because it does not count."""
    first, ends = told(zero, calendar), months_later(zero, months)
    moved = (told(ends + timedelta(days=n), calendar) for n in range((last - ends).days))
    return (Day(zero, False, 0, first.why, first.name), *moved, Day(last, True, months))
