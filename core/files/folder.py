"""The folder of the kept files: each lies once, under the digest of its bytes, and is never written again."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from core.files.refusals import Damaged

PIECE = 64 * 1024
STRAY_AFTER = timedelta(hours=48)
"""From the midnight before it came: a file whose row is still being written is never taken for a stray one."""

_DIGEST = 64


class Folder:
    """`root/ab/cd/abcd…`; what is being received lies in `root/incoming`, what waits for its form in `root/aside`.

    Of a file the disk tells the day on which it came, and not the hour.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming, self._aside = root / "incoming", root / "aside"

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A new place in the same file system; what still lies there afterwards is removed."""
        path = _fresh(self._incoming)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where the content with this digest lies."""
        return self.root / digest[:2] / digest[2:4] / digest

    def place(self, path: Path, at: datetime) -> str:
        """Move an incoming file to where it stays, once it is safe on the disk; its digest. Raises OSError."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        lies = self.path(digest)
        lies.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        day = at.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
        os.chmod(path, 0o400)
        os.utime(path, (day, day))
        with self._alone():
            path.replace(lies)
            _sync(lies.parent)
        return digest

    def opened(self, digest: str, size: int) -> BinaryIO:
        """The kept bytes, from their beginning, once all of them were found to be as they came. Raises Damaged."""
        try:
            file = self.path(digest).open("rb")
        except OSError:
            raise Damaged from None
        try:
            right = hashlib.file_digest(file, "sha256").hexdigest() == digest and file.tell() == size
        except OSError:
            right = False
        if not right:
            file.close()
            raise Damaged
        file.seek(0)
        return file

    def kept(self) -> Iterator[str]:
        """The digests of all that lies here."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if len(path.name) == _DIGEST:
                yield path.name

    def is_stray(self, digest: str, at: datetime) -> bool:
        """Whether it came so long ago that its row, had it one, would be there."""
        try:
            return self.path(digest).stat().st_mtime < (at - STRAY_AFTER).timestamp()
        except FileNotFoundError:
            return False

    def let_go(self, digest: str) -> None:
        """The next sweep may remove it, if it has no row by then; whoever places it again keeps it."""
        with self._alone(), suppress(FileNotFoundError):
            os.utime(self.path(digest), (0, 0))

    def remove_stray(self, digest: str, at: datetime) -> bool:
        """Whether it was removed; what has come again in the meantime stays."""
        with self._alone():
            stray = self.is_stray(digest, at)
            if stray:
                self.path(digest).unlink()
        return stray

    def put_aside(self, content: Iterable[bytes], at: datetime) -> str:
        """Keep for a while what a form has brought; its name. Raises OSError."""
        path = _fresh(self._aside)
        write(content, path)
        self.keep_aside(path.name, at)
        return path.name

    def keep_aside(self, name: str, at: datetime) -> None:
        """It is kept anew from `at` on."""
        os.utime(self._aside / name, (at.timestamp(), at.timestamp()))

    def aside(self, name: str) -> Path:
        """Where it lies."""
        return self._aside / name

    def clear(self, at: datetime, aside_for: timedelta) -> int:
        """Remove what no form will ask for any more and what was never received whole; how many."""
        removed = 0
        for folder, lasts in ((self._aside, aside_for), (self._incoming, STRAY_AFTER)):
            for path in folder.glob("*"):
                try:
                    if path.stat().st_mtime < (at - lasts).timestamp():
                        path.unlink()
                        removed += 1
                except FileNotFoundError:
                    continue
        return removed

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Of all processes, one at a time takes a file for stray or puts one in its place."""
        with open(self.root / ".lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def write(content: Iterable[bytes], path: Path) -> int:
    """How many bytes were written."""
    size = 0
    with path.open("wb") as file:
        for piece in content:
            size += file.write(piece)
    return size


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """What is left of an open file."""
    while piece := file.read(PIECE):
        yield piece


def _fresh(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / secrets.token_hex(16)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _sync(folder: Path) -> None:
    """A rename is on the disk when its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
