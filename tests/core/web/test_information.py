"""How the six contents are said, and that many who ask at once have one answer worked out."""

from __future__ import annotations

import threading
from datetime import time
from time import sleep

import pytest

from core.calendar import Hours
from core.web.information import week_of
from core.web.shared import Shared


def test_days_in_a_row_with_the_same_hours_are_told_together() -> None:
    morning, short = (time(8), time(12)), (time(8), time(10))
    hours = [Hours(day, *morning) for day in (1, 2, 4)] + [Hours(6, *short)]

    told = [(days.first, days.last, days.stretches) for days in week_of(hours)]

    assert told == [(1, 2, (morning,)), (3, 3, ()), (4, 4, (morning,)), (5, 5, ()), (6, 6, (short,)), (7, 7, ())]


def test_many_at_once_share_one_answer_until_its_version_changes() -> None:
    shared, worked = Shared(), []

    def work() -> int:
        sleep(0.05)
        worked.append(1)
        return len(worked)

    answers: list[int] = []
    people = [threading.Thread(target=lambda: answers.append(shared.answer("a", 1, work))) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert answers == [1] * 8
    assert shared.answer("b", 1, work) == 2
    assert shared.answer("a", 2, work) == 3
    assert shared.answer("a", 2, work) == 3


def test_an_answer_that_fails_is_not_kept() -> None:
    shared = Shared()
    with pytest.raises(ZeroDivisionError):
        shared.answer("a", 1, lambda: 1 // 0)
    assert shared.answer("a", 1, lambda: 7) == 7
