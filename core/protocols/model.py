"""A protocol, its versions from draft to withdrawn, and who has read each."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, TextClause, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service
from core.db import Base
from core.protocols.text import Channel, Population

_IN_HAND = text("state IN ('draft', 'review')")
_WITHOUT_END = text("state = 'approved' AND ends_on IS NULL")


def _one_only(name: str, rows: TextClause) -> Index:
    return Index(f"ux_protocol_versions_{name}", "protocol_id", unique=True, sqlite_where=rows, postgresql_where=rows)


protocol_services = Table(
    "protocol_services",
    Base.metadata,
    Column("protocol_id", ForeignKey("protocols.id"), primary_key=True),
    Column("service_id", ForeignKey("services.id"), primary_key=True),
)


class VersionState(StrEnum):
    """Where a version stands: whoever writes it never approves it."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"


class Protocol(Base):
    """A protocol through its versions. `code` is how it is cited: «P-01».

    `services`: those that it is for, none being all. `audience`: the roles whose officials are asked to read it.
    """

    __tablename__ = "protocols"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[Channel]
    population: Mapped[Population]
    audience: Mapped[list[str]]

    services: Mapped[list[Service]] = relationship(secondary=protocol_services)
    versions: Mapped[list[ProtocolVersion]] = relationship(order_by="ProtocolVersion.number", back_populates="protocol")


class ProtocolVersion(Base):
    """One version: one at a time is in hand, and one has no end; `saving` grows with each saving of a draft.

    `writers`: the ids of all who wrote in it. `sent_back`: why it was returned from review. It rules from `valid_from`
    until the day before `ends_on`, on which another takes its place or it was withdrawn, the latter with
    `withdrawn_because`. `days_to_read`: working days that each official has to read it.
    """

    __tablename__ = "protocol_versions"
    __table_args__ = (
        UniqueConstraint("protocol_id", "number"),
        _one_only("in_hand", _IN_HAND),
        _one_only("without_end", _WITHOUT_END),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol_id: Mapped[int] = mapped_column(ForeignKey("protocols.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(default=VersionState.DRAFT)
    text: Mapped[dict[str, Any]]
    saving: Mapped[int] = mapped_column(default=1)
    days_to_read: Mapped[int] = mapped_column(default=5)
    writers: Mapped[list[str]] = mapped_column(default=list)
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    written_at: Mapped[datetime]
    review_asked_at: Mapped[datetime | None]
    sent_back: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    approved_at: Mapped[datetime | None]
    act: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date | None]
    ends_on: Mapped[date | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    withdrawn_because: Mapped[str] = mapped_column(default="")

    protocol: Mapped[Protocol] = relationship(back_populates="versions")


class Reading(Base):
    """What an official made of a version: `read_at` stays None until every question of its quiz was answered right.

    `first_right`: how many were right the first of `tries` times; None without a quiz.
    """

    __tablename__ = "protocol_readings"

    version_id: Mapped[int] = mapped_column(ForeignKey("protocol_versions.id"), primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    read_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    first_right: Mapped[int | None]
