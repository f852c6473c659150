"""The office's only clock: every time the system uses is read here, in Colombian legal time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BOGOTA = ZoneInfo("America/Bogota")
SET_BACK_FROM = timedelta(minutes=1)
"""A clock so far behind the last hour written was set back; less is what two machines differ by."""


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


def following(last: datetime | None, read: datetime, lead: timedelta) -> tuple[datetime, timedelta]:
    """The hour that follows `last` when the clock reads `read`, and by how much such hours now lead the clock.

    Hours never go back. A clock that was set back is followed at a distance, `lead`, so that waits and pauses
    stay as long as they are; the distance ends as soon as the clock itself is no longer behind `last`.
    """
    if last is None or read > last - SET_BACK_FROM:
        return max(read, last or read), timedelta()
    if read + lead <= last - SET_BACK_FROM:
        return last, last - read
    return max(last, read + lead), lead


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
