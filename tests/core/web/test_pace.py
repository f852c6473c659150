"""The brake on guessing: per source, per minute, in a bounded room."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.web import pace
from core.web.pace import Pace
from tests import make

FREE = 30


def guessed(brake: Pace, address: str, times: int, minute: float = 0) -> int:
    return [brake.note(address, make.at(minute)) for _ in range(times)][-1]


def test_a_source_may_miss_thirty_times_in_a_minute_and_then_waits_for_the_next() -> None:
    brake = Pace(FREE)

    assert guessed(brake, "192.0.2.1", FREE) == 0
    assert brake.note("192.0.2.1", make.at() + timedelta(seconds=20)) == 40
    assert guessed(brake, "192.0.2.1", 1, minute=1) == 0


def test_the_addresses_of_one_ipv6_home_are_one_source_and_its_neighbour_is_another() -> None:
    brake = Pace(FREE)
    guessed(brake, "2001:db8:0:1::1", FREE)

    assert guessed(brake, "2001:db8:0:1:ffff::2", 1) > 0
    assert guessed(brake, "2001:db8:0:2::1", 1) == 0


def test_addresses_are_kept_only_as_digests_and_no_more_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_SOURCES", 3)
    brake = Pace(FREE)
    guessed(brake, "192.0.2.1", FREE)
    for last in range(2, 6):
        guessed(brake, f"192.0.2.{last}", 1)

    assert len(brake._counts) == 3
    assert all(b"192.0.2" not in source for source in brake._counts)
    assert guessed(brake, "192.0.2.1", 1) == 0
    before = set(brake._counts)
    guessed(brake, "192.0.2.1", 1, minute=1)
    assert len(brake._counts) == 1
    assert not before & set(brake._counts)
