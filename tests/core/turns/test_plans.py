"""What a press or a look costs does not grow with the turns that were: the plans of the database say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from core.db import transaction
from core.desks import Desk
from core.events import Who
from core.turns import actions as turns
from core.turns import board
from tests import make
from tests.heard import heard

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
    with heard(engine) as asked, Session(engine) as session, transaction(session):
        work(session, desk)
        queries = [query for query in asked if query[0].startswith("SELECT")]
        read = [told for query in queries for told in whole_tables(session.connection(), *query)]
    assert queries
    assert read == []


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
