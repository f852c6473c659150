"""What an office does with a petition before it answers: hands, notes, its class, its priority, and more time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.days import calendar_of
from core.catalogue.model import Office
from core.errors import N_, Invalid, Refused
from core.files.actions import Store
from core.people.model import Official
from core.people.rights import Permission, reaches
from core.petitions import messages, telling
from core.petitions.acting import AgainstTheTerm, act, allow, check_open, reason_of
from core.petitions.facts import Extension
from core.petitions.filing import CORRUPTION
from core.petitions.limits import WhyNot, check_extension, check_length, check_reclassifying
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.reception import settings
from core.petitions.reckoning import facts_of, reckon, tell
from core.petitions.reserve import KeptOut, is_kept_out, kept_out_of
from core.petitions.reserving import keep_confidential
from core.petitions.terms import Kind

LONGEST_NOTE = 5000


class Priority(StrEnum):
    """Why the law puts a petition before others (Ley 1437 de 2011, art. 20)."""

    RIGHTS = "fundamental_right"
    DANGER = "danger"
    JOURNALIST = "journalist"


class Told(StrEnum):
    """How the person was told of what the office decided about the time."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"
    IN_PERSON = "in_person"
    PORTAL = "portal"


class InTheirHands(Refused):
    message = N_("Ya está en manos de esa persona.")


@dataclass(frozen=True, slots=True)
class Hands:
    """To whom a petition goes: an office, and an official of it if one is named."""

    office_id: int
    official_id: int | None = None


def answerers(session: Session, office_id: int, petition: Petition | None = None) -> list[Official]:
    """The officials who may answer the petitions of an office, by name; of `petition`, those not kept out of it."""
    out = {row.official_id for row in kept_out_of(session, petition)} if petition is not None else set()
    found = session.scalars(
        select(Official).join(Official.office).where(Office.id == office_id, Official.active).order_by(Official.name)
    )
    may = [one for one in found if any(reaches(role, Permission.READ_PETITIONS) for role in one.roles)]
    return [one for one in may if one.id not in out]


def assign(session: Session, petition: Petition, to: Hands, reason: str, by: int, at: datetime) -> None:
    """Put it in the hands of an office and, if one is named, of an official of it.

    The first hands need no reason; whoever changes them says why. Raises NotOpen, InTheirHands, KeptOut, Invalid.
    """
    check_open(petition)
    if (petition.office_id, petition.assignee_id) == (to.office_id, to.official_id):
        raise InTheirHands
    office = session.scalar(select(Office).where(Office.id == to.office_id, Office.active))
    if office is None or office.site_id != petition.site_id:
        raise Invalid(N_("Elija una dependencia de la lista."), field="office")
    if to.official_id is not None and is_kept_out(session, petition.id, to.official_id):
        raise KeptOut
    if to.official_id is not None and to.official_id not in {one.id for one in answerers(session, office.id)}:
        raise Invalid(N_("Esa persona no responde peticiones de esa dependencia."), field="official")
    changes = petition.assignee_id is not None or office.id != petition.office_id
    why = reason_of(reason) if changes else reason.strip()
    told = {"office": office.id, "official": to.official_id, "from_office": petition.office_id}
    petition.office_id, petition.assignee_id = office.id, to.official_id
    act(session, petition, StepKind.ASSIGNED, by, at, text=why, public=False, detail=told)


def give_back(session: Session, petition: Petition, reason: str, by: int, at: datetime) -> None:
    """Return it to the office that receives petitions, in nobody's hands. Raises NotOpen, Invalid, Refused."""
    check_open(petition)
    home = settings(session).office_id or petition.office_id
    if petition.assignee_id is None and petition.office_id == home:
        raise Refused(N_("Ya está en la dependencia que recibe las peticiones, sin asignar."))
    why = reason_of(reason)
    told = {"office": home, "from_office": petition.office_id, "from_official": petition.assignee_id}
    petition.office_id, petition.assignee_id = home, None
    act(session, petition, StepKind.RETURNED, by, at, text=why, public=False, detail=told)


def write(session: Session, petition: Petition, text: str, by: int, at: datetime) -> None:
    """A message to its person, who answers on the follow-up page. Raises Invalid, Refused."""
    messages.check_takes(petition)
    act(session, petition, StepKind.OFFICE_WROTE, by, at, text=messages.checked(text))


def note(session: Session, petition: Petition, text: str, by: int, at: datetime) -> None:
    """Write something down for the colleagues; the citizen does not see it. Raises Invalid."""
    said = text.strip()
    if not said:
        raise Invalid(N_("Escriba la nota."), field="text")
    if len(said) > LONGEST_NOTE:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field="text", most=LONGEST_NOTE)
    act(session, petition, StepKind.NOTED, by, at, text=said, public=False)


def remind(session: Session, petition: Petition, reason: str, by: int, at: datetime) -> None:
    """Ask whoever has it in hand to look at it. Raises NotOpen, Invalid."""
    check_open(petition)
    told = {"reminds": petition.assignee_id}
    act(session, petition, StepKind.NOTED, by, at, text=reason_of(reason), public=False, detail=told)


def set_draft_day(session: Session, petition: Petition, day: date, by: int, at: datetime) -> None:
    """By when the office wants a draft: before the day that binds. Raises NotOpen, Invalid."""
    check_open(petition)
    if day < at.date():
        raise Invalid(N_("Elija un día desde hoy en adelante."), field="day")
    if petition.due_on is not None and day >= petition.due_on:
        raise Invalid(N_("El borrador debe estar antes de que venza la petición."), field="day")
    act(session, petition, StepKind.NOTED, by, at, public=False, detail={"draft_on": day.isoformat()})


def draft_day(petition: Petition) -> date | None:
    """The day that the office last set for its draft."""
    said = (step.detail.get("draft_on") for step in reversed(petition.steps))
    return next((date.fromisoformat(day) for day in said if day), None)


def reclassify(
    session: Session,
    petition: Petition,
    kind: str,
    reason: str,
    store: Store,
    by: int,
    at: datetime,
    own_term: int | None = None,
) -> None:
    """Say what it really asks for; its term runs anew from the day on which it was received (art. 13).

    One that turns out to denounce corruption becomes confidential, its files in `store` too, and stays so.
    Raises AgainstTheTerm, Invalid.
    """
    if kind not in set(Kind):
        raise Invalid(N_("Elija una clase de la lista."), field="kind")
    facts, why = facts_of(petition, petition.steps), reason.strip()
    refused = check_reclassifying(facts, Kind(kind), why)
    if refused == WhyNot.SAME_KIND and own_term is not None and own_term != petition.own_term:
        refused = None
    allow(refused, "reason" if refused == WhyNot.NO_REASON else "kind")
    was, petition.kind, petition.own_term = petition.kind, kind, None
    if own_term is not None:
        allow(check_length(facts_of(petition, petition.steps), own_term), "own_term")
        petition.own_term = own_term
    told = {"from": was, "to": kind, "days": own_term}
    if kind == CORRUPTION and not petition.confidential:
        keep_confidential(session, petition, store, at)
    act(session, petition, StepKind.RECLASSIFIED, by, at, text=reason_of(why), detail=told)
    reckon(session, petition, at)


def prioritise(session: Session, petition: Petition, why: str, reason: str, by: int, at: datetime) -> None:
    """It goes before others, by art. 20 of the Ley 1437 de 2011. Raises NotOpen, Invalid."""
    check_open(petition)
    if why not in set(Priority):
        raise Invalid(N_("Elija por qué la ley le da prelación."), field="priority")
    petition.priority = why
    act(session, petition, StepKind.PRIORITISED, by, at, text=reason_of(reason), detail={"priority": why})


def extend(
    session: Session, petition: Petition, until: date | None, told: str, reason: str, by: int, at: datetime
) -> None:
    """Answer later than the term, once, and told to the person in this same act (art. 14, paragraph).

    `until` is the new day, up to twice the term; `told`, how the person hears of it. Raises AgainstTheTerm, Invalid.
    """
    if told not in set(Told):
        raise Invalid(N_("Diga cómo se le avisa a la persona: sin aviso no hay prórroga."), field="told")
    facts, calendar = facts_of(petition, petition.steps), calendar_of(session, petition.site_id)
    refused = check_extension(facts, Extension(at.date(), until), reason, calendar)
    fields = {WhyNot.NO_REASON: "reason", WhyNot.NO_DAY: "until", WhyNot.NOT_LATER: "until", WhyNot.TOO_LONG: "until"}
    if refused:
        raise AgainstTheTerm(refused, fields.get(refused))
    assert until is not None
    detail = {"until": until.isoformat(), "told": told}
    act(session, petition, StepKind.EXTENDED, by, at, text=reason_of(reason), detail=detail)
    reckon(session, petition, at)
    tell(petition)
    if told == Told.EMAIL:
        telling.extended(session, petition, until, reason.strip(), at)


def link(session: Session, petition: Petition, other: Petition, by: int, at: datetime) -> None:
    """Say that it repeats an earlier petition. Raises Invalid for itself and for a later one."""
    if other.id == petition.id or (other.year, other.number) > (petition.year, petition.number):
        raise Invalid(N_("Escriba el radicado de una petición anterior a esta."), field="other")
    petition.repeats_id = other.id
    act(session, petition, StepKind.LINKED, by, at, public=False, detail={"other": other.id})


def note_challenge(session: Session, petition: Petition, kind: StepKind, text: str, by: int, at: datetime) -> None:
    """The person appeals, or insists on what was denied for reserve (art. 26). Raises Refused, Invalid."""
    if petition.stage != Stage.ANSWERED:
        raise Refused(N_("Solo se recurre o se insiste cuando la petición ya fue respondida."))
    act(session, petition, kind, by, at, text=reason_of(text, "text", N_("Escriba qué pide la persona.")))
