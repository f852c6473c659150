"""Of what an opinion is wanted: a finished turn or a delivered reply as the surveys know it, without its person."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from flask import request
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.errors import N_
from core.petitions.delivering import last_delivered
from core.petitions.model import Channel, Petition
from core.petitions.reply_model import Delivery, Reply
from core.surveys import answering, marks
from core.surveys.answering import OPEN_FOR, AnsweredAlready, How, NotOpen, in_use
from core.surveys.attention import Attention, Detail, month_of
from core.surveys.model import Mode, Of, SurveyVersion
from core.surveys.questionnaire import Sent
from core.turns.alike import finished_like
from core.turns.lifecycle import ENDED, State
from core.turns.model import Turn
from core.web.forms import legible
from core.web.signing import keys
from core.web.words import language

PREFIX = "q."
"""What the name of a field of a questionnaire begins with in a form, so that it is no other field's."""


class SentAlready(AnsweredAlready):
    message = N_("Esas respuestas ya nos habían llegado. ¡Gracias!")


class NotYet(NotOpen):
    status = 409
    message = N_("Podrá opinar cuando termine su atención.")


class NotArrived(NotYet):
    message = N_("Podrá opinar cuando la respuesta le haya llegado.")


def of_turn(session: Session, turn: Turn) -> Attention:
    """The attention of a finished turn. Raises NotYet while it goes on, NotOpen for one that came to nothing."""
    if turn.state is not State.FINISHED:
        raise NotOpen if turn.state in ENDED else NotYet
    ended_on = ended_on_of(turn)
    first = datetime.combine(month_of(ended_on), time(), BOGOTA)
    last = datetime.combine(month_of(month_of(ended_on) + timedelta(days=31)), time(), BOGOTA)
    count = finished_like(session, turn, first, last)
    here = Detail(site_id=turn.site_id, channel=Channel.IN_PERSON.value)
    office = replace(here, office_id=turn.service.office_id)
    service = replace(office, service_id=turn.service_id)
    return Attention(
        kind=Of.TURN,
        source=source_of(turn),
        ended_on=ended_on,
        alike=(
            (replace(service, group=turn.group), count.service_and_group),
            (service, count.service),
            (replace(office, group=turn.group), count.office_and_group),
            (office, count.office),
            (here, count.site),
        ),
        by=_officials(turn.official_id, *(asked.attended_by for asked in turn.asked)),
    )


def of_delivery(session: Session, delivery: Delivery) -> Attention:
    """The attention of a delivered reply. Raises NotArrived for one on its way, NotOpen for a confidential petition."""
    petition = delivery.petition
    if petition.confidential:
        raise NotOpen
    if delivery.delivered_on is None:
        raise NotArrived
    first = month_of(delivery.delivered_on)
    in_the_month = (
        select(Petition.office_id, Petition.channel, func.count())
        .join(Delivery, Delivery.petition_id == Petition.id)
        .where(Petition.site_id == petition.site_id, Delivery.delivered_on >= first)
        .where(Delivery.delivered_on < month_of(first + timedelta(days=31)), ~Petition.confidential)
        .group_by(Petition.office_id, Petition.channel)
    )
    rows = session.execute(in_the_month).all()
    office, channel = petition.office_id, petition.channel
    here = Detail(site_id=petition.site_id)
    at_office = replace(here, office_id=office)
    reply = session.scalar(select(Reply).where(Reply.letter_id == delivery.letter_id).limit(1))
    writers = map(int, reply.writers) if reply else ()
    return Attention(
        kind=Of.REPLY,
        source=source_of_delivery(delivery),
        ended_on=delivery.delivered_on,
        alike=(
            (replace(at_office, channel=channel.value), sum(n for o, c, n in rows if o == office and c == channel)),
            (at_office, sum(n for o, _c, n in rows if o == office)),
            (replace(here, channel=channel.value), sum(n for _o, c, n in rows if c == channel)),
            (here, sum(n for _o, _c, n in rows)),
        ),
        by=_officials(delivery.started_by, reply.approved_by if reply else None, *writers),
    )


def source_of(turn: Turn) -> str:
    """What the mark and the code of a turn are made of."""
    return f"turn {turn.id}"


def source_of_delivery(delivery: Delivery) -> str:
    """What the mark of a reply is made of: its letter, which may reach who asked by several ways."""
    return f"letter {delivery.letter_id}"


def ended_on_of(turn: Turn) -> date:
    """The day on which the turn came to its present state."""
    return turn.state_since.astimezone(BOGOTA).date()


def _officials(*found: int | None) -> frozenset[int]:
    return frozenset(official for official in found if official is not None)


def how(mode: Mode, *, typing: bool = False) -> How:
    """With what, in which language and by whom this request answers."""
    official = current_user.id if current_user.is_authenticated else None
    return How(mode, language(), keys(), official_id=official, typing=typing)


def ticket_code(turn: Turn) -> str:
    """The digits printed on the ticket, with which its opinion is given where its address cannot be read."""
    return marks.code_of(source_of(turn), keys()[-1])


def has_ticket(turn: Turn, typed: str) -> bool:
    """Whether these are the digits on the ticket, also of one printed before the key of the installation changed."""
    return any(hmac.compare_digest(marks.code_of(source_of(turn), key), typed) for key in keys())


def was_given(session: Session, attention: Attention) -> bool:
    """Whether its opinion was given already."""
    return marks.is_burnt(session, marks.marks_of(attention.source, keys()))


def wants_one(session: Session, turn: Turn, today: date) -> bool:
    """Whether the opinion of this turn is asked for: it was attended, and nobody gave it."""
    attended = turn.state is State.FINISHED
    return attended and _is_asked(session, Of.TURN, source_of(turn), ended_on_of(turn), today)


def reply_that_wants_one(session: Session, petition: Petition, today: date) -> Delivery | None:
    """The last reply that reached who asked, while its opinion is asked for; of a confidential petition it never is."""
    sent = None if petition.confidential else last_delivered(session, petition)
    if sent is None or sent.delivered_on is None:
        return None
    return sent if _is_asked(session, Of.REPLY, source_of_delivery(sent), sent.delivered_on, today) else None


def _is_asked(session: Session, kind: Of, source: str, ended_on: date, today: date) -> bool:
    in_time = today <= ended_on + OPEN_FOR[kind]
    return in_time and in_use(session, kind) is not None and not marks.is_burnt(session, marks.marks_of(source, keys()))


def keep_once(
    session: Session,
    version: SurveyVersion,
    sent: Sent,
    attention: Attention | None,
    told: How,
    page: str,
    at: datetime,
) -> None:
    """Keep an answer; one without an attention is the same again if it comes with the same key of its page.

    Raises what core.surveys.answering.answer raises, and SentAlready.
    """
    if attention is None and not marks.burn(session, marks.marks_of(f"page {page}", told.keys), at.date()):
        raise SentAlready
    answering.answer(session, version, sent, attention, told, at)


def sent_here() -> Sent:
    """What the form of this request sends of a questionnaire; what was left empty was not sent."""
    names = [name for name in request.form if name.startswith(PREFIX)]
    sent = {name.removeprefix(PREFIX): [legible(value) for value in request.form.getlist(name)] for name in names}
    return {name: given for name, values in sent.items() if (given := [value for value in values if value.strip()])}
