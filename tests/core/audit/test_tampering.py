"""Whatever is done to the trail, the log or the schema behind the product's back is found and named."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from core import audit
from core.audit import blocks, guards
from core.audit.actions import seal_with
from core.audit.anchors import Anchor, read_anchors
from core.audit.damage import Damage, Finding
from core.audit.model import Entry, Head
from core.audit.telling import sentence
from core.audit.verify import glance, verify
from core.db import prepare, transaction
from core.errors import Invalid
from tests import make
from tests.conftest import AUDIT_KEY
from tests.core.audit.attacks import ATTACKS, ROWS, unguarded, write
from tests.core.in_memory import engine_of


def fill(session: Session) -> None:
    """Six acts and four events, three of them in two blocks of the chain."""
    write(session, 0, 1, 2, 3, 4, 5)
    for minutes in ((6, 7), (8,)):
        with transaction(session):
            for minute in minutes:
                make.turn(session, minute)
        with transaction(session):
            blocks.seal_block(session, 1, make.at(9), today_too=True)
    with transaction(session):
        make.turn(session, 10)


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A trail that nobody has touched."""
    file = tmp_path_factory.mktemp("trail") / "town.sqlite3"
    shutil.copy(sqlite_template, file)
    engine = create_engine(f"sqlite:///{file}")
    prepare(engine)
    with Session(engine) as session:
        fill(session)
    engine.dispose()
    template = sqlite3.connect(file)
    yield template
    template.close()


@pytest.fixture
def trail(filled: sqlite3.Connection) -> Iterator[Engine]:
    engine = engine_of(filled)
    yield engine
    engine.dispose()


def found(engine: Engine, since: int = 1, anchors: tuple[Anchor, ...] = ()) -> list[tuple[Damage, int | None]]:
    with Session(engine) as session:
        return [(finding.kind, finding.seq) for finding in verify(session, since, anchors).findings]


def attacked(engine: Engine, name: str) -> None:
    with unguarded(engine) as raw:
        ATTACKS[name][0](raw)


def anchor_of(engine: Engine) -> Anchor:
    with Session(engine) as session:
        head = session.get_one(Head, 1)
        return Anchor(head.seq, head.hash)


def test_a_trail_that_nobody_touched_is_sound(trail: Engine) -> None:
    with Session(trail) as session:
        proof = verify(session, anchors=[anchor_of(trail)])
        assert (proof.sound, proof.rows, proof.seq) == (True, ROWS, ROWS)
        assert glance(session) is None


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_found_where_it_begins_and_named_for_what_it_is(trail: Engine, name: str) -> None:
    attacked(trail, name)
    _do, kind, seq = ATTACKS[name]
    assert found(trail) == [(kind, seq)]


def test_every_attack_is_found_on_postgresql_too(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return
    with Session(engine) as session:
        fill(session)
    tables = ("audit", "audit_head", "events")
    with engine.begin() as raw:
        for table in tables:
            raw.execute(text(f"CREATE TABLE kept_{table} AS TABLE {table}"))
    assert found(engine) == []
    for name, (do, kind, seq) in ATTACKS.items():
        with unguarded(engine) as raw:
            do(raw)
        assert found(engine) == [(kind, seq)], name
        with unguarded(engine) as raw:
            for table in tables:
                raw.execute(text(f"DELETE FROM {table}"))
                raw.execute(text(f"INSERT INTO {table} SELECT * FROM kept_{table}"))
    assert found(engine) == []


ON_THE_END = [name for name in ATTACKS if "the tail" in name or name in ("reset the counter", "forget the head")]


@pytest.mark.parametrize("name", ON_THE_END)
def test_what_is_written_after_an_attack_on_the_end_does_not_cover_it_up(trail: Engine, name: str) -> None:
    attacked(trail, name)
    with Session(trail) as session:
        write(session, 20, 21)
    assert [kind for kind, _seq in found(trail)] in ([Damage.MISSING], [Damage.CUT])


def test_a_tail_that_was_cut_and_grown_again_is_found_by_its_anchor(trail: Engine) -> None:
    """The attacker kept the head of the morning, so nothing inside the database betrays it."""
    with Session(trail) as session:
        kept = {c.name: getattr(session.get_one(Head, 1), c.name) for c in Head.__table__.columns}
        kept["at"] = session.execute(text("SELECT at FROM audit_head")).scalar()
        write(session, 20, 21)
    anchor = anchor_of(trail)
    with unguarded(trail) as raw:
        raw.execute(text("DELETE FROM audit WHERE seq > :seq"), kept)
        raw.execute(
            text("UPDATE audit_head SET seq = :seq, at = :at, hash = :hash, key_id = :key_id, seal = :seal"), kept
        )
    with Session(trail) as session:
        write(session, 30, 31)
    assert found(trail) == []
    assert found(trail, anchors=(anchor,)) == [(Damage.ANCHOR, ROWS + 2)]


def test_an_older_file_put_back_is_found_by_its_anchor(
    filled: sqlite3.Connection, sqlite_template: Path, tmp_path: Path
) -> None:
    file, older = tmp_path / "town.sqlite3", tmp_path / "yesterday.sqlite3"
    shutil.copy(sqlite_template, file)
    engine = create_engine(f"sqlite:///{file}")
    prepare(engine)
    with Session(engine) as session:
        write(session, 0, 1)
        engine.dispose()
        shutil.copy(file, older)
        write(session, 2, 3)
    anchor = anchor_of(engine)
    engine.dispose()
    shutil.copy(older, file)
    assert found(engine) == []
    assert found(engine, anchors=(anchor,)) == [(Damage.ANCHOR, anchor.seq)]
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER audit_no_update",
        "DROP TRIGGER events_no_replace",
        "CREATE TRIGGER silent BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END",
    ],
)
def test_a_schema_that_is_not_as_it_was_made_is_found(trail: Engine, statement: str) -> None:
    with trail.begin() as raw:
        raw.execute(text(statement))
    assert found(trail) == [(Damage.SCHEMA, None)]
    with Session(trail) as session:
        assert glance(session) == Finding(Damage.SCHEMA, name=statement.split()[2])


def test_a_trigger_that_was_dropped_and_made_otherwise_is_found_on_both_databases(session: Session) -> None:
    assert guards.changed(session) == []
    another = "BEFORE UPDATE ON audit BEGIN SELECT 1; END"
    harmless = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
    changes = {
        "sqlite": [("DROP TRIGGER audit_no_update", 1), (f"CREATE TRIGGER audit_no_update {another}", 1)],
        "postgresql": [
            ("ALTER TABLE audit DISABLE TRIGGER audit_no_change", 1),
            (f"CREATE OR REPLACE FUNCTION only_grows() {harmless}", 4),
        ],
    }
    for statement, seen in changes[session.get_bind().dialect.name]:
        session.execute(text(statement))
        assert len(guards.changed(session)) == seen


@pytest.mark.parametrize("name", ["delete the tail", "reset the counter", "forget the head", "insert at the end"])
def test_a_glance_sees_what_was_done_to_the_end(trail: Engine, name: str) -> None:
    attacked(trail, name)
    with Session(trail) as session:
        assert glance(session) is not None


def test_verifying_can_begin_later_and_takes_the_row_before_as_it_is(trail: Engine) -> None:
    attacked(trail, "edit the detail")
    assert found(trail, since=6) == []
    assert found(trail, since=5) == [(Damage.ALTERED, 5)]
    with pytest.raises(Invalid):
        found(trail, since=ROWS + 1)


def test_a_new_key_seals_what_comes_and_the_old_one_proves_what_was(trail: Engine) -> None:
    newer = "another-key-that-is-long-enough-to-be-one"
    try:
        seal_with(f"{AUDIT_KEY} {newer}")
        with Session(trail) as session:
            write(session, 20)
            assert len(set(session.scalars(select(Entry.key_id)))) == 2
        assert found(trail) == []
        seal_with(newer)
        assert found(trail)[0] == (Damage.UNKNOWN_KEY, 1)
    finally:
        seal_with(AUDIT_KEY)


def test_an_anchor_is_a_line_of_a_file_and_nonsense_is_refused(trail: Engine) -> None:
    kept = anchor_of(trail)
    line = kept.line()
    assert read_anchors(f"{line}\n\n{line}\n") == [kept, kept]
    for nonsense in ("x", "{}", '{"seq": "a", "hash": ""}', "[]", "1"):
        with pytest.raises(Invalid):
            read_anchors(nonsense)


def test_every_damage_has_its_sentence() -> None:
    for kind in Damage:
        words, values = sentence(Finding(kind, 5, "audit_no_update", 1, 2, 3))
        assert words % values


def test_a_block_is_sealed_when_it_is_whole_or_its_day_is_over(
    town_in_memory: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "LARGEST", 3)
    with transaction(town_in_memory):
        for minute in range(4):
            make.turn(town_in_memory, minute)
    today, tomorrow = make.at(60), make.at(24 * 60)
    assert blocks.sites_due(town_in_memory, today) == [1]
    with transaction(town_in_memory):
        block = blocks.seal_block(town_in_memory, 1, today)
        assert block is not None
        assert (block.first, block.last) == (1, 3)
        audit.seal(town_in_memory)
        assert blocks.seal_block(town_in_memory, 1, today) is None
    assert blocks.sites_due(town_in_memory, today) == []
    assert blocks.sites_due(town_in_memory, tomorrow) == [1]
    with transaction(town_in_memory):
        last = blocks.seal_block(town_in_memory, 1, tomorrow)
        assert last is not None
        assert (last.first, last.last) == (4, 4)
    assert verify(town_in_memory).sound
