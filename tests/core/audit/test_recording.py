"""A row of the trail stands or falls with its act, in one chain without gaps, and the database refuses to change it."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.audit.chain import NOTHING, Keys
from core.audit.model import Entry, Head
from core.db import Event, Stream, table, transaction
from core.events import Who
from tests import make

BY = Who("official", 3)
NOTICE = On(Thing.NOTICE, 5)
PATIENCE = 60


def act(session: Session, minute: float = 0, **also: object) -> None:
    audit.record(session, Act.CHANGED, NOTICE, BY, make.at(minute), site_id=1, **also)  # type: ignore[arg-type]


def rows(session: Session) -> list[Entry]:
    """What the tests of this file recorded, and not the set-up of the town hall."""
    return list(session.scalars(select(Entry).where(Entry.thing == "notice").order_by(Entry.seq)))


def test_a_row_says_who_did_what_to_which_thing_when_and_why(session: Session) -> None:
    with transaction(session):
        audit.through(session, 9)
        act(session, reason="legal", detail={"shown": True, "places": [1, 2]})
    (row,) = rows(session)
    assert (row.act, row.thing, row.thing_id, row.who_kind, row.who_id, row.sign_in_id, row.site_id) == (
        "changed", "notice", 5, "official", 3, 9, 1,
    )  # fmt: skip
    assert (row.at, row.clock_right, row.result, row.reason) == (make.at(), True, "done", "legal")
    assert json.loads(row.detail) == {"places": [1, 2], "shown": True}


def test_an_act_that_is_undone_leaves_no_row_and_no_gap(session: Session) -> None:
    def break_off() -> None:
        with transaction(session):
            act(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    act(session)
    with transaction(session):
        act(session, 1)
        act(session, 2)
    numbers = session.scalars(select(Entry.seq).order_by(Entry.seq)).all()
    assert [row.at for row in rows(session)] == [make.at(1), make.at(2)]
    assert list(numbers) == list(range(1, len(numbers) + 1))


def test_every_row_hangs_on_the_one_before_and_the_head_on_the_last(session: Session) -> None:
    for minute in range(3):
        with transaction(session):
            act(session, minute)
            act(session, minute)
    every = session.scalars(select(Entry).order_by(Entry.seq)).all()
    assert every[0].before == NOTHING
    assert all(later.before == earlier.hash for earlier, later in pairwise(every))
    head = session.get_one(Head, 1)
    assert (head.seq, head.hash) == (every[-1].seq, every[-1].hash)


def test_rows_written_at_once_are_numbered_in_the_order_of_their_commits(engine: Engine) -> None:
    barrier = Barrier(6)

    def work(minute: int) -> None:
        with Session(engine) as session:
            session.connection()
            barrier.wait(PATIENCE)
            with transaction(session):
                act(session, minute)

    threads = [Thread(target=work, args=(minute,), daemon=True) for minute in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    with Session(engine) as session:
        every = session.scalars(select(Entry).order_by(Entry.seq)).all()
        assert [row.seq for row in every] == list(range(1, len(every) + 1))
        assert sorted(row.at for row in rows(session)) == [make.at(minute) for minute in range(6)]


@pytest.mark.parametrize("said", ["Juana Pérez", "CC 37654321", "no vino; llamó la hija", 1.5, b"x", {"a": "Ñ"}])
def test_names_documents_and_texts_do_not_enter_the_trail(town: Session, said: object) -> None:
    with pytest.raises(ValueError, match="numbers, codes and digests"):
        act(town, detail={"said": said})
    if isinstance(said, str):
        with pytest.raises(ValueError, match="numbers, codes and digests"):
            act(town, reason=said)


def test_a_digest_tells_nobody_without_the_key_what_the_text_was(town: Session) -> None:
    act(town, detail={"text": audit.digest("Cerrado el viernes")})
    assert audit.digest("Cerrado el viernes") == audit.digest("Cerrado el viernes")
    one, other = Keys.of("a" * 40), Keys.of("b" * 40)
    assert one.digest("Cerrado el viernes") != other.digest("Cerrado el viernes")


def test_a_row_says_when_the_clock_was_not_right(session: Session) -> None:
    with transaction(session):
        act(session, 10)
        act(session, 10 - 1)
        act(session, 9.5)
    with transaction(session):
        session.get_one(Stream, 1).lead_ms = 60_000
        act(session, 20)
    assert [row.clock_right for row in rows(session)] == [True, False, True, False]
    assert rows(session)[1].at == make.at(10) - timedelta(minutes=1)


@pytest.mark.parametrize("name", ["audit", "events"])
@pytest.mark.parametrize(
    "attack",
    ["UPDATE {} SET who_id = 4", "DELETE FROM {}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}", "TRUNCATE {}"],
)
def test_the_database_refuses_to_change_what_only_grows(session: Session, name: str, attack: str) -> None:
    with transaction(session):
        make.turn(session)
        act(session)
    only_on = {"TRUNCATE {}": "postgresql", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}": "sqlite"}
    model = {"audit": Entry, "events": Event}[name]
    before = session.execute(select(table(model))).all()
    assert before
    session.rollback()
    if only_on.get(attack, session.get_bind().dialect.name) == session.get_bind().dialect.name:
        with pytest.raises(DBAPIError, match="these rows only grow"):
            session.execute(text(attack.format(name)))
        session.rollback()
    assert session.execute(select(table(model))).all() == before


def test_a_session_that_replays_a_replica_is_refused_as_well(session: Session) -> None:
    if session.get_bind().dialect.name != "postgresql":
        return
    with transaction(session):
        act(session)
    for attack in ("UPDATE audit SET who_id = 4", "TRUNCATE audit"):
        session.execute(text("SET LOCAL session_replication_role = replica"))
        with pytest.raises(DBAPIError, match="these rows only grow"):
            session.execute(text(attack))
        session.rollback()
