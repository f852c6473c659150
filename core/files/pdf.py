"""A PDF: read whole in a process of its own, which has little memory and time, whatever the file does to its reader."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from core.files import refusals
from core.files.refusals import Broken, CannotRead, NotTaken

BEGINS, ENDS = b"%PDF-", b"%%EOF"
_HOUSE = Path(__file__).resolve().parents[2]
_LONGEST_S = 60
_AT_ONCE = threading.BoundedSemaphore(2)
"""Who reads takes a processor and some memory: others wait, and the office goes on."""


def check(path: Path) -> None:
    """Raises NotTaken."""
    with path.open("rb") as file:
        if file.read(len(BEGINS)) != BEGINS:
            raise Broken
        file.seek(max(0, path.stat().st_size - 1024))
        if ENDS not in file.read():
            raise Broken
    _apart(path)


def bare(path: Path, to: Path) -> None:
    """The same pages without who made them, when and with what. Raises NotTaken."""
    _apart(path, to)


def _apart(*paths: Path) -> None:
    """What the other process answers: nothing, or the name of a refusal; whoever dies was given too much to read."""
    asked = [sys.executable, "-E", "-s", "-m", "core.files.pdf_apart", *map(str, paths)]
    try:
        with _AT_ONCE:
            told = subprocess.run(asked, cwd=_HOUSE, capture_output=True, timeout=_LONGEST_S, check=False, env={})
    except subprocess.TimeoutExpired:
        raise CannotRead from None
    if told.returncode:
        raise CannotRead
    if name := told.stdout.decode().strip():
        refused: type[NotTaken] = getattr(refusals, name)
        raise refused
