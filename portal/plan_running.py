"""What is counted of the plan of the year that runs, as everybody reads it: until a day, and not verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.errors import N_
from core.plan import in_sight, running
from core.plan.in_sight import Telling
from core.plan.model import Plan
from core.plan.registers.kinds import ALL
from core.plan.running import Running, Told
from core.reports.table import Cell
from core.web.followup_words import Said
from core.web.information import date_text
from core.web.plan_words import value_text
from core.web.words import translate

NOT_YET = N_("Se cuenta por trimestres; todavía no termina el primero.")
ELSEWHERE = N_("No se dice día a día, para no delatar a nadie: se publica en cada corte.")
_PAGES = {
    "services_": "services",
    "protocols_": "protocols_all",
    "risk": "risks",
    "petitions_": "figures",
    "suggestions_": "figures",
    "survey_": "survey_figures",
    "satisfaction": "survey_figures",
    "information_": "rights",
}
"""Where everybody reads of what a measure counts, by how its name begins."""
_REGISTERS = {
    **{f"register_{name}": kind for kind in ALL if kind.public and not kind.below for name, _title in kind.measures},
    "commitments_met": next(kind for kind in ALL if kind.slug == "dialogue"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """What was counted: its title, its value as it is read, and out of how many and until when, if that is another day.

    `why` is said instead of a value where none is told; `address`: where everybody reads more of it, if anywhere.
    """

    title: str
    value: str
    detail: str
    why: str
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of an activity: what its indicator counts, if anything does, and what stands beside it."""

    leads: Figure | None
    beside: Sequence[Figure]


def running_of(session: Session, plan: Plan, newest: Said | None) -> Running | None:
    """What was counted of a plan; nothing where its newest cut-off tells of every day that was counted."""
    found = running.read(session, plan)
    last = newest["cutoff"]["last"] if newest else ""
    return found if found and found.until.isoformat() > last else None


def shown(found: Running | None, code: str) -> Shown | None:
    """What is shown of an activity, if anything is counted of it."""
    if found is None:
        return None
    told = found.of(code)
    beside = [_figure(one, found) for one in told if not one.leads and one.part.value is not None]
    leads = next((_figure(one, found) for one in told if one.leads), None)
    return Shown(leads, beside) if leads or beside else None


def as_values(found: Running | None, code: str) -> list[dict[str, Any]]:
    """The same for machines: exact numbers as text; without a day what is not told while the year runs, or not yet."""
    return [
        {
            "measure": one.measure.name,
            "title": one.measure.title,
            "unit": one.measure.unit.value,
            "leads": one.leads,
            "value": None if one.part.value is None else str(one.part.value),
            "bound": one.part.bound or None,
            "of": one.part.base,
            "until": one.until.isoformat() if one.until else None,
        }
        for one in (found.of(code) if found else ())
    ]


def as_cells(found: Running | None, code: str) -> tuple[Cell, Cell, Cell]:
    """What the indicator of an activity counts, how much, and the last day that counts; empty where nothing does."""
    one = next((one for one in (found.of(code) if found else ()) if one.leads), None)
    if one is None:
        return "", "", ""
    value = value_text(one.part.value, one.measure.unit, one.part.bound) if one.until else ""
    return translate(one.measure.title), value, one.until or ""


def _figure(one: Told, found: Running) -> Figure:
    quarterly = in_sight.telling(one.measure.name) is Telling.QUARTERLY
    another_day = one.until is not None and one.until != found.until
    details = (
        _("sobre %(base)s", base=one.part.base) if one.part.base else "",
        _("hasta el %(day)s", day=date_text(one.until)) if one.until and another_day else "",
    )
    return Figure(
        translate(one.measure.title),
        value_text(one.part.value, one.measure.unit, one.part.bound),
        ", ".join(detail for detail in details if detail),
        "" if one.until else translate(NOT_YET if quarterly else ELSEWHERE),
        _address(one.measure.name, found.until.year),
    )


def _address(name: str, year: int) -> str:
    kind = _REGISTERS.get(name)
    if kind is not None:
        return url_for(".registers_kind", slug=kind.slug, year=year)
    page = next((page for begins, page in _PAGES.items() if name.startswith(begins)), "")
    return url_for(f".{page}") if page else ""
