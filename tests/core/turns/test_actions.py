"""What officials, citizens and supervisors do with turns, one promise at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import cycle
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import devices
from core.catalogue.model import OpeningHours, PriorityGroup, Service, Site
from core.clock import milliseconds
from core.db import Event, Stream, transaction
from core.desks import Desk, IsAway, come_back, go_away
from core.errors import Invalid, Missing, Refused, TooMany
from core.events import Who
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.attend import MOST_SERVICES, NothingToUndo, NotYours, Outcome
from core.turns.actions.call import HandsFull, NobodyWaiting, NotForThisWindow, RecalledEnough, RecallTooSoon
from core.turns.actions.change import WrongState, settings_of
from core.turns.actions.citizen import AlreadyPostponed, AlreadyReturned
from core.turns.actions.issue import PER_DEVICE_AND_MINUTE, Closed
from core.turns.actions.supervise import StillHolding
from core.turns.lifecycle import State
from core.turns.model import QueueSettings, ServiceDay, Turn
from core.turns.policy import GENERAL, MINUTE, Order
from tests import make
from tests.core.turns.read_back import Log

at = make.at
SYSTEM = Who("system")


def act(session: Session, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """One action in a transaction of its own."""
    with transaction(session):
        return action(session, *args, **more)


def refused(session: Session, refusal: type[Refused], action: Callable[..., Any], *args: Any, **more: Any) -> Refused:
    with pytest.raises(refusal) as caught, transaction(session):
        action(session, *args, **more)
    return caught.value


def desk(session: Session, label: str = "1") -> Desk:
    found: Desk = act(session, make.desk, label)
    return found


def waiting(session: Session, minute: float = 0, group: str = GENERAL, service: str = "property-tax") -> Turn:
    turn: Turn = act(session, make.turn, minute, group, service)
    return turn


def attending(session: Session, where: Desk, minute: float = 0, service: str = "property-tax") -> Turn:
    """A turn issued, called and begun at once."""
    turn = waiting(session, minute, service=service)
    act(session, turns.pick, where, turn.id, "pick-back", at(minute))
    act(session, turns.start, where, at(minute))
    return turn


def solved(turn: Turn, *others: Service) -> list[Outcome]:
    return [Outcome(turn.service_id, "solved"), *(Outcome(other.id, "solved") for other in others)]


def line(session: Session, minute: float = 60) -> list[str]:
    return [turn.code for turn in board.everyone_waiting(session, make.site(session).id, at(minute))]


def last_event(session: Session) -> Event:
    return session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()


def row(turn: Turn) -> dict[str, Any]:
    """The turn as it is kept, with the services asked on it."""
    kept = {column.name: getattr(turn, column.key) for column in Turn.__table__.columns}
    asked = [(a.id, a.service_id, a.quantity, a.result, a.attended_by, a.attended_at) for a in turn.asked]
    return kept | {"asked": asked}


def ordered(session: Session, minute: float = 0, **changes: Any) -> None:
    """The queue ruled otherwise than on the first day."""
    wanted: dict[str, Any] = {"order": Order.HEAD_START, "ratio": 2, "head_start": {"older": 60, "disability": 60}}
    order = turns.QueueOrder(**wanted | changes)
    act(session, turns.set_order, make.site(session).id, order, "prueba", SYSTEM, at(minute))


# Issuing.


def test_each_series_counts_from_one_and_a_turn_shows_its_letter_and_number(session: Session) -> None:
    codes = [waiting(session, n, service=s).code for n, s in enumerate(["property-tax", "petition", "tax-clearance"])]
    letters = {make.service(session, s).topic.series for s in ("property-tax", "petition")}
    assert [code[2:] for code in codes] == ["001", "001", "002"]
    assert {code[0] for code in codes} == letters
    assert codes[0][0] == codes[2][0]


def test_a_turn_is_not_given_for_what_the_site_does_not_offer(session: Session) -> None:
    site_id, tax = make.site(session).id, make.service(session)
    cases = {
        "service": turns.Asked(site_id, 9999),
        "group": turns.Asked(site_id, tax.id, "billionaire"),
        "language": turns.Asked(site_id, tax.id, language="xx"),
    }
    for field, asked in cases.items():
        refusal = refused(session, Invalid, turns.issue, asked, SYSTEM, at(1))
        assert isinstance(refusal, Invalid)
        assert refusal.field == field
    with transaction(session):
        make.service(session).active = False
    refused(session, Invalid, turns.issue, turns.Asked(site_id, make.service(session).id), SYSTEM, at(1))
    assert session.scalars(select(Turn)).all() == []


def test_a_kiosk_gives_no_more_turns_a_minute_than_people_could_take(session: Session) -> None:
    with transaction(session):
        code, _ = devices.ask_to_pair(session, "kiosk", at())
        session.flush()
        by = make.official(session, "administracion").id
        kiosk = devices.let_in(session, code, "Entrada", make.site(session).id, by, at()).id
    asked = turns.Asked(make.site(session).id, make.service(session).id, device_id=kiosk)
    for second in range(PER_DEVICE_AND_MINUTE):
        act(session, turns.issue, asked, Who("device", kiosk), at(second / 60))
    refused(session, TooMany, turns.issue, asked, Who("device", kiosk), at(0.99))
    act(session, turns.issue, asked, Who("device", kiosk), at(1))


# Hours, midnight and the civil day of Bogotá.


@pytest.mark.parametrize(
    "closed",
    [
        datetime(2026, 11, 23, 7, 59, 59, 999_000),
        datetime(2026, 11, 23, 12, 0),
        datetime(2026, 11, 23, 13, 59, 59),
        datetime(2026, 11, 23, 18, 0),
        datetime(2026, 11, 22, 10, 0),
        datetime(2026, 11, 16, 10, 0),
    ],
    ids=["before opening", "noon", "lunch", "closing", "Sunday", "a holiday moved to Monday"],
)
def test_outside_the_hours_the_kiosk_gives_no_turn_but_an_official_may_and_calling_never_stops(
    session: Session, closed: datetime
) -> None:
    """CPACA art. 7.3: everybody who came within the hours is attended."""
    moment = closed.replace(tzinfo=make.OPENING.tzinfo)
    where = desk(session)
    asked = turns.Asked(where.site_id, make.service(session).id)
    for who in (Who("citizen"), Who("device", 1), SYSTEM):
        refused(session, Closed, turns.issue, asked, who, moment)
    given = act(session, turns.issue, asked, where.who, moment)
    called = act(session, turns.call_next, where, moment)
    assert called.id == given.id


def test_who_took_a_turn_before_closing_is_called_after_it(session: Session) -> None:
    where, closing = desk(session), at(10 * 60)
    turn = waiting(session, 10 * 60 - 1)
    refused(session, Closed, make.turn, 10 * 60)
    assert act(session, turns.call_next, where, closing + timedelta(hours=2)).id == turn.id


def test_numbers_begin_again_with_the_civil_day_of_bogota_and_no_job_has_to_run(session: Session) -> None:
    where = desk(session)
    asked = turns.Asked(where.site_id, make.service(session).id)
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=make.OPENING.tzinfo)
    moments = [at(0), at(11 * 60), midnight - timedelta(milliseconds=1), midnight, midnight + timedelta(days=3)]
    codes = [act(session, turns.issue, asked, where.who, moment).code for moment in moments]
    assert [int(code[2:]) for code in codes] == [1, 2, 3, 1, 1]
    days = session.scalars(select(ServiceDay.day).order_by(ServiceDay.day)).all()
    assert days == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 27)]


def test_at_seven_in_the_evening_in_bogota_it_is_still_the_same_day(session: Session) -> None:
    """In UTC it is tomorrow already."""
    where = desk(session)
    asked = turns.Asked(where.site_id, make.service(session).id)
    before, after = at(11 * 60 - 1), at(11 * 60 + 1)
    assert before.utctimetuple().tm_mday != after.utctimetuple().tm_mday
    codes = [act(session, turns.issue, asked, where.who, moment).code for moment in (before, after)]
    assert [int(code[2:]) for code in codes] == [1, 2]


def test_a_turn_of_ten_to_midnight_is_called_at_ten_past(session: Session) -> None:
    where = desk(session)
    late = at(15 * 60 + 50)
    turn = act(session, turns.issue, turns.Asked(where.site_id, make.service(session).id), where.who, late)
    assert act(session, turns.call_next, where, late + timedelta(minutes=20)).id == turn.id


def test_the_turns_of_yesterday_are_not_called_but_can_be_closed_with_a_reason(session: Session) -> None:
    where, tomorrow = desk(session), at(24 * 60)
    stale, parked = waiting(session, 0), attending(session, where, 0, service="petition")
    act(session, turns.hold, where, at(1))
    fresh = act(session, turns.issue, turns.Asked(where.site_id, stale.service_id), where.who, tomorrow)
    assert act(session, turns.call_next, where, tomorrow + timedelta(minutes=1)).id == fresh.id
    act(session, turns.mark_absent, where, tomorrow + timedelta(minutes=2))
    refused(session, NobodyWaiting, turns.call_next, where, tomorrow + timedelta(minutes=3))

    assert board.leftovers(session, where.site_id, tomorrow) == 2
    for no_reason in ("", "pick-back"):
        refused(session, Invalid, turns.close_leftovers, where.site_id, no_reason, where.who, tomorrow)
    assert act(session, turns.close_leftovers, where.site_id, "leftover-gone", where.who, tomorrow) == 2
    assert {stale.state, parked.state} == {State.CANCELLED}
    assert session.get_one(Turn, fresh.id).state is State.ABSENT
    closing = session.scalars(select(Event).where(Event.kind == "cancelled")).all()
    assert {(event.turn_id, event.reason) for event in closing} == {(t.id, "leftover-gone") for t in (stale, parked)}


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


def test_from_the_phone_one_returns_once_and_at_a_window_again(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    for minute in (2, 4):
        act(session, turns.call_next, where, at(minute))
        act(session, turns.mark_absent, where, at(minute))
        if minute == 2:
            act(session, turns.come_back, turn, at(3))
    refused(session, AlreadyReturned, turns.come_back, turn, at(5))
    act(session, turns.return_absent, where.site_id, turn.id, where.who, at(6))
    assert turn.state is State.WAITING


def test_more_time_lets_others_pass_for_some_minutes_and_only_once(session: Session) -> None:
    asker, others = waiting(session, 0), [waiting(session, minute) for minute in (5, 9, 11)]
    act(session, turns.ask_more_time, asker, at(12))
    assert line(session) == [others[0].code, others[1].code, asker.code, others[2].code]
    refused(session, AlreadyPostponed, turns.ask_more_time, asker, at(13))


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
    act(session, turns.let_go, me.site_id, me.official_id, at(5))
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
    act(session, turns.let_go, me.site_id, me.official_id, at(3))
    assert row(turn) == kept


def test_letting_go_needs_empty_hands_and_gives_the_parked_their_place_back(session: Session) -> None:
    where = desk(session)
    parked, other = attending(session, where, 0), waiting(session, 1)
    act(session, turns.hold, where, at(2))
    act(session, turns.call_next, where, at(3))
    refused(session, StillHolding, turns.let_go, where.site_id, where.official_id, at(4))
    act(session, turns.mark_absent, where, at(5))
    act(session, turns.return_absent, where.site_id, other.id, where.who, at(5))
    act(session, turns.let_go, where.site_id, where.official_id, at(6))
    assert (parked.state, parked.official_id) == (State.WAITING, None)
    assert line(session) == [parked.code, other.code]


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
        "service": [[*solved(turn), Outcome(9999, "solved")]],
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


# Undoing.


def _call(session: Session, where: Desk, turn: Turn) -> None:
    turns.call_next(session, where, at(1))


def _start(session: Session, where: Desk, turn: Turn) -> None:
    turns.start(session, where, at(1))


def _absent(session: Session, where: Desk, turn: Turn) -> None:
    turns.mark_absent(session, where, at(1))


def _hold(session: Session, where: Desk, turn: Turn) -> None:
    turns.hold(session, where, at(1))


def _finish(session: Session, where: Desk, turn: Turn) -> None:
    turns.finish(session, where, solved(turn), at(1))


def _finish_more(session: Session, where: Desk, turn: Turn) -> None:
    turns.finish(session, where, solved(turn, make.service(session, "business-return")), at(1))


def _transfer(session: Session, where: Desk, turn: Turn) -> None:
    turns.transfer(session, where, make.service(session, "sisben-survey").id, "front", False, at(1))


def _transfer_back(session: Session, where: Desk, turn: Turn) -> None:
    turns.transfer(session, where, make.service(session, "sisben-survey").id, "end", True, at(1))


def _move(session: Session, where: Desk, turn: Turn) -> None:
    survey = make.service(session, "sisben-survey").id
    turns.move(session, where.site_id, turn.id, survey, "end", "transfer-wrong-service", where.who, at(1))


def _move_to_pending(session: Session, where: Desk, turn: Turn) -> None:
    clearance = make.service(session, "tax-clearance").id
    turns.move(session, where.site_id, turn.id, clearance, "end", "transfer-wrong-service", where.who, at(1))


def _cancel(session: Session, where: Desk, turn: Turn) -> None:
    turns.cancel(session, where.site_id, turn.id, "cancel-asked", where.who, at(1))


def _regroup(session: Session, where: Desk, turn: Turn) -> None:
    turns.regroup(session, where.site_id, turn.id, "child", "group-told", where.who, at(1))


UNDONE: list[tuple[str, Callable[[Session, Desk, Turn], None]]] = [
    ("waiting", _call),
    ("waiting", _move),
    ("waiting", _cancel),
    ("waiting", _regroup),
    ("called", _start),
    ("called", _absent),
    ("called", _hold),
    ("called", _cancel),
    ("attending", _hold),
    ("attending", _finish),
    ("attending", _finish_more),
    ("attending", _transfer),
    ("attending", _transfer_back),
    ("attending", _move),
    ("attending with another service", _finish),
    ("attending with another service", _transfer),
    ("attending with another service", _transfer_back),
    ("attending with another service", _move),
    ("attending with another service", _move_to_pending),
]


@pytest.mark.parametrize(("start", "action"), UNDONE, ids=lambda v: getattr(v, "__name__", v))
def test_undoing_restores_the_turn_and_the_services_asked_exactly(
    session: Session, start: str, action: Callable[[Session, Desk, Turn], None]
) -> None:
    where, turn = desk(session), waiting(session)
    if start != "waiting":
        act(session, turns.call_next, where, at(0.2))
    if start.startswith("attending"):
        act(session, turns.start, where, at(0.3))
    if "another" in start:
        act(session, turns.add_service, where, make.service(session, "tax-clearance").id, at(0.4))
    before = row(turn)
    act(session, action, where, turn)
    assert row(turn) != before
    seq = last_event(session).seq
    act(session, turns.undo_last, where, at(1.5))
    assert row(turn) == before
    undone = last_event(session)
    assert (undone.kind, undone.detail["undoes"], undone.who_id) == ("undone", seq, where.official_id)


def test_what_was_undone_can_be_done_again(session: Session) -> None:
    where = desk(session)
    turn, clearance = attending(session, where), make.service(session, "tax-clearance")
    act(session, turns.finish, where, solved(turn, clearance), at(1))
    act(session, turns.undo_last, where, at(1.1))
    act(session, turns.finish, where, solved(turn), at(1.2))
    assert turn.state is State.FINISHED
    assert [asked.service_id for asked in turn.asked] == [turn.service_id]


def test_undoing_goes_back_one_action_after_the_other(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    for action in (turns.call_next, turns.start):
        act(session, action, where, at(1))
    for state in (State.CALLED, State.WAITING):
        act(session, turns.undo_last, where, at(1.1))
        assert turn.state is state
    refused(session, NothingToUndo, turns.undo_last, where, at(1.2))


def test_undoing_a_finish_that_called_the_next_first_takes_back_the_call(session: Session) -> None:
    where = desk(session)
    first, second = attending(session, where, 0), waiting(session, 0.5)
    act(session, turns.finish, where, solved(first), at(2), then_call=True)
    act(session, turns.undo_last, where, at(2.1))
    assert (first.state, second.state) == (State.FINISHED, State.WAITING)
    act(session, turns.undo_last, where, at(2.2))
    assert (first.state, second.state) == (State.ATTENDING, State.WAITING)


def test_after_a_minute_nothing_is_undone(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    act(session, turns.call_next, where, at(1))
    refused(session, NothingToUndo, turns.undo_last, where, at(2))
    act(session, turns.undo_last, where, at(2) - timedelta(milliseconds=1))
    assert turn.state is State.WAITING


def test_nothing_is_undone_that_somebody_has_changed_since(session: Session) -> None:
    where, there = desk(session, "1"), desk(session, "3")
    turn = attending(session, where)
    act(session, turns.transfer, where, make.service(session, "sisben-survey").id, "arrival", False, at(1))
    act(session, turns.call_next, there, at(1.1))
    refused(session, NothingToUndo, turns.undo_last, where, at(1.2))
    assert (turn.state, turn.official_id) == (State.CALLED, there.official_id)


def test_nothing_is_undone_across_a_change_of_the_order(session: Session) -> None:
    """The place that it would restore is one of the order that no longer rules."""
    where, turn = desk(session), waiting(session, 0, "older")
    act(session, turns.regroup, where.site_id, turn.id, GENERAL, "group-told", where.who, at(1))
    ordered(session, 1, order=Order.STRICT)
    refused(session, NothingToUndo, turns.undo_last, where, at(1.1))


def test_a_repeated_call_and_an_added_service_are_not_undone(session: Session) -> None:
    where, _ = desk(session), waiting(session)
    act(session, turns.call_next, where, at(1))
    act(session, turns.recall, where, at(1.5))
    refused(session, NothingToUndo, turns.undo_last, where, at(1.6))
    act(session, turns.add_service, where, make.service(session, "petition").id, at(1.7))
    refused(session, NothingToUndo, turns.undo_last, where, at(1.8))


def test_undoing_never_puts_a_second_turn_in_a_hand(session: Session) -> None:
    mine, theirs = desk(session, "1"), desk(session, "2")
    first, second = waiting(session, 0), waiting(session, 0.1)
    act(session, turns.call_next, theirs, at(1))
    act(session, turns.cancel, mine.site_id, first.id, "cancel-asked", mine.who, at(1.1))
    act(session, turns.call_next, theirs, at(1.2))
    refused(session, NothingToUndo, turns.undo_last, mine, at(1.3))
    assert (first.state, second.state) == (State.CANCELLED, State.CALLED)


def test_undoing_a_call_gives_the_run_of_the_ratio_back_unless_somebody_called_since(session: Session) -> None:
    ordered(session, order=Order.RATIO, ratio=2)
    mine, theirs = desk(session, "1"), desk(session, "2")
    for minute in range(6):
        waiting(session, minute / 10, "older" if minute % 2 else GENERAL)
    run = select(Stream.priority_run)
    act(session, turns.call_next, mine, at(1))
    assert session.scalar(run) == 1
    act(session, turns.undo_last, mine, at(1.1))
    assert session.scalar(run) == 0
    act(session, turns.call_next, mine, at(1.2))
    act(session, turns.call_next, theirs, at(1.3))
    act(session, turns.undo_last, mine, at(1.4))
    assert session.scalar(run) == 2


# Exceptions, each with its reason.


@pytest.mark.parametrize("reason", ["", "nonsense", "pause-break"])
def test_every_exception_demands_a_reason_of_its_own_list(session: Session, reason: str) -> None:
    where, turn = desk(session), waiting(session)
    site, survey = where.site_id, make.service(session, "sisben-survey").id
    exceptions: list[tuple[Any, ...]] = [
        (turns.pick, where, turn.id, reason, at(1)),
        (turns.skip, site, turn.id, reason, where.who, at(1)),
        (turns.regroup, site, turn.id, "older", reason, where.who, at(1)),
        (turns.move, site, turn.id, survey, "end", reason, where.who, at(1)),
        (turns.cancel, site, turn.id, reason, where.who, at(1)),
        (turns.close_leftovers, site, reason, where.who, at(1)),
    ]
    kept = row(turn)
    for action, *args in exceptions:
        refusal = refused(session, Invalid, action, *args)
        assert isinstance(refusal, Invalid)
        assert refusal.field == "reason"
    refused(session, Invalid, go_away, where, "pause", "nonsense", at(1))
    assert row(turn) == kept


def test_every_exception_is_shown_to_the_supervisor_with_its_reason(session: Session) -> None:
    where = desk(session)
    picked, skipped, regrouped, moved, cancelled = (waiting(session, n / 10) for n in range(5))
    site, survey = where.site_id, make.service(session, "sisben-survey").id
    act(session, turns.pick, where, picked.id, "pick-danger", at(1))
    act(session, turns.skip, site, skipped.id, "skip-support", where.who, at(2))
    act(session, turns.regroup, site, regrouped.id, "older", "group-told", where.who, at(3))
    act(session, turns.move, site, moved.id, survey, "end", "transfer-failure", where.who, at(4))
    act(session, turns.cancel, site, cancelled.id, "cancel-repeated", where.who, at(5))
    shown = [(event.reason, turn.id) for event, turn, _ in board.exceptions_of(session, site, at(0))]
    assert shown == [
        ("cancel-repeated", cancelled.id),
        ("transfer-failure", moved.id),
        ("group-told", regrouped.id),
        ("skip-support", skipped.id),
        ("pick-danger", picked.id),
    ]


def test_picking_calls_out_of_order_and_does_not_count_for_the_ratio(session: Session) -> None:
    ordered(session, order=Order.RATIO)
    where = desk(session)
    first, last = waiting(session, 0), waiting(session, 1, "older")
    act(session, turns.pick, where, last.id, "pick-danger", at(2))
    event = last_event(session)
    assert (event.kind, event.reason, event.detail["rule"]) == ("picked", "pick-danger", "picked")
    assert event.detail["passed"] == [[first.id, first.order_key]]
    assert session.scalar(select(Stream.priority_run)) == 0


def test_nobody_picks_a_turn_that_the_window_does_not_attend(session: Session) -> None:
    where, turn = desk(session, "1"), waiting(session, service="sisben-survey")
    refused(session, NotForThisWindow, turns.pick, where, turn.id, "pick-back", at(1))


def test_a_skipped_turn_lets_pass_who_came_in_the_minutes_that_the_site_gives(session: Session) -> None:
    skipped, others = waiting(session, 0), [waiting(session, minute) for minute in (5, 11)]
    site = make.site(session).id
    act(session, turns.skip, site, skipped.id, "skip-support", SYSTEM, at(12))
    assert line(session) == [others[0].code, skipped.code, others[1].code]


def test_a_regrouped_turn_goes_to_the_place_that_it_would_have_had(session: Session) -> None:
    site = make.site(session).id
    early, claimed, late = waiting(session, 0), waiting(session, 30, "older"), waiting(session, 40)
    assert line(session) == [claimed.code, early.code, late.code]
    act(session, turns.regroup, site, claimed.id, GENERAL, "group-told", SYSTEM, at(50))
    assert line(session) == [early.code, claimed.code, late.code]
    act(session, turns.regroup, site, late.id, "child", "group-told", SYSTEM, at(51))
    assert line(session) == [late.code, early.code, claimed.code]
    refused(session, Invalid, turns.regroup, site, late.id, "billionaire", "group-told", SYSTEM, at(52))


def test_a_turn_moved_to_a_service_that_it_already_asks_for_asks_for_it_once(session: Session) -> None:
    where = desk(session)
    turn, clearance = attending(session, where), make.service(session, "tax-clearance")
    act(session, turns.add_service, where, clearance.id, at(1))
    reason = "transfer-wrong-service"
    act(session, turns.move, where.site_id, turn.id, clearance.id, "arrival", reason, where.who, at(2))
    assert [asked.service_id for asked in turn.asked] == [clearance.id]
    act(session, turns.call_next, where, at(3))
    act(session, turns.start, where, at(4))
    act(session, turns.finish, where, solved(turn), at(5))
    assert turn.state is State.FINISHED


# The order of the queue.


def test_a_change_of_the_order_gives_the_waiting_their_new_places_and_is_kept_with_what_was_before(
    session: Session,
) -> None:
    early, older = waiting(session, 0), waiting(session, 30, "older")
    assert line(session) == [older.code, early.code]
    ordered(session, 40, order=Order.FIFO)
    assert line(session) == [early.code, older.code]
    history = session.scalars(select(QueueSettings).order_by(QueueSettings.id)).all()
    assert [(settings.order, settings.reason) for settings in history] == [
        (Order.HEAD_START, "Primera configuración"),
        (Order.FIFO, "prueba"),
    ]
    assert history[1].since == at(40)
    assert last_event(session).detail["order"] == "fifo"
    assert last_event(session).reason == "prueba"


def test_who_comes_back_after_a_change_of_the_order_has_the_place_of_the_new_one(session: Session) -> None:
    ordered(session, order=Order.STRICT)
    where = desk(session)
    early, older = waiting(session, 0), waiting(session, 30, "older")
    act(session, turns.call_next, where, at(31))
    act(session, turns.mark_absent, where, at(32))
    assert older.state is State.ABSENT
    ordered(session, 33, order=Order.FIFO)
    act(session, turns.return_absent, where.site_id, older.id, where.who, at(34))
    assert line(session) == [early.code, older.code]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ratio", 0),
        ("ratio", 21),
        ("recall_limit", -1),
        ("recall_pause_s", 4),
        ("tolerance_min", 121),
        ("more_time_min", 0),
        ("target_priority_min", 0),
        ("target_general_min", 241),
        ("head_start.older", 721),
        ("head_start.older", -1),
    ],
)
def test_an_order_out_of_range_is_refused_and_names_the_field(town_in_memory: Session, field: str, value: int) -> None:
    changes = {"head_start": {"older": value}} if "." in field else {field: value}
    with pytest.raises(Invalid) as refusal:
        ordered(town_in_memory, **changes)
    assert refusal.value.field == field


def test_a_change_of_the_order_needs_a_reason(session: Session) -> None:
    order = turns.QueueOrder(order=Order.FIFO, ratio=2, head_start={})
    refused(session, Invalid, turns.set_order, make.site(session).id, order, "  ", SYSTEM, at(1))
    assert settings_of(session, make.site(session).id).order is Order.HEAD_START


def test_the_ratio_survives_a_restart_because_the_database_counts_it(session: Session) -> None:
    ordered(session, order=Order.RATIO, ratio=2)
    for minute in range(8):
        waiting(session, minute / 10, "older" if minute >= 3 else GENERAL)
    called = []
    for label in "12212":
        where = desk(session, label)
        turn = act(session, turns.call_next, where, at(5))
        called.append(turn.group)
        act(session, turns.mark_absent, where, at(5))
        session.close()
    assert called == ["older", "older", GENERAL, "older", "older"]


# One site and the other.


def other_site(session: Session) -> tuple[int, int]:
    """A second site, open at all hours of the day, with one service; its id and the service's."""
    with transaction(session):
        first = make.service(session)
        site = Site(code="other", name="Otra sede", address="Calle 1")
        session.add(site)
        session.flush()
        topic = _copy(first.topic, site_id=site.id)
        office = _copy(first.office, site_id=site.id)
        ruling = _copy(settings_of(session, first.site_id), site_id=site.id)
        always = OpeningHours(site_id=site.id, weekday=1, opens=time(0), closes=time(23))
        session.add_all([topic, office, ruling, always, Stream(site_id=site.id, last_seq=0, priority_run=0)])
        session.flush()
        service = _copy(first, site_id=site.id, topic_id=topic.id, office_id=office.id)
        session.add(service)
        session.flush()
        return site.id, service.id


def _copy(thing: Any, **changes: object) -> Any:
    columns = type(thing).__table__.columns
    return type(thing)(**{c.name: getattr(thing, c.name) for c in columns if c.name != "id"} | changes)


def test_what_is_done_at_one_site_never_touches_the_other(session: Session) -> None:
    here, mine, tomorrow = make.site(session).id, waiting(session, 1), at(24 * 60)
    there, service = other_site(session)
    with transaction(session):
        session.add(_copy(session.scalars(select(PriorityGroup).limit(1)).one(), site_id=there, code="older"))
    issued = act(session, turns.issue, turns.Asked(there, service, "older"), Who("citizen"), at(1))
    theirs = session.get_one(Turn, issued.id)
    kept = row(theirs)
    assert mine.code == theirs.code
    order = turns.QueueOrder(order=Order.FIFO, ratio=2, head_start={})
    act(session, turns.set_order, here, order, "prueba", SYSTEM, at(2))
    assert settings_of(session, there).order is Order.HEAD_START
    for action, *args in [
        (turns.cancel, here, theirs.id, "cancel-asked", SYSTEM, at(3)),
        (turns.skip, here, theirs.id, "skip-support", SYSTEM, at(3)),
        (turns.regroup, here, theirs.id, GENERAL, "group-told", SYSTEM, at(3)),
        (turns.return_absent, here, theirs.id, SYSTEM, at(3)),
        (turns.move, here, theirs.id, service, "end", "transfer-failure", SYSTEM, at(3)),
    ]:
        refused(session, Missing, action, *args)
    act(session, turns.close_leftovers, here, "leftover-gone", SYSTEM, tomorrow)
    assert mine.state is State.CANCELLED
    assert row(theirs) == kept
    seqs = {stream.site_id: stream.last_seq for stream in session.scalars(select(Stream))}
    assert seqs[there] == 1
    assert session.scalar(select(Event.seq).where(Event.site_id == there)) == 1


# The log reproduces the day.


@pytest.mark.parametrize("order", Order)
def test_reading_the_log_again_reproduces_every_decision_of_a_day(session: Session, order: Order) -> None:
    """B6: each call was the one that the rules choose among those who waited, and it says whom it passed over."""
    random = Random(f"a day of {order}")
    desks = [desk(session, label) for label in "1234"]
    site, minute = desks[0].site_id, 0.0
    log = Log(settings_of(session, site).rules)
    ordered(session, order=order)
    groups = (GENERAL, GENERAL, GENERAL, "older", "disability", "child")
    codes = ("property-tax", "petition", "sisben-survey", "residence", "land-use")
    undoes, arrives, goes_on = cycle((False, True, False)), cycle((True, False, True)), cycle((False, True))
    for _ in range(20):
        minute += random.random() * 4
        waiting(session, minute, random.choice(groups), random.choice(codes))
        for where in random.sample(desks, 2):
            turn = board.turn_at(session, where)
            if turn is None:
                if board.next_few(session, where, at(minute), 1):
                    act(session, turns.call_next, where, at(minute))
                    if next(undoes):
                        act(session, turns.undo_last, where, at(minute + 0.1))
            elif turn.state is State.CALLED:
                act(session, turns.start if next(arrives) else turns.mark_absent, where, at(minute))
            elif next(goes_on):
                service = make.service(session, random.choice(codes)).id
                act(session, turns.transfer, where, service, "front", False, at(minute))
            else:
                act(session, turns.finish, where, solved(turn), at(minute), then_call=True)
    log.read(session, site, {where.official_id: where.services for where in desks})
    log.check_rows(session, site)
    kinds = [event.kind for event in log.events.values()]
    assert kinds.count("called") >= 10
    assert {"undone", "transferred", "finished", "absent"} <= set(kinds)
