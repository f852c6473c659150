"""Whoever asks far oftener than a person can is slowed down, for each source and minute; others never notice."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from datetime import datetime
from ipaddress import IPv6Address, ip_address

from flask import request

from core.clock import now
from core.errors import TooMany

MOST_SOURCES = 10_000
NETWORK_BITS = 64
"""A home with IPv6 has that many bits to itself: all its addresses are one source."""


class Pace:
    """How often each source did something in this minute, of which `per_minute` are free.

    Sources are kept as digests under a key, both of which die with the minute; no more than MOST_SOURCES of them.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._minute, self._key = 0, b""
        self._counts: OrderedDict[bytes, int] = OrderedDict()
        self._guard = threading.Lock()

    def note(self, address: str, at: datetime) -> int:
        """Count once more; returns the seconds that the source must wait, 0 while it may go on."""
        minute, second = divmod(int(at.timestamp()), 60)
        with self._guard:
            if minute != self._minute:
                self._minute, self._key = minute, secrets.token_bytes(32)
                self._counts.clear()
            source = hmac.digest(self._key, _network(address).encode(), "sha256")
            count = self._counts.pop(source, 0) + 1
            self._counts[source] = count
            if len(self._counts) > MOST_SOURCES:
                self._counts.popitem(last=False)
        return 60 - second if count > self._per_minute else 0


def check_pace(pace: Pace) -> None:
    """Count this request for its source. Raises TooMany with the seconds to wait."""
    seconds = pace.note(request.remote_addr or "", now())
    if seconds:
        raise TooMany(retry_after=seconds)


def _network(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(int(ip) >> (128 - NETWORK_BITS))
    return str(ip)
