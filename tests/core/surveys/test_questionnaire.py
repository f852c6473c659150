"""Where answers lead, what a page holds, and what keeps a questionnaire from being published."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.surveys.faults import Fault, Found, faults, unreachable
from core.surveys.pages import following, pages
from core.surveys.questionnaire import (
    END,
    Choice,
    Jump,
    Kind,
    Question,
    Questionnaire,
    Section,
    in_english,
    on_the_way,
    path,
    problems,
    read,
    written,
)
from tests import make
from tests.paths import PATHS

ASKED = make.QUESTIONNAIRE


def of(*questions: Question) -> Questionnaire:
    return Questionnaire(title="Una", title_en="One", sections=(Section(questions=questions),))


def yes_no(key: str, *jumps: Jump, required: bool = False) -> Question:
    return Question(key=key, kind=Kind.YES_NO, text=key, text_en=key, jumps=jumps, required=required)


def keys(questions: tuple[Question, ...]) -> list[str]:
    return [question.key for question in questions]


def test_an_answer_leads_to_the_question_that_its_jump_names() -> None:
    for asked, sent, way in PATHS:
        assert keys(path(asked, sent)) == way, sent


def test_a_jump_to_the_end_asks_nothing_more() -> None:
    asked = of(yes_no("consent", Jump(values=("no",), to=END)), yes_no("other"))
    assert keys(path(asked, {"consent": ["no"]})) == ["consent"]


def test_a_page_ends_where_an_answer_may_lead_elsewhere() -> None:
    assert [keys(page) for page in pages(ASKED, {})] == [["all", "solved"], ["lacked", "comment"]]
    assert [keys(page) for page in pages(ASKED, {"solved": ["yes"]})] == [["all", "solved"], ["comment"]]
    apart = Questionnaire(sections=(Section(questions=(yes_no("a"),)), Section(questions=(yes_no("b"), yes_no("c")))))
    assert [keys(page) for page in pages(apart, {})] == [["a"], ["b", "c"]]
    assert pages(of(), {}) == []
    book = pages(ASKED, {})
    assert [following(book, shown) for shown in ("", "solved", "comment")] == [book[0], book[1], ()]


def test_what_a_change_of_mind_left_aside_is_not_sent() -> None:
    assert on_the_way(ASKED, {"solved": ["yes"], "lacked": ["tiempo"]}) == {"solved": ["yes"]}


def test_a_matrix_is_answered_row_by_row() -> None:
    rows = (Choice(key="a", text="Aseo"), Choice(key="b", text="Silencio"))
    asked = of(Question(key="place", kind=Kind.MATRIX, text="El lugar", required=True, choices=rows))
    assert problems(asked, {"place.a": ["1"], "place.b": ["na"]}) == ()
    assert [problem.field for problem in problems(asked, {"place.a": ["1"]})] == ["place.b"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (ASKED, []),
        (replace(ASKED, title=" "), [Found(Fault.NO_TITLE)]),
        (of(), [Found(Fault.NO_QUESTIONS)]),
        (of(yes_no("a"), yes_no("a")), [Found(Fault.KEY_TWICE, "a")]),
        (of(yes_no("a", Jump(values=("yes",), to="z"))), [Found(Fault.JUMP_TO_NOWHERE, "a")]),
        (of(yes_no("a", Jump(values=("maybe",), to=END))), [Found(Fault.JUMP_OF_NOTHING, "a")]),
        (of(yes_no("a", Jump(values=("yes",), to="a"))), [Found(Fault.CIRCLE, "a")]),
        (of(yes_no("a"), yes_no("b", Jump(values=("yes",), to="a"))), [Found(Fault.CIRCLE, "b")]),
        (
            of(
                yes_no("a", Jump(values=("yes",), to="c"), Jump(values=("no",), to=END), required=True),
                yes_no("b"),
                yes_no("c"),
            ),
            [Found(Fault.UNREACHABLE, "b")],
        ),
        (of(Question(key="a", kind=Kind.SINGLE, text="A", text_en="A")), [Found(Fault.FEW_CHOICES, "a")]),
        (
            of(Question(key="a", kind=Kind.TEXT, text="A", text_en="A", measure="csat")),
            [Found(Fault.WRONG_MEASURE, "a")],
        ),
        (of(Question(key="a", kind=Kind.TEXT, text="A")), [Found(Fault.NOT_IN_ENGLISH, "a")]),
    ],
)  # fmt: skip
def test_every_fault_is_found_before_anybody_is_asked(asked: Questionnaire, found: list[Found]) -> None:
    assert faults(asked, english=True) == found


def test_a_question_that_may_be_left_unanswered_leads_on() -> None:
    jumps = (Jump(values=("yes",), to="c"), Jump(values=("no",), to=END))
    assert unreachable(of(yes_no("a", *jumps), yes_no("b"), yes_no("c"))) == []


def test_a_questionnaire_is_kept_and_read_whole_and_in_english() -> None:
    assert read(written(ASKED)) == ASKED
    assert in_english(ASKED).questions[1].choices[1].text == "Partly"
