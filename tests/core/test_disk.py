"""When a disk asks for somebody, and the ballast that gives room on the day when there is none."""

from __future__ import annotations

import logging
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

import config
from core.disk import BALLAST_BYTES, Ballast, Disk, Need, Room, room_of

ABOUT = Path("/somewhere")


@pytest.mark.parametrize(
    ("used", "need", "percent"),
    [(0, Need.NONE, 0), (849, Need.NONE, 84), (850, Need.SOON, 85), (949, Need.SOON, 94), (950, Need.NOW, 95)],
)
def test_a_disk_asks_for_room_from_eighty_five_percent_and_presses_from_ninety_five(
    used: int, need: Need, percent: int
) -> None:
    room = Room(ABOUT, used, 1000 - used)
    assert (room.need, room.percent) == (need, percent)


def test_only_a_full_disk_is_at_a_hundred_and_one_without_a_size_is_not_full() -> None:
    assert Room(ABOUT, 9_999, 1).percent == 99
    assert Room(ABOUT, 10_000, 0).percent == 100
    assert Room(ABOUT, 0, 0).need is Need.NONE


def test_a_disk_is_measured_as_df_tells_it(tmp_path: Path) -> None:
    told = subprocess.run(["df", "--output=pcent", str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert abs(room_of(tmp_path).percent - int(told.split()[-1].rstrip("%"))) <= 1


class Gauge:
    """What disks say, in the hands of the test."""

    def __init__(self) -> None:
        self.percent = 10
        self.reads = 0

    def __call__(self, folder: Path) -> Room:
        self.reads += 1
        return Room(folder, self.percent, 100 - self.percent)


def test_who_asks_again_within_seconds_is_told_what_was_measured(tmp_path: Path) -> None:
    gauge = Gauge()
    disk = Disk([tmp_path], Ballast(tmp_path), gauge)
    assert [disk.look() for _ in range(3)] == [Room(tmp_path, 10, 90)] * 3
    assert gauge.reads == 1


def test_the_fullest_disk_is_told_and_what_cannot_be_seen_is_left_out(tmp_path: Path) -> None:
    full, empty = Room(tmp_path / "full", 9, 1), Room(tmp_path / "empty", 1, 9)
    rooms = {room.folder: room for room in (empty, full)}
    assert Disk(rooms, Ballast(tmp_path), lambda folder: rooms[folder]).look() == full
    assert Disk([tmp_path / "absent"], Ballast(tmp_path)).look() is None
    seen = Disk([tmp_path / "absent", tmp_path], Ballast(tmp_path)).look()
    assert seen is not None
    assert seen.folder == tmp_path


def test_the_log_tells_each_time_that_it_presses_more_and_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gauge = Gauge()
    disk = Disk([tmp_path], Ballast(tmp_path), gauge, every_s=0)
    told = []
    for percent in (10, 86, 86, 96, 97, 86, 10, 86):
        gauge.percent = percent
        caplog.clear()
        disk.look()
        told.append([record.levelno for record in caplog.records])
    assert told == [[], [logging.WARNING], [], [logging.CRITICAL], [], [], [], [logging.WARNING]]
    assert "Haga espacio" in caplog.text


def test_the_ballast_takes_real_room_once_and_gives_it_back_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)
    assert ballast.bytes == 0
    for _ in range(2):
        ballast.put_down()
        assert ballast.bytes == BALLAST_BYTES
        assert ballast.path.stat().st_blocks * 512 >= BALLAST_BYTES
    assert [file.name for file in tmp_path.iterdir()] == [Ballast.NAME]
    for _ in range(2):
        ballast.let_go()
        assert ballast.bytes == 0


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_ballast_that_does_not_fit_leaves_nothing_half_made(tmp_path: Path) -> None:
    with files_no_larger_than(BALLAST_BYTES - 1), pytest.raises(OSError, match="large"):
        Ballast(tmp_path).put_down()
    assert list(tmp_path.iterdir()) == []


def test_the_ballast_helps_only_the_disk_on_which_it_lies(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path)
    ballast.path.write_bytes(b"12345")
    assert Disk([tmp_path], ballast).lets_go() == 5
    assert Disk([Path("/proc")], ballast).lets_go() == 0
    disk = Disk([tmp_path], ballast)
    disk.let_go("official 7")
    assert disk.lets_go() == 0


@pytest.mark.parametrize("percent", [10, 90])
def test_the_command_sets_the_ballast_aside_only_where_there_is_room_to_spare(
    own_app: Flask, tmp_path: Path, percent: int
) -> None:
    gauge, ballast = Gauge(), Ballast(tmp_path)
    gauge.percent = percent
    own_app.extensions["disk"] = Disk([tmp_path], ballast, gauge)
    for _ in range(2):
        done = own_app.test_cli_runner().invoke(args=["disk", "ballast"])
        assert done.exit_code == 0, done.output
    assert ballast.bytes == (BALLAST_BYTES if percent == 10 else 0)


def test_the_command_says_why_it_could_not(own_app: Flask, tmp_path: Path) -> None:
    own_app.extensions["disk"] = Disk([tmp_path], Ballast(tmp_path / "absent"), Gauge())
    done = own_app.test_cli_runner().invoke(args=["disk", "ballast"])
    assert done.exit_code == 1
    assert "No se pudo apartar la reserva" in done.output


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("sqlite:////data/town/town.sqlite3", Path("/data/town")),
        ("sqlite:///town.sqlite3", Path("/instance")),
        ("postgresql+psycopg://townhall@/town", Path("/var/lib/postgresql")),
    ],
)
def test_the_disks_of_the_database_and_of_the_instance_are_watched(url: str, folder: Path) -> None:
    settings = config.Settings(
        database_url=url, secret_key="", audit_key="", reserve_key="", instance=Path("/instance")
    )
    assert settings.data_folders == (Path("/instance"), folder)
