"""Corruption risks: the list by where each falls, the page of one with its log, and the list as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID
from admin.risk_deeds import DEEDS
from admin.risk_forms import verify_form
from admin.risk_log import lines_of
from core.catalogue.model import Office
from core.clock import now, today
from core.improvement.names import STATES
from core.improvement.standing import state_of
from core.people.rights import Permission
from core.plan.names import QUESTIONS
from core.plan.risk import Zone
from core.plan.risks import actions, mapping, names, overview
from core.plan.risks.model import Risk, RiskReview
from core.plan.risks.overview import Asked, Standing
from core.plan.risks.standing import State
from core.reports import csv, xlsx
from core.web import risk_map
from core.web.database import db
from core.web.guard import requires
from core.web.office import entity
from core.web.report_files import download
from core.web.words import translate

NEXT = {State.TO_VALUE: "rate", State.TO_TREAT: "treat"}
"""What is to be done first with a risk that stands so."""
UNCONTROLLED, UNREVIEWED = "uncontrolled", "unreviewed"


@dataclass(frozen=True, slots=True)
class Typed:
    """The filters of the address; what is not of a list counts as nothing."""

    said: dict[str, str]
    asked: Asked

    def address(self, endpoint: str = ".risks", **changes: object) -> str:
        """The same list with something else asked for, as a page or as a file."""
        told = {name: value for name, value in (self.said | changes).items() if value}
        return url_for(endpoint, **told)


@bp.get("/risks")
@requires(Permission.SEE_RISKS)
def risks() -> ResponseReturnValue:
    session, typed = db.session(), typed_filters()
    rows, every = overview.look(session, current_user, typed.asked, today())
    offices = select(Office.id, Office.name).where(Office.site_id == current_user.site_id).order_by(Office.name)
    recent = overview.recent_cutoffs(session, current_user.site_id, today())
    return render_template(
        "admin/risks.html",
        typed=typed,
        rows=rows,
        every=every,
        counts={zone: sum(one.zone is zone and one.state is not State.RETIRED for one in every) for zone in Zone},
        to_review={one.risk.id: overview.to_review(one.risk, recent, today()) for one in every},
        offices=session.execute(offices).all(),
        method=risk_map.method_text(overview.method_of(session, current_user.site_id)),
        **words(),
    )


@bp.get("/risks.<any(csv, xlsx, pdf):form>")
@requires(Permission.SEE_RISKS)
def risks_file(form: str) -> Response:
    """The list that the address asks for, in the usual columns or on paper."""
    session, at = db.session(), now()
    rows, _every = overview.look(session, current_user, typed_filters().asked, today())
    content = mapping.told(rows, overview.method_of(session, current_user.site_id), today())
    name = f"riesgos-de-corrupcion-{today():%Y-%m-%d}.{form}"
    if form == "csv":
        return download(csv.write(risk_map.table_of(content)), csv.MIME, name)
    if form == "xlsx":
        table = risk_map.table_of(content)
        return download(xlsx.write([table], table.title, at), xlsx.MIME, name)
    here = entity()
    said = _("Borrador de trabajo al %(day)s: no es el mapa publicado", day=f"{today():%d/%m/%Y}")
    return download(risk_map.paper(content, here.name if here else "", said, [], at), "application/pdf", name)


@bp.get(f"/risks/<{ID}:risk_id>")
@requires(Permission.SEE_RISKS)
def risks_one(risk_id: int) -> ResponseReturnValue:
    return page(risk_id)


def page(risk_id: int, refused: Any = None, review_id: int = 0) -> str:
    """The page of a risk; `refused`: the form of a verification that says why it was not done. Raises NoRisk."""
    session = db.session()
    risk = overview.risk_for(session, current_user, risk_id)
    one = overview.standing(risk)
    assert one is not None
    recent = overview.cutoffs_of(session, risk.site_id, range(risk.opened_at.year, today().year + 1))
    return render_template(
        "admin/risk.html",
        one=one,
        chart=_chart(one),
        why=risk_map.why(one.value) if one.value else [],
        after=risk_map.after(one.value, len(one.controls)) if one.value else "",
        questions=_answers(one),
        dues=[due for due in overview.dues(risk, recent, today()) if due.need is not overview.Need.NOT_ASKED],
        log=lines_of(risk),
        deeds=[DEEDS[name] for name in _deeds(session, risk)],
        next=NEXT.get(one.state, ""),
        treatment_states=_treatment_states(one),
        verify=_to_verify(risk, refused, review_id),
        own_reviews=current_user.may(Permission.JUDGE_PLAN) and _waits_for_another(risk),
        refused=refused,
        **words(),
    )


def words() -> dict[str, Any]:
    """What the pages of risks call things."""
    return {
        "zone_names": {zone: translate(name) for zone, name in names.ZONES.items()},
        "zone_tones": names.TONES,
        "state_names": {state: translate(name) for state, name in names.STATES.items()},
        "state_tones": names.STATE_TONES,
        "need_names": {need: translate(name) for need, name in names.NEEDS.items()},
        "need_tones": names.NEED_TONES,
        "kind_names": {kind: translate(name) for kind, name in names.KINDS.items()},
        "aim_names": {aim: translate(name) for aim, name in names.AIMS.items()},
        "probability_text": risk_map.probability_text,
        "impact_text": risk_map.impact_text,
        "response_text": risk_map.response_text,
        "reports": current_user.may(Permission.REPORT_PLAN),
    }


def typed_filters() -> Typed:
    """What the address asks of the list."""
    said = {name: request.args.get(name, "").strip()[:20] for name in ("office", "zone", "state", "only")}
    known = {"zone": set(Zone), "state": set(State), "only": {UNCONTROLLED, UNREVIEWED}}
    for name, values in known.items():
        said[name] = said[name] if said[name] in values else ""
    office = said["office"]
    said["office"] = office if office.isascii() and office.isdigit() and len(office) < 10 else ""
    asked = Asked(
        office_id=int(said["office"]) if said["office"] else None,
        zone=Zone(said["zone"]) if said["zone"] else None,
        state=State(said["state"]) if said["state"] else None,
        uncontrolled=said["only"] == UNCONTROLLED,
        unreviewed=said["only"] == UNREVIEWED,
    )
    return Typed(said, asked)


def _chart(one: Standing) -> str:
    """Where this risk falls on the map of its own method, as a drawing; nothing before it is valued."""
    if one.valuation is None:
        return ""
    return risk_map.part_of(mapping.told([one], one.valuation.method, today())).drawing


def _answers(one: Standing) -> Sequence[tuple[int, str, bool]]:
    """Every question of the method with its answer."""
    if one.value is None or one.valuation is None:
        return ()
    yes = one.valuation.answered_yes
    return [(n, translate(QUESTIONS[n - 1]), n in yes) for n in range(1, one.value.method.questions + 1)]


def _deeds(session: Session, risk: Risk) -> Sequence[str]:
    """What this official may do with it now."""
    if risk.retired_at is not None or not current_user.may_in(Permission.REPORT_PLAN, risk.office_id):
        return ()
    open_reviews = overview.to_review(risk, overview.recent_cutoffs(session, risk.site_id, today()), today())
    left_out = {"treat"} if not risk.valuations else set()
    return [deed for deed in DEEDS if deed not in left_out and (deed != "review" or open_reviews)]


def _treatment_states(one: Standing) -> dict[int, str]:
    """How each action that treats it stands today, in a word with a capital letter."""
    found = {}
    for row in one.treatments:
        said = translate(STATES[state_of(row.improvement.stage, row.improvement.due_on, today())])
        found[row.id] = f"{said[:1].upper()}{said[1:]}."
    return found


def _waits_for_another(risk: Risk) -> bool:
    """Whether a review waits to be verified, and not by who looks at it."""
    waiting = [made for made in risk.reviews if made.verified_by is None]
    return any(not actions.may_verify(risk, made, current_user.id) for made in waiting)


def _to_verify(risk: Risk, refused: Any, review_id: int) -> list[tuple[RiskReview, Any]]:
    """The reviews that wait for this official to verify them, each with its form."""
    if not current_user.may(Permission.JUDGE_PLAN):
        return []
    return [
        (made, refused if made.id == review_id and refused else verify_form(made.id, fresh=refused is not None))
        for made in risk.reviews
        if actions.may_verify(risk, made, current_user.id)
    ]
