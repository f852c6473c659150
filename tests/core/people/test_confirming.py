"""Elevated roles are given by one person and confirmed by another, and nobody gives them to themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from core.db import transaction
from core.errors import Missing
from core.people import confirming, staff
from core.people.confirming import GOOD_FOR, AnotherPerson, Decided, LastAdministrator, NotYourself
from core.people.model import Official
from core.people.rights import TwoHats
from core.web.database import db
from tests import make

at = make.at


def give(session: Session, username: str, *roles: str) -> Official:
    official = make.official(session, username)
    official.roles = list(roles)
    session.flush()
    return official


def ask(session: Session, whom: Official, *roles: str, by: Official, minute: float = 0) -> int | None:
    """Rewrite the roles; the number of the proposal if it waits."""
    proposal = staff.change_duties(session, 1, whom.id, whom.name, roles, [], by.id, at(minute))
    return proposal.id if proposal else None


@pytest.fixture
def administrator(town: Session) -> Official:
    return make.official(town, "administracion")


@pytest.fixture
def control(town: Session) -> Official:
    return give(town, "ventanilla4", "control")


def test_the_first_administrator_of_an_office_decides_alone(town: Session, administrator: Official) -> None:
    somebody = make.official(town, "ventanilla1")
    assert ask(town, somebody, "supervisor", by=administrator) is None
    assert somebody.roles == ["supervisor"]


@pytest.mark.parametrize("role", ["administrator", "control", "supervisor"])
def test_an_elevated_role_waits_until_a_second_person_confirms_it(
    town: Session, administrator: Official, control: Official, role: str
) -> None:
    somebody = make.official(town, "ventanilla1")
    asked = ask(town, somebody, "official" if role == "supervisor" else "planning", role, by=administrator)
    assert asked is not None
    assert somebody.roles == ["official"]
    confirming.confirm(town, 1, asked, control.id, at(1))
    assert role in somebody.roles


def test_roles_that_are_not_elevated_wait_for_nobody(town: Session, administrator: Official, control: Official) -> None:
    somebody = make.official(town, "ventanilla1")
    assert ask(town, somebody, "official", "planning", by=administrator) is None
    assert ask(town, somebody, "mayor", by=administrator) is None
    assert somebody.roles == ["mayor"]


def test_neither_who_proposed_nor_who_would_be_raised_confirms(
    town: Session, administrator: Official, control: Official
) -> None:
    other = give(town, "ventanilla1", "administrator")
    asked = ask(town, other, "administrator", "supervisor", by=administrator)
    assert asked is not None
    for one in (administrator, other):
        with pytest.raises(AnotherPerson):
            confirming.confirm(town, 1, asked, one.id, at(1))
    assert other.roles == ["administrator"]


def test_nobody_raises_themselves_also_where_there_is_no_second_person(town: Session, administrator: Official) -> None:
    with pytest.raises(NotYourself):
        ask(town, administrator, "administrator", "supervisor", by=administrator)
    assert administrator.roles == ["administrator"]


def test_the_second_person_cannot_be_put_aside_first(town: Session, administrator: Official, control: Official) -> None:
    asked = ask(town, control, "official", by=administrator)
    assert asked is not None
    assert control.roles == ["control"]
    staff.take_access(town, 1, control.id, administrator.id, at())
    somebody = make.official(town, "ventanilla1")
    assert ask(town, somebody, "administrator", by=administrator) is not None
    confirming.confirm(town, 1, asked, control.id, at(1))
    assert control.roles == ["official"], "who loses a role may agree to it"


def test_one_gives_up_the_own_role_alone(town: Session, administrator: Official, control: Official) -> None:
    give(town, "ventanilla1", "administrator")
    assert ask(town, administrator, "mayor", by=administrator) is None


def test_a_new_account_has_until_then_only_what_is_not_elevated(
    town: Session, administrator: Official, control: Official
) -> None:
    hired, _password = staff.hire(
        town, 1, "maria.rojas", "María", ["planning", "supervisor"], [], administrator.id, at()
    )
    assert hired.roles == ["planning"]
    (proposal,) = confirming.waiting(town, 1, at(1))
    confirming.confirm(town, 1, proposal.id, control.id, at(1))
    assert hired.roles == ["planning", "supervisor"]


def test_a_proposal_is_decided_once_and_is_over_after_a_week(
    town: Session, administrator: Official, control: Official
) -> None:
    somebody = make.official(town, "ventanilla1")
    asked = ask(town, somebody, "supervisor", by=administrator)
    assert asked is not None
    week = at() + GOOD_FOR
    assert confirming.waiting(town, 1, week - timedelta(seconds=1))
    assert not confirming.waiting(town, 1, week)
    with pytest.raises(Decided):
        confirming.confirm(town, 1, asked, control.id, week)
    confirming.refuse(town, 1, asked, control.id, at(2))
    with pytest.raises(Decided):
        confirming.confirm(town, 1, asked, control.id, at(3))
    assert somebody.roles == ["official"]


def test_a_newer_proposal_replaces_the_older(town: Session, administrator: Official, control: Official) -> None:
    somebody = make.official(town, "ventanilla1")
    older = ask(town, somebody, "administrator", by=administrator)
    newer = ask(town, somebody, "supervisor", by=administrator, minute=1)
    assert [proposal.id for proposal in confirming.waiting(town, 1, at(2))] == [newer]
    assert older is not None
    with pytest.raises(Decided):
        confirming.confirm(town, 1, older, control.id, at(2))


def test_what_is_not_lawful_any_more_when_it_is_confirmed_is_not_done(
    town: Session, administrator: Official, control: Official
) -> None:
    somebody = make.official(town, "ventanilla1")
    asked = ask(town, somebody, "administrator", by=administrator)
    assert asked is not None
    staff.appoint(
        town, 1, somebody.id, control.id, ["control"], (at().date(), at().date()), "Acto", administrator.id, at()
    )
    with pytest.raises(TwoHats):
        confirming.confirm(town, 1, asked, control.id, at(1))
    lowered = ask(town, administrator, "planning", by=give(town, "ventanilla2", "administrator"))
    assert lowered is not None
    give(town, "ventanilla2", "official")
    with pytest.raises(LastAdministrator):
        confirming.confirm(town, 1, lowered, control.id, at(1))


def test_a_proposal_of_another_site_does_not_exist(town: Session, administrator: Official, control: Official) -> None:
    asked = ask(town, make.official(town, "ventanilla1"), "supervisor", by=administrator)
    assert asked is not None
    with pytest.raises(Missing):
        confirming.confirm(town, 2, asked, control.id, at(1))
    assert confirming.waiting(town, 2, at(1)) == []


def test_a_role_of_one_office_needs_its_office(town: Session, administrator: Official) -> None:
    somebody = make.official(town, "ventanilla1")
    with pytest.raises(Exception, match="dependencia") as refusal:
        ask(town, somebody, "petitions", by=administrator)
    assert refusal.value.field == "office"  # type: ignore[attr-defined]
    office_id = make.service(town).office_id
    staff.change_duties(town, 1, somebody.id, "X", ["petitions"], [], administrator.id, at(), office_id)
    assert (somebody.roles, somebody.office_id) == (["petitions"], office_id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_nobody_else_is_left_whoever_has_the_server_confirms(app: Flask) -> None:
    def run(*asked: str) -> Result:
        return app.test_cli_runner().invoke(args=["people", "confirm", *asked])

    with app.app_context(), transaction(db.session) as session:
        give(session, "ventanilla4", "control").active = False
        somebody, administrator = make.official(session), make.official(session, "administracion")
        proposal = staff.change_duties(session, 1, somebody.id, "X", ["supervisor"], [], administrator.id, at(60))
        assert proposal is not None
        number = proposal.id
    assert "ventanilla1" in run().output
    assert run("999").exit_code != 0
    assert run(str(number)).exit_code == 0
    with app.app_context():
        assert make.official(db.session(), "ventanilla1").roles == ["supervisor"]
    assert run(str(number)).exit_code != 0
