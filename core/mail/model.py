"""What waits to be sent and was sent, what came in and what became of it, and when each was last looked after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.files.model import StoredFile

_WAITS = text("sent_at IS NULL AND given_up_at IS NULL")


class OutgoingMail(Base):
    """A message to one address. It waits until `sent_at` or `given_up_at` says how it ended.

    `next_try` is when it may next be taken, and until `taken_until` a process has it in hand. `message_id` is given at
    the first try and stays: who gets it twice can tell. `last_answer` is what the server last said of it;
    `returned_at` is when it came back after having been taken.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_waits", "next_try", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index(None, "about_kind", "about_id"),
        Index(None, "address", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    address: Mapped[str]
    name: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[bool]
    automatic: Mapped[bool]
    in_reply_to: Mapped[str | None]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[datetime]
    taken_until: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(unique=True)
    last_answer: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]

    attachments: Mapped[list[MailAttachment]] = relationship(order_by="MailAttachment.id")


class MailAttachment(Base):
    """A file that goes with a message: its bytes, or one that the room of files keeps."""

    __tablename__ = "mail_attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("outgoing_mail.id"), index=True)
    name: Mapped[str]
    media: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    stored_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))

    stored: Mapped[StoredFile | None] = relationship()


class IncomingMail(Base):
    """A message that came in, known by `mark` (its Message-ID and its content), and what became of it.

    Who wrote it and about what is kept only while an official has to look at it: what was filed says it itself.
    """

    __tablename__ = "incoming_mail"
    __table_args__ = (Index(None, "fate", "settled_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    came_at: Mapped[datetime]
    read_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(BigInteger)
    fate: Mapped[str]
    problem: Mapped[str | None]
    sender: Mapped[str]
    subject: Mapped[str]
    about_kind: Mapped[str | None]
    about_id: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))


class MailRound(Base):
    """When a process last went out to send or to receive, and what stood in its way; one row for each.

    Whoever moves `next_at` on makes the round, and the others wait for the next one.
    """

    __tablename__ = "mail_rounds"

    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
    went_well_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    problem: Mapped[str | None]
