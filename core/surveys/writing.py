"""Surveys are written, published, taken back and put in use; what anybody has answered is never changed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Invalid, Missing, Refused
from core.events import Who
from core.surveys.faults import Fault, Found, faults
from core.surveys.model import ONE_EACH, Of, Response, Survey, SurveyVersion
from core.surveys.questionnaire import Questionnaire, read, written

LONGEST_NAME, LONGEST_FRAME, LONGEST_CODE = 100, 400, 40
WORDS = {
    Fault.NO_TITLE: N_("Escriba el título."),
    Fault.NO_QUESTIONS: N_("Agregue al menos una pregunta."),
    Fault.TOO_MANY_QUESTIONS: N_("Son demasiadas preguntas: deje treinta o menos."),
    Fault.NO_TEXT: N_("Escriba la pregunta."),
    Fault.KEY_TWICE: N_("Esta pregunta está dos veces. Quite una."),
    Fault.FEW_CHOICES: N_("Le faltan opciones."),
    Fault.TOO_MANY_CHOICES: N_("Tiene demasiadas opciones. Quite algunas."),
    Fault.CHOICE_TWICE: N_("Una opción está dos veces. Quite una."),
    Fault.CHOICE_WITHOUT_TEXT: N_("Escriba la opción, o quítela."),
    Fault.WRONG_MEASURE: N_("Esta clase de pregunta no sirve para esa cifra."),
    Fault.NO_BRANCH: N_("Desde esta clase de pregunta no se puede pasar a otra."),
    Fault.JUMP_OF_NOTHING: N_("Elija con qué respuesta se pasa a otra pregunta."),
    Fault.JUMP_TO_NOWHERE: N_("Elija a qué pregunta se pasa."),
    Fault.CIRCLE: N_("Solo se puede pasar a una pregunta que viene después."),
    Fault.UNREACHABLE: N_("Nadie llega a esta pregunta: todas las respuestas de antes pasan de largo."),
    Fault.NOT_IN_ENGLISH: N_("Falta en inglés."),
}


class NoSurvey(Missing):
    message = N_("Esa encuesta no existe.")


class WrittenMeanwhile(Refused):
    message = N_(
        "Otra persona guardó esta encuesta mientras usted escribía. Compare en otra pestaña y guarde de nuevo."
    )


class NothingToPublish(Refused):
    message = N_("No hay un borrador que publicar. Es posible que alguien lo haya publicado ya.")


class NothingNew(Refused):
    message = N_("La versión vigente ya pregunta lo mismo. No hay nada nuevo que publicar.")


class NothingPublished(Refused):
    message = N_("Esta encuesta no tiene una versión publicada.")


class DraftThere(Refused):
    message = N_("Ya hay un borrador de otra versión. Publíquelo o descártelo primero.")


class Answered(Refused):
    message = N_("Alguien ya respondió esta versión: no se cambia. Escriba una versión nueva.")


class Faulty(Invalid):
    """The draft cannot be asked of anybody yet; `found` says all that is wrong with it, and where."""

    def __init__(self, found: list[Found]) -> None:
        super().__init__(WORDS[found[0].fault])
        self.found = tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is said of a survey besides its questions (see core.surveys.model.Survey)."""

    name: str
    opens_on: date | None = None
    closes_on: date | None = None
    sampled: bool = False
    population: int | None = None
    frame: str = ""


def survey_of(session: Session, survey_id: int, *, lock: bool = True) -> Survey:
    """One survey, locked unless it is only looked at. Raises NoSurvey."""
    found = session.get(Survey, survey_id, with_for_update=lock or None, populate_existing=True)
    if found is None:
        raise NoSurvey
    return found


def draft_of(session: Session, survey: Survey) -> SurveyVersion | None:
    """What is written and not published yet."""
    mine = select(SurveyVersion).where(SurveyVersion.survey_id == survey.id)
    return session.scalar(mine.where(SurveyVersion.published_at.is_(None)))


def in_force(session: Session, survey: Survey, *, lock: bool = False) -> SurveyVersion | None:
    """The version that was published last, unless it was taken back."""
    mine = select(SurveyVersion).where(SurveyVersion.survey_id == survey.id)
    query = mine.where(SurveyVersion.published_at.is_not(None), SurveyVersion.until.is_(None))
    return session.scalar(query.with_for_update() if lock else query)


def add(session: Session, name: str, kind: Of, by: int | None, at: datetime) -> Survey:
    """A new survey with an empty draft under its name. Raises Invalid without one."""
    survey = Survey(code=_free_code(session, name), name=_checked(name), kind=kind, created_by=by, created_at=at)
    session.add(survey)
    session.flush()
    _begin(session, survey, Questionnaire(title=survey.name), False, by, at)
    _tell(session, survey, Act.ADDED, by, at)
    return survey


def describe(session: Session, survey_id: int, facts: Facts, by: int, at: datetime) -> None:
    """Change what is said of it besides its questions. Raises Invalid, NoSurvey."""
    survey = survey_of(session, survey_id)
    survey.name = _checked(facts.name)
    if facts.opens_on and facts.closes_on and facts.closes_on < facts.opens_on:
        raise Invalid(N_("El último día es anterior al primero."), field="closes_on")
    if facts.closes_on and not facts.opens_on:
        raise Invalid(N_("Escriba desde qué día se responde."), field="opens_on")
    if facts.sampled and not facts.population:
        raise Invalid(N_("De una muestra al azar hay que decir entre cuántas personas se sorteó."), field="population")
    if facts.sampled and not facts.frame:
        raise Invalid(N_("De una muestra al azar hay que decir de qué lista se sorteó."), field="frame")
    if survey.kind not in ONE_EACH:
        survey.opens_on, survey.closes_on = facts.opens_on, facts.closes_on
    survey.sampled, survey.population, survey.frame = facts.sampled, facts.population, facts.frame
    _tell(session, survey, Act.CHANGED, by, at)


def save_draft(
    session: Session, survey_id: int, asked: Questionnaire, english: bool, seen: int, by: int, at: datetime
) -> SurveyVersion:
    """Keep what is written, with all its faults; `seen` is the saving that the writer had before their eyes, 0 if none.

    Raises WrittenMeanwhile, NoSurvey.
    """
    survey = survey_of(session, survey_id)
    draft = draft_of(session, survey)
    if seen != (draft.saving if draft else 0):
        raise WrittenMeanwhile
    if draft is None:
        draft = _begin(session, survey, asked, english, by, at)
    else:
        draft.questionnaire, draft.english, draft.saving = written(asked), english, draft.saving + 1
        draft.written_by, draft.written_at = by, at
    _tell(session, survey, Act.CHANGED, by, at, version=draft.number, saving=draft.saving)
    return draft


def start_version(session: Session, survey_id: int, by: int, at: datetime) -> SurveyVersion:
    """A draft that begins as a copy of the version in force; the draft that there is, if there is one."""
    survey = survey_of(session, survey_id)
    if (draft := draft_of(session, survey)) is not None:
        return draft
    last = in_force(session, survey)
    asked = read(last.questionnaire) if last else Questionnaire(title=survey.name)
    draft = _begin(session, survey, asked, bool(last and last.english), by, at)
    _tell(session, survey, Act.CHANGED, by, at, version=draft.number, saving=draft.saving)
    return draft


def discard_draft(session: Session, survey_id: int, by: int, at: datetime) -> bool:
    """Forget what was written since the version in force; of a survey that has no other, all. Whether it was all."""
    survey = survey_of(session, survey_id)
    if (draft := draft_of(session, survey)) is None:
        return False
    session.delete(draft)
    session.flush()
    never_published = session.scalar(select(SurveyVersion.id).where(SurveyVersion.survey_id == survey.id).limit(1))
    _tell(session, survey, Act.DISCARDED, by, at, version=draft.number)
    if never_published is None:
        session.expire(survey, ["versions"])
        session.delete(survey)
        session.flush()
    return never_published is None


def publish(session: Session, survey_id: int, seen: int, by: int | None, at: datetime) -> SurveyVersion:
    """Let the draft be what is asked from now on; the version before it ends at the same instant.

    Raises NothingToPublish, WrittenMeanwhile, Faulty, NothingNew, NoSurvey.
    """
    survey = survey_of(session, survey_id)
    draft = draft_of(session, survey)
    if draft is None:
        raise NothingToPublish
    if draft.saving != seen:
        raise WrittenMeanwhile
    asked = read(draft.questionnaire)
    if found := faults(asked, english=draft.english):
        raise Faulty(found)
    if before := in_force(session, survey, lock=True):
        if (read(before.questionnaire), before.english) == (asked, draft.english):
            raise NothingNew
        before.until = at
        session.flush()
    draft.published_at, draft.published_by = at, by
    _tell(session, survey, Act.PUBLISHED, by, at, version=draft.number)
    return draft


def take_back(session: Session, survey_id: int, by: int, at: datetime) -> SurveyVersion:
    """Make the version in force a draft again, and the one that it ended is in force again.

    Raises NothingPublished, DraftThere, Answered, NoSurvey.
    """
    survey = survey_of(session, survey_id)
    if draft_of(session, survey):
        raise DraftThere
    last = in_force(session, survey, lock=True)
    if last is None:
        raise NothingPublished
    if answers_of(session, last):
        raise Answered
    ended = select(SurveyVersion).where(SurveyVersion.survey_id == survey.id, SurveyVersion.until == last.published_at)
    last.published_at = last.published_by = None
    session.flush()
    if before := session.scalar(ended):
        before.until = None
    survey.active = survey.active and before is not None
    _tell(session, survey, Act.WITHDRAWN, by, at, version=last.number)
    return last


def answers_of(session: Session, version: SurveyVersion) -> int:
    """How many whole answers a version has."""
    of_it = select(func.count()).select_from(Response).where(Response.version_id == version.id)
    return session.scalar(of_it) or 0


def put_in_use(session: Session, survey_id: int, by: int | None, at: datetime) -> None:
    """Ask it from now on; of turns and of replies one survey is asked, and the other leaves its place.

    Raises NothingPublished, NoSurvey.
    """
    of_its_kind = select(Survey.kind).where(Survey.id == survey_id).scalar_subquery()
    alike = session.scalars(
        select(Survey).where(Survey.kind == of_its_kind).order_by(Survey.id).with_for_update(of=Survey)
    ).all()
    survey = survey_of(session, survey_id)
    if in_force(session, survey) is None:
        raise NothingPublished
    if survey.kind in ONE_EACH:
        others = [other.id for other in alike if other.active and other is not survey]
        session.execute(update(Survey).where(Survey.id.in_(others)).values(active=False))
    else:
        survey.opens_on = survey.opens_on or at.date()
    survey.active = True
    session.flush()
    _tell(session, survey, Act.RESTORED, by, at)


def take_out(session: Session, survey_id: int, by: int, at: datetime) -> None:
    """Ask it no more; what was answered stays. Raises NoSurvey."""
    survey = survey_of(session, survey_id)
    survey.active = False
    _tell(session, survey, Act.WITHDRAWN, by, at)


def _begin(
    session: Session, survey: Survey, asked: Questionnaire, english: bool, by: int | None, at: datetime
) -> SurveyVersion:
    last = session.scalar(select(func.max(SurveyVersion.number)).where(SurveyVersion.survey_id == survey.id)) or 0
    draft = SurveyVersion(
        survey_id=survey.id,
        number=last + 1,
        questionnaire=written(asked),
        english=english,
        saving=1,
        written_by=by,
        written_at=at,
    )
    session.add(draft)
    session.flush()
    return draft


def _checked(name: str) -> str:
    if not name.strip():
        raise Invalid(N_("Escriba el nombre."), field="name")
    return name.strip()


def _free_code(session: Session, name: str) -> str:
    """A code that no other survey has, from the letters of its name; it stands in the address of an open one."""
    plain = unicodedata.normalize("NFD", name.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_CODE].strip("-") or "encuesta"
    taken = set(session.scalars(select(Survey.code).where(Survey.code.startswith(stem))))
    return next(code for n in range(1, len(taken) + 2) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)


def _tell(session: Session, survey: Survey, act: Act, by: int | None, at: datetime, **numbers: object) -> None:
    who = Who("official", by) if by is not None else Who("system")
    audit.record(session, act, On(Thing.SURVEY, survey.id), who, at, detail=numbers)
