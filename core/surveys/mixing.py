"""Every night the answers of the last months are laid out anew: neither their place in the file nor the transaction
that wrote them tells which came with which, or with which mark (docs/decisions/0018)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Engine, TextClause, delete, select, text, true
from sqlalchemy.orm import Session

from core.db import Base, table
from core.surveys.marks import KEPT
from core.surveys.model import Answer, Comment, Mark, Response

LOCKS: Mapping[type[Base], TextClause] = {
    Response: text("LOCK TABLE survey_responses IN SHARE ROW EXCLUSIVE MODE"),
    Answer: text("LOCK TABLE survey_answers IN SHARE ROW EXCLUSIVE MODE"),
    Comment: text("LOCK TABLE survey_comments IN SHARE ROW EXCLUSIVE MODE"),
    Mark: text("LOCK TABLE opinion_marks IN SHARE ROW EXCLUSIVE MODE"),
}
"""What is mixed, each in a transaction of its own: who writes there meanwhile waits a moment, who reads does not."""
_CLEAR = text("VACUUM survey_responses, survey_answers, survey_comments, opinion_marks")


def mix(session: Session, model: type[Base], today: date) -> None:
    """Write what may have come lately again, in the order of its numbers, which say nothing.

    SQLite keeps no hour of a row, and keeps these tables in the order of their keys: there is nothing to do.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    rows = table(model)
    session.execute(LOCKS[model])
    lately = true() if model is Mark else rows.c.month >= (today - KEPT).replace(day=1)
    gone = delete(rows).where(lately).returning(*rows.c)
    taken = gone.cte("taken")
    again = select(taken).order_by(*(taken.c[key.name] for key in rows.primary_key))
    session.execute(rows.insert().from_select([column.name for column in rows.c], again, include_defaults=False))


def clear_away(engine: Engine) -> None:
    """Let PostgreSQL know nothing more of the rows as they lay before."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(_CLEAR)
