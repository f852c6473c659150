"""A cut-off is published, opened again by an act, and read as paper before that; and how often there is one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.followup import SEES, cutoff_page, year_page
from admin.followup_forms import PublishForm, ReopenForm, RhythmForm, rhythm_form
from admin.hall import ID, me
from core.clock import now
from core.db import transaction
from core.people.rights import Permission
from core.plan import loading
from core.plan.cutoffs import Rhythm
from core.plan.finding import whole_plan
from core.plan.followup import actions, overview, snapshot
from core.plan.followup.overview import at_cutoff
from core.plan.model import Plan
from core.presses import once
from core.web import followup_report
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm
from core.web.guard import requires


@bp.post(f"/followup/<{ID}:year>/<{ID}:cutoff>/publish")
@requires(Permission.JUDGE_PLAN)
@asks(lambda year, cutoff: PublishForm(), lambda form, year, cutoff: cutoff_page(year, cutoff, "publish", form))
def followup_publish(form: PublishForm, year: int, cutoff: int) -> ResponseReturnValue:
    """Freeze it and show it to everybody, once for each press."""

    def act(session: Session, plan: Plan, at: datetime) -> None:
        actions.publish(session, plan, cutoff, current_user.id, at, as_it_is=form.as_it_is.data)

    _do(form, year, f"publish {cutoff}", act)
    flash(_("Publicado: ya se ve en el portal, con su huella."), "success")
    return redirect(url_for(".followup_cutoff", year=year, cutoff=cutoff))


@bp.post(f"/followup/<{ID}:year>/<{ID}:cutoff>/reopen")
@requires(Permission.JUDGE_PLAN)
@asks(lambda year, cutoff: ReopenForm(), lambda form, year, cutoff: cutoff_page(year, cutoff, "reopen", form))
def followup_reopen(form: ReopenForm, year: int, cutoff: int) -> ResponseReturnValue:
    """Open it again; what was published stays."""

    def act(session: Session, plan: Plan, at: datetime) -> None:
        actions.reopen(session, plan, cutoff, form.reason.data, form.act.data, current_user.id, at)

    _do(form, year, f"reopen {cutoff}", act)
    flash(_("El corte recibe cambios otra vez. Lo publicado sigue en el portal."), "success")
    return redirect(url_for(".followup_cutoff", year=year, cutoff=cutoff))


@bp.post(f"/followup/<{ID}:year>/rhythm")
@requires(Permission.APPROVE_PLAN)
@asks(
    lambda year: rhythm_form(loading.plan_of(db.session(), year).rhythm),
    lambda form, year: year_page(year, loading.years(db.session()), form),
)
def followup_rhythm(form: RhythmForm, year: int) -> ResponseReturnValue:
    """How often there is a cut-off, by an act."""

    def act(session: Session, plan: Plan, at: datetime) -> None:
        actions.set_rhythm(session, plan, Rhythm(form.rhythm.data), form.act.data, current_user.id, at)

    _do(form, year, "rhythm", act)
    flash(_("Cambió cada cuánto se hace seguimiento."), "success")
    return redirect(url_for(".followup", year=year))


@bp.get(f"/followup/<{ID}:year>/<{ID}:cutoff>/draft.<any(pdf, xlsx, csv):form>")
@requires(*SEES)
def followup_draft(form: str, year: int, cutoff: int) -> Response:
    """The report as it would be published now."""
    session, at = db.session(), now()
    plan = whole_plan(session, year)
    before = overview.editions(session, plan, cutoff)
    found, again = at_cutoff(session, plan, cutoff), overview.reopening_of(session, before)
    return followup_report.file(form, snapshot.told(found, before, again, by="", at=at), "", at)


def _do(form: PressForm, year: int, name: str, deed: Callable[[Session, Plan, datetime], None]) -> None:
    """Do it, once for each press. Raises what the deed raises."""
    with transaction(db.session) as session:
        plan, at = loading.plan_of(session, year), now()

        def act() -> dict[str, Any]:
            deed(session, plan, at)
            return {}

        once(session, form.pressed(me(), f"{name} {year}"), at, act)
