"""The pages on which a corruption risk is identified, valued, controlled, treated, reviewed, verified and retired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from admin import bp
from admin.hall import ID, me
from admin.improvement_deeds import chosen
from admin.risk_deeds import DEEDS
from admin.risk_forms import YES, ChangeControlForm, NewForm, WhyForm, verify_form
from admin.risks import page
from core.catalogue.model import Office
from core.clock import now
from core.db import transaction
from core.errors import Missing
from core.people.rights import Permission
from core.plan.risk import METHODS
from core.plan.risks import actions, names, overview
from core.plan.risks.model import Risk, RiskControl
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm
from core.web.guard import requires
from core.web.words import translate


def _new_form() -> NewForm:
    form = NewForm()
    form.office.choices = _offices(db.session())
    return form


@bp.get("/risks/new")
@requires(Permission.REPORT_PLAN)
def risks_new() -> ResponseReturnValue:
    return _new_page(_new_form())


@bp.post("/risks/new")
@requires(Permission.REPORT_PLAN)
@asks(_new_form, lambda form: _new_page(form))
def risks_new_act(form: NewForm) -> ResponseReturnValue:
    """Identify it, once for each press."""
    with transaction(db.session) as session:
        at = now()

        def act() -> dict[str, Any]:
            where = current_user.site_id, chosen(form.office, "office")
            return {"id": actions.identify(session, *where, form.described(), current_user.id, at).id}

        made = once(session, form.pressed(me(), "new risk"), at, act)
    flash(_("Se identificó el riesgo. Ahora valórelo."), "success")
    return redirect(url_for(".risks_one", risk_id=made["id"]))


def _deed_form(risk_id: int, risk_deed: str) -> PressForm:
    """Raises NoRisk, Missing."""
    risk = overview.risk_for(db.session(), current_user, risk_id, Permission.REPORT_PLAN)
    if risk_deed not in DEEDS:
        raise Missing
    return DEEDS[risk_deed].make(db.session(), risk)


@bp.get(f"/risks/<{ID}:risk_id>/write/<risk_deed>")
@requires(Permission.REPORT_PLAN)
def risks_write(risk_id: int, risk_deed: str) -> ResponseReturnValue:
    return _deed_page(_deed_form(risk_id, risk_deed), risk_id, risk_deed)


@bp.post(f"/risks/<{ID}:risk_id>/write/<risk_deed>")
@requires(Permission.REPORT_PLAN)
@asks(_deed_form, lambda form, risk_id, risk_deed: _deed_page(form, risk_id, risk_deed))
def risks_write_act(form: PressForm, risk_id: int, risk_deed: str) -> ResponseReturnValue:
    """Do it, once for each press."""
    deed = DEEDS[risk_deed]
    return _do(form, risk_id, deed.name, lambda s, risk, by, at: deed.do(s, risk, form, by, at), translate(deed.title))


def _control_form(risk_id: int, control_number: int) -> ChangeControlForm:
    """The form of a control as it is. Raises NoRisk, NotNow."""
    row = _control(risk_id, control_number)
    begins = {name: getattr(row, name) for name in ("what", "who", "how_often", "evidence")}
    begins |= {"kind": row.kind.value, "aim": row.aim.value}
    begins |= {"by": next((way for way in ("automatic", "manual") if way in row.has), "")}
    form = ChangeControlForm(data=begins)
    if not form.is_submitted():
        for field in form.questions:
            field.data = YES if field.name.removeprefix("has_") in row.has else "no"
    return form


@bp.get(f"/risks/<{ID}:risk_id>/controls/<{ID}:control_number>")
@requires(Permission.REPORT_PLAN)
def risks_control(risk_id: int, control_number: int) -> ResponseReturnValue:
    return _control_page(_control_form(risk_id, control_number), risk_id, control_number)


@bp.post(f"/risks/<{ID}:risk_id>/controls/<{ID}:control_number>")
@requires(Permission.REPORT_PLAN)
@asks(_control_form, lambda form, risk_id, control_number: _control_page(form, risk_id, control_number))
def risks_control_act(form: ChangeControlForm, risk_id: int, control_number: int) -> ResponseReturnValue:
    """It is otherwise from now on."""

    def act(session: Session, risk: Risk, by: int, at: datetime) -> None:
        actions.change_control(session, risk, control_number, form.controlled(), form.why.data, by, at)

    return _do(form, risk_id, f"control {control_number}", act, _("Cambiar el control"))


@bp.post(f"/risks/<{ID}:risk_id>/controls/<{ID}:control_number>/drop")
@requires(Permission.REPORT_PLAN)
@asks(
    lambda risk_id, control_number: WhyForm(),
    lambda form, risk_id, control_number: _control_page(
        _control_form(risk_id, control_number), risk_id, control_number, form
    ),
)
def risks_control_drop(form: WhyForm, risk_id: int, control_number: int) -> ResponseReturnValue:
    """It is done no more."""

    def act(session: Session, risk: Risk, by: int, at: datetime) -> None:
        actions.drop_control(session, risk, control_number, form.why.data, by, at)

    return _do(form, risk_id, f"drop {control_number}", act, _("Quitar el control"))


@bp.post(f"/risks/<{ID}:risk_id>/reviews/<{ID}:review_id>")
@requires(Permission.JUDGE_PLAN)
@asks(
    lambda risk_id, review_id: verify_form(review_id),
    lambda form, risk_id, review_id: page(risk_id, form, review_id),
)
def risks_verify(form: Any, risk_id: int, review_id: int) -> ResponseReturnValue:
    """Somebody else says whether a review was well made."""

    def act(session: Session, risk: Risk, by: int, at: datetime) -> None:
        actions.verify(session, risk, review_id, form.agrees.data == YES, form.note.data or "", by, at)

    return _do(form, risk_id, f"verify {review_id}", act, _("Verificar la revisión"), Permission.JUDGE_PLAN)


def _do(
    form: PressForm,
    risk_id: int,
    what: str,
    act: Callable[[Session, Risk, int, datetime], object],
    done: str,
    needs: Permission = Permission.REPORT_PLAN,
) -> ResponseReturnValue:
    """Raises what the deed raises."""
    with transaction(db.session) as session:
        risk, at = overview.risk_for(session, current_user, risk_id, needs, lock=True), now()

        def once_done() -> dict[str, Any]:
            act(session, risk, current_user.id, at)
            return {}

        once(session, form.pressed(me(), f"risk {risk_id} {what}"), at, once_done)
    flash(_("Listo: %(what)s.", what=done.lower()), "success")
    return redirect(url_for(".risks_one", risk_id=risk_id))


def _control(risk_id: int, control_number: int) -> RiskControl:
    risk = overview.risk_for(db.session(), current_user, risk_id, Permission.REPORT_PLAN)
    return actions.control_of(risk, control_number)


def _offices(session: Session) -> list[SelectChoice]:
    """The offices whose risks this official identifies."""
    query = select(Office).where(Office.site_id == current_user.site_id, Office.active).order_by(Office.name)
    mine = [one for one in session.scalars(query) if current_user.may_in(Permission.REPORT_PLAN, one.id)]
    return [SelectChoice("", _("Elija de la lista")), *(SelectChoice(str(one.id), one.name) for one in mine)]


def _new_page(form: NewForm) -> str:
    return render_template("admin/risk_new.html", form=form)


def _deed_page(form: PressForm, risk_id: int, risk_deed: str) -> str:
    session = db.session()
    risk = overview.risk_for(session, current_user, risk_id)
    method = overview.method_of(session, risk.site_id)
    return render_template(
        "admin/risk_write.html",
        deed=DEEDS[risk_deed],
        form=form,
        risk=risk,
        text=risk.texts[-1],
        method=METHODS[method],
        guide=translate(names.METHODS[method]),
        often={str(int(each)): translate(text) for each, text in names.OFTEN.items()},
        kinds={kind.value: translate(text) for kind, text in names.KINDS_TOLD.items()},
        responses={each.value: translate(text) for each, text in names.RESPONSES_TOLD.items()},
    )


def _control_page(form: PressForm, risk_id: int, control_number: int, drop: PressForm | None = None) -> str:
    risk = overview.risk_for(db.session(), current_user, risk_id)
    said = {"form": form, "risk": risk, "text": risk.texts[-1], "control_number": control_number}
    kinds = {kind.value: translate(text) for kind, text in names.KINDS_TOLD.items()}
    return render_template("admin/risk_control.html", drop=drop or WhyForm(formdata=None), kinds=kinds, **said)
