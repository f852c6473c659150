"""Figures of turns as people say them: what things are called, how long something took, shares of enough turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import PriorityGroup, Reason, Service, Site, Window
from core.errors import N_
from core.people.model import Official
from core.reports.periods import ONE_DAY, Period
from core.reports.table import Cell, written
from core.turns.lifecycle import Step
from core.turns.statistics.counting import CHANNELS
from core.turns.statistics.exceptions import PAUSE, TASK
from core.turns.statistics.facts import NONE as NOTHING
from core.turns.statistics.journey import MINUTE, Outcome
from core.web.report_parts import NONE
from core.web.words import day_text, period_text, translate

ENOUGH = 10
"""Of fewer turns no percentage is told: one person more or less would move it by more than ten points."""
CHANNEL_NAMES = {"device": N_("Quiosco"), "official": N_("Ventanilla"), "citizen": N_("La persona misma")}
STEP_NAMES = {
    "issued": N_("pidió el turno"),
    "called": N_("llamado"),
    "picked": N_("llamado fuera del orden"),
    "recalled": N_("llamado otra vez"),
    "started": N_("empezó la atención"),
    "absent": N_("no se presentó"),
    "returned": N_("volvió a la fila"),
    "held": N_("quedó en pausa"),
    "resumed": N_("siguió la atención"),
    "transferred": N_("pasó a otra fila"),
    "passed on": N_("pasó al siguiente servicio"),
    "service added": N_("pidió otro servicio"),
    "skipped": N_("dejó pasar a otros"),
    "regrouped": N_("cambió de grupo"),
    "postponed": N_("pidió más tiempo"),
    "released": N_("quedó para cualquiera"),
    "finished": N_("terminó"),
    "left": N_("se retiró"),
    "cancelled": N_("anulado"),
    "undone": N_("se deshizo lo anterior"),
}
OUTCOMES = {
    Outcome.FINISHED: N_("Atendidos hasta el final"),
    Outcome.ABSENT: N_("No se presentaron"),
    Outcome.LEFT: N_("Se retiraron o pidieron anular"),
    Outcome.LEFT_OVER: N_("Nadie los llamó y se cerraron después"),
    Outcome.CANCELLED: N_("Los anuló la oficina"),
    Outcome.UNENDED: N_("Llamados que nadie terminó"),
    Outcome.OPEN: N_("Sin terminar todavía"),
}
EXCEPTION_NAMES = {
    Step.PICKED.value: N_("Llamado fuera del orden"),
    Step.SKIPPED.value: N_("Dejar pasar a otros"),
    Step.REGROUPED.value: N_("Cambio de grupo"),
    Step.CANCELLED.value: N_("Anulación"),
    Step.TRANSFERRED.value: N_("Traslado a otra fila"),
    PAUSE: N_("Pausa en la ventanilla"),
    TASK: N_("Otra tarea en la ventanilla"),
}
OPENS = {
    "late": N_("ver los que esperaron más que su meta"),
    "wait": N_("ver los turnos, de la espera más larga a la más corta"),
    "walk": N_("ver los llamados, del camino más largo al más corto"),
    "attention": N_("ver las atenciones, de la más larga a la más corta"),
}
"""What a figure opens that is not just its turns."""
WEEKDAYS = (N_("Lun"), N_("Mar"), N_("Mié"), N_("Jue"), N_("Vie"), N_("Sáb"), N_("Dom"))


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of the figures are called, by their numbers; reasons by their codes."""

    service: dict[int, str]
    group: dict[int, str]
    window: dict[int, str]
    channel: dict[int, str]
    official: dict[int, str]
    site: dict[int, str]
    reason: dict[str, str]

    def of(self, what: str, number: int) -> str:
        named: dict[int, str] = getattr(self, what)
        return named.get(number) or translate(N_("Ninguna") if number == NOTHING else N_("Otro"))


def names_at(session: Session, sites: Sequence[int]) -> Names:
    """What things are called at these sites, also those in use no more."""
    several = len(sites) > 1
    where = dict(session.execute(select(Site.id, Site.name)).all())

    def named(model: type[Service | PriorityGroup | Window | Official], label: str) -> dict[int, str]:
        rows = session.execute(
            select(model.id, model.site_id, getattr(model, label)).where(model.site_id.in_(sites)).order_by(model.id)
        )
        return {key: f"{name} · {where[site]}" if several else str(name) for key, site, name in rows}

    channels = {number: translate(CHANNEL_NAMES[kind]) for kind, number in CHANNELS.items()}
    reasons = select(Reason.code, Reason.name).where(Reason.site_id.in_(sites))
    return Names(
        named(Service, "name"),
        {0: translate(N_("General")), **named(PriorityGroup, "name")},
        named(Window, "label"),
        {0: translate(N_("El sistema")), **channels},
        named(Official, "name"),
        where,
        dict(session.execute(reasons).all()),
    )


def minutes(seconds: float | None) -> Cell:
    """Minutes with one decimal, as a figure."""
    return NONE if seconds is None else round(seconds / MINUTE, 1)


def minutes_said(seconds: float | None) -> str:
    """«8,5 min», «7 min», to be read in a sentence or a tile."""
    return NONE if seconds is None else f"{written(round(seconds / MINUTE, 1)).removesuffix(',0')}\N{NO-BREAK SPACE}min"


def percent(part: int, base: int) -> Cell:
    """So many of a hundred; nothing of too few."""
    return round(100 * part / base, 1) if base >= ENOUGH else NONE


def difference(now: Cell, before: Cell) -> Cell:
    """How much more or less, with its sign; nothing where one of them is not told."""
    if not isinstance(now, int | float) or not isinstance(before, int | float):
        return NONE
    more = round(now - before, 1)
    sign = "+" if more > 0 else "−" if more < 0 else ""
    return f"{sign}{written(abs(more))}"


def days_text(period: Period) -> str:
    """«lunes 23 de noviembre», or the period by its name or its ends."""
    return day_text(period.first) if period.first == period.last else period_text(period)


def beside(period: Period, how: str) -> Period:
    """What a period is compared with: the one before it, or the same days of the year before (`how` is «year»).

    Days that are no whole months are compared with the same days of the week.
    """
    if how == "year":
        weeks = timedelta(weeks=52)
        if period.months is None:
            return Period(period.first - weeks, period.last - weeks)
        last = (period.last + ONE_DAY).replace(year=(period.last + ONE_DAY).year - 1) - ONE_DAY
        return Period(period.first.replace(year=period.first.year - 1), last)
    if period.months is not None:
        return period.before
    weeks = timedelta(weeks=-(-((period.last - period.first).days + 1) // 7))
    return Period(period.first - weeks, period.last - weeks)
