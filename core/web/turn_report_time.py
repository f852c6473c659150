"""Turns through time, for their report: how the wait goes from day to day, and when in the week it is long."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import floordiv, mod

from flask_babel import gettext as _

from core.reports import charts
from core.reports.charts import Series
from core.reports.periods import Period
from core.reports.table import Cell, Table
from core.turns.statistics.facts import LEVELS, Times, places, tallies, times
from core.turns.statistics.journey import MINUTE, Outcome
from core.web.report_parts import NOWHERE, Part
from core.web.turn_report import Told
from core.web.turn_report_words import WEEKDAYS, minutes, percent
from core.web.words import month_text, translate

FEWEST = 5
"""Of fewer calls an hour of the week tells nothing."""
MOST_DAYS, MOST_WEEKS = 31, 26
HOURS = 24


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a trend: its days, and what it is called in a table and, shortly, under a chart."""

    period: Period
    name: str
    short: str


_TREND = ("", "turns", "late", *["wait"] * 3, "absent", "abandoned")
"""What each figure of the trend opens."""


def trend(told: Told) -> Part | None:
    """The wait by day, week or month, as long as the period is; nothing of a single day."""
    steps, counted = _steps(told.period), told.now
    if len(steps) < 2 or not counted.days:
        return None
    firsts = [step.period.first.toordinal() for step in steps]
    key = counted.by_day(lambda day: bisect_right(firsts, day.day.toordinal()) - 1)
    each = tallies(counted.facts, key, len(steps), ("wait",))
    there = [n for n, one in enumerate(each) if one.turns]
    rows: list[tuple[Cell, ...]] = []
    links = []
    for n in there:
        one, days = each[n], steps[n].period
        long = map(minutes, map(one.wait.at, LEVELS))
        lost = (one.ended(Outcome.ABSENT), one.abandoned)
        rows.append((steps[n].name, one.turns, percent(one.within, one.called), *long, *lost))
        within = {"from": days.first.isoformat(), "until": days.last.isoformat()}
        links.append(tuple(told.opens(one, _TREND, **within)))
    waited = (_("Mitad (min)"), _("9 de 10 (min)"), _("95 de 100 (min)"))
    heads = (_("Cuándo"), _("Turnos"), _("Dentro (%)"), *waited, *_lost())
    says = _("Minutos de espera: hasta cuánto esperó la mitad, y hasta cuánto nueve de cada diez.")
    lines = [
        Series(_("9 de cada 10"), [_whole(each[n].wait.at(0.9)) for n in there]),
        Series(_("La mitad"), [_whole(each[n].wait.at(0.5)) for n in there]),
    ]
    chart = charts.trend([steps[n].short for n in there], lines, says) if len(there) > 1 else ""
    return Part("trend", Table(_("Cómo va la espera"), heads, tuple(rows)), says, chart, tuple(links))


def heat(told: Told) -> Part:
    """At which hour of which day of the week nine of ten waited how long."""
    counted, turns = told.now, told.now.facts.turns
    weekday = counted.by_day(lambda day: day.day.weekday() * HOURS)[counted.facts.firsts]
    given, key = places(weekday + turns["hour"])
    cells = dict(zip(given, times(turns, "wait", key, len(given)), strict=True))
    open_on, open_at = (sorted({each(one, HOURS) for one in given}) for each in (floordiv, mod))
    waited = {(day, hour): cells.get(day * HOURS + hour, Times()) for day in open_on for hour in open_at}
    ninth = {where: one.at(0.9) if one.count >= FEWEST else None for where, one in waited.items()}
    hours, names = [_hour(hour) for hour in open_at], [translate(WEEKDAYS[day]) for day in open_on]
    rows, links, squares = [], [], []
    for name, hour in zip(hours, open_at, strict=True):
        long = [ninth[day, hour] for day in open_on]
        rows.append((name, *map(minutes, long)))
        squares.append((name, [_whole(seconds) for seconds in long]))
        opened = [
            told.link(int(day * HOURS + hour in cells), "turns" if seconds is None else "wait", weekday=day, hour=hour)
            for day, seconds in zip(open_on, long, strict=True)
        ]
        links.append((NOWHERE, *opened))
    table = Table(_("Hora y día de la semana"), (_("Hora en que pidieron el turno"), *names), tuple(rows))
    says = _("Minutos que esperaron, a lo sumo, nueve de cada diez. Con menos de cinco llamados no se dice la cifra.")
    return Part("heat", table, says, charts.heat(squares, names, says) if squares else "", tuple(links))


def _lost() -> tuple[str, str]:
    return _("No se presentaron"), _("Abandonaron")


def _steps(period: Period) -> Sequence[Step]:
    days = (period.last - period.first).days + 1
    if days <= MOST_DAYS:
        each = (period.first + timedelta(days=n) for n in range(days))
        return [Step(Period(day, day), f"{day:%d/%m/%Y}", f"{day:%d/%m}") for day in each]
    if days <= 7 * MOST_WEEKS:
        monday = period.first - timedelta(days=period.first.weekday())
        found = []
        while monday <= period.last:
            week = Period(max(monday, period.first), min(monday + timedelta(days=6), period.last))
            found.append(Step(week, _("semana del %(day)s", day=f"{monday:%d/%m/%Y}"), f"{monday:%d/%m}"))
            monday += timedelta(days=7)
        return found
    return [_month(first, period) for first in period.each_month()]


def _month(first: date, period: Period) -> Step:
    following = (first + timedelta(days=31)).replace(day=1)
    days = Period(max(first, period.first), min(following - timedelta(days=1), period.last))
    return Step(days, month_text(first), f"{first:%m/%Y}")


def _hour(hour: int) -> str:
    return str(_("%(hour)s a %(until)s", hour=hour, until=hour + 1))


def _whole(seconds: int | None) -> int | None:
    return None if seconds is None else round(seconds / MINUTE)
