"""Only who is named reads a confidential petition, two people open whose it is, and its person is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.audit.model import Entry
from core.errors import Refused
from core.files import keeping
from core.files.actions import place_own
from core.files.kinds import Kind
from core.mail import outbox
from core.people.model import Official
from core.petitions import (
    attachments,
    filing,
    finding,
    follow,
    grouping,
    messages,
    recipients,
    replies,
    reserve,
    reserving,
    second_person,
    staff,
    steps,
    work,
)
from core.petitions.model import Identity, Petition, Recipient, StepKind
from core.petitions.reserve_model import Wanted
from tests import make


@dataclass(frozen=True)
class Reader:
    id: int
    site_id: int
    roles: tuple[str, ...]
    offices: frozenset[int] = frozenset()


def reader(session: Session, username: str, *roles: str) -> Reader:
    one = make.official(session, username)
    one.roles = list(roles)
    session.flush()
    return Reader(one.id, one.site_id, roles)


def case(session: Session, **more: object) -> Petition:
    return make.petition(session, **{"identity": Identity.RESERVED, **more})


def refused(kind: type[Refused], act: Callable[..., object], *args: object, **more: object) -> None:
    with pytest.raises(kind):
        act(*args, **more)


def acts(session: Session, petition: Petition) -> list[tuple[str, int | None]]:
    session.commit()
    kept = session.scalars(select(Entry).where(Entry.thing == "petition", Entry.thing_id == petition.id))
    return [(entry.act, entry.who_id) for entry in kept if entry.act != "filed"]


def test_every_reading_of_a_confidential_petition_is_in_the_trail_and_only_the_named_read(town: Session) -> None:
    petition, custodian = case(town), reader(town, "pqrsd", "petitions")
    opened = reserve.read(town, custodian, petition.id, make.at(1))
    assert (opened.subject, opened.person) == ("El andén de mi casa", None)
    assert reserve.cases_of(town, custodian) == [petition]
    for username, role in (("gobierno", "control"), ("administracion", "administrator"), ("supervision", "supervisor")):
        other = reader(town, username, role)
        refused(finding.NotYours, reserve.read, town, other, petition.id, make.at(1))
        assert reserve.cases_of(town, other) == []
    refused(finding.NotYours, reserve.read, town, custodian, make.petition(town).id, make.at(1))
    assert acts(town, petition) == [("read", custodian.id)]


def test_a_reader_is_named_by_one_person_and_agreed_to_by_another(town: Session) -> None:
    petition, custodian, control = case(town), reader(town, "pqrsd", "petitions"), reader(town, "gobierno", "control")
    third = make.official(town, "ventanilla1")
    third.roles = ["petitions"]
    clerk = make.official(town, "ventanilla2")
    ask = (town, petition, third, "Conoce el tema", control, make.at(1))
    refused(Refused, second_person.ask_to_name, town, petition, clerk, "x", control, make.at(1))
    refused(Refused, second_person.ask_to_name, town, petition, third, " ", control, make.at(1))
    request = second_person.ask_to_name(*ask)
    refused(second_person.AskedAlready, second_person.ask_to_name, *ask)
    assert reserve.reason_of(petition, request) == "Conoce el tema"
    refused(second_person.ByAnother, second_person.decide, town, request.id, control, make.at(2), accept=True)
    outsider = reader(town, "supervision", "supervisor")
    refused(finding.NotYours, second_person.decide, town, request.id, outsider, make.at(2), accept=True)
    assert second_person.waiting_for(town, control, make.at(2)) == []
    assert second_person.waiting_for(town, custodian, make.at(2)) == [request]
    assert third.id not in {row.official_id for row in reserve.readers_of(town, petition)}
    second_person.decide(town, request.id, custodian, make.at(3), accept=True)
    assert {row.official_id for row in reserve.readers_of(town, petition)} == {custodian.id, third.id}
    refused(second_person.Decided, second_person.decide, town, request.id, custodian, make.at(4), accept=True)
    refused(second_person.ReadsAlready, second_person.ask_to_name, *ask)
    assert acts(town, petition) == [("proposed", control.id), ("confirmed", custodian.id)]


def test_what_nobody_agrees_to_in_a_week_is_over_and_may_be_asked_again(town: Session) -> None:
    petition, custodian, control = case(town), reader(town, "pqrsd", "petitions"), reader(town, "gobierno", "control")
    request = second_person.ask_identity(town, petition, "Hay que llamarla", custodian, make.at())
    late = make.at() + second_person.GOOD_FOR
    refused(second_person.Decided, second_person.decide, town, request.id, control, late, accept=True)
    assert second_person.waiting_for(town, control, late) == []
    again = second_person.ask_identity(town, petition, "Hay que llamarla hoy", custodian, late)
    assert second_person.decide(town, again.id, control, late, accept=False).accepted is False


def test_two_people_open_an_identity_for_a_day_each_look_is_kept_and_the_person_is_told(town: Session) -> None:
    petition, custodian, control = case(town), reader(town, "pqrsd", "petitions"), reader(town, "gobierno", "control")
    see = (town, petition, custodian)
    refused(reserve.NotOpen, reserve.see_identity, *see, make.at(1))
    request = second_person.ask_identity(town, petition, "Hay que protegerla", custodian, make.at(1))
    refused(second_person.ByAnother, second_person.decide, town, request.id, custodian, make.at(2), accept=True)
    second_person.decide(town, request.id, control, make.at(3), accept=True)
    refused(reserve.NotOpen, reserve.see_identity, town, petition, control, make.at(4))
    assert StepKind.IDENTITY_OPENED not in {step.kind for step in petition.steps}
    for minute in (4, 5):
        assert reserve.see_identity(*see, make.at(minute)).name == make.PERSON.name
        town.expire_all()
    told = [step for step in follow.public_steps(petition) if step.kind == StepKind.IDENTITY_OPENED]
    assert [steps.text_of(petition, step) for step in told] == ["Hay que protegerla"]
    refused(reserve.NotOpen, reserve.see_identity, *see, make.at(3) + reserve.OPEN_FOR)
    opened = [("identity opened", custodian.id)] * 2
    assert acts(town, petition) == [("proposed", custodian.id), ("confirmed", control.id), *opened]
    plain = case(town, kind=filing.CORRUPTION, identity=Identity.IDENTIFIED)
    refused(Refused, second_person.ask_identity, town, plain, "x", custodian, make.at(5))


def test_whom_a_case_accuses_has_no_part_in_it_and_neither_in_what_goes_on_from_it(town: Session) -> None:
    petition, custodian, control = case(town), reader(town, "pqrsd", "petitions"), reader(town, "gobierno", "control")
    refused(recipients.LastReader, recipients.take_off, town, petition, custodian.id, control, make.at(1))
    accused = town.get_one(Official, custodian.id)
    petition.assignee_id = accused.id
    recipients.keep_out(town, petition, accused, "El caso habla de quien lo recibe", control, make.at(1))
    assert (reserve.readers_of(town, petition), petition.assignee_id) == ([], None)
    assert accused not in reserve.could_be_named(town, petition)
    refused(reserve.KeptOut, second_person.ask_to_name, town, petition, accused, "x", control, make.at(2))
    refused(finding.NotYours, reserve.read, town, custodian, petition.id, make.at(2))
    refused(Refused, recipients.keep_out, town, petition, town.get_one(Official, control.id), "x", control, make.at(2))
    by, hands = control.id, work.Hands(petition.office_id, accused.id)
    refused(reserve.KeptOut, work.assign, town, petition, hands, "Es suyo", by, make.at(2))
    assert accused in work.answerers(town, petition.office_id)
    assert accused not in work.answerers(town, petition.office_id, petition)
    assert accused not in staff.reviewers(town, petition, by)
    accused_too = reader(town, "pqrsd", "petitions", "control")
    assert petition in reserve.cases_known_to(town, control)
    assert reserve.cases_known_to(town, accused_too) == []
    after = case(town, goes_on=True, kind="recurso")
    assert [row.official_id for row in reserve.readers_of(town, after)] == [accused.id]
    recipients.carry_over(town, petition, after, make.at(3))
    assert reserve.readers_of(town, after) == []
    assert reserve.is_kept_out(town, after.id, accused.id)


def test_a_petition_that_becomes_confidential_is_sealed_with_all_that_was_said_of_it(town: Session) -> None:
    petition = make.petition(town, subject="CANARIO a", text="CANARIO b", person=filing.Person(name="CANARIO c"))
    messages.write(town, petition, "CANARIO d", None, make.at(1))
    others, at = [make.petition(town, n) for n in (1, 2)], make.at(2)
    grouping.group(town, [petition, *others], "Lo mismo", make.official(town, "pqrsd").id, at)
    placed = place_own(make.SHELF, b"%PDF CANARIO e", "CANARIO f.pdf", Kind.PDF, at)
    hung = attachments.attach(town, petition, petition.steps[0], placed)
    broken = attachments.attach(
        town, petition, petition.steps[0], place_own(make.SHELF, b"%PDF x", "CANARIO g.pdf", Kind.PDF, at)
    )
    make.SHELF.folder.path(broken.file.digest).unlink()
    draft = make.draft(subject="CANARIO h", body="CANARIO i", annexes=("CANARIO j",))
    reply = replies.save(town, petition, draft, 0, make.official(town, "pqrsd").id, at)
    about = outbox.About("petition", petition.id)
    for sent in (None, at):
        letter = outbox.Mail("canario@example.org", "CANARIO k", "CANARIO l", "news", about, name="CANARIO m")
        outbox.write(town, letter, at).sent_at = sent
    reserving.keep_confidential(town, petition, make.SHELF, make.at(2))
    town.flush()
    assert finding.words_of(petition) == ("CANARIO a", "CANARIO b")
    assert "CANARIO d" in [steps.text_of(petition, step) for step in petition.steps]
    assert b"".join(attachments.content_of(make.SHELF, petition, hung)) == b"%PDF CANARIO e"
    assert [attachments.label_of(petition, each) for each in (hung, broken)] == ["CANARIO f.pdf", "CANARIO g.pdf"]
    assert (hung.file.sealed, keeping.remove_strays(town, make.SHELF, at)) == (True, 1)
    assert not make.SHELF.folder.path(placed.digest).exists()
    assert replies.words_of(petition, reply) == replies.Words("CANARIO h", "CANARIO i", ("CANARIO j",))
    assert [(mail.sent_at, mail.address) for mail in outbox.of(town, about)] == [(at, "")]
    assert grouping.group_of(town, petition) is None
    assert [grouping.group_of(town, one).lead for one in others] == [others[0]] * 2
    person = finding.person_of(petition)
    assert person is not None
    assert person.name == "CANARIO c"
    assert town.scalars(select(Recipient.official_id)).all() == [make.official(town, "pqrsd").id]
    ours = ("petitions", "petition_steps", "petitioners", "petition_attachments", "petition_replies", "outgoing_mail")
    for table in ours:
        for row in town.execute(text(f"SELECT * FROM {table}")):
            assert "CANARIO" not in str([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])


def test_a_request_waits_once_for_each_person_also_when_two_ask_at_the_same_time(town: Session) -> None:
    petition, custodian = case(town), reader(town, "pqrsd", "petitions")
    second_person.ask_identity(town, petition, "Hay que llamarla", custodian, make.at())
    refused(second_person.AskedAlready, second_person.ask_identity, town, petition, "Otra vez", custodian, make.at(1))
    waiting = second_person.requests_of(town, petition, make.at(1) + timedelta(days=1))
    assert [(one.wanted, one.asker.username) for one in waiting] == [(Wanted.IDENTITY, "pqrsd")]
