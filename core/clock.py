"""The office's only clock: every time the system uses is read here, in Colombian legal time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BOGOTA = ZoneInfo("America/Bogota")


def _system() -> datetime:
    return datetime.now(UTC)


_read: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, aware, in America/Bogota, cut to the millisecond that the database keeps."""
    at = _read().astimezone(BOGOTA)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def today() -> date:
    """The civil day in America/Bogota; at 19:00 in Bogotá the UTC day is already tomorrow."""
    return now().date()


def monotonic() -> float:
    """Seconds that only grow, for measuring pauses; says nothing of the hour."""
    return time.monotonic()


def milliseconds(at: datetime) -> int:
    """An aware instant as whole milliseconds since 1970-01-01 UTC, exact (no floating point)."""
    since = at.astimezone(UTC) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def instant(ms: int) -> datetime:
    """The inverse of `milliseconds`: an aware instant in America/Bogota."""
    seconds, rest = divmod(ms, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000).astimezone(BOGOTA)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def reading(source: Callable[[], datetime]) -> Iterator[None]:
    """Read the time from `source` (aware instants) instead of the machine, for replays and tests."""
    global _read
    before, _read = _read, source
    try:
        yield
    finally:
        _read = before
