"""The keys of questions and options: made by us, so that versions can be compared, and never used again; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from core.surveys.questionnaire import Jump, Kind, Question, Questionnaire


@dataclass(frozen=True, slots=True)
class Known:
    """What the published versions of a survey have called something: key → kind of question, key → its options."""

    kinds: Mapping[str, Kind]
    options: Mapping[str, frozenset[str]]


def known(versions: Iterable[Questionnaire]) -> Known:
    """The keys of these versions, the oldest first."""
    kinds: dict[str, Kind] = {}
    options: dict[str, frozenset[str]] = {}
    for question in (question for version in versions for question in version.questions):
        kinds[question.key] = question.kind
        options[question.key] = options.get(question.key, frozenset()) | {choice.key for choice in question.choices}
    return Known(kinds, options)


def next_key(letter: str, taken: Iterable[str]) -> str:
    """The letter and a number that no other key has, nor had: «q7»."""
    numbers = [int(key.removeprefix(letter)) for key in taken if _is_ours(letter, key)]
    return f"{letter}{max(numbers, default=0) + 1}"


def rekeyed(asked: Questionnaire, earlier: Known) -> Questionnaire:
    """A question that is answered otherwise than in an earlier version is another one: it gets a key of its own."""
    names: dict[str, str] = {}
    for question in asked.questions:
        if earlier.kinds.get(question.key, question.kind) is not question.kind:
            taken = {*earlier.kinds, *names.values(), *(one.key for one in asked.questions)}
            names[question.key] = next_key("q", taken)
    sections = tuple(replace(part, questions=tuple(_renamed(part.questions, names))) for part in asked.sections)
    return replace(asked, sections=sections) if names else asked


def _renamed(questions: Iterable[Question], names: Mapping[str, str]) -> Iterator[Question]:
    for question in questions:
        jumps = tuple(Jump(values=jump.values, to=names.get(jump.to, jump.to)) for jump in question.jumps)
        yield replace(question, key=names.get(question.key, question.key), jumps=jumps)


def _is_ours(letter: str, key: str) -> bool:
    number = key.removeprefix(letter)
    return key.startswith(letter) and number.isascii() and number.isdecimal()
