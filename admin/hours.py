"""The hours of a site, day by day: up to three stretches each, none over another."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import Field, ValidationError
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from admin import bp
from admin.history import chapters
from core import changes
from core.catalogue import week as hours_of_week
from core.catalogue.model import Site
from core.people.rights import Permission
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text
from core.web.guard import requires
from core.web.line import in_line

STRETCHES = 3
DAYS = (
    _l("Lunes"),
    _l("Martes"),
    _l("Miércoles"),
    _l("Jueves"),
    _l("Viernes"),
    _l("Sábado"),
    _l("Domingo"),
)
_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(:00)?")


class DayHours(Field):
    """The stretches of a day: three pairs of hours, of which those left empty do not count."""

    widget = TextInput()

    def rows(self) -> list[tuple[str, str]]:
        """What is written in each pair, also when it is wrong, so that it can be mended."""
        if self.raw_data:
            written = [*self.raw_data, *[""] * (2 * STRETCHES)]
            return [(written[2 * n], written[2 * n + 1]) for n in range(STRETCHES)]
        told = [(f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in self.data or ()]
        return [*told, *[("", "")] * STRETCHES][:STRETCHES]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = []
        if len(valuelist) > 2 * STRETCHES:
            raise ValidationError(_("Escriba las horas en sus casillas."))
        for n in range(0, len(valuelist), 2):
            opens, closes = [*valuelist[n : n + 2], ""][:2]
            if not opens.strip() and not closes.strip():
                continue
            self.data.append((_time(opens), _time(closes)))


def _time(written: str) -> time:
    """«8:00» or «14:30». Raises ValidationError."""
    found = _HOUR.fullmatch(written.strip())
    if found is None:
        raise ValidationError(_("Escriba cada hora de 00:00 a 23:59, como 08:00 o 14:30, y en cada jornada las dos."))
    return time(int(found[1]), int(found[2]))


class HoursForm(Form):
    several = frozenset(f"day_{day}" for day in range(1, 8))

    why = Text(_l("Motivo o acto que lo ordena"), [Optional()], most=200)

    def week(self) -> dict[int, list[hours_of_week.Stretch]]:
        return {day: self[f"day_{day}"].data or [] for day in range(1, 8)}

    def days(self) -> list[Any]:
        return [self[f"day_{day}"] for day in range(1, 8)]


def _form() -> HoursForm:
    """The form, filled with the present hours of the site in hand."""
    asked = {f"day_{n}": DayHours(name) for n, name in enumerate(DAYS, start=1)}
    week = hours_of_week.week_of(db.session().get_one(Site, current_user.site_id))
    form: HoursForm = type("WeekForm", (HoursForm,), asked)(data={f"day_{day}": week[day] for day in week})
    form._fields["why"] = form._fields.pop("why")
    return form


@bp.get("/setup/hours")
@requires(Permission.CONFIGURE)
def hours() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/setup/hours")
@requires(Permission.CONFIGURE)
@asks(_form, lambda form: _page(form))
def hours_act(form: HoursForm) -> ResponseReturnValue:
    """Give turns in these hours from now on."""
    with in_line(current_user.site_id) as (session, at):
        asked = (current_user.site_id, form.week(), current_user.id, at, form.why.data)
        changed = hours_of_week.set_week(session, *asked)
    flash(_("Se guardó. Rige desde ahora.") if changed else _("No había nada que cambiar."), "success")
    return redirect(url_for(".hours"))


def _page(form: HoursForm) -> str:
    session = db.session()
    site = session.get_one(Site, current_user.site_id)
    week = hours_of_week.week_of(site)
    found = [change for change in changes.of_thing(session, site) if change.field.startswith("day_")]
    return render_template(
        "admin/hours.html",
        form=form,
        site=site,
        total=round(hours_of_week.hours_a_week(week), 1),
        least=hours_of_week.LEAST_HOURS_A_WEEK,
        short=[DAYS[day - 1] for day in hours_of_week.short_days(week)],
        stretches=range(STRETCHES),
        history=chapters(found),
    )
