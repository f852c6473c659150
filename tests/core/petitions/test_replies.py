"""A reply passes through two people, gets its number and its paper once, and answers only when it was delivered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.db import transaction
from core.errors import Invalid, Refused
from core.petitions import attachments, board, delivering, grouping, letters, replies, templates
from core.petitions.checklist import Check
from core.petitions.delivering import Proof
from core.petitions.filing import Person
from core.petitions.model import Identity, Petition, Stage, StepKind
from core.petitions.reckoning import deadline_of, reckon
from core.petitions.reply_model import Outcome, OutgoingLetter, ReplyState, Way
from tests import make

DAY = timedelta(days=1)
AT = make.at(60)


def came(session: Session, minute: float = 0, **more: object) -> Petition:
    petition = make.petition(session, minute, **more)
    reckon(session, petition, make.at(minute))
    return petition


# ---------------------------------------------------------------- written and approved


def test_a_draft_that_somebody_saved_meanwhile_is_not_written_over(town: Session) -> None:
    petition, one, other = came(town), make.official(town, "pqrsd").id, make.colleague(town).id
    first = replies.save(town, petition, make.draft(), 0, one, AT)
    assert (first.version, first.state) == (1, ReplyState.DRAFT)
    replies.save(town, petition, make.draft(body="Otra cosa"), 1, other, AT)
    for version in (0, 1):
        with pytest.raises(replies.Overtaken):
            replies.save(town, petition, make.draft(body="Encima"), version, one, AT)
    assert (replies.in_hand(town, petition).body, replies.in_hand(town, petition).writers) == (
        "Otra cosa",
        sorted([str(one), str(other)], key=int),
    )
    assert [step.kind for step in petition.steps].count(StepKind.DRAFTED) == 1


def test_a_reply_that_is_not_one_on_the_merits_is_not_reviewed(town: Session) -> None:
    petition, by = came(town), make.official(town, "pqrsd").id
    reserved = {"outcome": "reserved", "ground": "privacy", "norm": "Ley 1712 de 2014, art. 18"}
    for n, (wrong, field) in enumerate(
        (
            ({"subject": " "}, "subject"),
            ({"body": ""}, "body"),
            ({"checks": tuple(Check)[1:]}, "checks"),
            (reserved | {"ground": "porque sí"}, "ground"),
            (reserved | {"norm": " "}, "norm"),
        )
    ):
        replies.save(town, petition, make.draft(**wrong), n, by, AT)
        with pytest.raises(Invalid) as refused:
            replies.ask_review(town, petition, None, by, AT)
        assert refused.value.field == field
    with pytest.raises(Invalid):
        replies.save(town, petition, make.draft(outcome="quizá"), 5, by, AT)
    kept = replies.save(town, petition, make.draft(**reserved), 5, by, AT)
    assert replies.ask_review(town, petition, None, by, AT).state == ReplyState.REVIEW
    assert (kept.outcome, kept.ground) == (Outcome.RESERVED, "privacy")


def test_who_wrote_in_it_never_approves_it_and_a_second_person_sends_it_back_with_reason(town: Session) -> None:
    petition, one, other = came(town), make.official(town, "pqrsd").id, make.colleague(town).id
    third = make.colleague(town, "ventanilla3").id
    replies.save(town, petition, make.draft(), 0, one, AT)
    with pytest.raises(replies.NotYourTurn):
        replies.approve(town, petition, 1, other, AT)
    with pytest.raises(replies.OwnWork):
        replies.ask_review(town, petition, one, one, AT)
    replies.ask_review(town, petition, other, one, AT)
    with pytest.raises(replies.NotYourTurn):
        replies.save(town, petition, make.draft(), 1, one, AT)
    with pytest.raises(Invalid):
        replies.send_back(town, petition, " ", other, AT)
    replies.send_back(town, petition, "Falta el radicado", other, AT)
    replies.save(town, petition, make.draft(body="Con radicado"), 1, other, AT)
    replies.ask_review(town, petition, None, other, AT)
    for writer in (one, other):
        with pytest.raises(replies.OwnWork):
            replies.approve(town, petition, 2, writer, AT)
    with pytest.raises(replies.NotYourTurn):
        replies.approve(town, petition, 1, third, AT)
    with pytest.raises(replies.NotYourTurn):
        replies.sign(town, petition, 2, make.letter, make.printer(petition, AT), one, AT)
    replies.approve(town, petition, 2, third, AT)
    signed = replies.sign(town, petition, 2, make.letter, make.printer(petition, AT), one, AT)
    assert (signed.state, signed.approved_by, signed.letter.outgoing_number) == (
        ReplyState.SIGNED,
        third,
        "2026-S-000001",
    )
    assert petition.stage == Stage.OPEN
    for again in (replies.send_back, replies.ask_review):
        with pytest.raises(Refused):
            again(town, petition, None, one, AT) if again is replies.ask_review else again(town, petition, "x", one, AT)


def test_a_letter_is_a_document_of_the_petition_and_its_mark_proves_it(town: Session) -> None:
    for n, confidential in enumerate(({}, {"kind": "denuncia_corrupcion"})):
        petition = came(town, n, **confidential)
        reply = make.signed(town, petition, AT, body="CANARIO")
        letter = reply.letter
        kept = attachments.content_of(make.SHELF, petition, letter.attachment)
        assert b"".join(kept) == f"%PDF {letter.outgoing_number}".encode()
        assert attachments.of_petition(town, petition, public=True) == [letter.attachment]
        assert letters.is_ours(town, f"2026 s {n + 1}", letter.mark.lower().replace("-", " ")) == letter
        assert letters.is_ours(town, f"2026-S-{n + 1:06}", "AAAA-BBBB-CCCC") is None
        assert replies.words_of(petition, reply).body == "CANARIO"
    rows = town.execute(text(f"SELECT * FROM petition_replies WHERE petition_id = {petition.id}")).all()
    said = str([bytes(cell) if isinstance(cell, memoryview) else cell for row in rows for cell in row])
    assert rows
    assert "CANARIO" not in said


# ---------------------------------------------------------------- delivered


def test_sent_is_not_delivered_and_only_delivered_in_time_is_answered_in_time(town: Session) -> None:
    cases = (
        (Way.IN_PERSON, "", DAY, "Firmó Rosa", "answered on time"),
        (Way.POST, "472-991", 5 * DAY, "Guía con recibido", "answered on time"),
        (Way.POST, "472-992", 30 * DAY, "Guía con recibido", "answered late"),
    )
    by = make.official(town, "pqrsd").id
    for n, (way, guide, later, proof, state) in enumerate(cases):
        petition = came(town, n, person=Person(name="Rosa", address="Cra 1"))
        reply = make.signed(town, petition, AT)
        sent = delivering.send(town, petition, reply, way, guide, by, AT)
        assert petition.stage == Stage.OPEN
        on = (AT + later).date()
        for wrong, told, field in ((AT.date() - DAY, proof, "on"), (on + DAY, proof, "on"), (on, " ", "proof")):
            with pytest.raises(Invalid) as refused:
                delivering.deliver(town, petition, sent, Proof(wrong, told), by, AT + later)
            assert refused.value.field == field
        delivering.deliver(town, petition, sent, Proof(on, proof), by, AT + later)
        assert (petition.stage, petition.stage_on) == (Stage.ANSWERED, on)
        assert deadline_of(town, petition, (AT + 40 * DAY).date()).state == state
        with pytest.raises(Refused):
            delivering.fail(town, petition, sent, "x", by, AT + later)


def test_a_reply_goes_only_by_a_way_that_reaches_the_person_and_that_they_accepted(town: Session) -> None:
    by = make.official(town, "pqrsd").id
    by_mail = came(town, 1, person=Person(name="Rosa", email="r@ejemplo.co", notify_by_email=True))
    silent = came(town, 2, person=Person(name="Rosa", email="r@ejemplo.co"))
    nobody = came(town, 3, identity=Identity.ANONYMOUS, person=Person())
    for petition, ways in (
        (by_mail, {Way.EMAIL, Way.IN_PERSON, Way.NOTICE}),
        (silent, {Way.IN_PERSON, Way.NOTICE}),
        (nobody, {Way.NOTICE}),
    ):
        reply = make.signed(town, petition, AT)
        assert set(delivering.ways_for(petition)) == ways
        for way in set(Way) - ways:
            with pytest.raises(Invalid):
                delivering.send(town, petition, reply, way, "1", by, AT)
    with pytest.raises(Invalid):
        delivering.send(town, by_mail, reply, "paloma", "", by, AT)
    sent = delivering.send(town, by_mail, replies.signed(town, by_mail)[0], Way.EMAIL, "", by, AT)
    delivering.fail(town, by_mail, sent, "Rebotó", by, AT)
    assert (by_mail.stage, sent.failed_on) == (Stage.OPEN, AT.date())
    for _ in range(2):
        delivering.opened(town, by_mail, AT + DAY)
    town.refresh(by_mail, ["steps"])
    assert (by_mail.stage, by_mail.stage_on) == (Stage.ANSWERED, (AT + DAY).date())
    assert [step.kind for step in by_mail.steps].count(StepKind.DELIVERED) == 1


def test_a_notice_hangs_five_working_days_and_takes_effect_the_day_after_for_all_that_ask_the_same(
    town: Session,
) -> None:
    by = make.official(town, "pqrsd").id
    many = [came(town, n, identity=Identity.ANONYMOUS, person=Person()) for n in range(11)]
    whole = grouping.group(town, many, "El puente", by, AT)
    reply = make.signed(town, many[0], AT)
    grouping.publish(town, whole, "Respuesta única", by, AT)
    sent = delivering.send(town, many[0], reply, Way.NOTICE, "", by, AT)
    assert (sent.ends_on, delivering.effective_from(town, sent)) == (date(2026, 11, 30), date(2026, 12, 1))
    for day, hangs in ((0, True), (7, True), (8, False)):
        hung = board.notices(town, (AT + day * DAY).date())
        assert bool(hung) is hangs, day
    with pytest.raises(Refused):
        delivering.deliver(town, many[0], sent, Proof(date(2026, 11, 30), "Constancia"), by, AT + 7 * DAY)
    delivering.deliver(town, many[0], sent, Proof(date(2026, 12, 1), "Constancia"), by, AT + 8 * DAY)
    assert {(one.stage, one.stage_on) for one in many} == {(Stage.ANSWERED, date(2026, 12, 1))}


# ---------------------------------------------------------------- races


@pytest.mark.parametrize("verb", ["approve", "sign"])
def test_of_two_who_approve_or_sign_at_once_one_does_it(engine: Engine, verb: str) -> None:
    with Session(engine) as session, transaction(session):
        petition = make.petition(session)
        writer, others = (
            make.official(session, "pqrsd").id,
            [make.colleague(session, f"ventanilla{n}").id for n in (3, 4)],
        )
        replies.save(session, petition, make.draft(), 0, writer, AT)
        replies.ask_review(session, petition, None, writer, AT)
        if verb == "sign":
            replies.approve(session, petition, 1, others[0], AT)
        case = petition.id

    def one(who: int) -> bool:
        with Session(engine) as session:
            try:
                with transaction(session):
                    petition = session.get_one(Petition, case)
                    if verb == "approve":
                        replies.approve(session, petition, 1, who, AT)
                    else:
                        replies.sign(session, petition, 1, make.letter, make.printer(petition, AT), who, AT)
                    return True
            except Refused:
                return False

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, others))
    with Session(engine) as session:
        kinds = session.scalars(select(Petition)).one().steps
        assert sorted(done) == [False, True]
        assert [step.kind.value for step in kinds].count({"approve": "approved", "sign": "signed"}[verb]) == 1
        assert len(session.scalars(select(OutgoingLetter.number)).all()) == (verb == "sign")


# ---------------------------------------------------------------- templates


def test_a_template_names_only_fields_of_the_list_and_is_filled_without_running_anything(town: Session) -> None:
    by = make.official(town, "pqrsd").id
    for wrong, field in (
        ({"body": "Hola {clave}"}, "body"),
        ({"subject": "{{ 7*7 }}"}, "subject"),
        ({"body": "{radicado.__class__}"}, "body"),
        ({"body": " "}, "body"),
        ({"name": " "}, "name"),
    ):
        said = {"name": "General", "subject": "Respuesta a {radicado}", "body": "Señor {nombre}"} | wrong
        with pytest.raises(Invalid) as refused:
            templates.add(town, None, said["name"], said["subject"], said["body"], by, AT)
        assert refused.value.field == field
    kept = templates.add(town, None, "General", "Respuesta a {radicado}", "Señora {nombre}: {asunto}", by, AT)
    filled = templates.fill(kept.last.body, {"nombre": "{radicado} {% x %}", "asunto": "el andén"})
    assert filled == "Señora {radicado} {% x %}: el andén"
    first = kept.last.id
    templates.rewrite(town, kept, "Respuesta a {radicado}", "Otra", by, AT)
    templates.rewrite(town, kept, "Respuesta a {radicado}", "Otra", by, AT)
    assert [version.number for version in kept.versions] == [1, 2]
    reply = replies.save(town, came(town), make.draft(template_version_id=first), 0, by, AT)
    assert reply.template_version_id == first
    front = make.official(town, "pqrsd").office_id
    mine = templates.add(town, front, "Propia", "A", "B", by, AT)
    assert [one.id for one in templates.offered(town, {front})] == [kept.id, mine.id]
    assert [one.id for one in templates.offered(town, {999})] == [kept.id]
    templates.withdraw(town, kept, by, AT)
    with pytest.raises(templates.NoTemplate):
        templates.template_of(town, kept.id, {front})
