"""A reserved complaint full of words that exist nowhere else, to look for afterwards where none of them may be."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Office
from core.events import Who
from core.files import actions as files
from core.files.kinds import Kind
from core.people.model import Official
from core.people.rights import PEOPLE
from core.petitions import (
    attachments,
    filing,
    follow,
    messages,
    recipients,
    replies,
    reserve,
    second_person,
    steps,
    telling,
    work,
)
from core.petitions.filing import Person, Received
from core.petitions.model import Channel, Identity, Petition, Recipient, StepKind

PARTS = (
    "asunto", "texto", "nombre", "documento", "correo", "telefono", "direccion",
    "mensaje", "respuesta", "nota", "motivo", "exclusion", "archivo", "contenido", "borrador", "carta",
)  # fmt: skip
"""What is said of a case, each with a word of its own."""


@dataclass(frozen=True)
class Words:
    """One word for each part, made anew; nothing else in the world holds it."""

    mark: str = field(default_factory=lambda: f"canario{secrets.token_hex(8)}")

    def __getitem__(self, part: str) -> str:
        return f"{self.mark}{part}"

    def parts_in(self, found: bytes) -> list[str]:
        """Which parts are in some bytes, however they are written."""
        low = found.lower()
        forms = (low, low.replace(b"\x00", b""))
        hidden = {part: self[part].encode() for part in PARTS}
        return [p for p, word in hidden.items() if any(word in each or word.hex().encode() in each for each in forms)]


@dataclass(frozen=True)
class Reader:
    """Somebody of the check, as who reads is known."""

    id: int
    site_id: int
    roles: tuple[str, ...]
    offices: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Case:
    """The complaint, and the accounts by which its pages are looked for: role → account.

    `filings`: the number and id of each petition that says the words, this one first.
    """

    filings: dict[str, int]
    code: str
    named: int
    others: dict[str, int]

    @property
    def number(self) -> str:
        return next(iter(self.filings))

    @property
    def petition_id(self) -> int:
        return self.filings[self.number]


def file_one(session: Session, store: files.Store, words: Words, at: datetime) -> Case:
    """A reserved complaint with all that may be said in one: messages, a note, a file, an exclusion, whose it is."""
    filed = filing.file(session, _received(words, at), Who("citizen"), at)
    petition = session.get_one(Petition, filed.petition_id)
    named, agrees = _account(session, petition, "named", ["petitions"]), _account(session, petition, "two", ["control"])
    session.add_all(Recipient(petition_id=petition.id, official_id=one.id, since=at.date()) for one in (named, agrees))
    others = {role: _account(session, petition, role, [role]).id for role in PEOPLE}
    session.get_one(Official, others["petitions"]).office = _foreign_office(session, petition)
    session.flush()
    _happen(session, petition, store, words, at, named, agrees)
    return Case({filed.number: petition.id}, filed.code, named.id, others)


def file_in_the_open(session: Session, store: files.Store, words: Words, by: int, at: datetime) -> Petition:
    """The same complaint as one that everybody may read: messages, a note, a file, a draft of the answer, a letter."""
    said = replace(_received(words, at), kind="queja", identity=Identity.IDENTIFIED)
    petition = session.get_one(Petition, filing.file(session, said, Who("citizen"), at).petition_id)
    follow.write(session, petition, words["mensaje"], at)
    messages.write(session, petition, words["respuesta"], by, at)
    messages.note(session, petition, words["nota"], by, at)
    placed = files.place_own(store, words["contenido"].encode(), f"{words['archivo']}.pdf", Kind.PDF, at)
    added = steps.add(session, petition, StepKind.DOCUMENT_ADDED, None, at)
    attachments.attach(session, petition, added, placed)
    draft = replies.Draft(subject=words["borrador"], body=words["borrador"], outcome="informed")
    replies.save(session, petition, draft, 0, by, at)
    telling.write_to(session, petition, words["carta"], [words["carta"]], at)
    return petition


def reclassify(session: Session, store: files.Store, words: Words, petition_id: int, by: int, at: datetime) -> None:
    """Somebody sees that it denounces corruption."""
    petition = session.get_one(Petition, petition_id)
    work.reclassify(session, petition, filing.CORRUPTION, words["motivo"], store, by, at)


def _received(words: Words, at: datetime) -> Received:
    person = Person(
        name=words["nombre"],
        document_number=words["documento"],
        email=f"{words['correo']}@example.org",
        phone=words["telefono"],
        address=words["direccion"],
    )
    return Received(
        channel=Channel.WEB,
        kind=filing.CORRUPTION,
        identity=Identity.RESERVED,
        subject=words["asunto"],
        text=words["texto"],
        person=person,
        received_at=at,
    )


def _happen(
    session: Session,
    petition: Petition,
    store: files.Store,
    words: Words,
    at: datetime,
    named: Official,
    agrees: Official,
) -> None:
    reads, decides = _reader(named), _reader(agrees)
    follow.write(session, petition, words["mensaje"], at)
    messages.write(session, petition, words["respuesta"], named.id, at)
    messages.note(session, petition, words["nota"], named.id, at)
    content = words["contenido"].encode()
    placed = files.place_own(store, content, f"{words['archivo']}.pdf", Kind.PDF, at, seal=True)
    added = steps.add(session, petition, StepKind.DOCUMENT_ADDED, None, at)
    attachments.attach(session, petition, added, placed)
    request = second_person.ask_identity(session, petition, words["motivo"], reads, at)
    second_person.decide(session, request.id, decides, at, accept=True)
    session.refresh(petition)
    reserve.see_identity(session, petition, reads, at)
    recipients.keep_out(session, petition, _account(session, petition, "accused", []), words["exclusion"], decides, at)


def _reader(official: Official) -> Reader:
    return Reader(official.id, official.site_id, tuple(official.roles))


def _account(session: Session, petition: Petition, name: str, roles: list[str]) -> Official:
    one = Official(
        site_id=petition.site_id,
        username=f"reserve-check-{name}",
        name=f"Cuenta de la prueba ({name})",
        roles=roles,
        password_hash="-",
    )
    session.add(one)
    session.flush()
    return one


def _foreign_office(session: Session, petition: Petition) -> Office | None:
    return session.scalar(
        select(Office)
        .where(Office.site_id == petition.site_id, Office.id != petition.office_id)
        .order_by(Office.id)
        .limit(1)
    )


def seen_by_its_person(words: Words) -> Iterator[str]:
    """The words that the person does see on their follow-up page, so that the check is not blind."""
    yield words["mensaje"]
    yield words["respuesta"]
