"""Nobody finds a petition that is not theirs, and a reserved one only the officials who are named for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Office
from core.people.rights import PEOPLE
from core.petitions import filing, finding
from core.petitions.model import Identity, Recipient
from tests import make


@dataclass(frozen=True)
class Reader:
    id: int
    roles: tuple[str, ...]
    offices: frozenset[int] = frozenset()


def seen(session: Session, reader: Reader, petitions: Iterable[int]) -> list[bool]:
    found = []
    for petition in petitions:
        try:
            finding.petition_for(session, reader, petition)
            found.append(True)
        except finding.NotYours:
            found.append(False)
    return found


def test_each_role_finds_the_petitions_that_the_matrix_gives_it(town: Session) -> None:
    offices = {office.code: office.id for office in town.scalars(select(Office))}
    desk, other = offices["front-desk"], offices["social"]
    clerk, control = make.official(town, "pqrsd").id, make.official(town, "gobierno").id
    own, foreign = make.petition(town).id, make.petition(town, office_id=other).id
    in_hand = make.petition(town, office_id=other)
    in_hand.assignee_id = clerk
    reserved = make.petition(town, identity=Identity.RESERVED).id
    corruption = make.petition(town, kind=filing.CORRUPTION).id
    for petition in (reserved, corruption):
        town.get_one(Recipient, (petition, clerk)).ended_on = make.at().date()
        town.add(Recipient(petition_id=petition, official_id=control, since=make.at().date()))
    cases = own, foreign, in_hand.id, reserved, corruption
    expected = {role: [False] * 5 for role in PEOPLE}
    expected["petitions"] = [True, False, True, False, False]
    expected["control"] = [True] * 5
    for role, finds in expected.items():
        who = control if role == "control" else clerk
        assert seen(town, Reader(who, (role,), frozenset({desk})), cases) == finds, role
    town.get_one(Recipient, (reserved, control)).ended_on = make.at().date()
    assert seen(town, Reader(control, ("control",)), cases) == [True, True, True, False, True]
    town.get_one(Recipient, (reserved, clerk)).ended_on = None
    assert seen(town, Reader(clerk, ("petitions",), frozenset({other})), cases) == [False, True, True, True, False]
    assert seen(town, Reader(clerk, ("administrator",)), cases) == [False] * 5


def test_what_is_not_yours_is_answered_as_what_does_not_exist(town: Session) -> None:
    petition = make.petition(town)
    answers = []
    for number in (petition.id, 999_999):
        with pytest.raises(finding.NotYours) as refused:
            finding.petition_for(town, Reader(1, ("supervisor",)), number)
        answers.append((refused.value.message, refused.value.status))
    assert answers[0] == answers[1]
