"""A heat map as a drawing: boxes with the name of their zone written in them, and what falls in each beside a mark.

Colour never speaks alone: each box says its zone, and a circle is not a square. Nothing in it runs or is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from core.reports.charts import INK, LETTERS, SOFT

GROUNDS = {"low": "#dff1e6", "moderate": "#fff0b8", "high": "#ffd0a1", "extreme": "#f6b4ba"}
"""By zone; ink on each of them is over 7:1."""
_LABEL, _HEAD, _WIDE, _HIGH, _GAP = 136, 54, 122, 76, 4
_LARGE, _SMALL = 18, 16
"""Sizes that are still read where the map is as wide as a phone."""
_ROOM = 10
"""Letters that fit in a line of a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: what its zone is and is called, and what falls in it before and after controls."""

    zone: str
    name: str
    before: Sequence[str] = ()
    after: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """What is told along a side of the map, and what each of its steps is called."""

    name: str
    steps: Sequence[str]


def heat(down: Axis, across: Axis, boxes: Sequence[Sequence[Box]], says: str) -> str:
    """The map: the steps of `down` from the top, those of `across` from the left; `says` all of it in a sentence."""
    rows, columns = down.steps, across.steps
    parts = [_text(_LABEL - 12, 42, down.name, "end", 400, _SMALL)]
    parts.append(_text((_left(0) + _left(len(columns))) / 2, 18, across.name, "middle", 400, _SMALL))
    for x, name in enumerate(columns):
        parts.append(_text(_left(x) + _WIDE / 2, 42, name, "middle", 700))
    for y, name in enumerate(rows):
        parts.append(_text(_LABEL - 12, _top(y) + _HIGH / 2 + 6, name, "end", 700))
        for x in range(len(columns)):
            parts += _box(boxes[y][x], _left(x), _top(y))
    wide, high = _left(len(columns)), _top(len(rows))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart heat" viewBox="0 0 {wide} {high}" role="img"'
    return f'{head} aria-label="{escape(says)}" {LETTERS} font-size="{_LARGE}" fill="{INK}">{"".join(parts)}</svg>'


def _box(box: Box, left: float, top: float) -> list[str]:
    parts = [
        f'<rect x="{left}" y="{top}" width="{_WIDE}" height="{_HIGH}" rx="6" fill="{GROUNDS[box.zone]}"'
        f' stroke="{SOFT}" stroke-width="0.75"/>',
        _text(left + _WIDE - 9, top + 20, box.name, "end", 400, _SMALL),
    ]
    for n, (codes, drawing) in enumerate(((box.before, _circle), (box.after, _square))):
        if codes:
            y = top + 42 + n * 24
            parts += [drawing(left + 16, y - 6), _text(left + 32, y, _fitting(codes), "start", 700)]
    return parts


def _fitting(codes: Sequence[str]) -> str:
    """«1, 4, 7 +3»: as many as there is room for, and how many more there are."""
    whole = ", ".join(codes)
    if len(whole) <= _ROOM:
        return whole
    shown = list(codes)
    while shown and len(", ".join(shown)) + len(f" +{len(codes) - len(shown)}") > _ROOM:
        shown.pop()
    return f"{', '.join(shown)} +{len(codes) - len(shown)}"


def _circle(x: float, y: float) -> str:
    return f'<circle cx="{x}" cy="{y}" r="6.5" fill="#fff" stroke="{INK}" stroke-width="2.5"/>'


def _square(x: float, y: float) -> str:
    return f'<rect x="{x - 6.5}" y="{y - 6.5}" width="13" height="13" fill="{INK}"/>'


def _left(x: int) -> float:
    return _LABEL + x * (_WIDE + _GAP)


def _top(y: int) -> float:
    return _HEAD + y * (_HIGH + _GAP)


def _text(x: float, y: float, said: str, anchor: str, weight: int, size: int = _LARGE) -> str:
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    small = f' font-size="{size}"' if size != _LARGE else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{bold}{small}>{escape(said)}</text>'
