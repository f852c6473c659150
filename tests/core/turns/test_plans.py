"""What a press or a look costs does not grow with the turns that were: the plans of the database say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

from core.db import transaction
from core.desks import Desk
from core.events import Who
from core.turns import actions as turns
from core.turns import board
from tests import make

OF_THE_LIVING = ("ux_turns_official_in_hand", "ux_turns_window_in_hand", "ix_turns_queue")
"""Indexes that hold only the turns of who is still here; reading one whole is no history."""

Work = Callable[[Session, Desk], object]


def issue(session: Session, desk: Desk) -> object:
    asked = turns.Asked(desk.site_id, make.service(session).id)
    return turns.issue(session, asked, Who("citizen"), make.at(5))


def call(session: Session, desk: Desk) -> object:
    return turns.call_next(session, desk, make.at(5))


def see_the_desk(session: Session, desk: Desk) -> object:
    at = make.at(5)
    found = board.turn_at(session, desk), board.lines(session, desk, at), board.next_few(session, desk, at)
    return *found, board.set_aside(session, desk, at), turns.last_action(session, desk, at)


def see_the_waits(session: Session, desk: Desk) -> object:
    return board.wait_for(session, desk.site_id, sorted(desk.services), make.at(5))


def count_leftovers(session: Session, desk: Desk) -> object:
    return board.leftovers(session, desk.site_id, make.at(5))


@pytest.mark.parametrize("work", [issue, call, see_the_desk, see_the_waits, count_leftovers])
def test_nothing_that_is_done_or_seen_all_day_reads_the_turns_that_were(engine: Engine, work: Work) -> None:
    with Session(engine) as session, transaction(session):
        make.turn(session)
        desk = make.desk(session)
    asked: list[tuple[str, Any]] = []
    with Session(engine) as session, transaction(session):
        with heard(engine, asked):
            work(session, desk)
        read = [told for query in asked for told in whole_tables(session.connection(), *query)]
    assert asked
    assert read == []


class heard:  # noqa: N801
    """Keep what the database is asked inside."""

    def __init__(self, engine: Engine, asked: list[tuple[str, Any]]) -> None:
        self._engine, self._asked = engine, asked

    def _hear(self, _connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            self._asked.append((statement, values))

    def __enter__(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._hear)

    def __exit__(self, *_error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._hear)


def whole_tables(connection: Connection, statement: str, values: Any) -> list[str]:
    """The steps of the plan that read all the turns, or all the events, of a site or of everybody."""
    if connection.dialect.name == "sqlite":
        told = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
        suspects = [step for step in told if step.startswith("SCAN") or step.endswith("(site_id=?)")]
    else:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        told = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)]
        suspects = [step for step in told if "Seq Scan" in step]
    return [
        f"{step}: {statement}"
        for step in suspects
        if (" turns" in step or " events" in step) and not any(index in step for index in OF_THE_LIVING)
    ]
