"""Which days count and when the doors are open: holidays of the law, acts of the entity, hours of the site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.calendar import (
    Calendar,
    Day,
    Hours,
    Special,
    Why,
    add_months,
    add_working_days,
    is_open,
    is_working_day,
    moved,
    next_opening,
    stretches_on,
    told,
    working_days_between,
)
from core.catalogue.days import holidays_on, national_holidays
from core.catalogue.hours import opening
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


LAW_OF_THE_COUNTRY = Calendar(holidays_on)


def with_days(*special: tuple[date, Special]) -> Calendar:
    return Calendar(holidays_on, {day: [rule] for day, rule in special})


@pytest.mark.parametrize("year", LAW)
def test_the_holidays_are_those_of_the_law(year: int) -> None:
    assert sorted(national_holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in LAW[year].split()]


def test_the_ninth_of_july_is_kept_on_the_monday_after_since_2026() -> None:
    """Ley 2578 de 2026, art. 6."""
    assert not is_working_day(date(2026, 7, 13), LAW_OF_THE_COUNTRY)
    assert not is_working_day(date(2027, 7, 12), LAW_OF_THE_COUNTRY)
    assert is_working_day(date(2026, 7, 9), LAW_OF_THE_COUNTRY)
    assert date(2025, 7, 14) not in national_holidays(2025)


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2025, 6, 30), ("Sagrado Corazón", "San Pedro y San Pablo")),
        (date(2026, 10, 12), ("Día de la Diversidad Étnica y Cultural de la Nación Colombiana",)),
        (date(2019, 10, 14), ("Día de la Raza",)),
        (date(2026, 5, 18), ("Ascensión del Señor",)),
        (date(2026, 7, 13), ("Día de Nuestra Señora del Rosario de Chiquinquirá",)),
        (date(1983, 1, 6), ("Día de los Reyes Magos",)),
        (date(1983, 1, 10), ()),
        (date(1984, 1, 9), ("Día de los Reyes Magos",)),
        (date(2026, 11, 23), ()),
    ],
)
def test_a_holiday_has_its_official_name_in_spanish_and_two_may_share_a_day(day: date, names: Sequence[str]) -> None:
    """Before 1984 no holiday was moved to a Monday (Ley 51 de 1983)."""
    assert holidays_on(day) == names


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
    assert is_working_day(day, LAW_OF_THE_COUNTRY) is works


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
    assert is_open(at, HOURS, LAW_OF_THE_COUNTRY) is opened


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
    assert next_opening(at, HOURS, LAW_OF_THE_COUNTRY) == opens


CLOSED = Special(opens=False, act="Decreto 30")
OUT_OF_TERMS = Special(opens=False, act="Decreto 30", affects_terms=True)
COMPENSATED = Special(opens=True, act="Decreto 31", affects_terms=True, stretches=((time(8), time(13)),))


def test_days_closed_by_an_act_are_passed_too() -> None:
    closed = with_days((date(2026, 11, 23), CLOSED), (date(2026, 11, 24), CLOSED))
    assert not is_open(on(11, 23, 10), HOURS, closed)
    assert next_opening(on(11, 20, 18), HOURS, closed) == on(11, 25, 8)


def test_a_day_opened_by_an_act_has_its_own_hours_or_those_of_its_weekday() -> None:
    saturday, holiday, short = date(2026, 11, 28), date(2026, 12, 8), date(2026, 12, 24)
    opened = with_days(
        (saturday, COMPENSATED),
        (holiday, Special(opens=True, act="Decreto 32")),
        (short, Special(opens=True, act="Decreto 33", stretches=((time(7), time(13)),))),
    )
    assert next_opening(on(11, 27, 18), HOURS, opened) == on(11, 28, 8)
    assert is_open(on(11, 28, 12, 59), HOURS, opened)
    assert not is_open(on(11, 28, 13), HOURS, opened)
    assert stretches_on(holiday, HOURS, opened) == [(time(8), time(12)), (time(14), time(18))]
    assert stretches_on(short, HOURS, opened) == [(time(7), time(13))]


def test_a_site_without_hours_never_opens_and_one_closed_for_long_is_not_promised() -> None:
    assert next_opening(on(11, 23, 10), [], LAW_OF_THE_COUNTRY) is None
    shut = with_days(*((on(11, 23, 0).date() + timedelta(days=n), CLOSED) for n in range(40)))
    assert next_opening(on(11, 23, 10), HOURS, shut) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.integers(0, 11))
def test_between_now_and_the_next_opening_the_doors_are_closed(local: datetime, twelfth: int) -> None:
    at = local.replace(tzinfo=BOGOTA)
    opens = next_opening(at, HOURS, LAW_OF_THE_COUNTRY)
    assert opens is not None
    assert opens >= at
    assert is_open(opens, HOURS, LAW_OF_THE_COUNTRY)
    between = at + (opens - at) * twelfth / 12
    assert between == opens or not is_open(between, HOURS, LAW_OF_THE_COUNTRY)


def test_the_site_says_whether_it_is_open_until_when_and_when_it_will_be(town: Session) -> None:
    site = make.site(town).id
    now = opening(town, site, on(11, 23, 9))
    assert (now.open, now.next, now.closes) == (True, None, on(11, 23, 12))
    shut = opening(town, site, on(11, 13, 18))
    assert (shut.open, shut.next, shut.closes) == (False, on(11, 17, 8), None)
    make.closed(town, date(2026, 11, 17), "Decreto 9")
    assert opening(town, site, on(11, 13, 18)).next == on(11, 18, 8)
    make.closed(town, date(2026, 11, 18), "Decreto 10", everywhere=True)
    assert opening(town, site, on(11, 13, 18)).next == on(11, 19, 8)
    assert opening(town, site, on(12, 31, 18)).next == on(1, 4, 8, year=2027)


# ---------------------------------------------------------------- legal terms

TERMS = [
    ("2026-11-20", 3, "2026-11-25"),
    ("2026-11-20", 15, "2026-12-14"),
    ("2026-11-20", 30, "2027-01-06"),
    ("2026-11-22", 15, "2026-12-14"),
    ("2026-07-09", 3, "2026-07-15"),
    ("2026-07-09", 10, "2026-07-27"),
    ("2026-07-09", 15, "2026-08-03"),
    ("2026-07-09", 30, "2026-08-26"),
    ("2026-06-26", 10, "2026-07-14"),
    ("2026-03-27", 3, "2026-04-01"),
    ("2026-03-27", 5, "2026-04-07"),
    ("2026-03-27", 15, "2026-04-21"),
    ("2026-12-23", 5, "2026-12-31"),
    ("2026-12-23", 10, "2027-01-08"),
    ("2026-12-23", 30, "2027-02-08"),
    ("2025-06-20", 3, "2025-06-26"),
    ("2025-06-20", 10, "2025-07-08"),
    ("1983-01-05", 1, "1983-01-07"),
    ("1983-01-07", 1, "1983-01-10"),
    ("1984-01-05", 2, "1984-01-10"),
]
"""Received, days, last day: the new holiday of 2026, Holy Week, the end of the year, two holidays on one Monday, and
the years before holidays were moved; counted by hand from the law."""


@pytest.mark.parametrize(("received", "n", "last"), TERMS)
def test_a_term_ends_on_the_day_that_the_law_says(received: str, n: int, last: str) -> None:
    term = add_working_days(date.fromisoformat(received), n, LAW_OF_THE_COUNTRY)
    assert term.last == date.fromisoformat(last)


def test_the_account_tells_of_every_day_whether_it_counts_and_why_not() -> None:
    calendar = with_days((date(2026, 12, 9), OUT_OF_TERMS), (date(2026, 12, 12), COMPENSATED))
    term = add_working_days(date(2026, 12, 4), 4, calendar)
    assert term.last == date(2026, 12, 12)
    assert term.account == (
        Day(date(2026, 12, 4), False, 0),
        Day(date(2026, 12, 5), False, 0, Why.SATURDAY),
        Day(date(2026, 12, 6), False, 0, Why.SUNDAY),
        Day(date(2026, 12, 7), True, 1),
        Day(date(2026, 12, 8), False, 0, Why.HOLIDAY, "La Inmaculada Concepción"),
        Day(date(2026, 12, 9), False, 0, Why.CLOSED, "Decreto 30"),
        Day(date(2026, 12, 10), True, 2),
        Day(date(2026, 12, 11), True, 3),
        Day(date(2026, 12, 12), True, 4, Why.OPENED, "Decreto 31"),
    )


def test_closed_doors_do_not_stop_a_term_unless_the_act_says_so() -> None:
    day = date(2026, 11, 24)
    assert is_working_day(day, with_days((day, CLOSED)))
    assert not is_working_day(day, with_days((day, OUT_OF_TERMS)))
    saturday = date(2026, 11, 28)
    served = Special(opens=True, act="Decreto 32")
    assert not is_working_day(saturday, with_days((saturday, served)))
    assert stretches_on(saturday, [Hours(6, time(8), time(12))], with_days((saturday, served)))


def test_the_rule_of_the_site_comes_before_that_of_the_entity_in_each_question() -> None:
    day = date(2026, 11, 24)
    both = Calendar(holidays_on, {day: [Special(opens=True, act="Decreto 40"), OUT_OF_TERMS]})
    assert stretches_on(day, HOURS, both)
    assert told(day, both).name == "Decreto 30"


def test_a_working_day_that_an_act_opens_is_plain() -> None:
    day = date(2026, 11, 24)
    assert told(day, with_days((day, COMPENSATED))) == Day(day, True, 0)


def test_a_term_of_no_days_is_the_day_itself_and_one_of_less_is_refused() -> None:
    assert add_working_days(date(2026, 11, 22), 0, LAW_OF_THE_COUNTRY).last == date(2026, 11, 22)
    with pytest.raises(ValueError, match="-1"):
        add_working_days(date(2026, 11, 22), -1, LAW_OF_THE_COUNTRY)


def test_a_calendar_in_which_no_day_counts_is_refused_and_not_counted_for_ever() -> None:
    with pytest.raises(ValueError, match="no day counts"):
        add_working_days(date(2026, 1, 1), 1, Calendar(lambda _day: ("Fiesta",)))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 3, 2)),
        (date(2026, 11, 23), 1, date(2026, 12, 23)),
        (date(2026, 11, 25), 1, date(2026, 12, 28)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 6, 13), 1, date(2026, 7, 14)),
    ],
)
def test_months_are_those_of_the_calendar_and_end_on_a_day_that_counts(start: date, n: int, end: date) -> None:
    """Ley 4 de 1913, arts. 59 and 62."""
    assert add_months(start, n, LAW_OF_THE_COUNTRY) == end


def test_a_change_tells_which_terms_it_moves() -> None:
    before, after = LAW_OF_THE_COUNTRY, with_days((date(2026, 12, 9), OUT_OF_TERMS))
    found = moved(before, after, date(2026, 12, 4), (1, 2, 10))
    assert found == [
        (2, date(2026, 12, 9), date(2026, 12, 10)),
        (10, date(2026, 12, 21), date(2026, 12, 22)),
    ]


days_of_ours = st.dates(date(1975, 1, 1), date(2040, 12, 31))
acts = st.sampled_from([CLOSED, OUT_OF_TERMS, COMPENSATED])


@st.composite
def calendars(draw: st.DrawFn, around: date) -> Calendar:
    """The law, and some acts of the entity in the weeks after a day."""
    ahead = draw(st.dictionaries(st.integers(0, 60), acts, max_size=6))
    return with_days(*((around + timedelta(days=n), rule) for n, rule in ahead.items()))


@given(st.data(), days_of_ours, st.integers(0, 30), st.integers(0, 30))
def test_adding_both_is_adding_one_and_then_the_other(data: st.DataObject, start: date, a: int, b: int) -> None:
    calendar = data.draw(calendars(start))
    whole = add_working_days(start, a + b, calendar).last
    assert add_working_days(add_working_days(start, a, calendar).last, b, calendar).last == whole


@given(st.data(), days_of_ours, st.integers(1, 40))
def test_a_term_ends_on_a_day_that_counts_and_its_account_adds_up(data: st.DataObject, start: date, n: int) -> None:
    calendar = data.draw(calendars(start))
    term = add_working_days(start, n, calendar)
    assert is_working_day(term.last, calendar)
    assert [line.number for line in term.account if line.counts] == list(range(1, n + 1))
    days = [line.day for line in term.account]
    assert days == [start + timedelta(days=step) for step in range((term.last - start).days + 1)]
    assert all(line.why or line.counts for line in term.account[1:])


@given(st.data(), days_of_ours, st.integers(0, 40))
def test_counting_between_undoes_adding(data: st.DataObject, start: date, n: int) -> None:
    calendar = data.draw(calendars(start))
    last = add_working_days(start, n, calendar).last
    assert working_days_between(start, last, calendar) == n
    assert working_days_between(last, start, calendar) == -n


@given(st.data(), days_of_ours, st.integers(0, 40), st.integers(0, 20))
def test_who_comes_later_never_has_an_earlier_end(data: st.DataObject, start: date, n: int, later: int) -> None:
    calendar = data.draw(calendars(start))
    after = add_working_days(start + timedelta(days=later), n, calendar).last
    assert after >= add_working_days(start, n, calendar).last
