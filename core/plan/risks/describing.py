"""The description of a corruption risk: its four elements, whether each is named, and the sentence they make; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from enum import StrEnum

FEWEST_WORDS = 2
"""An element of a single word («plata») names nothing that can be recognised later."""


class Fault(StrEnum):
    """What an element lacks."""

    EMPTY = "empty"
    TOO_SHORT = "too short"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class Elements:
    """What a corruption risk is made of; a thing that lacks one of them is a risk of another kind, or none."""

    act: str
    power: str
    deviation: str
    benefit: str


def faults(elements: Elements) -> Mapping[str, Fault]:
    """What is to be mended, by element; none where all four are named and each says something of its own."""
    found: dict[str, Fault] = {}
    seen: set[str] = set()
    for name, said in zip(Elements.__slots__, astuple(elements), strict=True):
        words = said.split()
        same = " ".join(words).casefold().rstrip(".")
        if not words:
            found[name] = Fault.EMPTY
        elif len(words) < FEWEST_WORDS:
            found[name] = Fault.TOO_SHORT
        elif same in seen:
            found[name] = Fault.REPEATED
        seen.add(same)
    return found


def describe(elements: Elements) -> str:
    """«Posibilidad de …, usando …, de modo que …, para beneficio de ….»"""
    act, power, deviation, benefit = (_inside(said) for said in astuple(elements))
    return f"Posibilidad de {act}, usando {power}, de modo que {deviation}, para beneficio de {benefit}."


def _inside(said: str) -> str:
    """A text as it stands within a sentence: without its full stop, and small where it is no name or acronym."""
    plain = " ".join(said.split()).rstrip(" .;,")
    return plain if plain[1:2].isupper() else plain[:1].lower() + plain[1:]
