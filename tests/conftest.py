"""Fixtures that all tests share: a town hall on each database, the application, and people signed in to it."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session

import config
from admin.survey_paper import ATTEMPTS, ATTEMPTS_PER_MINUTE
from core import audit, clock, devices, first_content, tables
from core.db import prepare, transaction
from core.disk import Ballast, Disk
from core.people import hashing
from core.people.model import Official
from core.petitions import sealing
from core.web.database import db
from core.web.guard import device_cookie
from core.web.pace import Pace
from core.web.pairing import CODES, CODES_PER_MINUTE
from core.web.shared import SHARED, Shared
from kiosk.opinion import TICKETS, TICKETS_PER_MINUTE
from portal.catalogue import SEARCHES, SEARCHES_PER_MINUTE
from portal.follow_petition import CASE_MISSES, CASE_MISSES_PER_MINUTE
from portal.petitions import FILINGS, FILINGS_PER_MINUTE
from portal.surveys import ANSWERS, ANSWERS_PER_MINUTE
from portal.turn import MISSES, MISSES_PER_MINUTE
from tests import mailing, make, postgresql
from tests.restoring import Restorable
from wsgi import create_app

DATABASES = ("sqlite", "postgresql")
AUDIT_KEY = "the-trail-of-the-tests-" * 2
RESERVE_KEY = "the-reserve-of-the-tests-" * 2
audit.seal_with(AUDIT_KEY)
sealing.seal_with(RESERVE_KEY)
hashing.hash_with(PasswordHasher(memory_cost=8, time_cost=1, parallelism=1))
"""The cheapest that argon2 allows: tests sign in a lot."""
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
templates = TemporaryDirectory(prefix="town-hall-templates-")
"""The pages' templates as Python has compiled them, once for all the applications of this run."""

FREE = (
    (MISSES, MISSES_PER_MINUTE),
    (SEARCHES, SEARCHES_PER_MINUTE),
    (CODES, CODES_PER_MINUTE),
    (CASE_MISSES, CASE_MISSES_PER_MINUTE),
    (FILINGS, FILINGS_PER_MINUTE),
    (ANSWERS, ANSWERS_PER_MINUTE),
    (ATTEMPTS, ATTEMPTS_PER_MINUTE),
    (TICKETS, TICKETS_PER_MINUTE),
)
"""What a source may do in a minute before it is slowed down; every test begins with nothing counted."""

LONGEST_FIRST = ("proof", "browser")
"""Rooms whose tests last seconds: begun last, one of them would be waited for alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole crowds and browsers first, each room in its own order."""
    items.sort(key=lambda item: [f"tests/{room}/" not in item.nodeid for room in LONGEST_FIRST])


def pytest_collection_finish() -> None:
    """What is loaded by now stays: who collects garbage need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def settings_for(url: str, instance: Path) -> config.Settings:
    return config.Settings(
        database_url=url,
        secret_key="a key for tests, long enough " * 2,
        audit_key=AUDIT_KEY,
        reserve_key=RESERVE_KEY,
        instance=instance,
    )


def build_town(url: str, instance: Path) -> None:
    """The loaded town hall, in a database in which there is nothing."""
    make_tables(url, instance)
    load_town(url, instance)


def make_tables(url: str, instance: Path) -> None:
    """Migrate a database in which there is nothing."""
    app = create_app(settings_for(url, instance))
    with app.app_context():
        upgrade(directory=str(Path(__file__).parents[1] / "migrations"))
        db.engine.dispose()


def load_town(url: str, instance: Path) -> None:
    """Load the town hall, with one password that tests know."""
    app = create_app(settings_for(url, instance))
    with app.app_context():
        with transaction(db.session) as session:
            first_content.load(session, first_content.california(), make.OPENING - timedelta(days=30))
            known = hashing.hashed(make.PASSWORD)
            for official in session.scalars(select(Official)):
                official.password_hash, official.password_ends_at = known, None
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    file = folder / "tables.sqlite3"
    make_tables(f"sqlite:///{file}", folder)
    return file


@pytest.fixture(scope="session")
def sqlite_template(sqlite_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    file = folder / "town.sqlite3"
    shutil.copy(sqlite_tables, file)
    load_town(f"sqlite:///{file}", folder)
    return file


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    with postgresql.cluster() as address:
        yield address


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_address: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    postgresql.run(postgresql_address, "CREATE DATABASE tables")
    make_tables(config.read_database_url(f"{postgresql_address}/tables"), tmp_path_factory.mktemp("tables"))
    return "tables"


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql_address: str, postgresql_tables: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    postgresql.run(postgresql_address, f"CREATE DATABASE town TEMPLATE {postgresql_tables}")
    load_town(config.read_database_url(f"{postgresql_address}/town"), tmp_path_factory.mktemp("template"))
    return "town"


@pytest.fixture(scope="session")
def kept_on_postgresql(postgresql_address: str, postgresql_template: str) -> Iterator[Restorable]:
    kept = Restorable(postgresql_address, "town_hall", postgresql_template)
    yield kept
    kept.close()


@contextmanager
def fresh_town_hall(request: pytest.FixtureRequest, folder: Path, name: str, copied: str = "template") -> Iterator[str]:
    """A copy of the loaded town hall, or of its bare `tables`, on the database that the fixture's parameter names."""
    template = request.getfixturevalue(f"{request.param}_{copied}")
    if request.param == "sqlite":
        file = folder / f"{name}.sqlite3"
        shutil.copy(template, file)
        yield f"sqlite:///{file}"
        for part in folder.glob(f"{file.name}*"):
            part.unlink()
        return
    address = request.getfixturevalue("postgresql_address")
    postgresql.run(address, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield config.read_database_url(f"{address}/{name}")
    postgresql.run(address, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the applications of this process live."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, instance: Path) -> Iterator[str]:
    """A fresh town hall, on each database, at an address that is always the same."""
    if request.param == "postgresql":
        kept: Restorable = request.getfixturevalue("kept_on_postgresql")
        kept.restore()
        yield config.read_database_url(f"{kept.address}/{kept.name}")
        return
    with fresh_town_hall(request, instance, "town_hall") as address:
        yield address


def in_no_hurry(engine: Engine) -> Engine:
    """Nobody cuts the power of a test: SQLite need not wait at each commit until the disk has it."""

    def connected(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=OFF").close()

    event.listen(engine, "connect", connected)
    return engine


@cache
def _engine(url: str) -> Engine:
    """One for each database: an engine learns every statement anew, and that takes longer than most tests."""
    assert tables.Base.metadata.tables
    made = create_engine(url, pool_size=20, max_overflow=20)
    prepare(made)
    return in_no_hurry(made)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    yield _engine(database_url)
    _engine(database_url).dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


@pytest.fixture(scope="session")
def machine_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mailing.certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def _smtp(machine_certificate: Path) -> Iterator[mailing.SmtpServer]:
    server = mailing.SmtpServer(machine_certificate)
    yield server
    server.stop()


@pytest.fixture
def smtp(_smtp: mailing.SmtpServer) -> mailing.SmtpServer:
    """A real server that takes messages, with an empty box and good manners."""
    _smtp.forget()
    return _smtp


@pytest.fixture(scope="session")
def imap(machine_certificate: Path) -> Iterator[mailing.ImapServer]:
    """A real server that keeps mailboxes; a test uses one of its own name."""
    server = mailing.ImapServer(machine_certificate)
    yield server
    server.stop()


class Hands:
    """The hands of the office's clock, which only the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def forward(self, **how_long: float) -> datetime:
        self.at += timedelta(**how_long)
        return self.at

    def read(self) -> datetime:
        return self.at


@pytest.fixture
def hands() -> Iterator[Hands]:
    """The clock stands at nine on a working Monday until the test moves it."""
    stopped = Hands(make.at(60))
    with clock.reading(stopped.read):
        yield stopped


def quickened(app: Flask) -> Flask:
    """It compiles no template that was compiled before, and does not wait for the disk."""
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(templates.name)
    with app.app_context():
        in_no_hurry(db.engine)
    return app


def _application(url: str, instance: Path) -> Flask:
    made = create_app(settings_for(url, instance))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    made.extensions["disk"] = Disk([], Ballast(instance))
    return quickened(made)


_shared_application = cache(_application)


@contextmanager
def _as_it_was(app: Flask) -> Iterator[Flask]:
    """Undo what a test tells the application, and leave no connection to a town hall that goes."""
    told, watched = dict(app.config), app.extensions["disk"]
    audit.seal_with(AUDIT_KEY)
    sealing.seal_with(RESERVE_KEY)
    for what, free in FREE:
        app.extensions[what] = Pace(free)
    app.extensions[SHARED] = Shared()
    yield app
    app.config.clear()
    app.config.update(told)
    app.extensions["disk"] = watched
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(database_url: str, instance: Path, hands: Hands) -> Iterator[Flask]:
    """The application, the same one in every test of a database."""
    with _as_it_was(_shared_application(database_url, instance)) as shared:
        yield shared


@pytest.fixture
def own_app(database_url: str, instance: Path, hands: Hands) -> Iterator[Flask]:
    """An application of the test's own, for one that adds to it, opens its wire or takes something away."""
    with _as_it_was(_application(database_url, instance)) as own:
        yield own


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, tmp_path: Path, hands: Hands) -> Iterator[Flask]:
    """The application over a database that has tables and nothing in them."""
    with fresh_town_hall(request, tmp_path, "begins", "tables") as url:
        app = quickened(create_app(settings_for(url, tmp_path)))
        app.extensions["disk"] = Disk([], Ballast(tmp_path))
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@dataclass
class House:
    """The application as its people meet it; each gets a browser of their own."""

    app: Flask

    def anybody(self) -> FlaskClient:
        return self.app.test_client()

    def official(self, username: str = "ventanilla1", window: str | None = None) -> FlaskClient:
        """Signed in and, if a window is named, sitting there."""
        client = self.app.test_client()
        entered = client.post("/sign-in", data={"username": username, "password": make.PASSWORD, "next": ""})
        assert entered.status_code == 302, entered.get_data(as_text=True)
        if window is not None:
            with self.app.app_context(), transaction(db.session) as session:
                make.desk(session, window, username)
        return client

    def device(self, kind: str, **settings: object) -> FlaskClient:
        """A paired kiosk or display."""
        client = self.app.test_client()
        with self.app.app_context(), transaction(db.session) as session:
            at = clock.now()
            code, secret = devices.ask_to_pair(session, kind, at)
            session.flush()
            by = make.official(session, "administracion").id
            device = devices.let_in(session, code, f"{kind} de prueba", make.site(session).id, by, at)
            device.settings = {**device.settings, **settings}
            pairing = devices.pairing_of(session, secret, at)
            assert pairing is not None
            token = devices.claim(session, pairing)
            assert token is not None
        with self.app.app_context():
            client.set_cookie(device_cookie(kind), token)
        return client

    def look(self) -> Session:
        """A session to look at what was kept; use inside `with house.app.app_context()`."""
        db.session.rollback()
        return db.session()


@pytest.fixture
def house(app: Flask) -> House:
    return House(app)
