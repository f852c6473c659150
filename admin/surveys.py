"""The surveys: the list with what each is doing, and one survey from its draft to what is asked today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional, Regexp

from admin import bp
from admin.hall import ID
from admin.survey_builder import draft_page
from core.clock import now, today
from core.db import transaction
from core.people.model import Official
from core.people.rights import Permission
from core.surveys import writing
from core.surveys.faults import Found, faults
from core.surveys.model import ONE_EACH, Of, Response, Survey, SurveyVersion
from core.surveys.questionnaire import read
from core.surveys.writing import WORDS, Facts
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, OneDay, Prose, Text, Whole
from core.web.guard import requires
from core.web.qr import qr_drawing

KINDS = {
    Of.TURN: _l("De cada turno atendido"),
    Of.REPLY: _l("De cada respuesta entregada"),
    Of.OPEN: _l("Abierta: la responde cualquiera"),
    Of.NEEDS: _l("De necesidades y expectativas"),
}


class NewForm(Form):
    name = Text(_l("Nombre, para la oficina"), [InputRequired(_l("Escriba el nombre."))], most=writing.LONGEST_NAME)
    kind = RadioField(
        _l("¿De qué es?"),
        [InputRequired(_l("Elija de qué es."))],
        choices=[SelectChoice(kind.value, told) for kind, told in KINDS.items()],
    )


class PublishForm(Form):
    seen = HiddenField(validators=[Regexp(r"^[0-9]{1,9}$")])


class FactsForm(Form):
    name = Text(_l("Nombre, para la oficina"), [InputRequired(_l("Escriba el nombre."))], most=writing.LONGEST_NAME)
    opens_on = OneDay(_l("Primer día"), [Optional()])
    closes_on = OneDay(_l("Último día"), [Optional()], description=_l("Vacío: sigue abierta."))
    sampled = BooleanField(_l("A quién se le preguntó se sorteó al azar"))
    population = Whole(_l("¿Entre cuántas personas se sorteó?"), [Optional()], least=1, most=99_999_999)
    frame = Prose(
        _l("¿De qué lista se sorteó?"),
        [Optional()],
        most=writing.LONGEST_FRAME,
        description=_l("Va en la ficha técnica. Solo con una muestra al azar hay margen de error."),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A survey as the list tells it."""

    survey: Survey
    in_force: SurveyVersion | None
    draft: SurveyVersion | None
    answers: int
    state: str


@bp.get("/surveys")
@requires(Permission.DEFINE_SURVEYS)
def surveys() -> ResponseReturnValue:
    """Every survey with its state and how many answers it has."""
    return _list(NewForm())


@bp.post("/surveys")
@requires(Permission.DEFINE_SURVEYS)
@asks(NewForm, lambda form: _list(form))
def surveys_act(form: NewForm) -> ResponseReturnValue:
    """One more, empty."""
    with transaction(db.session) as session:
        number = writing.add(session, form.name.data, Of(form.kind.data), current_user.id, now()).id
    return redirect(url_for(".surveys_edit", survey_id=number))


@bp.get(f"/surveys/<{ID}:survey_id>")
@requires(Permission.DEFINE_SURVEYS)
def surveys_one(survey_id: int) -> ResponseReturnValue:
    """One survey: what is asked today, the draft, its versions and the acts."""
    return _one(survey_id)


@bp.post(f"/surveys/<{ID}:survey_id>/facts")
@requires(Permission.DEFINE_SURVEYS)
@asks(lambda survey_id: _facts_form(survey_id), lambda form, survey_id: _one(survey_id, facts=form))
def surveys_facts(form: FactsForm, survey_id: int) -> ResponseReturnValue:
    """Its name, its days and its technical sheet."""
    with transaction(db.session) as session:
        told = {name: form[name].data for name in ("opens_on", "closes_on", "sampled", "population", "frame")}
        writing.describe(session, survey_id, Facts(name=form.name.data, **told), current_user.id, now())
    flash(_("Se guardaron los datos de la encuesta."), "success")
    return redirect(url_for(".surveys_one", survey_id=survey_id))


@bp.post(f"/surveys/<{ID}:survey_id>/publish")
@requires(Permission.DEFINE_SURVEYS)
@asks(lambda survey_id: PublishForm(), lambda form, survey_id: draft_page(survey_id) or _one(survey_id, told=form))
def surveys_publish(form: PublishForm, survey_id: int) -> ResponseReturnValue:
    """Let the draft be what is asked; one with faults comes back with each beside its question."""
    with transaction(db.session) as session:
        number = writing.publish(session, survey_id, int(form.seen.data), current_user.id, now()).number
    flash(_("Publicada la versión %(number)s.", number=number), "success")
    return redirect(url_for(".surveys_one", survey_id=survey_id))


@bp.post(f"/surveys/<{ID}:survey_id>/version")
@requires(Permission.DEFINE_SURVEYS)
def surveys_version(survey_id: int) -> ResponseReturnValue:
    """Write another version, from a copy of the one in force."""
    Form().checked()
    with transaction(db.session) as session:
        writing.start_version(session, survey_id, current_user.id, now())
    return redirect(url_for(".surveys_edit", survey_id=survey_id))


@bp.post(f"/surveys/<{ID}:survey_id>/discard")
@requires(Permission.DEFINE_SURVEYS)
def surveys_discard(survey_id: int) -> ResponseReturnValue:
    """Forget the draft, and the survey if it has nothing else."""
    Form().checked()
    with transaction(db.session) as session:
        all_gone = writing.discard_draft(session, survey_id, current_user.id, now())
    flash(_("Se quitó la encuesta.") if all_gone else _("Se descartó el borrador. Queda lo publicado."), "success")
    return redirect(url_for(".surveys") if all_gone else url_for(".surveys_one", survey_id=survey_id))


@bp.post(f"/surveys/<{ID}:survey_id>/take-back")
@requires(Permission.DEFINE_SURVEYS)
@asks(lambda survey_id: Form(), lambda form, survey_id: _one(survey_id, told=form))
def surveys_take_back(form: Form, survey_id: int) -> ResponseReturnValue:
    """Make a draft again of the version that nobody has answered."""
    with transaction(db.session) as session:
        writing.take_back(session, survey_id, current_user.id, now())
    flash(_("La versión es otra vez un borrador. Si había una anterior, es la que se pregunta."), "success")
    return redirect(url_for(".surveys_one", survey_id=survey_id))


@bp.post(f"/surveys/<{ID}:survey_id>/use")
@requires(Permission.DEFINE_SURVEYS)
@asks(lambda survey_id: Form(), lambda form, survey_id: _one(survey_id, told=form))
def surveys_use(form: Form, survey_id: int) -> ResponseReturnValue:
    """Ask it from now on."""
    with transaction(db.session) as session:
        writing.put_in_use(session, survey_id, current_user.id, now())
    flash(_("La encuesta está en uso."), "success")
    return redirect(url_for(".surveys_one", survey_id=survey_id))


@bp.post(f"/surveys/<{ID}:survey_id>/rest")
@requires(Permission.DEFINE_SURVEYS)
def surveys_rest(survey_id: int) -> ResponseReturnValue:
    """Ask it no more."""
    Form().checked()
    with transaction(db.session) as session:
        writing.take_out(session, survey_id, current_user.id, now())
    flash(_("La encuesta ya no se pregunta. Lo respondido se conserva."), "success")
    return redirect(url_for(".surveys_one", survey_id=survey_id))


def _list(form: NewForm) -> str:
    session = db.session()
    found = session.scalars(select(Survey).options(selectinload(Survey.versions)).order_by(Survey.name)).all()
    answers = _answers(session)
    rows = sorted((_row(survey, answers) for survey in found), key=lambda row: not row.survey.active)
    return render_template("admin/surveys.html", rows=rows, form=form, kinds=KINDS)


def _answers(session: Session) -> dict[int, int]:
    """How many whole answers each version has."""
    query = select(Response.version_id, func.count()).group_by(Response.version_id)
    return dict(row._tuple() for row in session.execute(query))


def _row(survey: Survey, answers: dict[int, int]) -> Row:
    draft = next((version for version in survey.versions if version.published_at is None), None)
    in_force = next((one for one in survey.versions if one.published_at is not None and one.until is None), None)
    total = sum(answers.get(version.id, 0) for version in survey.versions)
    return Row(survey, in_force, draft, total, _state(survey, in_force, today()))


def _state(survey: Survey, in_force: SurveyVersion | None, day: date) -> str:
    """«draft», «resting», «asked», or of an open one «before» or «after» its days."""
    if in_force is None:
        return "draft"
    if not survey.active:
        return "resting"
    if survey.kind not in ONE_EACH and (survey.opens_on is None or survey.opens_on > day):
        return "before"
    closed = survey.kind not in ONE_EACH and survey.closes_on is not None and survey.closes_on < day
    return "after" if closed else "asked"


def _facts_form(survey_id: int) -> FactsForm:
    return FactsForm(obj=writing.survey_of(db.session(), survey_id, lock=False))


def _one(survey_id: int, facts: FactsForm | None = None, told: Form | None = None) -> str:
    session = db.session()
    survey = writing.survey_of(session, survey_id, lock=False)
    answers = _answers(session)
    row = _row(survey, answers)
    address = current_app.config["PUBLIC_URL"] + url_for("portal.survey_open", code=survey.code)
    names = {official.id: official.name for official in session.scalars(select(Official))}
    return render_template(
        "admin/survey.html",
        row=row,
        kinds=KINDS,
        one_each=survey.kind in ONE_EACH,
        answers=answers,
        names=names,
        address=address,
        qr=qr_drawing(address, _("Código QR que abre la encuesta")),
        lacking=_lacking(row.draft),
        facts=facts or FactsForm(obj=survey, formdata=None),
        told=told or facts,
    )


def _lacking(draft: SurveyVersion | None) -> list[tuple[int, Found, str]]:
    """What the draft lacks to be published: the number of the question (0 is the whole), and what."""
    if draft is None:
        return []
    asked = read(draft.questionnaire)
    numbers = {question.key: n for n, question in enumerate(asked.questions, start=1)}
    found = faults(asked, english=draft.english)
    return [(numbers.get(one.question, 0), one, _(WORDS[one.fault])) for one in found]
