"""Who asks to be let into a confidential petition, or to see whose it is, and who is kept out of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.people.model import Official
from core.petitions.model import Petition

_WAITING = text("decided_at IS NULL")


class Wanted(StrEnum):
    """What a second person has to agree to: that somebody may read the case, or that somebody sees whose it is."""

    RECIPIENT = "recipient"
    IDENTITY = "identity"


class ReserveRequest(Base):
    """What one person asked for and another decides. `reason` is sealed by the key of the case.

    `official_id` is who would read the case, or see the identity; at most one request of a kind waits for each.
    """

    __tablename__ = "reserve_requests"
    __table_args__ = (
        Index(
            "ix_reserve_requests_waiting",
            "petition_id",
            "wanted",
            "official_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index(None, "petition_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    wanted: Mapped[Wanted]
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    reason: Mapped[bytes]
    asked_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    petition: Mapped[Petition] = relationship()
    official: Mapped[Official] = relationship(foreign_keys=official_id)
    asker: Mapped[Official] = relationship(foreign_keys=asked_by)


class Exclusion(Base):
    """An official who may have no part in a case: whom it accuses, or who depends on them. `reason` is sealed."""

    __tablename__ = "petition_exclusions"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    on: Mapped[date]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    reason: Mapped[bytes]

    official: Mapped[Official] = relationship(foreign_keys=official_id)
