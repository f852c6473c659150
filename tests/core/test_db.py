"""All of a change is kept and then announced, or nothing of it; and the databases are set to lose nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from core.catalogue.model import Reason, Site
from core.db import Event, Line, Stream, leave_no_trace, prepare, transaction
from core.events import Happened, Who, listen, record
from tests import make

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
PATIENCE = 10


def fact(kind: str = "happened", site_id: int = 1) -> Happened:
    return Happened(kind=kind, site_id=site_id, at=make.at(), who=Who("system"), public={"code": "A 001"})


def change(session: Session, day: int = 1) -> None:
    """A row, and the fact that tells of it."""
    session.add(Reason(site_id=1, kind="closed", code=f"{day}", name=f"Decreto {day}", position=day))
    record(session, fact(f"closed {day}"))


def kept(session: Session) -> tuple[list[str], list[tuple[int, str]]]:
    """The rows and the log as another reader finds them."""
    session.rollback()
    acts = session.scalars(select(Reason.name).where(Reason.kind == "closed").order_by(Reason.position)).all()
    log = session.execute(select(Event.seq, Event.kind).where(Event.site_id == 1).order_by(Event.seq)).all()
    session.rollback()
    return list(acts), [(seq, kind) for seq, kind in log]


@pytest.fixture
def heard() -> Iterator[list[Happened]]:
    """What a listener hears, in order."""
    facts: list[Happened] = []
    stop = listen(facts.append)
    yield facts
    stop()


def test_a_change_and_its_events_are_kept_together_and_numbered(town: Session, heard: list[Happened]) -> None:
    with transaction(town):
        change(town, 1)
        change(town, 2)
    assert kept(town) == (["Decreto 1", "Decreto 2"], [(1, "closed 1"), (2, "closed 2")])
    assert heard == [replace(fact("closed 1"), seq=1), replace(fact("closed 2"), seq=2)]


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt, SystemExit])
def test_whatever_goes_wrong_nothing_is_kept_and_nobody_hears(
    town: Session, heard: list[Happened], problem: type[BaseException]
) -> None:
    def work() -> None:
        with transaction(town):
            change(town)
            town.flush()
            raise problem

    with pytest.raises(problem):
        work()
    assert kept(town) == ([], [])
    assert heard == []
    assert town.scalar(select(Stream.last_seq)) == 0


def test_what_cannot_be_written_in_the_log_is_neither_kept_nor_announced(town: Session, heard: list[Happened]) -> None:
    def work() -> None:
        with transaction(town):
            change(town)
            record(town, fact("at a site that does not exist", site_id=99))

    with pytest.raises(NoResultFound):
        work()
    assert kept(town) == ([], [])
    assert heard == []


def test_numbers_have_no_gap_though_work_in_between_was_undone(town: Session) -> None:
    for day in range(1, 7):
        try:
            with transaction(town):
                change(town, day)
                town.flush()
                if day % 2 == 0:
                    raise ValueError
        except ValueError:
            continue
    assert kept(town)[1] == [(1, "closed 1"), (2, "closed 3"), (3, "closed 5")]


def test_each_site_counts_its_own_events(town: Session, heard: list[Happened]) -> None:
    with transaction(town):
        other = Site(code="other", name="", address="")
        town.add(other)
        town.flush()
        town.add(Stream(site_id=other.id, last_seq=0, priority_run=0))
        other_id = other.id
    with transaction(town):
        for site_id in (1, other_id, 1, other_id):
            record(town, fact(site_id=site_id))
    assert [(told.site_id, told.seq) for told in heard] == [(1, 1), (1, 2), (other_id, 1), (other_id, 2)]


def test_nobody_hears_before_the_others_can_read_it(engine: Engine) -> None:
    found: list[tuple[list[str], list[tuple[int, str]]]] = []

    def look(_told: Happened) -> None:
        with Session(engine) as reader:
            found.append(kept(reader))

    stop = listen(look)
    with Session(engine) as session, transaction(session):
        change(session)
        session.flush()
        assert found == []
    stop()
    assert found == [(["Decreto 1"], [(1, "closed 1")])]


def test_a_listener_that_fails_undoes_nothing_and_the_others_hear(
    town: Session, heard: list[Happened], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_told: Happened) -> None:
        raise RuntimeError("the display burnt")

    stop = listen(fail)
    after: list[Happened] = []
    stop_after = listen(after.append)
    with transaction(town):
        change(town)
    stop()
    stop_after()
    assert kept(town)[0] == ["Decreto 1"]
    assert len(heard) == len(after) == 1
    assert "a listener failed at closed 1 1/1" in caplog.text


def test_a_listener_may_open_a_transaction_of_its_own(engine: Engine) -> None:
    def answer(told: Happened) -> None:
        if told.kind == "closed 1":
            with Session(engine) as session, transaction(session):
                change(session, 2)

    stop = listen(answer)
    with Session(engine) as session:
        with transaction(session):
            change(session)
        stop()
        assert [kind for _, kind in kept(session)[1]] == ["closed 1", "closed 2"]


def test_transactions_do_not_nest_and_the_outer_one_is_undone(town: Session) -> None:
    def work() -> None:
        with transaction(town):
            change(town)
            with transaction(town):
                pass

    with pytest.raises(RuntimeError, match="already open"):
        work()
    assert kept(town) == ([], [])
    with transaction(town):
        change(town)
    assert kept(town)[0] == ["Decreto 1"]


def test_what_was_done_outside_a_transaction_is_gone_with_its_events(town: Session, heard: list[Happened]) -> None:
    change(town, 1)
    town.flush()
    with transaction(town):
        change(town, 2)
    assert kept(town) == (["Decreto 2"], [(1, "closed 2")])
    assert [told.kind for told in heard] == ["closed 2"]


def test_a_decision_is_made_on_the_present_not_on_what_was_read_before(engine: Engine) -> None:
    with Session(engine) as session, Session(engine) as other:
        site = session.get_one(Site, 1)
        assert site.name
        with transaction(other):
            other.get_one(Site, 1).name = "Nueva sede"
        with transaction(session):
            assert site.name == "Nueva sede"
            site.address = "Calle 2"
    with Session(engine) as reader:
        assert (reader.get_one(Site, 1).name, reader.get_one(Site, 1).address) == ("Nueva sede", "Calle 2")


# SQLite.


@ON_SQLITE
def test_every_connection_to_sqlite_writes_through_to_the_disk_and_checks_references(database_url: str) -> None:
    engine = create_engine(database_url)
    prepare(engine)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000, "trusted_schema": 0}
    with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
            assert found == wanted
    engine.dispose()


@ON_SQLITE
def test_a_transaction_on_sqlite_takes_the_right_to_write_before_it_reads(engine: Engine) -> None:
    """One that reads first and writes later fails at once when another has committed in between."""
    assert engine.url.database
    other = sqlite3.connect(engine.url.database, timeout=0, isolation_level=None)
    with Session(engine) as session:
        with transaction(session), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        session.scalars(select(Site)).all()
        other.execute("BEGIN IMMEDIATE").close()
        other.execute("ROLLBACK").close()
    other.close()


@ON_POSTGRESQL
def test_no_connection_to_postgresql_waits_for_ever(engine: Engine) -> None:
    wanted = {"lock_timeout": "5s", "statement_timeout": "15s", "idle_in_transaction_session_timeout": "30s"}
    with engine.connect() as connection:
        connection.rollback()
        assert {name: connection.scalar(text(f"SHOW {name}")) for name in wanted} == wanted


# The line of those who write.


def test_the_line_serves_whoever_has_waited_longest() -> None:
    line, served = Line(), list[int]()

    def wait(number: int) -> None:
        with line:
            served.append(number)

    threads = [Thread(target=wait, args=(number,), daemon=True) for number in range(8)]
    with line:
        for number, thread in enumerate(threads, start=1):
            thread.start()
            while len(line._places) < number:
                assert thread.is_alive()
    for thread in threads:
        thread.join(PATIENCE)
    assert served == list(range(8))


def test_who_fails_inside_the_line_lets_the_next_in() -> None:
    line = Line()
    with pytest.raises(ValueError, match="oops"), line:
        raise ValueError("oops")
    with line:
        pass


def test_who_holds_the_line_is_told_so_instead_of_waiting_for_themselves() -> None:
    line = Line()
    with line, pytest.raises(RuntimeError, match="already"), line:
        pass
    with line:
        pass


@ON_SQLITE
def test_two_sessions_of_one_thread_that_write_at_once_stop_nobody_else(engine: Engine) -> None:
    def work() -> None:
        with Session(engine) as one, Session(engine) as two, transaction(one):
            change(one)
            with transaction(two):
                change(two, 2)

    with pytest.raises(RuntimeError, match="already"):
        work()
    with Session(engine) as session:
        with transaction(session):
            change(session, 3)
        assert kept(session)[0] == ["Decreto 3"]


def test_what_is_erased_without_a_trace_is_in_no_byte_of_the_files_of_sqlite(tmp_path: Path) -> None:
    engine, said = create_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}"), "CANARIO" * 40
    prepare(engine)

    def lies() -> bool:
        return any(said.encode() in path.read_bytes() for path in tmp_path.iterdir())

    with Session(engine) as session, transaction(session):
        session.execute(text("CREATE TABLE told (said TEXT)"))
        session.execute(text("INSERT INTO told VALUES (:said), ('other')"), {"said": said})
    assert lies()
    with Session(engine) as session, transaction(session):
        session.execute(text("DELETE FROM told WHERE said = :said"), {"said": said})
        leave_no_trace(session)
    assert not lies()
    engine.dispose()
