"""One answer for each attention, whole or not at all, and nothing in it that leads back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Refused
from core.surveys import answering
from core.surveys.answering import AnsweredAlready, How, NotOpen, OwnAttention, TooLate, Unfit
from core.surveys.attention import Attention, Detail
from core.surveys.model import Answer, Comment, Mark, Mode, Of, Response
from core.surveys.questionnaire import Sent
from tests import make

KEYS = ("an old key", "the present key")
GOOD: Sent = {"all": ["5"], "solved": ["no"], "lacked": ["Una silla"]}
DETAIL = Detail(site_id=1, office_id=1, service_id=1, group="elderly", channel="in_person")


def how(**more: Any) -> How:
    return How(**{"mode": Mode.PHONE, "language": "es", "keys": KEYS, **more})


def attention(**more: Any) -> Attention:
    told = {
        "kind": Of.TURN,
        "source": "turn 1",
        "ended_on": make.OPENING.date(),
        "alike": ((DETAIL, 5),),
        "by": frozenset({7}),
    }
    return Attention(**{**told, **more})


def kept(session: Session) -> tuple[int, ...]:
    return tuple(
        session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Mark, Response, Answer, Comment)
    )


def test_an_answer_is_kept_with_its_mark_and_its_comment_apart(town: Session) -> None:
    answering.answer(town, make.survey(town), GOOD, attention(), how(), make.at(30))
    assert kept(town) == (1, 1, 2, 1)
    response, comment = town.scalars(select(Response)).one(), town.scalars(select(Comment)).one()
    assert (response.month, response.group, response.service_id) == (make.OPENING.date().replace(day=1), "elderly", 1)
    assert comment.text == "Una silla"
    assert comment.id != response.id


def test_nothing_is_kept_of_what_is_no_answer(town: Session) -> None:
    version = make.survey(town)
    wrong: dict[str, Sent] = {
        "outside of the scale": {**GOOD, "all": ["6"]},
        "two options": {**GOOD, "solved": ["yes", "no"]},
        "missing": {"solved": ["no"]},
        "blank": {**GOOD, "all": [" "]},
        "foreign": {**GOOD, "other": ["1"]},
        "not on the way": {**GOOD, "solved": ["yes"]},
        "too long": {**GOOD, "lacked": ["x" * 1_001]},
    }
    for name, sent in wrong.items():
        with pytest.raises(Unfit) as refused:
            answering.answer(town, version, sent, attention(), how(), make.at(30))
        assert refused.value.field, name
        assert kept(town) == (0, 0, 0, 0), name


def test_of_an_attention_one_opinion_is_given_by_whoever_may(town: Session) -> None:
    version = make.survey(town)
    cases: list[tuple[type[Refused], Callable[[], None]]] = [
        (OwnAttention, lambda: answering.answer(town, version, GOOD, attention(), how(official_id=7), make.at(1))),
        (TooLate, lambda: answering.answer(town, version, GOOD, attention(), how(), make.at() + timedelta(days=31))),
        (NotOpen, lambda: answering.answer(town, version, GOOD, None, how(), make.at(1))),
        (NotOpen, lambda: answering.answer(town, version, GOOD, attention(kind=Of.REPLY), how(), make.at(1))),
    ]
    for refusal, act in cases:
        with pytest.raises(refusal):
            act()
    answering.answer(town, version, GOOD, attention(), how(official_id=8), make.at(1))
    with pytest.raises(AnsweredAlready):
        answering.answer(town, version, GOOD, attention(), how(), make.at(2))
    assert kept(town)[1] == 1


def test_a_mark_burnt_under_the_key_before_stays_burnt(town: Session) -> None:
    version = make.survey(town)
    answering.answer(town, version, GOOD, attention(), how(keys=KEYS[:1]), make.at(1))
    with pytest.raises(AnsweredAlready):
        answering.answer(town, version, GOOD, attention(), how(), make.at(2))


def test_an_open_survey_is_answered_without_an_attention(town: Session) -> None:
    version = make.survey(town, Of.OPEN)
    answering.answer(town, version, GOOD, None, how(mode=Mode.WEB), make.at(1))
    with pytest.raises(NotOpen):
        answering.answer(town, version, GOOD, attention(), how(), make.at(1))
    assert kept(town)[:2] == (0, 1)


def test_what_fewer_than_five_have_in_common_is_not_kept() -> None:
    coarse = Detail(site_id=1)
    assert attention(alike=((DETAIL, 4), (coarse, 5))).kept == coarse
    assert attention(alike=((DETAIL, 5), (coarse, 5))).kept == DETAIL
    assert attention(alike=((DETAIL, 1), (coarse, 4))).kept == Detail()
