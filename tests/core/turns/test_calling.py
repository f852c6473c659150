"""A turn is called, called again, missed, parked and resumed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.desks import IsAway, come_back, go_away
from core.turns import actions as turns
from core.turns.actions.attend import NotYours
from core.turns.actions.call import HandsFull, NobodyWaiting, RecalledEnough, RecallTooSoon
from core.turns.actions.change import WrongState
from core.turns.actions.citizen import AlreadyPostponed, AlreadyReturned
from core.turns.lifecycle import State
from core.turns.policy import MINUTE, Order
from tests.core.turns.acting import (
    act,
    at,
    attending,
    desk,
    last_event,
    line,
    ordered,
    refused,
    waiting,
)

# Calling, calling again, and who did not come.


def test_a_call_keeps_the_rule_the_key_and_whom_it_passed_over(session: Session) -> None:
    where = desk(session)
    first, second, other = waiting(session, 0), waiting(session, 1), waiting(session, 2, service="sisben-survey")
    older = waiting(session, 30, "older")
    assert act(session, turns.call_next, where, at(31)).id == older.id
    event = last_event(session)
    assert (event.kind, event.turn_id, event.window_id) == ("called", older.id, where.window_id)
    assert event.detail["rule"] == "head-start"
    assert event.detail["key"] == milliseconds(at(30)) - 60 * MINUTE
    assert event.detail["passed_over"] == 2
    assert event.detail["passed"] == [[first.id, first.order_key], [second.id, second.order_key]]
    assert other.id not in dict(event.detail["passed"])


def test_what_a_call_says_in_public_is_the_turn_and_the_window_and_nothing_of_the_person(session: Session) -> None:
    where = desk(session)
    turn = waiting(session, 0, "disability")
    act(session, turns.call_next, where, at(1))
    assert last_event(session).public == {
        "code": turn.code,
        "series": turn.series,
        "number": 1,
        "window": "1",
        "window_id": where.window_id,
        "service_id": turn.service_id,
        "call": 1,
        "language": "es",
    }


def test_a_child_who_asks_in_person_is_called_first_whatever_the_order(session: Session) -> None:
    where = desk(session)
    for order in Order:
        ordered(session, order=order, ratio=1)
        waiting(session, 1, "older")
        waiting(session, 2)
        child = waiting(session, 200, "child")
        called = act(session, turns.call_next, where, at(201))
        assert called.id == child.id
        assert last_event(session).detail["rule"] == "first of all"
        act(session, turns.mark_absent, where, at(202))


def test_an_official_in_a_pause_does_not_call(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    act(session, go_away, where, "pause", "pause-break", at(1))
    refused(session, IsAway, turns.call_next, where, at(2))
    refused(session, IsAway, turns.pick, where, turn.id, "pick-back", at(2))
    act(session, come_back, where.site_id, where.official_id, at(3))
    assert act(session, turns.call_next, where, at(4)).id == turn.id


def test_who_holds_a_turn_calls_no_other(session: Session) -> None:
    where = desk(session)
    first, second = waiting(session, 0), waiting(session, 1)
    act(session, turns.call_next, where, at(2))
    refusal = refused(session, HandsFull, turns.call_next, where, at(3))
    assert refusal.values == {"code": first.code}
    refused(session, HandsFull, turns.pick, where, second.id, "pick-back", at(3))


def test_a_turn_is_called_again_after_the_pause_and_no_more_often_than_the_site_allows(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    act(session, turns.call_next, where, at(1))
    for number in range(1, 4):
        moment = turn.last_called_at
        assert moment is not None
        early = refused(session, RecallTooSoon, turns.recall, where, moment + timedelta(seconds=14.001))
        assert early.values == {"seconds": 1}
        act(session, turns.recall, where, moment + timedelta(seconds=15))
        assert last_event(session).public["call"] == turn.calls == number + 1
    refused(session, RecalledEnough, turns.recall, where, at(60))
    assert turn.calls == 4


def test_a_site_may_forbid_calling_again(session: Session) -> None:
    ordered(session, recall_limit=0)
    where, _ = desk(session), waiting(session)
    act(session, turns.call_next, where, at(1))
    refused(session, RecalledEnough, turns.recall, where, at(2))


def test_who_returns_within_the_tolerance_has_the_place_back(session: Session) -> None:
    where = desk(session)
    gone, second = waiting(session, 0), waiting(session, 1)
    act(session, turns.call_next, where, at(2))
    act(session, turns.mark_absent, where, at(3))
    act(session, turns.return_absent, where.site_id, gone.id, where.who, at(13))
    assert line(session) == [gone.code, second.code]
    assert last_event(session).detail["late"] is False
    assert (gone.official_id, gone.window_id, gone.calls) == (None, None, 0)


def test_who_returns_later_counts_as_coming_now_and_the_log_says_so(session: Session) -> None:
    where = desk(session)
    gone, second = waiting(session, 0), waiting(session, 1)
    act(session, turns.call_next, where, at(2))
    act(session, turns.mark_absent, where, at(3))
    act(session, turns.return_absent, where.site_id, gone.id, where.who, at(13) + timedelta(seconds=1))
    assert line(session) == [second.code, gone.code]
    assert last_event(session).detail["late"] is True
    assert gone.seniority == gone.order_key == milliseconds(at(13) + timedelta(seconds=1))


def test_from_the_phone_one_returns_once_and_at_a_window_again_as_if_coming_now(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    for minute in (2, 4):
        act(session, turns.call_next, where, at(minute))
        act(session, turns.mark_absent, where, at(minute))
        if minute == 2:
            act(session, turns.come_back, turn, at(3))
    refused(session, AlreadyReturned, turns.come_back, turn, at(5))
    other = waiting(session, 5)
    act(session, turns.return_absent, where.site_id, turn.id, where.who, at(6))
    assert line(session) == [other.code, turn.code]


def test_more_time_lets_others_pass_for_some_minutes_and_only_once(session: Session) -> None:
    where = desk(session)
    asker, other = waiting(session, 0, "child"), waiting(session, 30)
    act(session, turns.ask_more_time, asker, at(31))
    refused(session, AlreadyPostponed, turns.ask_more_time, asker, at(32))
    assert line(session, 32) == [other.code, asker.code]
    assert act(session, turns.call_next, where, at(33)).id == other.id
    act(session, turns.mark_absent, where, at(34))
    refused(session, NobodyWaiting, turns.call_next, where, at(41) - timedelta(milliseconds=1))
    waiting(session, 40)
    assert act(session, turns.call_next, where, at(41)).id == asker.id


def test_who_leaves_is_not_called(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    act(session, turns.leave, turn, at(1))
    refused(session, NobodyWaiting, turns.call_next, where, at(2))
    refused(session, WrongState, turns.leave, turn, at(3))


# Holding.


def test_a_parked_turn_is_resumed_only_by_who_parked_it(session: Session) -> None:
    mine, theirs = desk(session, "1"), desk(session, "2")
    turn = attending(session, mine, service="petition")
    act(session, turns.hold, mine, at(1))
    refused(session, NotYours, turns.resume, theirs, turn.id, at(2))
    refused(session, NobodyWaiting, turns.call_next, theirs, at(2))
    act(session, turns.resume, mine, turn.id, at(3))
    assert (turn.state, turn.official_id) == (State.ATTENDING, mine.official_id)


def test_parking_frees_the_hands_and_resuming_needs_them_free(session: Session) -> None:
    where = desk(session)
    parked, other = attending(session, where, 0), waiting(session, 1)
    act(session, turns.hold, where, at(2))
    assert act(session, turns.call_next, where, at(3)).id == other.id
    refused(session, HandsFull, turns.resume, where, parked.id, at(4))
    act(session, turns.mark_absent, where, at(5))
    act(session, turns.resume, where, parked.id, at(6))
    assert parked.attention_started_at == at(0)
