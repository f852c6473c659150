"""The map of corruption risks: how it stands, how it stood at each cut-off, and its approval by an act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin import bp
from admin.hall import me
from admin.risk_forms import MethodForm, PublishForm
from admin.risks import words
from core.clock import now, today
from core.db import transaction
from core.people.rights import Permission
from core.plan.risk import Zone
from core.plan.risks import actions, mapping, overview
from core.plan.risks.model import Risk
from core.plan.risks.overview import Standing
from core.plan.risks.reviewing import Need
from core.plan.risks.standing import State
from core.presses import once
from core.web import risk_map
from core.web.asked import asks
from core.web.database import db
from core.web.guard import requires


@dataclass(frozen=True, slots=True)
class Past:
    """A cut-off in the history: how many risks lay in each zone on its last day, and how its reviews stand."""

    key: str
    year: int
    number: int
    day: str
    zones: dict[Zone, int]
    unvalued: int
    reviewed: int
    asked: int


@bp.get("/risks/map")
@requires(Permission.SEE_RISKS)
def risks_map() -> ResponseReturnValue:
    return _page()


@bp.post("/risks/map/publish")
@requires(Permission.APPROVE_PLAN)
@asks(lambda: PublishForm(), lambda form: _page(publish=form))
def risks_publish(form: PublishForm) -> ResponseReturnValue:
    """Approve the map as it was read, once for each press."""
    with transaction(db.session) as session:
        at, site_id = now(), current_user.site_id

        def act() -> dict[str, Any]:
            asked = (form.act.data or "", form.seen.data or "")
            return {"number": mapping.publish(session, site_id, *asked, current_user.id, at).number}

        made = once(session, form.pressed(me(), "publish risks"), at, act)
    flash(_("Se publicó la versión %(number)s del mapa. Ya se lee en el portal.", number=made["number"]), "success")
    return redirect(url_for(".risks_map"))


@bp.post("/risks/map/method")
@requires(Permission.APPROVE_PLAN)
@asks(lambda: MethodForm(), lambda form: _page(method=form))
def risks_method(form: MethodForm) -> ResponseReturnValue:
    """Value by another method from now on, once for each press."""
    with transaction(db.session) as session:
        at, site_id = now(), current_user.site_id

        def act() -> dict[str, Any]:
            asked = (form.method.data, form.act.data or "")
            return {"id": actions.choose_method(session, site_id, *asked, current_user.id, at).id}

        once(session, form.pressed(me(), "method of risks"), at, act)
    flash(_("Desde ahora se valora con ese método. Lo ya valorado conserva el suyo."), "success")
    return redirect(url_for(".risks_map"))


def _page(publish: PublishForm | None = None, method: MethodForm | None = None) -> str:
    """`publish`, `method`: a form that says why it was not done."""
    session, site_id, day = db.session(), current_user.site_id, today()
    risks = overview.risks_where(session, overview.readable(current_user))
    asked = overview.cutoff_of(session, site_id, request.args.get("at", ""))
    standings = overview.stood(risks, overview.end_of(asked[1].last) if asked else None)
    by = overview.method_of(session, site_id)
    content = mapping.told(standings, by, asked[1].last if asked else day)
    whole = mapping.to_publish(session, site_id, now())
    publish = publish or PublishForm(formdata=None)
    publish.seen.data = mapping.digest(whole)
    return render_template(
        "admin/risk_map.html",
        asked=asked,
        part=risk_map.part_of(content),
        past=_history(risks),
        maps=mapping.published(session, site_id),
        incomplete=[one for one in standings if not one.is_complete],
        whole=whole,
        approves=current_user.may(Permission.APPROVE_PLAN),
        publish=publish,
        method=method or MethodForm(formdata=None, data={"method": by}),
        told=risk_map.method_text(by),
        **words(),
    )


def _history(risks: Sequence[Risk]) -> list[Past]:
    """The cut-offs since the first risk was identified, the last first."""
    if not risks:
        return []
    day, first = today(), min(risk.opened_at.year for risk in risks)
    asked = overview.cutoffs_of(db.session(), current_user.site_id, range(first, day.year + 1))
    found = []
    for year, cutoff in asked:
        stood = overview.stood(risks, overview.end_of(cutoff.last))
        dues = [due for risk in risks for due in overview.dues(risk, [(year, cutoff)], day)]
        counted = [due for due in dues if due.need is not Need.NOT_ASKED]
        if cutoff.first > day or not (stood or counted):
            continue
        found.append(
            Past(
                key=f"{year}-{cutoff.number}",
                year=year,
                number=cutoff.number,
                day=f"{cutoff.last:%d/%m/%Y}",
                zones={zone: _in(stood, zone) for zone in Zone},
                unvalued=sum(one.state is State.TO_VALUE for one in stood),
                reviewed=sum(due.need is Need.DONE for due in counted),
                asked=len(counted),
            )
        )
    return found[::-1]


def _in(standings: Sequence[Standing], zone: Zone) -> int:
    return sum(one.zone is zone for one in standings)
