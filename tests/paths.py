"""Where answers lead: one table for the rule of the office and for that of the page of the kiosk."""

from __future__ import annotations

from core.surveys.questionnaire import END, Choice, Jump, Kind, Question, Questionnaire, Section, Sent
from tests import make


def _asked(*questions: Question) -> Questionnaire:
    return Questionnaire(title="Una", sections=(Section(questions=questions[:2]), Section(questions=questions[2:])))


def _question(key: str, *jumps: Jump, kind: Kind = Kind.YES_NO) -> Question:
    return Question(key=key, kind=kind, text=key, jumps=jumps, choices=(Choice(key="x", text="x"),))


_END = _asked(_question("a", Jump(values=("no",), to=END)), _question("b"), _question("c"))
_TWO = _asked(
    _question("a", Jump(values=("1", "2"), to="c"), Jump(values=("2", "3"), to="d"), kind=Kind.FACES),
    _question("b", Jump(values=("yes",), to="d")),
    _question("c"),
    _question("d"),
)
_SEVERAL = _asked(_question("a", Jump(values=("k2",), to="c"), kind=Kind.MULTIPLE), _question("b"), _question("c"))
_ROWS = _asked(_question("a", kind=Kind.MATRIX), _question("b", Jump(values=("no",), to=END)), _question("c"))
_BACK = _asked(_question("a"), _question("b", Jump(values=("no",), to="a")), _question("c"))
_NOWHERE = _asked(_question("a", Jump(values=("no",), to="gone")), _question("b"))

PATHS: list[tuple[Questionnaire, Sent, list[str]]] = [
    (make.QUESTIONNAIRE, {}, ["all", "solved", "lacked", "comment"]),
    (make.QUESTIONNAIRE, {"solved": ["yes"]}, ["all", "solved", "comment"]),
    (make.QUESTIONNAIRE, {"solved": ["no"]}, ["all", "solved", "lacked", "comment"]),
    (_END, {}, ["a", "b", "c"]),
    (_END, {"a": ["no"]}, ["a"]),
    (_END, {"b": ["no"]}, ["a", "b", "c"]),
    (_TWO, {"a": ["2"]}, ["a", "c", "d"]),
    (_TWO, {"a": ["3"]}, ["a", "d"]),
    (_TWO, {"a": ["4"], "b": ["yes"]}, ["a", "b", "d"]),
    (_TWO, {"a": ["1"], "b": ["yes"]}, ["a", "c", "d"]),
    (_SEVERAL, {"a": ["k1", "k2"]}, ["a", "c"]),
    (_SEVERAL, {"a": ["k1"]}, ["a", "b", "c"]),
    (_ROWS, {"a.x": ["1"], "b": ["no"]}, ["a", "b"]),
    (_BACK, {"b": ["no"]}, ["a", "b", "c"]),
    (_NOWHERE, {"a": ["no"]}, ["a", "b"]),
]
"""What is asked, what was answered so far, and the questions that these answers come by."""
