"""Charts as drawings: bars and lines with their numbers written on them; beside each stands its table.

Colours are the series of the house, 3:1 on white, and each line has its own mark and stroke: colour never speaks
alone. The axis of figures begins at zero. Nothing in them runs and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

from core.reports.table import written

WIDTH = 520
COLOURS = ("#0943b5", "#a80521", "#0b6b4f", "#8a4b00", "#5b3a9e", "#4c4c4c")
STROKES = ("", "8 5", "2 5", "12 4 2 4")
INK, SOFT, LINE = "#12213a", "#5a6578", "#b5c7e9"
LETTERS = "font-family=\"'Atkinson Hyperlegible Next', 'Atkinson Next', sans-serif\""
_BAR, _LABEL, _PLOT = 34, 230, 200
_SHADE = f'fill="#e3e7ee" stroke="{SOFT}" stroke-dasharray="3 3"'
SHADES = (("#e5ecf8", INK), ("#b5c7e9", INK), ("#8fabe0", INK), ("#3d66b8", "#ffffff"), ("#0943b5", "#ffffff"))
"""From little to much, each with the ink that is read on it."""


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart; a value that is None was not told, and the line is broken there."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual, behind the lines: from the low to the high value over each label; None where that is not known."""

    name: str
    values: Sequence[tuple[int, int] | None]


def bars(rows: Sequence[tuple[str, float | None]], says: str, untold: str) -> str:
    """A horizontal bar each, its figure at its end; `says` is the chart in a sentence, `untold` what hides a figure."""
    most = max((value or 0 for _name, value in rows), default=0) or 1
    room, parts = WIDTH - _LABEL - 70, []
    for n, (name, value) in enumerate(rows):
        middle = n * _BAR + _BAR / 2
        wide = room * (value or 0) / most
        parts.append(_text(_LABEL - 10, middle + 5, _short(name), "end"))
        if value:
            parts.append(
                f'<rect x="{_LABEL}" y="{middle - 10:g}" width="{wide:.1f}" height="20" rx="3" fill="{COLOURS[0]}"/>'
            )
        told = untold if value is None else written(value)
        parts.append(_text(_LABEL + wide + 8, middle + 5, told, "start", bold=True))
    axis = f'<path d="M{_LABEL} 0V{len(rows) * _BAR}" stroke="{SOFT}" stroke-width="1.5"/>'
    return _drawing(len(rows) * _BAR + 4, says, [axis, *parts])


def trend(
    labels: Sequence[str], series: Sequence[Series], says: str, most: int | None = None, band: Band | None = None
) -> str:
    """A line each over the same labels, with a mark and a stroke of its own and its name beside it.

    `most`: the figure at the top of the axis, if it is not that of the values.
    """
    top, left, right = 40, 56, WIDTH - 36
    if band:
        top += 26
    values = [value or 0 for one in series for value in one.values]
    most = most or _round(max([*values, *(pair[1] for pair in (band.values if band else ()) if pair)], default=0))
    step = (right - left) / max(len(labels) - 1, 1)
    xs = [left + n * step if len(labels) > 1 else (left + right) / 2 for n in range(len(labels))]
    parts = []
    for n in range(5):
        y = top + _PLOT * (1 - n / 4)
        parts.append(f'<path d="M{left} {y:g}H{right}" stroke="{SOFT if n == 0 else LINE}"/>')
        parts.append(_text(left - 8, y + 5, written(round(most * n / 4)), "end"))
    every = ceil(len(labels) / 6)
    for n, (x, label) in enumerate(zip(xs, labels, strict=True)):
        if n % every == 0:
            parts.append(_text(x, top + _PLOT + 24, label, "middle"))
    if band:
        parts += _band(band, xs, lambda value: top + _PLOT * (1 - value / most))
    for n, one in enumerate(series):
        points = [
            (x, top + _PLOT * (1 - value / most)) if value is not None else None
            for x, value in zip(xs, one.values, strict=True)
        ]
        parts += _line(points, n)
        x = left + n * 200
        parts.append(f'<path d="M{x} 14h34" {_stroke(n)}/>{_mark(x + 17, 14, n)}')
        parts.append(_text(x + 44, 19, one.name, "start"))
    return _drawing(top + _PLOT + 36, says, parts)


def _band(band: Band, xs: Sequence[float], height: Callable[[int], float]) -> list[str]:
    """A grey surface between both values, an edge of its own around it, and its name in a line of its own."""
    parts, stretch = [], list[tuple[float, tuple[int, int]]]()
    for x, pair in [*zip(xs, band.values, strict=True), (0.0, None)]:
        if pair is not None:
            stretch.append((x, pair))
        elif stretch:
            there = [f"{at:.1f} {height(high):.1f}" for at, (_low, high) in stretch]
            back = [f"{at:.1f} {height(low):.1f}" for at, (low, _high) in reversed(stretch)]
            parts.append(f'<path d="M{"L".join([*there, *back])}Z" {_SHADE}/>')
            stretch = []
    return [*parts, f'<rect x="56" y="31" width="34" height="14" {_SHADE}/>', _text(100, 44, band.name, "start")]


def heat(rows: Sequence[tuple[str, Sequence[int | None]]], columns: Sequence[str], says: str) -> str:
    """A square for each row and column, darker the more there is, its figure in it; None was not told."""
    left, tall = 92, 30
    wide = (WIDTH - left) / max(len(columns), 1)
    most = max((value for _name, values in rows for value in values if value is not None), default=0) or 1
    parts = [_text(left + (n + 0.5) * wide, 18, name, "middle") for n, name in enumerate(columns)]
    for y, (name, values) in enumerate(rows):
        top = 28 + y * tall
        parts.append(_text(left - 10, top + 19, name, "end"))
        for x, value in enumerate(values):
            middle = left + (x + 0.5) * wide
            if value is None:
                parts.append(_text(middle, top + 19, "–", "middle"))
                continue
            shade, ink = SHADES[shade_of(value, most)]
            box = f'x="{left + x * wide + 1:.1f}" y="{top + 1}" width="{wide - 2:.1f}" height="{tall - 2}" rx="3"'
            parts.append(f'<rect {box} fill="{shade}"/>')
            parts.append(f'<g fill="{ink}">{_text(middle, top + 19, written(value), "middle", bold=True)}</g>')
    return _drawing(28 + len(rows) * tall + 4, says, parts)


def shade_of(value: float, most: float) -> int:
    """Which of SHADES stands for a figure where `most` is the largest."""
    return min(int(len(SHADES) * value / most), len(SHADES) - 1)


def _line(points: Sequence[tuple[float, float] | None], n: int) -> list[str]:
    path, pen = "", "M"
    for point in points:
        if point is not None:
            path += f"{pen}{point[0]:.1f} {point[1]:.1f}"
        pen = "M" if point is None else "L"
    marks = [_mark(point[0], point[1], n) for point in points if point is not None]
    return [f'<path d="{path}" {_stroke(n)}/>' if path else "", *marks]


def _stroke(n: int) -> str:
    dashes = f' stroke-dasharray="{STROKES[n % len(STROKES)]}"' if STROKES[n % len(STROKES)] else ""
    return f'fill="none" stroke="{COLOURS[n % len(COLOURS)]}" stroke-width="2.5"{dashes}'


def _mark(x: float, y: float, n: int) -> str:
    """A circle, a square or a diamond."""
    colour = COLOURS[n % len(COLOURS)]
    if n % 3 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if n % 3 == 2 else ""
    return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" fill="{colour}"{turn}/>'


def _text(x: float, y: float, said: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{escape(said)}</text>'


def _short(name: str) -> str:
    return name if len(name) <= 27 else f"{name[:26].rstrip()}…"


def _round(most: int) -> int:
    """The figure at the top of the axis: four equal steps of a round number."""
    if most <= 4:
        return 4
    size = 1
    while 40 * size < most:
        size *= 10
    return 4 * next(step * size for step in (1, 2, 5, 10) if 4 * step * size >= most)


def _drawing(height: float, says: str, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height:g}" role="img"'
    return f'{head} aria-label="{escape(says)}" {LETTERS} font-size="15" fill="{INK}">{"".join(parts)}</svg>'
