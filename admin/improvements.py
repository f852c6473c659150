"""Improvement actions: the list by how each stands, the page of one with its log, and what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID, me
from admin.improvement_deeds import DEEDS, Deed, form_of, proof_of
from core.catalogue.model import Office
from core.clock import now, today
from core.db import transaction
from core.errors import Missing, Refused
from core.files.actions import content_of
from core.files.kinds import EVIDENCE
from core.improvement import actions, overview
from core.improvement.model import Evidence, Improvement, ImprovementStep, Source
from core.improvement.names import DEEDS as DEED_NAMES
from core.improvement.names import SOURCES, STATES, TONES
from core.improvement.overview import Asked
from core.improvement.standing import Deed as Done
from core.improvement.standing import State, state_of
from core.people.model import Official
from core.people.rights import Permission
from core.petitions import search
from core.petitions.model import Petition
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm, receives
from core.web.guard import requires
from core.web.uploads import answer, store
from core.web.words import translate

MINE = "mine"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the log as people read it; `told`: what was set by it."""

    number: int
    name: str
    at: datetime
    who: str
    text: str
    told: Sequence[str]
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Typed:
    """The filters of the address; what is not of a list counts as nothing."""

    said: dict[str, str]
    asked: Asked

    def address(self, **changes: object) -> str:
        """The same list with something else asked for, from its first page unless a page is named."""
        told = {name: value for name, value in (self.said | {"page": ""} | changes).items() if value}
        return url_for(".improvements", **told)

    def table(self, form: str) -> str:
        """The whole of it as a file."""
        told = {name: value for name, value in self.said.items() if value and name != "page"}
        return url_for(".improvements_table", form=form, **told)


@bp.get("/improvements")
@requires(Permission.SEE_IMPROVEMENTS)
def improvements() -> ResponseReturnValue:
    session, typed, day = db.session(), typed_filters(), today()
    rows, more = overview.look(session, current_user, typed.asked, day)
    offices = select(Office.id, Office.name).where(Office.site_id == current_user.site_id).order_by(Office.name)
    return render_template(
        "admin/improvements.html",
        typed=typed,
        rows=rows,
        more=more,
        states={one.id: state_of(one.stage, one.due_on, day) for one in rows},
        counts=overview.counts(session, current_user, typed.asked, day),
        offices=session.execute(offices).all(),
        notes=overview.notes(session, current_user),
        runs=current_user.may(Permission.RUN_IMPROVEMENTS),
        reads_comments=current_user.may(Permission.READ_SURVEY_COMMENTS),
        **_words(),
    )


@bp.get(f"/improvements/<{ID}:improvement_id>")
@requires(Permission.SEE_IMPROVEMENTS)
def improvements_one(improvement_id: int) -> ResponseReturnValue:
    return page(improvement_id)


@bp.get(f"/improvements/<{ID}:improvement_id>/evidence/<{ID}:evidence_id>")
@requires(Permission.SEE_IMPROVEMENTS)
def improvements_file(improvement_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file that shows what was done, to take away. Raises NoAction."""
    session = db.session()
    found = overview.evidence_for(session, overview.action_for(session, current_user, improvement_id), evidence_id)
    assert found.file is not None
    return answer(content_of(store(), found.file), found.file.kind, found.label)


def _form_for(needs: Permission, improvement_id: int, deed: str) -> PressForm:
    """The form of a deed that this right opens. Raises Missing, NoAction."""
    if deed not in DEEDS or DEEDS[deed].needs != needs:
        raise Missing
    session = db.session()
    return form_of(DEEDS[deed], overview.action_for(session, current_user, improvement_id, needs), session)


@bp.post(f"/improvements/<{ID}:improvement_id>/do/<deed>")
@requires(Permission.RUN_IMPROVEMENTS)
@receives(EVIDENCE.total)
@asks(
    lambda improvement_id, deed: _form_for(Permission.RUN_IMPROVEMENTS, improvement_id, deed),
    lambda form, improvement_id, deed: page(improvement_id, deed, form),
)
def improvements_do(form: PressForm, improvement_id: int, deed: str) -> ResponseReturnValue:
    """Do it, once for each press."""
    return _do(form, improvement_id, DEEDS[deed])


@bp.post(f"/improvements/<{ID}:improvement_id>/verify")
@requires(Permission.VERIFY_IMPROVEMENTS)
@asks(
    lambda improvement_id: _form_for(Permission.VERIFY_IMPROVEMENTS, improvement_id, "verify"),
    lambda form, improvement_id: page(improvement_id, "verify", form),
)
def improvements_verify(form: PressForm, improvement_id: int) -> ResponseReturnValue:
    """Somebody else says whether it helped."""
    return _do(form, improvement_id, DEEDS["verify"])


@bp.post(f"/improvements/<{ID}:improvement_id>/tell")
@requires(Permission.VERIFY_IMPROVEMENTS)
@asks(
    lambda improvement_id: _form_for(Permission.VERIFY_IMPROVEMENTS, improvement_id, "tell"),
    lambda form, improvement_id: page(improvement_id, "tell", form),
)
def improvements_tell(form: PressForm, improvement_id: int) -> ResponseReturnValue:
    """What citizens read of it."""
    return _do(form, improvement_id, DEEDS["tell"])


def _do(form: PressForm, improvement_id: int, deed: Deed) -> ResponseReturnValue:
    """Raises what the deed raises."""
    proof = proof_of(form)
    with transaction(db.session) as session:
        one, at = overview.action_for(session, current_user, improvement_id, deed.needs, lock=True), now()

        def act() -> dict[str, Any]:
            deed.do(session, one, form, proof, current_user.id, at)
            if "files" in form:
                form.files.let_go(session)
            return {}

        once(session, form.pressed(me(), f"{deed.name} {improvement_id}"), at, act)
    flash(_("Listo: %(what)s.", what=translate(deed.title).lower()), "success")
    return redirect(url_for(".improvements_one", improvement_id=improvement_id))


def page(improvement_id: int, deed: str = "", refused: PressForm | None = None) -> str:
    """The page of an action; `refused`: the form of a deed that says why it was not done."""
    session = db.session()
    one = overview.action_for(session, current_user, improvement_id)
    return render_template(
        "admin/improvement.html",
        one=one,
        state=state_of(one.stage, one.due_on, today()),
        lines=_lines(session, one),
        deeds=_deeds(session, one, deed, refused),
        refused=refused,
        own=_is_own(one),
        petition=_petition(session, one),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "state_names": {state: translate(name) for state, name in STATES.items()},
        "source_names": {source: translate(name) for source, name in SOURCES.items()},
        "tones": TONES,
    }


def _deeds(session: Session, one: Improvement, deed: str, refused: PressForm | None) -> list[tuple[Deed, PressForm]]:
    """What this official may do with it now; one that was refused stays, though it would not be offered any more."""
    shown = []
    for each in DEEDS.values():
        if each.name == deed and refused is not None:
            shown.append((each, refused))
        elif each.fits(one) and current_user.may(each.needs) and not (each.name == "verify" and _is_own(one)):
            shown.append((each, form_of(each, one, session, fresh=refused is not None)))
    return shown


def _is_own(one: Improvement) -> bool:
    """Whether this official may not judge it for having had a hand in it."""
    try:
        actions.check_may_verify(one, current_user.id)
    except Refused as refused:
        return isinstance(refused, actions.OwnWork)
    return False


def _petition(session: Session, one: Improvement) -> Petition | None:
    """The petition that an action came from, for who may read it."""
    asked = search.number_in(one.reference) if one.source is Source.PETITION else None
    if asked is None or not current_user.may(Permission.READ_PETITIONS):
        return None
    return session.scalar(select(Petition).where(Petition.year == asked[0], Petition.number == asked[1]))


def _lines(session: Session, one: Improvement) -> list[Line]:
    """All that happened, the last first."""
    ids = {step.detail["official_id"] for step in one.steps if "official_id" in step.detail}
    names = {
        row.id: row.name for row in session.execute(select(Official.id, Official.name).where(Official.id.in_(ids)))
    }
    return [
        Line(
            number=step.number,
            name=translate(DEED_NAMES[step.deed]),
            at=step.at,
            who=step.official.name,
            text=step.text,
            told=_told(step, names),
            evidence=step.evidence,
        )
        for step in reversed(one.steps)
    ]


def _told(step: ImprovementStep, names: dict[int, str]) -> list[str]:
    """What a step set, in sentences."""
    said = step.detail
    if step.deed is Done.MOVED:
        return [_("Del %(was)s al %(day)s", was=_day(said["was"]), day=_day(said["due_on"]))]
    found = []
    if step.deed is Done.VERIFIED:
        found.append(_("Sirvió.") if said["effective"] else _("No sirvió."))
    if step.deed is Done.TOLD:
        found.append(f"«{said['told']}»" if said["told"] else _("Se dejó de publicar."))
    if "cause" in said:
        found.append(_("Causa: %(text)s", text=said["cause"]))
    if "action" in said:
        found.append(_("Acción: %(text)s", text=said["action"]))
    if "official_id" in said:
        found.append(_("Responde: %(name)s", name=names.get(said["official_id"], "")))
    if "due_on" in said:
        found.append(_("Para el %(day)s", day=_day(said["due_on"])))
    return found


def _day(written: str) -> str:
    return f"{date.fromisoformat(written):%d/%m/%Y}"


def typed_filters() -> Typed:
    """What the address asks of the list."""
    names = ("scope", "state", "source", "office", "page")
    said = {name: request.args.get(name, "").strip()[:20] for name in names}
    known = {"scope": {MINE}, "state": set(State), "source": set(Source)}
    for name, values in known.items():
        said[name] = said[name] if said[name] in values else ""
    for name in ("office", "page"):
        said[name] = said[name] if said[name].isascii() and said[name].isdigit() and len(said[name]) < 10 else ""
    asked = Asked(
        mine=said["scope"] == MINE,
        state=State(said["state"]) if said["state"] else None,
        source=Source(said["source"]) if said["source"] else None,
        office_id=int(said["office"]) if said["office"] else None,
        page=min(max(int(said["page"] or 1), 1), overview.MOST_PAGES),
    )
    return Typed(said, asked)
