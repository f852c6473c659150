"""Surveys on paper: the questionnaire to hand out, and what came back typed, one paper after another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms.validators import InputRequired, Regexp

from admin import bp
from core import audit
from core.audit import Act, On, Thing
from core.clock import now, today
from core.db import transaction
from core.errors import N_, Invalid, TooMany
from core.events import Who
from core.people.rights import Permission
from core.petitions.delivering import last_delivered
from core.petitions.model import Petition
from core.petitions.search import number_in
from core.surveys import answering
from core.surveys.answering import WORDS, NotOpen
from core.surveys.attention import Attention, month_of
from core.surveys.marks import CODE_DIGITS
from core.surveys.model import ONE_EACH, Mode, Of, SurveyVersion
from core.surveys.questionnaire import Wrong, problems, read
from core.surveys.typed import typed_by
from core.turns.lifecycle import State
from core.turns.on_ticket import NUMBER, with_number
from core.web.asked import asks
from core.web.database import db
from core.web.forms import OneDay, PressForm, Text
from core.web.guard import requires
from core.web.office import entity
from core.web.opinions import PREFIX, has_ticket, how, keep_once, of_delivery, of_turn, sent_here
from core.web.pace import Pace
from core.web.petition_report import month_text
from core.web.survey_paper import questionnaire_paper, with_hints
from core.web.words import translate

ATTEMPTS = "paper attempts"
ATTEMPTS_PER_MINUTE = 12
"""Papers that one official may type in a minute: more than hands can, and too few to try the codes of tickets."""


class WrongTicket(Invalid):
    message = N_("No hay un turno de ese día con ese número y ese código. Revíselos en el papel.")


class NotFinished(Invalid):
    message = N_("Ese turno no se terminó de atender: de él no se opina.")


class NoReply(Invalid):
    message = N_("No hay una respuesta entregada con ese número de radicado. Revíselo en el papel.")


class PaperForm(PressForm):
    """One paper. Of an open survey nothing says of what it is."""

    carries = PREFIX

    def attention(self, session: Session) -> Attention | None:
        """Of what it is an opinion. Raises Invalid."""
        return None


class TurnForm(PaperForm):
    number = Text(
        _l("Turno"),
        [
            InputRequired(_l("Escriba la letra y el número del turno.")),
            Regexp(NUMBER, message=_l("Escriba la letra y los números del turno, como A 012.")),
        ],
    )
    code = Text(
        _l("Código"),
        [
            InputRequired(_l("Escriba las cuatro cifras del tiquete.")),
            Regexp(rf"[0-9]{{{CODE_DIGITS}}}\Z", message=_l("El código tiene cuatro cifras.")),
        ],
    )
    day = OneDay(_l("Día"), [InputRequired(_l("Escriba el día del turno."))])

    def attention(self, session: Session) -> Attention:
        """A code that is not of the turn and a turn that is not there are told alike."""
        found = with_number(session, current_user.site_id, self.number.data, [self.day.data])
        turn = next((turn for turn in found if has_ticket(turn, self.code.data)), None)
        if turn is None:
            raise WrongTicket(field="number")
        if turn.state is not State.FINISHED:
            raise NotFinished(field="number")
        return of_turn(session, turn)


class ReplyForm(PaperForm):
    filing = Text(_l("Número de radicado"), [InputRequired(_l("Escriba el número de radicado."))], most=40)

    def attention(self, session: Session) -> Attention:
        """A number that is not there, a reply on its way and a confidential petition are told alike."""
        year, number = number_in(self.filing.data) or (0, 0)
        here = select(Petition).where(Petition.site_id == current_user.site_id, ~Petition.confidential)
        petition = session.scalar(here.where(Petition.year == year, Petition.number == number))
        delivery = last_delivered(session, petition) if petition else None
        if delivery is None:
            raise NoReply(field="filing")
        return of_delivery(session, delivery)


ON_PAPER = {**WORDS, Wrong.FOREIGN: N_("No aplica por lo que marcó antes. Quítela o corrija lo anterior.")}
FORMS = {Of.TURN: TurnForm, Of.REPLY: ReplyForm}


@bp.get("/survey-paper")
@requires(Permission.TYPE_PAPER_ANSWERS)
def survey_paper() -> ResponseReturnValue:
    return render_template("admin/survey_paper.html", asked=_asked(), typed=_typed())


@bp.get("/survey-paper/<code>.pdf")
@requires(Permission.TYPE_PAPER_ANSWERS)
def survey_paper_print(code: str) -> ResponseReturnValue:
    """The questionnaire on letter paper, to be printed from the browser. Raises NotOpen."""
    here = entity()
    paper = questionnaire_paper(_version(code), here.name if here else "", now())
    answer = Response(paper, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=_("encuesta.pdf"))
    return answer


@bp.get("/survey-paper/<code>")
@requires(Permission.TYPE_PAPER_ANSWERS)
def survey_paper_type(code: str) -> ResponseReturnValue:
    return _page(_form(code), code)


@bp.post("/survey-paper/<code>")
@requires(Permission.TYPE_PAPER_ANSWERS)
@asks(lambda code: _form(code), lambda form, code: _page(form, code))
def survey_paper_type_act(form: PaperForm, code: str) -> ResponseReturnValue:
    """Keep what is on the paper, and then, apart from it, who typed an answer of which survey."""
    at, version = now(), _version(code)
    _check_pace(version)
    with transaction(db.session) as session:
        told_by, page = how(Mode.PAPER, typing=True), form.pressed("survey", code).key
        keep_once(session, version, sent_here(), form.attention(session), told_by, page, at)
    with transaction(db.session) as session:
        who, on = Who("official", current_user.id), On(Thing.SURVEY, version.survey_id)
        audit.record(session, Act.TYPED, on, who, at, site_id=current_user.site_id)
    flash(_("Guardada. Siga con la siguiente."), "success")
    day = form["day"].data.isoformat() if "day" in form else None
    return redirect(url_for(".survey_paper_type", code=code, day=day))


@bp.record_once
def count_papers(setup: BlueprintSetupState) -> None:
    setup.app.extensions[ATTEMPTS] = Pace(ATTEMPTS_PER_MINUTE)


def _asked() -> Sequence[SurveyVersion]:
    """What is asked today: of each turn, of each reply, and of anybody."""
    session = db.session()
    of_each = (answering.in_use(session, kind) for kind in ONE_EACH)
    return [version for version in of_each if version] + list(answering.open_ones(session, today()))


def _version(code: str) -> SurveyVersion:
    """Raises NotOpen."""
    found = next((version for version in _asked() if version.survey.code == code), None)
    if found is None:
        raise NotOpen
    return found


def _form(code: str) -> PaperForm:
    """With the day of the paper before, which most of a pile have. Raises NotOpen."""
    kind = _version(code).survey.kind
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = today()
    return FORMS.get(kind, PaperForm)(data={"day": day})


def _page(form: PaperForm, code: str) -> str:
    """The whole questionnaire; after a paper that was refused, with what was typed and what is wrong with it."""
    version, sent = _version(code), sent_here()
    asked = read(version.questionnaire)
    found = problems(asked, sent) if form.is_submitted() else ()
    told = {problem.field: translate(ON_PAPER[problem.wrong]) for problem in found}
    return render_template(
        "admin/survey_paper_type.html",
        version=version,
        questions=with_hints(asked).questions,
        sent=sent,
        problems=told,
        form=form,
        typed=_typed(),
    )


def _typed() -> list[tuple[str, int]]:
    """How many this official typed of the attentions of this month and of the one before, and what these are called."""
    this = month_of(today())
    before = month_of(this - timedelta(days=1))
    counts = typed_by(db.session(), current_user.id, before)
    return [(month_text(month), counts.get(month, 0)) for month in (this, before)]


def _check_pace(version: SurveyVersion) -> None:
    """Raises TooMany for who tries more tickets than there are hands to type."""
    pace: Pace = current_app.extensions[ATTEMPTS]
    seconds = pace.note(f"official {current_user.id}", now()) if version.survey.kind in ONE_EACH else 0
    if seconds:
        raise TooMany(retry_after=seconds)
