"""The course of the day in the live hall: who came and who was done with, and what each window did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from core.errors import N_
from core.reports import charts
from core.reports.charts import Band, Series
from core.reports.strips import BLUE, BROWN, GREEN, GREY, Kind, strips
from core.reports.table import Table
from core.turns.board.course import Course, Usual, course_of, hour_of_quarter, usual_arrivals
from core.turns.board.hall import share
from core.turns.board.strips import Doing, Strip, strips_of
from core.web.report_parts import Part
from core.web.turn_report_time import FEWEST
from core.web.turn_report_words import minutes, minutes_said
from core.web.words import minutes_text, translate

WEEKDAYS = (
    *(N_("Un lunes"), N_("Un martes"), N_("Un miércoles"), N_("Un jueves"), N_("Un viernes"), N_("Un sábado")),
    N_("Un domingo"),
)


def course(session: Session, site_id: int, at: datetime) -> list[Part]:
    """The parts of the page that tell the day so far; none before anybody came."""
    today = course_of(session, site_id, at)
    windows = strips_of(session, site_id, at)
    parts = [_flow(today, _usual(session, site_id, at.date()), at)] if today.quarters else []
    return [*parts, _windows(windows)] if windows else parts


def _usual(session: Session, site_id: int, day: date) -> Usual:
    """What is usual does not change in a day: it is read once."""
    known: dict[int, tuple[date, Usual]] = current_app.extensions.setdefault("usual arrivals", {})
    read = known.get(site_id)
    if read is None or read[0] != day:
        read = known[site_id] = (day, usual_arrivals(session, site_id, day))
    return read[1]


def _flow(today: Course, usual: Usual, at: datetime) -> Part:
    came, done = sum(today.came), sum(today.done)
    sentence = [
        ngettext("Hoy llegó %(num)s persona", "Hoy llegaron %(num)s personas", came)
        + " "
        + ngettext("y se terminó de atender a %(num)s.", "y se terminó de atender a %(num)s.", done)
    ]
    band = None
    over = len(today.quarters) - 1 or 1  # the quarter hour that runs is in the table, and would be a fall in the chart
    if usual.known:
        by_now = _by_now(usual, today.quarters[-1] - 1)
        about = {"day": translate(WEEKDAYS[at.weekday()]), "hour": hour_of_quarter(today.quarters[-1]), "n": by_now}
        sentence.append(_("%(day)s a las %(hour)s suelen haber llegado %(n)s.", **about))
        band = Band(
            _("Llegadas usuales de este día (la mitad de los días)"),
            [(usual.low[n], usual.high[n]) if n in usual.low else (0, 0) for n in today.quarters[:over]],
        )
    labels = [hour_of_quarter(n) for n in today.quarters]
    names = (_("Llegaron"), _("Se atendieron"))
    says = " ".join(sentence)
    lines = [Series(name, values[:over]) for name, values in zip(names, (today.came, today.done), strict=True)]
    columns = [_("Cuarto de hora desde"), *names]
    rows: list[tuple[str | int, ...]] = [*zip(labels, today.came, today.done, strict=True)]
    if usual.known:
        columns.append(_("Usual"))
        told = [_("%(low)s a %(high)s", low=usual.low.get(n, 0), high=usual.high.get(n, 0)) for n in today.quarters]
        rows = [(*row, text) for row, text in zip(rows, told, strict=True)]
    table = Table(_("Llegadas y atenciones por cuarto de hora"), tuple(columns), tuple(rows))
    return Part("flow", table, says, charts.trend(labels[:over], lines, says, band=band))


def waits(by_half: Mapping[int, Sequence[int]]) -> list[Part]:
    """How long those who were called had waited, by half hour; nothing before two half hours say something."""
    if not by_half:
        return []
    halves = range(min(by_half), max(by_half) + 1)
    labels = [hour_of_quarter(2 * half) for half in halves]
    called = [len(by_half.get(half, ())) for half in halves]
    half, ninth = (
        [share(by_half[one], level) if count >= FEWEST else None for one, count in zip(halves, called, strict=True)]
        for level in (0.5, 0.9)
    )
    known = [n for n, seconds in enumerate(half) if seconds is not None]
    if len(known) < 2:
        return []
    last = known[-1]
    says = _(
        "De los llamados desde las %(hour)s, la mitad esperó hasta %(half)s, y 9 de cada 10, hasta %(ninth)s.",
        hour=labels[last],
        half=minutes_said(half[last]),
        ninth=minutes_said(ninth[last]),
    )
    lines = [
        Series(name, [None if seconds is None else round(seconds / 60) for seconds in values])
        for name, values in ((_("9 de cada 10"), ninth), (_("La mitad"), half))
    ]
    columns = (_("Media hora desde"), _("Llamados"), _("Mitad (min)"), _("9 de 10 (min)"))
    rows = zip(labels, called, map(minutes, half), map(minutes, ninth), strict=True)
    table = Table(_("Minutos que esperaron los llamados"), columns, tuple(rows))
    return [Part("waited", table, says, charts.trend(labels, lines, says))]


def _by_now(usual: Usual, quarter: int) -> int:
    """How many had come by the end of a quarter hour on a usual day."""
    past = [n for n in usual.so_far if n <= quarter]
    return usual.so_far[max(past)] if past else 0


def _windows(windows: Sequence[Strip]) -> Part:
    kinds = {
        Doing.BUSY: Kind(_("A"), _("Con alguien"), BLUE),
        Doing.FREE: Kind(_("L"), _("Libre"), GREEN, hollow=True),
        Doing.PAUSE: Kind(_("P"), _("Pausa"), BROWN, striped=True),
        Doing.TASK: Kind(_("O"), _("Otra labor"), GREY),
    }
    busy, there = (sum(sum(one.minutes(doing) for doing in doings) for one in windows) for doings in (BUSY, kinds))
    says = _(
        "De cada 100 minutos de ventanilla abierta hoy, %(n)s fueron con alguien.", n=round(100 * busy / (there or 1))
    )
    rows = [
        (_("Ventanilla %(label)s", label=one.label), *(minutes_text(60 * one.minutes(doing)) for doing in kinds))
        for one in windows
    ]
    table = Table(
        _("Lo que hizo cada ventanilla hoy"), (_("Ventanilla"), *(kind.name for kind in kinds.values())), tuple(rows)
    )
    drawn = [
        (row[0], [(kinds[stretch.doing], stretch.first, stretch.last) for stretch in one.stretches])
        for row, one in zip(rows, windows, strict=True)
    ]
    first = min(stretch.first for one in windows for stretch in one.stretches)
    last = max(stretch.last for one in windows for stretch in one.stretches)
    return Part("strips", table, says, strips(drawn, list(kinds.values()), first, last, says))


BUSY = (Doing.BUSY,)
