"""The letters of a screen reach the angle at which the farthest seat reads them."""

from __future__ import annotations

import pytest

from core.legibility import CALLED, FLOOR, SECOND, font_px, pitch_mm, reach_m, sizes

SCREENS = [(diagonal, distance) for diagonal in (24, 32, 43, 50, 55, 65, 75) for distance in (2, 3, 6, 8, 10, 14)]


@pytest.mark.parametrize(
    ("diagonal", "distance", "called", "second", "floor"),
    [
        (32, 3, 141, 81, 54),
        (32, 6, 282, 161, 107),
        (32, 10, 470, 268, 179),
        (43, 3, 105, 60, 40),
        (43, 6, 210, 120, 80),
        (43, 10, 350, 200, 133),
        (50, 3, 90, 52, 34),
        (50, 6, 180, 103, 69),
        (50, 10, 301, 172, 115),
        (55, 3, 82, 47, 31),
        (55, 6, 164, 94, 62),
        (55, 10, 273, 156, 104),
    ],
)
def test_a_letter_fills_its_angle_on_any_screen_from_any_seat(
    diagonal: int, distance: int, called: int, second: int, floor: int
) -> None:
    assert round(font_px(diagonal, distance, CALLED)) == called
    assert round(font_px(diagonal, distance, SECOND)) == second
    assert round(font_px(diagonal, distance, FLOOR)) == floor


@pytest.mark.parametrize(("diagonal", "distance"), [(32, 6), (43, 6), (43, 10), (50, 10), (55, 10)])
def test_turn_and_window_reach_seven_tenths_of_a_degree_and_past_calls_sixteen_minutes(
    diagonal: int, distance: int
) -> None:
    drawn = sizes(diagonal, distance)
    assert drawn.legible
    assert min(drawn.turn, drawn.window) >= round(font_px(diagonal, distance, CALLED))
    assert drawn.rows >= 3
    assert drawn.row >= font_px(diagonal, distance, FLOOR)


def test_a_near_hall_sees_four_past_calls_and_a_far_one_fewer_but_bigger() -> None:
    near, far = sizes(43, 6), sizes(43, 10)
    assert (near.rows, far.rows) == (4, 3)
    assert far.row > near.row >= font_px(43, 6, SECOND) - 1


def test_a_screen_too_small_for_its_hall_says_so() -> None:
    assert not sizes(24, 10).legible
    assert not sizes(32, 12).legible
    assert not sizes(43, 10, upright=True).legible
    assert sizes(55, 10, upright=True).legible


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize(("diagonal", "distance"), SCREENS)
def test_what_is_drawn_always_fits_and_no_past_call_is_smaller_than_can_be_read(
    diagonal: int, distance: int, upright: bool
) -> None:
    drawn = sizes(diagonal, distance, upright=upright)
    width, height = (1080, 1920) if upright else (1920, 1080)
    column = 0 if upright else drawn.column + (24 if drawn.rows else 0)
    assert 2.9 * drawn.turn + 80 <= width - 64 - column + 2
    panel = 128 + 1.2 * drawn.label + 0.8 * (drawn.turn + drawn.window)
    assert panel <= drawn.panel + 2
    rows = drawn.rows * (1.12 * drawn.row + 12) + 2.4 * drawn.heading
    beside = drawn.panel + 24 + rows if upright else max(drawn.panel, rows)
    assert 32 + beside + 24 + (4 if upright else 2) * 1.15 * drawn.foot + 24 <= height + 4
    assert drawn.window >= 0.79 * drawn.turn
    if drawn.rows:
        assert drawn.row >= font_px(diagonal, distance, FLOOR) - 1


@pytest.mark.parametrize(
    ("diagonal", "pixels", "pitch"),
    [(21.5, (1080, 1920), 0.248), (15, (1024, 768), 0.298), (10.1, (1280, 800), 0.170)],
)
def test_the_pitch_of_known_screens(diagonal: float, pixels: tuple[int, int], pitch: float) -> None:
    assert pitch_mm(diagonal, *pixels) == pytest.approx(pitch, abs=1e-3)


@pytest.mark.parametrize("diagonal", [24, 32, 43, 55, 75])
def test_a_seat_within_reach_reads_the_screen_and_one_beyond_does_not(diagonal: float) -> None:
    reach = reach_m(diagonal)
    assert sizes(diagonal, reach).legible
    assert not sizes(diagonal, reach + 0.5).legible
