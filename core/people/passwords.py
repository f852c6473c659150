"""Which passwords anybody would try first; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

FEWEST_LEFT = 6
"""Characters that must remain once the words that anybody would try are taken out."""

FEWEST_DIFFERENT = 5
COMMON = (
    "contrasena",
    "password",
    "clave",
    "alcaldia",
    "municipio",
    "municipal",
    "gobernacion",
    "colombia",
    "santander",
    "digiturno",
    "pqrsd",
    "ciudadano",
    "ciudadania",
    "atencion",
    "alcalde",
    "entidad",
    "ventanilla",
    "turno",
    "admin",
    "administrador",
    "usuario",
    "funcionario",
    "supervisor",
    "bienvenido",
    "temporal",
    "qwerty",
    "asdfgh",
    "zxcvbn",
    "teamo",
    "dios",
)
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890")
_YEAR = re.compile(r"(19|20)[0-9]{2}")


def is_obvious(password: str, own: Iterable[str]) -> bool:
    """Whether little is left of `password` without common words, years, runs and the `own` words of its owner.

    ASVS 5.0 6.2.4, 6.2.11: no list of leaked passwords is needed against those of twelve characters or more.
    """
    plain = _plain(password)
    if len(set(plain)) < FEWEST_DIFFERENT:
        return True
    words = [word for text in own for word in re.split(r"[^a-z0-9]+", _plain(text)) if len(word) >= 4]
    for word in sorted({*COMMON, *words, *_runs_in(plain)}, key=len, reverse=True):
        plain = plain.replace(word, "")
    return len(re.sub(r"[^a-z0-9]", "", _YEAR.sub("", plain))) < FEWEST_LEFT


def _plain(text: str) -> str:
    """Lower case and without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def _runs_in(text: str) -> set[str]:
    """The stretches of four or more that follow the alphabet or the digits, either way."""
    found = set()
    for start in range(len(text)):
        for end in range(len(text), start + 3, -1):
            if any(text[start:end] in run or text[start:end] in run[::-1] for run in _RUNS):
                found.add(text[start:end])
                break
    return found
