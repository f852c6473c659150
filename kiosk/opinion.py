"""Surveys at the kiosk: whose attention it is of, what is asked, and the answer that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, jsonify, redirect, render_template, url_for
from flask import session as visit
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms.validators import InputRequired, Regexp

from core.clock import now
from core.db import transaction
from core.errors import Missing, TooMany
from core.surveys import answering, marks
from core.surveys.model import Mode, Of, SurveyVersion
from core.surveys.questionnaire import LONGEST_TEXT, Kind
from core.turns import actions as turns
from core.turns.model import Turn
from core.turns.on_ticket import NUMBER
from core.web.asked import asks
from core.web.database import db
from core.web.errors import wants_json
from core.web.forms import Form, PressForm, Text, Whole
from core.web.guard import for_device, this_device
from core.web.line import hour_of
from core.web.opinions import PREFIX, how, keep_once, of_turn, sent_here, was_given
from core.web.pace import Pace
from core.web.survey_words import answer_text, scale_ends
from kiosk import bp
from kiosk.listen import spoken
from kiosk.opinion_home import told
from kiosk.opinion_ticket import letters, offered, turn_on_ticket
from kiosk.preferences import OPINION

TICKETS = "typed tickets"
TICKETS_PER_MINUTE = 10
"""How often a ticket may be typed in a minute at one kiosk: enough for a hand that trembles, and not to try codes."""


class TicketForm(Form):
    number = Text(
        _l("Turno"),
        [
            InputRequired(_l("Escriba la letra y el número del turno.")),
            Regexp(NUMBER, message=_l("Escriba la letra y los tres números del turno, como A 012.")),
        ],
    )
    code = Text(
        _l("Código"),
        [
            InputRequired(_l("Escriba los cuatro números del código.")),
            Regexp(rf"[0-9]{{{marks.CODE_DIGITS}}}\Z", message=_l("El código tiene cuatro números.")),
        ],
    )


class BeginForm(Form):
    survey = Text(_l("Encuesta"))


class AnswerForm(PressForm):
    carries = PREFIX

    version = Whole(_l("Encuesta"), [InputRequired(_l("Vuelva al inicio y abra la encuesta de nuevo."))], least=1)
    turn = Text(_l("Turno"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What this visit is asked, and of which turn; of none, if it is a survey that anybody may answer."""

    version: SurveyVersion
    turn: Turn | None


@bp.record_once
def count_attempts(setup: BlueprintSetupState) -> None:
    setup.app.extensions[TICKETS] = Pace(TICKETS_PER_MINUTE)


@bp.get("/opinion")
@for_device("kiosk")
def opinion() -> ResponseReturnValue:
    """The keypad for the number and the code of a ticket. Raises NotOpen while nobody is asked of turns."""
    turns_survey()
    return _keypad(TicketForm())


@bp.post("/opinion")
@for_device("kiosk")
@asks(TicketForm, lambda form: _keypad(form))
def opinion_ticket(form: TicketForm) -> ResponseReturnValue:
    """Open the survey of the turn of a ticket."""
    check_attempts()
    device, at = this_device(), hour_of(this_device().site_id).at
    turns_survey()
    turn = turn_on_ticket(db.session(), device.site_id, form.number.data, form.code.data, at)
    if was_given(db.session(), of_turn(db.session(), turn)):
        raise answering.AnsweredAlready
    return _begin({"turn": turn.token})


@bp.post("/opinion/begin")
@for_device("kiosk")
def opinion_begin() -> ResponseReturnValue:
    """Open a survey that anybody may answer, or that of the turn which this window has just finished."""
    form, at = BeginForm().checked(), hour_of(this_device().site_id).at
    if form.survey.data:
        return _begin({"survey": answering.open_one(db.session(), form.survey.data, at.date()).survey.code})
    turn = offered(db.session(), this_device(), at)
    if turn is None:
        return redirect(url_for(".home"))
    visit.setdefault("language", turn.language)
    return _begin({"turn": turn.token})


@bp.get("/opinion/survey")
@for_device("kiosk")
def opinion_survey() -> ResponseReturnValue:
    """All that is asked, one question at a time; the page needs nobody until it is over."""
    asked = asked_here()
    return render_template("kiosk/opinion_survey.html", asked=asked, told=told(asked.version), most=LONGEST_TEXT)


@bp.get("/opinion/speech")
@for_device("kiosk")
def opinion_how() -> ResponseReturnValue:
    """What to type of a ticket."""
    return spoken(
        [
            _("Opine sobre la atención."),
            _("Escriba la letra y el número de su turno, y después los cuatro números del código."),
            _("Los dos están en su tiquete. Luego toque Seguir."),
        ]
    )


@bp.get("/opinion/survey/<int:number>/speech")
@for_device("kiosk")
def opinion_speech(number: int) -> ResponseReturnValue:
    """One question and what may be answered to it."""
    questions = told(asked_here().version).questionnaire.questions
    if not 1 <= number <= len(questions):
        raise Missing
    question = questions[number - 1]
    rows = [row.text for row in question.choices] if question.kind is Kind.MATRIX else []
    answers = [answer_text(question, value) for value in question.values]
    said = [question.text, question.help, *rows, *(scale_ends(question) if question.kind is Kind.SCALE else answers)]
    return spoken(f"{one}." for one in said if one)


@bp.post("/opinion/answer")
@for_device("kiosk")
def opinion_answer() -> ResponseReturnValue:
    """Keep a whole answer, once: by the mark of its attention or, of an open survey, by that of its page."""
    form, at = AnswerForm().checked(), now()
    page = form.pressed_as("page", {}).key
    with transaction(db.session) as session:
        version = answering.drawn_from(session, form.version.data, at)
        attention = of_turn(session, turn_here(session, form.turn.data)) if form.turn.data else None
        keep_once(session, version, sent_here(), attention, how(mode()), page, at)
    return jsonify(kept=True) if wants_json() else render_template("kiosk/opinion_thanks.html", told=told(version))


def asked_here() -> Asked:
    """The survey that this visit opened. Raises Missing, NotOpen."""
    session, at = db.session(), hour_of(this_device().site_id).at
    opened = visit.get(OPINION) or {}
    turn = turn_here(session, opened["turn"]) if "turn" in opened else None
    return Asked(turns_survey() if turn else answering.open_one(session, opened.get("survey", ""), at.date()), turn)


def turns_survey() -> SurveyVersion:
    """What is asked of each turn. Raises NotOpen."""
    version = answering.in_use(db.session(), Of.TURN)
    if version is None:
        raise answering.NotOpen
    return version


def turn_here(session: Session, token: str) -> Turn:
    """The turn of this token, if it is of the site of this kiosk. Raises Missing."""
    turn = turns.turn_with_token(session, token)
    if turn.site_id != this_device().site_id:
        raise Missing
    return turn


def mode() -> Mode:
    """A kiosk gives turns; what only asks for opinions is a tablet."""
    return Mode.TABLET if this_device().settings.get("opinions") else Mode.KIOSK


def check_attempts() -> None:
    """Raises TooMany for a kiosk at which tickets are typed faster than people do."""
    pace: Pace = current_app.extensions[TICKETS]
    if seconds := pace.note(f"kiosk {this_device().id}", now()):
        raise TooMany(retry_after=seconds)


def _begin(what: dict[str, str]) -> ResponseReturnValue:
    visit[OPINION] = what
    return redirect(url_for(".opinion_survey"))


def _keypad(form: TicketForm) -> str:
    at: datetime = hour_of(this_device().site_id).at
    return render_template("kiosk/opinion.html", form=form, letters=letters(db.session(), this_device().site_id, at))
