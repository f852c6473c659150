"""What a report of the plan lacks or may not say, field by field and all of it at once; pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from core.personal import pieces

LONGEST = 2000


class Why(StrEnum):
    """What is wrong with a field."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    PERSONAL = "personal"
    NO_AMOUNT = "no_amount"
    BELOW_NOUGHT = "below_nought"
    NOTHING_SHOWS = "nothing_shows"


@dataclass(frozen=True, slots=True)
class Fault:
    """A field that has to be mended, and why."""

    field: str
    why: Why
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A report as somebody wrote it. `again`: it replaces another version, which asks for a reason.

    `measured`: nobody types its value; `shown`: a file or a page shows what it says.
    """

    done: str = ""
    difficulties: str = ""
    reason: str = ""
    value: Fraction | None = None
    nothing_new: bool = False
    measured: bool = False
    again: bool = False
    shown: bool = False


def faults(draft: Draft) -> list[Fault]:
    """All that is wrong, one fault a field. Where nothing is new, neither a value nor what shows it is asked for."""
    typed = not (draft.measured or draft.nothing_new)
    return [
        *(_of_value(draft.value) if typed else ()),
        *of_text("done", draft.done, needed=not draft.nothing_new),
        *of_text("difficulties", draft.difficulties, needed=False),
        *([Fault("files", Why.NOTHING_SHOWS)] if typed and not draft.shown else ()),
        *of_text("reason", draft.reason, needed=draft.again),
    ]


def of_text(field: str, written: str, most: int = LONGEST, *, needed: bool = True) -> Iterator[Fault]:
    """What keeps a text from being published: it is empty, endless, or has somebody's document, telephone or mail."""
    said = written.strip()
    if needed and not said:
        yield Fault(field, Why.MISSING)
    elif len(said) > most:
        yield Fault(field, Why.TOO_LONG, {"most": most})
    elif found := pieces(said):
        yield Fault(field, Why.PERSONAL, {"piece": found[0]})


def _of_value(value: Fraction | None) -> Iterator[Fault]:
    if value is None:
        yield Fault("value", Why.NO_AMOUNT)
    elif value < 0:
        yield Fault("value", Why.BELOW_NOUGHT)
