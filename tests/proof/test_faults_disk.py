"""A full disk (F-06): nothing can be kept, all can be read, and once there is space it works without a restart."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from werkzeug.test import TestResponse

from core.db import Event, transaction
from core.presses import KeptPress
from core.turns.model import SeriesCounter, Turn
from core.web.database import db
from core.web.forms import new_press
from tests.conftest import DATABASES, Hands, House, fresh_town_hall

SENTENCE = "No hay espacio en el equipo para guardar. Avise a sistemas."
DISK = "8m"
SOON = 300
"""Writes after which a disk that was filled must have refused one."""


class Quota:
    """SQLite's own limit of the size of a database."""

    def __init__(self, house: House) -> None:
        self._house, self._pages = house, 2**30
        with house.app.app_context():
            event.listen(db.engine, "begin", self._limit)

    def _limit(self, connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self._pages}")

    def fill(self) -> None:
        with self._house.app.app_context():
            self._pages = self._house.look().execute(text("PRAGMA page_count")).scalar_one()

    def free(self) -> None:
        self._pages = 2**30


class SmallDisk:
    """A file system of a few megabytes, and a file that takes what is left of it."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                return

    def free(self) -> None:
        self._ballast.unlink()


@pytest.fixture(params=["quota", "small disk"])
def tmp_path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Where the database lies: on a disk of its own, if this machine lets us mount one."""
    if request.param == "small disk" and _mount(tmp_path):
        yield tmp_path
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)
    else:
        yield tmp_path


def _mount(folder: Path) -> bool:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_town_hall(request, tmp_path, "full_town") as address:
        yield address


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def disk(house: House, tmp_path: Path) -> Quota | SmallDisk:
    return SmallDisk(tmp_path) if tmp_path.is_mount() else Quota(house)


class Office:
    """What people do while the disk is full."""

    def __init__(self, house: House, hands: Hands) -> None:
        self._house, self._hands = house, hands
        self.kiosk, self.display = house.device("kiosk"), house.device("display")
        self.window, self.supervisor = house.official("ventanilla1", "1"), house.official("supervision")

    def take(self, **headers: str) -> TestResponse:
        self._hands.forward(seconds=10)
        return self.kiosk.post(
            "/kiosk/turns", data={"press": new_press(), "service": "1", "group": "general"}, headers=headers
        )

    def call(self) -> TestResponse:
        return self.window.post("/counter/next", data={"press": new_press()})

    def take_until_refused(self) -> TestResponse:
        for _ in range(SOON):
            answer = self.take()
            if answer.status_code != 302:
                return answer
        raise AssertionError("the disk never was full")

    def read_everything(self) -> None:
        """Every face is read, also where it would note that somebody was here."""
        self._hands.forward(minutes=5)
        with self._house.app.app_context():
            token = self._house.look().scalars(select(Turn.token).limit(1)).one()
        for client, path in (
            (self.display, "/display/state"),
            (self.display, "/display/"),
            (self.kiosk, "/kiosk/"),
            (self.window, "/counter/"),
            (self.supervisor, "/admin/hall"),
            (self._house.anybody(), f"/t/{token}"),
            (self._house.anybody(), "/"),
        ):
            assert client.get(path).status_code == 200, path

    def check_nothing_is_half_stored(self) -> int:
        """How many turns there are: as many as numbers, presses and events, and the file is sound."""
        with self._house.app.app_context():
            session = self._house.look()
            numbers = session.scalars(select(Turn.number).order_by(Turn.number)).all()
            assert numbers == list(range(1, len(numbers) + 1))
            assert session.scalars(select(SeriesCounter.last_number)).one() == len(numbers)
            issued = session.scalar(select(func.count()).select_from(Event).where(Event.kind == "issued"))
            kept = session.scalar(select(func.count()).select_from(KeptPress).where(KeptPress.actor.like("device %")))
            assert issued == kept == len(numbers)
            seqs = session.scalars(select(Event.seq).order_by(Event.seq)).all()
            assert seqs == list(range(1, len(seqs) + 1))
            if db.engine.dialect.name == "sqlite":
                assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            return len(numbers)


def check_refused_for_space(answer: TestResponse) -> None:
    assert answer.status_code == 503
    assert SENTENCE in answer.get_data(as_text=True)
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_refuses_what_must_be_kept_and_goes_on_showing(
    house: House, hands: Hands, disk: Quota | SmallDisk
) -> None:
    office = Office(house, hands)
    assert office.take().status_code == 302
    disk.fill()
    check_refused_for_space(office.take_until_refused())
    check_refused_for_space(office.take(Accept="application/json"))
    office.read_everything()
    given = office.check_nothing_is_half_stored()
    disk.free()
    for answer in (office.take(), office.call(), office.take()):
        assert answer.status_code == 302
    assert office.check_nothing_is_half_stored() == given + 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("tmp_path", ["quota"], indirect=True)
def test_a_full_disk_of_postgresql_is_told_in_the_same_words(house: House, hands: Hands) -> None:
    office = Office(house, hands)
    assert office.take().status_code == 302
    full = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(text(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ {full} $$"))
        for table in ("events", "sign_ins", "devices"):
            once = f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()"
            session.execute(text(once))
    check_refused_for_space(office.take())
    check_refused_for_space(office.call())
    check_refused_for_space(office.take(Accept="application/json"))
    office.read_everything()
    assert office.check_nothing_is_half_stored() == 1
    with house.app.app_context(), transaction(db.session) as session:
        session.execute(text("DROP FUNCTION full_disk CASCADE"))
    for answer in (office.take(), office.call()):
        assert answer.status_code == 302
    assert office.check_nothing_is_half_stored() == 2
