"""The days whose turns were counted, and up to which row of its log each site was."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class TurnDay(Base):
    """The turns given on a service day, as rows of `facts.FACT`; it can be counted again from the log at will.

    A day without this row is counted when it is asked for.
    """

    __tablename__ = "turn_days"
    __table_args__ = (Index(None, "site_id", "day"),)

    service_day_id: Mapped[int] = mapped_column(ForeignKey("service_days.id"), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    day: Mapped[date]
    layout: Mapped[int]
    facts: Mapped[bytes]


class TurnsCounted(Base):
    """The last row of the log of a site that its counted days know of: a day that later rows touch is counted anew."""

    __tablename__ = "turns_counted"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
