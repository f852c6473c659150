"""The figures of turns: how long people waited and were attended, and what was not ordinary; each with its turns."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin import bp
from admin.statistics_asked import NoDays, Typed, choices, narrowed_by, period_choices, sites_of_reader, typed
from core.clock import now, today
from core.errors import Missing
from core.people.model import Official
from core.people.rights import Permission
from core.turns.statistics.exceptions import exceptions
from core.turns.statistics.reading import read
from core.web.database import db
from core.web.guard import requires
from core.web.report_files import report_file
from core.web.report_parts import Part
from core.web.turn_report import Address, Told, attended, headline, own_headline, tiles_of
from core.web.turn_report_whole import parts_of
from core.web.turn_report_words import days_text, names_at


@bp.get("/statistics")
@requires(Permission.SEE_FIGURES)
def statistics() -> ResponseReturnValue:
    """The sentence of the days that are asked for, a row of figures, and the report; today's, if none are."""
    asked = _typed()
    told = _told(asked)
    sites = sites_of_reader(db.session())
    page = render_template(
        "admin/statistics.html",
        asked=asked,
        told=told,
        headline=_headline(told, asked),
        tiles=tiles_of(told),
        parts=_parts(told, asked),
        chosen=days_text(asked.period),
        periods=period_choices(today()),
        lists=choices(db.session(), told.names, sites),
        notes=[*_notes(), *([_note_of_lists()] if told.address else [])],
        supervises=current_user.may(Permission.SUPERVISE),
    )
    return page, 422 if asked.wrong else 200


@bp.get("/statistics.<any(csv, xlsx, pdf):form>")
@requires(Permission.SEE_FIGURES)
def statistics_file(form: str) -> Response:
    """The same as a file. Raises NoDays."""
    asked = _typed()
    if asked.wrong:
        raise NoDays
    told = _told(asked)
    name = f"turnos-{asked.period.first}-{asked.period.last}"
    notes = [_headline(told, asked), *_notes()]
    subtitle = " · ".join([days_text(asked.period), *narrowed_by(told.names, asked.said)])
    return report_file(form, name, _("Cifras de turnos"), subtitle, _parts(told, asked, links=False), notes, now())


@bp.get("/statistics/officials")
@requires(Permission.SUPERVISE)
def statistics_officials() -> ResponseReturnValue:
    """What each official of the site attended, for who supervises them; one of them, if the address names one."""
    asked = _typed()
    official = _official_asked()
    narrowed = replace(asked, asked=replace(asked.asked, sites=(current_user.site_id,)))
    if official is not None:
        return _page_of(official, asked, whose=official.name)
    told = _told(narrowed)
    return _page_of_people([attended(told, "official")], asked, _("Lo que atendió cada persona de la sede"), "")


@bp.get("/statistics/mine")
@requires(Permission.SEE_OWN_FIGURES)
def statistics_mine() -> ResponseReturnValue:
    """What the reader attended: nobody else sees it but who supervises them."""
    asked = _typed()
    return _page_of(current_user.official, asked, whose="")


def _page_of(official: Official, asked: Typed, whose: str) -> ResponseReturnValue:
    told = _told(asked.of_official(official.id, official.site_id), lists=bool(whose))
    parts = [attended(told, "service"), attended(told, "window")]
    return _page_of_people(parts if told.whole.visits else [], asked, own_headline(told), whose)


def _page_of_people(parts: list[Part], asked: Typed, lead: str, whose: str) -> ResponseReturnValue:
    page = render_template(
        "admin/statistics_people.html",
        asked=asked,
        parts=parts,
        headline=lead,
        whose=whose,
        chosen=days_text(asked.period),
        periods=period_choices(today()),
        notes=[_("Solo la persona misma y quien supervisa su sede ven estas cifras.")],
    )
    return page, 422 if asked.wrong else 200


def _official_asked() -> Official | None:
    """The official of the address. Raises Missing for one of another site."""
    said = request.args.get("official", "")
    if not said:
        return None
    official = db.session.get(Official, int(said)) if said.isdecimal() and len(said) < 6 else None
    if official is None or official.site_id != current_user.site_id:
        raise Missing
    return official


def _typed() -> Typed:
    own = {current_user.site_id: ""}
    sites = sites_of_reader(db.session()) if current_user.may(Permission.SEE_FIGURES) else own
    return typed(db.session(), sites, today())


def _told(asked: Typed, *, lists: bool = True) -> Told:
    """What is told of the days asked for; with the turns behind it only for who supervises them."""
    session, sites = db.session(), asked.asked.sites
    supervises = current_user.may(Permission.SUPERVISE) and sites == (current_user.site_id,)
    return Told(
        asked.period,
        asked.beside,
        read(session, asked.asked),
        read(session, replace(asked.asked, period=asked.beside)),
        names_at(session, sites),
        exceptions(session, sites, asked.period),
        _address("turns", asked) if supervises and lists else None,
        supervises,
    )


def _address(page: str, asked: Typed) -> Address:
    """The lists behind figures: the days and turns that are asked for, and what narrows them more."""
    path = url_for(f".statistics_{page}")
    return lambda more: f"{path}?{urlencode({**asked.address, **more})}"


def _parts(told: Told, asked: Typed, *, links: bool = True) -> list[Part]:
    if not links:
        told = replace(told, address=None)
    return parts_of(told, _address("exceptions", asked) if told.address else None)


def _headline(told: Told, asked: Typed) -> str:
    """The truth of the days, also where there is nothing to tell: they are still to come, or the lists left nothing."""
    if told.whole.turns:
        return headline(told)
    if asked.period.first > today():
        return _("Esos días no han llegado todavía.")
    if asked.narrows:
        return _("Ningún turno de estos días es de los elegidos en «Solo algunos turnos».")
    return headline(told)


def _notes() -> list[str]:
    return [
        _(
            "Cifras al %(day)s. Cada turno cuenta en el día en que se dio; lo que se deshizo no cuenta.",
            day=f"{today():%d/%m/%Y}",
        ),
        _(
            "Meta: la que regía cuando se dio el turno. Es la del servicio si tiene una propia, y si no la de la sede; "
            "para quien tiene prioridad, la menor de las dos. Está en la tabla por servicio."
        ),
        _("Los tiempos se cuentan en segundos enteros y los percentiles son exactos: no salen de promedios de días."),
        _("Abandonaron: quienes se retiraron o pidieron anular, y los que nadie llamó y se cerraron después."),
        _("Lo que duró más de doce horas quedó abierto por olvido y no entra en los tiempos."),
        _("Con menos de diez turnos no se dicen porcentajes."),
    ]


def _note_of_lists() -> str:
    return _(
        "Los porcentajes y los tiempos también se abren: «Dentro», en quienes esperaron más que su meta; un tiempo, en "
        "sus turnos con el más largo primero, donde se ve en cuál cae cada cifra."
    )
