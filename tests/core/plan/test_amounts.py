"""Amounts are read as Colombians write them, and nothing is guessed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from core.plan import amounts


def test_an_amount_is_read_with_its_points_and_its_comma_and_told_the_same_way() -> None:
    for text, value in (
        ("12,5", Fraction(25, 2)),
        ("1.234", Fraction(1234)),
        ("1234", Fraction(1234)),
        ("1.234.567,89", Fraction(123456789, 100)),
        ("0", Fraction(0)),
    ):
        assert amounts.read(text) == value
        assert Fraction(amounts.kept(value)) == value
        assert amounts.read(amounts.written(value)) == value
    assert amounts.written(Fraction(200, 3)) == "66,67"
    assert amounts.written(Fraction(2, 3), 0) == "1"
    assert amounts.written(Fraction(-1, 1000)) == "0"


def test_what_could_be_read_in_two_ways_is_not_read() -> None:
    for text in ("12.5", "1,234", "1.23", "12,", ",5", "-3", "3 %", "1e3", "٣", "", "1.2345", "12345678901"):
        with pytest.raises(ValueError, match=r"^"):
            amounts.read(text)
