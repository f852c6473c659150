"""What the town hall tells of a service: its sheet, the same words for every face; values in, values out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, get_type_hints

FREE, TARIFF = "free", "tariff"
COSTS = (FREE, TARIFF)
IMMEDIATE, HOURS, WORKING_DAYS, CALENDAR_DAYS, MONTHS = "immediate", "hours", "working_days", "calendar_days", "months"
UNITS = (IMMEDIATE, HOURS, WORKING_DAYS, CALENDAR_DAYS, MONTHS)
MAY_BE_WITHOUT = ("requirements", "documents", "form", "online", "suit")
"""What a service may rightly not have; it is said, so that an empty place is never taken for an answer."""


@dataclass(frozen=True, slots=True)
class Norm:
    """A law or act on which a service rests, the articles that speak of it, and where it can be read."""

    norm: str
    article: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that a citizen may want to know of a service before they come; `_en` is the same in English, or empty.

    `cost_kind` is one of COSTS and `time_unit` one of UNITS, or empty while nobody has said it. `without` names the
    parts of MAY_BE_WITHOUT that this service does not have. `time_note` says from when the time runs.
    """

    name: str = ""
    name_en: str = ""
    hint: str = ""
    hint_en: str = ""
    who: str = ""
    who_en: str = ""
    result: str = ""
    result_en: str = ""
    requirements: tuple[str, ...] = ()
    requirements_en: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    documents_en: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    steps_en: tuple[str, ...] = ()
    cost_kind: str = ""
    cost: str = ""
    cost_en: str = ""
    cost_act: str = ""
    time_value: int | None = None
    time_unit: str = ""
    time_note: str = ""
    time_note_en: str = ""
    norms: tuple[Norm, ...] = ()
    where_note: str = ""
    where_note_en: str = ""
    form: str = ""
    form_link: str = ""
    online: str = ""
    suit: str = ""
    keywords: tuple[str, ...] = ()
    keywords_en: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    reviewed: date | None = None


FIELDS = tuple(field.name for field in fields(Sheet))
TRANSLATED = tuple(name.removesuffix("_en") for name in FIELDS if name.endswith("_en"))
_LISTS = {name for name, kind in get_type_hints(Sheet).items() if kind == tuple[str, ...]}


def written(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON keeps it; what is empty is left out."""
    kept = {name: value for name in FIELDS if (value := getattr(sheet, name)) not in ("", (), None)}
    kept |= {name: list(kept[name]) for name in _LISTS & kept.keys()}
    if sheet.norms:
        kept["norms"] = [
            {part: text for part in ("norm", "article", "link") if (text := getattr(norm, part))}
            for norm in sheet.norms
        ]
    if sheet.reviewed:
        kept["reviewed"] = sheet.reviewed.isoformat()
    return kept


def read(kept: Mapping[str, Any]) -> Sheet:
    """The sheet that `written` kept. Raises TypeError for a part that a sheet does not have."""
    values = dict(kept)
    values |= {name: tuple(values[name]) for name in _LISTS & values.keys()}
    if "norms" in values:
        values["norms"] = tuple(Norm(**norm) for norm in values["norms"])
    if isinstance(values.get("reviewed"), str):
        values["reviewed"] = date.fromisoformat(values["reviewed"])
    return Sheet(**values)


def in_english(sheet: Sheet) -> Sheet:
    """The sheet with its English in the place of its Spanish; what nobody has translated stays in Spanish."""
    english = {name: text for name in TRANSLATED if (text := getattr(sheet, f"{name}_en"))}
    return replace(sheet, **english)


def untranslated(sheet: Sheet) -> tuple[str, ...]:
    """The parts that are said in Spanish and not in English; whoever reads English is told them in Spanish."""
    return tuple(name for name in TRANSLATED if getattr(sheet, name) and not getattr(sheet, f"{name}_en"))
