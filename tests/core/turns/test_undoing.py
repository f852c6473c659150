"""The last action is undone exactly, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks
from core.db import Stream, transaction
from core.desks import Desk, IsAway
from core.turns import actions as turns
from core.turns.actions.undo import NothingToUndo
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.policy import GENERAL, Order
from tests import make
from tests.core.turns.acting import (
    act,
    at,
    attending,
    desk,
    last_event,
    ordered,
    refused,
    row,
    solved,
    waiting,
)

# Undoing.


def _call(session: Session, where: Desk, turn: Turn) -> None:
    turns.call_next(session, where, at(1))


def _start(session: Session, where: Desk, turn: Turn) -> None:
    turns.start(session, where, at(1))


def _absent(session: Session, where: Desk, turn: Turn) -> None:
    turns.mark_absent(session, where, at(1))


def _hold(session: Session, where: Desk, turn: Turn) -> None:
    turns.hold(session, where, at(1))


def _add_service(session: Session, where: Desk, turn: Turn) -> None:
    turns.add_service(session, where, make.service(session, "tax-clearance").id, at(1))


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
    ("attending", _add_service),
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


def test_a_repeated_call_is_not_undone(session: Session) -> None:
    where, _ = desk(session), waiting(session)
    act(session, turns.call_next, where, at(1))
    act(session, turns.recall, where, at(1.5))
    refused(session, NothingToUndo, turns.undo_last, where, at(1.6))


def test_nothing_is_undone_of_a_turn_that_went_on_with_somebody_else(session: Session) -> None:
    """The group is still what the action left, but another official has called the turn since."""
    mine, theirs = desk(session, "1"), desk(session, "2")
    turn = waiting(session)
    act(session, turns.regroup, mine.site_id, turn.id, "older", "group-told", mine.who, at(1))
    act(session, turns.call_next, theirs, at(1.1))
    refused(session, NothingToUndo, turns.undo_last, mine, at(1.2))
    act(session, turns.undo_last, theirs, at(1.3))
    act(session, turns.undo_last, mine, at(1.4))
    assert turn.group == GENERAL


def test_what_was_done_at_another_window_is_not_undone_from_this_one(session: Session) -> None:
    where = desk(session, "1")
    act(session, turns.finish, where, solved(attending(session, where)), at(1))
    with transaction(session):
        moved = make.desk(session, "2", "ventanilla1", 1.1)
        make.desk(session, "1", "ventanilla2", 1.2)
    assert moved.official_id == where.official_id
    refused(session, NothingToUndo, turns.undo_last, moved, at(1.3))


def test_in_a_pause_nothing_is_undone_that_would_put_a_turn_in_the_hand(session: Session) -> None:
    where = desk(session)
    act(session, turns.finish, where, solved(attending(session, where)), at(1))
    act(session, desks.go_away, where, "pause", "pause-break", at(1.1))
    refused(session, IsAway, turns.undo_last, where, at(1.2))


def test_a_service_taken_off_comes_back_though_its_row_was_given_to_another_turn(session: Session) -> None:
    where = desk(session)
    turn, clearance = attending(session, where), make.service(session, "tax-clearance").id
    act(session, turns.add_service, where, clearance, at(1))
    before = [asked.service_id for asked in turn.asked]
    act(session, turns.move, where.site_id, turn.id, clearance, "end", "transfer-wrong-service", where.who, at(1.1))
    waiting(session, 1.2)
    act(session, turns.undo_last, where, at(1.3))
    assert sorted(asked.service_id for asked in turn.asked) == sorted(before)


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
