"""The periods that reports tell of: quarters, halves and years, or any days, and the one before each; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
LONGEST = 366 * 3
_NAME = re.compile(r"(20\d\d)(?:-([TS])([1-4]))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def months(self) -> int | None:
        """How many whole months it is; None if it is not made of them."""
        if self.first.day != 1 or (self.last + ONE_DAY).day != 1:
            return None
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def before(self) -> Period:
        """The one of the same length that ends where this begins; of whole months, so many months."""
        last = self.first - ONE_DAY
        if self.months is None:
            return Period(last - (self.last - self.first), last)
        return Period(_month(self.first.year, self.first.month - self.months), last)

    @property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters that it is made of; none if it is not made of whole ones."""
        if self.months is None or self.months % 3 or self.first.month % 3 != 1:
            return ()
        starts = (_month(self.first.year, self.first.month + 3 * n) for n in range(self.months // 3))
        return tuple(quarter_of(start) for start in starts)

    @property
    def name(self) -> str:
        """«2026-T4», «2026-S1», «2026», as addresses say it; empty for any other days."""
        if not self.quarters or self.first.year != self.last.year:
            return ""
        year, nth = self.first.year, self.first.month
        return {3: f"{year}-T{(nth + 2) // 3}", 6: f"{year}-S{(nth + 5) // 6}", 12: f"{year}"}.get(self.months or 0, "")

    def each_month(self) -> tuple[date, ...]:
        """The first day of every month that it touches."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return tuple(_month(self.first.year, self.first.month + n) for n in range(count))


def quarter_of(day: date) -> Period:
    return _months(day.year, (day.month - 1) // 3 * 3 + 1, 3)


def half_of(day: date) -> Period:
    return _months(day.year, 1 if day.month <= 6 else 7, 6)


def year_of(day: date) -> Period:
    return _months(day.year, 1, 12)


def month_of(day: date) -> Period:
    return _months(day.year, day.month, 1)


def read(name: str) -> Period | None:
    """The period that an address names; None if it names none."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    year, kind, nth = int(found[1]), found[2], int(found[3] or 1)
    if kind == "T":
        return _months(year, nth * 3 - 2, 3)
    if kind == "S":
        return _months(year, nth * 6 - 5, 6) if nth <= 2 else None
    return _months(year, 1, 12)


def recent(today: date, quarters: int) -> tuple[Period, ...]:
    """The last quarters and the halves and years that they touch, newest first, what is running included."""
    some = [quarter_of(today)]
    while len(some) < quarters:
        some.append(some[-1].before)
    whole = {each for one in some for each in (half_of(one.first), year_of(one.first))}
    return tuple(sorted({*some, *whole}, key=lambda one: (one.last, one.first), reverse=True))


def _months(year: int, month: int, count: int) -> Period:
    return Period(_month(year, month), _month(year, month + count) - ONE_DAY)


def _month(year: int, month: int) -> date:
    """The first day of a month; the thirteenth of a year is the first of the next, and so back."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
