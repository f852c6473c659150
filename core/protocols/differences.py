"""What changed between two versions of a protocol, part by part and line by line; pure."""

from __future__ import annotations

from collections.abc import Iterator

from core.differences import Difference, differing
from core.protocols.text import Moment, ProtocolText, QuizQuestion

MOMENTS = {moment.value: moment for moment in Moment}
PARTS = (
    "title",
    "purpose",
    "scope",
    "responsible",
    *MOMENTS,
    "phrases",
    "never",
    "targets",
    "quiz",
)
"""The parts as they are told, in order: the steps go each moment by itself."""
RIGHT, OTHER = "*", "·"
"""What stands before the right option of a question, and before the others."""


def differences(before: ProtocolText, after: ProtocolText) -> list[Difference]:
    """The parts that differ, in the order in which a protocol is read."""
    return differing((part, lines_of(before, part), lines_of(after, part)) for part in PARTS)


def lines_of(text: ProtocolText, part: str) -> tuple[str, ...]:
    """A part as lines of text; nothing where there is nothing."""
    if part in MOMENTS:
        return tuple(_steps(text, MOMENTS[part]))
    if part == "targets":
        return tuple(f"{target.what}: {target.time}" for target in text.targets)
    if part == "quiz":
        return tuple(line for question in text.quiz for line in _question(question))
    said = getattr(text, part)
    return said if isinstance(said, tuple) else (said,) if said else ()


def _steps(text: ProtocolText, moment: Moment) -> Iterator[str]:
    for step in text.steps:
        if step.moment == moment:
            yield step.do
            if step.say:
                yield f"«{step.say}»"


def _question(question: QuizQuestion) -> Iterator[str]:
    yield question.text
    for n, option in enumerate(question.options):
        yield f"{RIGHT if n == question.right else OTHER} {option}"
