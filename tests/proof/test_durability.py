"""Whoever holds a ticket finds it after a power cut: each acknowledged turn was written through to the disk (F-30).

`kill -9` cannot show it, because the system keeps what a dead process wrote; so the calls that reach the disk are
counted. The copies of a database that a power cut could leave behind are each a whole office.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.conftest import build_town
from tests.proof.history import History
from tests.proof.people import Browser, Kiosk, Pace
from tests.proof.rig import Sqlite, TownHall, Web

TURNS = 15
SYNC = re.compile(r"(?:fdatasync|fsync).* = 0$", re.MULTILINE)


class Traced(Web):
    """The product under strace, which writes down each time that it reaches the disk."""

    def __init__(self, database_url: str, folder: Path, trace: Path) -> None:
        strace = ["strace", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-o", str(trace)]
        super().__init__(database_url, folder, 1, None, strace)
        self._trace = trace

    def writes_through(self) -> int:
        """How many times it has reached the disk so far."""
        return len(SYNC.findall(self._trace.read_text()))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Traced, TownHall]]:
    folder = tmp_path / "office"
    folder.mkdir()
    url = Sqlite(folder).url
    build_town(url, folder)
    web = Traced(url, folder, tmp_path / "trace")
    web.start()
    yield web, TownHall(folder, url, web)
    web.discard()


def test_each_turn_reaches_the_disk_before_its_ticket_is_shown(tmp_path: Path, office: tuple[Traced, TownHall]) -> None:
    web, hall = office
    town = hall.town()
    with History(tmp_path / "history.jsonl") as history:
        browser = Browser(town.url, f"kiosk={town.pair('kiosk')}")
        kiosk = Kiosk("kiosk", browser, history, Pace(20), "1", services=[1, 2, 3], groups=["general"], twice=0)
        kiosk.look("/kiosk/")
        tokens = []
        for turn in range(TURNS):
            before = web.writes_through()
            tokens.append(kiosk.issue())
            assert web.writes_through() > before, "the answer came before the disk had it"
            if turn in Random(0).sample(range(TURNS), 3):
                check_a_power_cut_leaves(hall.folder, tmp_path / f"cut {turn}", [token for token in tokens if token])
    assert all(tokens)


def check_a_power_cut_leaves(office: Path, copy: Path, tokens: list[str]) -> None:
    """The files as they lie there now, opened elsewhere, are sound and hold every turn acknowledged so far."""
    copy.mkdir()
    for name in ("town.sqlite3", "town.sqlite3-wal"):
        shutil.copy(office / name, copy / name)
    left = sqlite3.connect(copy / "town.sqlite3")
    try:
        assert left.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = {token for (token,) in left.execute("SELECT token FROM turns")}
        assert kept == set(tokens)
        assert left.execute("SELECT count(*) FROM events WHERE kind = 'issued'").fetchone() == (len(tokens),)
    finally:
        left.close()
