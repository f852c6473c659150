"""The rounds to the servers of mail: who goes out now, and what stands in the way since when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.db import INSERT, table
from core.mail.model import MailRound

SENDING, RECEIVING = "sending", "receiving"


def begin(session: Session, name: str, every: timedelta, at: datetime) -> bool:
    """Whether the round is due and is the caller's: of several that ask, one goes, and nobody else until the next."""
    _make_sure_of(session, name, at)
    gone = session.execute(
        update(MailRound)
        .where(MailRound.name == name, MailRound.next_at <= at)
        .values(next_at=at + every)
        .execution_options(synchronize_session=False)
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]


def _make_sure_of(session: Session, name: str, at: datetime) -> None:
    """There is a row of this round, whoever made it."""
    first = INSERT[session.get_bind().dialect.name](table(MailRound)).values(name=name, next_at=at)
    session.execute(first.on_conflict_do_nothing(index_elements=["name"]))


def is_due(session: Session, name: str, at: datetime) -> bool:
    """Whether it is time to go, by whoever may."""
    found = session.get(MailRound, name)
    return found is None or found.next_at <= at


def ended(session: Session, name: str, problem: str | None, next_at: datetime, at: datetime) -> bool:
    """Keep how a round went, with its problem if the server could not be spoken to; whether that is news."""
    _make_sure_of(session, name, at)
    round_ = session.get_one(MailRound, name, with_for_update=True, populate_existing=True)
    news, round_.problem, round_.next_at = round_.problem != problem, problem, next_at
    if problem is None:
        round_.went_well_at, round_.failing_since = at, None
    else:
        round_.failing_since = round_.failing_since or at
    return news


def last(session: Session, name: str) -> MailRound | None:
    """How the last round went; None if there was none."""
    return session.get(MailRound, name)
