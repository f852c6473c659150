"""Officials, what each can attend, their sign-ins, and the failed attempts that slow guessing down."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service, Site
from core.db import Base

official_services = Table(
    "official_services",
    Base.metadata,
    Column("official_id", ForeignKey("officials.id"), primary_key=True),
    Column("service_id", ForeignKey("services.id"), primary_key=True),
)


class Official(Base):
    """A person who works here. `services` narrows what the windows allow; none means all of them."""

    __tablename__ = "officials"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)

    site: Mapped[Site] = relationship()
    services: Mapped[list[Service]] = relationship(secondary=official_services)


class SignIn(Base):
    """A session that the server can end: the browser holds the token, this row its SHA-256.

    `site_id` is the site in hand of an administrator, if it is another than their own.
    """

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))


class FailedSignIn(Base):
    """An attempt that failed; `source` (an address or a known browser) and `account` are keyed digests."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index(None, "account", "at"), Index(None, "source", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account: Mapped[str]
    source: Mapped[str]
