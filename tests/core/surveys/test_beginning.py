"""The surveys of the first content: published, in use, in both languages and short."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.surveys import answering
from core.surveys.faults import faults
from core.surveys.model import Of, SurveyVersion
from core.surveys.questionnaire import Kind, Measure, Questionnaire, path, read
from tests import make


def asked(town: Session, kind: Of) -> Questionnaire:
    version = answering.in_use(town, kind)
    assert version is not None
    return read(version.questionnaire)


def test_the_example_town_hall_asks_of_turns_of_replies_and_two_open_ones(town_in_memory: Session) -> None:
    for version in town_in_memory.scalars(select(SurveyVersion)):
        assert faults(read(version.questionnaire), english=version.english) == [], version.survey.code
        assert version.english
    opened = answering.open_ones(town_in_memory, make.OPENING.date())
    assert {(one.survey.code, one.survey.closes_on) for one in opened} == {
        ("experiencia", None),
        ("necesidades", date(2026, 12, 31)),
    }


def test_of_a_turn_six_things_are_asked_and_what_was_missing_only_of_who_lacked_something(
    town_in_memory: Session,
) -> None:
    turn = asked(town_in_memory, Of.TURN)
    assert len(path(turn, {"solved": ["yes"]})) == 6
    assert "lacked" not in {question.key for question in path(turn, {"solved": ["yes"]})}
    assert "lacked" in {question.key for question in path(turn, {"solved": ["partly"]})}
    assert turn.question("overall").measure == Measure.CSAT
    assert [q.measure for q in asked(town_in_memory, Of.REPLY).questions if q.measure] == [Measure.CSAT, Measure.CES]


def test_an_open_one_asks_of_each_kind_of_interaction_its_own_question_and_the_other_asks_for_themes(
    town_in_memory: Session,
) -> None:
    by_code = {one.survey.code: read(one.questionnaire) for one in town_in_memory.scalars(select(SurveyVersion))}
    for came in ("information", "service", "accounts", "participation"):
        way = [question.key for question in path(by_code["experiencia"], {"interaction": [came], came: ["4"]})]
        assert way == ["interaction", came, "overall", "recommend", "comment"]
    themes = [q for q in by_code["necesidades"].questions if q.measure == Measure.THEMES]
    assert [question.kind for question in themes] == [Kind.MULTIPLE, Kind.SINGLE]
    assert themes[0].choices == themes[1].choices
