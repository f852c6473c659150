"""What is kept of a planned break."""

from __future__ import annotations

from datetime import time

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.breaks.planned import Break
from core.catalogue.model import Window
from core.db import Base


class PlannedBreak(Base):
    """A window rests from `starts` to `ends`, local time, on each of its weekdays (1 Monday … 7 Sunday)."""

    __tablename__ = "planned_breaks"
    __table_args__ = (Index(None, "window_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("windows.id"))
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    starts: Mapped[time]
    ends: Mapped[time]

    window: Mapped[Window] = relationship()

    @property
    def planned(self) -> Break:
        return Break(frozenset(self.weekdays), self.starts, self.ends)
