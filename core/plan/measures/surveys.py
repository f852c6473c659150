"""What is counted of surveys: never an answer, only versions of what was asked, and nothing that few people said.

A survey that fewer than five answered is left out, so that what its page keeps back is not the rest of a sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import N_
from core.plan.measures import Figure, Record, Unit, attentions, listed, measure
from core.plan.progress import Accumulation
from core.reports.periods import Period
from core.reports.small_cells import LEAST
from core.surveys import counted, hiding, tally
from core.surveys.counted import Version
from core.surveys.model import ONE_EACH, Of, Survey, SurveyVersion
from core.surveys.questionnaire import Measure, read
from core.surveys.scoring import ENOUGH, Bound, good, is_small
from core.surveys.tally import Scope

OF_SATISFACTION = (Of.TURN, Of.REPLY, Of.OPEN)


@dataclass(frozen=True, slots=True)
class Answered:
    """A survey, its versions that somebody answered in a period, and what was counted of each, the newest first."""

    survey: Survey
    versions: Sequence[SurveyVersion]
    counts: Sequence[Version]

    @property
    def answers(self) -> int:
        return sum(version.counts.answers for version in self.counts)

    @property
    def rated(self) -> tuple[int, int]:
        """How many say 4 or 5 and how many less, by the question that its page tells of."""
        csat = (one for one in counted.questions_of(self.counts) if one.question.measure == Measure.CSAT)
        one = next(csat, None)
        return good(one.first.values) if one is not None and one.told else (0, 0)


@measure("survey_answers", N_("Encuestas de satisfacción contestadas"))
def survey_answers(session: Session, period: Period) -> Figure:
    """How many whole answers the surveys of satisfaction had in the months of the period."""
    return _answers(answered(session, period, OF_SATISFACTION))


@measure("needs_answers", N_("Encuestas de necesidades y expectativas contestadas"))
def needs_answers(session: Session, period: Period) -> Figure:
    """How many whole answers the surveys of needs had in the months of the period."""
    return _answers(answered(session, period, (Of.NEEDS,)))


@measure("satisfaction", N_("Personas que califican la atención con 4 o 5"), Unit.PERCENT, Accumulation.ACCUMULATED)
def satisfaction(session: Session, period: Period) -> Figure:
    """Of who said in the months of the period how satisfied they are, from 1 to 5, the share of 4 and 5 (CSAT).

    A survey that fewer than ten rated is left out. Where few of one say 4 or 5, or few less, only a bound is told.
    """
    told = [one for one in answered(session, period, OF_SATISFACTION) if sum(one.rated) >= ENOUGH]
    value, bound = rated([one.rated for one in told])
    return _figure(told, value, sum(sum(one.rated) for one in told) or None, bound)


@measure("survey_response_rate", N_("Atenciones de las que alguien opinó"), Unit.PERCENT, Accumulation.ACCUMULATED)
def survey_response_rate(session: Session, period: Period) -> Figure:
    """Answers of the surveys of turns and of replies over the turns finished and the replies delivered in the period.

    None of fewer than ten attentions, nor where only a few answered.
    """
    found = answered(session, period, ONE_EACH)
    told = [one for one in found if not is_small(one.answers)]
    wanted = attentions.finished(session, Scope(), period) + attentions.delivered(session, Scope(), period)
    if wanted < ENOUGH or (found and not told):
        return _figure(told, None, wanted)
    answers = sum(one.answers for one in told)
    return _figure(told, min(Fraction(100), Fraction(100 * answers, wanted)), wanted)


def rated(each: Sequence[tuple[int, int]]) -> tuple[Fraction | None, str]:
    """The share of 4 and 5 of several surveys together, as exact as what each of them tells lets it be."""
    base = sum(map(sum, each))
    if not base:
        return None, ""
    few_good, few_less = (any(is_small(pair[n]) for pair in each) for n in (0, 1))
    if few_less:
        low = sum(sum(pair) - LEAST + 1 if is_small(pair[1]) else 0 if is_small(pair[0]) else pair[0] for pair in each)
        return Fraction(100 * low, base), Bound.AT_LEAST.value
    if few_good:
        most = sum(LEAST - 1 if is_small(pair[0]) else pair[0] for pair in each)
        return Fraction(100 * most, base), Bound.AT_MOST.value
    return Fraction(100 * sum(pair[0] for pair in each), base), ""


def answered(session: Session, period: Period, kinds: Sequence[Of]) -> list[Answered]:
    """The surveys of these kinds that somebody answered in the months of a period, in the order they were made."""
    found = []
    for survey in session.scalars(select(Survey).where(Survey.kind.in_(kinds)).order_by(Survey.id)):
        published = tally.versions_of(session, survey.id)
        asked = {version.id: read(version.questionnaire) for version in published}
        months = tally.by_month(session, Scope(tuple(asked)), asked, period)
        some = [version for version in published if months[version.id]]
        counts = [Version(one.number, asked[one.id], counted.add(months[one.id].values())) for one in some]
        if some:
            found.append(Answered(survey, some, counts))
    return found


def _answers(found: Sequence[Answered]) -> Figure:
    told = [one for one in found if not is_small(one.answers)]
    return _figure(told, None if found and not told else Fraction(sum(one.answers for one in told)))


def _figure(told: Sequence[Answered], value: Fraction | None, base: int | None = None, bound: str = "") -> Figure:
    """A figure of whole surveys, behind which stand their versions."""
    records = [record for one in told for record in _records(one)]
    return Figure(value, len(records), listed(records), base, bound)


def _records(one: Answered) -> list[Record]:
    """The versions with how many answered each, but where that would tell how many a few are."""
    told = hiding.line([version.counts.answers for version in one.counts])
    return [
        Record(
            "survey",
            one.survey.id,
            f"{one.survey.name} · v{version.number}",
            version.published_at.date() if version.published_at else None,
            "*" if count is None else str(count),
        )
        for version, count in zip(one.versions, told, strict=True)
    ]
