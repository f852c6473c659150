"""What an office writes back: templates, replies, letters that went out, deliveries, and analogous petitions."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Office
from core.db import Base
from core.people.model import Official
from core.petitions.attachments import Attachment
from core.petitions.model import Petition, Series, filing_number

_ONE, _IN_HAND = "uq_petition_replies_in_hand", text("state <> 'signed'")
_PENDING = text("delivered_on IS NULL AND failed_on IS NULL")


class ReplyState(StrEnum):
    """Where a reply stands between two people: whoever writes it never approves it."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    SIGNED = "signed"


class Outcome(StrEnum):
    """What a reply decides of what was asked. Reserved: it is denied because the law keeps it (art. 24)."""

    GRANTED = "granted"
    PARTLY = "partly"
    DENIED = "denied"
    RESERVED = "reserved"
    INFORMED = "informed"


class Way(StrEnum):
    """By which a reply reaches who asked for it."""

    PORTAL = "portal"
    EMAIL = "email"
    IN_PERSON = "in_person"
    POST = "post"
    NOTICE = "notice"


class LetterKind(StrEnum):
    """What a letter with an outgoing number is: the answer, or what takes the petition to another authority."""

    REPLY = "reply"
    TRANSFER = "transfer"


class Template(Base):
    """A text to begin a reply with; of one office, or of all of them."""

    __tablename__ = "reply_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)

    office: Mapped[Office | None] = relationship()
    versions: Mapped[list[TemplateVersion]] = relationship(order_by="TemplateVersion.number", back_populates="template")

    @property
    def last(self) -> TemplateVersion:
        """What it says now."""
        return self.versions[-1]


class TemplateVersion(Base):
    """What a template said from an instant on; rows are only added, and a reply names the one it began with."""

    __tablename__ = "reply_template_versions"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("reply_templates.id"))
    number: Mapped[int]
    subject: Mapped[str]
    body: Mapped[str]
    written_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    written_at: Mapped[datetime]

    template: Mapped[Template] = relationship(back_populates="versions")


class OutgoingLetter(Base):
    """A letter that went out under a number of the year; the paper, as it was printed, is a document of its step.

    `mark` stands on the paper, and with the number says that it is ours.
    """

    __tablename__ = "outgoing_letters"
    __table_args__ = (UniqueConstraint("year", "number"), Index(None, "petition_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    kind: Mapped[LetterKind]
    year: Mapped[int]
    number: Mapped[int]
    signed_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    signed_at: Mapped[datetime]
    mark: Mapped[str]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("petition_attachments.id"))

    petition: Mapped[Petition] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    signer: Mapped[Official] = relationship()

    @property
    def outgoing_number(self) -> str:
        """As it is printed and said: «2026-S-000045»."""
        return filing_number(self.year, Series.OUT, self.number)


class Reply(Base):
    """An answer on its way: written, reviewed by a second person, approved, signed; one at a time for each petition.

    `version` grows with each saving: who saves over what somebody else saved meanwhile is told. `writers` are all who
    wrote in it. Of a confidential petition the words are in `sealed`. `ground` and `norm`: why the law keeps what was
    asked for (Ley 1437 de 2011, arts. 24 and 25).
    """

    __tablename__ = "petition_replies"
    __table_args__ = (
        Index(_ONE, "petition_id", unique=True, sqlite_where=_IN_HAND, postgresql_where=_IN_HAND),
        Index(None, "petition_id"),
        Index(None, "state", "reviewer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    state: Mapped[ReplyState] = mapped_column(default=ReplyState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    subject: Mapped[str]
    body: Mapped[str]
    annexes: Mapped[list[str]] = mapped_column(default=list)
    sealed: Mapped[bytes | None]
    outcome: Mapped[Outcome]
    ground: Mapped[str] = mapped_column(default="")
    norm: Mapped[str] = mapped_column(default="")
    checks: Mapped[list[str]] = mapped_column(default=list)
    template_version_id: Mapped[int | None] = mapped_column(ForeignKey("reply_template_versions.id"))
    writers: Mapped[list[str]] = mapped_column(default=list)
    author_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    saved_at: Mapped[datetime]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_letters.id"))

    petition: Mapped[Petition] = relationship()
    author: Mapped[Official] = relationship(foreign_keys=author_id)
    reviewer: Mapped[Official | None] = relationship(foreign_keys=reviewer_id)
    approver: Mapped[Official | None] = relationship(foreign_keys=approved_by)
    template_version: Mapped[TemplateVersion | None] = relationship()
    letter: Mapped[OutgoingLetter | None] = relationship()


class Delivery(Base):
    """A signed reply on its way to who asked for it. Sent is not delivered: `delivered_on` is when it reached them.

    `ends_on`: the last day of a notice on the web and on the board. What proves it is told by the step of the petition.
    """

    __tablename__ = "petition_deliveries"
    __table_args__ = (
        Index(None, "petition_id"),
        Index("ix_petition_deliveries_pending", "started_on", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("outgoing_letters.id"))
    way: Mapped[Way]
    guide: Mapped[str] = mapped_column(default="")
    started_on: Mapped[date]
    started_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    ends_on: Mapped[date | None]
    delivered_on: Mapped[date | None]
    failed_on: Mapped[date | None]

    petition: Mapped[Petition] = relationship()
    letter: Mapped[OutgoingLetter] = relationship()


class Group(Base):
    """Petitions that ask the same: one reply answers them, published if they are more than ten (art. 22)."""

    __tablename__ = "petition_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), unique=True)
    subject: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    made_on: Mapped[date]
    published_on: Mapped[date | None]
    published_text: Mapped[str] = mapped_column(default="")

    lead: Mapped[Petition] = relationship(foreign_keys=lead_id)
    members: Mapped[list[GroupMember]] = relationship(order_by="GroupMember.petition_id", back_populates="group")


class GroupMember(Base):
    """A petition of a group; of one at most."""

    __tablename__ = "petition_group_members"

    petition_id: Mapped[int] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("petition_groups.id"), index=True)

    petition: Mapped[Petition] = relationship()
    group: Mapped[Group] = relationship(back_populates="members")
