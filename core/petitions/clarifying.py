"""What a petition lacks, or nobody understands: asked for in time, completed by the person, and never presumed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from core.catalogue.days import calendar_of
from core.errors import N_, Invalid
from core.petitions import steps, telling
from core.petitions.acting import act, allow, finish, reason_of
from core.petitions.clocks import last_to_complete
from core.petitions.facts import Ground
from core.petitions.limits import check_archiving, check_asking, check_completing, check_more_time
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.reckoning import facts_of, reckon

_ASKS = {Ground.INCOMPLETE: StepKind.CLARIFICATION_ASKED, Ground.OBSCURE: StepKind.CORRECTION_ASKED}
_ANSWERS = {Ground.INCOMPLETE: StepKind.CLARIFIED, Ground.OBSCURE: StepKind.CORRECTED}


def ask(session: Session, petition: Petition, ground: Ground, what: str, by: int, at: datetime) -> None:
    """Ask the person to complete it (art. 17) or to say what is not understood (art. 19); its term waits meanwhile.

    Raises AgainstTheTerm, Invalid.
    """
    calendar = calendar_of(session, petition.site_id)
    allow(check_asking(facts_of(petition, petition.steps), at.date(), ground, calendar))
    text = reason_of(what, "what", N_("Escriba qué debe completar o aclarar la persona."))
    act(session, petition, _ASKS[ground], by, at, text=text)
    reckon(session, petition, at)
    telling.asked_to_complete(session, petition, text, to_complete_until(session, petition), at)


def give_longer(session: Session, petition: Petition, on: date, by: int, at: datetime) -> None:
    """The person asked, on that day, for as long again to complete it; once. Raises AgainstTheTerm, Invalid."""
    _check_day(petition, on, at)
    allow(check_more_time(facts_of(petition, petition.steps), on, calendar_of(session, petition.site_id)), "on")
    act(session, petition, StepKind.CLARIFICATION_LONGER, by, at, detail={"asked_on": on.isoformat()})
    reckon(session, petition, at)


def complete(session: Session, petition: Petition, text: str, by: int | None, at: datetime) -> None:
    """The person brought what was missing: the term goes on from the next day. `by`: None if they did it themselves.

    Raises AgainstTheTerm, Invalid.
    """
    facts = facts_of(petition, petition.steps)
    allow(check_completing(facts, at.date()))
    said = reason_of(text, "text", N_("Escriba qué aportó la persona."))
    ground = facts.waiting.ground if facts.waiting else Ground.INCOMPLETE
    if by is None:
        steps.add(session, petition, _ANSWERS[ground], None, at, text=said)
    else:
        act(session, petition, _ANSWERS[ground], by, at, text=said)
    reckon(session, petition, at)


def archive_uncompleted(session: Session, petition: Petition, act_of: str, reason: str, by: int, at: datetime) -> None:
    """By a reasoned act, once the time to complete it has passed: the person may ask again (art. 17). Never by itself.

    `act_of` names the act. Raises AgainstTheTerm, Invalid.
    """
    facts, calendar = facts_of(petition, petition.steps), calendar_of(session, petition.site_id)
    allow(check_archiving(facts, at.date(), calendar))
    named = reason_of(act_of, "act", N_("Escriba el número y la fecha del acto que la archiva."))
    why = reason_of(reason)
    act(session, petition, StepKind.ARCHIVED, by, at, text=f"{named}. {why}", detail={"ground": "uncompleted"})
    finish(petition, Stage.ARCHIVED, at.date())


def to_complete_until(session: Session, petition: Petition) -> date | None:
    """The last day on which the person may complete it; None if nothing was asked of them."""
    facts = facts_of(petition, petition.steps)
    if facts.waiting is None:
        return None
    return last_to_complete(facts.waiting, facts.term, calendar_of(session, petition.site_id))


def _check_day(petition: Petition, on: date, at: datetime) -> None:
    if not petition.received_on <= on <= at.date():
        raise Invalid(N_("Elija un día entre el de su recepción y hoy."), field="on")
