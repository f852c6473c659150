"""From how far a screen can be read, by the angle that its letters fill; pure."""

from __future__ import annotations

from math import hypot, radians, tan

FLOOR = 16 / 60
"""Degrees under which no letter is read (ISO 9241-303: 20′ to 22′ preferred, 16′ at least)."""

CAP_SHARE = 0.705
"""Height of a capital of Nunito Sans as a share of its font size."""

PAST_CALLS = 126
"""Font size of the past calls, in pixels of a screen 1080 high."""


def pitch_mm(diagonal_in: float, width_px: int, height_px: int) -> float:
    """Millimetres between two pixels of a screen of `diagonal_in` inches."""
    return diagonal_in * 25.4 / hypot(width_px, height_px)


def farthest_m(diagonal_in: float) -> float:
    """Metres from which the past calls of a wall screen still fill 16′."""
    cap = PAST_CALLS * CAP_SHARE * pitch_mm(diagonal_in, 1920, 1080)
    return cap / tan(radians(FLOOR)) / 1000
