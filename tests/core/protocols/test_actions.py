"""A protocol from its first draft to its withdrawal: what each verb does, and refuses, in each state."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.audit.model import Entry
from core.db import transaction
from core.errors import Invalid, Refused
from core.people.model import Official
from core.protocols import actions as protocols
from core.protocols.actions import Standing
from core.protocols.actions.approving import NotInReview, NotRuling, OwnWork, Rewritten
from core.protocols.actions.finding import NoProtocol, NoVersion
from core.protocols.actions.reading import NotInForce
from core.protocols.actions.writing import (
    CodeTaken,
    Incomplete,
    InHandAlready,
    NotADraft,
    NothingNew,
    WrittenMeanwhile,
)
from core.protocols.completeness import LONGEST, MOST_STEPS, Lack
from core.protocols.model import Protocol, ProtocolVersion, Reading
from core.protocols.text import ProtocolText, QuizQuestion, Step, Target, read, written
from tests import make
from tests.make import PROTOCOL

TODAY = make.OPENING.date()
TOMORROW = TODAY + timedelta(days=1)
OTHER = replace(PROTOCOL, purpose="Que la persona se vaya con una respuesta.")
ALLOWED: dict[str, dict[Standing, type[Refused]]] = {
    "save": dict.fromkeys(set(Standing) - {Standing.DRAFT}, NotADraft),
    "ask_review": dict.fromkeys(set(Standing) - {Standing.DRAFT}, NotADraft),
    "discard": dict.fromkeys(set(Standing) - {Standing.DRAFT}, NotADraft),
    "send_back": dict.fromkeys(set(Standing) - {Standing.REVIEW}, NotInReview),
    "approve": dict.fromkeys(set(Standing) - {Standing.REVIEW}, NotInReview),
    "begin_version": dict.fromkeys((Standing.DRAFT, Standing.REVIEW), InHandAlready),
    "withdraw": dict.fromkeys(set(Standing) - {Standing.COMING, Standing.IN_FORCE}, NotRuling),
    "note_read": dict.fromkeys(set(Standing) - {Standing.IN_FORCE}, NotInForce),
}
"""What refuses each verb in each state; where nothing does, it is done."""


def writer(session: Session) -> int:
    return make.official(session, "supervision").id


def approver(session: Session) -> int:
    return make.official(session, "administracion").id


def approval(valid_from: date = TODAY, **more: object) -> protocols.Approval:
    said = {"act": "Resolución 012 de 2026", "valid_from": valid_from, "days_to_read": 5}
    return protocols.Approval(**(said | more))


def another(
    session: Session, of: ProtocolVersion, valid_from: date = TODAY, minute: float = 0, text: ProtocolText = OTHER
) -> ProtocolVersion:
    """The next version of a protocol, written and approved."""
    by, at = writer(session), make.at(minute)
    draft = protocols.begin_version(session, of.protocol_id, by, at)
    protocols.save(session, of.protocol_id, text, draft.saving, by, at)
    protocols.ask_review(session, of.protocol_id, by, at)
    return protocols.approve(session, of.protocol_id, draft.saving, approval(valid_from), approver(session), at)


def standing_as(session: Session, wanted: Standing, code: str) -> ProtocolVersion:
    """A version of a protocol of its own that stands so today."""
    if wanted in (Standing.DRAFT, Standing.REVIEW):
        version = make.protocol_draft(session, code=code)
        if wanted == Standing.REVIEW:
            protocols.ask_review(session, version.protocol_id, writer(session), make.at())
        return version
    version = make.protocol(session, code=code, valid_from=TOMORROW if wanted == Standing.COMING else TODAY)
    if wanted == Standing.REPLACED:
        another(session, version)
    elif wanted == Standing.WITHDRAWN:
        protocols.withdraw(session, version.protocol_id, 1, "Ya no se usa.", approver(session), make.at())
    return version


def act(session: Session, verb: str, version: ProtocolVersion) -> None:
    of, by, at = version.protocol_id, writer(session), make.at(1)
    match verb:
        case "save":
            protocols.save(session, of, OTHER, version.saving, by, at)
        case "send_back":
            protocols.send_back(session, of, "Falta decir cómo se despide.", approver(session), at)
        case "approve":
            protocols.approve(session, of, version.saving, approval(), approver(session), at)
        case "withdraw":
            protocols.withdraw(session, of, version.number, "Ya no se usa.", by, at)
        case "note_read":
            protocols.note_read(session, version, by, [0], at)
        case _:
            getattr(protocols, verb)(session, of, by, at)


def test_in_each_state_a_verb_is_done_or_says_why_not(session: Session) -> None:
    for n, (verb, state) in enumerate(product(ALLOWED, Standing)):
        version = standing_as(session, state, f"S-{n}")
        assert protocols.standing(version, TODAY) == state
        kept = session.scalar(select(func.count()).select_from(ProtocolVersion))
        if refusal := ALLOWED[verb].get(state):
            with pytest.raises(refusal):
                act(session, verb, version)
            assert session.scalar(select(func.count()).select_from(ProtocolVersion)) == kept, (verb, state)
            assert protocols.standing(version, TODAY) == state, (verb, state)
        else:
            act(session, verb, version)


def test_who_wrote_in_a_version_never_approves_it_however_it_was_sent_back_and_forth(session: Session) -> None:
    version, first, second = make.protocol_draft(session), writer(session), make.official(session).id
    of, seen = version.protocol_id, version.saving
    protocols.save(session, of, OTHER, seen, second, make.at(1))
    protocols.save(session, of, PROTOCOL, seen + 1, first, make.at(2))
    protocols.ask_review(session, of, first, make.at(3))
    for who in (first, second):
        with pytest.raises(OwnWork):
            protocols.approve(session, of, version.saving, approval(), who, make.at(4))
    protocols.send_back(session, of, "Falta   el cierre.", approver(session), make.at(5))
    assert version.sent_back == "Falta el cierre."
    protocols.save(session, of, OTHER, version.saving, first, make.at(6))
    protocols.ask_review(session, of, first, make.at(7))
    assert version.sent_back == ""
    with pytest.raises(OwnWork):
        protocols.approve(session, of, version.saving, approval(), second, make.at(8))
    with pytest.raises(Rewritten):
        protocols.approve(session, of, seen, approval(), approver(session), make.at(8))
    protocols.approve(session, of, version.saving, approval(), approver(session), make.at(8))
    assert (version.approved_by, version.act) == (approver(session), "Resolución 012 de 2026")


def test_of_two_who_write_at_once_none_writes_over_the_other(session: Session) -> None:
    version = make.protocol_draft(session)
    protocols.save(session, version.protocol_id, OTHER, 1, writer(session), make.at(1))
    with pytest.raises(WrittenMeanwhile):
        protocols.save(session, version.protocol_id, PROTOCOL, 1, approver(session), make.at(2))
    assert read(version.text) == OTHER
    assert version.writers == [str(writer(session))]


def test_the_version_before_rules_until_the_day_from_which_the_next_one_does(session: Session) -> None:
    first = make.protocol(session)
    later, sooner = TODAY + timedelta(days=10), TODAY + timedelta(days=3)
    second = another(session, first, later)
    assert rules(session) == [first]
    assert rules(session, later - timedelta(days=1)) == [first]
    assert rules(session, later) == [second]
    third = another(session, first, sooner, text=replace(OTHER, scope="Quien atiende."))
    assert protocols.standing(second, TODAY) == Standing.REPLACED
    assert [rules(session, TODAY + timedelta(days=n)) for n in (2, 3, 10)] == [[first], [third], [third]]
    fourth = another(session, first, TODAY)
    assert (rules(session), rules(session, sooner)) == ([fourth], [fourth])
    assert protocols.version_in_force(session, "T-01", TODAY) is fourth
    assert protocols.version_in_force(session, "T-02", TODAY) is None


def rules(session: Session, day: date = TODAY) -> list[ProtocolVersion]:
    return list(protocols.in_force(session, day))


def test_a_withdrawn_version_rules_no_more_and_one_that_was_to_come_leaves_the_one_before_as_it_was(
    session: Session,
) -> None:
    first = make.protocol(session)
    second = another(session, first, TOMORROW)
    by = approver(session)
    with pytest.raises(Invalid) as refused:
        protocols.withdraw(session, first.protocol_id, 2, " ", by, make.at(1))
    assert refused.value.field == "reason"
    protocols.withdraw(session, first.protocol_id, 2, "Se aprobó por error.", by, make.at(1))
    assert (first.ends_on, second.withdrawn_because, second.withdrawn_by) == (None, "Se aprobó por error.", by)
    assert rules(session, TOMORROW) == [first]
    third = another(session, first, TOMORROW)
    protocols.withdraw(session, first.protocol_id, 1, "Ya no sirve.", by, make.at(2))
    assert (rules(session), rules(session, TOMORROW)) == ([], [third])
    protocols.withdraw(session, first.protocol_id, 3, "Tampoco.", by, make.at(3))
    assert rules(session, TOMORROW) == []
    with pytest.raises(NoVersion):
        protocols.withdraw(session, first.protocol_id, 9, "Ya no sirve.", by, make.at(3))


def test_a_draft_that_is_discarded_leaves_nothing_or_the_versions_before(session: Session) -> None:
    alone, more = make.protocol_draft(session, code="T-08"), make.protocol(session, code="T-09")
    assert not protocols.discard(session, alone.protocol_id, writer(session), make.at(1))
    with pytest.raises(NoProtocol):
        protocols.protocol_of(session, alone.protocol_id)
    draft = protocols.begin_version(session, more.protocol_id, writer(session), make.at(1))
    assert (draft.number, read(draft.text), draft.saving) == (2, PROTOCOL, 1)
    assert protocols.discard(session, more.protocol_id, writer(session), make.at(2))
    assert [version.number for version in more.protocol.versions] == [1]
    make.protocol_draft(session, code="T-08")
    with pytest.raises(CodeTaken):
        make.protocol_draft(session, code=" t-09 ")


def test_nobody_is_asked_to_review_what_lacks_a_part_or_says_nothing_new(session: Session) -> None:
    empty = make.protocol_draft(session, text=ProtocolText())
    with pytest.raises(Incomplete) as refused:
        protocols.ask_review(session, empty.protocol_id, writer(session), make.at())
    assert refused.value.lacking == tuple(Lack)[:-1]
    questions = (
        QuizQuestion(text="", options=("Sí", "No"), right=0),
        QuizQuestion(text="¿Sí?", options=("Sí",), right=0),
        QuizQuestion(text="¿Sí?", options=("Sí", "Sí"), right=0),
        QuizQuestion(text="¿Sí?", options=("Sí", ""), right=0),
        QuizQuestion(text="¿Sí?", options=("Sí", "No"), right=-1),
        QuizQuestion(text="¿Sí?", options=("Sí", "No"), right=2),
    )
    for n, question in enumerate(questions, start=2):
        version = make.protocol_draft(session, text=replace(PROTOCOL, quiz=(question,)), code=f"T-0{n}")
        with pytest.raises(Incomplete) as refused:
            protocols.ask_review(session, version.protocol_id, writer(session), make.at())
        assert refused.value.lacking == (Lack.QUIZ,), question
    ruling = make.protocol(session, code="T-10")
    protocols.begin_version(session, ruling.protocol_id, writer(session), make.at(1))
    with pytest.raises(NothingNew):
        protocols.ask_review(session, ruling.protocol_id, writer(session), make.at(1))


def test_what_a_new_town_hall_follows_by_no_act_is_adopted_as_it_is(session: Session) -> None:
    session.add(
        ProtocolVersion(
            number=1, state="approved", text=written(PROTOCOL), writers=[], written_at=make.at(), valid_from=TODAY,
            protocol=Protocol(code="T-01", channel="any", population="everybody", audience=["official"]),
        )
    )  # fmt: skip
    session.flush()
    (first,) = rules(session)
    assert another(session, first, text=PROTOCOL).act == "Resolución 012 de 2026"


def test_nothing_is_longer_than_what_fits_and_the_refusal_names_the_part(session: Session) -> None:
    version, by = make.protocol_draft(session), writer(session)
    step = PROTOCOL.steps[0]
    too_long = {part: "x" * (most + 1) for part, most in LONGEST.items()} | {
        "steps": (step,) * (MOST_STEPS + 1),
        "phrases": ("x" * 201,),
        "never": ("No.",) * 16,
        "targets": (Target(what="Contestar", time="x" * 81),),
        "quiz": (replace(PROTOCOL.quiz[0], options=tuple("abcde")),),
    }
    assert too_long.keys() == set(ProtocolText.__dataclass_fields__)
    for part, value in too_long.items():
        with pytest.raises(Invalid) as refused:
            protocols.save(session, version.protocol_id, replace(PROTOCOL, **{part: value}), 1, by, make.at(1))
        assert refused.value.field == part
    for field, bad in (("do", "x" * 401), ("say", "x" * 301)):
        steps = (Step(**({"moment": step.moment, "do": "Salude."} | {field: bad})),)
        with pytest.raises(Invalid):
            protocols.save(session, version.protocol_id, replace(PROTOCOL, steps=steps), 1, by, make.at(1))
    assert version.saving == 1


APPROVALS = [
    ("act", approval(act="  ")),
    ("act", approval(act="x" * 121)),
    ("valid_from", approval(TODAY - timedelta(days=1))),
    ("valid_from", approval(TODAY + timedelta(days=400))),
    ("days_to_read", approval(days_to_read=0)),
    ("days_to_read", approval(days_to_read=31)),
]


def test_an_approval_names_its_act_and_rules_from_today_or_later(session: Session) -> None:
    version = standing_as(session, Standing.REVIEW, "T-01")
    for field, bad in APPROVALS:
        with pytest.raises(Invalid) as refused:
            protocols.approve(session, version.protocol_id, 1, bad, approver(session), make.at())
        assert refused.value.field == field, bad
    whom = protocols.For(code="x1", channel="any", population="deaf", audience=["official"])
    for field, wrong in (
        ("code", whom),
        ("audience", replace(whom, code="T-02", audience=[])),
        ("audience", replace(whom, code="T-02", audience=["citizen"])),
        ("services", replace(whom, code="T-02", services=[999_999])),
    ):
        with pytest.raises(Invalid) as refused:
            protocols.assign(session, version.protocol_id, wrong, writer(session), make.at())
        assert refused.value.field == field


def test_a_reading_counts_when_every_question_is_right_and_keeps_what_was_right_at_first(session: Session) -> None:
    quiz = (*PROTOCOL.quiz, QuizQuestion(text="¿Y después?", options=("Nada", "Decir qué sigue"), right=1))
    version, reader = make.protocol(session, text=replace(PROTOCOL, quiz=quiz)), make.official(session)
    assert [one.version for one in protocols.to_read(session, reader, TODAY)] == [version]
    assert protocols.how_many_to_read(session, reader.id, ["official"], TODAY) == 1
    assert protocols.how_many_to_read(session, reader.id, ["mayor"], TODAY) == 0
    for answers in ([0], [0, None], [0, 1, 0]):
        with pytest.raises(Invalid):
            protocols.note_read(session, version, reader.id, answers, make.at(1))
    assert session.scalar(select(func.count()).select_from(Reading)) == 0
    tried = protocols.note_read(session, version, reader.id, [0, 0], make.at(2))
    assert (tried.wrong, tried.reading.read_at, tried.reading.first_right) == ((1,), None, 1)
    assert protocols.how_many_to_read(session, reader.id, ["official"], TODAY) == 1
    tried = protocols.note_read(session, version, reader.id, [0, 1], make.at(3))
    again = protocols.note_read(session, version, reader.id, [1, 0], make.at(4))
    assert (tried.wrong, again.wrong, again.reading.read_at) == ((), (), make.at(3))
    assert (again.reading.first_right, again.reading.tries) == (1, 2)
    assert protocols.to_read(session, reader, TODAY) == []
    assert protocols.how_many_to_read(session, reader.id, ["official"], TODAY) == 0
    assert [one.version.number for one in protocols.to_read(session, make.official(session, "ventanilla2"), TODAY)]
    next_one = another(session, version, text=replace(OTHER, quiz=()))
    assert [one.version for one in protocols.to_read(session, reader, TODAY)] == [next_one]
    tried = protocols.note_read(session, next_one, reader.id, [], make.at(5))
    assert (tried.reading.read_at, tried.reading.first_right) == (make.at(5), None)


def test_of_two_approvals_at_once_one_is_done_and_one_version_rules(engine: Engine) -> None:
    with Session(engine) as session, transaction(session):
        of = standing_as(session, Standing.REVIEW, "T-01").protocol_id
        people = [make.official(session, name).id for name in ("administracion", "pqrsd", "gobierno", "ventanilla1")]

    def one(who: int) -> str:
        try:
            with Session(engine) as session, transaction(session):
                protocols.approve(session, of, 1, approval(), who, make.at(1))
        except NotInReview:
            return "late"
        return "done"

    with ThreadPoolExecutor(4) as doors:
        assert sorted(doors.map(one, people)) == ["done", "late", "late", "late"]
    with Session(engine) as session:
        acts = session.scalars(select(Entry.act).where(Entry.thing == "protocol").order_by(Entry.seq)).all()
        assert acts == ["added", "proposed", "published"]
        assert session.scalar(select(ProtocolVersion.state).where(ProtocolVersion.protocol_id == of)) == "approved"


def test_two_drafts_begun_at_once_are_one_and_two_presses_of_a_reading_are_one(engine: Engine) -> None:
    with Session(engine) as session, transaction(session):
        version = make.protocol(session)
        of, who, number = version.protocol_id, writer(session), version.id

    def begin(_n: int) -> str:
        try:
            with Session(engine) as session, transaction(session):
                protocols.begin_version(session, of, who, make.at(1))
        except InHandAlready:
            return "late"
        return "done"

    def note(_n: int) -> int:
        with Session(engine) as session, transaction(session):
            found = session.get_one(ProtocolVersion, number)
            return protocols.note_read(session, found, who, [0], make.at(2)).reading.tries

    with ThreadPoolExecutor(4) as doors:
        assert sorted(doors.map(begin, range(4))) == ["done", "late", "late", "late"]
        assert list(doors.map(note, range(4))) == [1, 1, 1, 1]


def test_every_act_is_in_the_trail_by_its_number_and_no_text(session: Session) -> None:
    version = make.protocol(session)
    reader = session.get_one(Official, make.official(session).id)
    protocols.note_read(session, version, reader.id, [0], make.at(1))
    protocols.withdraw(session, version.protocol_id, 1, "Ya no se usa.", approver(session), make.at(2))
    session.commit()
    rows = session.execute(select(Entry.act, Entry.thing_id, Entry.detail).where(Entry.thing == "protocol")).all()
    assert [row.act for row in rows] == ["added", "proposed", "published", "read", "withdrawn"]
    assert {row.thing_id for row in rows} == {version.protocol_id}
    assert not any("usa" in row.detail or "Resol" in row.detail for row in rows)
