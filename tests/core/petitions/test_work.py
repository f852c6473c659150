"""What an office does with a petition: each verb in its time, with its reason, or a refusal that says why not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.audit.model import Entry
from core.catalogue.model import Office
from core.errors import Invalid, Refused
from core.petitions import clarifying, ending, finding, grouping, search, steps, work
from core.petitions.acting import AgainstTheTerm, NotOpen
from core.petitions.facts import Ground
from core.petitions.limits import WhyNot
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.reckoning import deadline_of, reckon
from core.petitions.reply_model import OutgoingLetter
from tests import make

DAY = timedelta(days=1)


def office(session: Session, code: str) -> int:
    return session.scalars(select(Office.id).where(Office.code == code)).one()


def came(session: Session, minute: float = 0, **more: object) -> Petition:
    """A petition with the day by which it must be answered."""
    petition = make.petition(session, minute, **more)
    reckon(session, petition, make.at(minute))
    return petition


def test_hands_change_with_a_reason_and_only_to_who_may_answer(town: Session) -> None:
    petition, by = came(town), make.official(town, "pqrsd").id
    front, government = office(town, "front-desk"), office(town, "government")
    other, at = make.official(town, "gobierno").id, make.at(5)
    work.assign(town, petition, work.Hands(front, by), "", by, at)
    for hands, reason, refused in (
        (work.Hands(front, by), "igual", work.InTheirHands),
        (work.Hands(government, other), " ", Invalid),
        (work.Hands(government, by), "es de allá", Invalid),
        (work.Hands(front, make.official(town, "ventanilla1").id), "sabe", Invalid),
        (work.Hands(10_000, None), "nadie", Invalid),
    ):
        with pytest.raises(refused):
            work.assign(town, petition, hands, reason, by, at)
    work.assign(town, petition, work.Hands(government, other), "Es de Gobierno", by, at)
    assert (petition.office_id, petition.assignee_id, petition.steps[-1].public) == (government, other, False)
    work.give_back(town, petition, "No es de Gobierno", other, at)
    assert (petition.office_id, petition.assignee_id, petition.steps[-1].kind) == (front, None, StepKind.RETURNED)
    with pytest.raises(Refused):
        work.give_back(town, petition, "otra vez", other, at)
    town.commit()
    acts = [entry.detail for entry in town.scalars(select(Entry).where(Entry.act == "acted").order_by(Entry.seq))]
    assert [("assigned" in said, "returned" in said) for said in acts] == [(True, False), (True, False), (False, True)]


def test_a_petition_that_turns_out_to_be_another_thing_counts_from_the_day_it_came(town: Session) -> None:
    petition, by = came(town), make.official(town, "pqrsd").id
    assert petition.due_on == date(2026, 12, 15)
    for kind, reason, field in (
        ("informacion", " ", "reason"),
        ("peticion_particular", "x", "kind"),
        ("x", "x", "kind"),
    ):
        with pytest.raises(Invalid) as refused:
            work.reclassify(town, petition, kind, reason, make.SHELF, by, make.at(1))
        assert refused.value.field == field
    work.reclassify(town, petition, "informacion", "Pide datos", make.SHELF, by, make.at() + 3 * DAY)
    assert (petition.kind, petition.asked_kind, petition.due_on) == (
        "informacion",
        "peticion_particular",
        date(2026, 12, 7),
    )
    work.reclassify(town, petition, "congreso", "Lo pide un senador", make.SHELF, by, make.at() + 3 * DAY, own_term=8)
    assert (petition.own_term, petition.due_on) == (8, date(2026, 12, 3))
    with pytest.raises(AgainstTheTerm):
        work.reclassify(town, petition, "queja", "No", make.SHELF, by, make.at() + 3 * DAY, own_term=8)


def test_a_petition_that_turns_out_to_denounce_corruption_is_sealed_and_found_no_more(town: Session) -> None:
    petition, by = came(town, text="CANARIO pidió plata", subject="CANARIO"), make.official(town, "pqrsd").id
    work.note(town, petition, "CANARIO nota", by, make.at(1))
    found = select(Petition.id).where(search.matching(town, "canario"))
    assert town.scalars(found).all() == [petition.id]
    work.reclassify(town, petition, "denuncia_corrupcion", "CANARIO es corrupción", make.SHELF, by, make.at(2))
    town.flush()
    assert town.scalars(found).all() == []
    assert finding.words_of(petition) == ("CANARIO", "CANARIO pidió plata")
    assert steps.text_of(petition, petition.steps[-1]) == "CANARIO es corrupción"
    for table in ("petitions", "petition_steps", "petition_words"):
        for row in town.execute(text(f"SELECT * FROM {table}")):
            assert "CANARIO" not in str([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])


def test_a_term_is_extended_once_before_it_ends_and_told_in_the_same_act(town: Session) -> None:
    petition, by = came(town), make.official(town, "pqrsd").id
    longest, later = date(2027, 1, 7), make.at() + 10 * DAY
    for until, told, reason, at, why in (
        (longest, "email", " ", later, WhyNot.NO_REASON),
        (None, "email", "x", later, WhyNot.NO_DAY),
        (petition.due_on, "email", "x", later, WhyNot.NOT_LATER),
        (longest + DAY, "email", "x", later, WhyNot.TOO_LONG),
        (longest, "email", "x", make.at() + 23 * DAY, WhyNot.EXPIRED),
    ):
        with pytest.raises(AgainstTheTerm) as refused:
            work.extend(town, petition, until, told, reason, by, at)
        assert refused.value.why == why, why
    with pytest.raises(Invalid) as untold:
        work.extend(town, petition, longest, "", "Faltan planos", by, later)
    assert untold.value.field == "told"
    work.extend(town, petition, longest, "email", "Faltan planos", by, later)
    assert (petition.due_on, petition.told_on, petition.steps[-1].public) == (longest, longest, True)
    with pytest.raises(AgainstTheTerm) as again:
        work.extend(town, petition, longest, "email", "Otra vez", by, later)
    assert again.value.why == WhyNot.ALREADY_EXTENDED


def test_what_is_missing_is_asked_for_in_time_waits_a_month_and_is_archived_only_by_an_act(town: Session) -> None:
    by, at = make.official(town, "pqrsd").id, make.at()
    late, archived, completed = came(town), came(town, 1), came(town, 2)
    with pytest.raises(AgainstTheTerm) as refused:
        clarifying.ask(town, late, Ground.INCOMPLETE, "El recibo", by, at + 20 * DAY)
    assert refused.value.why == WhyNot.TOO_LATE_TO_ASK
    with pytest.raises(Invalid):
        clarifying.ask(town, late, Ground.INCOMPLETE, " ", by, at)
    for petition in (archived, completed):
        clarifying.ask(town, petition, Ground.INCOMPLETE, "El recibo", by, at + DAY)
        assert (petition.suspended, petition.due_on) == (True, None)
    assert clarifying.to_complete_until(town, archived) == date(2026, 12, 24)
    clarifying.complete(town, completed, "Trajo el recibo", None, at + 8 * DAY)
    assert (completed.suspended, completed.due_on) == (False, date(2026, 12, 22))
    clarifying.give_longer(town, archived, (at + 9 * DAY).date(), by, at + 10 * DAY)
    with pytest.raises(AgainstTheTerm):
        clarifying.give_longer(town, archived, (at + 9 * DAY).date(), by, at + 10 * DAY)
    longer = clarifying.to_complete_until(town, archived)
    assert longer == date(2027, 1, 25)
    on_last = datetime.combine(longer, at.timetz())
    with pytest.raises(AgainstTheTerm) as early:
        clarifying.archive_uncompleted(town, archived, "Res. 8", "No aportó", by, on_last)
    assert early.value.why == WhyNot.MONTH_NOT_OVER
    assert archived.stage == Stage.OPEN
    with pytest.raises(Invalid):
        clarifying.archive_uncompleted(town, archived, " ", "No aportó", by, on_last + DAY)
    clarifying.archive_uncompleted(town, archived, "Res. 8", "No aportó", by, on_last + DAY)
    assert (archived.stage, archived.steps[-1].text) == (Stage.ARCHIVED, "Res. 8. No aportó")


def test_a_petition_ends_withdrawn_referred_or_transferred_and_then_nothing_more_is_done(town: Session) -> None:
    by, at = make.official(town, "pqrsd").id, make.at(60)
    first, repeated, theirs, gone = (came(town, n) for n in range(4))
    with pytest.raises(Refused):
        ending.refer_to_previous(town, repeated, "Repite", by, at)
    with pytest.raises(Invalid):
        work.link(town, first, repeated, by, at)
    work.link(town, repeated, first, by, at)
    with pytest.raises(Refused):
        ending.refer_to_previous(town, repeated, "Repite", by, at)
    first.stage = Stage.ANSWERED
    ending.refer_to_previous(town, repeated, "Repite lo respondido", by, at)
    ending.withdraw(town, gone, "Lo dijo por escrito", by, at)
    to = ending.Transfer(authority="ANI", address="Bogotá", reason="La vía es nacional", package=["Petición", " "])
    for wrong, field in (({"authority": ""}, "authority"), ({"reason": ""}, "reason"), ({"package": [" "]}, "package")):
        said = {"authority": "ANI", "address": "", "reason": "x", "package": ["x"]} | wrong
        with pytest.raises(Invalid) as refused:
            ending.transfer(town, theirs, ending.Transfer(**said), make.letter(), make.printer(theirs, at), by, at)
        assert refused.value.field == field
    assert town.scalar(select(OutgoingLetter.id)) is None
    sent = ending.transfer(town, theirs, to, make.letter(), make.printer(theirs, at), by, at)
    assert (sent.outgoing_number, theirs.steps[-1].detail["late"]) == ("2026-S-000001", False)
    assert [one.stage for one in (repeated, gone, theirs)] == [Stage.ARCHIVED, Stage.WITHDRAWN, Stage.TRANSFERRED]
    for one in (repeated, gone, theirs):
        with pytest.raises(NotOpen):
            work.prioritise(town, one, work.Priority.DANGER, "x", by, at)
        assert deadline_of(town, one, at.date()).left is None
    with pytest.raises(Refused):
        work.note_challenge(town, gone, StepKind.APPEALED, "Repone", by, at)
    work.note_challenge(town, first, StepKind.INSISTED, "Insiste", by, at)
    late = came(town, 5)
    ending.transfer(town, late, to, make.letter(), make.printer(late, at), by, make.at() + 10 * DAY)
    assert late.steps[-1].detail["late"] is True


def test_a_draft_is_wanted_before_the_petition_is_due(town: Session) -> None:
    petition, by = came(town), make.official(town, "pqrsd").id
    for day in (date(2026, 11, 22), petition.due_on):
        with pytest.raises(Invalid):
            work.set_draft_day(town, petition, day, by, make.at())
    assert work.draft_day(petition) is None
    work.set_draft_day(town, petition, date(2026, 12, 10), by, make.at())
    work.note(town, petition, "Va bien", by, make.at(2))
    town.refresh(petition)
    assert work.draft_day(petition) == date(2026, 12, 10)


def test_petitions_that_ask_the_same_are_grouped_and_published_only_if_more_than_ten(town: Session) -> None:
    by, at = make.official(town, "pqrsd").id, make.at(60)
    many = [came(town, n) for n in range(11)]
    foreign = came(town, 20)
    foreign.office_id = office(town, "government")
    for some, subject in ((many[:1], "x"), (many[:2], " "), ([many[0], foreign], "x")):
        with pytest.raises(Refused):
            grouping.group(town, some, subject, by, at)
    few = grouping.group(town, many[:2], "El puente", by, at)
    with pytest.raises(Refused):
        grouping.group(town, many, "El puente", by, at)
    with pytest.raises(grouping.TooFew):
        grouping.publish(town, few, "Respuesta única", by, at)
    for member in list(few.members):
        town.delete(member)
    town.delete(few)
    town.flush()
    whole = grouping.group(town, many, "El puente", by, at)
    with pytest.raises(Invalid):
        grouping.publish(town, whole, " ", by, at)
    grouping.publish(town, whole, "Respuesta única", by, at)
    assert (whole.lead_id, whole.published_on) == (many[0].id, at.date())
    assert [one.id for one in grouping.published(town)] == [whole.id]
