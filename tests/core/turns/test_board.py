"""What is seen of the queue: what is ahead, what to expect, what the wall shows, and the figures of the day."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core import desks
from core.turns import actions as turns
from core.turns import board
from core.turns.policy import Order
from core.turns.waits import Wait
from tests import make
from tests.core.turns.acting import act, at, attending, desk, ordered, solved, waiting


def test_a_turn_kept_for_another_official_is_not_ahead_of_anybody_else(session: Session) -> None:
    mine, other = desk(session, "1"), desk(session, "2")
    kept = attending(session, mine, 0)
    act(session, turns.transfer, mine, make.service(session, "petition").id, "arrival", True, at(1))
    act(session, turns.call_next, other, at(2))
    act(session, turns.start, other, at(2))
    act(session, turns.finish, other, solved(kept), at(3))
    assert kept.reserved_for == mine.official_id
    next_one = waiting(session, 4)
    assert board.ahead(session, next_one, at(5)) == 0
    act(session, desks.stand_up, mine.site_id, mine.official_id, at(6))
    assert board.wait_of(session, kept, at(7)) == Wait(None, None), "nobody else may call it"


def test_under_the_ratio_the_number_ahead_and_the_first_of_the_line_are_who_is_really_called(session: Session) -> None:
    ordered(session, order=Order.RATIO, ratio=2)
    where = desk(session)
    general, first, second = waiting(session, 0), waiting(session, 1, "older"), waiting(session, 2, "older")
    assert [turn.id for turn in board.next_few(session, where, at(3))] == [first.id, second.id, general.id]
    assert [board.ahead(session, turn, at(3)) for turn in (first, second, general)] == [0, 1, 2]
    assert act(session, turns.call_next, where, at(3)).id == first.id


def test_before_somebody_who_took_a_turn_now_come_as_many_as_would_be_called(session: Session) -> None:
    ordered(session, order=Order.RATIO, ratio=2)
    for minute in range(4):
        waiting(session, minute, "older")
    tax = make.service(session)
    newcomer = board.ahead_of_a_newcomer(session, tax, at(5))
    assert newcomer == board.ahead(session, waiting(session, 5), at(6)) == 2


def test_who_lets_others_pass_is_ahead_of_nobody_meanwhile(session: Session) -> None:
    first, second = waiting(session, 0), waiting(session, 1)
    act(session, turns.ask_more_time, first, at(2))
    assert board.ahead(session, second, at(3)) == 0
    assert board.ahead(session, second, at(12)) == 1


def test_a_window_in_a_pause_is_expected_back_and_one_in_other_work_is_not(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    act(session, desks.go_away, where, "pause", "pause-break", at(1))
    assert board.wait_of(session, turn, at(2)) == Wait(0, 10)
    act(session, desks.go_away, where, "task", "task-mail", at(3))
    assert board.wait_of(session, turn, at(4)) == Wait(None, None)


def test_the_wall_of_a_zone_forgets_a_call_that_was_undone_or_went_on_to_a_window_elsewhere(session: Session) -> None:
    here, elsewhere = desk(session, "1"), desk(session, "2")
    waiting(session)
    act(session, turns.call_next, here, at(1))
    act(session, turns.undo_last, here, at(1.1))
    act(session, turns.call_next, elsewhere, at(2))
    assert board.wall(session, here.site_id, at(3), board.Zone([here.window_id])) == []
    calls = board.wall(session, here.site_id, at(3), board.Zone([elsewhere.window_id]))
    assert [call.window for call in calls] == ["2"]


def test_the_last_call_of_a_quiet_window_stays_on_its_wall_however_many_are_called_elsewhere(session: Session) -> None:
    quiet, busy = desk(session, "3"), desk(session, "1")
    shown = waiting(session, 0, service="sisben-survey")
    act(session, turns.call_next, quiet, at(1))
    for minute in range(2, 14):
        waiting(session, minute)
        act(session, turns.call_next, busy, at(minute))
        act(session, turns.mark_absent, busy, at(minute))
    calls = board.wall(session, quiet.site_id, at(15), board.Zone([quiet.window_id]))
    assert [call.code for call in calls] == [shown.code]


def test_an_undone_call_ends_nobodys_wait_in_the_figures(session: Session) -> None:
    where = desk(session)
    waiting(session)
    act(session, turns.call_next, where, at(1))
    act(session, turns.undo_last, where, at(1.1))
    act(session, turns.call_next, where, at(50))
    figures = board.figures(session, where.site_id, make.OPENING.date())
    assert (figures.waits, figures.within_target) == ([50 * 60], 0)


def test_what_an_official_parked_stays_in_sight_however_many_did_not_come(session: Session) -> None:
    where = desk(session)
    parked = attending(session, where, 0)
    act(session, turns.hold, where, at(1))
    for minute in range(2, 16):
        waiting(session, minute)
        act(session, turns.call_next, where, at(minute))
        act(session, turns.mark_absent, where, at(minute))
    assert board.set_aside(session, where, at(16))[0].id == parked.id


@pytest.mark.parametrize("minute", [3, 12])
def test_who_lets_others_pass_is_aside_until_the_time_is_over(session: Session, minute: int) -> None:
    where, turn = desk(session), waiting(session)
    act(session, turns.skip, where.site_id, turn.id, "skip-support", where.who, at(2))
    aside = [each.id for each in board.set_aside(session, where, at(minute))]
    line = [each.id for each in board.next_few(session, where, at(minute))]
    assert (aside, line) == (([turn.id], []) if minute == 3 else ([], [turn.id]))


def test_a_window_is_free_since_the_hand_was_emptied_the_pause_ended_or_the_official_sat(session: Session) -> None:
    def since() -> object:
        place = make.site(session).id
        return next(window.since for window in board.windows_now(session, place) if window.window.label == "1")

    assert since() is None
    where = act(session, make.desk, "1", minute=1)
    assert since() == at(1)
    act(session, desks.go_away, where, "pause", "pause-break", at(2))
    assert since() == at(2)
    act(session, desks.come_back, where.site_id, where.official_id, at(3))
    assert since() == at(3)
    turn, other = waiting(session, 4), waiting(session, 5)
    act(session, turns.call_next, where, at(6))
    act(session, turns.undo_last, where, at(6.5))
    assert since() == at(6.5)
    act(session, turns.call_next, where, at(7))
    act(session, turns.hold, where, at(8))
    act(session, turns.skip, where.site_id, other.id, "skip-asked-to-wait", where.who, at(9))
    assert since() == at(8)
    act(session, turns.resume, where, turn.id, at(10))
    assert since() == at(10)
    act(session, turns.finish, where, solved(turn), at(11))
    assert since() == at(11)
