"""A turn, its day, its numbers, the services asked on it, and the settings of the queue with their history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, TextClause, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service, Site, Window
from core.db import Base
from core.people.model import Official
from core.turns.lifecycle import State
from core.turns.policy import GENERAL, Order, Rules

_IN_HAND = text("state IN ('called', 'attending')")
_WAITING = text("state = 'waiting'")


def _where(condition: TextClause) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


def code_of(series: str, number: int) -> str:
    """What is printed, shown and said of a turn: a letter and three digits, «A 012»."""
    return f"{series} {number:03d}"


class ServiceDay(Base):
    """A jornada: it opens by itself with the first turn of the civil day in America/Bogota."""

    __tablename__ = "service_days"
    __table_args__ = (UniqueConstraint("site_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    day: Mapped[date]
    opened_at: Mapped[datetime]


class SeriesCounter(Base):
    """The last number given in a series of a day; it moves in the transaction of the turn, so none is lost."""

    __tablename__ = "series_counters"

    service_day_id: Mapped[int] = mapped_column(ForeignKey("service_days.id"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Turn(Base):
    """A citizen's place. `order_key` is by what it is called; `seniority` is the arrival that it counts from.

    While it waits, `reserved_for` is the only official who calls it, and others pass until `not_before`.
    """

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("service_day_id", "series", "number"),
        Index("ux_turns_official_in_hand", "official_id", unique=True, **_where(_IN_HAND)),
        Index("ux_turns_window_in_hand", "window_id", unique=True, **_where(_IN_HAND)),
        Index("ix_turns_queue", "site_id", "order_key", "issued_at", "id", **_where(_WAITING)),
        Index(None, "site_id", "state", "state_since"),
        Index(None, "device_id", "issued_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    service_day_id: Mapped[int] = mapped_column(ForeignKey("service_days.id"))
    series: Mapped[str]
    number: Mapped[int]
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    group: Mapped[str] = mapped_column(default=GENERAL)
    first_of_all: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="es")
    issued_at: Mapped[datetime]
    seniority: Mapped[int] = mapped_column(BigInteger)
    order_key: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[State] = mapped_column(default=State.WAITING)
    state_since: Mapped[datetime]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("devices.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("windows.id"))
    official_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    reserved_for: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    not_before: Mapped[datetime | None]
    calls: Mapped[int] = mapped_column(default=0)
    last_called_at: Mapped[datetime | None]
    attention_started_at: Mapped[datetime | None]
    postponed: Mapped[bool] = mapped_column(default=False)
    returns: Mapped[int] = mapped_column(default=0)

    service: Mapped[Service] = relationship(foreign_keys=service_id)
    window: Mapped[Window | None] = relationship()
    official: Mapped[Official | None] = relationship(foreign_keys=official_id)
    site: Mapped[Site] = relationship()
    asked: Mapped[list[AskedService]] = relationship(order_by="AskedService.id", back_populates="turn")

    @property
    def code(self) -> str:
        return code_of(self.series, self.number)


def in_state(*states: State) -> ColumnElement[bool]:
    """The turns in any of these states.

    They are written out and not sent as values: only so do both databases know that the small index of these
    states serves, and do not read every turn that ever was.
    """
    return Turn.state.in_([literal_column(f"'{state}'") for state in states])


class AskedService(Base):
    """A service asked on a turn, and what came of it once attended; `back_to`: who waits for it to come back."""

    __tablename__ = "asked_services"

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    quantity: Mapped[int | None]
    result: Mapped[str | None]
    attended_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    attended_at: Mapped[datetime | None]
    back_to: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))

    turn: Mapped[Turn] = relationship(back_populates="asked")
    service: Mapped[Service] = relationship()


class QueueSettings(Base):
    """How a site calls, from an instant on; rows are only added, and the last one rules."""

    __tablename__ = "queue_settings"
    __table_args__ = (Index(None, "site_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    since: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    reason: Mapped[str]
    order: Mapped[Order]
    ratio: Mapped[int]
    head_start: Mapped[dict[str, Any]]
    recall_limit: Mapped[int]
    recall_pause_s: Mapped[int]
    tolerance_min: Mapped[int]
    more_time_min: Mapped[int]
    target_priority_min: Mapped[int]
    target_general_min: Mapped[int]

    @property
    def rules(self) -> Rules:
        return Rules(self.order, self.head_start, self.ratio)

    def target_min(self, priority: bool, of_service: int | None) -> int:
        """Minutes in which a turn should be called: what its service promises, and for who comes first never more."""
        if priority:
            return min(self.target_priority_min, of_service or self.target_priority_min)
        return of_service or self.target_general_min
