"""How a face changes the queue of a site: standing in its line, at the hour when its place came, once a press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.clock import now
from core.db import transaction
from core.presses import Press, once
from core.turns.actions.hour import Hour, hour_in_line
from core.turns.actions.hour import hour_of as hour_at
from core.web.database import db

Act = Callable[[Session, datetime], dict[str, Any]]


@contextmanager
def in_line(site_id: int) -> Iterator[tuple[Session, datetime]]:
    """A transaction that stands in the line of the site's queue, and the hour when its place came.

    What it reads is how the one before left it, and hours follow one another like numbers do: a clock read
    before standing in line would let a later number have an earlier hour. They do so also when somebody sets the
    clock of the machine back (docs/decisions/0008).
    """
    with transaction(db.session) as session:
        yield session, hour_in_line(session, site_id, now())


def hour_of(site_id: int) -> Hour:
    """The hour of a site for a page that only looks: what happened there never lies ahead of it."""
    return hour_at(db.session(), site_id, now())


def once_in_line(site_id: int, pressed: Press, act: Act) -> dict[str, Any]:
    """Do `act(session, at)` in line the first time that the press arrives; returns its answer, always the same."""
    with in_line(site_id) as (session, at):
        return once(session, pressed, at, lambda: act(session, at))
