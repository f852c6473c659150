"""A survey from its draft to its versions: who writes, publishes and takes back, also when two do it at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.audit.model import Entry
from core.db import transaction
from core.errors import Invalid, Refused
from core.surveys import answering, writing
from core.surveys.answering import NotOpen
from core.surveys.faults import Fault
from core.surveys.model import Of, Response, Survey, SurveyVersion
from core.surveys.questionnaire import Questionnaire, Section, read
from core.surveys.writing import (
    Answered,
    DraftThere,
    Facts,
    Faulty,
    NoSurvey,
    NothingNew,
    NothingPublished,
    NothingToPublish,
    WrittenMeanwhile,
)
from tests import make
from tests.core.surveys.test_answering import GOOD, attention, how

ASKED = make.QUESTIONNAIRE
OTHER = replace(ASKED, title="¿Cómo le fue?")


def begun(session: Session, name: str = "Atención", kind: Of = Of.TURN, asked: Questionnaire = ASKED) -> Survey:
    """A survey with a draft that lacks nothing."""
    survey = writing.add(session, name, kind, None, make.at())
    writing.save_draft(session, survey.id, asked, True, 1, 1, make.at(1))
    return survey


def published(session: Session, **more: object) -> Survey:
    survey = begun(session, **more)  # type: ignore[arg-type]
    writing.publish(session, survey.id, 2, 1, make.at(2))
    writing.put_in_use(session, survey.id, 1, make.at(3))
    return survey


def test_a_version_lasts_until_the_next_one_is_published(town: Session) -> None:
    survey = published(town)
    first = writing.in_force(town, survey)
    assert first is not None
    draft = writing.start_version(town, survey.id, 1, make.at(4))
    assert writing.start_version(town, survey.id, 1, make.at(4)) is draft
    assert (read(draft.questionnaire), draft.number, draft.english) == (ASKED, 2, True)
    with pytest.raises(NothingNew):
        writing.publish(town, survey.id, 1, 1, make.at(5))
    writing.save_draft(town, survey.id, OTHER, True, 1, 1, make.at(5))
    writing.publish(town, survey.id, 2, 1, make.at(6))
    assert (first.until, draft.published_at, draft.published_by) == (make.at(6), make.at(6), 1)
    assert answering.in_use(town, Of.TURN) is draft
    with pytest.raises(NothingToPublish):
        writing.publish(town, survey.id, 2, 1, make.at(7))


def test_what_somebody_else_saved_meanwhile_is_neither_overwritten_nor_published(town: Session) -> None:
    survey = begun(town)
    for refused in (
        lambda: writing.save_draft(town, survey.id, OTHER, False, 1, 1, make.at(2)),
        lambda: writing.publish(town, survey.id, 1, 1, make.at(2)),
    ):
        with pytest.raises(WrittenMeanwhile):
            refused()
    draft = writing.draft_of(town, survey)
    assert draft is not None
    assert (read(draft.questionnaire), draft.published_at) == (ASKED, None)


def test_a_draft_with_faults_is_kept_but_not_published(town: Session) -> None:
    nobody = replace(ASKED, title_en="", sections=(Section(questions=(replace(ASKED.questions[0], text=""),)),))
    survey = begun(town, asked=nobody)
    with pytest.raises(Faulty) as refused:
        writing.publish(town, survey.id, 2, 1, make.at(2))
    told = {(found.fault, found.question) for found in refused.value.found}
    assert told == {(Fault.NOT_IN_ENGLISH, ""), (Fault.NO_TEXT, "all")}
    assert set(Fault) == set(writing.WORDS)


def test_a_version_is_taken_back_until_somebody_answers_it(town: Session) -> None:
    survey = published(town)
    first = writing.in_force(town, survey)
    writing.start_version(town, survey.id, 1, make.at(4))
    with pytest.raises(DraftThere):
        writing.take_back(town, survey.id, 1, make.at(4))
    writing.save_draft(town, survey.id, OTHER, True, 1, 1, make.at(5))
    second = writing.publish(town, survey.id, 2, 1, make.at(6))
    assert writing.take_back(town, survey.id, 1, make.at(7)) is second
    assert answering.in_use(town, Of.TURN) is first
    with pytest.raises(NotOpen):
        answering.answer(town, second, GOOD, attention(), how(), make.at(8))
    assert writing.discard_draft(town, survey.id, 1, make.at(8)) is False
    assert first is not None
    answering.answer(town, first, GOOD, attention(), how(), make.at(9))
    with pytest.raises(Answered):
        writing.take_back(town, survey.id, 1, make.at(10))
    assert first.published_at == make.at(2)


def test_a_survey_whose_only_version_is_taken_back_is_not_asked_and_may_be_forgotten(town: Session) -> None:
    survey = published(town)
    writing.take_back(town, survey.id, 1, make.at(4))
    assert not survey.active
    for refused in (writing.take_back, writing.put_in_use):
        with pytest.raises((DraftThere, NothingPublished)):
            refused(town, survey.id, 1, make.at(5))
    assert writing.discard_draft(town, survey.id, 1, make.at(6)) is True
    with pytest.raises(NoSurvey):
        writing.survey_of(town, survey.id)


def test_of_turns_and_of_replies_one_survey_is_asked_and_of_open_ones_as_many_as_there_are(town: Session) -> None:
    first, second = published(town), published(town, name="Otra")
    assert (first.active, second.active) == (False, True)
    opened = [published(town, name=name, kind=Of.OPEN) for name in ("Una", "Una")]
    assert [survey.code for survey in opened] == ["una", "una-2"]
    assert {version.survey_id for version in answering.open_ones(town, make.OPENING.date())} >= {
        survey.id for survey in opened
    }
    writing.take_out(town, opened[0].id, 1, make.at(5))
    with pytest.raises(NotOpen):
        answering.open_one(town, "una", make.OPENING.date())


def test_what_is_said_of_a_survey_holds_together(town: Session) -> None:
    survey = published(town, kind=Of.NEEDS)
    good = Facts(name=" Necesidades ", opens_on=date(2026, 11, 1), closes_on=date(2026, 11, 30))
    for field, wrong in (
        ("name", replace(good, name=" ")),
        ("closes_on", replace(good, closes_on=date(2026, 10, 31))),
        ("opens_on", replace(good, opens_on=None)),
        ("population", replace(good, sampled=True, frame="El SISBÉN")),
        ("frame", replace(good, sampled=True, population=2_000)),
    ):
        with pytest.raises(Invalid) as refused:
            writing.describe(town, survey.id, wrong, 1, make.at(4))
        assert refused.value.field == field
    writing.describe(town, survey.id, replace(good, sampled=True, population=2_000, frame="El SISBÉN"), 1, make.at(5))
    assert (survey.name, survey.closes_on, survey.population) == ("Necesidades", date(2026, 11, 30), 2_000)


def test_each_act_leaves_its_codes_in_the_trail_and_no_text(town: Session) -> None:
    before = town.scalar(select(Entry.seq).order_by(Entry.seq.desc()).limit(1)) or 0
    survey = published(town)
    number = survey.id
    writing.take_back(town, number, 1, make.at(4))
    writing.discard_draft(town, number, 1, make.at(5))
    town.commit()
    rows = town.scalars(select(Entry).where(Entry.seq > before, Entry.thing == "survey").order_by(Entry.seq)).all()
    assert [row.act for row in rows] == ["added", "changed", "published", "restored", "withdrawn", "discarded"]
    assert {row.thing_id for row in rows} == {number}


def at_once(engine: Engine, *acts: Callable[[Session], object]) -> list[object]:
    """What each act, begun with the others, came to: its value, or the class of its refusal."""

    def do(act: Callable[[Session], object]) -> object:
        with Session(engine) as session:
            try:
                with transaction(session):
                    return act(session)
            except Refused as refused:
                return type(refused)

    with ThreadPoolExecutor(len(acts)) as hands:
        return list(hands.map(do, acts))


def test_two_who_publish_at_once_publish_once_and_two_surveys_put_in_use_at_once_leave_one(engine: Engine) -> None:
    with Session(engine) as session, transaction(session):
        number = begun(session).id
        rivals = [published(session, name=f"Rival {n}").id for n in range(3)]
    came = at_once(engine, *[lambda s: writing.publish(s, number, 2, 1, make.at(5)).number] * 4)
    assert sorted(came, key=str) == [1, *[NothingToPublish] * 3]
    came = at_once(engine, *[lambda s, n=n: writing.put_in_use(s, n, 1, make.at(6)) for n in rivals])
    assert came == [None] * 3
    with Session(engine) as session:
        assert len(session.scalars(select(Survey).where(Survey.kind == Of.TURN, Survey.active)).all()) == 1


def test_nobody_takes_back_what_is_being_answered(engine: Engine) -> None:
    """Whoever comes first wins, and the other is refused: no answer hangs on a draft that is changed afterwards."""
    for n in range(4):
        with Session(engine) as session, transaction(session):
            number = published(session, name=f"Carrera {n}").id

        def answers(session: Session, number: int = number, source: str = f"turn {n}") -> str:
            version = session.scalars(select(SurveyVersion).where(SurveyVersion.survey_id == number)).one()
            answering.answer(session, version, GOOD, attention(source=source), how(), make.at(9))
            return "answered"

        def takes_back(session: Session, number: int = number) -> str:
            writing.take_back(session, number, 1, make.at(9))
            return "taken back"

        came = at_once(engine, *((answers, takes_back) if n % 2 else (takes_back, answers)))
        assert set(came) in ({"answered", Answered}, {"taken back", NotOpen})
        with Session(engine) as session:
            drafts = select(Response).join(SurveyVersion).where(SurveyVersion.published_at.is_(None))
            assert session.scalars(drafts).all() == []
