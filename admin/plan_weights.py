"""The weights of the activities of a meta, all at once: only together can they add up to 100."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin import bp
from admin.hall import ID, me
from admin.plan_forms import ActForm, weights_form
from core.clock import now
from core.db import transaction
from core.people.rights import Permission
from core.plan import actions
from core.plan.finding import meta_of
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.guard import requires

WEIGHTS = f"/plan/<{ID}:year>/weights/<meta_code>"


def _form(year: int, meta_code: str) -> ActForm:
    return weights_form(meta_of(db.session(), year, meta_code))


def _page(form: ActForm, year: int, meta_code: str) -> str:
    meta = meta_of(db.session(), year, meta_code)
    return render_template("admin/plan_weights.html", form=form, meta=meta, plan=meta.component.plan)


@bp.get(WEIGHTS)
@requires(Permission.SET_PLAN_GOALS)
def plan_weights(year: int, meta_code: str) -> ResponseReturnValue:
    return _page(_form(year, meta_code), year, meta_code)


@bp.post(WEIGHTS)
@requires(Permission.SET_PLAN_GOALS)
@asks(_form, _page)
def plan_weights_act(form: ActForm, year: int, meta_code: str) -> ResponseReturnValue:
    weights = {int(each.name[7:]): each.data for each in form if each.name.startswith("weight_")}
    with transaction(db.session) as session:
        meta, at = meta_of(session, year, meta_code, lock=True), now()

        def act() -> dict[str, Any]:
            actions.set_weights(session, meta, weights, form.act.data, form.since.data, current_user.id, at)
            return {}

        once(session, form.pressed(me(), f"weights of {meta_code} in {year}"), at, act)
    flash(_("Listo: los pesos quedaron guardados."), "success")
    return redirect(url_for(".plan", year=year))
