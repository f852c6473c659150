"""The year at a glance: holidays and the entity's own days, which are added, corrected and withdrawn with their act."""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional

from admin import bp
from admin.hall import ID
from admin.recounts import count_again, recent
from core.calendar import Calendar, Hours, is_working_day, moved, stretches_on
from core.catalogue import days
from core.catalogue.model import CalendarVersion, OpeningHours, OwnDay
from core.clock import today
from core.errors import N_, Invalid
from core.people.model import Official
from core.people.rights import Permission
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Moment, OneDay, Prose, Text
from core.web.guard import requires
from core.web.line import in_line
from core.web.words import day_text, stretches_text

FIRST_YEAR, LAST_YEAR = 1900, 2199
TERMS_TOLD = (10, 15, 30)
"""The terms of Ley 1437 de 2011, art. 14, by which a change is explained."""
VERSIONS_SHOWN = 20
CHANGES = {
    "added": _l("Se agregó"),
    "corrected": _l("Se corrigió"),
    "withdrawn": _l("Se retiró"),
    "brought": _l("Venía de antes"),
}


class DayForm(Form):
    what = RadioField(
        _l("¿Qué pasa ese día?"),
        [InputRequired(_l("Elija si se cierra o se abre."))],
        choices=[
            SelectChoice("closed", _l("No se atiende")),
            SelectChoice("open", _l("Se atiende, o con otro horario")),
        ],
    )
    first = OneDay(_l("Día"), [InputRequired(_l("Escriba el día."))])
    last = OneDay(_l("Último día, si son varios seguidos"), [Optional()])
    reach = RadioField(
        _l("¿Dónde?"),
        [InputRequired(_l("Elija dónde."))],
        choices=[SelectChoice("site", _l("Solo en esta sede")), SelectChoice("entity", _l("En toda la alcaldía"))],
    )
    opens = Moment(_l("Abre a las"), [Optional()])
    closes = Moment(_l("Cierra a las"), [Optional()])
    opens_again = Moment(_l("Vuelve a abrir a las"), [Optional()])
    closes_again = Moment(_l("Y cierra a las"), [Optional()])
    act = Text(
        _l("Acto que lo ordena"),
        [InputRequired(_l("Escriba el acto que lo ordena, por ejemplo: Decreto 30 de 2026."))],
        description=_l("Por ejemplo: Decreto 30 de 2026."),
    )
    act_date = OneDay(_l("Fecha del acto"), [Optional()])
    terms = RadioField(
        _l("¿El acto cambia los términos de ley?"),
        [InputRequired(_l("Elija si cambia los términos."))],
        choices=[
            SelectChoice("no", _l("No: solo cambia la atención")),
            SelectChoice("yes", _l("Sí: el acto lo dice")),
        ],
        description=_l("Cerrar las puertas no suspende por sí solo los plazos de las peticiones."),
    )
    note = Prose(_l("Motivo o nota"), [Optional()], most=200)

    def wanted(self) -> days.Wanted:
        """What the form asks for. Raises Invalid for an hour without its pair."""
        return days.Wanted(
            first=self.first.data,
            last=self.last.data or self.first.data,
            everywhere=self.reach.data == "entity",
            opens=self.what.data == "open",
            act=self.act.data,
            act_date=self.act_date.data,
            affects_terms=self.terms.data == "yes",
            stretches=tuple(self._stretches()) if self.what.data == "open" else (),
            note=self.note.data,
        )

    def _stretches(self) -> list[Any]:
        found = []
        for opens, closes in ((self.opens, self.closes), (self.opens_again, self.closes_again)):
            if (opens.data is None) != (closes.data is None):
                raise Invalid(N_("Escriba desde y hasta qué hora."), field=opens.name)
            if opens.data is not None:
                found.append((opens.data, closes.data))
        return found


class WithdrawDayForm(Form):
    why = Text(_l("¿Por qué se retira?"), [InputRequired(_l("Escriba por qué se retira."))], most=200)


@bp.get("/calendar")
@requires(Permission.CONFIGURE)
def calendar() -> ResponseReturnValue:
    """A year, `?year=`; `?version=` shows it as it was."""
    return _page(DayForm(formdata=None, data={"what": "closed", "reach": "site", "terms": "no"}))


@bp.post("/calendar")
@requires(Permission.CONFIGURE)
@asks(DayForm, lambda form: _page(form))
def calendar_act(form: DayForm) -> ResponseReturnValue:
    """Open or close days by an act, and tell what that moves."""
    wanted, site_id = form.wanted(), current_user.site_id
    with in_line(site_id) as (session, at):
        before = days.calendar_of(session, site_id)
        days.add(session, site_id, wanted, current_user.id, at)
        told = _moves(session, before, wanted.first)
    flash(told + count_again(), "success")
    return redirect(url_for(".calendar", year=wanted.first.year))


@bp.get(f"/calendar/days/<{ID}:day_id>")
@requires(Permission.CONFIGURE)
def calendar_day(day_id: int) -> ResponseReturnValue:
    return _one(_day_form(day_id), day_id)


@bp.post(f"/calendar/days/<{ID}:day_id>")
@requires(Permission.CONFIGURE)
@asks(lambda day_id: _day_form(day_id), lambda form, day_id: _one(form, day_id))
def calendar_day_act(form: DayForm, day_id: int) -> ResponseReturnValue:
    """Say something else of a day from now on."""
    wanted, site_id = form.wanted(), current_user.site_id
    with in_line(site_id) as (session, at):
        before = days.calendar_of(session, site_id)
        first = min(days.day_of(session, site_id, day_id).day, wanted.first)
        days.correct(session, site_id, day_id, wanted, current_user.id, at)
        told = _moves(session, before, first)
    flash(told + count_again(), "success")
    return redirect(url_for(".calendar", year=wanted.first.year))


@bp.post(f"/calendar/days/<{ID}:day_id>/withdraw")
@requires(Permission.CONFIGURE)
@asks(lambda day_id: WithdrawDayForm(), lambda form, day_id: _one(_day_form(day_id, again=False), day_id, form))
def calendar_day_withdraw(form: WithdrawDayForm, day_id: int) -> ResponseReturnValue:
    """Let a day be again what the law says."""
    site_id = current_user.site_id
    with in_line(site_id) as (session, at):
        before = days.calendar_of(session, site_id)
        day = days.withdraw(session, site_id, day_id, form.why.data, current_user.id, at).day
        told = _moves(session, before, day)
    flash(told + count_again(), "success")
    return redirect(url_for(".calendar", year=day.year))


def _day_form(day_id: int, *, again: bool = True) -> DayForm:
    """The form of an own day, filled with what it says now. Raises Missing."""
    day = days.day_of(db.session(), current_user.site_id, day_id)
    hours = [moment for stretch in days.stretches_of(day.hours) for moment in stretch]
    filled = dict(zip(("opens", "closes", "opens_again", "closes_again"), hours, strict=False))
    filled |= {
        "what": "open" if day.opens else "closed",
        "first": day.day,
        "reach": "site" if day.site_id else "entity",
        "act": day.act,
        "act_date": day.act_date,
        "terms": "yes" if day.affects_terms else "no",
        "note": day.note,
    }
    return DayForm(data=filled) if again else DayForm(formdata=None, data=filled)


def _moves(session: Session, before: Calendar, first: date) -> str:
    """What a change does, in words: the doors of its first day, and the terms that go over it."""
    site_id, after = current_user.site_id, days.calendar_of(session, current_user.site_id)
    hours = _hours(session, site_id)
    was, now = stretches_on(first, hours, before), stretches_on(first, hours, after)
    told = [_("Se guardó en el calendario.")]
    if was != now:
        hours_told = {"day": day_text(first), "was": stretches_text(was), "now": stretches_text(now)}
        told.append(_("El %(day)s pasa de «%(was)s» a «%(now)s».", **hours_told))
    start = first - timedelta(days=1)
    ends = moved(before, after, start, TERMS_TOLD)
    if not ends:
        told.append(_("Los términos de ley no cambian."))
    for n, earlier, later in ends:
        told.append(
            _(
                "Un plazo de %(n)s días que empieza el %(start)s vence el %(later)s y no el %(earlier)s.",
                n=n,
                start=day_text(start),
                later=day_text(later),
                earlier=day_text(earlier),
            )
        )
    return " ".join(told)


def _hours(session: Session, site_id: int) -> list[Hours]:
    rows = session.scalars(select(OpeningHours).where(OpeningHours.site_id == site_id))
    return [Hours(row.weekday, row.opens, row.closes) for row in rows]


# ---------------------------------------------------------------- the page


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid: how it is drawn, its letter, and what is said of it to who does not see the drawing."""

    day: date
    kind: str = ""
    letter: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the grid: its weeks from Monday to Sunday (None outside it) and the days that have a name."""

    name: str
    weeks: list[list[Cell | None]]
    named: list[Cell]
    working: int


def month_of(year: int, number: int, shown: Calendar) -> Month:
    """A month as the calendar has it."""
    weeks = [
        [_cell(day, shown) if day.month == number else None for day in week]
        for week in Weeks().monthdatescalendar(year, number)
    ]
    cells = [cell for week in weeks for cell in week if cell]
    name = format_date(date(year, number, 1), "LLLL").capitalize()
    named = [cell for cell in cells if cell.told]
    return Month(name, weeks, named, sum(is_working_day(cell.day, shown) for cell in cells))


def _cell(day: date, shown: Calendar) -> Cell:
    special = shown.special.get(day, ())
    holidays = shown.holidays(day)
    told = "; ".join([*holidays, *(rule.act for rule in special)])
    if special:
        kind = "opened" if special[0].opens else "closed"
        return Cell(day, kind, "A" if special[0].opens else "C", told)
    if holidays:
        return Cell(day, "holiday", "F", told)
    return Cell(day, "weekend" if day.isoweekday() > 5 else "")


def _page(form: DayForm) -> str:
    session, site_id = db.session(), current_user.site_id
    year = request.args.get("year", type=int) or today().year
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    last = days.last_version(session)
    version = request.args.get("version", type=int)
    version = version if version is not None and 0 <= version < last else None
    shown = days.calendar_of(session, site_id, version)
    own = [day for day in days.own_days(session, site_id, version) if day.day.year == year]
    months = [month_of(year, number, shown) for number in range(1, 13)]
    return render_template(
        "admin/calendar.html",
        form=form,
        year=year,
        version=version,
        last=last,
        months=months,
        own=own,
        told=_told_hours(own),
        versions=_versions(session),
        changes=CHANGES,
        recounts=recent(site_id),
        today=today(),
        weekdays=[format_date(date(2026, 11, 23) + timedelta(days=n), "EEEEE").upper() for n in range(7)],
        working=sum(month.working for month in months),
    )


def _told_hours(own: list[OwnDay]) -> dict[int, str]:
    return {day.id: stretches_text(days.stretches_of(day.hours)) for day in own if day.hours}


def _versions(session: Session) -> list[tuple[CalendarVersion, str, list[OwnDay]]]:
    """The last changes, newest first: the version, who made it, and the days that it brought or took away."""
    rows = session.execute(
        select(CalendarVersion, Official.name)
        .outerjoin(Official, Official.id == CalendarVersion.made_by)
        .order_by(CalendarVersion.number.desc())
        .limit(VERSIONS_SHOWN)
    ).all()
    numbers = [version.number for version, _name in rows]
    touched: dict[int, list[OwnDay]] = {}
    for day in session.scalars(select(OwnDay).where(OwnDay.since_version.in_(numbers)).order_by(OwnDay.day)):
        touched.setdefault(day.since_version, []).append(day)
    for day in session.scalars(select(OwnDay).where(OwnDay.until_version.in_(numbers)).order_by(OwnDay.day)):
        if day.until_version is not None:
            touched.setdefault(day.until_version, [day])
    return [(version, name or _("El sistema"), touched.get(version.number, [])) for version, name in rows]


def _one(form: DayForm, day_id: int, withdraw: WithdrawDayForm | None = None) -> str:
    day = days.day_of(db.session(), current_user.site_id, day_id)
    return render_template(
        "admin/calendar_day.html",
        form=form,
        day=day,
        withdraw=withdraw or WithdrawDayForm(formdata=None),
        refused=withdraw,
    )
