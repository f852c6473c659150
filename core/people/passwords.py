"""Which passwords anybody would try first: those of the place, and the commonest that were ever leaked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

FEWEST_LEFT = 6
"""Characters that must remain once the words that anybody would try are taken out."""

FEWEST_DIFFERENT = 5
LEAST_GUESSES = 10**9
"""So many does it take who tries leaked passwords, names and words in their order, with digits and tricks; each
attempt costs a second and more (core.people.actions.check_pace)."""

READ = 72
COMMON = tuple((Path(__file__).parent / "common_words.txt").read_text("utf-8").split())
"""What people of here make passwords of: the town hall, love, faith, football, names and places."""

OF_THE_PLACE = (
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
    """Whether little is left of `password` without the words of the place and of its owner, or it is soon guessed.

    ASVS 5.0 6.2.4, 6.2.11, 6.2.12: the 30,000 commonest leaked passwords that zxcvbn holds, `COMMON` and `own`, alone
    or put together, with years, runs of the keyboard and letters changed for digits.
    """
    plain = _plain(password)
    if len(set(plain)) < FEWEST_DIFFERENT:
        return True
    words = [word for text in own for word in re.split(r"[^a-z0-9]+", _plain(text)) if len(word) >= 4]
    for word in sorted({*OF_THE_PLACE, *words, *_runs_in(plain)}, key=len, reverse=True):
        plain = plain.replace(word, "")
    if len(re.sub(r"[^a-z0-9]", "", _YEAR.sub("", plain))) < FEWEST_LEFT:
        return True
    return _guesses(password, [*COMMON, *words]) < LEAST_GUESSES


def _guesses(password: str, known: list[str]) -> float:
    from zxcvbn import zxcvbn  # its lists cost a process a tenth of a second, and few change their password

    return float(zxcvbn(_plain(password)[:READ], user_inputs=known)["guesses"])


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
