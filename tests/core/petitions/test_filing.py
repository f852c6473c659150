"""Whatever the channel a petition gets the next number of the year, and what is reserved is kept unreadable."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.audit.model import Entry
from core.clock import BOGOTA
from core.db import transaction
from core.errors import Invalid, Refused
from core.events import Who
from core.petitions import filing, finding, sealing, steps
from core.petitions.filing import Person, file
from core.petitions.model import Channel, Identity, Petition, Petitioner, Recipient, Series, Stage, StepKind
from tests import make
from tests.conftest import RESERVE_KEY

WHO = Who("citizen")


def test_one_consecutive_serves_all_channels_and_begins_again_with_the_year(town: Session) -> None:
    numbers = []
    for minute, channel in enumerate(Channel):
        numbers.append(file(town, make.received(minute, channel=channel), WHO, make.at(minute)).number)
    last_night = datetime(2026, 12, 31, 23, 59, tzinfo=BOGOTA)
    numbers.append(file(town, make.received(received_at=last_night), WHO, last_night).number)
    new_year = last_night + timedelta(minutes=1)
    numbers.append(file(town, make.received(received_at=last_night), WHO, new_year).number)
    assert numbers == [f"2026-E-{n:06d}" for n in range(1, 7)] + ["2027-E-000001"]
    assert filing.next_number(town, 2026, Series.OUT) == 1


def test_numbers_have_no_gap_and_no_repeat_whoever_files_at_once_and_whoever_fails(engine: Engine) -> None:
    def one(n: int) -> str | None:
        with Session(engine) as session:
            try:
                with transaction(session):
                    filed = file(session, make.received(), WHO, make.at())
                    if n % 3 == 0:
                        raise Refused
                    return filed.number
            except Refused:
                return None

    with ThreadPoolExecutor(8) as doors:
        given = [number for number in doors.map(one, range(36)) if number]
    assert sorted(given) == [f"2026-E-{n:06d}" for n in range(1, 25)]


def test_a_petition_that_lacks_what_the_law_wants_is_filed_and_what_it_lacks_is_noted(town: Session) -> None:
    petition = make.petition(town, subject="", person=Person(name="Rosa"))
    assert (petition.stage, petition.missing) == (Stage.OPEN, ["subject", "document", "contact"])
    assert make.petition(town, identity=Identity.ANONYMOUS, person=Person()).missing == []
    assert make.petition(town, 1).missing == []


def test_what_is_filed_has_its_day_at_once_and_whether_the_doors_were_closed_only_if_it_counts(town: Session) -> None:
    def filed() -> Petition:
        return make.petition(town, 11 * 60, identity=Identity.ANONYMOUS, person=Person())

    strict = filed()
    assert (strict.due_on, strict.after_hours) == (date(2026, 12, 15), False)
    filing.settings(town).reception = "laxa"
    lax = filed()
    assert (lax.due_on, lax.after_hours) == (date(2026, 12, 16), True)


def test_only_what_is_empty_too_long_or_of_the_future_is_given_back(town: Session) -> None:
    wrong = {
        "text": make.received(text=" \n"),
        "subject": make.received(subject="a" * 201),
        "name": make.received(person=Person(name="a" * 201)),
        "received_at": make.received(minute=1),
    }
    for field, received in wrong.items():
        with pytest.raises(Invalid) as refused:
            file(town, received, WHO, make.at())
        assert refused.value.field == field
    assert town.scalar(select(Petition.id)) is None


def test_an_anonymous_petition_leaves_no_person_no_hour_and_no_trail(town: Session) -> None:
    before = len(town.scalars(select(Entry)).all())
    received = make.received(10, identity=Identity.ANONYMOUS, turn_id=make.turn(town).id)
    petition = town.get_one(Petition, file(town, received, WHO, make.at(10)).petition_id)
    town.commit()
    assert (petition.received_at, petition.turn_id, petition.petitioner) == (None, None, None)
    assert petition.received_on == make.at().date()
    assert [step.at for step in petition.steps] == [None]
    filed = [entry for entry in town.scalars(select(Entry)) if entry.act == "filed"]
    assert (len(town.scalars(select(Entry)).all()) - before, filed) == (0, [])
    make.petition(town, 11)
    town.commit()
    assert [entry.act for entry in town.scalars(select(Entry))][before:] == ["filed"]


def test_what_is_reserved_is_nowhere_in_the_database_and_opens_with_its_key(town: Session) -> None:
    for reserved in ({"identity": Identity.RESERVED}, {"kind": filing.CORRUPTION}):
        petition = make.petition(town, subject="CANARIO asunto", text="CANARIO texto", **reserved)
        note = steps.add(town, petition, StepKind.NOTED, None, make.at(), text="CANARIO nota")
        assert finding.words_of(petition) == ("CANARIO asunto", "CANARIO texto")
        assert steps.text_of(petition, note) == "CANARIO nota"
        assert [row.official.username for row in town.scalars(select(Recipient))][-1:] == ["pqrsd"]
    town.flush()
    for table in ("petitions", "petition_steps"):
        for row in town.execute(text(f"SELECT * FROM {table}")):
            assert "CANARIO" not in str([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row])


def test_what_is_reserved_is_read_by_internal_control_while_nobody_who_was_chosen_works_here(town: Session) -> None:
    def named() -> list[str]:
        petition = make.petition(town, identity=Identity.RESERVED)
        rows = town.scalars(select(Recipient).where(Recipient.petition_id == petition.id))
        return [row.official.username for row in rows]

    make.official(town, "ventanilla4").roles = ["control"]
    assert named() == ["pqrsd"]
    make.official(town, "pqrsd").active = False
    assert named() == ["ventanilla4"]


def test_a_reserved_identity_is_sealed_under_a_key_of_its_own(town: Session) -> None:
    petition = make.petition(town, identity=Identity.RESERVED)
    kept = town.get_one(Petitioner, petition.id)
    assert (kept.name, kept.document_number, kept.email, finding.person_of(petition)) == ("", "", "", None)
    assert kept.wrapped_key
    assert kept.sealed
    assert petition.wrapped_key
    assert sealing.open_sealed(sealing.unwrap(kept.wrapped_key), kept.sealed)["name"] == make.PERSON.name
    with pytest.raises(sealing.Unreadable):
        sealing.open_sealed(sealing.unwrap(petition.wrapped_key), kept.sealed)


def test_what_was_sealed_does_not_open_once_a_byte_of_it_was_changed_or_the_office_lost_its_key() -> None:
    key = sealing.new_key()
    sealed = sealing.seal(key, {"text": "ñandú"})
    assert sealing.open_sealed(key, sealed) == {"text": "ñandú"}
    for n in (0, 20, len(sealed) - 1):
        with pytest.raises(sealing.Unreadable):
            sealing.open_sealed(key, sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :])
    wrapped = sealing.wrap(key)
    try:
        sealing.seal_with("another key of the office, long enough")
        with pytest.raises(sealing.Unreadable):
            sealing.unwrap(wrapped)
        sealing.seal_with(f"{RESERVE_KEY} another key of the office, long enough")
        assert sealing.unwrap(wrapped) == key
    finally:
        sealing.seal_with(RESERVE_KEY)


def test_the_code_opens_the_petition_however_it_is_typed_and_only_its_hash_is_kept(town: Session) -> None:
    filed = file(town, make.received(), WHO, make.at())
    assert len(filed.code.replace("-", "")) * 5 == 80
    for typed in (filed.code, filed.code.lower(), f" {filed.code.replace('-', ' ')} "):
        found = finding.by_code(town, typed)
        assert found == town.get(Petition, filed.petition_id)
    assert finding.by_code(town, filed.code[:-1]) is None
    assert filed.code not in str(town.execute(text("SELECT * FROM petitions")).all())


def test_an_annulled_number_stays_taken_and_says_why(town: Session) -> None:
    petition, by = make.petition(town), make.official(town, "pqrsd").id
    with pytest.raises(Invalid):
        filing.annul(town, petition, " ", by, make.at(1))
    filing.annul(town, petition, "Se radicó dos veces", by, make.at(1))
    assert (petition.stage, petition.steps[-1].text) == (Stage.ANNULLED, "Se radicó dos veces")
    assert make.petition(town, 2).number == petition.number + 1
    with pytest.raises(Refused):
        filing.annul(town, petition, "Otra vez", by, make.at(3))


def test_what_came_on_paper_says_its_sheets_and_what_an_official_takes_down_for_nobody_says_no_hour(
    town: Session,
) -> None:
    official = Who("official", make.official(town).id)
    paper = make.received(channel=Channel.PAPER, folios=3, annexes="un disco compacto")
    petition = town.get_one(Petition, file(town, paper, official, make.at()).petition_id)
    first = petition.steps[0]
    assert (first.detail, first.text, first.by) == ({"channel": "paper", "folios": 3}, "un disco compacto", official.id)
    nobody = make.received(channel=Channel.IN_PERSON, identity=Identity.ANONYMOUS, verbal=True)
    petition = town.get_one(Petition, file(town, nobody, official, make.at()).petition_id)
    assert (petition.filed_by, petition.steps[0].at, petition.steps[0].by) == (official.id, None, None)
