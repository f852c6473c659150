"""The windows of a week in words, tables and a chart: the same on the page, in a spreadsheet and on the wall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from core.errors import N_
from core.reports.charts import Series, trend
from core.reports.table import Cell, Table, written
from core.turns.foresight.forecast import ENOUGH, half_text
from core.web import roster_breaks
from core.web.report_parts import NONE, Part
from core.web.words import day_text, translate

HALF, PEOPLE, FORMULA, OPEN, REALLY = range(5)
"""What is kept of a half hour, in this order."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What a service is called, and the office whose it is."""

    name: str
    office_id: int
    office: str


@dataclass(frozen=True, slots=True)
class Told:
    """A proposal as it is kept, and when it was made; None while there is none."""

    proposal: Mapping[str, Any] | None
    made_at: datetime | None
    services: Mapping[str, Offered] = field(default_factory=dict)
    """By its number as the proposal says it."""

    @property
    def seen(self) -> int:
        return int(self.proposal["seen"]) if self.proposal else 0

    @property
    def days(self) -> list[Mapping[str, Any]]:
        """Those of which something is foretold."""
        return [day for day in self.proposal["days"] if day["known"]] if self.proposal else []

    @property
    def known(self) -> bool:
        return bool(self.days)

    @property
    def halves(self) -> list[int]:
        return sorted({row[HALF] for day in self.days for row in day["halves"]})

    @property
    def names(self) -> dict[str, str]:
        """What each service is called."""
        return {service: one.name for service, one in self.services.items()}

    def sum_of(self, name: str) -> float:
        return float(sum(day[name] for day in self.days))

    @property
    def really(self) -> float:
        """Window-hours that were open on those weekdays."""
        return float(sum(row[REALLY] for day in self.days for row in day["halves"])) / 2


def parts_of(told: Told) -> list[Part]:
    """What the proposal says, piece by piece; nothing where nothing is known yet."""
    if not told.known:
        return []
    breaks = roster_breaks.part_of(told.days, told.names)
    parts = [_windows(told), _who(told), _promise(told), *breaks, _formula(told), _people(told)]
    return [*parts, _services(told)] if any("services" in day for day in told.days) else parts


def unknown(told: Told) -> str:
    """Why nothing is foretold, in a sentence."""
    if told.proposal is None:
        return str(_("Todavía no hay propuesta de esta semana: se hace cada noche, entre la 1 y las 6."))
    if told.seen < ENOUGH:
        sentence = N_("Todavía no se sabe: se han visto %(seen)s días con turnos y hacen falta %(enough)s.")
        return translate(sentence, seen=told.seen, enough=ENOUGH)
    return str(_("Esa semana no abre ningún día, o ninguna ventanilla tiene trámites."))


def notes_of(told: Told) -> list[str]:
    """How it was found, and how far it can be believed."""
    if not told.known or told.proposal is None or told.made_at is None:
        return []
    return [
        _(
            "Hecha el %(day)s con %(seen)s días vistos: los últimos del mismo día de la semana y el promedio de todos.",
            day=day_text(told.made_at.date()),
            seen=told.seen,
        ),
        _("Probada en 40 días inventados por cada día, con el orden, los trámites y las pausas de esta sede."),
        _("Es una propuesta: cuenta horas de ventanilla abierta, no las horas de trabajo de las personas."),
    ]


def saving(told: Told) -> str:
    """What it costs and what it saves, in a sentence."""
    hours, crew = told.sum_of("hours"), told.sum_of("crew_hours")
    told_hours = _(
        "%(hours)s horas de ventanilla en la semana. Con ventanillas fijas serían %(crew)s: ahorra %(less)s.",
        hours=written(hours),
        crew=written(crew),
        less=written(crew - hours),
    )
    if not told.really:
        return str(told_hours)
    really = _("Esos días se abrieron de verdad %(really)s.", really=written(told.really))
    return f"{told_hours} {really}"


def _windows(told: Told) -> Part:
    by_day = [{row[HALF]: len(row[OPEN]) for row in day["halves"]} for day in told.days]
    rows: list[tuple[Cell, ...]] = [
        (half_text(half), *(counts.get(half, NONE) for counts in by_day)) for half in told.halves
    ]
    rows.append((_("Horas de ventanilla"), *(day["hours"] for day in told.days)))
    chart = trend(
        [half_text(half) for half in told.halves],
        [Series(_("Propuestas"), _mean(told, OPEN)), Series(_("Abiertas de verdad"), _mean(told, REALLY))],
        _("Ventanillas propuestas y abiertas de verdad en cada media hora, promedio de la semana"),
    )
    table = Table(_("Ventanillas abiertas en cada media hora"), _columns(told, _("Desde las")), tuple(rows), sums=True)
    return Part("windows", table, saving(told), chart)


def _who(told: Told) -> Part:
    names = sorted({name for day in told.days for row in day["halves"] for name in row[OPEN]}, key=_as_number)
    rows = tuple((name, *(_stretches(day, name) for day in told.days)) for name in names)
    table = Table(_("Cuándo abre cada ventanilla"), _columns(told, _("Ventanilla")), rows)
    sentence = _("A toda hora hay una ventanilla abierta para cada trámite.")
    if roster_breaks.leaves_alone(told.days):
        sentence = _("A toda hora hay una ventanilla abierta para cada trámite, salvo en algunas pausas.")
    return Part("who", table, sentence, words=True)


def _promise(told: Told) -> Part:
    assert told.proposal is not None
    rows = tuple(
        (
            day_text(date.fromisoformat(day["day"])),
            round(day["people"]),
            day["hours"],
            day["crew"],
            day["crew_hours"],
            100 * day["general_late"],
            100 * day["priority_late"],
        )
        for day in told.days
    )
    columns = (
        *(_("Día"), _("Personas"), _("Horas de ventanilla"), _("Ventanillas fijas que harían falta"), _("Sus horas")),
        *_late(told.proposal),
    )
    short = [day_text(date.fromisoformat(day["day"])) for day in told.days if not day["meets"]]
    sentence = _("Cada día y a cada media hora, nueve de cada diez personas esperan menos que la meta.")
    if short:
        sentence = _(
            "Ni con todas las ventanillas abiertas se cumple la meta a toda hora: %(days)s.", days=", ".join(short)
        )
    return Part("promise", Table(_("Qué promete"), columns, rows), sentence)


def _late(proposal: Mapping[str, Any]) -> tuple[str, str]:
    """What the columns of who waits too long are called; where a service promises its own there is no one number."""
    if proposal.get("own_targets"):
        return _("Generales que esperan más que su meta (%)"), _("Preferenciales que esperan más que su meta (%)")
    return (
        _("Generales que esperan más de %(n)s min (%%)", n=round(proposal["general_min"])),
        _("Preferenciales que esperan más de %(n)s min (%%)", n=round(proposal["priority_min"])),
    )


def _people(told: Told) -> Part:
    by_day = [{row[HALF]: row[PEOPLE] for row in day["halves"]} for day in told.days]
    rows: list[tuple[Cell, ...]] = [
        (half_text(half), *(people.get(half, NONE) for people in by_day)) for half in told.halves
    ]
    rows.append((_("Todo el día"), *(round(day["people"]) for day in told.days)))
    table = Table(_("Personas que se esperan"), _columns(told, _("Desde las")), tuple(rows), sums=True)
    busiest = max(told.days, key=lambda day: day["people"])
    sentence = _(
        "El día con más personas es el %(day)s: unas %(people)s.",
        day=day_text(date.fromisoformat(busiest["day"])),
        people=round(busiest["people"]),
    )
    return Part("people", table, sentence)


def _services(told: Told) -> Part:
    """Who is expected for each service on each day, and in which half hour the most of them."""
    rows: list[tuple[Cell, ...]] = []
    for service, one in sorted(told.services.items(), key=lambda each: each[1].name):
        each_day = [dict(day.get("services", {}).get(service, ())) for day in told.days]
        by_half: Counter[int] = Counter()
        for halves in each_day:
            by_half.update(halves)
        if by_half:
            most = half_text(max(sorted(by_half), key=lambda half: by_half[half]))
            rows.append((one.name, *(round(sum(halves.values(), 0.0), 1) for halves in each_day), most))
    columns = (*_columns(told, _("Trámite o servicio")), _("Cuándo vienen más"))
    sentence = _("Personas que se esperan cada día, y la media hora en que vienen más.")
    return Part("services", Table(_("Personas por trámite"), columns, tuple(rows)), sentence)


def _formula(told: Told) -> Part:
    """What the closed form asks for, before the plan was sought by trying."""
    by_day = [{row[HALF]: row[FORMULA] for row in day["halves"]} for day in told.days]
    rows = tuple((half_text(half), *(asked.get(half, NONE) for asked in by_day)) for half in told.halves)
    sentence = _("De aquí parte la búsqueda. La fórmula no sabe qué trámites atiende cada ventanilla ni de prioridad.")
    return Part("formula", Table(_("Ventanillas que pide la fórmula"), _columns(told, _("Desde las")), rows), sentence)


def paper_of(told: Told, behind: Sequence[Part], **said: Any) -> dict[str, Any]:
    """What the template `roster` wants: one page for the wall, and what is told on its back."""
    parts = parts_of(told)
    return said | {
        "sentence": saving(told) if parts else unknown(told),
        "tables": [_on_paper(part) for part in parts[:2]],
        "behind": [_on_paper(part) for part in behind],
        "promise": parts[2].sentence if parts else "",
        "breaks_title": _("Pausas previstas que no caben"),
        "breaks": roster_breaks.on_paper(told.days, told.names),
        "notes": notes_of(told),
    }


def _on_paper(part: Part) -> dict[str, Any]:
    return {
        "title": part.table.title,
        "sentence": part.sentence,
        "columns": list(part.table.columns),
        "rows": [[written(cell) for cell in row] for row in part.table.rows],
        "sums": part.table.sums,
    }


def _columns(told: Told, first: str) -> tuple[str, ...]:
    """«lun. 30», a day each."""
    return (first, *(str(format_date(date.fromisoformat(day["day"]), "EEE d")) for day in told.days))


def _mean(told: Told, what: int) -> list[int]:
    """Rounded, of the days that are open at each half hour."""
    found = []
    for half in told.halves:
        values = [row[what] for day in told.days for row in day["halves"] if row[HALF] == half]
        counts = [len(value) if isinstance(value, list) else value for value in values]
        found.append(round(sum(counts) / len(counts)))
    return found


def _stretches(day: Mapping[str, Any], name: str) -> str:
    """«08:00–10:30, 14:00–16:00»"""
    mine = [row[HALF] for row in day["halves"] if name in row[OPEN]]
    if not mine:
        return NONE
    starts = [mine[0], *(after for before, after in pairwise(mine) if after > before + 1)]
    ends = [*(before for before, after in pairwise(mine) if after > before + 1), mine[-1]]
    return ", ".join(f"{half_text(a)}–{half_text(b + 1)}" for a, b in zip(starts, ends, strict=True))


def _as_number(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (10**6, name)
