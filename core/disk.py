"""The disks that hold the office's data: how full they are, when that asks for somebody, and the ballast to let go."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from core.clock import monotonic

log = logging.getLogger(__name__)

SOON_FROM, NOW_FROM = 0.85, 0.95
"""Shares of a disk from which somebody has to make room soon, and now."""

LOOK_EVERY_S = 10.0
BALLAST_BYTES = 64 * 2**20
"""Room for some hundred thousand turns: the office goes on for days while somebody tidies up."""


class Need(IntEnum):
    """How pressing it is to make room."""

    NONE = 0
    SOON = 1
    NOW = 2


@dataclass(frozen=True, slots=True)
class Room:
    """How full the disk of a folder is, in bytes, as `df` counts: what is kept back for root is no room."""

    folder: Path
    used: int
    free: int

    @property
    def share(self) -> float:
        """From 0 to 1; a file system that has no size is not full."""
        return self.used / (self.used + self.free) if self.used + self.free else 0.0

    @property
    def percent(self) -> int:
        """Rounded down: 100 is a disk that is full."""
        return int(100 * self.share)

    @property
    def need(self) -> Need:
        return Need.NOW if self.share >= NOW_FROM else Need.SOON if self.share >= SOON_FROM else Need.NONE


def room_of(folder: Path) -> Room:
    """Raises OSError."""
    usage = shutil.disk_usage(folder)
    return Room(folder, usage.used, usage.free)


class Ballast:
    """A file that takes room for the day when there is none: without it, there is room again at once."""

    NAME = "reserva-para-disco-lleno"

    def __init__(self, folder: Path, size: int = BALLAST_BYTES) -> None:
        self.path, self.size = folder / self.NAME, size

    @property
    def bytes(self) -> int:
        """What letting it go gives back; 0 if it is not there."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def put_down(self) -> None:
        """Take the room, if it was not taken already. Raises OSError and leaves nothing half-made."""
        if self.bytes:
            return
        fresh = self.path.with_suffix(f".{os.getpid()}")
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                os.posix_fallocate(file.fileno(), 0, self.size)
            fresh.replace(self.path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise

    def let_go(self) -> None:
        """Give the room back."""
        self.path.unlink(missing_ok=True)


class Disk:
    """The fullest of the disks of some folders, as it was some seconds ago: no page waits for a disk each time."""

    def __init__(
        self,
        folders: Iterable[Path],
        ballast: Ballast,
        measure: Callable[[Path], Room] = room_of,
        every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._folders, self.ballast, self._measure, self._every_s = tuple(folders), ballast, measure, every_s
        self._looking = threading.Lock()
        self._looked_at = float("-inf")
        self._room: Room | None = None
        self._told = Need.NONE

    def look(self) -> Room | None:
        """Measured anew every few seconds, and told in the log when it presses more; None if no folder can be seen."""
        with self._looking:
            if monotonic() - self._looked_at >= self._every_s:
                self._looked_at = monotonic()
                self._room = max(self._rooms(), key=lambda room: room.share, default=None)
                self._tell(self._room)
            return self._room

    def lets_go(self) -> int:
        """The bytes that letting the ballast go would give back to the disk that presses: 0 if it lies on another."""
        room = self.look()
        try:
            same = room is not None and self.ballast.path.stat().st_dev == room.folder.stat().st_dev
        except OSError:
            return 0
        return self.ballast.bytes if same else 0

    def let_go(self, who: str) -> None:
        """Give the room of the ballast back; the next look measures anew."""
        self.ballast.let_go()
        self._looked_at = float("-inf")
        log.warning("disco: %s liberó la reserva. Haga espacio.", who)

    def _rooms(self) -> Iterator[Room]:
        for folder in self._folders:
            with suppress(OSError):
                yield self._measure(folder)

    def _tell(self, room: Room | None) -> None:
        need, before = room.need if room else Need.NONE, self._told
        self._told = need
        if room is None or need <= before:
            return
        log.log(
            logging.CRITICAL if need is Need.NOW else logging.WARNING,
            "disco: el de %s está lleno al %d %% y quedan %d MB. %s",
            room.folder,
            room.percent,
            room.free // 10**6,
            f"Haga espacio ya, o no se podrán dar ni llamar turnos; si ya no se puede, borre {self.ballast.path}."
            if need is Need.NOW
            else f"Haga espacio: al {NOW_FROM:.0%} será urgente.",
        )
