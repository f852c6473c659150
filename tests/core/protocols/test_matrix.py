"""Who has to read what, until when, and who has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from core.calendar import Calendar
from core.people import confirming, deputies, staff
from core.people.model import Official
from core.protocols import actions as protocols
from core.protocols.due import Duty, RolesChanged, asked_since, due_on, own_duty
from core.protocols.matrix import Cell, Share, State, cells_of, matrix
from core.protocols.model import ProtocolVersion
from tests import make
from tests.make import PROTOCOL

MONDAY = make.OPENING.date()
NO_HOLIDAYS = Calendar(lambda _day: ())
DESK, NOBODY = frozenset({"official"}), frozenset[str]()


def days(n: int) -> date:
    return MONDAY + timedelta(days=n)


# ---------------------------------------------------------------- the rule


def test_it_is_due_so_many_working_days_after_it_rules_or_after_the_person_is_asked() -> None:
    for since, allowed, due in (
        (None, 5, days(7)),
        (days(-30), 5, days(7)),
        (days(3), 5, days(10)),
        (days(4), 1, days(7)),
        (days(5), 1, days(7)),
    ):
        assert due_on(MONDAY, since, allowed, NO_HOLIDAYS) == due, (since, allowed)


def test_who_came_to_a_role_of_the_audience_is_asked_since_then() -> None:
    hired = RolesChanged(days(1), NOBODY, DESK)
    more = RolesChanged(days(5), DESK, DESK | {"supervisor"})
    left, back = RolesChanged(days(6), DESK, frozenset({"mayor"})), RolesChanged(days(9), frozenset({"mayor"}), DESK)
    for changes, since in (([], None), ([hired], days(1)), ([hired, more], days(1)), ([hired, left, back], days(9))):
        assert own_duty(DESK, ["official", "petitions"], changes) == Duty(DESK, since), changes


def test_of_several_duties_the_earliest_counts_and_one_since_ever_before_all() -> None:
    own, other = Duty(DESK, days(9)), Duty(frozenset({"petitions"}), days(4))
    for duties, said in (
        ([], (False, None)),
        ([Duty(frozenset({"mayor"}), None)], (False, None)),
        ([own], (True, days(9))),
        ([own, other], (True, days(4))),
        ([own, other, Duty(DESK, None)], (True, None)),
        ([own, Duty(frozenset({"mayor"}), days(1))], (True, days(9))),
    ):
        assert asked_since(["official", "petitions"], duties) == said, duties


# ---------------------------------------------------------------- the table


def cell(session: Session, official: Official, version: ProtocolVersion, today: date) -> Cell:
    return {found.id: cell for found, cell in cells_of(session, official.id, today)}[version.id]


def test_each_is_pending_then_late_and_read_from_the_day_on_which_it_was_read(session: Session) -> None:
    version = make.protocol(session)
    reader, other = make.official(session), make.official(session, "ventanilla2")
    assert cell(session, reader, version, days(7)) == Cell(State.PENDING, days(7), 1)
    assert cell(session, reader, version, days(8)) == Cell(State.LATE, days(7), 1)
    protocols.note_read(session, version, reader.id, [1], make.at(1))
    assert cell(session, reader, version, days(8)) == Cell(State.LATE, days(7), 1, 0, 1)
    protocols.note_read(session, version, reader.id, [0], make.at(2))
    assert cell(session, reader, version, days(8)) == Cell(State.READ, MONDAY, 1, 0, 2)
    found = matrix(session, days(8))
    assert [official.username for official in found.officials] == [f"ventanilla{n}" for n in (1, 3, 2, 4)]
    assert found.share([version], found.officials) == Share(read=1, asked=4, late=3)
    assert found.share([version], [other]) == Share(read=0, asked=1, late=1)
    assert matrix(session, days(8), site_id=999).officials == []


def test_a_holiday_and_a_day_that_an_act_closes_give_one_more_day(session: Session) -> None:
    make.closed(session, days(1), "Decreto 30", affects_terms=True)
    version = make.protocol(session)
    assert cell(session, make.official(session), version, MONDAY).day == days(8)


def test_a_new_version_is_read_again_and_a_withdrawn_one_is_asked_of_nobody(session: Session) -> None:
    version, reader = make.protocol(session), make.official(session)
    protocols.note_read(session, version, reader.id, [0], make.at(1))
    writer, approver = make.official(session, "supervision").id, make.official(session, "administracion").id
    draft = protocols.begin_version(session, version.protocol_id, writer, make.at(2))
    protocols.save(session, version.protocol_id, replace(PROTOCOL, quiz=()), 1, writer, make.at(2))
    protocols.ask_review(session, version.protocol_id, writer, make.at(2))
    approval = protocols.Approval(act="Resolución 13 de 2026", valid_from=days(2), days_to_read=1)
    protocols.approve(session, version.protocol_id, draft.saving, approval, approver, make.at(2))
    assert cell(session, reader, version, days(1)).state == State.READ
    assert cell(session, reader, draft, days(2)) == Cell(State.PENDING, days(3))
    protocols.withdraw(session, version.protocol_id, 2, "Ya no se usa.", approver, make.at(2 * 24 * 60))
    assert cells_of(session, reader.id, days(2)) == []
    assert protocols.to_read(session, reader, days(2)) == []


def test_who_is_not_asked_may_read_it_and_does_not_count(session: Session) -> None:
    version, mayor = make.protocol(session), make.official(session, "ventanilla4")
    mayor.roles = ["mayor"]
    assert cell(session, mayor, version, MONDAY) == Cell(State.NOT_ASKED)
    protocols.note_read(session, version, mayor.id, [0], make.at(1))
    assert cell(session, mayor, version, MONDAY).state == State.NOT_ASKED
    found = matrix(session, MONDAY)
    assert mayor not in found.officials
    assert found.share([version], found.officials) == Share(0, 3, 0)
    make.official(session, "ventanilla3").active = False
    assert len(matrix(session, MONDAY).officials) == 2


def test_who_comes_to_the_role_later_has_the_same_days_from_then_on(session: Session) -> None:
    """Hired, given the role, confirmed by a second person, back after having left, or standing in for another."""
    version = make.protocol(session, audience=["official", "supervisor"])
    place, by = make.site(session).id, make.official(session, "administracion")
    later = make.at(4 * 24 * 60)
    new, _password = staff.hire(session, place, "nueva", "Nueva", ["official"], (), by.id, later)
    pqrsd, government = make.official(session, "pqrsd"), make.official(session, "gobierno")
    staff.change_duties(session, place, pqrsd.id, pqrsd.name, ["official"], (), by.id, later)
    gone = make.official(session, "ventanilla3")
    gone.active = False
    staff.give_access(session, place, gone.id, by.id, later)
    lasts, stood_for = (days(4), days(20)), make.official(session)
    deputies.appoint(session, government, stood_for, ["official"], lasts, "Res. 1", by.id, make.at(), valid=True)
    raised = make.official(session, "ventanilla2")
    raised.roles = ["planning"]
    make.official(session, "ventanilla4").roles = ["control"]
    proposal = staff.change_duties(session, place, raised.id, raised.name, ["supervisor"], (), by.id, make.at())
    assert proposal is not None
    confirming.confirm(session, place, proposal.id, make.official(session, "ventanilla4").id, later)
    for one in (new, pqrsd, gone, government, raised):
        assert cell(session, one, version, days(4)) == Cell(State.PENDING, days(11), 1), one.username
    assert cell(session, stood_for, version, days(4)).day == days(7)
    assert cell(session, government, version, days(21)).state == State.NOT_ASKED
    assert cell(session, government, version, days(3)).state == State.NOT_ASKED


def test_the_table_is_told_office_by_office(session: Session) -> None:
    version = make.protocol(session, audience=["petitions", "official"])
    found = matrix(session, MONDAY)
    names = {name: len(people) for name, people in found.offices.items()}
    assert names.pop("") == 4
    assert sum(names.values()) == 2
    for people in found.offices.values():
        assert found.share([version], people) == Share(0, len(people), 0)
