"""Which days count and when the doors are open; pure, over holidays and hours given as values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

SATURDAY = 6


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of one weekday (ISO: 1 Monday … 7 Sunday), local time, closing instant not included."""

    weekday: int
    opens: time
    closes: time


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday and no holiday (Ley 51 de 1983; Ley 2578 de 2026)."""
    return day.isoweekday() < SATURDAY and day not in holidays


def is_open(at: datetime, hours: Iterable[Hours], holidays: Collection[date], closed: Collection[date] = ()) -> bool:
    """Whether turns are given at the local instant `at`: inside the hours of a day that counts."""
    day, moment = at.date(), at.time()
    if day in holidays or day in closed:
        return False
    return any(h.weekday == day.isoweekday() and h.opens <= moment < h.closes for h in hours)


def next_opening(
    at: datetime, hours: Iterable[Hours], holidays: Collection[date], closed: Collection[date] = ()
) -> datetime | None:
    """The first instant from `at` on at which turns are given; None if there is none within 30 days."""
    stretches = sorted(hours, key=lambda h: (h.weekday, h.opens))
    if is_open(at, stretches, holidays, closed):
        return at
    for ahead in range(31):
        day = at.date() + timedelta(days=ahead)
        if day in holidays or day in closed:
            continue
        for stretch in stretches:
            opens = datetime.combine(day, stretch.opens, tzinfo=at.tzinfo)
            if stretch.weekday == day.isoweekday() and opens > at:
                return opens
    return None
