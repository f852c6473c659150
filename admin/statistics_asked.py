"""What is asked of the figures of turns: the days, and whose turns, as an address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Office, Service, Site
from core.errors import N_, Invalid
from core.people.rights import Permission, Reach, reaches
from core.reports import periods
from core.reports.periods import ONE_DAY, Period
from core.turns.statistics.reading import Asked
from core.web.turn_report_words import Names, beside
from core.web.words import period_text, translate

QUARTERS = 4
LONGEST = timedelta(days=5 * 366)
NARROWS = ("service", "office", "group", "window", "channel", "site")
Choices = list[tuple[str, str]]


class NoDays(Invalid):
    message = N_("Elija las dos fechas, la primera antes que la última, y no más de cinco años.")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the address says, as it was typed and as it is understood; `wrong` says what was not."""

    said: Mapping[str, str]
    period: Period
    beside: Period
    asked: Asked
    wrong: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The same days and turns in another address."""
        return {name: value for name, value in self.said.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether only some turns of the days are asked for."""
        return any(self.said[name] for name in NARROWS)

    def of_official(self, official_id: int, site_id: int) -> Typed:
        """What one official attended on the same days, and nothing else."""
        said = {name: value for name, value in self.said.items() if name not in NARROWS}
        only = Asked((site_id,), self.period, official=(official_id,))
        return replace(self, said={**said, "official": str(official_id)}, asked=only)


def typed(session: Session, sites: Mapping[int, str], today: date) -> Typed:
    """What is asked; days that are none are today's, and what no list knows narrows nothing."""
    said = {name: request.args.get(name, "").strip() for name in ("period", "from", "until", "beside", *NARROWS)}
    period, wrong = _period(said, today)
    numbers = {name: int(value) for name in NARROWS if (value := said[name]).isdecimal() and len(value) < 6}
    chosen = (numbers["site"],) if numbers.get("site") in sites else tuple(sites)
    services = [numbers["service"]] if "service" in numbers else []
    if not services and "office" in numbers:
        services = list(session.scalars(select(Service.id).where(Service.office_id == numbers["office"]))) or [0]
    narrowed = {name: (numbers[name],) for name in ("group", "window", "channel") if name in numbers}
    asked = Asked(chosen, period, service=tuple(services), **narrowed)
    return Typed(said, period, beside(period, said["beside"]), asked, wrong)


def sites_of_reader(session: Session) -> dict[int, str]:
    """The sites whose figures the reader may see: their own, or all where the right reaches counts only."""
    far = {reaches(role, Permission.SEE_FIGURES) for role in current_user.roles}
    every = select(Site.id, Site.name).order_by(Site.name)
    if Reach.FIGURES not in far:
        every = every.where(Site.id == current_user.site_id)
    return dict(session.execute(every).all())


def period_choices(today: date) -> Choices:
    """The days that a list offers, by their names in the address."""
    named = [("today", _("Hoy")), ("yesterday", _("Ayer")), ("week", _("Esta semana")), ("month", _("Este mes"))]
    whole = [(each.name, period_text(each)) for each in periods.recent(today, QUARTERS)]
    return [*named, *((name, text[:1].upper() + text[1:]) for name, text in whole)]


def choices(session: Session, names: Names, sites: Mapping[int, str]) -> dict[str, tuple[str, Choices]]:
    """The lists by which turns are narrowed: what each is called, and what it offers."""
    offices = select(Office.id, Office.name).where(Office.site_id.in_(sites)).order_by(Office.name)
    found: dict[str, tuple[str, dict[int, str]]] = {
        "service": (_("Servicio"), names.service),
        "office": (_("Dependencia"), dict(session.execute(offices).all())),
        "group": (_("Grupo"), names.group),
        "window": (_("Ventanilla"), names.window),
        "channel": (_("Dónde lo pidió"), names.channel),
    }
    if len(sites) > 1:
        found = {"site": (_("Sede"), dict(sites))} | found
    return {name: (text, [(str(key), each) for key, each in of.items()]) for name, (text, of) in found.items()}


def narrowed_by(names: Names, said: Mapping[str, str]) -> list[str]:
    """What the turns are narrowed by, in words."""
    found = []
    for name in ("site", "service", "group", "window", "channel", "official"):
        value = said.get(name, "")
        if value.isdecimal() and (text := getattr(names, name).get(int(value))):
            found.append(_("Ventanilla %(label)s", label=text) if name == "window" else text)
    return found


def _period(said: Mapping[str, str], today: date) -> tuple[Period, str]:
    """The days that are asked for, and what is wrong with them."""
    named = {
        "today": Period(today, today),
        "yesterday": Period(today - ONE_DAY, today - ONE_DAY),
        "week": Period(today - timedelta(days=today.weekday()), today),
        "month": Period(today.replace(day=1), today),
    }
    if not said["from"] and not said["until"]:
        return named.get(said["period"]) or periods.read(said["period"]) or named["today"], ""
    try:
        period = Period(date.fromisoformat(said["from"]), date.fromisoformat(said["until"]))
    except ValueError:
        return named["today"], translate(NoDays.message)
    if not timedelta() <= period.last - period.first < LONGEST or period.first.year < 2000 or period.last.year > 2100:
        return named["today"], translate(NoDays.message)
    return period, ""
