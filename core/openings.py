"""A supervisor asks that a closed window be opened: whoever is at none reads it, and answers by sitting there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.catalogue.model import Window
from core.db import Base
from core.desks import Sitting, check_empty
from core.errors import N_, Missing, Refused
from core.events import Happened, Who, record

Brings = tuple[int | None, int]
"""Within how many minutes nine of ten would be called: without the window (None: nobody attends) and with it."""
GOOD_FOR = timedelta(hours=1)
"""What was foreseen an hour ago says nothing of now: who still needs the window asks again."""


class AlreadyAsked(Refused):
    message = N_("Ya se pidió abrir la ventanilla %(window)s.")


class OpeningRequest(Base):
    """A window to be opened, and what was foreseen of it when it was asked."""

    __tablename__ = "opening_requests"
    __table_args__ = (Index(None, "window_id", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("windows.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    asked_at: Mapped[datetime]
    before_min: Mapped[int | None]
    after_min: Mapped[int | None]

    window: Mapped[Window] = relationship()


def ask(session: Session, site_id: int, window_id: int, brings: Brings | None, by: int, at: datetime) -> OpeningRequest:
    """Ask it. Raises Missing, SomebodySits, AlreadyAsked."""
    window = session.get(Window, window_id)
    if window is None or window.site_id != site_id or not window.active:
        raise Missing(N_("Esa ventanilla no existe en su sede."))
    check_empty(session, window_id)
    if any(request.window_id == window_id for request in waiting(session, site_id, at)):
        raise AlreadyAsked(window=window.label)
    before, after = brings or (None, None)
    request = OpeningRequest(window_id=window_id, asked_by=by, asked_at=at, before_min=before, after_min=after)
    session.add(request)
    who = Who("official", by)
    record(session, Happened(kind="opening asked", site_id=site_id, at=at, who=who, window_id=window_id))
    return request


def waiting(session: Session, site_id: int, at: datetime) -> Sequence[OpeningRequest]:
    """Those that nobody has answered, the newest first."""
    query = select(OpeningRequest).join(Window).where(Window.site_id == site_id, *_still_good(at), ~_answered())
    return session.scalars(query.order_by(OpeningRequest.asked_at.desc())).all()


def answered(session: Session, site_id: int, at: datetime) -> Sequence[OpeningRequest]:
    """Those of the last hour whose window was opened, the newest first."""
    query = select(OpeningRequest).join(Window).where(Window.site_id == site_id, *_still_good(at), _answered())
    return session.scalars(query.order_by(OpeningRequest.asked_at.desc())).all()


def _still_good(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (OpeningRequest.asked_at > at - GOOD_FOR,)


def _answered() -> ColumnElement[bool]:
    """Somebody sat down at the window since."""
    return exists().where(Sitting.window_id == OpeningRequest.window_id, Sitting.started_at >= OpeningRequest.asked_at)
