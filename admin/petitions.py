"""The tray of petitions: what is in the own hands and in the office, by its term, and the same deed for several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from admin import bp
from admin.hall import me
from admin.petition_deeds import number
from admin.petition_door import to_work
from core.catalogue.days import calendar_of
from core.catalogue.model import Office
from core.clock import now, today
from core.db import transaction
from core.errors import N_, Invalid
from core.mail.inbox import to_review
from core.people.rights import Permission, Reach, reaches
from core.petitions import grouping, inbox, work
from core.petitions.acting import note_list_read
from core.petitions.deadlines import soon_until
from core.petitions.inbox import ENDED_STATES, OPEN_STATES, Asked, Order, Scope
from core.petitions.model import Channel, Petition
from core.petitions.names import KINDS
from core.petitions.reception import settings
from core.petitions.terms import Kind
from core.petitions.work_names import CHANNELS, STAGES
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm, Prose
from core.web.guard import requires
from core.web.petition_words import state_text
from core.web.words import translate

MOST_AT_ONCE = 100
LONGEST_SEARCH = 100
_SCOPES = {
    Scope.OFFICE: N_("Mi dependencia"),
    Scope.MINE: N_("En mis manos"),
    Scope.ALL: N_("Toda la entidad"),
    Scope.NAMED: N_("Reservadas"),
}


class TogetherForm(PressForm):
    """One deed for the rows that were ticked."""

    several = frozenset({"petition"})
    petition = SelectMultipleField(_l("Peticiones"), validate_choice=False)
    deed = RadioField(_l("Con las elegidas"), [InputRequired(_l("Elija qué hacer con ellas."))])
    official = SelectField(_l("Asignar a"), [Optional()], validate_choice=False)
    reason = Prose(_l("Motivo, recado o asunto"), most=2000)


@dataclass(frozen=True, slots=True)
class Typed:
    """The filters of the address as they came, and what was understood of them; `wrong` says what was not."""

    said: dict[str, str]
    asked: Asked
    wrong: str = ""

    def address(self, **changes: object) -> str:
        """The same list with something else asked for; always from its first page unless a page is named."""
        told = {name: value for name, value in (self.said | {"page": ""} | changes).items() if value}
        return url_for(".petitions", **told)


def _form() -> TogetherForm:
    form = TogetherForm()
    form.deed.choices = [
        SelectChoice("assign", _("Asignarlas")),
        SelectChoice("remind", _("Recordar a quien las tiene")),
        SelectChoice("group", _("Agruparlas: piden lo mismo")),
    ]
    people = {one.id: one for office in sorted(current_user.offices) for one in work.answerers(db.session(), office)}
    form.official.choices = [SelectChoice("", _("Elija a alguien"))]
    form.official.choices += [SelectChoice(str(key), one.name) for key, one in people.items()]
    return form


@bp.get("/petitions")
@requires(Permission.READ_PETITIONS)
def petitions() -> ResponseReturnValue:
    typed = _typed()
    return _page(_form(), typed), 422 if typed.wrong else 200


@bp.post("/petitions/together")
@requires(Permission.ANSWER_PETITIONS)
@asks(_form, lambda form: _page(form, _typed()))
def petitions_work_together(form: TogetherForm) -> ResponseReturnValue:
    """Assign, remind or group the chosen ones: all of them, or none."""
    ids = sorted({number(one, "petition") or 0 for one in form.petition.data or ()})
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise Invalid(N_("Elija de 1 a %(most)s peticiones de la lista."), field="petition", most=MOST_AT_ONCE)
    with transaction(db.session) as session:
        at, by = now(), current_user.id
        chosen = [to_work(session, one) for one in ids]

        def do() -> dict[str, Any]:
            _together(session, chosen, form, by, at)
            return {}

        once(session, form.pressed(me(), "petitions together"), at, do)
    flash(_("Listo: %(count)s peticiones.", count=len(ids)), "success")
    return redirect(_typed().address())


def _together(session: Session, chosen: list[Petition], form: TogetherForm, by: int, at: Any) -> None:
    if form.deed.data == "group":
        grouping.group(session, chosen, form.reason.data, by, at)
        return
    official = number(form.official.data, "official")
    if form.deed.data == "assign" and official is None:
        raise Invalid(N_("Elija a quién se asignan."), field="official")
    for petition in chosen:
        if form.deed.data == "remind":
            work.remind(session, petition, form.reason.data, by, at)
        elif petition.assignee_id != official:
            work.assign(session, petition, work.Hands(petition.office_id, official), form.reason.data, by, at)


def _typed() -> Typed:
    """The filters of the address; what is not of a list counts as nothing, and a date that is none is told."""
    names = ("scope", "state", "kind", "channel", "office", "assignee", "from", "until", "q", "order", "page")
    said = {name: request.args.get(name, "").strip()[:LONGEST_SEARCH] for name in names}
    known = {
        "scope": {one.value for one in _scopes()},
        "state": {*map(str, OPEN_STATES), *map(str, ENDED_STATES)},
        "kind": set(Kind),
        "channel": set(Channel),
        "order": set(Order),
    }
    for name, values in known.items():
        said[name] = said[name] if said[name] in values else ""
    days, wrong = {}, ""
    for name in ("from", "until"):
        try:
            days[name] = date.fromisoformat(said[name]) if said[name] else None
        except ValueError:
            days[name], wrong = None, _("Escriba la fecha así: 2026-11-23.")
    ids = {name: _small(said[name]) for name in ("office", "assignee", "page")}
    asked = Asked(
        scope=Scope(said["scope"]) if said["scope"] else next(iter(_scopes()), Scope.OFFICE),
        site_id=current_user.site_id,
        state=said["state"],
        kind=said["kind"],
        channel=said["channel"],
        office_id=ids["office"],
        assignee_id=ids["assignee"],
        nobody=said["assignee"] == "nobody",
        due_from=days["from"],
        due_until=days["until"],
        words=said["q"],
        order=Order(said["order"]) if said["order"] else Order.DUE,
        page=min(max(ids["page"] or 1, 1), inbox.MOST_PAGES),
    )
    return Typed(said, asked, wrong)


def _small(written: str) -> int | None:
    """A number that a row may have; None for anything else."""
    found = int(written) if written.isascii() and written.isdigit() and len(written) < 11 else 2**31
    return found if found < 2**31 else None


def _scopes() -> list[Scope]:
    """Whose petitions this official may look at, the usual first."""
    far = {reaches(role, Permission.READ_PETITIONS) for role in current_user.roles}
    named = any(reaches(role, Permission.READ_RESERVED) for role in current_user.roles)
    found = [Scope.OFFICE, Scope.MINE] if Reach.OFFICE in far else []
    found += [Scope.ALL] if Reach.ALL in far else []
    return found + ([Scope.NAMED] if named else [])


def _page(form: TogetherForm, typed: Typed) -> str:
    """The tray. It is drawn first and noted after, so that no queue waits for it; without the note nobody gets it."""
    page = _drawn(form, typed)
    with transaction(db.session) as session:
        place, by, searched = current_user.site_id, current_user.id, bool(typed.asked.words)
        note_list_read(session, place, by, now(), "tray", searched=searched)
    return page


def _drawn(form: TogetherForm, typed: Typed) -> str:
    session, asked, day = db.session(), typed.asked, today()
    soon = soon_until(day, calendar_of(session, current_user.site_id), settings(session).soon_days)
    tray = inbox.look(session, current_user.official, asked, day, soon)
    offices = select(Office.id, Office.name).where(Office.site_id == current_user.site_id).order_by(Office.name)
    works = current_user.may(Permission.ANSWER_PETITIONS)
    return render_template(
        "admin/petitions.html",
        form=form,
        typed=typed,
        tray=tray,
        states={one.id: inbox.state_of(one, day, soon, tray.lapsed) for one in tray.petitions},
        counts=inbox.counts(session, current_user.official, asked, day, soon),
        states_offered=[(state.value, state_text(state)) for state in OPEN_STATES]
        + [(stage.value, translate(STAGES[stage])) for stage in ENDED_STATES],
        scopes=[(scope, translate(_SCOPES[scope])) for scope in _scopes()],
        kinds=[(kind.value, translate(name)) for kind, name in KINDS.items()],
        channels={channel.value: translate(name) for channel, name in CHANNELS.items()},
        offices=session.execute(offices).all() if Scope.ALL in _scopes() else [],
        works=works,
        hands=[("nobody", _("nadie todavía")), *((one.value, one.label) for one in form.official.choices[1:])],
        approvals=len(inbox.to_approve(session, current_user.official)) if works else 0,
        to_review=len(to_review(session)) if current_user.may(Permission.REVIEW_MAIL) else 0,
        chosen=set(form.petition.data or ()),
    )
