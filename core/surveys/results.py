"""The results of a survey in a period: what was counted, in the period before, month by month, and by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from core.reports.periods import Period, month_of, quarter_of
from core.reports.small_cells import LEAST
from core.surveys import counted, hiding, tally
from core.surveys.counted import Counted, Version
from core.surveys.hiding import Group, Told
from core.surveys.model import Survey, SurveyVersion
from core.surveys.questionnaire import Measure, Questionnaire, in_english, read
from core.surveys.scoring import good
from core.surveys.tally import ByMonth, Known, Scope

QUARTERS, OF_MONTHS = 8, 4
"""How many quarters a trend tells; beside a single quarter, the months of so many."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in a period: whole answers, and each closed question."""

    answers: int
    questions: Sequence[Counted]

    def of(self, measure: Measure) -> Counted | None:
        """The question that feeds a figure: the first of the newest version that asks it."""
        return next((one for one in self.questions if one.question.measure == measure), None)

    def same(self, one: Counted | None) -> Counted | None:
        """The question that asks what one of another period asks."""
        return next((each for each in self.questions if one and counted.alike(each.question, one.question)), None)


@dataclass(frozen=True, slots=True)
class Results:
    """What a survey tells. `trend`: how satisfied people are in whole quarters, or in months; `cuts`: by group.

    `wanted`: how many attentions of the period, and of that before, had an opinion to give; None if nobody counts them.
    """

    survey: Survey
    title: str
    period: Period
    now: Figures
    before: Figures
    trend: Sequence[tuple[Period, Told | None]]
    cuts: Mapping[str, Sequence[Told]]
    known: Known
    wanted: tuple[int, int] | None = None

    @property
    def versions(self) -> list[int]:
        """The numbers of those that were answered in the period, newest first."""
        return sorted({number for one in self.now.questions for number in one.versions}, reverse=True)


@dataclass(frozen=True, slots=True)
class _Months:
    """The months of the versions of a survey, to be added as one asks."""

    published: Mapping[int, SurveyVersion]
    asked: Mapping[int, Questionnaire]
    counts: ByMonth

    def figures(self, period: Period) -> Figures:
        found = []
        for number, version in self.published.items():
            months = [one for month, one in self.counts[number].items() if period.first <= month <= period.last]
            if months:
                found.append(Version(version.number, self.asked[number], counted.add(months)))
        return Figures(sum(each.counts.answers for each in found), counted.questions_of(found))

    def rated(self, period: Period, csat: Counted) -> Group:
        """Who answered how satisfied they are."""
        one = self.figures(period).same(csat)
        return Group(period.first.isoformat(), *good(one.first.values if one else {}))


def results_of(
    session: Session, survey: Survey, period: Period, scope: Scope, *, by_group: bool, english: bool = False
) -> Results:
    """What the answers of a scope say; by groups of people only if `by_group`."""
    published = {version.id: version for version in tally.versions_of(session, survey.id)}
    asked = {number: read(version.questionnaire) for number, version in published.items()}
    if english:
        asked = {number: in_english(questionnaire) for number, questionnaire in asked.items()}
    scope, quarters = replace(scope, versions=tuple(published)), _quarters(period)
    whole = Period(min(period.before.first, quarters[0].first), period.last)
    months = _Months(published, asked, tally.by_month(session, scope, asked, whole))
    now = months.figures(period)
    csat = now.of(Measure.CSAT)
    return Results(
        survey,
        next((questionnaire.title for questionnaire in asked.values()), survey.name),
        period,
        now,
        months.figures(period.before),
        _trend(months, csat, quarters) if csat else (),
        _cuts(session, months, scope, period, csat) if by_group and now.answers >= LEAST else {},
        tally.known(session, scope, period),
    )


def _quarters(period: Period) -> list[Period]:
    """The quarters of the trend, oldest first: the last of the period, and those before it."""
    found = [quarter_of(period.last)]
    while len(found) < (OF_MONTHS if period.months == 3 else QUARTERS):
        found.append(found[-1].before)
    return found[::-1]


def _trend(months: _Months, csat: Counted, quarters: Sequence[Period]) -> list[tuple[Period, Told | None]]:
    """Quarter by quarter, or the months of each if there are few."""
    if len(quarters) > OF_MONTHS:
        return [(each, hiding.alone(months.rated(each, csat))) for each in quarters]
    found = []
    for quarter in quarters:
        parts = [month_of(first) for first in quarter.each_month()]
        found += list(zip(parts, hiding.split([months.rated(each, csat) for each in parts]), strict=True))
    return found


def _cuts(
    session: Session, months: _Months, scope: Scope, period: Period, csat: Counted | None
) -> dict[str, list[Told]]:
    """Who says how satisfied they are by what is known of them, or only how many they are."""
    if csat is not None:
        versions = [number for number, version in months.published.items() if version.number in csat.versions]
        scope = replace(scope, versions=tuple(versions))
    found = tally.cuts(session, scope, period, csat.question.key if csat else None)
    enough = csat is None or csat.first.answered >= LEAST
    return {name: hiding.groups(groups) for name, groups in found.items()} if enough else {}
