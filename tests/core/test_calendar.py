"""Which days count and when the doors are open: the holidays of the law and the hours of the site."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.calendar import Hours, is_open, is_working_day, next_opening
from core.catalogue.hours import Opening, national_holidays, opening
from core.catalogue.model import ClosedDay
from core.clock import BOGOTA
from tests import make

HOURS = [
    Hours(day, opens, closes) for day in range(1, 6) for opens, closes in [(time(8), time(12)), (time(14), time(18))]
]

LAW = {
    2026: (
        "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 "
        "07-13 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25"
    ),
    2027: (
        "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 "
        "07-12 07-20 08-07 08-16 10-18 11-01 11-15 12-08 12-25"
    ),
}
"""Ley 51 de 1983, and Ley 2578 de 2026 for the ninth of July; counted by hand from Easter (5 April, 28 March)."""


def on(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BOGOTA)


def free(year: int = 2026) -> frozenset[date]:
    return national_holidays(year) | national_holidays(year + 1)


@pytest.mark.parametrize("year", LAW)
def test_the_holidays_are_those_of_the_law(year: int) -> None:
    assert sorted(national_holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in LAW[year].split()]


def test_the_ninth_of_july_is_kept_on_the_monday_after_since_2026() -> None:
    """Ley 2578 de 2026, art. 6."""
    assert not is_working_day(date(2026, 7, 13), free())
    assert not is_working_day(date(2027, 7, 12), free(2027))
    assert is_working_day(date(2026, 7, 9), free())
    assert date(2025, 7, 14) not in national_holidays(2025)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), False),
        (date(2026, 11, 16), False),
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 3, 19), True),
    ],
)
def test_monday_to_friday_count_unless_they_are_holidays(day: date, works: bool) -> None:
    assert is_working_day(day, free()) is works


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        (on(11, 23, 7, 59), False),
        (on(11, 23, 8), True),
        (on(11, 23, 11, 59), True),
        (on(11, 23, 12), False),
        (on(11, 23, 13, 59), False),
        (on(11, 23, 14), True),
        (on(11, 23, 17, 59), True),
        (on(11, 23, 18), False),
        (on(11, 23, 0), False),
        (on(11, 22, 10), False),
        (on(7, 13, 10), False),
        (on(7, 14, 10), True),
    ],
)
def test_the_doors_open_at_the_first_instant_and_close_at_the_last(at: datetime, opened: bool) -> None:
    assert is_open(at, HOURS, free()) is opened


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (on(11, 23, 10), on(11, 23, 10)),
        (on(11, 23, 6), on(11, 23, 8)),
        (on(11, 23, 12), on(11, 23, 14)),
        (on(11, 23, 18), on(11, 24, 8)),
        (on(11, 20, 18), on(11, 23, 8)),
        (on(11, 13, 18), on(11, 17, 8)),
        (on(7, 10, 18), on(7, 14, 8)),
        (on(4, 1, 18), on(4, 6, 8)),
        (on(12, 31, 18), on(1, 4, 8, year=2027)),
    ],
    ids=["now", "early", "lunch", "night", "weekend", "long weekend", "the new holiday", "Holy Week", "new year"],
)
def test_the_next_opening_is_found_over_nights_weekends_and_holidays(at: datetime, opens: datetime) -> None:
    assert next_opening(at, HOURS, free()) == opens


def test_days_closed_by_an_act_of_the_site_are_passed_too() -> None:
    closed = [date(2026, 11, 23), date(2026, 11, 24)]
    assert not is_open(on(11, 23, 10), HOURS, free(), closed)
    assert next_opening(on(11, 20, 18), HOURS, free(), closed) == on(11, 25, 8)


def test_a_site_without_hours_never_opens_and_one_closed_for_long_is_not_promised() -> None:
    assert next_opening(on(11, 23, 10), [], free()) is None
    shut = [on(11, 23, 0).date() + timedelta(days=n) for n in range(40)]
    assert next_opening(on(11, 23, 10), HOURS, free(), shut) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.integers(0, 11))
def test_between_now_and_the_next_opening_the_doors_are_closed(local: datetime, twelfth: int) -> None:
    at = local.replace(tzinfo=BOGOTA)
    opens = next_opening(at, HOURS, free())
    assert opens is not None
    assert opens >= at
    assert is_open(opens, HOURS, free())
    between = at + (opens - at) * twelfth / 12
    assert between == opens or not is_open(between, HOURS, free())


def test_the_site_says_whether_it_is_open_and_when_it_will_be(town: Session) -> None:
    site = make.site(town).id
    assert opening(town, site, on(11, 23, 9)) == Opening(True, None)
    assert opening(town, site, on(11, 13, 18)) == Opening(False, on(11, 17, 8))
    town.add(ClosedDay(site_id=site, day=date(2026, 11, 17), act="Decreto 9"))
    assert opening(town, site, on(11, 13, 18)) == Opening(False, on(11, 18, 8))
    assert opening(town, site, on(12, 31, 18)) == Opening(False, on(1, 4, 8, year=2027))
