"""The daily reminder by mail and the calendar of due dates: what presses, without a word of who asks or what.

Whoever has nothing of petitions to be told may have something else: it goes into the same message of the day.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.calendar import is_working_day
from core.catalogue.days import calendar_of
from core.db import Base
from core.errors import N_, Invalid
from core.mail import address, outbox
from core.people.model import Official, official_offices
from core.people.rights import Permission, Reach, reaches
from core.petitions.deadlines import State, soon_until, state_of_open
from core.petitions.model import Petition, Recipient, Stage, Step, StepKind
from core.petitions.reception import settings
from core.petitions.reckoning import ASKED, lapsed
from core.petitions.reminding import Case, Digest, Person, digests

PURPOSE = "digest"
TOKEN_BYTES = 24
_OPEN = select(Petition).where(Petition.stage == Stage.OPEN, Petition.due_on.is_not(None))


class Reminder(Base):
    """Where an official is reminded: the address of the daily message, and the hash of that of the calendar."""

    __tablename__ = "petition_reminders"

    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"), primary_key=True)
    email: Mapped[str] = mapped_column(default="")
    feed_hash: Mapped[str | None] = mapped_column(unique=True)
    last_on: Mapped[date | None]


class OfficeHead(Base):
    """Who answers for an office: what is overdue there, or due today, is told to them too."""

    __tablename__ = "office_heads"

    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))


@dataclass(frozen=True, slots=True)
class Told:
    """A digest and to whom it goes."""

    official_id: int
    name: str
    email: str
    digest: Digest


def reminder_of(session: Session, official_id: int) -> Reminder:
    """How this official is reminded; a row of its own the first time."""
    found = session.get(Reminder, official_id)
    if found is None:
        found = Reminder(official_id=official_id, email="")
        session.add(found)
        session.flush()
    return found


def set_address(session: Session, official_id: int, email: str) -> None:
    """Remind the official at this address from now on; empty, by no mail. Raises Invalid."""
    try:
        checked = address.checked(email) if email else ""
    except address.BadAddress:
        raise Invalid(N_("Escriba un correo como nombre@ejemplo.gov.co."), field="email") from None
    reminder_of(session, official_id).email = checked


def with_address(session: Session, officials: Collection[int]) -> set[int]:
    """Those of these officials who wrote where they are reminded."""
    query = select(Reminder.official_id).where(Reminder.official_id.in_(officials), Reminder.email != "")
    return set(session.scalars(query))


def open_feed(session: Session, official_id: int) -> str:
    """A new secret for the address of the official's calendar; the one before opens nothing any more."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    reminder_of(session, official_id).feed_hash = _digest(token)
    return token


def close_feed(session: Session, official_id: int) -> None:
    """No address opens the official's calendar."""
    reminder_of(session, official_id).feed_hash = None


def owner_of(session: Session, token: str) -> Official | None:
    """Whose calendar this secret opens; nobody's once they may not work on petitions."""
    found = session.scalar(
        select(Official)
        .join(Reminder, Reminder.official_id == Official.id)
        .where(Reminder.feed_hash == _digest(token), Official.active)
    )
    return found if found is not None and _works_on_petitions(found.roles) else None


def set_head(session: Session, office_id: int, official_id: int | None) -> None:
    """Say who answers for an office, or that nobody does."""
    head = session.get(OfficeHead, office_id)
    if official_id is None:
        if head is not None:
            session.delete(head)
    elif head is None:
        session.add(OfficeHead(office_id=office_id, official_id=official_id))
    else:
        head.official_id = official_id
    session.flush()


def heads(session: Session) -> dict[int, int]:
    """Who answers for each office."""
    return {head.office_id: head.official_id for head in session.scalars(select(OfficeHead))}


def in_hand(session: Session, official_id: int) -> Sequence[Petition]:
    """The open petitions that this official has in hand, by due date; never a confidential one."""
    mine = _OPEN.where(Petition.assignee_id == official_id, ~Petition.confidential)
    return session.scalars(mine.order_by(Petition.due_on, Petition.id)).all()


def due_today(session: Session, today: date, besides: Collection[int] = ()) -> list[Told]:
    """Whom to remind today and of what; nobody on a day that does not count.

    `besides`: the officials who are told something else, and get their message also without petitions.
    """
    if not is_working_day(today, calendar_of(session, None)):
        return []
    people = [_person(official, session) for official in _workers(session)]
    rows = session.scalars(_OPEN).all()
    ordinary = [row for row in rows if not row.confidential]
    cases = [*_cases(session, ordinary, today), *_lapsed(session, today)]
    found = digests(people, cases, _pressed(session, rows, today))
    reachable = session.execute(
        select(Official.id, Official.name, Reminder.email)
        .join(Reminder, Reminder.official_id == Official.id)
        .where(
            Official.id.in_({*found, *besides}),
            Official.active,
            Reminder.email != "",
            Reminder.last_on.is_distinct_from(today),
        )
        .order_by(Official.id)
    )
    return [Told(row.id, row.name, row.email, found.get(row.id, Digest())) for row in reachable]


def write(session: Session, told: Told, subject: str, text: str, at: datetime) -> bool:
    """Put the reminder of the day in the outbox, once however many processes try; whether this one did."""
    row = session.get(Reminder, told.official_id, with_for_update=True, populate_existing=True)
    if row is None or row.last_on == at.date() or not row.email:
        return False
    row.last_on = at.date()
    outbox.write(session, outbox.Mail(row.email, subject, text, PURPOSE, name=told.name), at)
    return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _works_on_petitions(roles: Iterable[str]) -> bool:
    return any(reaches(role, Permission.READ_PETITIONS) in (Reach.OFFICE, Reach.ALL) for role in roles)


def _workers(session: Session) -> list[Official]:
    everybody = session.scalars(select(Official).where(Official.active).order_by(Official.id))
    return [official for official in everybody if _works_on_petitions(official.roles)]


def _person(official: Official, session: Session) -> Person:
    offices = session.scalars(select(official_offices.c.office_id).where(official_offices.c.official_id == official.id))
    headed = session.scalars(select(OfficeHead.office_id).where(OfficeHead.official_id == official.id))
    return Person(official.id, frozenset(offices), frozenset(headed))


def _cases(session: Session, rows: Sequence[Petition], today: date) -> list[Case]:
    """Petitions as a reminder knows them."""
    set_now, near = settings(session), _Near(session, today)
    drafted = _drafted(session)
    found = []
    for row in rows:
        if row.due_on is not None:
            state = state_of_open(row.due_on, today, near.in_days(row.site_id, set_now.soon_days))
            late = row.id not in drafted and row.due_on <= near.in_days(row.site_id, set_now.draft_days)
            number, who = row.filing_number, (row.office_id, row.assignee_id)
            found.append(Case(number, row.kind, *who, row.due_on, state, late))
    return found


def _lapsed(session: Session, today: date) -> list[Case]:
    """What its person did not complete in time, by the day on which it was asked for: it may be archived (art. 17)."""
    rows = session.scalars(
        select(Petition).where(Petition.id.in_(lapsed(session, today)), ~Petition.confidential).order_by(Petition.id)
    )
    found = []
    for row in rows:
        asked = [step.on for step in row.steps if step.kind in ASKED]
        who = (row.office_id, row.assignee_id)
        found.append(Case(row.filing_number, row.kind, *who, asked[-1], State.LAPSED))
    return found


def _drafted(session: Session) -> frozenset[int]:
    return frozenset(
        session.scalars(
            select(Step.petition_id)
            .join(Petition, Petition.id == Step.petition_id)
            .where(Petition.stage == Stage.OPEN, Step.kind == StepKind.DRAFTED)
        )
    )


def _pressed(session: Session, rows: Sequence[Petition], today: date) -> list[int]:
    """The officials who are named for a confidential petition that is overdue, due today or due soon."""
    near, days = _Near(session, today), settings(session).soon_days
    hidden = [(row, row.due_on) for row in rows if row.confidential]
    pressing = [row.id for row, due in hidden if due is not None and due <= near.in_days(row.site_id, days)]
    named = select(Recipient.official_id).where(Recipient.petition_id.in_(pressing), Recipient.ended_on.is_(None))
    return list(session.scalars(named.distinct()))


class _Near:
    """The working day that comes so many after today at each site, counted once."""

    def __init__(self, session: Session, today: date) -> None:
        self._session, self._today = session, today
        self._found: dict[tuple[int, int], date] = {}

    def in_days(self, site_id: int, days: int) -> date:
        if (site_id, days) not in self._found:
            self._found[site_id, days] = soon_until(self._today, calendar_of(self._session, site_id), days)
        return self._found[site_id, days]
