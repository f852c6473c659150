"""What changed between two sheets, line by line, as a person compares them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from core.catalogue.sheet import FIELDS, Norm, Sheet


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a field: kept by both (sign " "), only in the earlier ("-") or only in the later ("+")."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not the same in both sheets, with its lines in order."""

    field: str
    lines: tuple[Line, ...]


def differences(before: Sheet, after: Sheet) -> list[Difference]:
    """The fields that differ, in the order of the sheet."""
    pairs = [(field, lines_of(before, field), lines_of(after, field)) for field in FIELDS]
    return [Difference(field, _compared(old, new)) for field, old, new in pairs if old != new]


def lines_of(sheet: Sheet, field: str) -> tuple[str, ...]:
    """A field as lines of text; nothing where there is nothing."""
    value = getattr(sheet, field)
    if value in (None, "", ()):
        return ()
    if not isinstance(value, tuple):
        return (str(value),)
    return tuple(", ".join(filter(None, _parts(item))) for item in value)


def _parts(item: str | Norm) -> Sequence[str]:
    return (item.norm, item.article, item.link) if isinstance(item, Norm) else (item,)


def _compared(old: Sequence[str], new: Sequence[str]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            lines += (Line(" ", text) for text in old[from_old:to_old])
            continue
        lines += (Line("-", text) for text in old[from_old:to_old])
        lines += (Line("+", text) for text in new[from_new:to_new])
    return tuple(lines)
