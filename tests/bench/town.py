"""The town hall that is measured: its rows, a history of any length, a hall full of people, and the keys to enter."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask_login import login_user
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Engine, NullPool, create_engine, select
from sqlalchemy.orm import Session

import config
from core import devices, first_content
from core.catalogue.model import PriorityGroup, Service, Window
from core.clock import milliseconds
from core.db import prepare, transaction
from core.desks import Sitting
from core.events import Who
from core.people import actions as people
from core.people.model import Official
from core.turns import actions as turns
from core.turns.policy import GENERAL
from core.web.database import db
from core.web.guard import Identity
from tests import make
from tests.bench import history
from wsgi import create_app

SECRET = "a-key-for-the-benchmark-long-enough-to-be-one"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0"
BEGAN = make.at(30)
"""The hour of the town when it begins to be measured."""

OFFICIALS, KIOSKS, DISPLAYS = 400, 400, 500
"""Enough that nobody calls twice in a round and no kiosk is pressed faster than a person presses."""


@dataclass(frozen=True, slots=True)
class Key:
    """With what a page of ours presses its buttons: its cookies and the token of its forms."""

    cookie: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town hall on a database, and who may enter it."""

    database_url: str
    folder: Path
    kiosks: Sequence[Key]
    officials: Sequence[Key]
    displays: Sequence[str]
    service_id: int

    def engine(self) -> Engine:
        made = create_engine(self.database_url, poolclass=NullPool)
        prepare(made)
        return made

    def settings(self) -> config.Settings:
        return config.Settings(
            database_url=self.database_url,
            secret_key=SECRET,
            audit_key=SECRET,
            reserve_key=SECRET,
            instance=self.folder,
        )


def build(database_url: str, folder: Path, past: int, waiting: int) -> Town:
    """A town hall with `past` finished turns behind it and `waiting` in the hall, on an empty database."""
    app = create_app(
        config.Settings(
            database_url=database_url, secret_key=SECRET, audit_key=SECRET, reserve_key=SECRET, instance=folder
        )
    )
    with app.app_context():
        upgrade(directory=str(config.ROOT / "migrations"))
        with transaction(db.session) as work:
            first_content.load(work, first_content.california(), BEGAN - timedelta(days=30))
        with transaction(db.session) as work:
            tokens = [_sign_in(work, official) for official in _officials(work)]
            machines = {kind: _devices(work, kind, n) for kind, n in (("kiosk", KIOSKS), ("display", DISPLAYS))}
            service_id = make.service(work).id
    officials = [_official_key(app, token) for token in tokens]
    visit = _visit_key(app)
    with app.app_context():
        db.engine.dispose()
    kiosks = [Key(f"kiosk={token}; {visit.cookie}", visit.csrf) for token in machines["kiosk"]]
    displays = [f"display={token}" for token in machines["display"]]
    town = Town(database_url, folder, kiosks, officials, displays, service_id)
    history.write(database_url, past, before=BEGAN)
    fill_hall(town, waiting)
    return town


def _officials(work: Session) -> list[Official]:
    """Officials of the bench's own, each at a window where everything is attended."""
    services = list(work.scalars(select(Service)))
    place = make.site(work)
    found = []
    for n in range(OFFICIALS):
        window = Window(site_id=place.id, label=str(100 + n), name=f"Ventanilla {100 + n}", services=services)
        official = Official(
            site_id=place.id, username=f"bench{n}", name=f"Banco {n}", password_hash="", roles=["official"]
        )
        work.add_all([window, official])
        work.flush()
        work.add(Sitting(window_id=window.id, official_id=official.id, started_at=BEGAN))
        found.append(official)
    return found


def _sign_in(work: Session, official: Official) -> str:
    return people.sign_in(work, official, BROWSER, BEGAN)


def _devices(work: Session, kind: str, count: int) -> list[str]:
    """So many paired devices; their tokens."""
    place = make.site(work)
    tokens = [secrets.token_urlsafe(32) for _ in range(count)]
    work.add_all(
        devices.Device(
            site_id=place.id,
            kind=kind,
            name=f"{kind} {n}",
            token_hash=people.digest(token),
            settings=dict(devices.DEFAULTS[kind]),
            paired_at=BEGAN,
        )
        for n, token in enumerate(tokens)
    )
    return tokens


def _official_key(app: Flask, token: str) -> Key:
    """The cookie and the form's token that signing in gives to a browser."""
    from_here: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1"}
    with app.test_request_context("/counter/", headers={"User-Agent": BROWSER}, environ_base=from_here):
        signed = people.signed_in(db.session(), token, BEGAN)
        assert signed is not None
        login_user(Identity(token, signed))
        return _kept(app)


def _visit_key(app: Flask) -> Key:
    """What a visit to the kiosk has after its first page."""
    with app.test_request_context("/kiosk/"):
        return _kept(app)


def _kept(app: Flask) -> Key:
    csrf = generate_csrf()
    answer = app.response_class()
    app.session_interface.save_session(app, session, answer)  # type: ignore[arg-type]
    return Key(answer.headers["Set-Cookie"].partition(";")[0], csrf)


def fill_hall(town: Town, count: int) -> None:
    """So many more people wait, for every service and of every group, by turns."""
    engine = town.engine()
    with Session(engine) as work, transaction(work):
        place = make.site(work).id
        services = work.scalars(select(Service.id).order_by(Service.id)).all()
        groups = [GENERAL, GENERAL, GENERAL, *work.scalars(select(PriorityGroup.code).order_by(PriorityGroup.id))]
        for n in range(count):
            asked = turns.Asked(place, services[n % len(services)], groups[n % len(groups)])
            turns.issue(work, asked, Who("system"), BEGAN - timedelta(milliseconds=300 * (count - n)))
    engine.dispose()


def as_it_was(town: Town, waiting: int) -> int:
    """Who was called waits again, and who came after the first `waiting` of today is gone; how many were called."""
    engine = town.engine()
    today = milliseconds(BEGAN - timedelta(hours=3))
    with engine.begin() as work:
        called = work.exec_driver_sql(
            "UPDATE turns SET state = 'waiting', official_id = NULL, window_id = NULL, calls = 0,"
            " last_called_at = NULL WHERE state = 'called'"
        ).rowcount
        work.exec_driver_sql(
            f"UPDATE turns SET state = 'finished' WHERE state = 'waiting' AND id NOT IN"
            f" (SELECT id FROM turns WHERE state = 'waiting' AND issued_at > {today} ORDER BY id LIMIT {waiting})"
        )
    engine.dispose()
    return called


def wrong_numbers(town: Town) -> int:
    """How many numbers of a day and series were given twice or skipped."""
    engine = town.engine()
    with engine.connect() as look:
        rows = look.exec_driver_sql(
            "SELECT count(*), count(DISTINCT number), max(number) FROM turns GROUP BY service_day_id, series"
        ).all()
    engine.dispose()
    return sum((given - different) + (last - different) for given, different, last in rows)
