"""The name that a sender gives to a file: shown and offered on download, and never a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_OF_PATHS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that Windows takes for a device, whatever their ending: who downloads one cannot keep it."""


def label_of(name: str) -> str:
    """The last part of `name` in NFC, of at most 120 characters, its ending kept; empty if nothing is left."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one) not in _DROPPED)
    shown = " ".join(_OF_PATHS.sub(" ", shown).split()).strip(" .")
    if _DEVICES.fullmatch(shown):
        shown = f"_{shown}"
    stem, dot, ending = shown.rpartition(".")
    if not dot:
        return shown[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1].rstrip()}.{ending}" if len(ending) < LONGEST else shown[:LONGEST]


def ending_of(label: str) -> str:
    """«pdf» of «Acta.PDF»; empty if it has none."""
    stem, dot, ending = label.rpartition(".")
    return ending.lower() if dot and stem else ""
