"""Exceptions have their reason, and the order of the queue its history."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import Stream
from core.desks import go_away
from core.errors import Invalid
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.call import NotForThisWindow, OfAnotherDay
from core.turns.actions.change import settings_of
from core.turns.lifecycle import State
from core.turns.model import QueueSettings
from core.turns.policy import GENERAL, Order
from tests import make
from tests.core.turns.acting import (
    SYSTEM,
    act,
    at,
    attending,
    desk,
    last_event,
    line,
    ordered,
    refused,
    row,
    solved,
    waiting,
)

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
    other = desk(session, "2")
    act(session, turns.pick, other, waiting(session, 6).id, "pick-back", at(7))
    act(session, turns.undo_last, other, at(7.5))
    assert len(board.exceptions_of(session, site, at(0))) == len(shown), "what was undone was no exception"


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


@pytest.mark.parametrize("group", [GENERAL, "older", "child"])
def test_a_skipped_turn_lets_everybody_pass_for_the_minutes_that_the_site_gives_and_then_has_its_place(
    session: Session, group: str
) -> None:
    where = desk(session)
    skipped, others = waiting(session, 0, group), [waiting(session, minute) for minute in (40, 41, 42)]
    act(session, turns.skip, where.site_id, skipped.id, "skip-support", SYSTEM, at(45))
    assert line(session, 54) == [*(other.code for other in others), skipped.code]
    assert act(session, turns.call_next, where, at(54)).id == others[0].id
    act(session, turns.mark_absent, where, at(54))
    assert act(session, turns.call_next, where, at(55)).id == skipped.id


def test_who_lets_others_pass_is_called_sooner_if_an_official_picks_them(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    act(session, turns.skip, where.site_id, turn.id, "skip-support", where.who, at(1))
    assert act(session, turns.pick, where, turn.id, "pick-back", at(2)).id == turn.id
    assert turn.not_before is None


def test_an_exception_made_from_a_window_says_which(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    act(session, turns.skip, where.site_id, turn.id, "skip-support", where.who, at(1))
    assert last_event(session).window_id == where.window_id
    act(session, turns.regroup, where.site_id, turn.id, "older", "group-told", SYSTEM, at(2))
    assert last_event(session).window_id is None


def test_a_picked_turn_tells_also_whose_turn_it_was_though_they_came_later(session: Session) -> None:
    where = desk(session)
    picked, older = waiting(session, 0), waiting(session, 1, "older")
    act(session, turns.pick, where, picked.id, "pick-danger", at(2))
    assert last_event(session).detail["passed"] == [[older.id, older.order_key]]


def test_a_turn_of_another_day_is_not_picked(session: Session) -> None:
    where, turn = desk(session), waiting(session)
    refused(session, OfAnotherDay, turns.pick, where, turn.id, "pick-back", at(12 * 60))


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
