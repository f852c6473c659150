"""What a citizen looks for, in their own words: accents, plurals and spelling by ear do not matter; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 80
"""Of what somebody looks for, this many letters are read."""

_SPANISH = (
    "a al como con cual cuando de del desde donde el ella en es esta este hacer hago hay la las le lo los me mi mis "
    "necesito o para pedir pido por pueda puedo que quiero se ser si sin sobre su sus tengo tramite tramitar un una "
    "unos y"
)
_ENGLISH = "the an and can do for get how i in is my need of on or please to want what where with"
EMPTY_WORDS = frozenset((*_SPANISH.split(" "), *_ENGLISH.split(" ")))
SHORTEST_ROOT, FORGIVEN_FROM = 3, 5
ENDINGS = (
    "amientos", "amiento", "imientos", "imiento", "aciones", "iciones", "uciones", "acion", "icion", "ucion", "iones",
    "adores", "adoras", "ador", "adora", "ados", "adas", "idos", "idas", "ado", "ada", "ido", "ida", "ando", "iendo",
    "arme", "arse", "ar", "er", "ir", "ces", "es", "as", "os", "s", "a", "o", "e", "z",
)  # fmt: skip
"""What is taken off the end of a word, the longest first: «constancias», «licencia» and «licenciar» have one root."""

SOUNDS = (("(?<!c)h", ""), ("v", "b"), ("z|c(?=[ei])", "s"), ("ll", "y"), ("qu(?=[ei])|k", "c"), ("g(?=[ei])", "j"))


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that may be found: its texts, from those that say most of it to those that say least."""

    id: int
    texts: tuple[str, ...]


def find(looked_for: str, entries: Iterable[Entry]) -> list[int]:
    """The ids of what has every word looked for, or, when nothing has, some of them; the best first.

    A word counts more in an earlier text, less where only its root begins like another, and least where it differs by
    a slip of the hand.
    """
    asked = roots(looked_for[:LONGEST])
    if not asked:
        return []
    found = [(entry.id, [_best(root, entry) for root in asked]) for entry in entries]
    whole = [(id, points) for id, points in found if all(points)]
    some = whole or [(id, points) for id, points in found if any(points)]
    return [id for id, _points in sorted(some, key=lambda one: -sum(one[1]))]


def roots(text: str) -> list[str]:
    """The roots of the words of a text that say something, each once, in order."""
    words = re.findall(r"[a-z0-9]+", _plain(text))
    return list(dict.fromkeys(_root(word) for word in words if word not in EMPTY_WORDS))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _root(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_ROOT:
            return _sound(word[: -len(ending)])
    return _sound(word)


def _sound(word: str) -> str:
    """The letters that sound alike in Colombia as one: «bentas» is «ventas», «sertificado» is «certificado»."""
    for letters, sound in SOUNDS:
        word = re.sub(letters, sound, word)
    return word


def _best(root: str, entry: Entry) -> float:
    """How well an entry has a word: its best text decides."""
    count = len(entry.texts)
    return max(
        ((count - place) * _alike(root, other) for place, text in enumerate(entry.texts) for other in _roots_of(text)),
        default=0.0,
    )


@lru_cache(maxsize=4096)
def _roots_of(text: str) -> Sequence[str]:
    return tuple(roots(text))


def _alike(root: str, other: str) -> float:
    if root == other:
        return 1.0
    if len(root) >= SHORTEST_ROOT and other.startswith(root):
        return 0.7
    if min(len(root), len(other)) >= FORGIVEN_FROM and one_slip(root, other):
        return 0.4
    return 0.0


def one_slip(one: str, other: str) -> bool:
    """Whether a letter more, less, changed or swapped with its neighbour makes one of the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[:2] == others[:2][::-1] and rest[2:] == others[2:])
    )
