"""The account of a day is that of its log: what was undone did not happen, and what was not ended is open."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy.orm import Session

from core.db import transaction
from core.events import Who
from core.turns import actions as turns
from core.turns.closing import day_of
from core.turns.lifecycle import State
from tests import make

BY = Who("official", 1)
DAY = make.OPENING.date()


def test_a_day_is_counted_by_series_with_what_became_of_each_turn(town: Session) -> None:
    with transaction(town):
        desk = make.desk(town)
        first = make.turn(town, 0).id
        for minute in (1, 2, 3):
            make.turn(town, minute)
        make.turn(town, 5, service_code="residence")
        make.turn(town, 24 * 60)
    with transaction(town):
        turns.cancel(town, 1, first, "cancel-asked", BY, make.at(6))
        turns.call_next(town, desk, make.at(7))
        turns.mark_absent(town, desk, make.at(8))
        turns.call_next(town, desk, make.at(9))
    with transaction(town):
        turns.start(town, desk, make.at(10))
    with transaction(town):
        turns.undo_last(town, desk, make.at(10))
    account = day_of(town, 1, DAY)
    taxes = next(series for series in account.series if series.issued == 4)
    assert [series.issued for series in account.series if series is not taxes] == [1]
    assert (taxes.first, taxes.last) == (f"{taxes.letter} 001", f"{taxes.letter} 004")
    assert {state: count for state, count in taxes.states.items() if count} == {
        State.CANCELLED: 1,
        State.ABSENT: 1,
        State.CALLED: 1,
        State.WAITING: 1,
    }
    assert taxes.open == 2
    assert account.exceptions == Counter({("cancelled", "cancel-asked"): 1})
    assert 0 < account.first < account.last


def test_an_exception_that_was_undone_is_not_counted(town: Session) -> None:
    with transaction(town):
        desk = make.desk(town)
        turn = make.turn(town, 0).id
    with transaction(town):
        turns.regroup(town, 1, turn, "older", "group-asked", desk.who, make.at(1))
    assert day_of(town, 1, DAY).exceptions == Counter({("regrouped", "group-asked"): 1})
    with transaction(town):
        turns.undo_last(town, desk, make.at(1))
    assert day_of(town, 1, DAY).exceptions == Counter()


def test_a_day_without_turns_is_empty(town: Session) -> None:
    account = day_of(town, 1, DAY - timedelta(days=1))
    assert (account.series, account.exceptions, account.last) == ((), Counter(), 0)
