"""The tray shows what an official may read, in the order of its terms, and finds it by its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.petitions import clarifying, inbox, reminders, replies, search
from core.petitions.deadlines import State
from core.petitions.facts import Ground
from core.petitions.filing import Person
from core.petitions.inbox import Asked, Order, Scope
from core.petitions.model import Identity, Petition, Stage
from core.petitions.reckoning import reckon
from tests import make
from tests.core.petitions.test_finding import Reader

TODAY = make.at().date()
SOON = TODAY + timedelta(days=3)


def reader(session: Session, username: str) -> Reader:
    who = make.official(session, username)
    return Reader(who.id, tuple(who.roles), frozenset({who.office_id} - {None}))


def came(session: Session, minute: float = 0, due: int | None = None, **more: object) -> Petition:
    petition = make.petition(session, minute, **more)
    reckon(session, petition, make.at(minute))
    if due is not None:
        petition.due_on = TODAY + timedelta(days=due)
    session.flush()
    return petition


def test_the_tray_counts_each_state_once_and_filters_by_all_that_it_offers(town: Session) -> None:
    who = reader(town, "pqrsd")
    late, now, soon, fine = (came(town, n, due) for n, due in enumerate((-1, 0, 2, 9)))
    waiting = came(town, 5)
    waiting.suspended, waiting.due_on = True, None
    ended = came(town, 6, -2)
    ended.stage, ended.stage_on = Stage.ANSWERED, TODAY
    foreign = came(town, 7, 1)
    foreign.office_id = make.official(town, "gobierno").office_id
    hidden = came(town, 8, identity=Identity.RESERVED)
    fine.assignee_id, fine.priority = who.id, "danger"
    town.flush()
    every = Asked(scope=Scope.OFFICE, site_id=make.site(town).id)
    found = inbox.counts(town, who, every, TODAY, SOON)
    assert {state.value: n for state, n in found.items() if n} == {
        "overdue": 1,
        "due today": 1,
        "due soon": 1,
        "on time": 1,
        "suspended": 1,
    }
    for asked, expected in (
        (every, [fine, late, now, soon, waiting]),
        (replace(every, state="due today"), [now]),
        (replace(every, state="overdue"), [late]),
        (replace(every, state="suspended"), [waiting]),
        (replace(every, state="answered"), [ended]),
        (replace(every, order=Order.NEWEST), [waiting, fine, soon, now, late]),
        (replace(every, order=Order.OLDEST, nobody=True), [late, now, soon, waiting]),
        (replace(every, due_from=TODAY, due_until=SOON), [now, soon]),
        (replace(every, kind="queja"), []),
        (replace(every, channel="web", assignee_id=who.id), [fine]),
        (replace(every, page=2), []),
        (replace(every, scope=Scope.MINE), [fine]),
        (replace(every, scope=Scope.NAMED), [hidden]),
    ):
        tray = inbox.look(town, who, asked, TODAY, SOON)
        assert [one.id for one in tray.petitions] == [one.id for one in expected], asked
    states = [inbox.state_of(one, TODAY, SOON) for one in (late, now, soon, fine, waiting, ended)]
    assert states == [
        State.OVERDUE,
        State.DUE_TODAY,
        State.DUE_SOON,
        State.ON_TIME,
        State.SUSPENDED,
        State.ANSWERED_LATE,
    ]
    government = reader(town, "gobierno")
    assert [one.id for one in inbox.look(town, government, every, TODAY, SOON).petitions] == [foreign.id]


def test_a_petition_is_found_by_number_name_document_and_words_without_accents(town: Session) -> None:
    who, asked = reader(town, "pqrsd"), Asked(scope=Scope.OFFICE, site_id=make.site(town).id)
    person = Person(name="Íñigo Ñáñez Peña", document_number="63400100", email="i@ejemplo.co")
    petition = came(town, subject="El acueducto", text="La presión está bajísima", person=person)
    came(town, 1, subject="Otro", text="El puente", person=Person(name="Ana"))
    came(town, 2, identity=Identity.RESERVED, text="presion secreta", person=person)
    for words, found in (
        ("presión", 1), ("PRESION", 1), ("presi", 1), ("inigo nanez", 1), ("ñáñez", 1), ("63400100", 1),
        ("acueducto presión", 1),
        ("acueducto puente", 0), ("2026-E-000001", 1), ("2026 1", 1), ("2026-000001", 1), ("secreta", 0),
        ('"', 2), ("presion* OR puente", 0), ("'; DROP", 0), ("a:b NEAR(", 0),
    ):  # fmt: skip
        tray = inbox.look(town, who, replace(asked, words=words), TODAY, SOON)
        assert len(tray.petitions) == found, words
        if found == 1:
            assert tray.petitions[0].id == petition.id, words
    search.forget(town, petition)
    assert inbox.look(town, who, replace(asked, words="presion"), TODAY, SOON).petitions == []
    assert town.scalars(select(search.PetitionWords.petition_id)).all()


def test_words_leave_with_the_filing_that_failed(town: Session) -> None:
    town.commit()
    came(town, text="irrepetible")
    town.rollback()
    found = search.matching(town, "irrepetible")
    assert found is not None
    assert town.scalars(select(Petition.id).where(found)).all() == []


def test_a_reply_waits_only_for_who_may_approve_it(town: Session) -> None:
    petition, other = came(town), came(town, 1)
    writer, second = make.official(town, "pqrsd").id, make.colleague(town)
    mayor = make.official(town, "ventanilla1")
    mayor.roles = ["mayor"]
    town.flush()
    replies.save(town, petition, make.draft(), 0, writer, make.at(2))
    replies.ask_review(town, petition, mayor.id, writer, make.at(2))
    replies.save(town, other, make.draft(), 0, writer, make.at(2))
    replies.ask_review(town, other, None, writer, make.at(2))
    for username, expected in (("ventanilla1", [petition]), ("ventanilla4", [other]), ("gobierno", [])):
        who = reader(town, username)
        assert [row.petition_id for row in inbox.to_approve(town, who)] == [one.id for one in expected], username
    assert replies.petition_to_review(town, reader(town, "ventanilla1"), petition.id) == petition
    for username, case in (("ventanilla1", other), ("gobierno", petition)):
        with pytest.raises(replies.NotYours):
            replies.petition_to_review(town, reader(town, username), case.id)
    assert second.id


def test_what_its_person_did_not_complete_in_time_is_a_state_of_its_own_and_reminded_to_who_has_it(
    town: Session,
) -> None:
    who, at = reader(town, "pqrsd"), make.at() + timedelta(days=42)
    lapsed, waits = came(town), came(town, 1)
    clarifying.ask(town, lapsed, Ground.INCOMPLETE, "El número del predio", who.id, make.at(2))
    clarifying.ask(town, waits, Ground.INCOMPLETE, "El número del predio", who.id, make.at(3))
    clarifying.give_longer(town, waits, make.at().date(), who.id, make.at(4))
    lapsed.assignee_id = who.id
    reminders.set_address(town, who.id, "pqrsd@alcaldia.example")
    day, soon = at.date(), at.date() + timedelta(days=3)
    every = Asked(scope=Scope.OFFICE, site_id=make.site(town).id)
    found = inbox.counts(town, who, every, day, soon)
    assert (found[State.LAPSED], found[State.SUSPENDED]) == (1, 1)
    tray = inbox.look(town, who, replace(every, state="lapsed"), day, soon)
    assert [inbox.state_of(one, day, soon, tray.lapsed) for one in tray.petitions] == [State.LAPSED]
    [told] = reminders.due_today(town, day)
    assert [(case.number, case.state) for case in told.digest.mine] == [(lapsed.filing_number, State.LAPSED)]
