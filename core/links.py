"""What an address of the web looks like; pure."""

from __future__ import annotations

from urllib.parse import urlsplit

_NOT_IN_A_LINK = set(' <>"\t\n')


def is_web_address(written: str) -> bool:
    """By its parts, and not by a pattern that somebody could make slow."""
    try:
        parts = urlsplit(written)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc.strip(".") and not _NOT_IN_A_LINK & set(written)
