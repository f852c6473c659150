"""What is told of the waits of a site, in one row; what each turn was told at its issue, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

_OPEN = text("outcome IS NULL")


class WaitOutlook(Base):
    """The waits of a site as they were drawn at `computed_at`, when the last number of its log was `seq`.

    `begun_at` says whose turn it is to draw them: of several that try, the one that moves it.
    """

    __tablename__ = "wait_outlooks"

    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    begun_at: Mapped[datetime]
    computed_at: Mapped[datetime | None]
    seq: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]]


class WaitPrediction(Base):
    """What a turn was told when it was issued, and how long it really waited for its first call, in seconds.

    `low` and `high` are the range in minutes; without them, no window attended. `levels` are the waits that each
    twentieth of the runs did not exceed. `forward` and `naive`: what a forward run, and its position by the mean of its
    service, would have said. `outcome` is empty until it is known.
    """

    __tablename__ = "wait_predictions"
    __table_args__ = (
        Index("ix_wait_predictions_open", "site_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "site_id", "told_at"),
        Index(None, "site_id", "judged_at"),
    )

    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id"), primary_key=True, autoincrement=False)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    group: Mapped[str]
    told_at: Mapped[datetime]
    by: Mapped[str]
    low: Mapped[int | None]
    high: Mapped[int | None]
    point: Mapped[int | None]
    forward: Mapped[int | None]
    naive: Mapped[int]
    levels: Mapped[list[int]] = mapped_column(JSON)
    outcome: Mapped[str | None]
    truth: Mapped[int | None]
    judged_at: Mapped[datetime | None]
