"""A calendar that other programs can read (RFC 5545): whole days, each with a name; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

WIDEST = 75
"""Bytes of a line before it is folded (§ 3.1)."""


@dataclass(frozen=True, slots=True)
class AllDay:
    """Something that lasts a day; `key` is the same for ever, so that a moved day replaces the one before."""

    key: str
    day: date
    name: str
    detail: str = ""


def calendar(name: str, days: Iterable[AllDay], address: str, at: datetime) -> str:
    """The whole of it, with the line ends that the standard asks for."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//townhall//petitions//ES", f"X-WR-CALNAME:{_escaped(name)}"]
    host, stamp = urlsplit(address).hostname or "localhost", f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    for one in days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.key}@{host}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(one.name)}",
            *([f"DESCRIPTION:{_escaped(one.detail)}"] if one.detail else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _escaped(text: str) -> str:
    """§ 3.3.11"""
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "")):
        text = text.replace(sign, written)
    return text


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 bytes, never in the middle of a letter; those that follow begin with a space."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > WIDEST:
            yield part
            part = " "
        part += letter
    yield part
