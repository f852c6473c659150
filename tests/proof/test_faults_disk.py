"""A full disk (F-06): nothing can be kept, all can be read, and once there is space it works without a restart."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from werkzeug.test import TestResponse

import config
from core.db import Event, transaction
from core.disk import Ballast, Disk
from core.presses import KeptPress
from core.turns.model import SeriesCounter, Turn
from core.web.database import db
from core.web.forms import new_press
from tests import postgresql
from tests.conftest import DATABASES, Hands, House, build_town, fresh_town_hall

SENTENCE = "No hay espacio en el equipo para guardar. Avise a sistemas."
DISK = "64m"
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

    def free(self, _office: Office) -> None:
        self._pages = 2**30


class Imitation:
    """What PostgreSQL answers on a full disk, on a machine that lets nobody mount a small one."""

    ANSWER = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"

    def __init__(self, house: House) -> None:
        self._house = house

    def fill(self) -> None:
        self._run(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ {self.ANSWER} $$")
        for table in ("events", "sign_ins", "devices"):
            self._run(f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()")

    def free(self, _office: Office) -> None:
        self._run("DROP FUNCTION full_disk CASCADE")

    def _run(self, statement: str) -> None:
        with self._house.app.app_context(), transaction(db.session) as session:
            session.execute(text(statement))


class SmallDisk:
    """A file system of some megabytes, a file that takes what is left of it, and the ballast that lies there."""

    def __init__(self, house: House, folder: Path) -> None:
        self._litter = folder / "litter"
        self._ballast = Ballast(folder, 2**20)
        self._ballast.put_down()
        house.app.extensions["disk"] = Disk([folder], self._ballast, every_s=0)

    def fill(self) -> None:
        with self._litter.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                return

    def free(self, office: Office) -> None:
        """The supervisor, who is alone with it, lets the ballast go; later somebody tidies up."""
        assert "El disco del equipo está casi lleno: 100 %" in office.hall()
        assert office.supervisor.post("/admin/hall/ballast", data={"press": new_press()}).status_code == 302
        assert not self._ballast.bytes
        assert office.take().status_code == 302
        self._litter.unlink()
        assert "El disco del equipo" not in office.hall()


@pytest.fixture(params=["quota", "small disk"])
def tmp_path(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Where the database lies: on a small disk of its own, if this machine lets us mount one."""
    folder = Path(mkdtemp(prefix="town-hall-disk-"))
    folder.chmod(0o755)  # PostgreSQL enters as another user
    if request.param == "small disk" and _mount(folder):
        yield folder
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
    else:
        yield tmp_path
    folder.rmdir()


def _mount(folder: Path) -> bool:
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    if not mounted and os.environ.get("CI") == "true":
        pytest.fail("this machine should let the tests mount a small disk, and does not")
    return mounted


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "postgresql" and tmp_path.is_mount():
        cluster = postgresql.Cluster(disk=tmp_path)
        try:
            cluster.start()
            postgresql.run(cluster.address, "CREATE DATABASE town")
            url = config.read_database_url(f"{cluster.address}/town")
            build_town(url, tmp_path)
            before = cluster.postmaster
            yield url
            assert cluster.postmaster == before
            assert "PANIC" not in (cluster.folder / "log").read_text()
        finally:
            cluster.discard()
    else:
        with fresh_town_hall(request, tmp_path, "full_town") as address:
            yield address


@pytest.fixture
def app(own_app: Flask) -> Flask:
    return own_app


@pytest.fixture
def disk(house: House, database_url: str, tmp_path: Path) -> Quota | Imitation | SmallDisk:
    if tmp_path.is_mount():
        return SmallDisk(house, tmp_path)
    return Quota(house) if database_url.startswith("sqlite") else Imitation(house)


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

    def hall(self) -> str:
        return self.supervisor.get("/admin/hall").get_data(as_text=True)

    def take_until_refused(self, **headers: str) -> TestResponse:
        for _ in range(SOON):
            answer = self.take(**headers)
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


@pytest.mark.parametrize(
    ("database_url", "tmp_path"),
    [("sqlite", "quota"), ("sqlite", "small disk"), ("postgresql", "small disk")],
    indirect=True,
)
def test_a_full_disk_refuses_what_must_be_kept_and_goes_on_showing(
    house: House, hands: Hands, disk: Quota | Imitation | SmallDisk
) -> None:
    office = Office(house, hands)
    assert office.take().status_code == 302
    disk.fill()
    check_refused_for_space(office.take_until_refused())
    check_refused_for_space(office.take_until_refused(Accept="application/json"))
    office.read_everything()
    office.check_nothing_is_half_stored()
    disk.free(office)
    given = office.check_nothing_is_half_stored()
    for answer in (office.take(), office.call(), office.take()):
        assert answer.status_code == 302
    assert office.check_nothing_is_half_stored() == given + 2
