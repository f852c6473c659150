"""One more improvement action, from whatever was found; and the note that a finding went to an individual plan."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from admin import bp
from admin.hall import ID, me
from admin.improvement_deeds import chosen, hands
from core.clock import now, today
from core.db import transaction
from core.errors import N_, Invalid
from core.improvement import actions, overview
from core.improvement.actions import LONGEST, LONGEST_REFERENCE, Plan
from core.improvement.model import Source
from core.improvement.names import SOURCES
from core.people.rights import Permission
from core.petitions import search
from core.petitions.model import Petition
from core.presses import once
from core.web.asked import asks
from core.web.database import db
from core.web.forms import OneDay, PressForm, Prose, Text
from core.web.guard import requires
from core.web.words import translate

_TALL = {"rows": 3, "spellcheck": "true", "lang": "es"}
_A_DAY = InputRequired(_l("Escriba una fecha como 23/11/2026."))


class SourceForm(PressForm):
    """Where it was found: the kind of source and the number by which it is found there."""

    source = SelectField(_l("De dónde salió"), [InputRequired(_l("Elija de dónde salió."))])
    reference = Text(
        _l("Número o referencia"),
        [Optional()],
        most=LONGEST_REFERENCE,
        description=_l("El radicado o el informe. Nunca el nombre de nadie."),
    )

    def offer_sources(self) -> None:
        names = [SelectChoice(source.value, translate(name).capitalize()) for source, name in SOURCES.items()]
        self.source.choices = [SelectChoice("", _("Elija de la lista")), *names]

    def referred(self, session: Session) -> str:
        """The reference as it is kept; that of a petition is its number. Raises Invalid."""
        if self.source.data != Source.PETITION:
            return self.reference.data or ""
        asked = search.number_in(self.reference.data or "") or (0, 0)
        here = select(Petition).where(Petition.site_id == current_user.site_id, ~Petition.confidential)
        found = session.scalar(here.where(Petition.year == asked[0], Petition.number == asked[1]))
        if found is None:
            raise Invalid(N_("No hay una petición con ese radicado. Escríbalo así: 2026-E-000123."), field="reference")
        return found.filing_number


class NewForm(SourceForm):
    finding = Prose(
        _l("Qué se encontró"), most=LONGEST, render_kw=_TALL, description=_l("Lo que pasa, sin datos de personas.")
    )
    cause = Prose(_l("Por qué pasa"), most=LONGEST, render_kw=_TALL)
    action = Prose(_l("Qué se va a hacer"), most=LONGEST, render_kw=_TALL)
    office = SelectField(_l("Dependencia"), validate_choice=False)
    official = SelectField(_l("Quién responde"), validate_choice=False)
    due_on = OneDay(_l("Para cuándo"), [_A_DAY])


class IndividualForm(SourceForm):
    passed_to = Text(
        _l("A quién se pasó"),
        most=LONGEST_REFERENCE,
        description=_l("El cargo, no el nombre: «Jefe de Talento Humano»."),
    )
    passed_on = OneDay(_l("Qué día"), [_A_DAY])


def _new_form() -> NewForm:
    form = NewForm(data={name: request.args.get(name, "")[:LONGEST] for name in ("source", "reference", "finding")})
    form.offer_sources()
    form.office.choices, form.official.choices = hands(db.session())
    return form


def _individual_form() -> IndividualForm:
    form = IndividualForm(data={"passed_on": today()})
    form.offer_sources()
    return form


@bp.get("/improvements/new")
@requires(Permission.RUN_IMPROVEMENTS)
def improvements_new() -> ResponseReturnValue:
    return _new_page(_new_form())


@bp.post("/improvements/new")
@requires(Permission.RUN_IMPROVEMENTS)
@asks(_new_form, lambda form: _new_page(form))
def improvements_new_act(form: NewForm) -> ResponseReturnValue:
    """Open it, once for each press."""
    with transaction(db.session) as session:
        at = now()

        def act() -> dict[str, Any]:
            plan = Plan(
                source=Source(form.source.data),
                reference=form.referred(session),
                finding=form.finding.data,
                cause=form.cause.data,
                action=form.action.data,
                office_id=chosen(form.office, "office"),
                official_id=chosen(form.official, "official"),
                due_on=form.due_on.data,
            )
            return {"id": actions.open_one(session, current_user.site_id, plan, current_user.id, at).id}

        made = once(session, form.pressed(me(), "new improvement"), at, act)
    flash(_("Se abrió la acción de mejora."), "success")
    return redirect(url_for(".improvements_one", improvement_id=made["id"]))


@bp.get("/improvements/individual")
@requires(Permission.RUN_IMPROVEMENTS)
def improvements_individual() -> ResponseReturnValue:
    return _individual_page(_individual_form())


@bp.post("/improvements/individual")
@requires(Permission.RUN_IMPROVEMENTS)
@asks(_individual_form, lambda form: _individual_page(form))
def improvements_individual_act(form: IndividualForm) -> ResponseReturnValue:
    """Note that it was passed on, and nothing else."""
    with transaction(db.session) as session:
        at = now()

        def act() -> dict[str, Any]:
            where = Source(form.source.data), form.referred(session)
            to, on = form.passed_to.data, form.passed_on.data
            return {"id": actions.pass_on(session, current_user.site_id, *where, to, on, current_user.id, at).id}

        once(session, form.pressed(me(), "individual note"), at, act)
    flash(_("Quedó la constancia. Lo demás se lleva donde se evalúa a las personas."), "success")
    return redirect(url_for(".improvements"))


@bp.get(f"/improvements/individual/<{ID}:note_id>")
@requires(Permission.SEE_IMPROVEMENTS)
def improvements_note(note_id: int) -> ResponseReturnValue:
    """What little is kept of a note. Raises NoNote."""
    note = overview.note_for(db.session(), current_user, note_id)
    return render_template("admin/improvement_note.html", note=note, source=translate(SOURCES[note.source]))


def _new_page(form: NewForm) -> str:
    return render_template("admin/improvement_new.html", form=form)


def _individual_page(form: IndividualForm) -> str:
    return render_template("admin/improvement_individual.html", form=form)
