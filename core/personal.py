"""What in a text looks like a person's document, telephone or e-mail address, and the text without it; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

BLACK = "█████"
"""What stands where something was blacked out: always as long, so that it does not tell how long that was."""
_HIDDEN = "•••••"

_EMAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\W\d_]{2,}")
_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ .\-]{0,2}\d){5,18}(?!\d)")
_NO_PERSON = re.compile(
    r"\d{1,2}[ .\-]\d{1,2}[ .\-]\d{4}"  # 23-11-2026
    r"|\d{4}[ .\-]\d{1,2}[ .\-]\d{1,2}"  # 2026-11-23
    r"|(19|20)\d\d ?[ \-] ?(19|20)\d\d"  # 2024-2027
)
_BEFORE = re.compile(r"(\$ ?|\b[A-Z]-)$")
"""What goes before an amount of money, or before the number of a filing: «2026-E-000123»."""
_AFTER = re.compile(r" (millones|de pesos|pesos)\b")


def found(text: str) -> list[tuple[int, int]]:
    """Where each thing begins and ends that looks like a personal datum, in order; money and dates do not."""
    emails = [match.span() for match in _EMAIL.finditer(text)]
    numbers = [
        match.span()
        for match in _NUMBER.finditer(text)
        if not _NO_PERSON.fullmatch(match[0])
        and not _BEFORE.search(text[: match.start()])
        and not _AFTER.match(text, match.end())
    ]
    apart = [(a, b) for a, b in numbers if not any(start < b and a < end for start, end in emails)]
    return sorted(emails + apart)


def pieces(text: str) -> list[str]:
    """The pieces of the text that look personal, each once."""
    return list(dict.fromkeys(text[start:end] for start, end in found(text)))


def masked(text: str) -> str:
    """The text with those pieces covered."""
    for start, end in reversed(found(text)):
        text = f"{text[:start]}{_HIDDEN}{text[end:]}"
    return text


def blacked(text: str, parts: Iterable[str]) -> str:
    """The text with each of these parts blacked out wherever it stands, in capitals or not, however it is spaced.

    Raises ValueError for a part that is not in it.
    """
    wanted = sorted({part for part in parts if part.strip()}, key=len, reverse=True)
    patterns = [re.compile(r"\s+".join(map(re.escape, part.split())), re.IGNORECASE) for part in wanted]
    for part, pattern in zip(wanted, patterns, strict=True):
        if not pattern.search(text):
            raise ValueError(part)
    for pattern in patterns:
        text = pattern.sub(BLACK, text)
    return text
