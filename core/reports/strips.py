"""A day in strips: a row for each window, a stretch for each thing done, with a colour, a pattern and a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from core.reports.charts import COLOURS, INK, LETTERS, LINE, SOFT

WIDTH, LEFT, ROW, BAR = 1080, 150, 38, 26
NARROWEST = 2.0
LETTER_FROM = 22.0
"""A stretch so wide holds its letter."""
HOUR = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A thing done: its letter, its name, its colour, and whether it is drawn as stripes or only as an outline."""

    letter: str
    name: str
    colour: str
    striped: bool = False
    hollow: bool = False


Row = tuple[str, Sequence[tuple[Kind, float, float]]]
"""A name and its stretches, in minutes after midnight."""


def strips(rows: Sequence[Row], kinds: Sequence[Kind], first: float, last: float, says: str) -> str:
    """The rows under their hours, whole ones from `first` to `last`; `says` is the drawing in a sentence."""
    opens = int(first // HOUR)
    closes = max(int(-(-last // HOUR)), opens + 1)
    top, height = 66, 66 + len(rows) * ROW
    scale = (WIDTH - LEFT - 10) / ((closes - opens) * HOUR)
    parts = [_stripes(n, kind) for n, kind in enumerate(kinds) if kind.striped]
    for n, kind in enumerate(kinds):
        parts.append(_stretch(kind, kinds, LEFT + n * 200, 6, 30, 22))
        parts.append(_text(LEFT + n * 200 + 40, 22, kind.name))
    for hour in range(opens, closes + 1):
        x = LEFT + (hour - opens) * HOUR * scale
        parts.append(f'<path d="M{x:.1f} {top - 6}V{height}" stroke="{LINE}"/>')
        if hour < closes:
            parts.append(_text(x + 4, top - 12, f"{hour}:00", colour=SOFT))
    for n, (name, stretches) in enumerate(rows):
        y = top + n * ROW
        parts.append(_text(0, y + 19, name, bold=True))
        for kind, begin, end in stretches:
            wide = max((end - begin) * scale, NARROWEST)
            parts.append(_stretch(kind, kinds, LEFT + (begin - opens * HOUR) * scale, y, wide, BAR))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height + 4}" role="img"'
    return f'{head} aria-label="{escape(says)}" {LETTERS} font-size="15" fill="{INK}">{"".join(parts)}</svg>'


def _stretch(kind: Kind, kinds: Sequence[Kind], x: float, y: float, wide: float, high: float) -> str:
    fill = "#ffffff" if kind.hollow else kind.colour
    if kind.striped:
        fill = f"url(#strip-{kinds.index(kind)})"
    edge = f' stroke="{kind.colour}" stroke-width="1.5"' if kind.hollow or kind.striped else ""
    drawn = f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:g}" fill="{fill}"{edge}/>'
    if wide < LETTER_FROM:
        return drawn
    ink = INK if kind.hollow or kind.striped else "#ffffff"
    where = f'x="{x + wide / 2:.1f}" y="{y + high / 2 + 5:.1f}" text-anchor="middle" font-weight="700"'
    return f'{drawn}<text {where} fill="{ink}">{escape(kind.letter)}</text>'


def _stripes(n: int, kind: Kind) -> str:
    box = f'<pattern id="strip-{n}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    return f'{box}<rect width="8" height="8" fill="#ffffff"/><path d="M2 0V8" stroke="{kind.colour}"/></pattern>'


def _text(x: float, y: float, said: str, *, bold: bool = False, colour: str = INK) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{weight}>{escape(said)}</text>'


BLUE, GREEN, BROWN, GREY = COLOURS[0], COLOURS[2], COLOURS[3], COLOURS[5]
