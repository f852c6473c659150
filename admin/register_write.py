"""An entry of a register is recorded, corrected and withdrawn by form; findings of an audit by control interno."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin import bp
from admin.hall import ID, me
from admin.register_form import EntryForm, correct_form, new_form
from admin.registers import WithdrawForm, door_of, kind_of, may_write, page
from core.clock import now
from core.db import transaction
from core.errors import Forbidden, Missing
from core.files.kinds import EVIDENCE
from core.people.rights import Permission
from core.plan.registers import actions, looking
from core.plan.registers.fields import Kind
from core.plan.registers.kinds import KINDS
from core.plan.registers.model import RegisterEntry
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import receives
from core.web.guard import requires

FINDING = "audit_finding"


def _new(slug: str = FINDING) -> EntryForm:
    """Raises Missing."""
    kind = kind_of(slug)
    if kind.judged != (slug == FINDING and request.path.startswith(url_for(".findings_new"))):
        raise Missing
    return new_form(db.session(), kind, _below(kind))


@bp.get("/registers/<slug>/new")
@requires(Permission.REPORT_PLAN)
def registers_new(slug: str) -> ResponseReturnValue:
    return _new_page(_new(slug), slug)


@bp.post("/registers/<slug>/new")
@requires(Permission.REPORT_PLAN)
@receives(EVIDENCE.total)
@asks(_new, lambda form, slug: _new_page(form, slug))
def registers_new_act(form: EntryForm, slug: str) -> ResponseReturnValue:
    return _record(form, KINDS[slug])


@bp.get("/registers/findings/new")
@requires(Permission.JUDGE_PLAN)
def findings_new() -> ResponseReturnValue:
    return _new_page(_new(), FINDING)


@bp.post("/registers/findings/new")
@requires(Permission.JUDGE_PLAN)
@receives(EVIDENCE.total)
@asks(_new, lambda form: _new_page(form, FINDING))
def findings_new_act(form: EntryForm) -> ResponseReturnValue:
    return _record(form, KINDS[FINDING])


def _kept(entry_id: int) -> EntryForm:
    return correct_form(db.session(), _mine(entry_id, judged=False))


def _kept_finding(finding_id: int) -> EntryForm:
    return correct_form(db.session(), _mine(finding_id, judged=True))


@bp.get(f"/registers/entry/<{ID}:entry_id>/correct")
@requires(Permission.REPORT_PLAN)
def registers_correct(entry_id: int) -> ResponseReturnValue:
    return _correct_page(_kept(entry_id), entry_id)


@bp.post(f"/registers/entry/<{ID}:entry_id>/correct")
@requires(Permission.REPORT_PLAN)
@receives(EVIDENCE.total)
@asks(_kept, lambda form, entry_id: _correct_page(form, entry_id))
def registers_correct_act(form: EntryForm, entry_id: int) -> ResponseReturnValue:
    return _correct(form, entry_id)


@bp.get(f"/registers/findings/<{ID}:finding_id>/correct")
@requires(Permission.JUDGE_PLAN)
def findings_correct(finding_id: int) -> ResponseReturnValue:
    return _correct_page(_kept_finding(finding_id), finding_id)


@bp.post(f"/registers/findings/<{ID}:finding_id>/correct")
@requires(Permission.JUDGE_PLAN)
@receives(EVIDENCE.total)
@asks(_kept_finding, lambda form, finding_id: _correct_page(form, finding_id))
def findings_correct_act(form: EntryForm, finding_id: int) -> ResponseReturnValue:
    return _correct(form, finding_id)


def _withdrawing(entry_id: int) -> WithdrawForm:
    _mine(entry_id, judged=False)
    return WithdrawForm()


def _withdrawing_finding(finding_id: int) -> WithdrawForm:
    _mine(finding_id, judged=True)
    return WithdrawForm()


@bp.post(f"/registers/entry/<{ID}:entry_id>/withdraw")
@requires(Permission.REPORT_PLAN)
@asks(_withdrawing, lambda form, entry_id: page(entry_id, form))
def registers_withdraw(form: WithdrawForm, entry_id: int) -> ResponseReturnValue:
    return _withdraw(form, entry_id)


@bp.post(f"/registers/findings/<{ID}:finding_id>/withdraw")
@requires(Permission.JUDGE_PLAN)
@asks(_withdrawing_finding, lambda form, finding_id: page(finding_id, form))
def findings_withdraw(form: WithdrawForm, finding_id: int) -> ResponseReturnValue:
    return _withdraw(form, finding_id)


def _record(form: EntryForm, kind: Kind) -> ResponseReturnValue:
    """Keep it, once for each press."""
    draft = form.draft()
    with transaction(db.session) as session:
        at = now()

        def act() -> dict[str, Any]:
            made = actions.record(session, kind, current_user.site_id, draft, current_user.id, at, _below(kind))
            form.let_go(session)
            return {"id": made.id, "complete": made.now.complete}

        made = once(session, form.pressed(me(), f"new {kind.slug} {request.args.get('below', '')}"), at, act)
    return _told(made["id"], complete=made["complete"])


def _correct(form: EntryForm, entry_id: int) -> ResponseReturnValue:
    """Say it anew, once for each press; the first stays."""
    draft, seen = form.draft(), form["latest"].data or ""
    with transaction(db.session) as session:
        one, at = looking.entry(session, entry_id, lock=True), now()

        def act() -> dict[str, Any]:
            number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else 0
            actions.correct(session, one, draft, form["reason"].data, number, current_user.id, at)
            form.let_go(session)
            return {"complete": one.now.complete}

        made = once(session, form.pressed(me(), f"correct register {entry_id}"), at, act)
    return _told(entry_id, complete=made["complete"])


def _withdraw(form: WithdrawForm, entry_id: int) -> ResponseReturnValue:
    """It counts no more; all of it stays to be read."""
    with transaction(db.session) as session:
        one, at = looking.entry(session, entry_id, lock=True), now()

        def act() -> dict[str, Any]:
            actions.withdraw(session, one, form.reason.data, current_user.id, at)
            return {}

        once(session, form.pressed(me(), f"withdraw register {entry_id}"), at, act)
    flash(_("Se retiró: ya no cuenta, y su historia queda."), "success")
    return redirect(url_for(".registers_entry", entry_id=entry_id))


def _mine(entry_id: int, *, judged: bool) -> RegisterEntry:
    """An entry that this official may change by this door. Raises NoEntry, Forbidden."""
    one = looking.entry(db.session(), entry_id)
    if KINDS[one.kind].judged != judged:
        raise looking.NoEntry
    if not may_write(one):
        raise Forbidden
    return one


def _below(kind: Kind) -> RegisterEntry | None:
    """The entry that the address hangs a new one on. Raises Missing, NoEntry."""
    if not kind.below:
        return None
    named = request.args.get("below", "")
    above = looking.entry(db.session(), int(named) if named.isascii() and named.isdigit() and len(named) < 10 else 0)
    if above.kind != kind.below or above.now.withdrawn:
        raise Missing
    return above


def _told(entry_id: int, *, complete: bool) -> ResponseReturnValue:
    if complete:
        flash(_("Quedó registrado y cuenta."), "success")
    else:
        flash(_("Quedó registrado. Todavía no cuenta: falta lo que lo muestra o hacerlo."), "info")
    return redirect(url_for(".registers_entry", entry_id=entry_id))


def _new_page(form: EntryForm, slug: str) -> str:
    kind = KINDS[slug]
    return render_template(
        "admin/register_form.html", form=form, kind=kind, one=None, above=_below(kind), door_of=door_of
    )


def _correct_page(form: EntryForm, entry_id: int) -> str:
    one = looking.entry(db.session(), entry_id)
    return render_template(
        "admin/register_form.html", form=form, kind=KINDS[one.kind], one=one, above=one.below, door_of=door_of
    )
