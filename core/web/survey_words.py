"""What an answer of a survey is called on screen and on paper, in the language of the page."""

from __future__ import annotations

from core.errors import N_
from core.surveys.questionnaire import NO, NOT_APPLICABLE, YES, Kind, Measure, Question
from core.web.words import translate

SATISFACTION = {
    "1": N_("Muy insatisfecho"),
    "2": N_("Insatisfecho"),
    "3": N_("Ni satisfecho ni insatisfecho"),
    "4": N_("Satisfecho"),
    "5": N_("Muy satisfecho"),
}
EASE = {
    "1": N_("Muy difícil"),
    "2": N_("Difícil"),
    "3": N_("Ni fácil ni difícil"),
    "4": N_("Fácil"),
    "5": N_("Muy fácil"),
}
PLAIN = {YES: N_("Sí"), NO: N_("No"), NOT_APPLICABLE: N_("No sabe / no aplica")}
ENDS = (N_("0: lo más bajo"), N_("10: lo más alto"))
ENDS_OF_NPS = (N_("0: seguro que no"), N_("10: seguro que sí"))


def answer_text(question: Question, value: str) -> str:
    """A value of a question in words; a number of the scale from 0 to 10 is its own word."""
    if question.kind in (Kind.SINGLE, Kind.MULTIPLE):
        return next((choice.text for choice in question.choices if choice.key == value), value)
    if question.kind is Kind.CONSENT and value == YES:
        return translate(N_("Sí, acepto"))
    words = EASE if question.measure == Measure.CES else SATISFACTION
    if question.kind in (Kind.FACES, Kind.MATRIX) and value in words:
        return translate(words[value])
    return translate(PLAIN[value]) if value in PLAIN else value


def scale_ends(question: Question) -> tuple[str, str]:
    """What 0 and what 10 mean."""
    lowest, highest = ENDS_OF_NPS if question.measure == Measure.NPS else ENDS
    return translate(lowest), translate(highest)
