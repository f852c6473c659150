"""Which days count and when the doors are open: two questions about the same day, answered from values; pure.

Serving hours say whether turns are given; legal terms say whether the day counts. A day may close its doors and still
count: only an act that says so keeps it out of the terms.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

SATURDAY, SUNDAY = 6, 7
ONE_DAY = timedelta(days=1)
AHEAD = 31
"""How many days ahead an opening is looked for."""
LONGEST_PAUSE = 366
"""More days in a row than this without one that counts is a calendar that makes no sense."""

Stretch = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of one weekday (ISO: 1 Monday … 7 Sunday), local time, closing instant not included."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Special:
    """A day that the entity itself opens or closes, by an act.

    `stretches` are the hours of an open day, if they are not those of its weekday. `affects_terms`: an open day then
    counts for legal terms whatever day it is, and a closed one does not.
    """

    opens: bool
    act: str
    affects_terms: bool = False
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """`holidays` names the holidays of any day; `special` holds the entity's own days, that of the site first.

    `version` tells this calendar from what it was before and from what it may become: a deadline keeps it.
    """

    holidays: Callable[[date], Sequence[str]]
    special: Mapping[date, Sequence[Special]] = field(default_factory=dict)
    version: str = ""
    looked_up: dict[date, Day] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was said already of a day: thousands of terms run over the same days."""


class Why(StrEnum):
    """Why a day does not count, or why one counts that otherwise would not.

    The last three are not of the calendar but of a case: its term was suspended, it arrived when the doors had closed,
    or the person was told a later day than the one on which the count ends.
    """

    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    OPENED = "opened"
    SUSPENDED = "suspended"
    AFTER_HOURS = "after hours"
    PROMISED = "promised"


@dataclass(frozen=True, slots=True)
class Day:
    """One line of an account: whether the day counts, its running number, and why if that is not plain.

    `name` is the holiday's, or the act's. The day on which the account begins is day 0 and never counts.
    """

    day: date
    counts: bool
    number: int
    why: Why | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """The last day of a term, and the account of every day from the first to it."""

    last: date
    account: tuple[Day, ...]


def told(day: date, calendar: Calendar) -> Day:
    """Whether a day counts for legal terms, and why; its number is 0.

    Days are working days unless the law says otherwise (Ley 4 de 1913, art. 62); holidays by Ley 51 de 1983 and Ley
    2578 de 2026. Saturday counts only where an act of the entity makes it a working day.
    """
    known = calendar.looked_up.get(day)
    if known is None:
        known = calendar.looked_up[day] = _told(day, calendar)
    return known


def _told(day: date, calendar: Calendar) -> Day:
    for special in calendar.special.get(day, ()):
        if special.affects_terms:
            plain = special.opens and day.isoweekday() < SATURDAY and not calendar.holidays(day)
            why = None if plain else Why.OPENED if special.opens else Why.CLOSED
            return Day(day, special.opens, 0, why, "" if plain else special.act)
    if names := calendar.holidays(day):
        return Day(day, False, 0, Why.HOLIDAY, " y ".join(names))
    if day.isoweekday() >= SATURDAY:
        return Day(day, False, 0, Why.SATURDAY if day.isoweekday() == SATURDAY else Why.SUNDAY)
    return Day(day, True, 0)


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether the day counts for legal terms."""
    return told(day, calendar).counts


def add_working_days(start: date, n: int, calendar: Calendar) -> Term:
    """The n-th day that counts after `start`, which is day 0 (Ley 1437 de 2011, art. 14), with its account.

    With n = 0 the term ends on `start` itself. Raises ValueError for a negative n and for a calendar in which no day
    counts for more than a year.
    """
    if n < 0:
        raise ValueError(f"a term of {n} days")
    first = told(start, calendar)
    account = [Day(start, False, 0, first.why, first.name)]
    counted, day, last = 0, start, start
    while counted < n:
        day += ONE_DAY
        if (day - last).days > LONGEST_PAUSE:
            raise ValueError(f"no day counts after {last}")
        line = told(day, calendar)
        if line.counts:
            counted, last = counted + 1, day
            line = Day(day, True, counted, line.why, line.name)
        account.append(line)
    return Term(last, tuple(account))


def nth_working_day(start: date, n: int, calendar: Calendar) -> date:
    """Where a term of n working days ends, without its account. Raises ValueError as `add_working_days` does."""
    if n < 0:
        raise ValueError(f"a term of {n} days")
    day = last = start
    while n:
        day += ONE_DAY
        if told(day, calendar).counts:
            n, last = n - 1, day
        elif (day - last).days > LONGEST_PAUSE:
            raise ValueError(f"no day counts after {last}")
    return last


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """How many days count after `start` up to `end` included; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start, calendar)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day, calendar) for day in days)


def on_or_after(day: date, calendar: Calendar) -> date:
    """The day itself if it counts, or the next that does. Raises ValueError if none does for more than a year."""
    return day if is_working_day(day, calendar) else nth_working_day(day, 1, calendar)


def add_months(start: date, n: int, calendar: Calendar) -> date:
    """The same day n months later, or the last of a shorter month; if it does not count, the next that does.

    Ley 4 de 1913, arts. 59 and 62.
    """
    return on_or_after(months_later(start, n), calendar)


def months_later(start: date, n: int) -> date:
    """The same day n months later, or the last of a shorter month, whether it counts or not."""
    years, month = divmod(start.month - 1 + n, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def stretches_on(day: date, hours: Iterable[Hours], calendar: Calendar) -> list[Stretch]:
    """When turns are given on a day, in order; nothing on a holiday or on a day that the entity closes."""
    usual = sorted((h.opens, h.closes) for h in hours if h.weekday == day.isoweekday())
    for special in calendar.special.get(day, ()):
        return sorted(special.stretches) or usual if special.opens else []
    return [] if calendar.holidays(day) else usual


def stretch_at(at: datetime, hours: Iterable[Hours], calendar: Calendar) -> Stretch | None:
    """The stretch in which the local instant `at` lies; None while no turns are given."""
    stretches = stretches_on(at.date(), hours, calendar)
    return next((stretch for stretch in stretches if stretch[0] <= at.time() < stretch[1]), None)


def is_open(at: datetime, hours: Iterable[Hours], calendar: Calendar) -> bool:
    """Whether turns are given at the local instant `at`."""
    return stretch_at(at, hours, calendar) is not None


def next_opening(at: datetime, hours: Iterable[Hours], calendar: Calendar) -> datetime | None:
    """The first instant from `at` on at which turns are given; None if there is none within 30 days."""
    every = list(hours)
    if is_open(at, every, calendar):
        return at
    for ahead in range(AHEAD):
        day = at.date() + timedelta(days=ahead)
        for opens, _closes in stretches_on(day, every, calendar):
            instant = datetime.combine(day, opens, tzinfo=at.tzinfo)
            if instant > at:
                return instant
    return None


def moved(before: Calendar, after: Calendar, start: date, terms: Sequence[int]) -> list[tuple[int, date, date]]:
    """The terms that begin on `start` and no longer end on the same day: (length, last day before, last day now)."""
    ends = [(n, add_working_days(start, n, before).last, add_working_days(start, n, after).last) for n in terms]
    return [(n, was, now) for n, was, now in ends if was != now]
