"""What changed between two texts, line by line and, in a line that was mended, word by word; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

ALIKE = 0.5
"""Two lines that have this much in common are one that was mended, and not one that went and another that came."""
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a line; whether the other text has others in their place."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a part: kept by both (sign " "), only in the earlier ("-") or only in the later ("+").

    `pieces`: the line in parts, where it was mended; none where it is all new or all gone.
    """

    sign: str
    text: str
    pieces: tuple[Piece, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that is not the same in both, with its lines in order."""

    field: str
    lines: tuple[Line, ...]


def differing(parts: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> list[Difference]:
    """The parts that differ, in order; each is given by its name, its lines before and its lines after."""
    return [Difference(name, compared(old, new)) for name, old, new in parts if tuple(old) != tuple(new)]


def compared(old: Sequence[str], new: Sequence[str]) -> tuple[Line, ...]:
    """The lines of both, in order, each with its sign."""
    lines: list[Line] = []
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = old[from_old:to_old], new[from_new:to_new]
        if what == "equal":
            lines += (Line(" ", text) for text in gone)
        elif len(gone) == len(come):
            lines += (line for pair in zip(gone, come, strict=True) for line in _mended(*pair))
        else:
            lines += (Line("-", text) for text in gone)
            lines += (Line("+", text) for text in come)
    return tuple(lines)


def _mended(old: str, new: str) -> tuple[Line, Line]:
    """A line as it was and as it is, with the words that differ."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    found = SequenceMatcher(None, before, after, autojunk=False)
    if found.ratio() < ALIKE:
        return Line("-", old), Line("+", new)
    codes = found.get_opcodes()
    was = (Piece("".join(before[start:end]), what != "equal") for what, start, end, _, _ in codes if end > start)
    now = (Piece("".join(after[start:end]), what != "equal") for what, _, _, start, end in codes if end > start)
    return Line("-", old, tuple(was)), Line("+", new, tuple(now))
