"""An answer is kept whole or not at all, once for each attention; nothing in it leads back to who gave it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import table
from core.errors import N_, Forbidden, Invalid, Missing, Refused
from core.surveys import marks
from core.surveys.attention import NOTHING, Attention, month_of
from core.surveys.model import ONE_EACH, Answer, Comment, Mode, Of, Response, Survey, SurveyVersion
from core.surveys.questionnaire import Kind, Problem, Questionnaire, Sent, Wrong, problems, read

OPEN_FOR = {Of.TURN: timedelta(days=30), Of.REPLY: timedelta(days=30)}
"""How long after an attention its opinion may be given: paper waits in its box, and a letter on the table."""
ANSWERED_AFTER = timedelta(days=7)
"""How long an answer may be under way which was given to a version that another has followed since."""
BESIDE = ("version_id", "month", "site_id", "office_id")
"""What each answer says too of what its whole answer says, so that it is counted alone."""
WORDS = {
    Wrong.MISSING: N_("Falta responder esta pregunta."),
    Wrong.OUTSIDE: N_("Elija una de las respuestas que se ofrecen."),
    Wrong.TWICE: N_("Elija una sola respuesta."),
    Wrong.TOO_LONG: N_("Escriba mil letras o menos."),
    Wrong.FOREIGN: N_("Esa pregunta no es de esta encuesta o no le correspondía."),
}


class AnsweredAlready(Refused):
    message = N_("Esta encuesta ya se respondió. Solo se responde una vez por cada atención. ¡Gracias!")


class TooLate(Refused):
    status = 410
    message = N_("El plazo para opinar sobre esa atención ya pasó.")


class NotOpen(Missing):
    message = N_("Esa encuesta no está abierta.")


class OwnAttention(Forbidden):
    message = N_("Usted atendió a esta persona: la encuesta la responde ella, no quien atendió.")


class Unfit(Invalid):
    """What was sent is no answer to this survey; `problems` says of each field why."""

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__(WORDS[found[0].wrong], field=found[0].field)
        self.problems = tuple(found)


@dataclass(frozen=True, slots=True)
class How:
    """With what and in which language it is answered. `official_id`: who is signed in; `typing`: they type from paper.

    `keys`: those of the installation, the present one last.
    """

    mode: Mode
    language: str
    keys: Sequence[str]
    official_id: int | None = None
    typing: bool = False


def in_use(session: Session, kind: Of) -> SurveyVersion | None:
    """The version in force of the survey that is asked of each turn, or of each reply."""
    query = select(SurveyVersion).join(Survey).where(Survey.kind == kind, Survey.active)
    return session.scalar(query.where(SurveyVersion.published_at.is_not(None), SurveyVersion.until.is_(None)))


def open_ones(session: Session, today: date) -> Sequence[SurveyVersion]:
    """The versions in force of the surveys that anybody may answer today, by name."""
    query = (
        select(SurveyVersion)
        .join(Survey)
        .where(Survey.kind.not_in(ONE_EACH), Survey.active, Survey.opens_on <= today)
        .where(Survey.closes_on.is_(None) | (Survey.closes_on >= today))
        .where(SurveyVersion.published_at.is_not(None), SurveyVersion.until.is_(None))
        .order_by(Survey.name)
    )
    return session.scalars(query).all()


def open_one(session: Session, code: str, today: date) -> SurveyVersion:
    """The one of those with this code. Raises NotOpen."""
    found = next((version for version in open_ones(session, today) if version.survey.code == code), None)
    if found is None:
        raise NotOpen
    return found


def drawn_from(session: Session, version_id: int, at: datetime) -> SurveyVersion:
    """The version that a page shows; it is still answered a while after another took its place. Raises NotOpen."""
    found = session.get(SurveyVersion, version_id)
    if found is None or found.published_at is None or not found.survey.active:
        raise NotOpen
    if found.until is not None and found.until + ANSWERED_AFTER < at:
        raise NotOpen
    if found.survey.kind not in ONE_EACH:
        open_one(session, found.survey.code, at.date())
    return found


def check_may_answer(session: Session, attention: Attention, kind: Of, how: How, today: date) -> None:
    """Raises TooLate, OwnAttention, AnsweredAlready."""
    if today > attention.ended_on + OPEN_FOR[kind]:
        raise TooLate
    if how.official_id is not None and how.official_id in attention.by:
        raise OwnAttention
    if marks.is_burnt(session, marks.marks_of(attention.source, how.keys)):
        raise AnsweredAlready


def answer(
    session: Session, version: SurveyVersion, sent: Sent, attention: Attention | None, how: How, at: datetime
) -> None:
    """Burn the mark of the attention and keep the answer, in one transaction; of an open survey there is no mark.

    Raises Unfit, TooLate, OwnAttention, AnsweredAlready, NotOpen if it is not asked of this kind of attention or
    if it was taken back meanwhile: nobody changes what is being answered, so the version is held until this is kept.
    """
    kind = version.survey.kind
    if (kind if kind in ONE_EACH else None) != (attention.kind if attention else None):
        raise NotOpen
    session.refresh(version, with_for_update={"read": True})
    if version.published_at is None:
        raise NotOpen
    asked = read(version.questionnaire)
    if found := problems(asked, sent):
        raise Unfit(found)
    if attention is not None:
        check_may_answer(session, attention, kind, how, at.date())
        if not marks.burn(session, marks.marks_of(attention.source, how.keys), at.date()):
            raise AnsweredAlready
    _keep(session, version, asked, sent, attention, how, at)


def _keep(
    session: Session,
    version: SurveyVersion,
    asked: Questionnaire,
    sent: Sent,
    attention: Attention | None,
    how: How,
    at: datetime,
) -> None:
    """Closed answers under one number; each text under another of its own. The month is that of the attention."""
    kept = attention.kept if attention else NOTHING
    common = {
        "version_id": version.id,
        "month": month_of(attention.ended_on if attention else at.date()),
        "site_id": kept.site_id,
        "office_id": kept.office_id,
        "service_id": kept.service_id,
    }
    response = Response(
        id=_random(),
        **common,
        group=kept.group,
        channel=kept.channel,
        mode=how.mode,
        language=how.language,
        typed_by=how.official_id if how.typing else None,
    )
    session.add(response)
    session.flush()
    texts = {question.key for question in asked.questions if question.kind is Kind.TEXT}
    given = [(name, value.strip()) for name, values in sent.items() for value in values if value.strip()]
    closed = [(name, value) for name, value in given if name not in texts]
    if closed:
        of = {"response_id": response.id, **{name: common[name] for name in BESIDE}}
        session.execute(table(Answer).insert(), [of | {"field": name, "value": value} for name, value in closed])
    session.add_all(Comment(id=_random(), **common, field=name, text=value) for name, value in given if name in texts)


def _random() -> int:
    """A number that says nothing of when it was drawn; both databases and a browser hold it whole."""
    return secrets.randbits(53)
