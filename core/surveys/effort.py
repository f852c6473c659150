"""How long a questionnaire takes, as it is told before the first question; pure."""

from __future__ import annotations

from core.surveys.questionnaire import Kind, Questionnaire

OF_A_FIELD, OF_A_TEXT = 12, 40
"""Seconds that somebody unhurried needs to read and choose, and to write a line on a phone."""


def minutes(asked: Questionnaire) -> int:
    """Whole minutes for all of its questions, one at least."""
    seconds = sum(
        OF_A_TEXT if question.kind is Kind.TEXT else OF_A_FIELD * len(question.fields) for question in asked.questions
    )
    return max(1, -(-seconds // 60))
