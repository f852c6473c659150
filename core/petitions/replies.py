"""A reply between two people: one writes and says that it is one on the merits, another approves; then it is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from core.db import table
from core.errors import N_, Invalid, Missing, Refused
from core.petitions import sealing
from core.petitions.acting import act, check_open, reason_of
from core.petitions.checklist import Lacks, lacks
from core.petitions.finding import NotYours, Reader, readable
from core.petitions.letters import Letter, Print, issue
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.reply_model import Delivery, LetterKind, Outcome, Reply, ReplyState, Way
from core.petitions.steps import case_key

LONGEST_SUBJECT, LONGEST_BODY, LONGEST_NORM, MOST_ANNEXES = 200, 30_000, 200, 30
IN_HAND = (ReplyState.DRAFT, ReplyState.REVIEW, ReplyState.APPROVED)
_LACKS = {
    Lacks.SUBJECT: (N_("Escriba el asunto de la respuesta."), "subject"),
    Lacks.BODY: (N_("Escriba la respuesta."), "body"),
    Lacks.GROUND: (N_("Elija por qué la ley reserva lo pedido (Ley 1437 de 2011, art. 24)."), "ground"),
    Lacks.NORM: (N_("Escriba la norma precisa que lo reserva (Ley 1437 de 2011, art. 25)."), "norm"),
    Lacks.CHECKS: (N_("Marque cada punto de la lista: solo así es una respuesta de fondo."), "checks"),
}


class Overtaken(Refused):
    message = N_(
        "%(who)s guardó esta respuesta mientras usted escribía. Lo que escribió sigue aquí: copie lo que le sirva y "
        "vuelva a abrirla para ver lo que quedó."
    )


class NotYourTurn(Refused):
    message = N_("La respuesta ya no está así: alguien la movió antes. Mire cómo quedó.")


class OwnWork(Refused):
    message = N_("Quien escribió la respuesta no la aprueba: debe hacerlo otra persona.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is written of a reply. `outcome` is an Outcome; `ground` and `norm` only if it denies for reserve."""

    subject: str
    body: str
    outcome: str
    annexes: tuple[str, ...] = ()
    ground: str = ""
    norm: str = ""
    checks: tuple[str, ...] = ()
    template_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a reply, opened if they are sealed."""

    subject: str
    body: str
    annexes: tuple[str, ...]


def petition_to_review(session: Session, reader: Reader, petition_id: int, *, lock: bool = False) -> Petition:
    """A petition whose reply this official may see: one that they may read, or whose reply names them to review it.

    Raises NotYours.
    """
    reviews = exists().where(
        Reply.petition_id == Petition.id, Reply.reviewer_id == reader.id, Reply.state != ReplyState.SIGNED
    )
    theirs = or_(readable(reader), and_(~Petition.confidential, reviews))
    query = select(Petition).where(Petition.id == petition_id, theirs).execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update(of=Petition) if lock else query)
    if found is None:
        raise NotYours
    return found


def in_hand(session: Session, petition: Petition, *, lock: bool = False) -> Reply | None:
    """The reply on its way; None if nobody has begun one or the last was signed."""
    query = (
        select(Reply)
        .where(Reply.petition_id == petition.id, Reply.state != ReplyState.SIGNED)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query.with_for_update(of=Reply) if lock else query)


def reply_of(session: Session, petition: Petition) -> Reply:
    """The reply on its way, held until the transaction ends. Raises Missing."""
    reply = in_hand(session, petition, lock=True)
    if reply is None:
        raise Missing(N_("Esta petición no tiene una respuesta en camino."))
    return reply


def words_of(petition: Petition, reply: Reply) -> Words:
    """Raises sealing.Unreadable."""
    if reply.sealed is None:
        return Words(reply.subject, reply.body, tuple(reply.annexes))
    said = sealing.open_sealed(case_key(petition), reply.sealed)
    return Words(said["subject"], said["body"], tuple(said["annexes"]))


def save(session: Session, petition: Petition, draft: Draft, version: int, by: int, at: datetime) -> Reply:
    """Keep the draft, begun (`version` 0) or gone on with from the version that the writer saw.

    Raises Overtaken if somebody saved meanwhile, NotYourTurn if it is no draft any more, Invalid.
    """
    if petition.stage not in (Stage.OPEN, Stage.ANSWERED):
        check_open(petition)
    _check(draft)
    reply = in_hand(session, petition, lock=True)
    if reply is None:
        reply = Reply(petition_id=petition.id, version=0, writers=[], author_id=by)
        session.add(reply)
    elif reply.state != ReplyState.DRAFT:
        raise NotYourTurn
    if version != reply.version:
        raise Overtaken(who=reply.author.name if reply.author else "")
    first = reply.version == 0
    _write(petition, reply, draft)
    reply.version, reply.author_id, reply.saved_at, reply.approved_by = reply.version + 1, by, at, None
    reply.writers = sorted({*reply.writers, str(by)}, key=int)
    session.flush()
    session.refresh(reply, ["author"])
    if first:
        act(session, petition, StepKind.DRAFTED, by, at, public=False)
    return reply


def ask_review(session: Session, petition: Petition, reviewer_id: int | None, by: int, at: datetime) -> Reply:
    """Hand it to a second person: to anybody of the office, or to one who is named. Raises Invalid, NotYourTurn."""
    reply = reply_of(session, petition)
    words = words_of(petition, reply)
    if reply.state != ReplyState.DRAFT:
        raise NotYourTurn
    if reviewer_id is not None and str(reviewer_id) in reply.writers:
        raise OwnWork
    by_reserve = reply.outcome == Outcome.RESERVED
    for what in lacks(words.subject, words.body, reply.checks, by_reserve, reply.ground, reply.norm):
        message, field = _LACKS[what]
        raise Invalid(message, field=field)
    reply.state, reply.reviewer_id = ReplyState.REVIEW, reviewer_id
    act(session, petition, StepKind.REVIEW_ASKED, by, at, public=False, detail={"reviewer": reviewer_id})
    return reply


def send_back(session: Session, petition: Petition, reason: str, by: int, at: datetime) -> Reply:
    """It is not ready: whoever wrote it goes on, and reads why. Also what was approved and not signed yet."""
    reply = reply_of(session, petition)
    why = reason_of(reason, message=N_("Escriba qué debe cambiar: lo lee quien la escribió."))
    if reply.state not in (ReplyState.REVIEW, ReplyState.APPROVED):
        raise NotYourTurn
    reply.state, reply.approved_by, reply.reviewer_id = ReplyState.DRAFT, None, None
    act(session, petition, StepKind.SENT_BACK, by, at, text=why, public=False)
    return reply


def approve(session: Session, petition: Petition, version: int, by: int, at: datetime) -> Reply:
    """A second person, who wrote nothing in it, has read this version. Raises OwnWork, NotYourTurn."""
    reply = reply_of(session, petition)
    if str(by) in reply.writers:
        raise OwnWork
    _advance(session, reply, version, ReplyState.REVIEW, ReplyState.APPROVED)
    reply.approved_by = by
    act(session, petition, StepKind.APPROVED, by, at, public=False, detail={"version": version})
    return reply


def sign(
    session: Session,
    petition: Petition,
    version: int,
    letter_for: Callable[[Reply], Letter],
    print_letter: Print,
    by: int,
    at: datetime,
) -> Reply:
    """Sign the approved version: it gets its number and its paper, and stays as it is. Raises NotYourTurn.

    From now on it waits on the follow-up page, as a delivery by that way, besides any other way that it is sent by.
    """
    reply = reply_of(session, petition)
    _advance(session, reply, version, ReplyState.APPROVED, ReplyState.SIGNED)
    told = {"outcome": reply.outcome.value}
    letter = issue(
        session,
        petition,
        LetterKind.REPLY,
        letter_for(reply),
        print_letter,
        by,
        at,
        step=StepKind.SIGNED,
        detail=told,
    )
    reply.letter_id = letter.id
    on_page = {"letter_id": letter.id, "way": Way.PORTAL, "started_on": at.date(), "started_by": by}
    waits = Delivery(petition_id=petition.id, **on_page)
    session.add(waits)
    session.flush()
    sent = {"delivery": waits.id, "way": Way.PORTAL.value, "letter": letter.id}
    act(session, petition, StepKind.SENT, by, at, text=words_of(petition, reply).body, detail=sent)
    session.refresh(reply, ["letter"])
    return reply


def signed(session: Session, petition: Petition) -> list[Reply]:
    """The replies of a petition that went out, in order."""
    query = select(Reply).where(Reply.petition_id == petition.id, Reply.state == ReplyState.SIGNED).order_by(Reply.id)
    return list(session.scalars(query))


def _advance(session: Session, reply: Reply, version: int, was: ReplyState, becomes: ReplyState) -> None:
    """Only if it is still as who decides saw it: of two who press at once, one does it."""
    rows = table(Reply)
    still = (rows.c.id == reply.id) & (rows.c.state == was) & (rows.c.version == version)
    moved = session.execute(update(rows).where(still).values(state=becomes))
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise NotYourTurn
    session.refresh(reply)


def _check(draft: Draft) -> None:
    if draft.outcome not in set(Outcome):
        raise Invalid(N_("Elija qué se decide."), field="outcome")
    longest = {"subject": LONGEST_SUBJECT, "body": LONGEST_BODY, "norm": LONGEST_NORM}
    for field, most in longest.items():
        if len(asdict(draft)[field]) > most:
            raise Invalid(N_("Escriba %(most)s letras o menos."), field=field, most=most)
    if len(draft.annexes) > MOST_ANNEXES:
        raise Invalid(N_("Escriba %(most)s anexos o menos."), field="annexes", most=MOST_ANNEXES)


def _write(petition: Petition, reply: Reply, draft: Draft) -> None:
    by_reserve = draft.outcome == Outcome.RESERVED
    reply.outcome = Outcome(draft.outcome)
    reply.ground, reply.norm = (draft.ground, draft.norm.strip()) if by_reserve else ("", "")
    reply.checks, reply.template_version_id = sorted(set(draft.checks)), draft.template_version_id
    reply.subject, reply.body, reply.annexes = draft.subject.strip(), draft.body.strip(), list(draft.annexes)
    if petition.confidential:
        seal(petition, reply)


def seal(petition: Petition, reply: Reply) -> None:
    """Keep the words of a reply under the key of its confidential petition."""
    words = {"subject": reply.subject, "body": reply.body, "annexes": reply.annexes}
    reply.sealed = sealing.seal(case_key(petition), words)
    reply.subject, reply.body, reply.annexes = "", "", []


def last_signed(session: Session, petition: Petition) -> Reply:
    """The reply that went out last. Raises Refused."""
    found = signed(session, petition)
    if not found:
        raise Refused(N_("Primero se firma la respuesta."))
    return found[-1]
