"""One list and one form for every kind of thing that is set up: added, changed, ordered, withdrawn and put back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import HiddenField
from wtforms.validators import AnyOf

from admin import bp
from admin.hall import ID
from admin.history import chapters, plainly
from admin.kinds import PAGES, Page, ThingForm, form_of
from core import changes
from core.catalogue import things as catalogue
from core.clock import now
from core.errors import Missing
from core.people.rights import Permission
from core.turns.actions.depend import nobody_left_waiting, open_turns
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form
from core.web.guard import requires
from core.web.line import in_line


class MoveForm(Form):
    step = HiddenField(validators=[AnyOf(("-1", "1"))])


def page_of(kind: str) -> Page:
    """The page of a kind by its address. Raises Missing."""
    page = PAGES.get(kind)
    if page is None:
        raise Missing
    return page


def _new_form(kind: str) -> ThingForm:
    return form_of(page_of(kind), current_user.site_id, None)


def _form(kind: str, thing_id: int) -> ThingForm:
    """The form of a thing of the site, filled with what it is now. Raises Missing."""
    page = page_of(kind)
    thing = catalogue.thing_of(db.session(), page.kind, current_user.site_id, thing_id)
    return form_of(page, current_user.site_id, thing)


@bp.get("/setup/<kind>")
@requires(Permission.CONFIGURE)
def things(kind: str) -> ResponseReturnValue:
    page = page_of(kind)
    every = catalogue.of_site(db.session(), page.kind, current_user.site_id)
    used = [thing for thing in every if thing.active]
    return render_template(
        "admin/things.html", kind=kind, page=page, used=used, withdrawn=every[len(used) :], cell=_cell, edge=_edge
    )


@bp.get("/setup/<kind>/new")
@requires(Permission.CONFIGURE)
def things_new(kind: str) -> ResponseReturnValue:
    return _new(_new_form(kind), kind)


@bp.post("/setup/<kind>/new")
@requires(Permission.CONFIGURE)
@asks(_new_form, lambda form, kind: _new(form, kind))
def things_new_act(form: ThingForm, kind: str) -> ResponseReturnValue:
    """One more of the kind."""
    page, site_id, by = page_of(kind), current_user.site_id, current_user.id
    with in_line(site_id) as (session, at):
        thing = catalogue.add(session, page.kind, site_id, form.values(session), by, at, form.why.data)
        page.begin(session, thing, at, by)
        name = changes.name_of(thing)
    flash(_("Se agregó «%(name)s».", name=name), "success")
    return redirect(url_for(".things", kind=kind))


@bp.get(f"/setup/<kind>/<{ID}:thing_id>")
@requires(Permission.CONFIGURE)
def things_one(kind: str, thing_id: int) -> ResponseReturnValue:
    return _one(_form(kind, thing_id), kind, thing_id)


@bp.post(f"/setup/<kind>/<{ID}:thing_id>")
@requires(Permission.CONFIGURE)
@asks(_form, lambda form, kind, thing_id: _one(form, kind, thing_id))
def things_one_act(form: ThingForm, kind: str, thing_id: int) -> ResponseReturnValue:
    """Give the thing what the form says."""
    page, site_id = page_of(kind), current_user.site_id
    with in_line(site_id) as (session, at):
        asked = form.values(session)
        changed = catalogue.rewrite(session, page.kind, site_id, thing_id, asked, current_user.id, at, form.why.data)
    flash(_("Se guardó. Rige desde ahora.") if changed else _("No había nada que cambiar."), "success")
    return redirect(url_for(".things_one", kind=kind, thing_id=thing_id))


@bp.post(f"/setup/<kind>/<{ID}:thing_id>/move")
@requires(Permission.CONFIGURE)
def things_move(kind: str, thing_id: int) -> ResponseReturnValue:
    """One place earlier or later."""
    form, page = MoveForm().checked(), page_of(kind)
    with in_line(current_user.site_id) as (session, at):
        step = int(form.step.data)
        catalogue.move(session, page.kind, current_user.site_id, thing_id, step, current_user.id, at)
    return redirect(url_for(".things", kind=kind))


@bp.post(f"/setup/<kind>/<{ID}:thing_id>/withdraw")
@requires(Permission.CONFIGURE)
@asks(lambda kind, thing_id: Form(), lambda form, kind, thing_id: _refused(form, kind, thing_id))
def things_withdraw(form: Form, kind: str, thing_id: int) -> ResponseReturnValue:
    """Take it out of use; who already holds a turn for it is attended all the same."""

    def withdraw(session: Session, page: Page, at: datetime) -> str:
        site_id = current_user.site_id
        thing = catalogue.thing_of(session, page.kind, site_id, thing_id)
        page.before_withdrawing(session, thing, at)
        catalogue.withdraw(session, page.kind, site_id, thing_id, current_user.id, at)
        return told_of_turns(open_turns(session, thing, at))

    return _done(kind, withdraw, _("Se retiró. Lo que se hizo con ello queda en la historia."))


@bp.post(f"/setup/<kind>/<{ID}:thing_id>/restore")
@requires(Permission.CONFIGURE)
def things_restore(kind: str, thing_id: int) -> ResponseReturnValue:
    """Use it again."""
    Form().checked()

    def restore(session: Session, page: Page, at: datetime) -> str:
        catalogue.put_back(session, page.kind, current_user.site_id, thing_id, current_user.id, at)
        return ""

    return _done(kind, restore, _("Se usa otra vez."))


def _done(kind: str, act: Callable[[Session, Page, datetime], str], said: str) -> ResponseReturnValue:
    """Do it so that nobody is left waiting for nobody, and go back to the list."""
    page = page_of(kind)
    with in_line(current_user.site_id) as (session, at), nobody_left_waiting(session, current_user.site_id, at):
        more = act(session, page, at)
    flash(" ".join(filter(None, (said, more))), "success")
    return redirect(url_for(".things", kind=kind))


def told_of_turns(many: int) -> str:
    """«Hay 3 turnos esperando: se atienden igual.», or nothing."""
    if not many:
        return ""
    return ngettext(
        "Hay %(num)s turno esperando: se atiende igual.", "Hay %(num)s turnos esperando: se atienden igual.", many
    )


def _new(form: ThingForm, kind: str) -> str:
    return render_template("admin/thing.html", form=form, kind=kind, page=page_of(kind), thing=None)


def _one(form: ThingForm, kind: str, thing_id: int, told: Form | None = None) -> str:
    """The page of a thing; `told` is what was refused beside its form."""
    page, session = page_of(kind), db.session()
    thing = catalogue.thing_of(session, page.kind, current_user.site_id, thing_id)
    return render_template(
        "admin/thing.html",
        form=form,
        kind=kind,
        page=page,
        thing=thing,
        told=told,
        waiting=told_of_turns(open_turns(session, thing, now())),
        history=chapters(changes.of_thing(session, thing)),
    )


def _refused(told: Form, kind: str, thing_id: int) -> str:
    page = page_of(kind)
    thing = catalogue.thing_of(db.session(), page.kind, current_user.site_id, thing_id)
    form = page.form(formdata=None, obj=thing)
    form.ready(db.session(), current_user.site_id, thing)
    return _one(form, kind, thing_id, told)


def _cell(page: Page, thing: Any, field: str) -> str:
    """What a list tells of a thing in one column."""
    value = changes.plain(getattr(thing, field))
    return plainly(page.values_told.get(field, {}).get(value, value))


def _edge(page: Page, used: list[Any], thing: Any, step: int) -> bool:
    """Whether a thing is the first (`step` -1) or the last (1) of those that stand in order with it."""
    within = page.kind.within
    beside = [other for other in used if within is None or getattr(other, within) == getattr(thing, within)]
    return thing is beside[0 if step < 0 else -1]
