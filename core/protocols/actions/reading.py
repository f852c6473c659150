"""Officials read what is for them: what each has to read and until when, and the receipt of having read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol as Shape

from sqlalchemy import Date, bindparam, exists, select
from sqlalchemy.orm import Session

from core.audit import Act
from core.db import INSERT, table
from core.errors import N_, Invalid, Refused
from core.prepared import run
from core.protocols import text
from core.protocols.actions.finding import Standing, rules_on, standing
from core.protocols.actions.telling import tell
from core.protocols.matrix import State, cells_of, matrix
from core.protocols.model import Protocol, ProtocolVersion, Reading


class NotInForce(Refused):
    message = N_("Esa versión ya no rige: hay otra, o el protocolo se retiró. Abra la lista para ver la que rige.")


class Person(Shape):
    """Who has to read: an official, or who is signed in."""

    @property
    def id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ToRead:
    """A version that somebody has not read yet, the last day to read it, and whether that is over."""

    version: ProtocolVersion
    due: date
    late: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: the receipt, whose `read_at` is None until all is right, and the questions to try again."""

    reading: Reading
    wrong: tuple[int, ...] = ()


def to_read(session: Session, official: Person, today: date) -> list[ToRead]:
    """What the official has to read, what is due first coming first."""
    open_cells = [
        (version, cell)
        for version, cell in cells_of(session, official.id, today)
        if cell.state in (State.PENDING, State.LATE)
    ]
    found = [ToRead(version, cell.day, cell.state == State.LATE) for version, cell in open_cells]
    return sorted(found, key=_first_due)


def everybody_to_read(session: Session, today: date) -> dict[int, list[ToRead]]:
    """What each official has to read, by official; nobody who has nothing."""
    found: dict[int, list[ToRead]] = {}
    whole = matrix(session, today)
    versions = {version.id: version for version in whole.versions}
    for (official_id, version_id), cell in whole.cells.items():
        if cell.state in (State.PENDING, State.LATE):
            one = ToRead(versions[version_id], cell.day, cell.state == State.LATE)
            found.setdefault(official_id, []).append(one)
    return {official_id: sorted(those, key=_first_due) for official_id, those in found.items()}


_NOT_READ = (
    select(Protocol.audience)
    .join(ProtocolVersion, ProtocolVersion.protocol_id == Protocol.id)
    .where(
        rules_on(bindparam("today", type_=Date())),
        ~exists().where(
            Reading.version_id == ProtocolVersion.id,
            Reading.official_id == bindparam("official"),
            Reading.read_at.is_not(None),
        ),
    )
)


def how_many_to_read(session: Session, official_id: int, roles: Collection[str], today: date) -> int:
    """How many an official with these roles has to read: one question to the database, for every page."""
    mine = set(roles)
    rows = run(session, _NOT_READ, today=today, official=official_id)
    return sum(bool(mine & set(audience)) for (audience,) in rows)


def note_read(
    session: Session, version: ProtocolVersion, official_id: int, answers: Sequence[int | None], at: datetime
) -> Tried:
    """Keep that the official read it, once every question of its quiz is answered right; `answers` from 0, in order.

    It may be tried as often as needed, and what was read once stays read. Raises NotInForce, Invalid.
    """
    if standing(version, at.date()) != Standing.IN_FORCE:
        raise NotInForce
    quiz = text.read(version.text).quiz
    if len(answers) != len(quiz) or None in answers:
        raise Invalid(N_("Responda todas las preguntas."))
    wrong = tuple(n for n, question in enumerate(quiz) if answers[n] != question.right)
    reading = _reading(session, version.id, official_id)
    if reading.read_at is not None:
        return Tried(reading)
    if reading.tries == 0 and quiz:
        reading.first_right = len(quiz) - len(wrong)
    reading.tries += 1
    if not wrong:
        reading.read_at = at
        tell(session, Act.READ, version.protocol, official_id, at, version=version.number, tries=reading.tries)
    session.flush()
    return Tried(reading, wrong)


def _first_due(one: ToRead) -> tuple[date, str]:
    return one.due, one.version.protocol.code


def _reading(session: Session, version_id: int, official_id: int) -> Reading:
    """The row of the official, locked: of two presses at once the second finds what the first did."""
    new = INSERT[session.get_bind().dialect.name](table(Reading)).on_conflict_do_nothing()
    session.execute(new.values(version_id=version_id, official_id=official_id, tries=0))
    return session.get_one(Reading, (version_id, official_id), with_for_update=True, populate_existing=True)
