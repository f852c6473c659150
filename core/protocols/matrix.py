"""Who has to read what, and who has: the active officials beside the versions in force that are for their roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.calendar import Calendar
from core.catalogue.days import calendar_of
from core.changes import Change
from core.people.deputies import LIVE
from core.people.model import Deputy, Official
from core.protocols.actions import finding
from core.protocols.due import Duty, RolesChanged, asked_since, due_on, own_duty
from core.protocols.model import ProtocolVersion, Reading


class State(StrEnum):
    """What became of a reading; nothing is asked of whom the protocol is not for, unless they read it."""

    READ = "read"
    PENDING = "pending"
    LATE = "late"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Cell:
    """`day`: on which it was read, until which it is asked for, or, late, until which it was; None if it is not asked.

    `first_right`: how many of the `questions` were right the first of `tries` times.
    """

    state: State
    day: date = date.max
    questions: int = 0
    first_right: int | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those who are asked have read."""

    read: int
    asked: int
    late: int


@dataclass(frozen=True)
class Matrix:
    """The officials, by name, beside the versions, by code; `cells` by official and version."""

    officials: Sequence[Official]
    versions: Sequence[ProtocolVersion]
    cells: Mapping[tuple[int, int], Cell]

    def share(self, versions: Iterable[ProtocolVersion], officials: Iterable[Official]) -> Share:
        """Over some of the versions and some of the officials; who read it without being asked does not count."""
        people = list(officials)
        cells = [self.cells[official.id, version.id] for version in versions for official in people]
        states = [cell.state for cell in cells]
        return Share(states.count(State.READ), len(states) - states.count(State.NOT_ASKED), states.count(State.LATE))

    @cached_property
    def offices(self) -> dict[str, list[Official]]:
        """The officials by the name of their office, «» for who has none."""
        found: defaultdict[str, list[Official]] = defaultdict(list)
        for official in self.officials:
            found[official.office.name if official.office else ""].append(official)
        return dict(sorted(found.items()))


def matrix(session: Session, today: date, site_id: int | None = None) -> Matrix:
    """Everybody of a site, or of all, beside every version in force; who is asked nothing at all is left out."""
    people = select(Official).where(Official.active).options(selectinload(Official.office)).order_by(Official.name)
    if site_id is not None:
        people = people.where(Official.site_id == site_id)
    officials, versions = session.scalars(people).all(), finding.in_force(session, today)
    cells = _cells(session, officials, versions, today)
    asked = {who for (who, _version), cell in cells.items() if cell.state != State.NOT_ASKED}
    return Matrix([official for official in officials if official.id in asked], versions, cells)


def cells_of(session: Session, official_id: int, today: date) -> list[tuple[ProtocolVersion, Cell]]:
    """Every version in force and what one official has to do with it, by code."""
    officials, versions = [session.get_one(Official, official_id)], finding.in_force(session, today)
    cells = _cells(session, officials, versions, today)
    return [(version, cells[official_id, version.id]) for version in versions]


def _cells(
    session: Session, officials: Sequence[Official], versions: Sequence[ProtocolVersion], today: date
) -> dict[tuple[int, int], Cell]:
    ids = [official.id for official in officials]
    readings = {
        (row.official_id, row.version_id): row
        for row in session.scalars(select(Reading).where(Reading.version_id.in_([one.id for one in versions])))
    }
    changed, stood_in = _changes(session, officials), _deputies(session, ids, today)
    calendars: dict[int, Calendar] = {}
    found: dict[tuple[int, int], Cell] = {}
    for official in officials:
        if official.site_id not in calendars:
            calendars[official.site_id] = calendar_of(session, official.site_id)
        for version in versions:
            audience = version.protocol.audience
            duties = [own_duty(official.roles, audience, changed[official.id]), *stood_in[official.id]]
            asked = asked_since(audience, duties)
            reading = readings.get((official.id, version.id))
            found[official.id, version.id] = _cell(version, asked, reading, today, calendars[official.site_id])
    return found


def _cell(
    version: ProtocolVersion, asked: tuple[bool, date | None], reading: Reading | None, today: date, calendar: Calendar
) -> Cell:
    is_asked, since = asked
    questions = len(version.text.get("quiz", ()))
    tried = (questions, reading.first_right, reading.tries) if reading else (questions,)
    if reading is not None and reading.read_at is not None:
        return Cell(State.READ if is_asked else State.NOT_ASKED, reading.read_at.date(), *tried)
    if not is_asked or version.valid_from is None:
        return Cell(State.NOT_ASKED)
    due = due_on(version.valid_from, since, version.days_to_read, calendar)
    return Cell(State.LATE if due < today else State.PENDING, due, *tried)


def _changes(session: Session, officials: Sequence[Official]) -> defaultdict[int, list[RolesChanged]]:
    """When each came to other roles, in order; an account that is opened again comes to those that it has."""
    found: defaultdict[int, list[RolesChanged]] = defaultdict(list)
    roles = {official.id: frozenset(official.roles) for official in officials}
    query = select(Change).where(
        Change.kind == Official.__tablename__, Change.thing_id.in_(roles), Change.field.in_(("roles", "active"))
    )
    for row in session.scalars(query.order_by(Change.id)):
        if row.field == "roles":
            change = RolesChanged(row.at.date(), frozenset(row.before or ()), frozenset(row.after or ()))
        elif row.after:
            change = RolesChanged(row.at.date(), frozenset(), roles[row.thing_id])
        else:
            continue
        found[row.thing_id].append(change)
    return found


def _deputies(session: Session, officials: Sequence[int], today: date) -> defaultdict[int, list[Duty]]:
    found: defaultdict[int, list[Duty]] = defaultdict(list)
    rows = session.scalars(select(Deputy).where(Deputy.official_id.in_(officials), *LIVE), {"day": today})
    for row in rows:
        found[row.official_id].append(Duty(frozenset(row.roles), row.starts))
    return found
