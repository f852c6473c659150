"""The hour of Colombia, whatever the machine believes, kept as whole milliseconds."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.clock import BOGOTA
from tests import make

moments = st.integers(-(10**12), 10**13)


def stopped(at: datetime) -> datetime:
    with clock.reading(lambda: at):
        return clock.now()


@pytest.fixture(params=["UTC", "Asia/Tokyo", "Nowhere/At_All"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that believes to be somewhere else, or nowhere."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_now_is_in_bogota_and_cut_to_the_millisecond() -> None:
    now = stopped(datetime(2026, 11, 23, 13, 0, 0, 123_999, tzinfo=UTC))
    assert now.isoformat() == "2026-11-23T08:00:00.123000-05:00"
    assert now.tzinfo is BOGOTA


@pytest.mark.usefixtures("elsewhere")
def test_the_zone_of_the_machine_does_not_matter() -> None:
    before, now, after = datetime.now(UTC), clock.now(), datetime.now(UTC)
    assert before - timedelta(milliseconds=1) <= now <= after
    assert now.utcoffset() == timedelta(hours=-5)
    assert clock.instant(clock.milliseconds(now)).isoformat() == now.isoformat()


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 11, 24, 0, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 4, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 5, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2027, 1, 1, 0, 30, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_today_is_the_civil_day_of_bogota(utc: datetime, day: date) -> None:
    with clock.reading(lambda: utc):
        assert clock.today() == day


def test_the_only_summer_time_that_bogota_had_is_known() -> None:
    """From May 1992 to February 1993 the clocks were an hour ahead."""
    offsets = [datetime(year, month, 1, tzinfo=BOGOTA).utcoffset() for year, month in [(1992, 4), (1992, 6), (1993, 3)]]
    assert offsets == [timedelta(hours=-5), timedelta(hours=-4), timedelta(hours=-5)]


@pytest.mark.usefixtures("elsewhere")
def test_no_day_around_that_summer_time_moves() -> None:
    for day in (date(1992, 4, 30) + timedelta(days=n) for n in range(290)):
        for moment in (dt.time(1), dt.time(12), dt.time(23, 59, 59)):
            at = datetime.combine(day, moment, tzinfo=BOGOTA)
            kept = clock.instant(clock.milliseconds(at))
            assert (kept.date(), kept.time()) == (day, moment)


@given(moments)
def test_an_instant_survives_as_milliseconds(ms: int) -> None:
    assert clock.milliseconds(clock.instant(ms)) == ms


@given(moments, moments, st.sampled_from([UTC, BOGOTA, timezone(timedelta(hours=5, minutes=45))]))
def test_instants_and_milliseconds_have_the_same_order_and_distance(one: int, two: int, zone: timezone) -> None:
    first, second = clock.instant(one).astimezone(UTC), clock.instant(two).astimezone(zone)
    assert (first < second) == (one < two)
    assert (second - first) / timedelta(milliseconds=1) == pytest.approx(two - one)
    assert clock.milliseconds(second) == two


def test_microseconds_are_cut_and_never_rounded_up() -> None:
    at = datetime(2026, 11, 23, 8, 0, 0, 999_999, tzinfo=BOGOTA)
    assert clock.milliseconds(at) == clock.milliseconds(at.replace(microsecond=999_000))
    before_1970 = datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert clock.milliseconds(before_1970) == -1


def test_the_clock_of_a_test_or_a_replay_is_given_back_even_after_a_failure() -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)

    def look_and_fail() -> None:
        with clock.reading(lambda: past):
            with clock.reading(lambda: past + timedelta(days=1)):
                assert clock.today() == date(2020, 1, 1)
            assert clock.now() == past
            raise ValueError("oops")

    with pytest.raises(ValueError, match="oops"):
        look_and_fail()
    assert clock.now() > datetime(2026, 1, 1, tzinfo=UTC)


def test_the_clock_that_measures_pauses_never_goes_back() -> None:
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def passes(*readings: float) -> list[float]:
    """The hours of a log, in minutes, when the clock says so at each of its events."""
    start, last, lead, hours = make.OPENING, None, timedelta(), []
    for minute in readings:
        last, lead = clock.following(last, start + timedelta(minutes=minute), lead)
        hours.append((last - start) / timedelta(minutes=1))
    return hours


@pytest.mark.parametrize(
    ("readings", "hours"),
    [
        pytest.param([0, 1, 1, 5], [0, 1, 1, 5], id="a clock that goes on"),
        pytest.param([60, 59.5, 60.5], [60, 60, 60.5], id="two machines half a minute apart"),
        pytest.param([180, 60, 61, 70], [180, 180, 181, 190], id="two hours back, and it goes on from there"),
        pytest.param([180, 60, 90, 211, 212], [180, 180, 210, 211, 212], id="and mended half an hour later"),
        pytest.param([180, 60, 90, 209.5, 211], [180, 180, 210, 210, 211], id="mended half a minute short"),
        pytest.param([180, 60, 61, 0, 1], [180, 180, 181, 181, 182], id="back twice"),
        pytest.param([540, 60, 61, 1440], [540, 540, 541, 1440], id="the night lets it catch up"),
    ],
)
def test_hours_never_go_back_and_follow_a_clock_that_was_set_back(readings: list[float], hours: list[float]) -> None:
    assert passes(*readings) == hours


@given(st.lists(st.integers(-(10**9), 10**9), max_size=12))
def test_whatever_the_clock_says_hours_only_grow(readings: list[int]) -> None:
    last, lead = None, timedelta()
    for ms in readings:
        before, (last, lead) = last, clock.following(last, clock.instant(ms), lead)
        assert lead >= timedelta()
        assert before is None or last >= before
