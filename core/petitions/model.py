"""A petition, who makes it, the steps of its life, who may read a reserved one, and how the entity receives them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Office, Site
from core.db import Base
from core.people.model import Official

_OPEN = text("stage = 'open'")


class Series(StrEnum):
    """The two consecutives of a year: what comes in and what goes out."""

    IN = "E"
    OUT = "S"


class Channel(StrEnum):
    """By where it came."""

    WEB = "web"
    IN_PERSON = "in_person"
    PHONE = "phone"
    PAPER = "paper"
    EMAIL = "email"


class Identity(StrEnum):
    """What the entity knows of the person: all, nothing, or what only the named ones may open."""

    IDENTIFIED = "identified"
    ANONYMOUS = "anonymous"
    RESERVED = "reserved"


class AnswerBy(StrEnum):
    """How the person wants to be answered; the answer waits on the follow-up page besides."""

    PORTAL = "portal"
    EMAIL = "email"
    POST = "post"
    IN_PERSON = "in_person"
    PHONE = "phone"


class Stage(StrEnum):
    """What has become of it: facts only. Whether it is late is a matter of the day on which one asks."""

    OPEN = "open"
    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    ANNULLED = "annulled"


class StepKind(StrEnum):
    """What happened to it, in the past tense."""

    FILED = "filed"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    RECLASSIFIED = "reclassified"
    PRIORITISED = "prioritised"
    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFICATION_LONGER = "clarification_longer"
    CLARIFIED = "clarified"
    CORRECTION_ASKED = "correction_asked"
    CORRECTED = "corrected"
    EXTENDED = "extended"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    LINKED = "linked"
    GROUPED = "grouped"
    NOTED = "noted"
    OFFICE_WROTE = "office_wrote"
    CITIZEN_WROTE = "citizen_wrote"
    DOCUMENT_ADDED = "document_added"
    DRAFTED = "drafted"
    REVIEW_ASKED = "review_asked"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    SIGNED = "signed"
    SENT = "sent"
    DELIVERED = "delivered"
    APPEALED = "appealed"
    INSISTED = "insisted"
    DATE_MOVED = "date_moved"
    IDENTITY_OPENED = "identity_opened"
    ANNULLED = "annulled"


class FilingCounter(Base):
    """The last number given in a series of a year; it moves in the transaction of the filing, so none is lost."""

    __tablename__ = "filing_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    series: Mapped[Series] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Petition(Base):
    """What somebody asked of the entity, in whatever channel, under one number of the year.

    `received_on` is day 0 of every term; `received_at` the hour, which nobody keeps of an anonymous one. `asked_kind`
    is what the person said it was, `kind` what it is (see terms). One that is `confidential` has no subject and no
    text here: they are in `sealed`, under a key of its own that `wrapped_key` holds. `policy` is how the day of arrival
    counted when it came, `own_term` the days that a request which may fix its term has fixed. `due_on`, `told_on` and
    `suspended` are what the deadlines gave the last time that anything moved: lists sort by them.
    """

    __tablename__ = "petitions"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("identity <> 'anonymous' OR received_at IS NULL", name="anonymous_has_no_hour"),
        CheckConstraint("NOT confidential OR (subject = '' AND text = '')", name="confidential_is_sealed"),
        Index("ix_petitions_open", "office_id", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_petitions_open_hand", "assignee_id", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "office_id", "received_on", "id"),
        Index(None, "received_on"),
        Index(None, "turn_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    channel: Mapped[Channel]
    verbal: Mapped[bool] = mapped_column(default=False)
    contingency: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    asked_kind: Mapped[str]
    identity: Mapped[Identity]
    confidential: Mapped[bool] = mapped_column(default=False)
    subject: Mapped[str]
    text: Mapped[str]
    sealed: Mapped[bytes | None]
    wrapped_key: Mapped[bytes | None]
    received_on: Mapped[date]
    received_at: Mapped[datetime | None]
    after_hours: Mapped[bool] = mapped_column(default=False)
    policy: Mapped[str]
    own_term: Mapped[int | None]
    filed_on: Mapped[date]
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turns.id"))
    answer_by: Mapped[AnswerBy]
    language: Mapped[str] = mapped_column(default="es")
    missing: Mapped[list[str]] = mapped_column(default=list)
    priority: Mapped[str | None]
    code_hash: Mapped[str] = mapped_column(unique=True)
    stage: Mapped[Stage] = mapped_column(default=Stage.OPEN)
    stage_on: Mapped[date]
    due_on: Mapped[date | None]
    told_on: Mapped[date | None]
    suspended: Mapped[bool] = mapped_column(default=False)
    calendar_version: Mapped[str] = mapped_column(default="")
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("petitions.id"))

    site: Mapped[Site] = relationship()
    office: Mapped[Office] = relationship()
    assignee: Mapped[Official | None] = relationship(foreign_keys=assignee_id)
    petitioner: Mapped[Petitioner | None] = relationship(back_populates="petition")
    steps: Mapped[list[Step]] = relationship(order_by="Step.number", back_populates="petition")

    @property
    def filing_number(self) -> str:
        """As it is written everywhere: «2026-E-000123»."""
        return filing_number(self.year, Series.IN, self.number)


def filing_number(year: int, series: Series, number: int) -> str:
    """The radicado, as it is printed, said and searched for."""
    return f"{year}-{series}-{number:06d}"


class Petitioner(Base):
    """Who makes the petition; nobody, for an anonymous one.

    If the petition is confidential everything is in `sealed`, under a key of its own, and the rest is empty.
    `notify_by_email`: they accept to be notified so (Ley 1437 de 2011, art. 56). `consent` is the version of the
    text by which they let their data be treated.
    """

    __tablename__ = "petitioners"
    __table_args__ = (Index(None, "document_number"),)

    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    person: Mapped[str] = mapped_column(default="natural")
    name: Mapped[str] = mapped_column(default="")
    document_kind: Mapped[str] = mapped_column(default="")
    document_number: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    municipality: Mapped[str] = mapped_column(default="")
    notify_by_email: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bytes | None]
    wrapped_key: Mapped[bytes | None]

    petition: Mapped[Petition] = relationship(back_populates="petitioner")


class Step(Base):
    """One thing that happened to a petition; rows are only added, and all that is told of it is read from them.

    `at` is empty for what an anonymous citizen does. Only `public` ones are shown to the citizen. The `text` of a
    confidential petition is in `sealed`; `detail` holds numbers, dates and codes, never names.
    """

    __tablename__ = "petition_steps"
    __table_args__ = (UniqueConstraint("petition_id", "number"), Index(None, "kind", "on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    number: Mapped[int]
    kind: Mapped[StepKind]
    on: Mapped[date]
    at: Mapped[datetime | None]
    by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    public: Mapped[bool]
    text: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bytes | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    petition: Mapped[Petition] = relationship(back_populates="steps")
    official: Mapped[Official | None] = relationship()


class Recipient(Base):
    """An official who may read a confidential petition, from when somebody named them until they were taken off."""

    __tablename__ = "petition_recipients"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    since: Mapped[date]
    ended_on: Mapped[date | None]

    official: Mapped[Official] = relationship()


class Recount(Base):
    """The act of a change of the calendar: how many open petitions were counted again, and whose day moved.

    `moves` holds [petition, day before, day after], ISO dates, None while suspended.
    """

    __tablename__ = "petition_recounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    version: Mapped[str]
    counted: Mapped[int]
    moves: Mapped[list[list[Any]]] = mapped_column(JSON)


class PetitionSettings(Base):
    """How the entity receives petitions, from an instant on; rows are only added, and the last one rules.

    `reception` is how the day of arrival counts (strict or lax); `office_id`, which office gets what names none;
    `soon_days`, how many working days before the end a petition is due soon; `draft_days`, before the end by when
    the draft should be there; `custodians`, the officials who are named for every confidential petition.
    """

    __tablename__ = "petition_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    act: Mapped[str] = mapped_column(default="")
    reception: Mapped[str] = mapped_column(default="estricta")
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    soon_days: Mapped[int] = mapped_column(default=3)
    draft_days: Mapped[int] = mapped_column(default=3)
    custodians: Mapped[list[int]] = mapped_column(JSON, default=list)
