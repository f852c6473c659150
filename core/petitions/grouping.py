"""Petitions that ask the same: worked on together and, if they are more than ten, answered by one published reply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import N_, Invalid, Missing, Refused
from core.petitions import steps
from core.petitions.acting import act, reason_of
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.reply_model import Delivery, Group, GroupMember, OutgoingLetter

ANALOGOUS = 10
"""More petitions than these get one reply, published and given to who asks for a copy (Ley 1437 de 2011, art. 22)."""
LONGEST_SUBJECT, LONGEST_COPY = 200, 30_000


class NoGroup(Missing):
    message = N_("Ese grupo no existe o no es de su dependencia.")


class TooFew(Refused):
    message = N_(
        "Son %(count)s peticiones: solo si pasan de %(most)s se publica una respuesta única. Responda cada una."
    )


def group_of(session: Session, petition: Petition) -> Group | None:
    """The group in which a petition is."""
    return session.scalar(select(Group).join(Group.members).where(GroupMember.petition_id == petition.id))


def members_of(session: Session, group: Group) -> Sequence[Petition]:
    """Its petitions, the first that came first."""
    query = select(Petition).join(GroupMember, GroupMember.petition_id == Petition.id)
    return session.scalars(query.where(GroupMember.group_id == group.id).order_by(Petition.id)).all()


def group(session: Session, petitions: Sequence[Petition], subject: str, by: int, at: datetime) -> Group:
    """Put together open petitions of one office; those that are in a group bring it along. Raises Invalid, Refused."""
    first = min(petitions, key=lambda one: one.id, default=None)
    said = reason_of(subject, "reason", N_("Escriba qué piden todas."))
    if first is None or len(petitions) < 2:
        raise Invalid(N_("Elija dos peticiones o más."), field="petition")
    if len(said) > LONGEST_SUBJECT:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="reason", most=LONGEST_SUBJECT)
    if len({one.office_id for one in petitions}) > 1:
        raise Refused(N_("Solo se agrupan peticiones de la misma dependencia."))
    if any(one.confidential for one in petitions):
        raise Refused(N_("Una petición reservada no se agrupa con otras."))
    if any(one.stage != Stage.OPEN for one in petitions):
        raise Refused(N_("Solo se agrupan peticiones que están por responder."))
    if any(group_of(session, one) for one in petitions):
        raise Refused(N_("Alguna ya está en un grupo: quítele la marca."))
    made = Group(office_id=first.office_id, lead_id=first.id, subject=said, made_by=by, made_on=at.date())
    session.add(made)
    session.flush()
    for one in petitions:
        session.add(GroupMember(petition_id=one.id, group_id=made.id))
        act(session, one, StepKind.GROUPED, by, at, public=False, detail={"group": made.id, "lead": first.id})
    return made


def leave(session: Session, petition: Petition) -> None:
    """Take a petition out of its group; another goes before the group then, and of two that were, none is left."""
    found = group_of(session, petition)
    if found is None:
        return
    rest = [one for one in found.members if one.petition_id != petition.id]
    leaving = [one for one in found.members if one not in rest] if len(rest) > 1 else list(found.members)
    for member in leaving:
        session.delete(member)
    session.flush()
    session.expire(found)
    if len(rest) > 1:
        found.lead_id = rest[0].petition_id if found.lead_id == petition.id else found.lead_id
    elif found.published_on is None:
        session.delete(found)


def publish(session: Session, group: Group, text: str, by: int, at: datetime) -> None:
    """The copy for the web of the one reply that answers all, without anybody's data. Raises TooFew, Invalid."""
    count = session.scalar(select(func.count()).where(GroupMember.group_id == group.id)) or 0
    if count <= ANALOGOUS:
        raise TooFew(count=count, most=ANALOGOUS)
    if group.published_on is not None:
        raise Refused(N_("La copia de este grupo ya está publicada."))
    said = text.strip()
    if not said or len(said) > LONGEST_COPY:
        raise Invalid(N_("Escriba la copia para la web, sin datos de nadie."), field="text")
    group.published_on, group.published_text = at.date(), said
    act(session, group.lead, StepKind.GROUPED, by, at, detail={"group": group.id, "published": True, "count": count})


def published(session: Session, office_ids: Sequence[int] | None = None) -> Sequence[Group]:
    """The single replies that are on the web, the newest first."""
    query = select(Group).where(Group.published_on.is_not(None))
    if office_ids is not None:
        query = query.where(Group.office_id.in_(office_ids))
    return session.scalars(query.order_by(Group.published_on.desc(), Group.id.desc())).all()


def shared_answer(session: Session, petition: Petition) -> tuple[OutgoingLetter, str] | None:
    """The letter that answered it together with others that ask the same, and its copy without anybody's data."""
    arrived = next(
        (step for step in reversed(petition.steps) if "lead" in step.detail and "delivery" in step.detail), None
    )
    sent = session.get(Delivery, arrived.detail["delivery"]) if arrived else None
    return (sent.letter, steps.text_of(petition, arrived)) if sent and arrived else None
