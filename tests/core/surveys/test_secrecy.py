"""No query joins an answer to its attention: by no value, by no transaction, by no attribute, by no hour."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import MetaData, func, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.db import Instant, table, transaction
from core.surveys import answering
from core.surveys.model import Answer, Comment, Mark, Of, Response
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import new_press
from core.web.opinions import ticket_code
from tests import make
from tests.conftest import House

OURS = (Mark, Response, Answer, Comment)
NAMES = tuple(table(kind).name for kind in OURS)
COLUMNS = {
    "opinion_marks": "mark until",
    "survey_responses": "channel group id language mode month office_id service_id site_id typed_by version_id",
    "survey_answers": "field month office_id response_id site_id value version_id",
    "survey_comments": "field id month office_id petition_id read_by read_on service_id site_id text theme version_id",
}
"""All that is kept of an answer. A column more may be a way more to its attention: first think, then write it here."""
PLAIN_DIGESTS = ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s", "sha3_256")


@dataclass(frozen=True)
class Known:
    """What the office knows of a turn whose opinion was given."""

    id: int
    token: str
    code: str
    on_ticket: str


@pytest.fixture
def given(house: House) -> list[Known]:
    """Eight turns were attended. We hear of a usual one, an older person's, one of a rare service; and one on paper."""
    with house.app.app_context(), transaction(db.session) as session:
        make.survey(session, Of.TURN, code="turns")
        usual = [make.finished(session, minute) for minute in range(0, 20, 4)]
        rare = [
            make.finished(session, 24, group="older"),
            make.finished(session, 28, service_code="tax-clearance"),
            make.finished(session, 32),
        ]
        known = [Known(turn.id, turn.token, turn.code, ticket_code(turn)) for turn in (usual[0], *rare)]
    said = {"q.all": "2", "q.solved": "no", "q.lacked": "Una silla en la sala"}
    with house.app.app_context():
        version = house.look().execute(text("SELECT max(id) FROM survey_versions")).scalar()
    for one in known[:3]:
        page = {"press": new_press(), "version": version, "page": "comment", "do": "on"}
        assert house.anybody().post(f"/t/{one.token}/opinion", data=page | said).status_code == 302
    paper = {"press": new_press(), "number": known[3].code, "code": known[3].on_ticket, "day": "2026-11-23"}
    typed = house.official("supervision").post("/admin/survey-paper/turns", data=paper | said)
    assert typed.status_code == 302
    return known


@pytest.fixture
def look(house: House) -> Iterator[Session]:
    with house.app.app_context():
        yield house.look()


def rows_elsewhere(session: Session) -> Iterator[tuple[str, str, str]]:
    """Table, column and value of every cell of the database that is not of an answer."""
    everything = MetaData()
    everything.reflect(session.get_bind())
    assert len(everything.tables) > 50
    for one in everything.sorted_tables:
        if one.name not in NAMES:
            for row in session.execute(select(one)).mappings():
                yield from ((one.name, str(column), str(value)) for column, value in row.items() if value is not None)


def test_no_value_of_an_answer_stands_anywhere_else_and_its_mark_is_no_digest_of_the_turn(
    house: House, given: list[Known], look: Session
) -> None:
    ids = {*look.scalars(select(Response.id)), *look.scalars(select(Comment.id))}
    marks = set(look.scalars(select(Mark.mark)))
    assert (len(ids), len(marks)) == (8, 4)
    assert set(look.scalars(select(Answer.response_id))) == set(look.scalars(select(Response.id)))
    telling = re.compile("|".join([*map(str, ids), *marks, "Una silla en la sala"]))
    assert [cell for cell in rows_elsewhere(look) if telling.search(cell[2])] == []
    for one in given:
        names = [str(one.id), one.token, one.code, one.code.replace(" ", ""), one.on_ticket, f"turn {one.id}"]
        names += [f"{word} {name}" for word in ("opinion", "turn", "ticket", "opinion turn") for name in names]
        digests = {hashlib.new(how, name.encode()).hexdigest() for how in PLAIN_DIGESTS for name in names}
        assert not {whole[:64] for whole in digests} & marks
        assert not ids & {one.id, *(int(whole[:13], 16) for whole in digests)}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_else_was_written_in_the_transaction_of_an_answer(
    house: House, given: list[Known], look: Session
) -> None:
    assert written_together(look) == [set(NAMES)] * 4
    assert house.app.test_cli_runner().invoke(args=["retention", "run"]).exit_code == 0
    after = sorted(written_together(house.look()), key=str)
    assert after == sorted(({name} for name in NAMES), key=str), "after a night nothing says which came with which"


def written_together(session: Session) -> list[set[str]]:
    """The tables that each transaction wrote in which an answer, or a part of one, was kept."""
    written: dict[str, set[str]] = {}
    everything = MetaData()
    everything.reflect(session.get_bind())
    for one in everything.sorted_tables:
        for (transaction_id,) in session.execute(text(f'SELECT xmin::text FROM "{one.name}"')):
            written.setdefault(transaction_id, set()).add(one.name)
    return [names for names in written.values() if names & set(NAMES)]


def test_what_is_kept_of_an_attention_five_others_have_too_and_its_only_time_is_the_month(
    house: House, given: list[Known], look: Session
) -> None:
    there = inspect(look.get_bind())
    found = {name: " ".join(sorted(column["name"] for column in there.get_columns(name))) for name in NAMES}
    assert found == COLUMNS
    assert not [column for kind in OURS for column in table(kind).columns if isinstance(column.type, Instant)]
    assert set(look.scalars(select(Response.month))) == {make.OPENING.date().replace(day=1)}
    finished = select(func.count()).select_from(Turn).join(Service, Service.id == Turn.service_id)
    finished = finished.where(Turn.state == State.FINISHED)
    columns = {
        "site_id": Turn.site_id,
        "office_id": Service.office_id,
        "service_id": Turn.service_id,
        "group": Turn.group,
    }
    details = []
    for kept in [*look.scalars(select(Response)), *look.scalars(select(Comment))]:
        told = {name: value for name in columns if (value := getattr(kept, name, None)) is not None}
        alike = look.scalar(finished.where(*(columns[name] == value for name, value in told.items()))) or 0
        assert alike >= 5, told
        details.append(frozenset(told))
    assert frozenset(columns) in details
    assert len(set(details)) > 1
    beside = look.execute(select(Answer, Response).join(Response, Response.id == Answer.response_id)).all()
    assert {whole.id for _answer, whole in beside} == set(look.scalars(select(Response.id)))
    for said, whole in beside:
        assert [getattr(said, name) for name in answering.BESIDE] == [getattr(whole, name) for name in answering.BESIDE]
    if look.get_bind().dialect.name == "sqlite":
        for name in NAMES:
            with pytest.raises(OperationalError, match="rowid"):
                look.execute(text(f'SELECT rowid FROM "{name}"'))
