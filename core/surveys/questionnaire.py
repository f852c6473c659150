"""A questionnaire as data: its sections, its questions, where an answer leads, and the pages it is asked in; pure.

What is sent of it is a mapping of field name to the values under that name, as a form sends it. A question is one
field, its key; a matrix is one field for each of its rows, «key.row».
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

END = "end"
"""Where a jump leads that ends the survey."""
NOT_APPLICABLE = "na"
YES, NO = "yes", "no"
FACES = ("1", "2", "3", "4", "5")
SCALE = tuple(str(n) for n in range(11))

Sent = Mapping[str, Sequence[str]]


class Kind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    FACES = "faces"
    SCALE = "scale"
    YES_NO = "yes_no"
    TEXT = "text"
    MATRIX = "matrix"
    CONSENT = "consent"


class Measure(StrEnum):
    """The figure that a question feeds: satisfaction and ease from 1 to 5, recommendation from 0 to 10, and a theme."""

    CSAT = "csat"
    CES = "ces"
    NPS = "nps"
    THEMES = "themes"


FEEDS = {
    Kind.FACES: (Measure.CSAT, Measure.CES),
    Kind.SCALE: (Measure.NPS,),
    Kind.MULTIPLE: (Measure.THEMES,),
    Kind.SINGLE: (Measure.THEMES,),
}
"""Which figures each kind of question can feed."""

BRANCHES = (Kind.SINGLE, Kind.MULTIPLE, Kind.FACES, Kind.SCALE, Kind.YES_NO, Kind.CONSENT)
"""The kinds whose answer may lead elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An option of a question, or a row of a matrix."""

    key: str
    text: str
    text_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """Whoever answers any of these values goes to that question, or to the END; the first jump that holds is taken."""

    values: tuple[str, ...]
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `choices`: options of SINGLE and MULTIPLE, rows of MATRIX. `measure`: one of Measure, or empty.

    `may_not_apply` offers «no sabe / no aplica» in FACES and MATRIX.
    """

    key: str
    kind: Kind
    text: str
    text_en: str = ""
    help: str = ""
    help_en: str = ""
    required: bool = False
    may_not_apply: bool = True
    choices: tuple[Choice, ...] = ()
    measure: str = ""
    jumps: tuple[Jump, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names under which its answer is sent."""
        if self.kind is Kind.MATRIX:
            return tuple(f"{self.key}.{row.key}" for row in self.choices)
        return (self.key,)

    @property
    def values(self) -> tuple[str, ...]:
        """What may be answered; of TEXT, nothing is listed."""
        if self.kind in (Kind.SINGLE, Kind.MULTIPLE):
            return tuple(choice.key for choice in self.choices)
        if self.kind in (Kind.FACES, Kind.MATRIX):
            return (*FACES, NOT_APPLICABLE) if self.may_not_apply else FACES
        return {Kind.SCALE: SCALE, Kind.YES_NO: (YES, NO), Kind.CONSENT: (YES,)}.get(self.kind, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions that go together, under a title that may be empty."""

    title: str = ""
    title_en: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """All that is asked, what is said before it and thanked after it; `_en` is the same in English, or empty."""

    title: str = ""
    title_en: str = ""
    intro: str = ""
    intro_en: str = ""
    thanks: str = ""
    thanks_en: str = ""
    sections: tuple[Section, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    def question(self, key: str) -> Question:
        """Raises KeyError."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)


Part = TypeVar("Part", Questionnaire, Section, Question, Choice)


# ---------------------------------------------------------------- where an answer leads


def path(asked: Questionnaire, sent: Sent) -> tuple[Question, ...]:
    """The questions that these answers come by, in order; a question not answered yet leads to the next one."""
    return tuple(_walk(asked, sent))


def on_the_way(asked: Questionnaire, sent: Sent) -> dict[str, Sequence[str]]:
    """What was sent of the questions that these answers come by; what a change of mind left aside is not in it."""
    names = {name for question in path(asked, sent) for name in question.fields}
    return {name: values for name, values in sent.items() if name in names}


def _walk(asked: Questionnaire, sent: Sent) -> Iterator[Question]:
    questions = asked.questions
    places = {question.key: n for n, question in enumerate(questions)}
    n = 0
    while n < len(questions):
        yield questions[n]
        to = _leads_to(questions[n], sent)
        if to == END:
            return
        n = max(places.get(to, n + 1), n + 1) if to else n + 1


def _leads_to(question: Question, sent: Sent) -> str:
    given = set(sent.get(question.key, ()))
    return next((jump.to for jump in question.jumps if given & set(jump.values)), "")


# ---------------------------------------------------------------- what was sent


class Wrong(StrEnum):
    """What is wrong with what was sent."""

    MISSING = "missing"
    OUTSIDE = "outside"
    TWICE = "twice"
    TOO_LONG = "too_long"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Problem:
    """A field to mend, and why."""

    field: str
    wrong: Wrong


LONGEST_TEXT = 1_000


def problems(asked: Questionnaire, sent: Sent) -> tuple[Problem, ...]:
    """All that is wrong with what was sent as a whole answer; nothing if it may be kept as it is."""
    way = path(asked, sent)
    names = {name for question in way for name in question.fields}
    found = [Problem(name, Wrong.FOREIGN) for name in sent if name not in names]
    for question in way:
        found += problems_of(question, sent)
    return tuple(found) or _silence(way, sent)


def _silence(way: Sequence[Question], sent: Sent) -> tuple[Problem, ...]:
    """Who answers nothing, but perhaps that they agree to be asked, gave no answer: the first question is missing."""
    names = [name for question in way if question.kind is not Kind.CONSENT for name in question.fields]
    said = any(value.strip() for name in names for value in sent.get(name, ()))
    return () if said else tuple(Problem(name, Wrong.MISSING) for name in names[:1])


def problems_of(question: Question, sent: Sent) -> Iterator[Problem]:
    """What is wrong with what was sent of one question."""
    for name in question.fields:
        given = [value for value in sent.get(name, ()) if value.strip()]
        if (wrong := _wrong(question, given)) is not None:
            yield Problem(name, wrong)


def _wrong(question: Question, given: Sequence[str]) -> Wrong | None:
    if not given:
        return Wrong.MISSING if question.required else None
    if len(given) > 1 and (question.kind is not Kind.MULTIPLE or len(set(given)) < len(given)):
        return Wrong.TWICE
    if question.kind is Kind.TEXT:
        return Wrong.TOO_LONG if len(given[0]) > LONGEST_TEXT else None
    return None if set(given) <= set(question.values) else Wrong.OUTSIDE


# ---------------------------------------------------------------- as it is kept


def written(asked: Questionnaire) -> dict[str, Any]:
    """The questionnaire as JSON keeps it."""
    return asdict(asked)


def read(kept: Mapping[str, Any]) -> Questionnaire:
    """The questionnaire that `written` kept. Raises TypeError for a part that there is not, ValueError for a kind."""
    sections = tuple(
        Section(**{**part, "questions": tuple(_question(one) for one in part.get("questions", ()))})
        for part in kept.get("sections", ())
    )
    return Questionnaire(**{**kept, "sections": sections})


def in_english(asked: Questionnaire) -> Questionnaire:
    """The same with its English in the place of its Spanish; what nobody has translated stays in Spanish."""
    return _english(
        replace(
            asked,
            sections=tuple(
                _english(replace(part, questions=tuple(_question_in_english(one) for one in part.questions)))
                for part in asked.sections
            ),
        )
    )


def _question(kept: Mapping[str, Any]) -> Question:
    return Question(
        **{
            **kept,
            "kind": Kind(kept["kind"]),
            "choices": tuple(Choice(**one) for one in kept.get("choices", ())),
            "jumps": tuple(Jump(values=tuple(one["values"]), to=one["to"]) for one in kept.get("jumps", ())),
        }
    )


def _question_in_english(question: Question) -> Question:
    return _english(replace(question, choices=tuple(_english(choice) for choice in question.choices)))


def _english(part: Part) -> Part:
    names = [field.name for field in fields(part) if field.name.endswith("_en")]
    return replace(part, **{name.removesuffix("_en"): text for name in names if (text := getattr(part, name))})
