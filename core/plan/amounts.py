"""Amounts of the plan as Colombians write them, «1.234» and «12,5», kept exact; pure."""

from __future__ import annotations

import re
from fractions import Fraction

PLACES = 2
"""Decimals that are read and shown; of what is measured the rest is kept and rounded only to be told."""
_WRITTEN = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2})(?:,([0-9]{1,2}))?")


def read(text: str) -> Fraction:
    """An amount that somebody wrote. Raises ValueError for what could be read in two ways, or in none."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Fraction(f"{found[1].replace('.', '')}.{found[2] or 0}")


def kept(value: Fraction) -> str:
    """As the database keeps it: Fraction reads it back to the same value."""
    return str(value)


def written(value: Fraction, places: int = PLACES) -> str:
    """As it is read, rounded half up to some decimals and without those that are nought."""
    scaled = int(abs(value) * 10**places + Fraction(1, 2))
    whole, rest = divmod(scaled, 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0") if places else ""
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole:,}".replace(",", ".") + (f",{decimals}" if decimals else "")
