"""A turn goes on to other services and ends with what was really done."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.errors import Invalid
from core.turns import actions as turns
from core.turns.actions.asked import MOST_SERVICES, Outcome
from core.turns.actions.call import NobodyWaiting, NotForThisWindow
from core.turns.actions.release import StillHolding
from core.turns.lifecycle import State
from tests import make
from tests.core.turns.acting import (
    act,
    at,
    attending,
    desk,
    last_event,
    line,
    refused,
    row,
    solved,
    waiting,
)

# Sending on.


def test_a_transferred_turn_keeps_its_letter_and_number_and_waits_for_the_other_service(session: Session) -> None:
    where, there = desk(session, "1"), desk(session, "3")
    turn = attending(session, where)
    code, survey = turn.code, make.service(session, "sisben-survey")
    act(session, turns.transfer, where, survey.id, "arrival", False, at(5))
    refused(session, NobodyWaiting, turns.call_next, where, at(6))
    called = act(session, turns.call_next, there, at(6))
    assert (called.code, called.service_id) == (code, survey.id)


@pytest.mark.parametrize(("position", "place"), [("front", 0), ("arrival", 1), ("end", 3)])
def test_a_transfer_goes_to_the_front_to_its_arrival_or_to_the_end(session: Session, position: str, place: int) -> None:
    where = desk(session)
    others = [waiting(session, minute, service="sisben-survey").code for minute in (0, 20, 30)]
    turn = attending(session, where, 10)
    act(session, turns.transfer, where, make.service(session, "sisben-survey").id, position, False, at(40))
    assert line(session) == [*others[:place], turn.code, *others[place:]]


def test_a_transfer_to_the_front_is_never_before_a_child_who_asked_in_person(session: Session) -> None:
    where = desk(session)
    survey = make.service(session, "sisben-survey")
    child = waiting(session, 20, "child", "sisben-survey")
    older = waiting(session, 0, "older", "sisben-survey")
    turn = attending(session, where, 10)
    act(session, turns.transfer, where, survey.id, "front", False, at(40))
    again = attending(session, where, 41)
    act(session, turns.transfer, where, survey.id, "front", False, at(42))
    assert line(session) == [child.code, again.code, turn.code, older.code]


def test_a_turn_that_nobody_can_call_any_more_gives_its_place_at_the_front_to_nobody(session: Session) -> None:
    """What past days left must not lend a key from before every turn of today, children included."""
    where, there, days = desk(session, "1"), desk(session, "3"), 3 * 24 * 60
    survey = make.service(session, "sisben-survey")
    waiting(session, 0, service="sisben-survey")
    turn = attending(session, where, days)
    child = waiting(session, days + 1, "child", "sisben-survey")
    act(session, turns.transfer, where, survey.id, "front", False, at(days + 2))
    assert act(session, turns.call_next, there, at(days + 3)).id == child.id
    assert turn.state is State.WAITING


def test_a_turn_that_two_officials_want_back_comes_back_to_one_after_the_other(session: Session) -> None:
    first, second, third = desk(session, "2"), desk(session, "3"), desk(session, "1")
    turn = attending(session, first, service="land-use")
    act(session, turns.transfer, first, make.service(session, "sisben-survey").id, "arrival", True, at(1))
    act(session, turns.call_next, second, at(2))
    act(session, turns.start, second, at(3))
    act(session, turns.transfer, second, make.service(session, "property-tax").id, "arrival", True, at(4))
    for back, (minute, where) in zip((second, first, None), enumerate((third, second, first), start=5), strict=True):
        act(session, turns.call_next, where, at(minute))
        act(session, turns.start, where, at(minute))
        act(session, turns.finish, where, solved(turn), at(minute))
        assert turn.reserved_for == (back.official_id if back else None)
    assert turn.state is State.FINISHED


def test_a_turn_that_comes_back_to_me_waits_for_me_alone(session: Session) -> None:
    me, colleague, other = desk(session, "2"), desk(session, "1"), desk(session, "3")
    turn = attending(session, me, service="land-use")
    origin = turn.service_id
    act(session, turns.transfer, me, make.service(session, "sisben-survey").id, "arrival", True, at(1))
    act(session, turns.call_next, other, at(2))
    act(session, turns.start, other, at(3))
    act(session, turns.finish, other, solved(turn), at(4))
    assert (turn.state, turn.service_id, turn.reserved_for) == (State.WAITING, origin, me.official_id)
    refused(session, NobodyWaiting, turns.call_next, other, at(5))
    refused(session, NotForThisWindow, turns.pick, other, turn.id, "pick-back", at(5))
    refused(session, NobodyWaiting, turns.call_next, colleague, at(5))
    assert act(session, turns.call_next, me, at(6)).id == turn.id
    act(session, turns.start, me, at(7))
    act(session, turns.finish, me, solved(turn), at(8))
    assert turn.state is State.FINISHED
    assert [asked.result for asked in turn.asked] == ["solved", "solved"]


def test_letting_go_releases_whom_an_official_kept_for_themselves_and_the_log_says_so(session: Session) -> None:
    me, other = desk(session, "2"), desk(session, "3")
    turn = attending(session, me, service="land-use")
    act(session, turns.transfer, me, make.service(session, "sisben-survey").id, "arrival", True, at(1))
    act(session, turns.call_next, other, at(2))
    act(session, turns.start, other, at(3))
    act(session, turns.finish, other, solved(turn), at(4))
    assert turn.reserved_for == me.official_id
    act(session, turns.let_go, me.site_id, me.official_id, me.who, at(5))
    event = last_event(session)
    assert (event.kind, event.turn_id) == ("released", turn.id)
    assert event.detail["before"]["reserved_for"] == me.official_id
    assert act(session, turns.call_next, other, at(6)).id == turn.id


def test_letting_go_leaves_ended_turns_as_they_ended(session: Session) -> None:
    me = desk(session, "2")
    turn = attending(session, me, service="land-use")
    act(session, turns.transfer, me, make.service(session, "sisben-survey").id, "arrival", True, at(1))
    act(session, turns.leave, turn, at(2))
    kept = row(turn)
    act(session, turns.let_go, me.site_id, me.official_id, me.who, at(3))
    assert row(turn) == kept


def test_letting_go_needs_empty_hands_and_gives_the_parked_their_place_back(session: Session) -> None:
    where = desk(session)
    parked, other = attending(session, where, 0), waiting(session, 1)
    act(session, turns.hold, where, at(2))
    act(session, turns.call_next, where, at(3))
    refused(session, StillHolding, turns.let_go, where.site_id, where.official_id, where.who, at(4))
    act(session, turns.mark_absent, where, at(5))
    act(session, turns.return_absent, where.site_id, other.id, where.who, at(5))
    act(session, turns.let_go, where.site_id, where.official_id, where.who, at(6))
    assert (parked.state, parked.official_id) == (State.WAITING, None)
    assert line(session) == [parked.code, other.code]


def test_an_official_who_is_gone_leaves_nothing_behind(session: Session) -> None:
    where, there = desk(session, "1"), desk(session, "2")
    parked, in_hand = attending(session, where, 0), waiting(session, 1)
    act(session, turns.hold, where, at(2))
    act(session, turns.call_next, where, at(3))
    act(session, turns.abandon, where.site_id, where.official_id, there.who, at(4))
    assert line(session) == [parked.code, in_hand.code]
    assert act(session, turns.call_next, there, at(5)).id == parked.id


# Services and results.


def test_services_still_to_be_attended_go_on_to_the_next_window_with_their_seniority(session: Session) -> None:
    where, there = desk(session, "1"), desk(session, "3")
    waiting(session, 20, service="sisben-survey")
    turn = attending(session, where, 10)
    key, survey = turn.order_key, make.service(session, "sisben-survey")
    act(session, turns.add_service, where, survey.id, at(30))
    act(session, turns.finish, where, solved(turn), at(31))
    assert (turn.state, turn.service_id, turn.order_key) == (State.WAITING, survey.id, key)
    assert last_event(session).kind == "passed on"
    assert act(session, turns.call_next, there, at(32)).id == turn.id
    act(session, turns.start, there, at(33))
    act(session, turns.finish, there, solved(turn), at(34))
    assert turn.state is State.FINISHED
    assert [(a.result, a.attended_by) for a in turn.asked] == [
        ("solved", where.official_id),
        ("solved", there.official_id),
    ]


def test_several_services_end_together_when_all_of_them_were_attended(session: Session) -> None:
    where = desk(session)
    turn, clearance = attending(session, where), make.service(session, "tax-clearance")
    act(session, turns.add_service, where, clearance.id, at(1))
    act(session, turns.finish, where, solved(turn, clearance), at(2))
    assert turn.state is State.FINISHED


def test_a_service_done_without_being_asked_is_kept_with_its_result(session: Session) -> None:
    where = desk(session)
    turn, clearance = attending(session, where), make.service(session, "tax-clearance")
    act(session, turns.finish, where, [*solved(turn), Outcome(clearance.id, "oriented", 3)], at(2))
    assert [(a.service_id, a.result, a.quantity) for a in turn.asked] == [
        (turn.service_id, "solved", 1),
        (clearance.id, "oriented", 3),
    ]


def test_an_attention_ends_only_with_a_result_of_the_list_for_the_service_attended(session: Session) -> None:
    where = desk(session)
    turn, clearance = attending(session, where), make.service(session, "tax-clearance")
    wrong = {
        "result": [[], [Outcome(clearance.id, "solved")], [Outcome(turn.service_id, "a miracle")]],
        "service": [[*solved(turn), Outcome(9999, "solved")], [*solved(turn), *solved(turn)]],
        "quantity": [[Outcome(turn.service_id, "solved", quantity)] for quantity in (0, -1, 100)],
    }
    kept = row(turn)
    for field, cases in wrong.items():
        for outcomes in cases:
            refusal = refused(session, Invalid, turns.finish, where, outcomes, at(2))
            assert isinstance(refusal, Invalid)
            assert refusal.field == field
    assert row(turn) == kept


def test_a_turn_carries_no_more_services_than_one_attention_can_hold(session: Session) -> None:
    where = desk(session)
    turn = attending(session, where)
    others = [s for s in session.scalars(select(Service.id).order_by(Service.id)) if s != turn.service_id]
    for service in others[: MOST_SERVICES - 1]:
        act(session, turns.add_service, where, service, at(1))
    refused(session, Invalid, turns.add_service, where, others[MOST_SERVICES], at(2))
    act(session, turns.add_service, where, others[0], at(3))
    assert len(turn.asked) == MOST_SERVICES


def test_finishing_may_call_the_next_and_is_done_though_nobody_waits(session: Session) -> None:
    where = desk(session)
    first, second = attending(session, where, 0), waiting(session, 1)
    act(session, turns.finish, where, solved(first), at(2), then_call=True)
    assert (first.state, second.state) == (State.FINISHED, State.CALLED)
    act(session, turns.start, where, at(3))
    act(session, turns.finish, where, solved(second), at(4), then_call=True)
    assert second.state is State.FINISHED
