"""Who answers this year for each responsible that the plan names."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from admin import bp
from admin.hall import ID, me
from admin.petition_deeds import with_own_ids
from admin.plan_forms import HoldersForm, holders_form
from admin.plan_reminded import gaps
from core.clock import now
from core.db import transaction
from core.errors import Missing
from core.people.model import Official
from core.people.rights import Permission
from core.plan import actions
from core.plan.finding import holders
from core.plan.loading import plan_of
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.guard import requires


@bp.get(f"/plan/<{ID}:year>/roles")
@requires(Permission.SET_PLAN_GOALS)
def plan_roles(year: int) -> ResponseReturnValue:
    return _page(year)


@bp.post(f"/plan/<{ID}:year>/roles/<role>")
@requires(Permission.SET_PLAN_GOALS)
@asks(lambda year, role: _form(year, role), lambda form, year, role: _page(year, role, form))
def plan_roles_name(form: HoldersForm, year: int, role: str) -> ResponseReturnValue:
    """Name who answers from now on."""
    chosen = [int(one) for one in form.officials.data or () if one.isascii() and one.isdigit() and len(one) < 10]
    with transaction(db.session) as session:
        plan, at = plan_of(session, year), now()

        def act() -> dict[str, Any]:
            actions.name_holders(session, plan, role, chosen, current_user.id, at)
            return {}

        once(session, form.pressed(me(), f"{role} of the plan of {year}"), at, act)
    flash(_("Listo: quedó quién responde."), "success")
    return redirect(url_for(".plan_roles", year=year))


def _form(year: int, role: str) -> HoldersForm:
    """Raises NoPlan, Missing for a role that the plan does not name."""
    plan = plan_of(db.session(), year)
    if role not in plan.roles:
        raise Missing
    return with_own_ids(holders_form(plan, role, _people()), role)  # type: ignore[return-value]


def _page(year: int, refused_role: str = "", refused: HoldersForm | None = None) -> str:
    plan, people = plan_of(db.session(), year), _people()
    forms = {
        role: with_own_ids(holders_form(plan, role, people, fresh=refused is not None), role) for role in plan.roles
    }
    if refused is not None:
        forms[refused_role] = refused
    return render_template(
        "admin/plan_roles.html",
        plan=plan,
        forms=forms,
        refused=refused,
        holders=holders(plan),
        gaps=gaps(db.session(), plan),
        past={role: [one for one in plan.holders if one.role == role and one.until] for role in plan.roles},
        counts=Counter(role for activity in plan.activities for role in activity.responsible),
    )


def _people() -> list[tuple[int, str]]:
    """Who works at the town hall, by name."""
    rows = db.session.execute(select(Official.id, Official.name).where(Official.active).order_by(Official.name))
    return [(row.id, row.name) for row in rows]
