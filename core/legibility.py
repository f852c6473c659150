"""How big the letters of a screen must be for the farthest seat, and what then fits on it; pure.

All lengths are pixels of a screen whose short side is cut into 1080, which the style sheet scales to the real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, radians, tan
from typing import NamedTuple

CALLED = 0.7
"""Degrees under which a letter is read with low vision: the turn and the window (EN 301 549, 5.1.4)."""

SECOND = 24 / 60
FLOOR = 16 / 60
"""Degrees for what else is read; less than the floor is not read (ISO 9241-303 asks for 20′ to 22′, at least 16′)."""

CAP_SHARE = 0.705
"""Height of a capital of Nunito Sans as a share of its font size."""

CODE_EMS, WINDOW_EMS, TITLE_EMS, LABEL_EMS = 2.9, 1.5, 8.6, 5.1
"""Widths in font sizes: «M 888», two figures with their air, «Últimos llamados», «Ventanilla»."""

SHORT, LONG = 1080, 1920
FARTHEST_SEAT_M = 40
MARGIN, GAP, ROW_GAP, FOOT_INSET = 32, 24, 12, 12
PANEL_INSET, PANEL_AROUND = 40, 128
"""What the big panel keeps free at each side, and in all from top to bottom: edges, sun, space between lines."""

FIGURES_LINE, LABEL_LINE, TEXT_LINE, ROW_LINE = 0.8, 1.2, 1.15, 1.12
SMALLEST_LABEL, USUAL_LABEL, USUAL_ROW, BIGGEST_TURN = 56, 64, 126, 420
SMALLEST_TEXT, BIGGEST_TEXT = 44, 80
WINDOW_BESIDE_TURN = 0.8
LYING_ROWS, UPRIGHT_ROWS = 4, 6
LYING_FOOT_LINES, UPRIGHT_FOOT_LINES = 2, 4


@dataclass(frozen=True, slots=True)
class Sizes:
    """Font sizes of a screen, the height of its big panel, and its past calls: how many, in how wide a column.

    `legible`: the turn, the window and every past call drawn reach their angle from the farthest seat. Footer
    and headings grow as far as there is room; nobody needs them to answer a call.
    """

    turn: int
    window: int
    label: int
    panel: int
    row: int
    rows: int
    heading: int
    column: int
    foot: int
    legible: bool


class Needed(NamedTuple):
    """The font sizes that a farthest seat asks for."""

    called: float
    second: float
    floor: float

    @property
    def text(self) -> float:
        """For footer and headings, which a far seat does not let grow over what is called."""
        return min(max(self.floor, SMALLEST_TEXT), BIGGEST_TEXT)


def pitch_mm(diagonal_in: float, width_px: int, height_px: int) -> float:
    """Millimetres between two pixels of a screen of `diagonal_in` inches."""
    return diagonal_in * 25.4 / hypot(width_px, height_px)


def font_px(diagonal_in: float, distance_m: float, degrees: float) -> float:
    """The font size whose capitals fill `degrees` at `distance_m` on a 16:9 screen of `diagonal_in` inches."""
    return distance_m * 1000 * tan(radians(degrees)) / pitch_mm(diagonal_in, LONG, SHORT) / CAP_SHARE


def reach_m(diagonal_in: float) -> float:
    """The farthest seat, in half metres, from which a screen lying on its side is still read."""
    return max(
        (half / 2 for half in range(1, 2 * FARTHEST_SEAT_M + 1) if sizes(diagonal_in, half / 2).legible), default=0
    )


def sizes(diagonal_in: float, distance_m: float, *, upright: bool = False) -> Sizes:
    """What a screen of `diagonal_in` inches draws for a farthest seat at `distance_m`; `upright`: 9:16.

    The turn and the window come first; past calls are fewer when each must be bigger.
    """
    needed = Needed(*(font_px(diagonal_in, distance_m, angle) for angle in (CALLED, SECOND, FLOOR)))
    return _upright(needed) if upright else _lying(needed)


def _lying(needed: Needed) -> Sizes:
    """The panel on the left, as wide as the column of past calls lets it be."""
    panel = SHORT - MARGIN - GAP - _foot_height(needed.text, LYING_FOOT_LINES)
    width = LONG - 2 * MARGIN
    widest = width - GAP - (CODE_EMS * needed.called + 2 * PANEL_INSET)
    heading = min(needed.text, (widest - 2 * GAP) / TITLE_EMS)
    rows, row = _past_calls(LYING_ROWS, needed, panel - _heading_height(heading), widest)
    column = max((CODE_EMS + WINDOW_EMS) * row, TITLE_EMS * heading) + 2 * GAP if rows else 0
    call = _call(needed, panel, width - column - (GAP if rows else 0))
    return _drawn(needed, call, panel, rows, row, heading, column)


def _upright(needed: Needed) -> Sizes:
    """The panel above, at most half of the screen; the past calls below it."""
    width = SHORT - 2 * MARGIN
    call = _call(needed, LONG / 2, width)
    panel = PANEL_AROUND + LABEL_LINE * call.label + FIGURES_LINE * (call.turn + call.window)
    left = LONG - MARGIN - 2 * GAP - panel - _foot_height(needed.text, UPRIGHT_FOOT_LINES)
    heading = min(needed.text, USUAL_LABEL)
    rows, row = _past_calls(UPRIGHT_ROWS, needed, left - _heading_height(heading), width)
    return _drawn(needed, call, panel, rows, row, heading, width)


class Called(NamedTuple):
    turn: float
    window: float
    label: float


def _call(needed: Needed, height: float, width: float) -> Called:
    """Turn, window and label in a panel of this size: as big as fits, the window never smaller than it needs."""
    inner = width - 2 * PANEL_INSET
    figures = (height - PANEL_AROUND - LABEL_LINE * SMALLEST_LABEL) / FIGURES_LINE
    turn = min(inner / CODE_EMS, BIGGEST_TURN, figures - min(needed.called, figures / 2))
    window = min(max(min(needed.called, turn), WINDOW_BESIDE_TURN * turn), figures - turn)
    above = (height - PANEL_AROUND - FIGURES_LINE * (turn + window)) / LABEL_LINE
    beside = (inner - WINDOW_EMS * window) / LABEL_EMS
    return Called(turn, window, min(above, beside, max(needed.floor, USUAL_LABEL)))


def _past_calls(most: int, needed: Needed, height: float, width: float) -> tuple[int, float]:
    """How many past calls, and their font size: the most that reach the second angle, or else the floor."""
    widest = (width - 2 * GAP) / (CODE_EMS + WINDOW_EMS)
    fits = {rows: min(widest, (height / rows - ROW_GAP) / ROW_LINE) for rows in range(most, 0, -1)}
    for least in (needed.second, needed.floor):
        for rows, row in fits.items():
            if row >= least:
                return rows, min(row, max(needed.second, USUAL_ROW))
    return 0, 0.0


def _heading_height(heading: float) -> float:
    """Two lines: the title of the past calls, and what their two columns are."""
    return 2 * LABEL_LINE * heading


def _foot_height(text: float, lines: int) -> float:
    return lines * TEXT_LINE * text + 2 * FOOT_INSET


def _drawn(needed: Needed, call: Called, panel: float, rows: int, row: float, heading: float, column: float) -> Sizes:
    rounding = 1
    legible = min(call.turn, call.window) > needed.called - rounding and (not rows or row > needed.floor - rounding)
    return Sizes(
        turn=round(call.turn),
        window=round(call.window),
        label=round(call.label),
        panel=round(panel),
        row=round(row),
        rows=rows,
        heading=round(heading) if rows else 0,
        column=round(column),
        foot=round(needed.text),
        legible=legible,
    )
