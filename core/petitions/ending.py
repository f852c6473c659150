"""How a petition ends without an answer on the merits: withdrawn, sent to who is competent, or answered already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.catalogue.days import calendar_of
from core.errors import N_, Invalid, Refused
from core.petitions.acting import act, check_open, finish, reason_of
from core.petitions.clocks import Name
from core.petitions.deadlines import deadline
from core.petitions.letters import Letter, Print, issue
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.reckoning import facts_of
from core.petitions.reply_model import LetterKind, OutgoingLetter

LONGEST_LINE = 200
MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """To which authority, where it is, why it is competent, and what goes in the package, line by line."""

    authority: str
    address: str
    reason: str
    package: Sequence[str]


def withdraw(session: Session, petition: Petition, reason: str, by: int, at: datetime) -> None:
    """The person says that they no longer ask (art. 18). Raises NotOpen, Invalid."""
    check_open(petition)
    text = reason_of(reason, message=N_("Escriba cómo y cuándo desistió la persona."))
    act(session, petition, StepKind.WITHDRAWN, by, at, text=text)
    finish(petition, Stage.WITHDRAWN, at.date())


def refer_to_previous(session: Session, petition: Petition, reason: str, by: int, at: datetime) -> None:
    """One that repeats another is referred to the answer given (art. 19), which the person is told of again.

    Never if it asks for what does not lapse, or mends what was denied: the reason says why not. Raises NotOpen,
    Invalid, Refused.
    """
    check_open(petition)
    previous = session.get(Petition, petition.repeats_id) if petition.repeats_id else None
    if previous is None:
        raise Refused(N_("Primero relacione la petición anterior que repite."))
    if previous.stage != Stage.ANSWERED:
        raise Refused(N_("La petición anterior no ha sido respondida: no hay respuesta a la cual remitir."))
    told = {"ground": "repeated", "other": previous.id}
    act(session, petition, StepKind.ARCHIVED, by, at, text=reason_of(reason), detail=told)
    finish(petition, Stage.ARCHIVED, at.date())


def transfer(
    session: Session,
    petition: Petition,
    to: Transfer,
    letter: Letter,
    print_letter: Print,
    by: int,
    at: datetime,
) -> OutgoingLetter:
    """Send it to the authority that is competent, with a letter of which the person gets a copy (art. 21).

    Late it is sent all the same, and the step says that it was late. Raises NotOpen, Invalid.
    """
    check_open(petition)
    named = reason_of(to.authority, "authority", N_("Escriba a qué autoridad se traslada."))
    if len(named) > LONGEST_LINE:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="authority", most=LONGEST_LINE)
    why = reason_of(to.reason)
    package = [line.strip() for line in to.package if line.strip()]
    if not package or len(package) > MOST_LINES:
        raise Invalid(N_("Escriba qué se envía, una cosa por línea."), field="package")
    found = deadline(facts_of(petition, petition.steps), calendar_of(session, petition.site_id), at.date())
    clock = found.clock(Name.TRANSFER)
    told = {"late": clock is not None and at.date() > clock.due, "package": len(package)}
    text = "\n".join((named, to.address.strip(), why, *(f"– {line}" for line in package)))
    sent = issue(
        session,
        petition,
        LetterKind.TRANSFER,
        letter,
        print_letter,
        by,
        at,
        step=StepKind.TRANSFERRED,
        text=text,
        detail=told,
    )
    finish(petition, Stage.TRANSFERRED, at.date())
    return sent
