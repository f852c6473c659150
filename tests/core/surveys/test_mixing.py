"""What PostgreSQL keeps of a row besides its values joins an answer to its mark, until the night lays all out anew."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.db import table, transaction
from core.surveys import answering, mixing
from core.surveys.model import SurveyVersion
from tests import make
from tests.core.surveys.test_answering import GOOD, attention, how

JOINED = text(
    "SELECT (SELECT count(*) FROM opinion_marks m JOIN survey_responses r ON m.xmin = r.xmin),"
    " (SELECT count(*) FROM survey_comments c JOIN survey_responses r ON c.xmin = r.xmin),"
    " (SELECT count(*) FROM opinion_marks m JOIN survey_comments c ON m.xmin = c.xmin)"
)
PLACES = text("SELECT id FROM survey_responses ORDER BY ctid")


def rows(session: Session) -> list[list[str]]:
    """All that is kept, in an order that has nothing to do with how it lies."""
    return [sorted(str(row) for row in session.execute(select(table(kind)))) for kind in mixing.LOCKS]


def mixed(engine: Engine) -> None:
    for model in mixing.LOCKS:
        with Session(engine) as session, transaction(session):
            mixing.mix(session, model, make.OPENING.date())
    mixing.clear_away(engine)


def answered(engine: Engine, times: int) -> None:
    """So many answers, each in a transaction of its own."""
    with Session(engine) as session, transaction(session):
        number = make.survey(session).id
    for n in range(times):
        with Session(engine) as session, transaction(session):
            version = session.get_one(SurveyVersion, number)
            answering.answer(session, version, GOOD, attention(source=f"turn {n}"), how(), make.at(n))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_transaction_and_the_place_of_a_row_join_nothing_once_it_is_mixed(engine: Engine) -> None:
    answered(engine, 12)
    with Session(engine) as session:
        before = rows(session)
        assert session.execute(JOINED).one() == (12, 12, 12), "otherwise this proves nothing"
        arrived = list(session.scalars(PLACES))
        assert arrived != sorted(arrived)
    mixed(engine)
    with Session(engine) as session:
        assert session.execute(JOINED).one() == (0, 0, 0)
        assert list(session.scalars(PLACES)) == sorted(arrived)
        assert rows(session) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_the_rows_lie_by_their_numbers_and_keep_no_other(engine: Engine) -> None:
    answered(engine, 3)
    with Session(engine) as session:
        before = rows(session)
    mixed(engine)
    with Session(engine) as session:
        assert rows(session) == before
        for name in ("survey_responses", "survey_answers", "survey_comments", "opinion_marks"):
            made = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
            assert "WITHOUT ROWID" in made
