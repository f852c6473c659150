"""Answers are written anew each night, all in one transaction, so that nothing says in which of the day's they came.

PostgreSQL keeps beside each row the number of its transaction. These numbers follow one another: until the night they
tell whoever reads the database itself between which events of the hall an answer was given.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.surveys.marks import KEPT
from core.surveys.model import Answer, Comment, Mark, Response


def rewrite(session: Session, today: date) -> None:
    """Write again what may have come since the last time; on SQLite, which keeps no such number, nothing."""
    if session.get_bind().dialect.name != "postgresql":
        return
    since = (today - KEPT).replace(day=1)
    recent = select(Response.id).where(Response.month >= since)
    for again in (
        update(Mark).values(until=Mark.until),
        update(Response).where(Response.month >= since).values(month=Response.month),
        update(Answer).where(Answer.response_id.in_(recent)).values(value=Answer.value),
        update(Comment).where(Comment.month >= since).values(month=Comment.month),
    ):
        session.execute(again, execution_options={"synchronize_session": False})
