"""The breaks planned for each window: a list, one more, another hour, and the end of one."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms import SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from admin import bp
from admin.hall import ID
from admin.hours import DAYS
from core.breaks import actions as breaks
from core.breaks.planned import Break
from core.calendar import Hours
from core.catalogue.model import Window
from core.catalogue.week import said
from core.people.rights import Permission
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Moment, whole
from core.web.guard import requires
from core.web.information import begun, week_of
from core.web.line import in_line

_AN_HOUR = InputRequired(_l("Escriba una hora como 10:00."))
WORKING_DAYS = [1, 2, 3, 4, 5]


class BreakForm(Form):
    several = frozenset({"weekdays"})

    window = SelectField(
        _l("Ventanilla"),
        [InputRequired(_l("Elija una ventanilla de la lista."))],
        coerce=lambda said: said and whole(said),
    )
    weekdays = SelectMultipleField(_l("Qué días"), coerce=whole)
    starts = Moment(_l("Desde"), [_AN_HOUR])
    ends = Moment(_l("Hasta"), [_AN_HOUR])

    @property
    def wanted(self) -> Break:
        return Break(frozenset(self.weekdays.data), self.starts.data, self.ends.data)


def _with_choices(form: BreakForm) -> BreakForm:
    """With the windows in use at the site."""
    used = select(Window).where(Window.site_id == current_user.site_id, Window.active).order_by(Window.label)
    windows = [SelectChoice(one.id, f"{one.label} · {one.name}") for one in db.session().scalars(used)]
    form.window.choices = [SelectChoice("", _("Elija una ventanilla")), *windows]
    form.weekdays.choices = [SelectChoice(day, name) for day, name in enumerate(DAYS, start=1)]
    return form


def _new_form() -> BreakForm:
    return _with_choices(BreakForm(data={"weekdays": WORKING_DAYS}))


def _form(break_id: int) -> BreakForm:
    """The form of one, filled with what it is now. Raises Missing."""
    row = breaks.break_of(db.session(), current_user.site_id, break_id)
    told = {"window": row.window_id, "weekdays": row.weekdays, "starts": row.starts, "ends": row.ends}
    return _with_choices(BreakForm(data=told))


@bp.get("/hall/breaks")
@requires(Permission.SUPERVISE)
def hall_breaks() -> ResponseReturnValue:
    return _page(_new_form())


@bp.post("/hall/breaks")
@requires(Permission.SUPERVISE)
@asks(_new_form, lambda form: _page(form))
def hall_breaks_act(form: BreakForm) -> ResponseReturnValue:
    """One more break of a window."""
    site_id, by = current_user.site_id, current_user.id
    with in_line(site_id) as (session, at):
        breaks.plan(session, site_id, form.window.data, form.wanted, by, at)
    flash(
        _("Guardado. Las esperas anunciadas ya la tienen en cuenta; la propuesta de la semana, desde esta noche."),
        "success",
    )
    return redirect(url_for(".hall_breaks"))


@bp.get(f"/hall/breaks/<{ID}:break_id>")
@requires(Permission.SUPERVISE)
def hall_break(break_id: int) -> ResponseReturnValue:
    return _one(_form(break_id), break_id)


@bp.post(f"/hall/breaks/<{ID}:break_id>")
@requires(Permission.SUPERVISE)
@asks(_form, lambda form, break_id: _one(form, break_id))
def hall_break_act(form: BreakForm, break_id: int) -> ResponseReturnValue:
    """It is so from now on."""
    site_id, by = current_user.site_id, current_user.id
    with in_line(site_id) as (session, at):
        changed = breaks.change(session, site_id, break_id, form.window.data, form.wanted, by, at)
    flash(_("Se guardó. Rige desde ahora.") if changed else _("No había nada que cambiar."), "success")
    return redirect(url_for(".hall_breaks"))


@bp.post(f"/hall/breaks/<{ID}:break_id>/end")
@requires(Permission.SUPERVISE)
def hall_break_end(break_id: int) -> ResponseReturnValue:
    """The window rests so no more."""
    Form().checked()
    with in_line(current_user.site_id) as (session, at):
        breaks.end(session, current_user.site_id, break_id, current_user.id, at)
    flash(_("Se quitó. La ventanilla ya no tiene esa pausa."), "success")
    return redirect(url_for(".hall_breaks"))


def _page(form: BreakForm) -> str:
    every = [(row, *_told(row.planned)) for row in breaks.of_site(db.session(), current_user.site_id)]
    return render_template("admin/breaks.html", form=form, every=every)


def _one(form: BreakForm, break_id: int) -> str:
    row = breaks.break_of(db.session(), current_user.site_id, break_id)
    return render_template("admin/break.html", form=form, row=row)


def _told(planned: Break) -> tuple[str, str]:
    """«Lunes a viernes», «10:00–10:15»"""
    rows = [row for row in week_of(Hours(day, planned.starts, planned.ends) for day in planned.weekdays) if row.hours]
    return begun(", ".join(row.days.lower() for row in rows)), said([(planned.starts, planned.ends)])
