"""A signed reply on its way to who asked: sent is not delivered, and only what was delivered is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import nth_working_day
from core.catalogue.days import calendar_of
from core.errors import N_, Invalid, Missing, Refused
from core.files.actions import Placed
from core.petitions import steps
from core.petitions.acting import act, finish, reason_of
from core.petitions.attachments import attach
from core.petitions.model import AnswerBy, Identity, Petition, Stage, StepKind
from core.petitions.replies import words_of
from core.petitions.reply_model import Delivery, Group, GroupMember, Reply, Way

NOTICE_DAYS = 5
"""Working days that a notice stays on the web and on the board (Ley 1437 de 2011, art. 69)."""
LONGEST_GUIDE = 60


def ways_for(petition: Petition) -> list[Way]:
    """By which ways a reply may be sent to who made this petition; what they did not accept or give is left out.

    The follow-up page is none of them: there every signed reply waits.

    By e-mail only whoever chose it or accepts to be notified so (art. 56); nobody knows where an anonymous one lives.
    """
    person = petition.petitioner
    if petition.identity == Identity.ANONYMOUS or person is None:
        return [Way.NOTICE]
    hidden = person.sealed is not None
    by_email = hidden or (person.email and (person.notify_by_email or petition.answer_by == AnswerBy.EMAIL))
    found = {Way.EMAIL: by_email, Way.IN_PERSON: True, Way.POST: hidden or person.address}
    return [way for way, open_ in found.items() if open_] + [Way.NOTICE]


def send(session: Session, petition: Petition, reply: Reply, way: str, guide: str, by: int, at: datetime) -> Delivery:
    """Set the signed reply on its way. Raises Invalid, Refused; nothing of it says that it arrived."""
    if reply.letter_id is None:
        raise Refused(N_("Primero se firma la respuesta."))
    if way not in set(Way):
        raise Invalid(N_("Elija cómo se entrega."), field="way")
    if way == Way.EMAIL and Way.EMAIL not in ways_for(petition):
        raise Invalid(
            N_("La persona no aceptó que se le responda por correo electrónico: elija otro medio."), field="way"
        )
    if Way(way) not in ways_for(petition):
        raise Invalid(N_("Por ese medio no hay cómo llegar a la persona: elija otro."), field="way")
    number = guide.strip()
    if way == Way.POST and not number:
        raise Invalid(N_("Escriba el número de la guía del correo."), field="guide")
    if len(number) > LONGEST_GUIDE:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="guide", most=LONGEST_GUIDE)
    ends = (
        nth_working_day(at.date(), NOTICE_DAYS, calendar_of(session, petition.site_id)) if way == Way.NOTICE else None
    )
    sent = Delivery(
        petition_id=petition.id,
        letter_id=reply.letter_id,
        way=Way(way),
        guide=number,
        started_on=at.date(),
        started_by=by,
        ends_on=ends,
    )
    session.add(sent)
    session.flush()
    told = {"delivery": sent.id, "way": way, "letter": reply.letter_id, "ends": ends.isoformat() if ends else None}
    act(session, petition, StepKind.SENT, by, at, text=words_of(petition, reply).body, detail=told)
    return sent


def effective_from(session: Session, delivery: Delivery) -> date:
    """The first day on which it may count as delivered: a notice, the day after it was taken down (art. 69)."""
    if delivery.ends_on is None:
        return delivery.started_on
    return nth_working_day(delivery.ends_on, 1, calendar_of(session, delivery.petition.site_id))


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a delivery: the day, in words, and what was scanned, sealed if the petition is confidential."""

    on: date
    words: str
    scans: Sequence[Placed] = ()


def deliver(session: Session, petition: Petition, delivery: Delivery, proof: Proof, by: int, at: datetime) -> None:
    """It reached them that day, and this proves it: now the petition is answered. Raises Invalid, Refused.

    What proves it is a note of the office with the scans as its documents; the step that the person sees says what
    they were answered.
    """
    _check_pending(delivery)
    first = effective_from(session, delivery)
    if delivery.way == Way.NOTICE and at.date() < first:
        raise Refused(N_("El aviso surte efecto el %(day)s: todavía no."), day=f"{first:%d/%m/%Y}")
    if not first <= proof.on <= at.date():
        raise Invalid(N_("Elija un día entre el del envío y hoy."), field="on")
    why = reason_of(proof.words, "proof", N_("Escriba qué prueba la entrega: quién recibió, la constancia o el acuse."))
    _arrived(session, petition, delivery, first if delivery.way == Way.NOTICE else proof.on)
    told = {"delivery": delivery.id, "way": delivery.way.value, "day": f"{delivery.delivered_on}"}
    noted = act(session, petition, StepKind.NOTED, by, at, text=why, public=False, detail={"proves": delivery.id})
    for scan in proof.scans:
        attach(session, petition, noted, scan)
    act(session, petition, StepKind.DELIVERED, by, at, text=_sent_with(petition, delivery), detail=told)
    _answer_the_group(session, petition, delivery, told, by, at)


def opened(session: Session, petition: Petition, at: datetime) -> None:
    """The person opened the signed reply on the follow-up page: it reached them today (art. 56). Once."""
    waits = (Delivery.petition_id == petition.id) & (Delivery.way == Way.PORTAL) & Delivery.delivered_on.is_(None)
    for delivery in session.scalars(select(Delivery).where(waits).with_for_update()).all():
        _arrived(session, petition, delivery, at.date())
        told = {"delivery": delivery.id, "way": delivery.way.value, "day": at.date().isoformat()}
        steps.add(session, petition, StepKind.DELIVERED, None, at, text=_sent_with(petition, delivery), detail=told)


def fail(session: Session, petition: Petition, delivery: Delivery, reason: str, by: int, at: datetime) -> None:
    """It came back, or nobody was there: another way is needed. Raises Invalid, Refused."""
    _check_pending(delivery)
    why = reason_of(reason, message=N_("Escriba por qué no se pudo entregar."))
    delivery.failed_on = at.date()
    told = {"delivery": delivery.id, "way": delivery.way.value, "failed": True}
    act(session, petition, StepKind.NOTED, by, at, text=why, public=False, detail=told)


def of_petition(session: Session, petition: Petition) -> Sequence[Delivery]:
    """All ways that were tried, in order."""
    return session.scalars(select(Delivery).where(Delivery.petition_id == petition.id).order_by(Delivery.id)).all()


def last_delivered(session: Session, petition: Petition, letter_id: int | None = None) -> Delivery | None:
    """The last way by which a reply, or this one, reached who asked."""
    query = select(Delivery).where(Delivery.petition_id == petition.id, Delivery.delivered_on.is_not(None))
    query = query if letter_id is None else query.where(Delivery.letter_id == letter_id)
    return session.scalar(query.order_by(Delivery.delivered_on.desc(), Delivery.id.desc()).limit(1))


def delivery_of(session: Session, petition: Petition, delivery_id: int) -> Delivery:
    """One of this petition, held until the transaction ends. Raises Missing."""
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.petition_id == petition.id)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise Missing(N_("Esa entrega no es de esta petición."))
    return found


def _sent_with(petition: Petition, delivery: Delivery) -> str:
    """What the reply says, as it was sent: its person goes on reading it where they opened it."""
    sent = (step for step in petition.steps if step.detail.get("delivery") == delivery.id)
    return next((steps.text_of(petition, step) for step in sent), "")


def _check_pending(delivery: Delivery) -> None:
    if delivery.delivered_on is not None or delivery.failed_on is not None:
        raise Refused(N_("Esa entrega ya terminó."))


def _arrived(session: Session, petition: Petition, delivery: Delivery, on: date) -> None:
    delivery.delivered_on = on
    if petition.stage == Stage.OPEN:
        finish(petition, Stage.ANSWERED, on)
    session.flush()


def _answer_the_group(
    session: Session, petition: Petition, delivery: Delivery, told: dict[str, Any], by: int, at: datetime
) -> None:
    """The open petitions that ask the same end with this one, if its reply was published for all of them (art. 22)."""
    group = session.scalar(select(Group).where(Group.lead_id == petition.id, Group.published_on.is_not(None)))
    if group is None or delivery.way != Way.NOTICE:
        return
    query = select(Petition).join(GroupMember, GroupMember.petition_id == Petition.id).where(
        GroupMember.group_id == group.id, Petition.stage == Stage.OPEN, Petition.id != petition.id
    )  # fmt: skip
    for member in session.scalars(query.order_by(Petition.id).with_for_update(of=Petition)).all():
        finish(member, Stage.ANSWERED, petition.stage_on)
        shared = {**told, "lead": petition.id}
        act(session, member, StepKind.DELIVERED, by, at, text=group.published_text, detail=shared)
