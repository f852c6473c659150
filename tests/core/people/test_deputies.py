"""Encargos begin and end by themselves, count at once, and never give one person two hats."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Office
from core.errors import Invalid
from core.people import actions as people
from core.people import confirming, deputies, staff
from core.people.actions import SignedIn
from core.people.confirming import NotYourself
from core.people.model import Deputy, Official
from core.people.rights import Permission, TwoHats
from tests import make
from tests.core.people.test_confirming import give

at = make.at
TODAY = make.OPENING.date()
DAY = timedelta(days=1)


@pytest.fixture
def administrator(town: Session) -> Official:
    return make.official(town, "administracion")


def appoint(
    session: Session,
    *roles: str,
    starts: date = TODAY,
    ends: date = TODAY,
    whom: str = "ventanilla1",
    of: str = "supervision",
) -> Deputy:
    by = make.official(session, "administracion").id
    official, other = make.official(session, whom), make.official(session, of)
    staff.appoint(session, 1, official.id, other.id, roles, (starts, ends), "Resolución 7", by, at())
    return deputies.of_official(session, official.id, starts)[-1]


def seen(session: Session, days: int = 0, username: str = "ventanilla1") -> SignedIn:
    """The official as the system sees them so many days later, at the same hour."""
    when = at() + days * DAY
    token = people.sign_in(session, make.official(session, username), "Firefox", when)
    session.flush()
    who = people.signed_in(session, token, when)
    assert who is not None
    return who


def test_an_encargo_counts_from_its_first_day_to_its_last_and_ends_by_itself(town: Session) -> None:
    appoint(town, "supervisor", starts=TODAY + DAY, ends=TODAY + 3 * DAY)
    assert [seen(town, day).may(Permission.SUPERVISE) for day in range(5)] == [False, True, True, True, False]
    assert all(seen(town, day).may(Permission.ATTEND) for day in range(5)), "the own role stays"


def test_an_encargo_counts_at_once_and_is_over_at_once(town: Session, administrator: Official) -> None:
    token = people.sign_in(town, make.official(town), "Firefox", at())
    town.flush()

    def supervises() -> bool:
        who = people.signed_in(town, token, at(1))
        assert who is not None
        return who.may(Permission.SUPERVISE)

    assert not supervises()
    deputy = appoint(town, "supervisor", ends=TODAY + 5 * DAY)
    assert supervises()
    deputies.end(town, 1, deputy.id, administrator.id, at(1))
    town.flush()
    assert not supervises()


def test_an_encargo_with_elevated_roles_waits_for_a_second_person(town: Session) -> None:
    control = give(town, "ventanilla4", "control")
    appoint(town, "supervisor")
    assert not seen(town).may(Permission.SUPERVISE)
    (proposal,) = confirming.waiting(town, 1, at(1))
    confirming.confirm(town, 1, proposal.id, control.id, at(1))
    town.flush()
    assert seen(town).may(Permission.SUPERVISE)


def test_an_encargo_that_is_not_confirmed_is_over(town: Session, administrator: Official) -> None:
    control = give(town, "ventanilla4", "control")
    deputy = appoint(town, "supervisor", ends=TODAY + DAY)
    (proposal,) = confirming.waiting(town, 1, at(1))
    confirming.refuse(town, 1, proposal.id, control.id, at(1))
    assert deputies.of_official(town, deputy.official_id, TODAY) == []
    assert not seen(town).may(Permission.SUPERVISE)


def test_an_encargo_without_them_waits_for_nobody(town: Session) -> None:
    give(town, "ventanilla4", "control")
    appoint(town, "official", whom="supervision", of="ventanilla1")
    assert seen(town, username="supervision").may(Permission.ATTEND)


def test_the_office_of_a_role_comes_with_the_encargo(town: Session) -> None:
    replaced = give(town, "supervision", "petitions")
    mine, theirs = town.scalars(select(Office).limit(2))
    replaced.office, make.official(town).office = theirs, mine
    office_id = theirs.id
    appoint(town, "petitions")
    who = seen(town)
    assert who.offices == {office_id}, "the own office is of no role that reaches one"
    assert who.may_in(Permission.READ_PETITIONS, office_id)
    assert not who.may_in(Permission.READ_PETITIONS, mine.id)
    assert not who.may_in(Permission.CONFIGURE, office_id)


def test_nobody_administers_and_controls_not_even_for_a_day(town: Session) -> None:
    give(town, "ventanilla1", "administrator")
    give(town, "ventanilla2", "control")
    with pytest.raises(TwoHats):
        appoint(town, "control", of="ventanilla2")
    give(town, "ventanilla1", "official")
    give(town, "ventanilla3", "administrator")
    appoint(town, "control", of="ventanilla2", starts=TODAY + 2 * DAY, ends=TODAY + 3 * DAY)
    with pytest.raises(TwoHats):
        appoint(town, "administrator", of="ventanilla3")


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("roles", {"roles": ["control"]}),
        ("roles", {"roles": []}),
        ("stands_for", {"of": "ventanilla1"}),
        ("ends", {"starts": TODAY, "ends": TODAY - DAY}),
        ("ends", {"starts": TODAY - 3 * DAY, "ends": TODAY - DAY}),
        ("ends", {"starts": TODAY, "ends": TODAY + 367 * DAY}),
    ],
    ids=str,
)
def test_an_encargo_that_cannot_be_names_what_to_mend(town: Session, field: str, asked: dict[str, object]) -> None:
    asked = {"roles": ["supervisor"] if "of" not in asked else ["official"], **asked}
    roles = asked.pop("roles")
    with pytest.raises(Invalid) as refusal:
        appoint(town, *roles, **asked)  # type: ignore[arg-type, misc]
    assert refusal.value.field == field


def test_nobody_gives_an_encargo_to_themselves(town: Session) -> None:
    with pytest.raises(NotYourself):
        appoint(town, "supervisor", whom="administracion")
