"""An activity of the plan at a cut-off: its figure, its reports with what shows them, and how they were judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.followup import SEES, who_answers
from admin.followup_forms import JudgeForm, ReportForm, judge_form, report_form
from admin.hall import ID, me
from core.clock import now, today
from core.db import transaction
from core.errors import N_, Missing
from core.files.actions import Placed, content_of
from core.files.kinds import EVIDENCE
from core.people.rights import Permission, Reach, reaches
from core.plan import loading
from core.plan.finding import activity_of, answering_for
from core.plan.followup import actions, measuring, overview
from core.plan.followup.actions import Judged, OwnReport, Told
from core.plan.followup.model import Report
from core.plan.followup.standing import WRITABLE, State, Verdict
from core.plan.model import Activity
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.followup_words import words
from core.web.forms import PressForm, receives
from core.web.guard import requires
from core.web.uploads import answer, store


class NotYours(Missing):
    message = N_("Esa actividad la reporta quien responde por ella, o planeación.")


@bp.get(f"/followup/<{ID}:year>/<{ID}:cutoff>/<activity_code>")
@requires(*SEES)
def followup_one(year: int, cutoff: int, activity_code: str) -> ResponseReturnValue:
    return page(year, cutoff, activity_code)


@bp.get(f"/followup/proof/<{ID}:proof_id>")
@requires(*SEES)
def followup_proof(proof_id: int) -> ResponseReturnValue:
    """A file that shows what was reported. Raises NoReport."""
    found = overview.evidence_of(db.session(), proof_id)
    assert found.file is not None
    return answer(content_of(store(), found.file), found.file.kind, found.label)


@bp.post(f"/followup/<{ID}:year>/<{ID}:cutoff>/<activity_code>/report")
@requires(Permission.REPORT_CUTOFFS)
@receives(EVIDENCE.total)
@asks(
    lambda year, cutoff, activity_code: _report_form(year, cutoff, activity_code),
    lambda form, year, cutoff, activity_code: page(year, cutoff, activity_code, "report", form),
)
def followup_report(form: ReportForm, year: int, cutoff: int, activity_code: str) -> ResponseReturnValue:
    """What was done, once for each press. Raises NotYours, and what the action raises."""
    told = _told(form, form.files.place(now()))
    with transaction(db.session) as session:
        activity, at = activity_of(session, year, activity_code), now()
        check_may_report(session, activity)

        def act() -> dict[str, Any]:
            actions.report(session, activity, cutoff, told, current_user.id, at)
            form.files.let_go(session)
            return {}

        once(session, form.pressed(me(), f"report {activity.id} {cutoff}"), at, act)
    flash(_("Quedó el reporte. Ahora lo verifica control interno."), "success")
    return redirect(url_for(".followup_one", year=year, cutoff=cutoff, activity_code=activity_code))


@bp.post(f"/followup/<{ID}:year>/<{ID}:cutoff>/<activity_code>/judge")
@requires(Permission.JUDGE_PLAN)
@asks(
    lambda year, cutoff, activity_code: _judge_form(year, cutoff, activity_code),
    lambda form, year, cutoff, activity_code: page(year, cutoff, activity_code, "judge", form),
)
def followup_judge(form: JudgeForm, year: int, cutoff: int, activity_code: str) -> ResponseReturnValue:
    """What internal control says of it. Raises what the action raises."""
    with transaction(db.session) as session:
        at = now()

        def act() -> dict[str, Any]:
            _judge(session, year, form, at)
            return {}

        once(session, form.pressed(me(), f"judge {year} {cutoff} {activity_code}"), at, act)
    flash(_("Quedó lo que dijo control interno."), "success")
    return redirect(url_for(".followup_one", year=year, cutoff=cutoff, activity_code=activity_code))


def check_may_report(session: Session, activity: Activity) -> None:
    """Raises NotYours for who neither answers for it nor reports for all."""
    if not _may_report(session, activity):
        raise NotYours


def page(year: int, cutoff: int, code: str, deed: str = "", refused: PressForm | None = None) -> str:
    """The page of an activity; `refused`: the form that says why it was not kept."""
    session = db.session()
    activity = activity_of(session, year, code)
    found = overview.line_of(session, activity, cutoff)
    stage = overview.stage_on(session, activity.plan, cutoff, today())
    opened, last = stage in WRITABLE, found.report
    judges = current_user.may(Permission.JUDGE_PLAN) and last is not None
    own = judges and last is not None and _is_own(session, last)
    measured = measuring.is_measured(activity)
    showing = {"measured": measured, "fresh": refused is not None}
    return render_template(
        "admin/followup_activity.html",
        plan=activity.plan,
        cutoff=overview.cutoff_of(session, activity.plan, cutoff),
        stage=stage,
        line=found,
        who=who_answers(activity.plan, found),
        figures=_figures(session, activity, cutoff),
        opens=current_user.may(Permission.READ_PLAN) or current_user.id in answering_for(session, activity),
        measured=measured,
        own=own,
        report=_shown(refused, deed, "report")
        or (report_form(last, **showing) if opened and _may_report(session, activity) else None),
        judge=_shown(refused, deed, "judge")
        or (judge_form(last, fresh=refused is not None) if last and opened and judges and not own else None),
        refused=refused,
        to_verify=found.state is State.TO_VERIFY,
        **words(),
    )


def _shown(refused: PressForm | None, deed: str, mine: str) -> PressForm | None:
    return refused if deed == mine else None


def _figures(session: Session, activity: Activity, cutoff: int) -> dict[str, Any]:
    """What the measures say now."""
    at = overview.cutoff_of(session, activity.plan, cutoff)
    return measuring.kept(measuring.at(session, activity, at))


def _may_report(session: Session, activity: Activity) -> bool:
    far = {reaches(role, Permission.REPORT_CUTOFFS) for role in current_user.roles} - {None}
    return Reach.ALL in far or (bool(far) and current_user.id in answering_for(session, activity))


def _is_own(session: Session, last: Report) -> bool:
    try:
        actions.check_may_judge(session, last, current_user.id)
    except OwnReport:
        return True
    return False


def _report_form(year: int, cutoff: int, code: str) -> ReportForm:
    """Raises NoActivity, NoCutoff, NotYours."""
    session = db.session()
    activity = activity_of(session, year, code)
    overview.cutoff_of(session, activity.plan, cutoff)
    check_may_report(session, activity)
    last = overview.last_report(session, activity, cutoff)
    return report_form(last, measured=measuring.is_measured(activity))


def _judge_form(year: int, cutoff: int, code: str) -> JudgeForm:
    """Raises NoActivity, NoReport."""
    session = db.session()
    last = overview.last_report(session, activity_of(session, year, code), cutoff)
    if last is None:
        raise overview.NoReport
    return judge_form(last)


def _told(form: ReportForm, placed: list[Placed]) -> Told:
    return Told(
        done=form.done.data or "",
        difficulties=form.difficulties.data or "",
        value=form.value.data if "value" in form and not form.nothing_new.data else None,
        nothing_new=form.nothing_new.data,
        placed=placed,
        link=form.link.data or "",
        public=form.public.data,
        keep=[int(one) for one in form.keep.data or () if one.isdigit()] if "keep" in form else (),
        reason=(form.reason.data or "") if "reason" in form else "",
        seen=_number(form.seen.data),
    )


def _judge(session: Session, year: int, form: JudgeForm, at: datetime) -> None:
    plan = loading.plan_of(session, year)
    judged = Judged(
        verdict=Verdict(form.verdict.data),
        observation=form.observation.data or "",
        seen_evidence="seen_evidence" in form and form.seen_evidence.data,
        seen=_number(form.seen.data),
    )
    actions.judge(session, overview.report_of(session, plan, _number(form.report.data)), judged, current_user.id, at)


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
