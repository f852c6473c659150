"""The live hall: who waits, what each window does, what asks for somebody, and the acts that mend it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from admin import bp, picture
from admin.course import course, waits
from admin.usual import beside_usual, usual
from core import desks, openings
from core.disk import Disk
from core.events import Who
from core.people.rights import Permission
from core.turns import actions as turns
from core.web.asked import asks
from core.web.database import db
from core.web.forms import PressForm
from core.web.guard import requires
from core.web.line import hour_of, once_in_line
from core.web.turn_report_words import minutes_said

ID = "int(max=2147483647)"


class LeftoversForm(PressForm):
    reason = RadioField(_l("Motivo"), [InputRequired(_l("Elija un motivo de la lista."))], id="leftovers-reason")


def _leftovers_form() -> LeftoversForm:
    form = LeftoversForm()
    found = picture.reasons(db.session(), current_user.site_id, "close_leftover")
    form.reason.choices = [SelectChoice(*reason) for reason in found]
    return form


def me() -> str:
    """Who presses, for the keys of presses."""
    return f"official {current_user.id}"


@bp.get("/hall")
@requires(Permission.SUPERVISE, Permission.SEE_FIGURES)
def hall() -> ResponseReturnValue:
    return draw()


@bp.get("/hall/live")
@requires(Permission.SUPERVISE, Permission.SEE_FIGURES)
def hall_live() -> ResponseReturnValue:
    """The part of the page that changes, drawn as in the page."""
    return render_template("admin/_hall.html", **_seen())


@bp.post(f"/hall/help/<{ID}:help_id>")
@requires(Permission.SUPERVISE)
@asks(PressForm, lambda form, **_address: draw(form))
def hall_help(form: PressForm, help_id: int) -> ResponseReturnValue:
    """«Voy»: the supervisor goes to who asked for help."""

    def go(session: Session, at: datetime) -> dict[str, Any]:
        desks.answer_help(session, current_user.site_id, help_id, current_user.id, at)
        return {}

    once_in_line(current_user.site_id, form.pressed(me(), f"go {help_id}"), go)
    flash(_("Quien pidió ayuda ya sabe que usted va."), "success")
    return redirect(url_for(".hall"))


@bp.post(f"/hall/officials/<{ID}:official_id>/free")
@requires(Permission.SUPERVISE)
@asks(PressForm, lambda form, **_address: draw(form))
def hall_free(form: PressForm, official_id: int) -> ResponseReturnValue:
    """Free the window that an official left; refused while a turn is in their hand."""

    def free(session: Session, at: datetime) -> dict[str, Any]:
        turns.let_go(session, current_user.site_id, official_id, Who("official", current_user.id), at)
        desks.free(session, current_user.site_id, official_id, current_user.id, at)
        return {}

    once_in_line(current_user.site_id, form.pressed(me(), f"free {official_id}"), free)
    flash(_("La ventanilla quedó libre."), "success")
    return redirect(url_for(".hall"))


@bp.post(f"/hall/open/<{ID}:window_id>")
@requires(Permission.SUPERVISE)
@asks(PressForm, lambda form, **_address: draw(form))
def hall_open(form: PressForm, window_id: int) -> ResponseReturnValue:
    """Ask whoever is at no window to open this one; what is foreseen of it is kept with it."""
    site_id = current_user.site_id
    brings = picture.brings(db.session(), site_id, window_id, hour_of(site_id).at)

    def ask(session: Session, at: datetime) -> dict[str, Any]:
        openings.ask(session, site_id, window_id, brings, current_user.id, at)
        return {}

    once_in_line(site_id, form.pressed(me(), f"open {window_id}"), ask)
    flash(_("Quien está sin ventanilla ya lo ve en su página."), "success")
    return redirect(url_for(".hall"))


@bp.post("/hall/clock")
@requires(Permission.SUPERVISE)
@asks(PressForm, lambda form: draw(form))
def hall_clock(form: PressForm) -> ResponseReturnValue:
    """The clock of the machine, which was set back, is right: go on with its hour."""

    def trust(session: Session, at: datetime) -> dict[str, Any]:
        turns.trust_clock(session, current_user.site_id, Who("official", current_user.id), at)
        return {}

    once_in_line(current_user.site_id, form.pressed(me(), "trust clock"), trust)
    flash(_("Los turnos siguen con la hora del equipo."), "success")
    return redirect(url_for(".hall"))


@bp.post("/hall/leftovers")
@requires(Permission.SUPERVISE)
@asks(_leftovers_form, lambda form: draw(form))
def hall_leftovers(form: LeftoversForm) -> ResponseReturnValue:
    """Close the turns of past days that nobody ended."""

    def close(session: Session, at: datetime) -> dict[str, Any]:
        who = Who("official", current_user.id)
        return {"closed": turns.close_leftovers(session, current_user.site_id, form.reason.data, who, at)}

    closed = once_in_line(current_user.site_id, form.pressed(me(), "close leftovers"), close)["closed"]
    flash(_("Turnos de días anteriores cerrados: %(count)s.", count=closed), "success")
    return redirect(url_for(".hall"))


@bp.post("/hall/ballast")
@requires(Permission.SUPERVISE)
@asks(PressForm, lambda form: draw(form))
def hall_ballast(_form: PressForm) -> ResponseReturnValue:
    """Let the ballast go, so that the office goes on while somebody makes room; nothing is kept, as nothing fits."""
    disk().let_go(me())
    flash(_("Se liberó la reserva. Pida a sistemas que haga espacio hoy mismo."), "success")
    return redirect(url_for(".hall"))


def disk() -> Disk:
    watched: Disk = current_app.extensions["disk"]
    return watched


def draw(form: PressForm | None = None) -> str:
    """The page of the hall; `form` is one that was refused and says why."""
    leftovers_form = form if isinstance(form, LeftoversForm) else _leftovers_form()
    return render_template("admin/hall.html", form=form, leftovers_form=leftovers_form, **_seen())


def _seen() -> dict[str, Any]:
    session, site_id = db.session(), current_user.site_id
    hour = hour_of(site_id)
    seen = picture.hall(session, site_id, hour, disk().look())
    return {
        "hall": seen,
        "course": course(session, site_id, hour.at),
        "beside": beside_usual(seen.figures, usual(session, site_id, hour.at), hour.at),
        "minutes_said": minutes_said,
        "ballast": disk().lets_go(),
        "at": hour.at,
        "clock": hour.on_the_clock,
        "waited": waits(seen.waited),
        "can_act": current_user.may(Permission.SUPERVISE),
    }
