"""The first page of a tablet that gives no turns: its surveys, or the attention that its window just ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import g, render_template
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.devices import SURVEYS_ONLY
from core.speech import spoken_call
from core.surveys.answering import in_use, open_ones
from core.surveys.model import Of, SurveyVersion
from core.surveys.questionnaire import Questionnaire, in_english, read
from core.web.database import db
from core.web.guard import this_device
from core.web.line import hour_of
from core.web.words import language
from kiosk import bp
from kiosk.opinion_ticket import offered


@dataclass(frozen=True, slots=True)
class Told:
    """A questionnaire in the language of the page, where it has it; `lang` says in which it is told."""

    questionnaire: Questionnaire
    lang: str


def only_asks() -> ResponseReturnValue:
    """The first page of a kiosk that is set to ask for opinions alone."""
    session, device, at = db.session(), this_device(), hour_of(this_device().site_id).at
    if device.settings["opinions"] == SURVEYS_ONLY:
        surveys = {version.survey.code: told(version) for version in open_ones(session, at.date())}
        return render_template("kiosk/opinion_home.html", surveys=surveys)
    turn = offered(session, device, at)
    if turn is not None and "language" not in visit:
        g.language = turn.language
    return render_template("kiosk/opinion_window.html", turn=turn)


def first_page_said() -> list[str]:
    """The first page of a kiosk that only asks, read aloud."""
    session, device, at = db.session(), this_device(), hour_of(this_device().site_id).at
    if device.settings["opinions"] == SURVEYS_ONLY:
        titles = [told(version).questionnaire.title for version in open_ones(session, at.date())]
        return [_("Opine sobre la atención."), *(f"{title}." for title in titles), _("Toque la encuesta que quiera.")]
    if (turn := offered(session, device, at)) is None:
        return [_("Cuando termine su atención, cuéntenos aquí cómo le fue.")]
    return [
        spoken_call(turn.series, turn.number, "", language()),
        _("¿Cómo lo atendimos?"),
        _("Toque el botón para responder. Son pocas preguntas."),
    ]


def offered_code() -> str:
    """The number of the turn that the window of this tablet asks about now, or nothing."""
    turn = offered(db.session(), this_device(), hour_of(this_device().site_id).at)
    return turn.code if turn else ""


@bp.context_processor
def asked_of_turns() -> dict[str, Callable[[], Any]]:
    """What a page may ask: whether each turn is asked for an opinion."""
    return {"asks_of_turns": lambda: in_use(db.session(), Of.TURN) is not None}


def told(version: SurveyVersion) -> Told:
    """What this version asks, as its reader reads it."""
    whole = read(version.questionnaire)
    if language() == "en" and version.english:
        return Told(in_english(whole), "en")
    return Told(whole, "es")
