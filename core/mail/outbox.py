"""The outbox: a message is written with what it tells of, waits here, and is taken to the server by one at a time."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Missing
from core.events import Who
from core.files.model import StoredFile
from core.mail import address
from core.mail.address import hidden
from core.mail.model import MailAttachment, OutgoingMail

TURN = timedelta(minutes=15)
"""How long whoever takes a message has for it: longer than any server is waited for, and then another may take it."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
PATIENCE = timedelta(days=5)
"""How long a server may go on saying «later» of a message (RFC 5321 § 4.5.4.1)."""

LONGEST_SUBJECT, LONGEST_ANSWER = 200, 300


@dataclass(frozen=True, slots=True)
class About:
    """The thing that a message belongs to: ``About("petition", 12)``."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along: its bytes, or `stored`, the row of the room of files, which keeps it as long as this."""

    name: str
    media: str
    content: bytes | None = None
    stored: int | None = None

    def __post_init__(self) -> None:
        if (self.content is None) == (self.stored is None):
            raise ValueError("an attachment has its bytes or says where they are kept, and not both")


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be sent: plain `text`, of which `html` makes a second form with paragraphs and links.

    `purpose` is a code («acknowledgement», «reply», «digest»); `name` is the person's. What no official writes or
    signs is `automatic`; an answer to a message that came in names its Message-ID in `in_reply_to`.
    """

    to: str
    subject: str
    text: str
    purpose: str
    about: About | None = None
    name: str = ""
    html: bool = False
    automatic: bool = True
    in_reply_to: str | None = None
    attachments: Sequence[Attachment] = ()


class End(Enum):
    """How a try ended: taken, refused for good, put off, or the server could not be spoken to at all."""

    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a try and what the server said."""

    end: End
    answer: str


class NotWaiting(Missing):
    message = N_("Ese mensaje ya no está en la lista. Vuelva a cargarla.")


def write(session: Session, mail: Mail, at: datetime) -> OutgoingMail:
    """Put a message in the outbox of this transaction: it goes out after the commit, or never was.

    Raises address.BadAddress for an address to which nothing can be sent.
    """
    written = OutgoingMail(
        purpose=mail.purpose,
        about_kind=mail.about.kind if mail.about else None,
        about_id=mail.about.id if mail.about else None,
        address=address.checked(mail.to),
        name=one_line(mail.name),
        subject=one_line(mail.subject)[:LONGEST_SUBJECT],
        text=mail.text,
        html=mail.html,
        automatic=mail.automatic,
        in_reply_to=one_line(mail.in_reply_to) if mail.in_reply_to else None,
        created_at=at,
        next_try=at,
        attachments=[
            MailAttachment(name=one_line(file.name), media=file.media, content=file.content, stored_id=file.stored)
            for file in mail.attachments
        ],
    )
    session.add(written)
    return written


def one_line(text: str) -> str:
    """What may stand in a header: a line break or another sign that cannot be seen becomes a space."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def waits() -> ColumnElement[bool]:
    return OutgoingMail.sent_at.is_(None) & OutgoingMail.given_up_at.is_(None)


def _due(at: datetime) -> ColumnElement[bool]:
    """It waits, its pause is over, and nobody has it in hand, or whoever had it did not come back."""
    in_nobodys_hand = OutgoingMail.taken_until.is_(None) | (OutgoingMail.taken_until <= at)
    return waits() & (OutgoingMail.next_try <= at) & in_nobodys_hand


def something_due(session: Session, at: datetime) -> bool:
    """Whether there is anything to go to the server for."""
    return session.scalar(select(OutgoingMail.id).where(_due(at)).limit(1)) is not None


def claim(session: Session, domain: str, at: datetime) -> OutgoingMail | None:
    """Take the message that has been due longest, for one TURN; None if nothing is due.

    The row is the claim: of two that look, one has it and the other gets the next. A process that dies with a
    message leaves it to another after the turn, with the Message-ID that it has already.
    """
    mail = session.scalar(
        select(OutgoingMail)
        .where(_due(at))
        .order_by(OutgoingMail.next_try, OutgoingMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if mail is not None:
        mail.attempts += 1
        mail.taken_until = at + TURN
        mail.message_id = mail.message_id or f"<{secrets.token_hex(16)}@{domain}>"
    return mail


def settle(session: Session, mail_id: int, outcome: Outcome, at: datetime) -> OutgoingMail | None:
    """Keep how a try ended; the message, if it is given up. One that somebody settled meanwhile stays as it is."""
    mail = session.scalar(select(OutgoingMail).where(OutgoingMail.id == mail_id, waits()).with_for_update())
    if mail is None:
        return None
    mail.taken_until, mail.last_answer = None, one_line(outcome.answer)[:LONGEST_ANSWER]
    if outcome.end is End.SENT:
        mail.sent_at = at
    elif outcome.end is End.REFUSED or (outcome.end is End.DEFERRED and at - mail.created_at >= PATIENCE):
        mail.given_up_at = at
    else:
        mail.next_try = at + pause(mail.attempts)
    return mail if mail.given_up_at == at else None


def returned_at(session: Session, about: About, at: datetime) -> list[OutgoingMail]:
    """What came back at this instant of what was written about a thing."""
    return [mail for mail in of(session, about) if mail.returned_at == at]


def pause(attempts: int) -> timedelta:
    """Twice as long after each try, up to an hour, and somewhat less by chance, so that not all come back at once."""
    longest = min(FIRST_PAUSE * float(2 ** min(attempts - 1, 10)), LONGEST_PAUSE)
    return longest * random.uniform(0.75, 1)


def try_again(session: Session, mail_id: int, by: int, at: datetime) -> OutgoingMail:
    """An official mended what stood in the way: the message is due now. Raises NotWaiting for one that was sent."""
    mail = session.scalar(
        select(OutgoingMail).where(OutgoingMail.id == mail_id, OutgoingMail.sent_at.is_(None)).with_for_update()
    )
    if mail is None:
        raise NotWaiting
    mail.given_up_at, mail.next_try = None, at
    audit.record(session, Act.RETRIED, On(Thing.MAIL, mail.id), Who("official", by), at)
    return mail


def returned(session: Session, message_id: str, answer: str, at: datetime) -> OutgoingMail | None:
    """A server that took a message sent it back: it did not arrive. None if the message is not ours."""
    mail = session.scalar(select(OutgoingMail).where(OutgoingMail.message_id == message_id).with_for_update())
    if mail is not None and mail.returned_at is None:
        mail.returned_at, mail.last_answer = at, one_line(answer)[:LONGEST_ANSWER]
    return mail


def waiting(session: Session, most: int = 200) -> Sequence[OutgoingMail]:
    """What has not been sent yet, the oldest first."""
    return session.scalars(select(OutgoingMail).where(waits()).order_by(OutgoingMail.id).limit(most)).all()


def failed(session: Session, most: int = 200) -> Sequence[OutgoingMail]:
    """What was refused for good, given up or sent back, the newest first."""
    lost = OutgoingMail.given_up_at.is_not(None) | OutgoingMail.returned_at.is_not(None)
    return session.scalars(select(OutgoingMail).where(lost).order_by(OutgoingMail.id.desc()).limit(most)).all()


def forget(session: Session, about: About) -> list[StoredFile]:
    """Nothing of what was written about a thing may be read any more; the kept files that it carried, for whoever
    lets them go.

    What was not sent is not sent any more. Of what was, it stays when, and what the server said.
    """
    carried = []
    for mail in of(session, about):
        carried += [file.stored for file in mail.attachments if file.stored is not None]
        for file in mail.attachments:
            session.delete(file)
        if mail.sent_at is None:
            session.delete(mail)
        mail.address = mail.name = mail.subject = mail.text = ""
        mail.last_answer = hidden(mail.last_answer)
    return carried


def of(session: Session, about: About) -> Sequence[OutgoingMail]:
    """All that was written about a thing, in order."""
    belongs = (OutgoingMail.about_kind == about.kind) & (OutgoingMail.about_id == about.id)
    return session.scalars(select(OutgoingMail).where(belongs).order_by(OutgoingMail.id)).all()
