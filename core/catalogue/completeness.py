"""How complete a sheet is: one table of weights, a score from 0 to 100, and what is missing, the heaviest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from core.catalogue.sheet import FREE, IMMEDIATE, Sheet, untranslated

STALE_AFTER = timedelta(days=365)
"""A sheet that nobody has looked at for a year may no longer be true."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """`score` from 0 to 100; `missing` names the parts of the table that are not there, the heaviest first."""

    score: int
    missing: tuple[str, ...]


def completeness(sheet: Sheet, today: date) -> Completeness:
    """How complete the sheet is on a day."""
    missing = tuple(part for part, (_weight, is_there) in PARTS.items() if not is_there(sheet, today))
    return Completeness(100 - sum(PARTS[part][0] for part in missing), missing)


def is_stale(sheet: Sheet, today: date) -> bool:
    """Whether nobody has looked at the sheet in the last year, or ever."""
    return sheet.reviewed is None or sheet.reviewed + STALE_AFTER < today


def _has(part: str) -> Callable[[Sheet, date], bool]:
    return lambda sheet, _today: bool(getattr(sheet, part)) or part in sheet.without


def _cost(sheet: Sheet, _today: date) -> bool:
    return sheet.cost_kind == FREE or bool(sheet.cost_kind and sheet.cost)


def _time(sheet: Sheet, _today: date) -> bool:
    return sheet.time_unit == IMMEDIATE or bool(sheet.time_unit and sheet.time_value)


def _form(sheet: Sheet, _today: date) -> bool:
    return bool(sheet.form or sheet.form_link) or "form" in sheet.without


PARTS: dict[str, tuple[int, Callable[[Sheet, date], bool]]] = {
    "steps": (12, _has("steps")),
    "cost": (12, _cost),
    "time": (12, _time),
    "norms": (12, _has("norms")),
    "requirements": (10, _has("requirements")),
    "who": (8, _has("who")),
    "documents": (8, _has("documents")),
    "result": (8, _has("result")),
    "reviewed": (5, lambda sheet, today: not is_stale(sheet, today)),
    "english": (4, lambda sheet, _today: not untranslated(sheet)),
    "keywords": (3, _has("keywords")),
    "form": (2, _form),
    "online": (2, _has("online")),
    "suit": (2, _has("suit")),
}
"""Part of the sheet → its weight and whether it is there; the weights add up to 100.

Ley 1712 de 2014, art. 11 (b) orders to publish the norms, the process, the costs and the forms of every procedure, and
Ley 1437 de 2011, art. 8 its requirements, documents and time: those weigh the most.
"""
