"""At what time people come: for each service, in a week or on a day; for one, or those of an office, day by day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from core.reports.charts import shade_of
from core.reports.table import Cell, Table, written
from core.turns.foresight.forecast import half_text
from core.web.report_parts import NONE, Part
from core.web.roster_report import HALF, PEOPLE, Told, parts_of
from core.web.words import day_text

WEEK = "week"
"""What is told where nothing else was asked for."""
OFFICE, SERVICE = "office-", "service-"
"""With its number, an office or a service that can be asked for; a day is asked for as it is written."""

Day = Mapping[str, Any]
Came = Mapping[int, float]
"""How many are expected in each half hour that is open."""
Row = tuple[str, Came, float]
"""What it is of, who comes at which half hour, and in all; rounded only where they are written."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A table of people by half hour, shaded from little to much; its last row and its last column are sums."""

    asked: str
    part: Part

    def rows(self) -> list[tuple[str, list[tuple[str, int | None]]]]:
        """The name of each row, and its figures as they are read, each with its shade if it has one."""
        rows, sums, sum_of_row = self.part.table.rows, len(self.part.table.rows) - 1, len(self.part.table.columns) - 1
        most = max((cell for row in rows[:sums] for cell in row[1:sum_of_row] if isinstance(cell, float)), default=0.0)
        return [
            (
                written(row[0]),
                [
                    (written(cell), _shade(cell, most) if y < sums and x < sum_of_row else None)
                    for x, cell in enumerate(row[1:], start=1)
                ],
            )
            for y, row in enumerate(rows)
        ]


def offered(told: Told) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be asked for, by kind: how it is written in the address, and what it is called."""
    days = _days(told)
    coming = {service: one for service, one in told.services.items() if any(_of(day, [service]) for day in days)}
    if not coming:
        return []
    offices = {f"{OFFICE}{one.office_id}": one.office for one in coming.values()}
    services = {f"{SERVICE}{service}": one.name for service, one in coming.items()}
    found = [(_("Todos los trámites"), [(WEEK, _("toda la semana")), *((day["day"], _name(day)) for day in days)])]
    if len(offices) > 1:
        found.append((_("Una dependencia"), _by_name(offices)))
    return [*found, (_("Un trámite"), _by_name(services))]


def arrivals_of(told: Told, asked: str) -> Arrivals:
    """What was asked for; where that is not offered, the whole week."""
    names = {key: name for _kind, choices in offered(told) for key, name in choices}
    asked = asked if asked in names else WEEK
    if asked.startswith(SERVICE):
        return Arrivals(asked, _each_day(told, [asked.removeprefix(SERVICE)], names[asked]))
    if asked.startswith(OFFICE):
        number = int(asked.removeprefix(OFFICE))
        its = [service for service, one in told.services.items() if one.office_id == number]
        return Arrivals(asked, _each_day(told, its, names[asked]))
    days = [day for day in _days(told) if asked in (WEEK, day["day"])]
    return Arrivals(asked, _each_service(told, days, names[asked]))


def every_part(told: Told) -> list[Part]:
    """The whole week, and each of its days: what a file holds."""
    if not offered(told):
        return []
    return [arrivals_of(told, asked).part for asked in (WEEK, *(day["day"] for day in _days(told)))]


def back_of(told: Told) -> list[Part]:
    """What is printed behind the windows: the half hours of the week, and how many come for what on each day."""
    if not offered(told):
        return []
    return [arrivals_of(told, WEEK).part, *(part for part in parts_of(told) if part.id == "services")]


def _each_service(told: Told, days: Sequence[Day], of: str) -> Part:
    """A row for each service; the sums are those that the proposal says of all services."""
    open_at, rows = _open_at(days), list[Row]()
    for service, one in sorted(told.services.items(), key=lambda each: each[1].name):
        if came := _sum(_of(day, [service]) for day in days):
            rows.append((one.name, {half: came.get(half, 0.0) for half in open_at}, sum(came.values())))
    whole = _sum({row[HALF]: row[PEOPLE] for row in day["halves"]} for day in days)
    people = sum(day["people"] for day in days)
    busiest, (service, _came, its) = max(whole, key=lambda half: whole[half]), max(rows, key=lambda row: row[2])
    sentence = _(
        "Personas que se esperan: unas %(people)s. Más a las %(half)s (%(most)s) y para «%(service)s» (%(its)s).",
        people=round(people),
        half=half_text(busiest),
        most=written(_rounded(whole[busiest])),
        service=service,
        its=written(_rounded(its)),
    )
    columns = (
        _("Trámite o servicio"),
        *map(half_text, open_at),
        _("Todo el día") if len(days) == 1 else _("En la semana"),
    )
    return _part(of, columns, [*rows, (_("Todos los trámites"), whole, people)], open_at, sentence)


def _each_day(told: Told, services: Collection[str], of: str) -> Part:
    """A row for each day; a half hour in which that day is closed has no figure."""
    days = _days(told)
    open_at, rows = _open_at(days), list[Row]()
    for day in days:
        came = _of(day, services)
        rows.append((_name(day), {half: came.get(half, 0.0) for half in _open_at([day])}, sum(came.values())))
    each = [(name, half, count) for name, came, _people in rows for half, count in came.items()]
    busiest, half, most = max(each, key=lambda one: one[2])
    people = sum(row[2] for row in rows)
    sentence = _(
        "Personas que se esperan en la semana: %(people)s. Más el %(day)s a las %(half)s (%(most)s).",
        people=written(_rounded(people)),
        day=busiest,
        half=half_text(half),
        most=written(_rounded(most)),
    )
    columns = (_("Día"), *map(half_text, open_at), _("Todo el día"))
    whole = _sum(came for _name, came, _people in rows)
    return _part(of, columns, [*rows, (_("Toda la semana"), whole, people)], open_at, sentence)


def _part(of: str, columns: tuple[str, ...], rows: Sequence[Row], open_at: Sequence[int], sentence: str) -> Part:
    figures = tuple(
        (name, *(_rounded(came[half]) if half in came else NONE for half in open_at), _rounded(people))
        for name, came, people in rows
    )
    return Part("arrivals", Table(_("A qué hora llegan: %(of)s", of=of), columns, figures, sums=True), sentence)


def _rounded(people: float) -> float:
    return round(float(people), 1)


def _days(told: Told) -> list[Day]:
    """Those of which it is told who comes for what."""
    return [day for day in told.days if _of(day, told.services)]


def _name(day: Day) -> str:
    return day_text(date.fromisoformat(day["day"]))


def _of(day: Day, services: Collection[str]) -> dict[int, float]:
    """Who is expected on a day for these services, by half hour."""
    return _sum(dict(day.get("services", {}).get(service, ())) for service in services)


def _sum(each: Iterable[Came]) -> dict[int, float]:
    found: dict[int, float] = {}
    for came in each:
        for half, count in came.items():
            found[half] = found.get(half, 0.0) + count
    return found


def _open_at(days: Iterable[Day]) -> list[int]:
    return sorted({row[HALF] for day in days for row in day["halves"]})


def _by_name(choices: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(choices.items(), key=lambda choice: choice[1])


def _shade(cell: Cell, most: float) -> int | None:
    """None for nobody and for a half hour that is closed."""
    return shade_of(cell, most) if isinstance(cell, float) and cell else None
