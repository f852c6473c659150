"""A questionnaire on paper: the same questions, numbered, with boxes to tick and where each answer leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from core.reports import pdf
from core.surveys.model import Of, SurveyVersion
from core.surveys.questionnaire import END, NOT_APPLICABLE, Jump, Kind, Question, Questionnaire, read
from core.web.survey_words import answer_text, scale_ends

DRAWN_AS_LIST = (Kind.SINGLE, Kind.MULTIPLE, Kind.YES_NO, Kind.CONSENT)
LINES = 3
"""Lines to write on, for a question that is answered in one's own words."""


def questionnaire_paper(version: SurveyVersion, entity: str, at: datetime) -> bytes:
    """The sheet that is handed out, in Spanish."""
    with force_locale("es_CO"):
        return pdf.draw("questionnaire", _sheet(version, read(version.questionnaire), entity), at)


def with_hints(asked: Questionnaire) -> Questionnaire:
    """The same with where each answer leads told under its question, for who types what others marked."""
    hints = leads(asked)

    def told(question: Question) -> Question:
        return replace(question, help=" ".join(filter(None, (question.help, *hints.get(question.key, ())))))

    sections = (replace(part, questions=tuple(map(told, part.questions))) for part in asked.sections)
    return replace(asked, sections=tuple(sections))


def leads(asked: Questionnaire) -> Mapping[str, Sequence[str]]:
    """«Si marcó «Sí», pase a la 4.», by question, where an answer leads elsewhere than to the next one."""
    numbers = _numbers(asked)
    told = {one.key: [_lead(one, jump, numbers) for jump in one.jumps] for one in asked.questions}
    return {key: lines for key, hints in told.items() if (lines := [hint for hint in hints if hint])}


def _lead(question: Question, jump: Jump, numbers: Mapping[str, int]) -> str:
    """Where these answers of the question lead; empty if it is to the next one."""
    answers = _answers(question, jump.values)
    if jump.to == END:
        return str(_("Si marcó %(answers)s, no siga: ya terminó.", answers=answers))
    if numbers[jump.to] == numbers[question.key] + 1:
        return ""
    return str(_("Si marcó %(answers)s, pase a la %(number)s.", answers=answers, number=numbers[jump.to]))


def _numbers(asked: Questionnaire) -> Mapping[str, int]:
    """What each question is called by on paper."""
    return {question.key: n for n, question in enumerate(asked.questions, start=1)}


def _answers(question: Question, values: Sequence[str]) -> str:
    """«Sí», «Sí» o «En parte»; of the scale, 0 a 6."""
    if question.kind is Kind.SCALE and len(values) > 1:
        return str(_("de %(low)s a %(high)s", low=min(values, key=int), high=max(values, key=int)))
    *most, last = (f"«{answer_text(question, value)}»" for value in values)
    return str(_("%(most)s o %(last)s", most=", ".join(most), last=last)) if most else last


def _sheet(version: SurveyVersion, asked: Questionnaire, entity: str) -> dict[str, Any]:
    hints, numbers = leads(asked), _numbers(asked)
    return {
        "title": asked.title,
        "entity": entity,
        "intro": asked.intro,
        "promise": _("Es voluntaria y no lleva su nombre. Marque con una X. Al terminar, échela en el buzón."),
        "about": _about(version.survey.kind),
        "sections": [
            {
                "title": part.title,
                "questions": [_drawn(one, numbers[one.key], hints.get(one.key, ())) for one in part.questions],
            }
            for part in asked.sections
        ],
        "thanks": asked.thanks or _("¡Gracias!"),
        "foot": _("%(code)s, versión %(number)s", code=version.survey.code, number=version.number),
        "page": [_("Página"), _("de")],
    }


def _about(kind: Of) -> dict[str, Any]:
    """What says of which attention it is: each place to write, in groups of boxes; nothing of an open survey."""
    if kind is Of.TURN:
        told, places = _("Cópielos de su tiquete:"), [(_("Turno"), [1, 3]), (_("Código"), [4]), (_("Día"), [2, 2, 4])]
    elif kind is Of.REPLY:
        told, places = _("Cópielo de la respuesta que recibió:"), [(_("Número de radicado"), [4, 1, 6])]
    else:
        told, places = "", []
    return {"told": told, "places": [{"name": name, "boxes": boxes} for name, boxes in places]}


def _drawn(question: Question, number: int, hints: Sequence[str]) -> dict[str, Any]:
    values = [value for value in question.values if value != NOT_APPLICABLE]
    offered = [answer_text(question, value) for value in values]
    return {
        "number": number,
        "text": question.text,
        "help": " ".join(filter(None, (question.help, _how(question)))),
        "optional": "" if question.required else _("(opcional)"),
        "kind": "list" if question.kind in DRAWN_AS_LIST else question.kind.value,
        "options": offered,
        "apart": answer_text(question, NOT_APPLICABLE) if NOT_APPLICABLE in question.values else "",
        "ends": scale_ends(question) if question.kind is Kind.SCALE else [],
        "rows": [row.text for row in question.choices] if question.kind is Kind.MATRIX else [],
        "lines": LINES,
        "hints": list(hints),
    }


def _how(question: Question) -> str:
    if question.kind is Kind.MULTIPLE:
        return str(_("Marque todas las que quiera."))
    return str(_("Marque una en cada línea.")) if question.kind is Kind.MATRIX else ""
