"""The one way in: whatever the channel, a petition gets the next number of the year, a code, and its first step."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.calendar import Calendar, Hours
from core.catalogue.days import calendar_of
from core.catalogue.model import Office, OpeningHours
from core.db import INSERT, table
from core.errors import N_, Invalid, Refused
from core.events import Who
from core.petitions import sealing, search, steps
from core.petitions.counting import after_hours
from core.petitions.facts import Policy
from core.petitions.model import (
    AnswerBy,
    Channel,
    FilingCounter,
    Identity,
    Petition,
    Petitioner,
    Recipient,
    Series,
    Stage,
    StepKind,
)
from core.petitions.reception import readers_of_reserve, settings
from core.petitions.reckoning import reckon

LONGEST_SUBJECT = 200
LONGEST_TEXT = 30_000
LONGEST_FIELD = 200
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 letters and digits that nobody takes for another: no I, O, 0 or 1."""
CODE_LETTERS = 16
CORRUPTION = "denuncia_corrupcion"

_NEXT = {
    database: insert(table(FilingCounter))
    .values(last_number=1)
    .on_conflict_do_update(
        index_elements=["year", "series"], set_={"last_number": table(FilingCounter).c.last_number + 1}
    )
    .returning(table(FilingCounter).c.last_number)
    for database, insert in INSERT.items()
}


class NoOffice(Refused):
    message = N_("Ninguna dependencia recibe peticiones. Elíjala en la puesta en marcha de PQRSD.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who makes a petition, as far as they said; nothing of it is ever demanded."""

    person: str = "natural"
    name: str = ""
    document_kind: str = ""
    document_number: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    municipality: str = ""
    notify_by_email: bool = False
    consent: str = ""


NOBODY = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came in. `received_at` is when it reached the entity: for paper, the day on which it was handed over.

    `contingency` says by which hand-made entry it was received while the system was away, and `verbal` that it was
    said and not written. Without an office, that which receives petitions gets it. Of what came on paper, `folios`
    counts its sheets and `annexes` says what came with them. `goes_on` says that it goes on from one that is
    confidential, and so is confidential too.
    """

    channel: Channel
    kind: str
    text: str
    received_at: datetime
    subject: str = ""
    identity: Identity = Identity.IDENTIFIED
    person: Person = NOBODY
    office_id: int | None = None
    answer_by: AnswerBy = AnswerBy.PORTAL
    verbal: bool = False
    turn_id: int | None = None
    language: str = "es"
    contingency: str = ""
    repeats_id: int | None = None
    folios: int | None = None
    annexes: str = ""
    goes_on: bool = False

    @property
    def confidential(self) -> bool:
        """Whether only named people may read it (Ley 1474 de 2011, art. 76; Ley 1581 de 2012, art. 4)."""
        return self.identity == Identity.RESERVED or self.kind == CORRUPTION or self.goes_on


@dataclass(frozen=True, slots=True)
class Filed:
    """What the person takes home: the petition, its number, and the code that opens it, which is kept nowhere."""

    petition_id: int
    number: str
    code: str


def file(session: Session, received: Received, who: Who, at: datetime, code: str | None = None) -> Filed:
    """Give it a number and keep it; what it lacks is noted and never a reason to refuse it (Ley 1437, art. 15).

    `at` is now; `who` an official, the citizen or the system; `code` that of its press (see once). An anonymous one
    leaves no hour, neither here nor in the trail; only where the lax policy rules, whether the doors were closed.
    Raises Invalid (only for what is empty, too long or of the future) and NoOffice.
    """
    _check(received, at)
    office = _office_for(session, received.office_id)
    code, policy = code or new_code(), settings(session).reception
    petition = Petition(
        year=at.year,
        number=next_number(session, at.year, Series.IN),
        site_id=office.site_id,
        office_id=office.id,
        channel=received.channel,
        verbal=received.verbal,
        contingency=received.contingency,
        kind=received.kind,
        asked_kind=received.kind,
        identity=received.identity,
        confidential=received.confidential,
        received_on=received.received_at.date(),
        received_at=None if received.identity == Identity.ANONYMOUS else received.received_at,
        after_hours=policy == Policy.LAX and after_hours(received.received_at, *_times(session, office.site_id)),
        policy=policy,
        filed_on=at.date(),
        filed_by=who.id if who.kind == "official" else None,
        turn_id=None if received.identity == Identity.ANONYMOUS else received.turn_id,
        answer_by=received.answer_by,
        language=received.language,
        missing=missing_of(received),
        code_hash=code_hash(code),
        stage=Stage.OPEN,
        stage_on=at.date(),
        repeats_id=received.repeats_id,
        **_words_of(received),
    )
    session.add(petition)
    session.flush()
    _keep_person(session, petition, received)
    name_custodians(session, petition, at)
    by = None if received.identity == Identity.ANONYMOUS else petition.filed_by
    steps.add(session, petition, StepKind.FILED, by, at, text=received.annexes.strip(), detail=_how(received))
    reckon(session, petition, at)
    search.learn(session, petition)
    if received.identity != Identity.ANONYMOUS:
        audit.record(session, Act.FILED, On(Thing.PETITION, petition.id), who, at, site_id=petition.site_id)
    return Filed(petition.id, petition.filing_number, code)


def annul(session: Session, petition: Petition, reason: str, by: int, at: datetime) -> None:
    """The number stays taken, with the reason why it holds no petition. Raises Invalid, Refused."""
    if not reason.strip():
        raise Invalid(N_("Escriba por qué se anula el radicado: queda en el registro."), field="reason")
    if petition.stage != Stage.OPEN:
        raise Refused(N_("Este radicado ya no está abierto: no se puede anular."))
    petition.stage, petition.stage_on = Stage.ANNULLED, at.date()
    steps.add(session, petition, StepKind.ANNULLED, by, at, text=reason.strip())
    who = Who("official", by)
    audit.record(session, Act.ANNULLED, On(Thing.PETITION, petition.id), who, at, site_id=petition.site_id)


def next_number(session: Session, year: int, series: Series) -> int:
    """The next of the consecutive; whoever takes one holds the line until their transaction ends, so none is lost.

    Numbers follow the order of the commits (Acuerdo AGN 001 de 2024: consecutive, never reused or reserved).
    """
    take = _NEXT[session.get_bind().dialect.name]
    return int(session.execute(take, {"year": year, "series": series}).scalar_one())


def new_code() -> str:
    """«ABCD-2345-EFGH-6789»: 80 random bits that a person can read aloud."""
    return in_groups("".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS)))


def in_groups(letters: str) -> str:
    """A code as it is written and read aloud: four letters at a time."""
    return "-".join(letters[n : n + 4] for n in range(0, len(letters), 4))


def code_hash(code: str) -> str:
    """What is kept of a code, however it was typed; 80 random bits need no salt."""
    plain = "".join(letter for letter in code.upper() if letter in ALPHABET)
    return hashlib.sha256(plain.encode()).hexdigest()


def missing_of(received: Received) -> list[str]:
    """What the law wants a petition to say and this one does not (Ley 1437 de 2011, art. 16): codes.

    Nothing is missing of whom nobody asks: an anonymous one needs no name.
    """
    person = received.person
    wanted: dict[str, Any] = {"subject": received.subject.strip()}
    if received.identity != Identity.ANONYMOUS:
        wanted |= {"name": person.name, "document": person.document_number}
        wanted["contact"] = person.email or person.phone or person.address
    return [code for code, said in wanted.items() if not said]


def _check(received: Received, at: datetime) -> None:
    if not received.text.strip():
        raise Invalid(N_("Escriba qué pide o qué pasó, con sus palabras."), field="text")
    lengths = {"subject": LONGEST_SUBJECT, "text": LONGEST_TEXT, "annexes": LONGEST_FIELD}
    texts = {"subject": received.subject, "text": received.text, "annexes": received.annexes}
    for name, said in asdict(received.person).items():
        if isinstance(said, str):
            texts[name], lengths[name] = said, LONGEST_FIELD
    for name, said in texts.items():
        if len(said) > lengths[name]:
            raise Invalid(N_("Escriba %(most)s letras o menos."), field=name, most=lengths[name])
    if received.received_at > at:
        raise Invalid(N_("Todavía no ha llegado ese momento: escriba cuándo se recibió."), field="received_at")


def _office_for(session: Session, wanted: int | None) -> Office:
    """The office asked for, or that which receives petitions; in the beginning, the first there is."""
    chosen = wanted or settings(session).office_id
    query = select(Office).where(Office.active).order_by(Office.id)
    office = session.scalar(query.where(Office.id == chosen) if chosen else query.limit(1))
    if office is None:
        raise NoOffice
    return office


def _times(session: Session, site_id: int) -> tuple[list[Hours], Calendar]:
    hours = session.scalars(select(OpeningHours).where(OpeningHours.site_id == site_id))
    return [Hours(row.weekday, row.opens, row.closes) for row in hours], calendar_of(session, site_id)


def _words_of(received: Received) -> dict[str, Any]:
    """Subject and text as they are kept: in sight, or sealed by a key that the case gets here."""
    said = {"subject": received.subject.strip(), "text": received.text.strip()}
    if not received.confidential:
        return {**said, "sealed": None, "wrapped_key": None}
    key = sealing.new_key()
    return {"subject": "", "text": "", "sealed": sealing.seal(key, said), "wrapped_key": sealing.wrap(key)}


def _how(received: Received) -> dict[str, Any]:
    """By where it came and, on paper, in how many sheets."""
    sheets = {} if received.folios is None else {"folios": received.folios}
    return {"channel": received.channel.value, **sheets}


def seal_person(row: Petitioner) -> None:
    """Keep who made a confidential petition unreadable, under a key of its own."""
    key = sealing.new_key()
    said = {name: getattr(row, name) for name in Person.__dataclass_fields__}
    row.sealed, row.wrapped_key = sealing.seal(key, said), sealing.wrap(key)
    for name, nothing in asdict(NOBODY).items():
        setattr(row, name, nothing)


def name_custodians(session: Session, petition: Petition, at: datetime) -> None:
    """Those who read every confidential petition read this one."""
    if petition.confidential:
        named = readers_of_reserve(session)
        session.add_all(Recipient(petition_id=petition.id, official_id=who, since=at.date()) for who in named)


def _keep_person(session: Session, petition: Petition, received: Received) -> None:
    if received.identity == Identity.ANONYMOUS:
        return
    row = Petitioner(petition_id=petition.id, **asdict(received.person))
    if received.confidential:
        seal_person(row)
    session.add(row)
