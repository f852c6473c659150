"""What is due soon is told to who has it, what is late goes up to the head, and nothing says who asks or what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.mail.model import OutgoingMail
from core.petitions import ics, reckoning, reminders, steps
from core.petitions.deadlines import State
from core.petitions.model import Identity, Petition, StepKind
from core.petitions.reminding import Case, Digest, Person, digests
from tests import make

DUE = date(2026, 12, 15)
ANA, LUIS, JEFE, OTRO = 1, 2, 3, 4
PEOPLE = (
    Person(ANA, frozenset({10})),
    Person(LUIS, frozenset({10})),
    Person(JEFE, frozenset({10}), heads=frozenset({10})),
    Person(OTRO, frozenset({20})),
)


def case(number: str, state: State, assignee: int | None = ANA, *, late: bool = False, office: int = 10) -> Case:
    return Case(number, "queja", office, assignee, DUE, state, late)


def test_each_is_told_the_own_and_the_head_what_is_late() -> None:
    late, today, soon = (
        case("1", State.OVERDUE),
        case("2", State.DUE_TODAY),
        case("3", State.DUE_SOON),
    )
    calm, no_draft = case("4", State.ON_TIME), case("5", State.ON_TIME, late=True)
    nobodys = case("6", State.DUE_SOON, None)
    nobodys_late = case("7", State.OVERDUE, None)
    heads_own = case("8", State.OVERDUE, JEFE)
    found = digests(PEOPLE, (late, today, soon, calm, no_draft, nobodys, nobodys_late, heads_own), reserved=[LUIS])
    assert found == {
        ANA: Digest(mine=(late, today, soon, no_draft), unassigned=(nobodys, nobodys_late)),
        LUIS: Digest(unassigned=(nobodys, nobodys_late), reserved=True),
        JEFE: Digest(mine=(heads_own,), unassigned=(nobodys,), of_others=(late, today, nobodys_late)),
    }
    assert digests(PEOPLE, (calm,)) == {}


def in_hand(session: Session, minute: int, **more: object) -> Petition:
    petition = make.petition(session, minute, **more)
    petition.assignee_id = make.official(session, "pqrsd").id
    reckoning.reckon(session, petition, make.at(minute))
    return petition


def test_a_reminder_goes_once_a_working_day_to_who_gave_an_address_and_names_nobody(town: Session) -> None:
    clerk = make.official(town, "pqrsd")
    petition = in_hand(town, 0)
    in_hand(town, 1, identity=Identity.RESERVED)
    assert petition.due_on == DUE
    assert reminders.due_today(town, DUE) == []
    with pytest.raises(Invalid):
        reminders.set_address(town, clerk.id, "pqrsd@alcaldía")
    reminders.set_address(town, clerk.id, "pqrsd@california.example")
    assert reminders.due_today(town, DUE - timedelta(days=2)) == []
    (told,) = reminders.due_today(town, DUE)
    assert [one.state for one in told.digest.mine] == [State.DUE_TODAY]
    assert (told.digest.mine[0].late_draft, told.digest.reserved) == (True, True)
    at = make.at(22 * 24 * 60)
    assert reminders.write(town, told, "PQRSD", "texto", at)
    assert not reminders.write(town, told, "PQRSD", "texto", at)
    assert len(town.scalars(select(OutgoingMail)).all()) == 1
    assert reminders.due_today(town, at.date()) == []
    steps.add(town, petition, StepKind.DRAFTED, clerk.id, at)
    (tomorrow,) = reminders.due_today(town, DUE + timedelta(days=1))
    assert [(one.state, one.late_draft) for one in tomorrow.digest.mine] == [(State.OVERDUE, False)]


def test_the_secret_of_a_calendar_opens_only_the_own_dates_until_there_is_another(town: Session) -> None:
    clerk = make.official(town, "pqrsd")
    petition = in_hand(town, 0)
    in_hand(town, 1, identity=Identity.RESERVED)
    first = reminders.open_feed(town, clerk.id)
    assert reminders.owner_of(town, first) is clerk
    assert [row.id for row in reminders.in_hand(town, clerk.id)] == [petition.id]
    second = reminders.open_feed(town, clerk.id)
    assert (reminders.owner_of(town, first), reminders.owner_of(town, second)) == (None, clerk)
    clerk.roles = ["official"]
    assert reminders.owner_of(town, second) is None
    clerk.roles = ["petitions"]
    reminders.close_feed(town, clerk.id)
    assert reminders.owner_of(town, second) is None


def test_a_calendar_is_written_as_the_standard_asks() -> None:
    day = ics.AllDay("petition-7", date(2026, 12, 31), "Vence 2026-E-000007", "queja; reclamo, ñandú \\ " + "ó" * 60)
    text = ics.calendar("Vencimientos", [day], "https://turnos.example", make.at())
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    whole = text.replace("\r\n ", "")
    assert "DESCRIPTION:queja\\; reclamo\\, ñandú \\\\ " + "ó" * 60 in whole
    for line in ("UID:petition-7@turnos.example", "DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101"):
        assert line in lines
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert "DTSTAMP:20261123T130000Z" in lines
