"""What keeps a questionnaire from being published: nothing is asked twice, in circles, or of nobody; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.surveys.questionnaire import BRANCHES, END, FEEDS, Kind, Question, Questionnaire

MOST_QUESTIONS = 30
MOST_CHOICES = 20
MOST_ROWS = 6


class Fault(StrEnum):
    """What is wrong with a question, or with the whole."""

    NO_TITLE = "no_title"
    NO_QUESTIONS = "no_questions"
    TOO_MANY_QUESTIONS = "too_many_questions"
    NO_TEXT = "no_text"
    KEY_TWICE = "key_twice"
    FEW_CHOICES = "few_choices"
    TOO_MANY_CHOICES = "too_many_choices"
    CHOICE_TWICE = "choice_twice"
    CHOICE_WITHOUT_TEXT = "choice_without_text"
    WRONG_MEASURE = "wrong_measure"
    NO_BRANCH = "no_branch"
    JUMP_OF_NOTHING = "jump_of_nothing"
    JUMP_TO_NOWHERE = "jump_to_nowhere"
    CIRCLE = "circle"
    UNREACHABLE = "unreachable"
    NOT_IN_ENGLISH = "not_in_english"


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, and the key of the question it is in; empty if it is of the whole."""

    fault: Fault
    question: str = ""


def faults(asked: Questionnaire, *, english: bool) -> list[Found]:
    """All that has to be mended before it is asked of anybody; `english` if it is offered in English too."""
    found = [*_of_the_whole(asked, english=english)]
    for question in asked.questions:
        found += (Found(fault, question.key) for fault in _of_a_question(question, english=english))
        found += (Found(fault, question.key) for fault in _of_its_jumps(asked, question))
    found += (Found(Fault.UNREACHABLE, key) for key in unreachable(asked))
    return found


def unreachable(asked: Questionnaire) -> list[str]:
    """The questions that no answers come by, in order.

    From a question one goes on to the next unless it is compulsory and every value of it leads elsewhere.
    """
    questions = asked.questions
    places = {question.key: n for n, question in enumerate(questions)}
    reached = {0}
    for n, question in enumerate(questions):
        if n in reached:
            reached |= {places[jump.to] for jump in question.jumps if places.get(jump.to, -1) > n}
            reached |= {n + 1} if _may_go_on(question) else set()
    return [question.key for n, question in enumerate(questions) if n not in reached]


def _may_go_on(question: Question) -> bool:
    led_away = {value for jump in question.jumps for value in jump.values}
    return not question.required or not set(question.values) or bool(set(question.values) - led_away)


def _of_the_whole(asked: Questionnaire, *, english: bool) -> Iterator[Found]:
    if not asked.title.strip():
        yield Found(Fault.NO_TITLE)
    if not asked.questions:
        yield Found(Fault.NO_QUESTIONS)
    if len(asked.questions) > MOST_QUESTIONS:
        yield Found(Fault.TOO_MANY_QUESTIONS)
    for key, count in Counter(question.key for question in asked.questions).items():
        if count > 1:
            yield Found(Fault.KEY_TWICE, key)
    said = [(asked.title, asked.title_en), (asked.intro, asked.intro_en), (asked.thanks, asked.thanks_en)]
    said += [(section.title, section.title_en) for section in asked.sections]
    if english and any(text.strip() and not translated.strip() for text, translated in said):
        yield Found(Fault.NOT_IN_ENGLISH)


def _of_a_question(question: Question, *, english: bool) -> Iterator[Fault]:
    if not question.text.strip():
        yield Fault.NO_TEXT
    if question.measure and question.measure not in FEEDS.get(question.kind, ()):
        yield Fault.WRONG_MEASURE
    if question.kind in (Kind.SINGLE, Kind.MULTIPLE, Kind.MATRIX):
        yield from _of_its_choices(question)
    said = [(question.text, question.text_en), (question.help, question.help_en)]
    said += [(choice.text, choice.text_en) for choice in question.choices]
    if english and any(text.strip() and not translated.strip() for text, translated in said):
        yield Fault.NOT_IN_ENGLISH


def _of_its_choices(question: Question) -> Iterator[Fault]:
    matrix = question.kind is Kind.MATRIX
    if len(question.choices) < (1 if matrix else 2):
        yield Fault.FEW_CHOICES
    if len(question.choices) > (MOST_ROWS if matrix else MOST_CHOICES):
        yield Fault.TOO_MANY_CHOICES
    if len({choice.key for choice in question.choices}) < len(question.choices):
        yield Fault.CHOICE_TWICE
    if any(not choice.text.strip() for choice in question.choices):
        yield Fault.CHOICE_WITHOUT_TEXT


def _of_its_jumps(asked: Questionnaire, question: Question) -> Iterator[Fault]:
    places = {each.key: n for n, each in enumerate(asked.questions)}
    if question.jumps and question.kind not in BRANCHES:
        yield Fault.NO_BRANCH
        return
    for jump in question.jumps:
        if not jump.values or not set(jump.values) <= set(question.values):
            yield Fault.JUMP_OF_NOTHING
        if jump.to != END and jump.to not in places:
            yield Fault.JUMP_TO_NOWHERE
        elif jump.to != END and places[jump.to] <= places[question.key]:
            yield Fault.CIRCLE
