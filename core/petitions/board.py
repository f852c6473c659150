"""What hangs on the web for everybody: replies told by notice, to whom nobody knows how to reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.petitions import delivering, replies
from core.petitions.model import Identity, Petition
from core.petitions.reply_model import Delivery, Reply, Way


@dataclass(frozen=True, slots=True)
class Notice:
    """A reply told by notice: from when and until when it hangs, and from which day it counts as delivered (art. 69).

    `text`, the reply itself, is only of who gave no name. Who gave one reads theirs with the code or at the window,
    and of a confidential petition nothing is told that others do not tell too.
    """

    petition: str
    letter: str
    since: date
    until: date
    counts_from: date
    text: str


def notices(session: Session, today: date) -> list[Notice]:
    """The notices that hang today, the newest first."""
    query = (
        select(Delivery, Reply)
        .join(Reply, Reply.letter_id == Delivery.letter_id)
        .where(Delivery.way == Way.NOTICE, Delivery.started_on <= today, Delivery.ends_on >= today)
        .where(Delivery.failed_on.is_(None))
        .options(joinedload(Delivery.petition), joinedload(Delivery.letter))
        .order_by(Delivery.started_on.desc(), Delivery.id.desc())
    )
    return [_notice(session, sent, reply) for sent, reply in session.execute(query)]


def _notice(session: Session, sent: Delivery, reply: Reply) -> Notice:
    return Notice(
        petition=sent.petition.filing_number,
        letter=sent.letter.outgoing_number,
        since=sent.started_on,
        until=sent.ends_on or sent.started_on,
        counts_from=delivering.effective_from(session, sent),
        text=replies.words_of(sent.petition, reply).body if _nameless(sent.petition) else "",
    )


def _nameless(petition: Petition) -> bool:
    return petition.identity == Identity.ANONYMOUS and not petition.confidential
