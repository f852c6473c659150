"""The mark that an opinion was given: made of the attention and of a key that is not in the database."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import INSERT, table
from core.surveys.model import Mark

KEPT = timedelta(days=62)
"""Longer than any opinion may be given after its attention: then the mark is of no use."""
CODE_DIGITS = 4


def marks_of(source: str, keys: Sequence[str]) -> list[str]:
    """The mark of an attention under each key of the installation, the present one last."""
    return [hmac.new(key.encode(), f"opinion {source}".encode(), sha256).hexdigest() for key in keys]


def code_of(source: str, key: str) -> str:
    """Four digits on the ticket that show, beside its number, that whoever types them has the ticket in hand."""
    digest = hmac.new(key.encode(), f"ticket {source}".encode(), sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def is_burnt(session: Session, marks: Sequence[str]) -> bool:
    """Whether the opinion of this attention was given."""
    return session.scalar(select(Mark.mark).where(Mark.mark.in_(marks)).limit(1)) is not None


def burn(session: Session, marks: Sequence[str], today: date) -> bool:
    """Burn the mark; False if it was burnt before, also by another process at this very moment."""
    if is_burnt(session, marks[:-1]):
        return False
    dialect = session.get_bind().dialect.name
    until = (today + KEPT).replace(day=1)
    made = INSERT[dialect](table(Mark)).values(mark=marks[-1], until=until).on_conflict_do_nothing()
    return session.scalar(made.returning(table(Mark).c.mark)) is not None
