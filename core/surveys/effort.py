"""How long a questionnaire takes, as it is told before the first question; pure."""

from __future__ import annotations

from core.surveys.questionnaire import Kind, Question, Questionnaire

OF_A_FIELD, OF_AN_OPTION, OF_A_TEXT = 9, 2, 20
"""Seconds that somebody unhurried needs to read and choose, for each option, and for what many leave empty."""


def minutes(asked: Questionnaire) -> int:
    """The nearest whole minutes for all of its questions, one at least."""
    return max(1, round(sum(map(_seconds, asked.questions)) / 60))


def _seconds(question: Question) -> int:
    if question.kind is Kind.TEXT:
        return OF_A_TEXT
    return OF_A_FIELD * len(question.fields) + OF_AN_OPTION * len(question.choices)
