"""Times, ranges and numbers as people say them, in the language of the page."""

from __future__ import annotations

from datetime import date, datetime

from flask import g, has_request_context, request, session
from flask_babel import Babel, format_date, get_locale, gettext

from core.clock import BOGOTA
from core.errors import N_
from core.turns.waits import Wait

LANGUAGES = ("es", "en")
OF_OFFICIALS = ("admin", "counter", "sign_in")
"""The faces that only who works here sees: in Spanish, whatever was chosen in this browser for the public ones."""

babel = Babel()


def language() -> str:
    """The language of the page, «es» or «en»."""
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "es"


def select_locale() -> str:
    """Spanish unless a citizen who reads the page chose English."""
    if has_request_context() and request.blueprint in OF_OFFICIALS:
        return "es_CO"
    chosen = g.get("language") or (session.get("language") if has_request_context() else None)
    return "en" if chosen == "en" else "es_CO"


def translate(message: str, **values: object) -> str:
    """A marked Spanish sentence in the language of the page, with its placeholders filled."""
    return str(gettext(message, **values))


def clock_text(at: datetime) -> str:
    """«8:05 a. m.»; noon is «12:00 m.», as it is written in Colombia."""
    local = at.astimezone(BOGOTA)
    if language() == "es" and (local.hour, local.minute) == (12, 0):
        return "12:00 m."
    half = ("a. m." if local.hour < 12 else "p. m.") if language() == "es" else ("am" if local.hour < 12 else "pm")
    return f"{local.hour % 12 or 12}:{local.minute:02d} {half}"


def day_text(day: date) -> str:
    """«lunes, 23 de noviembre»"""
    pattern = "EEEE, d 'de' MMMM" if language() == "es" else "EEEE, MMMM d"
    return str(format_date(day, pattern))


def opening_text(at: datetime, now: datetime) -> str:
    """When turns are given again: «hoy a las 2:00 p. m.», «el lunes, 23 de noviembre a las 8:00 a. m.»"""
    if at.date() == now.date():
        return translate(N_("hoy a las %(time)s"), time=clock_text(at))
    return translate(N_("el %(day)s a las %(time)s"), day=day_text(at.date()), time=clock_text(at))


def wait_text(wait: Wait) -> str:
    """A wait as a range, never a single number: «Entre 10 y 25 minutos»."""
    if wait.low is None or wait.high is None:
        return translate(N_("Sin ventanilla abierta para este servicio"))
    if wait.high <= 5:
        return translate(N_("Menos de 5 minutos"))
    if wait.low == 0:
        return translate(N_("Menos de %(high)s minutos"), high=wait.high)
    return translate(N_("Entre %(low)s y %(high)s minutos"), low=wait.low, high=wait.high)


def minutes_text(seconds: float) -> str:
    """A length of time for officials: «7 min», «1 h 05 min»."""
    minutes = int(seconds // 60)
    words = f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def browser_text(agent: str) -> str:
    """A browser as its owner knows it, «Chrome en Windows»; empty for one that we do not know."""
    names = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    name = next((name for mark, name in names if mark in agent), "")
    system = next((system for mark, system in systems if mark in agent), "")
    return translate(N_("%(browser)s en %(system)s"), browser=name, system=system) if name and system else name
