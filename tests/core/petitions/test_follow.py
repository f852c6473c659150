"""A person follows, completes, withdraws and appeals their own petition, and an anonymous one leaves no hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from core.audit.model import Entry
from core.errors import Invalid, Refused
from core.events import Who
from core.petitions import delivering, filing, finding, follow, messages, steps
from core.petitions.filing import file
from core.petitions.model import Identity, Petition, Stage, StepKind
from tests import make


def refused(kind: type[Refused], act: Callable[..., object], *args: object) -> None:
    with pytest.raises(kind):
        act(*args)


def answered(session: Session, petition: Petition, minute: float = 5) -> None:
    make.signed(session, petition, make.at(minute))
    follow.open_answer(session, petition, make.at(minute))
    session.refresh(petition)


def answered_in_sight(session: Session, petition: Petition) -> None:
    """An official proves that the answer to an anonymous person was in sight."""
    make.signed(session, petition, make.at(5))
    [waiting] = delivering.of_petition(session, petition)
    proof, by = delivering.Proof(make.at().date(), "Publicada"), make.official(session, "pqrsd").id
    delivering.deliver(session, petition, waiting, proof, by, make.at(5))
    session.refresh(petition)


def test_number_and_code_open_a_petition_together_and_whatever_is_wrong_costs_the_same(town: Session) -> None:
    filed = file(town, make.received(), Who("citizen"), make.at())
    other = file(town, make.received(), Who("citizen"), make.at())
    asked: list[str] = []
    event.listen(town.get_bind(), "before_cursor_execute", lambda *said: asked.append(said[2]))
    spoken = filed.number.replace("-E-000", " e ")
    for number in (filed.number, f" {filed.number.lower()} ", spoken):
        assert follow.opened_by(town, number, filed.code.lower()) == filed.petition_id
    wrong = (other.number, filed.code), (filed.number, other.code), ("2026-E-999999", filing.new_code())
    for number, code in (*wrong, ("", filed.code), (filed.number, ""), ("٢٠٢٦-E-٠٠٠٠٠١", filed.code)):
        assert follow.opened_by(town, number, code) is None, number
    assert len(set(asked)) == 1
    assert len(asked) == 9


def test_the_code_is_typed_back_from_paper_as_a_person_types(town: Session) -> None:
    code = filing.new_code()
    kept = filing.code_hash(code)
    assert follow.typed_back(kept, f" {code.lower().replace('-', ' ')}")
    assert not follow.typed_back(kept, code[:-1])
    assert not follow.typed_back(kept, filing.new_code())


def test_what_is_asked_is_completed_once_and_one_month_more_is_asked_once_before_it_ends(town: Session) -> None:
    petition, by = make.petition(town), make.official(town, "pqrsd").id
    refused(follow.NotNow, follow.complete, town, petition, "Aquí está", make.at(1))
    refused(follow.NotNow, follow.ask_longer, town, petition, make.at(1))
    asked = steps.add(town, petition, StepKind.CLARIFICATION_ASKED, by, make.at(2), text="¿Qué andén?")
    town.refresh(petition)
    may = follow.choices(town, petition, asked.on)
    assert (may.asked, may.asked_until, may.longer) == (asked, date(2026, 12, 23), True)
    last = make.at() + timedelta(days=30)
    assert follow.choices(town, petition, last.date()).longer
    assert not follow.choices(town, petition, date(2026, 12, 24)).longer
    follow.ask_longer(town, petition, last)
    assert petition.suspended
    assert follow.choices(town, petition, date(2027, 1, 20)).asked_until == date(2027, 1, 25)
    refused(follow.NotNow, follow.ask_longer, town, petition, last)
    refused(Invalid, follow.complete, town, petition, " ", last)
    assert follow.complete(town, petition, "El de la calle 3", last).kind == StepKind.CLARIFIED
    assert (follow.asked_of(petition), petition.suspended) == (None, False)
    steps.add(town, petition, StepKind.CORRECTION_ASKED, by, last, text="No se entiende")
    town.refresh(petition)
    assert follow.choices(town, petition, last.date()).longer is False
    assert follow.complete(town, petition, "Quiero el andén", last).kind == StepKind.CORRECTED


def test_an_open_petition_is_withdrawn_and_an_answered_one_is_not(town: Session) -> None:
    petition = make.petition(town)
    follow.withdraw(town, petition, "", make.at(1))
    assert petition.stage == Stage.WITHDRAWN
    refused(follow.NotNow, follow.withdraw, town, petition, "", make.at(2))
    assert follow.choices(town, petition, make.at().date()).may_write
    annulled = make.petition(town)
    filing.annul(town, annulled, "Repetido", make.official(town, "pqrsd").id, make.at(1))
    refused(Refused, follow.write, town, annulled, "Hola", make.at(2))


def test_an_appeal_is_a_petition_of_its_own_as_confidential_as_that_which_it_goes_on_from(town: Session) -> None:
    cases = (
        {},
        {"identity": Identity.ANONYMOUS, "person": filing.NOBODY},
        {"identity": Identity.RESERVED},
        {"kind": filing.CORRUPTION},
    )
    for more in cases:
        petition = make.petition(town, **more)
        refused(follow.NotNow, follow.appeal, town, petition, "No estoy de acuerdo", make.at(4))
        answered(town, petition) if petition.identity != Identity.ANONYMOUS else answered_in_sight(town, petition)
        until = follow.choices(town, petition, make.at().date()).appeal_until
        assert until == date(2026, 12, 7)
        filed = follow.appeal(town, petition, "No estoy de acuerdo", make.at(6))
        after = town.get_one(Petition, filed.petition_id)
        assert (after.kind, after.repeats_id, after.identity) == ("recurso", petition.id, petition.identity)
        assert after.confidential == petition.confidential
        assert (after.due_on, after.told_on) == (date(2027, 1, 25), date(2027, 1, 25))
        assert finding.words_of(after)[1] == "No estoy de acuerdo"
        assert (follow._person_of(after).name == make.PERSON.name) == (petition.identity != Identity.ANONYMOUS)
        late = make.at() + timedelta(days=15)
        refused(follow.NotNow, follow.appeal, town, petition, "Tarde", late)


def test_only_what_was_denied_of_information_may_be_insisted_on(town: Session) -> None:
    complaint, copies = make.petition(town, kind="queja"), make.petition(town, kind="documentos")
    for petition in (complaint, copies):
        answered(town, petition)
    refused(follow.NotNow, follow.insist, town, complaint, "Insisto", make.at(6))
    assert follow.insist(town, copies, "Insisto", make.at(6)).kind == StepKind.INSISTED


def test_what_an_anonymous_person_does_keeps_its_day_and_leaves_nothing_in_the_trail(town: Session) -> None:
    petition = make.petition(town, identity=Identity.ANONYMOUS, person=filing.NOBODY)
    before = town.scalars(select(Entry.seq)).all()
    follow.write(town, petition, "¿Cómo va?", make.at(3))
    messages.write(town, petition, "Va bien", make.official(town, "pqrsd").id, make.at(4))
    follow.withdraw(town, petition, "Ya no", make.at(5))
    town.commit()
    town.refresh(petition)
    assert [step.at for step in petition.steps if step.by is None] == [None, None, None]
    assert town.scalars(select(Entry.seq)).all() == before
    assert follow.kept_hour(petition, make.at(63)) == make.at(-8 * 60)
    identified = make.petition(town)
    follow.write(town, identified, "¿Cómo va?", make.at(3))
    town.commit()
    assert len(town.scalars(select(Entry.seq)).all()) == len(before) + 2
    assert follow.kept_hour(identified, make.at(63)) == make.at(63)


def test_an_answer_reaches_who_opens_it_that_day_and_of_an_anonymous_reader_nothing_is_noted(town: Session) -> None:
    cases = ((make.petition(town), 1), (make.petition(town, identity=Identity.ANONYMOUS, person=filing.NOBODY), 0))
    for petition, noted in cases:
        refused(follow.NotNow, follow.open_answer, town, petition, make.at(1))
        make.signed(town, petition, make.at(2))
        town.refresh(petition)
        assert follow.answer_waits(town, petition) == bool(noted)
        assert len(follow.documents_of(town, petition)) == 1 - noted
        if noted:
            follow.open_answer(town, petition, make.at(24 * 60))
        refused(follow.NotNow, follow.open_answer, town, petition, make.at(25 * 60))
        town.refresh(petition)
        delivered = [step.on for step in petition.steps if step.kind == StepKind.DELIVERED]
        assert delivered == [date(2026, 11, 24)] * noted
        assert petition.stage == (Stage.ANSWERED if noted else Stage.OPEN)
        assert len(follow.documents_of(town, petition)) == 1
