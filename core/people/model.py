"""Officials, what each can attend, who stands in for whom, their sign-ins and second factors, and failed attempts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Office, Service, Site
from core.db import Base

official_services = Table(
    "official_services",
    Base.metadata,
    Column("official_id", ForeignKey("officials.id"), primary_key=True),
    Column("service_id", ForeignKey("services.id"), primary_key=True),
)

official_offices = Table(
    "official_offices",
    Base.metadata,
    Column("official_id", ForeignKey("officials.id"), primary_key=True),
    Column("office_id", ForeignKey("offices.id"), nullable=False),
)


class Official(Base):
    """A person who works here. `services` narrows what the windows allow; none means all of them.

    A password that others saw is good until `password_ends_at`; `factor_asked_at` is when a second factor was first
    asked for.
    """

    __tablename__ = "officials"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    password_ends_at: Mapped[datetime | None]
    factor_asked_at: Mapped[datetime | None]

    site: Mapped[Site] = relationship()
    office: Mapped[Office | None] = relationship(secondary=official_offices)
    services: Mapped[list[Service]] = relationship(secondary=official_services)

    @property
    def office_id(self) -> int | None:
        """The office that the roles of one office reach."""
        return self.office.id if self.office else None


class SignIn(Base):
    """A session that the server can end: the browser holds the token, this row its SHA-256.

    One that `awaits_code` opens nothing but the question for it; `factor` is by what else than the password it was
    opened: code, recovery or provider. `site_id` is the site in hand of an administrator, if it is another than their
    own.
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
    awaits_code: Mapped[bool] = mapped_column(default=False)
    factor: Mapped[str | None]


class Deputy(Base):
    """An encargo: the roles of one official that another has from one day to another, both included.

    One with elevated roles is not `valid` until a second person confirms it.
    """

    __tablename__ = "deputies"
    __table_args__ = (Index(None, "official_id", "ends"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    stands_for_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    roles: Mapped[list[str]]
    starts: Mapped[date]
    ends: Mapped[date]
    act: Mapped[str]
    valid: Mapped[bool]
    given_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    given_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    ended_at: Mapped[datetime | None]

    official: Mapped[Official] = relationship(foreign_keys=official_id)
    stands_for: Mapped[Official] = relationship(foreign_keys=stands_for_id)


_OPEN = text("decided_at IS NULL")


class Proposal(Base):
    """What one person proposes for an account and another must confirm: its roles, a deputy, a lost second factor."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index(
            "ux_proposals_open",
            "official_id",
            "kind",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    kind: Mapped[str]
    roles: Mapped[list[str]]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("deputies.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    official: Mapped[Official] = relationship(foreign_keys=official_id)
    proposer: Mapped[Official] = relationship(foreign_keys=proposed_by)
    deputy: Mapped[Deputy | None] = relationship()


class SecondFactor(Base):
    """The secret that an official's telephone shares, sealed; `last_step` is the half minute of the last code used.

    A `proposed` secret becomes the secret with its first code, in the sign-in in which it was shown.
    """

    __tablename__ = "second_factors"

    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    secret: Mapped[str | None]
    since: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    proposed: Mapped[str | None]
    proposed_at: Mapped[datetime | None]
    proposed_in: Mapped[int | None] = mapped_column(ForeignKey("sign_ins.id"))


class RecoveryCode(Base):
    """A word to come in once without the telephone; its argon2id digest."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class ProviderIdentity(Base):
    """Who an official is for the provider of identities of the installation."""

    __tablename__ = "provider_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("official_id", "issuer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime]


class FailedSignIn(Base):
    """An attempt that failed; `source` (an address or a known browser) and `account` are keyed digests."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (Index(None, "account", "at"), Index(None, "source", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account: Mapped[str]
    source: Mapped[str]
