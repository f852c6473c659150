"""How much a protocol may say, and what it lacks before anybody is asked to approve it; pure."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from core.protocols.text import Moment, ProtocolText, QuizQuestion

LONGEST = {"title": 120, "purpose": 600, "scope": 600, "responsible": 120}
LONGEST_DO, LONGEST_SAY, LONGEST_LINE = 400, 300, 200
LONGEST_WHAT, LONGEST_TIME = 100, 80
LONGEST_QUESTION, LONGEST_OPTION = 200, 160
MOST_STEPS, MOST_LINES, MOST_TARGETS, MOST_QUESTIONS = 20, 15, 8, 5
FEWEST_OPTIONS, MOST_OPTIONS = 2, 4


class Lack(StrEnum):
    """What has to be there before a review is asked for, in the order of the page."""

    TITLE = "title"
    PURPOSE = "purpose"
    SCOPE = "scope"
    RESPONSIBLE = "responsible"
    CONTACT = "contact"
    CLOSING = "closing"
    NEVER = "never"
    TARGET = "target"
    QUIZ = "quiz"


def lacks(text: ProtocolText) -> tuple[Lack, ...]:
    """What is missing; nothing if it may be reviewed. `QUIZ`: a question that nobody could answer."""
    moments = {step.moment for step in text.steps if step.do}
    there = {
        Lack.TITLE: text.title,
        Lack.PURPOSE: text.purpose,
        Lack.SCOPE: text.scope,
        Lack.RESPONSIBLE: text.responsible,
        Lack.CONTACT: Moment.CONTACT in moments,
        Lack.CLOSING: Moment.CLOSING in moments,
        Lack.NEVER: text.never,
        Lack.TARGET: text.targets,
        Lack.QUIZ: all(can_be_answered(question) for question in text.quiz),
    }
    return tuple(lack for lack, is_there in there.items() if not is_there)


def can_be_answered(question: QuizQuestion) -> bool:
    """Whether it asks something, offers different options, and one of them is the right one."""
    options = question.options
    return (
        bool(question.text)
        and len(options) >= FEWEST_OPTIONS
        and all(options)
        and len(set(options)) == len(options)
        and 0 <= question.right < len(options)
    )


def too_much(text: ProtocolText) -> tuple[str, int] | None:
    """The first part that says more than it may, with the most that goes there; None if all of it fits."""
    return next(((part, most) for part, size, most in _sizes(text) if size > most), None)


def _sizes(text: ProtocolText) -> Iterator[tuple[str, int, int]]:
    """Part, how much it says, and the most: letters of a text, or things of a list."""
    for part, most in LONGEST.items():
        yield part, len(getattr(text, part)), most
    yield "steps", len(text.steps), MOST_STEPS
    for step in text.steps:
        yield "steps", len(step.do), LONGEST_DO
        yield "steps", len(step.say), LONGEST_SAY
    for part in ("phrases", "never"):
        lines: tuple[str, ...] = getattr(text, part)
        yield part, len(lines), MOST_LINES
        yield from ((part, len(line), LONGEST_LINE) for line in lines)
    yield "targets", len(text.targets), MOST_TARGETS
    for target in text.targets:
        yield "targets", len(target.what), LONGEST_WHAT
        yield "targets", len(target.time), LONGEST_TIME
    yield "quiz", len(text.quiz), MOST_QUESTIONS
    for question in text.quiz:
        yield "quiz", len(question.text), LONGEST_QUESTION
        yield "quiz", len(question.options), MOST_OPTIONS
        yield from (("quiz", len(option), LONGEST_OPTION) for option in question.options)
