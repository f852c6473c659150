"""What is done in the follow-up: report, verify, publish and open again; each adds rows and none is written over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Forbidden, Invalid, Refused
from core.events import Who
from core.files import actions as files
from core.files.actions import Placed
from core.people.model import Official
from core.plan.cutoffs import Cutoff, Rhythm
from core.plan.figures import accumulation_of
from core.plan.followup import measuring, overview, snapshot
from core.plan.followup.faults import LONGEST, Draft, Fault, faults, of_text
from core.plan.followup.model import PlanRhythm, Reopening, Report, ReportEvidence, ReportVerdict, Snapshot
from core.plan.followup.names import FAULTS
from core.plan.followup.overview import at_cutoff, cutoff_of, stage_on
from core.plan.followup.standing import WRITABLE, Stage, Verdict, may_judge, unchanged
from core.plan.model import Activity, Plan
from core.plan.progress import Accumulation, value_of

LONGEST_ACT = 200


class NotOpen(Refused):
    message = N_("Este corte no recibe cambios ahora: todavía no llega o ya se publicó.")


class Overtaken(Refused):
    message = N_("Alguien más lo cambió mientras usted escribía. Vuelva a cargar la página y mire lo nuevo.")


class OwnReport(Forbidden):
    message = N_("Verifica otra persona: no quien reportó esta actividad ni quien corrigió su cifra.")


class StillWaiting(Invalid):
    message = N_("Faltan %(count)s actividades por reportar o verificar. Marque que se publica así.")


class RhythmInUse(Refused):
    message = N_("Ya hay reportes de este año: la periodicidad se cambia para el año siguiente.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is reported. `value` is only of what is not measured; `seen`: the number of the version that it replaces.

    `keep`: the evidence of that version which also shows this one; `public`: whether everybody may see the new files.
    """

    done: str = ""
    difficulties: str = ""
    value: Fraction | None = None
    nothing_new: bool = False
    placed: Sequence[Placed] = ()
    link: str = ""
    public: bool = False
    keep: Sequence[int] = ()
    reason: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict. `seen_evidence`: that what shows it was looked at; `seen`: the number of the verdict it corrects."""

    verdict: Verdict
    observation: str = ""
    seen_evidence: bool = False
    seen: int = 0


def set_rhythm(session: Session, plan: Plan, rhythm: Rhythm, act: str, by: int, at: datetime) -> None:
    """How often the plan is followed up, by an act. Raises Invalid, RhythmInUse."""
    _hold(session, plan)
    said = _text(act, "act", LONGEST_ACT)
    if rhythm is plan.rhythm:
        raise Invalid(N_("Ya es esa: elija la otra."), field="rhythm")
    if overview.has_reports(session, plan):
        raise RhythmInUse
    number = 1 + (session.scalar(select(func.count()).where(PlanRhythm.plan_id == plan.id)) or 0)
    session.add(PlanRhythm(plan_id=plan.id, number=number, rhythm=rhythm, act=said, set_by=by, set_at=at))
    plan.rhythm = rhythm
    _note(session, Act.CHANGED, On(Thing.PLAN, plan.id), by, at, rhythm=list(Rhythm).index(rhythm) + 1)


def report(session: Session, activity: Activity, number: int, told: Told, by: int, at: datetime) -> Report:
    """What was done for an activity in the stretch of a cut-off. Raises Missing, NotOpen, Overtaken, Invalid."""
    plan = activity.plan
    cutoff = _open(session, plan, number, at)
    before = overview.last_report(session, activity, number)
    if told.seen != (before.number if before else 0):
        raise Overtaken
    kept = [one for one in (before.evidence if before else ()) if one.id in set(told.keep)]
    _refuse(
        faults(
            Draft(
                done=told.done,
                difficulties=told.difficulties,
                reason=told.reason,
                value=told.value,
                nothing_new=told.nothing_new,
                measured=measuring.is_measured(activity),
                again=before is not None,
                shown=bool(told.placed or told.link or kept),
            )
        )
    )
    row = Report(
        activity=activity,
        cutoff=number,
        number=told.seen + 1,
        nothing_new=told.nothing_new,
        done=told.done.strip(),
        difficulties=told.difficulties.strip(),
        reason=told.reason.strip(),
        reported_by=by,
        reported_at=at,
    )
    _put_value(session, row, cutoff, told)
    _put_evidence(session, row, kept, told)
    session.add(row)
    session.flush()
    told_of = {"activity": activity.id, "cutoff": number, "version": row.number, "measured": bool(row.measure)}
    _note(session, Act.ADDED, On(Thing.PLAN_REPORT, row.id), by, at, **told_of)
    return row


def judge(session: Session, report: Report, judged: Judged, by: int, at: datetime) -> None:
    """Somebody else of internal control says whether it is so. Raises OwnReport, NotOpen, Overtaken, Invalid."""
    activity = report.activity
    _open(session, activity.plan, report.cutoff, at)
    last = overview.last_report(session, activity, report.cutoff)
    if last is None or last.id != report.id or judged.seen != len(report.verdicts):
        raise Overtaken
    check_may_judge(session, report, by)
    told = judged.verdict is not Verdict.AGREES
    observation = _text(judged.observation, "observation", needed=told)
    if report.evidence and not judged.seen_evidence and judged.verdict is not Verdict.SENT_BACK:
        raise Invalid(N_("Abra lo que lo muestra y marque que lo vio."), field="seen_evidence")
    number = judged.seen + 1
    row = ReportVerdict(number=number, verdict=judged.verdict, observation=observation, judged_by=by, judged_at=at)
    report.verdicts.append(row)
    session.flush()
    _note(session, Act.VERIFIED, On(Thing.PLAN_REPORT, report.id), by, at, number=number, verdict=judged.verdict.value)


def check_may_judge(session: Session, report: Report, by: int) -> None:
    """Raises OwnReport."""
    cutoff = cutoff_of(session, report.activity.plan, report.cutoff)
    if not may_judge(by, overview.hands(session, report.activity, cutoff)):
        raise OwnReport


def publish(session: Session, plan: Plan, number: int, by: int, at: datetime, *, as_it_is: bool = False) -> Snapshot:
    """Freeze a cut-off as it stands and show it to everybody; `as_it_is`: with what still waits.

    Raises Missing, NotOpen while its last day is not over or if it is published, StillWaiting.
    """
    _open(session, plan, number, at)
    found = at_cutoff(session, plan, number)
    if found.waiting and not as_it_is:
        raise StillWaiting(field="as_it_is", count=found.waiting)
    editions = overview.editions(session, plan, number)
    told = snapshot.told(
        found, editions, overview.reopening_of(session, editions), by=session.get_one(Official, by).name, at=at
    )
    content = snapshot.canonical(told)
    row = Snapshot(
        plan_id=plan.id,
        cutoff=number,
        edition=len(editions) + 1,
        content=content,
        digest=snapshot.digest(content),
        published_by=by,
        published_at=at,
    )
    session.add(row)
    session.flush()
    told_of = {"cutoff": number, "edition": row.edition, "digest": row.digest}
    _note(session, Act.PUBLISHED, On(Thing.PLAN_CUTOFF, row.id), by, at, **told_of)
    return row


def reopen(session: Session, plan: Plan, number: int, reason: str, act: str, by: int, at: datetime) -> Reopening:
    """Open a published cut-off again, for a new edition; what was published stays. Raises Invalid, NotOpen."""
    _hold(session, plan)
    cutoff_of(session, plan, number)
    if stage_on(session, plan, number, at.date()) is not Stage.PUBLISHED:
        raise NotOpen
    last = overview.editions(session, plan, number)[-1]
    row = Reopening(
        snapshot_id=last.id,
        reason=_text(reason, "reason"),
        act=_text(act, "act", LONGEST_ACT),
        reopened_by=by,
        reopened_at=at,
    )
    session.add(row)
    session.flush()
    _note(session, Act.RESTORED, On(Thing.PLAN_CUTOFF, last.id), by, at, cutoff=number, edition=last.edition)
    return row


def _put_value(session: Session, row: Report, cutoff: Cutoff, told: Told) -> None:
    """The value: counted where it is measured, as it was where nothing is new, else as it was typed."""
    activity, value = row.activity, told.value
    found = measuring.at(session, activity, cutoff)
    row.figures = measuring.kept(found)
    if found.leads is not None:
        row.measure, value = found.leads.name, found.value
    elif told.nothing_new:
        value = unchanged(accumulation_of(activity), _before(session, activity, cutoff.number))
    row.value = None if value is None else str(value)


def _put_evidence(session: Session, row: Report, kept: Sequence[ReportEvidence], told: Told) -> None:
    """What shows it, new and kept from the version before."""
    row.evidence = [
        ReportEvidence(file_id=one.file_id, label=one.label, link=one.link, public=one.public) for one in kept
    ]
    row.evidence += [
        ReportEvidence(file=files.keep(session, one), label=one.label, public=told.public) for one in told.placed
    ]
    if told.link:
        row.evidence.append(ReportEvidence(link=told.link, public=True))


def _before(session: Session, activity: Activity, number: int) -> Fraction | None:
    """What had been reached by the cut-off before."""
    reported = overview.reported(session, activity, number - 1)
    return value_of([one.amount for one in reported], Accumulation.STOCK)


def _open(session: Session, plan: Plan, number: int, at: datetime) -> Cutoff:
    """The cut-off, held so that nobody publishes it meanwhile. Raises Missing, NotOpen."""
    _hold(session, plan)
    cutoff = cutoff_of(session, plan, number)
    if stage_on(session, plan, number, at.date()) not in WRITABLE:
        raise NotOpen
    return cutoff


def _hold(session: Session, plan: Plan) -> None:
    """One at a time: what is written of a plan waits for what is being written of it."""
    session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
    session.refresh(plan, ["rhythm"])


def _note(session: Session, act: Act, on: On, by: int, at: datetime, **detail: Any) -> None:
    audit.record(session, act, on, Who("official", by), at, detail=detail)


def _text(written: str, field: str, most: int = LONGEST, *, needed: bool = True) -> str:
    """A text as it is published. Raises Invalid for what keeps it from that."""
    _refuse(of_text(field, written, most, needed=needed))
    return written.strip()


def _refuse(found: Iterable[Fault]) -> None:
    """Raises Invalid for the first of these."""
    for fault in found:
        raise Invalid(FAULTS[fault.why], field=fault.field, **fault.values)
