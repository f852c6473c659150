"""How the plan stands at a cut-off: each activity with its reports, and the progress of metas, components and plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.catalogue.days import calendar_of
from core.errors import N_, Missing
from core.plan.cutoffs import Cutoff, cutoffs
from core.plan.figures import accumulation_of
from core.plan.followup.model import Reopening, Report, ReportEvidence, Snapshot
from core.plan.followup.standing import WAITING, Stage, State, stage_of, state_of
from core.plan.followup.summing import Part, Sum, of_activities, of_sums
from core.plan.model import Activity, Component, Meta, Plan, Target
from core.plan.progress import Band, advance, band, expected, value_of


class NoCutoff(Missing):
    message = N_("Ese corte no existe en el plan de ese año.")


class NoReport(Missing):
    message = N_("Ese reporte no existe.")


@dataclass(frozen=True, slots=True)
class Line:
    """An activity at a cut-off. `reports`: all its versions at it; `values`: what each stretch reported until now.

    `goal` is the one in force on the last day. `value`, `real` and `expected` are of the year until then.
    """

    activity: Activity
    reports: Sequence[Report]
    values: Sequence[Fraction | None]
    goal: Target | None
    value: Fraction | None
    real: Fraction | None
    expected: Fraction

    @property
    def report(self) -> Report | None:
        return self.reports[-1] if self.reports else None

    @property
    def state(self) -> State:
        last = self.report
        verdict = last.verdict if last else None
        return state_of(reported=last is not None, verdict=verdict.verdict if verdict else None)

    @property
    def band(self) -> Band | None:
        return band(self.real, self.expected)

    @property
    def part(self) -> Part:
        weight = self.goal.as_goal.weight if self.goal else None
        return Part(self.real, self.expected, weight, self.goal is not None, self.report is not None)


@dataclass(frozen=True, slots=True)
class AtMeta:
    meta: Meta
    lines: Sequence[Line]
    sum: Sum


@dataclass(frozen=True, slots=True)
class AtComponent:
    component: Component
    metas: Sequence[AtMeta]
    sum: Sum


@dataclass(frozen=True, slots=True)
class AtCutoff:
    """The whole plan at a cut-off."""

    plan: Plan
    cutoff: Cutoff
    components: Sequence[AtComponent]
    sum: Sum

    @property
    def lines(self) -> list[Line]:
        return [line for component in self.components for meta in component.metas for line in meta.lines]

    def count(self, state: State) -> int:
        return sum(line.state is state for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many activities are not reported, not verified or sent back."""
        return sum(line.state in WAITING for line in self.lines)


def cutoffs_of(session: Session, plan: Plan) -> list[Cutoff]:
    """Those of a plan by its rhythm, with their days to publish by the calendar of the entity."""
    return cutoffs(plan.year, plan.rhythm, calendar_of(session, None))


def cutoff_of(session: Session, plan: Plan, number: int) -> Cutoff:
    """Raises NoCutoff."""
    found = next((one for one in cutoffs_of(session, plan) if one.number == number), None)
    if found is None:
        raise NoCutoff
    return found


def stage_on(session: Session, plan: Plan, number: int, today: date) -> Stage:
    """How a cut-off stands on a day. Raises NoCutoff."""
    reopened = (
        select(func.count())
        .select_from(Reopening)
        .join(Snapshot)
        .where(Snapshot.plan_id == plan.id, Snapshot.cutoff == number)
    )
    count = len(editions(session, plan, number))
    return stage_of(cutoff_of(session, plan, number), count, session.scalar(reopened) or 0, today)


def current(session: Session, plan: Plan, today: date) -> Cutoff:
    """The cut-off that asks for work: the first whose stretch is not over or that is not published, else the last."""
    every = cutoffs_of(session, plan)
    for one in every:
        if stage_on(session, plan, one.number, today) is not Stage.PUBLISHED:
            return one
    return every[-1]


def editions(session: Session, plan: Plan, number: int) -> list[Snapshot]:
    """What was published of a cut-off, the first first."""
    found = select(Snapshot).where(Snapshot.plan_id == plan.id, Snapshot.cutoff == number)
    return list(session.scalars(found.order_by(Snapshot.edition)))


def published(session: Session, plan: Plan) -> list[Snapshot]:
    """Every edition of every cut-off of a plan, the newest first."""
    found = select(Snapshot).where(Snapshot.plan_id == plan.id).options(joinedload(Snapshot.official))
    return list(session.scalars(found.order_by(Snapshot.cutoff.desc(), Snapshot.edition.desc())))


def edition_of(session: Session, plan: Plan, number: int, edition: int) -> Snapshot:
    """One of them. Raises NoCutoff."""
    where = (Snapshot.plan_id == plan.id, Snapshot.cutoff == number, Snapshot.edition == edition)
    found = session.scalar(select(Snapshot).where(*where))
    if found is None:
        raise NoCutoff
    return found


def reopening_of(session: Session, before: Sequence[Snapshot]) -> Reopening | None:
    """Why the last of these editions was opened again."""
    if not before:
        return None
    return session.scalar(select(Reopening).where(Reopening.snapshot_id == before[-1].id))


def has_reports(session: Session, plan: Plan) -> bool:
    ids = [activity.id for activity in plan.activities]
    return bool(session.scalar(select(exists().where(Report.activity_id.in_(ids)))))


def last_report(session: Session, activity: Activity, number: int) -> Report | None:
    """The version in force of the report of an activity at a cut-off."""
    found = select(Report).where(Report.activity_id == activity.id, Report.cutoff == number)
    found = found.order_by(Report.number.desc()).limit(1).execution_options(populate_existing=True)
    return session.scalar(found)


def reported(session: Session, activity: Activity, until: int) -> list[Report]:
    """The versions in force of the reports of an activity, by cut-off, until one."""
    every = select(Report).where(Report.activity_id == activity.id, Report.cutoff <= until)
    last = {one.cutoff: one for one in session.scalars(every.order_by(Report.cutoff, Report.number))}
    return list(last.values())


def report_of(session: Session, plan: Plan, report_id: int) -> Report:
    """A report of a plan. Raises NoReport."""
    found = session.get(Report, report_id)
    if found is None or found.activity.plan.id != plan.id:
        raise NoReport
    return found


def evidence_of(session: Session, evidence_id: int) -> ReportEvidence:
    """A file that shows something. Raises NoReport."""
    found = session.get(ReportEvidence, evidence_id)
    if found is None or found.file is None:
        raise NoReport
    return found


def hands(session: Session, activity: Activity, cutoff: Cutoff) -> frozenset[int]:
    """Everybody who reported an activity at a cut-off, in any version, or corrected what was measured of it."""
    found = select(Report.reported_by).where(Report.activity_id == activity.id, Report.cutoff == cutoff.number)
    corrected = {one.corrected_by for one in activity.corrections if one.last == cutoff.last}
    return frozenset(session.scalars(found)) | corrected


def at_cutoff(session: Session, plan: Plan, number: int) -> AtCutoff:
    """The plan as it stands at a cut-off. Raises NoCutoff."""
    cutoff = cutoff_of(session, plan, number)
    reports = _reports(session, Component.plan_id == plan.id, number)
    components = []
    for component in plan.components:
        metas = []
        for meta in component.metas:
            lines = [_line(one, cutoff, reports.get(one.id, {})) for one in meta.activities]
            metas.append(AtMeta(meta, lines, of_activities([line.part for line in lines])))
        components.append(AtComponent(component, metas, of_sums([meta.sum for meta in metas])))
    return AtCutoff(plan, cutoff, components, of_sums([one.sum for one in components]))


def line_of(session: Session, activity: Activity, number: int) -> Line:
    """An activity at a cut-off. Raises NoCutoff."""
    cutoff = cutoff_of(session, activity.plan, number)
    reports = _reports(session, Report.activity_id == activity.id, number)
    return _line(activity, cutoff, reports.get(activity.id, {}))


def goal_on(activity: Activity, day: date) -> Target | None:
    """The goal that was in force on a day."""
    return next((target for target in reversed(activity.targets) if target.since <= day), None)


def _reports(session: Session, of: ColumnElement[bool], number: int) -> dict[int, dict[int, list[Report]]]:
    """All versions until a cut-off, by activity and cut-off."""
    query = (
        select(Report)
        .join(Activity)
        .join(Meta)
        .join(Component)
        .where(of, Report.cutoff <= number)
        .options(
            joinedload(Report.official),
            selectinload(Report.evidence).joinedload(ReportEvidence.file),
            selectinload(Report.verdicts),
        )
        .order_by(Report.cutoff, Report.number)
        .execution_options(populate_existing=True)
    )
    found: dict[int, dict[int, list[Report]]] = {}
    for one in session.scalars(query):
        found.setdefault(one.activity_id, {}).setdefault(one.cutoff, []).append(one)
    return found


def _line(activity: Activity, cutoff: Cutoff, by_cutoff: dict[int, list[Report]]) -> Line:
    goal = goal_on(activity, cutoff.last)
    values = [by_cutoff[n][-1].amount if n in by_cutoff else None for n in range(1, cutoff.number + 1)]
    value = value_of(values, goal.accumulation if goal else accumulation_of(activity))
    return Line(
        activity,
        by_cutoff.get(cutoff.number, []),
        values,
        goal,
        value,
        advance(value, goal.as_goal if goal else None),
        expected(activity.month_numbers, cutoff.last, cutoff.last.year),
    )
