"""Times, ranges and numbers as people say them, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from flask import g, has_request_context, request, session
from flask_babel import Babel, format_date, get_locale, gettext, ngettext
from sqlalchemy import select

from core.calendar import Day, Stretch, Why
from core.catalogue.model import Entity
from core.catalogue.sheet import CALENDAR_DAYS, FREE, HOURS, IMMEDIATE, MONTHS, TARIFF, WORKING_DAYS, Sheet, in_english
from core.clock import BOGOTA
from core.errors import N_
from core.reports.periods import Period
from core.turns.waits import Wait
from core.web.database import db

LANGUAGES = ("es", "en")
OF_OFFICIALS = ("admin", "counter", "sign_in", "provider", "reading")
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
    return "en" if chosen == "en" and offers_english() else "es_CO"


def offers_english() -> bool:
    """Whether the town hall lets citizens choose English; asked once for each page."""
    if g.get("without_database"):
        return True
    if "offers_english" not in g:
        g.offers_english = db.session.scalar(select(Entity.english).limit(1)) is not False
    return bool(g.offers_english)


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


def hour_text(at: datetime) -> str:
    """An hour inside a sentence, with the article that Spanish gives it: «las 8:05 a. m.», «la 1:05 p. m.»."""
    clock = clock_text(at)
    if language() != "es":
        return clock
    return f"{'la' if clock.startswith('1:') else 'las'} {clock}"


def day_text(day: date) -> str:
    """«lunes 23 de noviembre»"""
    pattern = "EEEE d 'de' MMMM" if language() == "es" else "EEEE, MMMM d"
    return str(format_date(day, pattern))


def month_text(month: date) -> str:
    """«octubre de 2026»"""
    return str(format_date(month, "MMMM 'de' y" if language() == "es" else "MMMM y"))


def period_text(period: Period) -> str:
    """«cuarto trimestre de 2026», «primer semestre de 2026», «2026», or its first and last day."""
    year, _dash, nth = period.name.partition("-")
    sentences = {
        "T1": N_("primer trimestre de %(year)s"),
        "T2": N_("segundo trimestre de %(year)s"),
        "T3": N_("tercer trimestre de %(year)s"),
        "T4": N_("cuarto trimestre de %(year)s"),
        "S1": N_("primer semestre de %(year)s"),
        "S2": N_("segundo semestre de %(year)s"),
        "": N_("año %(year)s"),
    }
    if year:
        return translate(sentences[nth], year=year)
    return translate(N_("del %(first)s al %(last)s"), first=f"{period.first:%d/%m/%Y}", last=f"{period.last:%d/%m/%Y}")


def opening_text(at: datetime, now: datetime) -> str:
    """When turns are given again: «hoy a las 2:00 p. m.», «el lunes 23 de noviembre a las 8:00 a. m.»"""
    if at.date() == now.date():
        return translate(N_("hoy a %(hour)s"), hour=hour_text(at))
    return translate(N_("el %(day)s a %(hour)s"), day=day_text(at.date()), hour=hour_text(at))


def wait_text(wait: Wait) -> str:
    """A wait as a sentence: «Espera: entre 10 y 25 minutos», or that no window attends it yet."""
    if wait.low is None or wait.high is None:
        return translate(N_("Aún no hay ventanilla abierta"))
    return translate(N_("Espera: %(range)s"), range=range_text(wait.low, wait.high))


def range_text(low: int, high: int) -> str:
    """Minutes as a range, never a single number, after another word: «entre 10 y 25 minutos»."""
    if low == 0 or high <= 5:
        return translate(N_("menos de %(high)s"), high=length_text(high))
    if high <= 60:
        return translate(N_("entre %(low)s y %(high)s minutos"), low=low, high=high)
    return translate(N_("de %(low)s a %(high)s"), low=length_text(low), high=length_text(high))


def length_text(minutes: int) -> str:
    """«50 minutos», «1 hora y 50 minutos»."""
    hours, rest = divmod(minutes, 60) if minutes > 60 else (0, minutes)
    in_hours = str(ngettext("%(num)s hora", "%(num)s horas", hours))
    in_minutes = str(ngettext("%(num)s minuto", "%(num)s minutos", rest))
    if not hours:
        return in_minutes
    return translate(N_("%(hours)s y %(minutes)s"), hours=in_hours, minutes=in_minutes) if rest else in_hours


def minutes_text(seconds: float) -> str:
    """A length of time for officials: «7 min», «1 h 05 min»."""
    minutes = int(seconds // 60)
    words = f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def room_text(size: int) -> str:
    """Room on a disk for officials, in the unit in which it is bought, rounded down: «1,4 GB», «120 MB»."""
    words = f"{size // 10**6} MB" if size < 10**9 else f"{size // 10**8 / 10:.1f} GB".replace(".", ",")
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def weight_text(size: int) -> str:
    """What a file weighs, rounded up: «1,3 MB», «340 KB»."""
    if size < 1_000_000:
        words = f"{max(1, -(-size // 1000))} KB"
    else:
        tenths = -(-size // 100_000)
        words = f"{tenths / 10:.1f} MB".replace(".", "," if language() == "es" else ".")
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


def moment_text(moment: time) -> str:
    """An hour of any day: «8:05 a. m.»"""
    return clock_text(datetime.combine(date(2026, 11, 23), moment, tzinfo=BOGOTA))


def stretches_text(stretches: Iterable[Stretch]) -> str:
    """«8:00 a. m. a 12:00 m. y 2:00 p. m. a 6:00 p. m.»; that it is closed where there are none."""
    told = [
        translate(N_("%(opens)s a %(closes)s"), opens=moment_text(opens), closes=moment_text(closes))
        for opens, closes in stretches
    ]
    if len(told) == 2:
        return translate(N_("%(first)s y %(last)s"), first=told[0], last=told[1])
    return ", ".join(told) or translate(N_("cerrado"))


def why_text(line: Day) -> str:
    """Why a day of an account does not count, or counts though it would not: «festivo «Navidad»», «sábado»."""
    sentences = {
        Why.SATURDAY: N_("sábado"),
        Why.SUNDAY: N_("domingo"),
        Why.HOLIDAY: N_("festivo «%(name)s»"),
        Why.CLOSED: N_("cierre «%(name)s»"),
        Why.OPENED: N_("hábil por «%(name)s»"),
        Why.SUSPENDED: N_("término suspendido"),
        Why.AFTER_HOURS: N_("llegó después del cierre"),
        Why.PROMISED: N_("dentro del plazo que ya se había comunicado"),
    }
    if line.why is None:
        return ""
    values = {"name": line.name} if line.name else {}
    return translate(sentences[line.why], **values)


def cost_text(sheet: Sheet) -> str:
    """What a service costs, as a sentence; empty while nobody has said it."""
    told = in_english(sheet) if language() == "en" else sheet
    if told.cost:
        return told.cost
    return {FREE: translate(N_("Es gratis.")), TARIFF: translate(N_("Tiene un costo. Pregunte cuánto."))}.get(
        told.cost_kind, ""
    )


def term_text(sheet: Sheet) -> str:
    """How long a service takes at most: «15 días hábiles», «En la misma visita»; empty while nobody has said it."""
    n = sheet.time_value
    if sheet.time_unit == IMMEDIATE:
        return translate(N_("En la misma visita"))
    if n is None:
        return ""
    lengths = {
        HOURS: ngettext("%(num)s hora", "%(num)s horas", n),
        WORKING_DAYS: ngettext("%(num)s día hábil", "%(num)s días hábiles", n),
        CALENDAR_DAYS: ngettext("%(num)s día calendario", "%(num)s días calendario", n),
        MONTHS: ngettext("%(num)s mes", "%(num)s meses", n),
    }
    return str(lengths.get(sheet.time_unit, ""))
