"""The rows of the trail, which only grow, and the head behind which they are written one after another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Entry(Base):
    """One act. It holds no names, documents or texts: numbers, codes of our own and keyed digests.

    It refers to other tables by number only, so that what is erased there does not break the chain.
    """

    __tablename__ = "audit"
    __table_args__ = (Index(None, "act", "site_id", "seq"), Index(None, "at"), Index(None, "who_kind", "who_id", "seq"))

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    clock_right: Mapped[bool]
    who_kind: Mapped[str]
    who_id: Mapped[int | None]
    sign_in_id: Mapped[int | None]
    site_id: Mapped[int | None]
    act: Mapped[str]
    thing: Mapped[str]
    thing_id: Mapped[int | None]
    result: Mapped[str]
    reason: Mapped[str | None]
    detail: Mapped[str]
    key_id: Mapped[str]
    before: Mapped[str]
    hash: Mapped[str]


class Head(Base):
    """The end of the chain: its number, its hash and its hour; `seal` proves that the product wrote it."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime | None]
    hash: Mapped[str]
    key_id: Mapped[str]
    seal: Mapped[str]
