"""What came in: each message is taken once, or waits in sight of an official; nothing is lost, nobody is hijacked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Missing
from core.events import Who
from core.mail import outbox, reading
from core.mail.address import BadAddress, checked, same
from core.mail.model import IncomingMail, OutgoingMail
from core.mail.outbox import About
from core.mail.reading import Head, Problem, ReceivedMail, Unreadable

Take = Callable[[Session, ReceivedMail, About | None, datetime], About]
"""Files a message and says as what; the third is the thing that it answers. It acts in the transaction given."""

MOST_ANSWERS, ANSWERS_IN = 5, timedelta(hours=1)
"""So many automatic messages an hour to one address: more are a conversation of two programs."""


class Fate(StrEnum):
    """What became of a message that came in."""

    TAKEN = "taken"
    REVIEW = "review"
    RETURNED = "returned"
    OWN = "own"


class Settled(Missing):
    message = N_("Ese correo ya fue atendido. Vuelva a cargar la lista.")


def take_in(session: Session, raw: bytes, came: datetime, take: Take, at: datetime) -> IncomingMail:
    """Give a message to `take`, once: a repeat is answered with what became of the first, and makes nothing new.

    What cannot be read whole waits for an official. A message belongs to a thing that exists only if it answers one
    of ours from the address that we wrote to: what a subject says opens nothing.
    """
    mark = reading.mark(raw)
    before = session.scalar(select(IncomingMail).where(IncomingMail.mark == mark))
    if before is not None:
        return before
    try:
        mail = reading.read(raw, came)
    except Unreadable as unreadable:
        return put_aside(session, raw, len(raw), came, unreadable.problem, at)
    kept = _keep(session, mark, len(raw), came, Fate.TAKEN, at)
    back = outbox.returned(session, mail.returned.message_id, mail.returned.diagnosis, at) if mail.returned else None
    if back is not None:
        kept.fate, kept.about_kind, kept.about_id = Fate.RETURNED, back.about_kind, back.about_id
    elif _is_own(session, mail.head):
        kept.fate = Fate.OWN
    else:
        about = take(session, mail, answered(session, mail.head), at)
        kept.about_kind, kept.about_id = about.kind, about.id
    session.flush()
    return kept


def put_aside(session: Session, raw: bytes, size: int, came: datetime, problem: Problem, at: datetime) -> IncomingMail:
    """Leave a message to an official, with the reason; `raw` may be only its head, if it was not fetched whole."""
    mark = reading.mark(raw, None if size == len(raw) else size)
    before = session.scalar(select(IncomingMail).where(IncomingMail.mark == mark))
    if before is not None:
        return before
    head = reading.glance(reading.head_of(raw))
    kept = _keep(session, mark, size, came, Fate.REVIEW, at)
    kept.problem, kept.sender, kept.subject = problem, head.sender, head.subject
    session.flush()
    return kept


def _keep(session: Session, mark: str, size: int, came: datetime, fate: Fate, at: datetime) -> IncomingMail:
    kept = IncomingMail(mark=mark, came_at=came, read_at=at, size=size, fate=fate, sender="", subject="")
    session.add(kept)
    session.flush()
    return kept


def answered(session: Session, head: Head) -> About | None:
    """The thing of the message of ours that this one answers, if it comes from the address that we wrote to."""
    ours = session.scalars(
        select(OutgoingMail).where(OutgoingMail.message_id.in_(head.replies_to), OutgoingMail.about_id.is_not(None))
    )
    by_id = {mail.message_id: mail for mail in ours if same(mail.address, head.sender)}
    for message_id in head.replies_to:
        if mail := by_id.get(message_id):
            return About(mail.about_kind or "", mail.about_id or 0)
    return None


def _is_own(session: Session, head: Head) -> bool:
    """What we sent ourselves came back into our own mailbox."""
    return bool(head.message_id) and (
        session.scalar(select(OutgoingMail.id).where(OutgoingMail.message_id == head.message_id)) is not None
    )


def may_be_answered(session: Session, head: Head, at: datetime) -> bool:
    """Whether an automatic answer may go to who wrote: never to a program, nor for ever to one that hides it."""
    try:
        address = checked(head.sender)
    except BadAddress:
        return False
    lately = select(func.count()).where(
        OutgoingMail.address == address, OutgoingMail.created_at > at - ANSWERS_IN, OutgoingMail.automatic
    )
    return not head.automatic and (session.scalar(lately) or 0) < MOST_ANSWERS


def to_review(session: Session, most: int = 200) -> Sequence[IncomingMail]:
    """What waits for an official, the oldest first."""
    waits = (IncomingMail.fate == Fate.REVIEW) & IncomingMail.settled_at.is_(None)
    return session.scalars(select(IncomingMail).where(waits).order_by(IncomingMail.id).limit(most)).all()


def settle(session: Session, mail_id: int, by: int, at: datetime) -> IncomingMail:
    """An official has seen to a message; who wrote it is forgotten here. Raises Settled."""
    mail = session.scalar(
        select(IncomingMail)
        .where(IncomingMail.id == mail_id, IncomingMail.fate == Fate.REVIEW, IncomingMail.settled_at.is_(None))
        .with_for_update()
    )
    if mail is None:
        raise Settled
    mail.settled_at, mail.settled_by, mail.sender, mail.subject = at, by, "", ""
    audit.record(session, Act.REVIEWED, On(Thing.MAIL, mail.id), Who("official", by), at)
    return mail
