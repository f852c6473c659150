"""What changed between two sheets, line by line, as a person compares them; pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.catalogue.sheet import FIELDS, Norm, Sheet
from core.differences import Difference, differing


def differences(before: Sheet, after: Sheet) -> list[Difference]:
    """The fields that differ, in the order of the sheet."""
    return differing((field, lines_of(before, field), lines_of(after, field)) for field in FIELDS)


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
