"""Town halls that cost milliseconds, for tests of many small cases: nothing outlives a test, and nobody looks on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from config import read_database_url
from core.db import prepare
from tests import postgresql
from tests.conftest import DATABASES
from tests.core.in_memory import engine_of


@pytest.fixture
def town_in_memory(sqlite_template: Path) -> Iterator[Session]:
    """A copy of the town hall in the memory of this process."""
    template = sqlite3.connect(sqlite_template)
    engine = engine_of(template)
    with Session(engine) as session:
        yield session
    engine.dispose()
    template.close()


@pytest.fixture(scope="session")
def town_in_postgresql(postgresql_address: str, postgresql_template: str) -> Iterator[Engine]:
    postgresql.run(postgresql_address, f"CREATE DATABASE undone TEMPLATE {postgresql_template}")
    engine = create_engine(read_database_url(f"{postgresql_address}/undone"))
    prepare(engine)
    yield engine
    engine.dispose()


@contextmanager
def town_on(database: str, request: pytest.FixtureRequest) -> Iterator[Session]:
    """A town hall on `database`; on PostgreSQL all that a test commits is undone when it ends."""
    if database == "sqlite":
        yield request.getfixturevalue("town_in_memory")
        return
    with (
        request.getfixturevalue("town_in_postgresql").connect() as connection,
        connection.begin() as everything,
        Session(connection, join_transaction_mode="create_savepoint") as session,
    ):
        yield session
        session.close()
        everything.rollback()


@pytest.fixture(params=DATABASES)
def town(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A town hall on each database."""
    with town_on(request.param, request) as session:
        yield session
