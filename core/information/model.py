"""The texts that are kept here with their versions, and who said that a content is still true."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base

CHARTER, COMPLAINTS = "charter", "complaints"
KINDS = (CHARTER, COMPLAINTS)
CONTACT = ("office", "person", "position", "phone", "email", "place")
"""What is known of whom to address with a complaint; the plan asks for the first three."""

_DRAFT = text("published_at IS NULL")


class PublicText(Base):
    """One version of a text of the entity: a draft until it is published; the last one published is in force.

    `year` is the one that the text is for; `act`, what adopts it. `contact` (see CONTACT) only of COMPLAINTS.
    """

    __tablename__ = "public_texts"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        Index("ux_public_texts_kind_draft", "kind", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    number: Mapped[int]
    year: Mapped[int]
    body: Mapped[str]
    body_en: Mapped[str]
    contact: Mapped[dict[str, Any]]
    act: Mapped[str]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    written_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    published_at: Mapped[datetime | None]


class Review(Base):
    """Somebody read a content of a site as the public sees it, and it was true."""

    __tablename__ = "information_reviews"
    __table_args__ = (Index(None, "site_id", "content", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    content: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]
