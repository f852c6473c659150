"""What is kept of what supervisors foresee: special days, the windows proposed for a week, and simulations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.people.model import Official


class SpecialDay(Base):
    """A day on which more or fewer people come to a site, said by hand: `factor` times as usual, or as on `like`."""

    __tablename__ = "special_days"
    __table_args__ = (UniqueConstraint("site_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    day: Mapped[date]
    factor: Mapped[float]
    like: Mapped[date | None]
    why: Mapped[str]
    set_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    set_at: Mapped[datetime]

    official: Mapped[Official] = relationship()


class Roster(Base):
    """The windows that are proposed for the week of a site that begins on the Monday `week`; made anew each night."""

    __tablename__ = "rosters"
    __table_args__ = (UniqueConstraint("site_id", "week"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    week: Mapped[date]
    made_at: Mapped[datetime]
    proposal: Mapped[dict[str, Any]]


class Stage(StrEnum):
    """How far a simulation is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Simulation(Base):
    """Past days of a site replayed otherwise: what was asked, by whom, how far it is and what it found.

    Who runs it says so in `beat_at`; one whose beat stopped is taken up by another process, from its first day.
    """

    __tablename__ = "simulations"
    __table_args__ = (Index(None, "site_id", "asked_at"), Index(None, "stage", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    asked_at: Mapped[datetime]
    asked: Mapped[dict[str, Any]]
    stage: Mapped[Stage]
    done: Mapped[int]
    of: Mapped[int]
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]]

    official: Mapped[Official] = relationship()
