"""On PostgreSQL the office works as an account that cannot undo what protects the trail (deploy/postgresql.sql)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

import config
from core.audit.model import Entry
from core.audit.verify import verify
from core.db import Event
from core.disk import Ballast, Disk
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import new_press
from tests import make, postgresql
from tests.conftest import Hands, House, settings_for
from wsgi import create_app

HOUSE = Path(__file__).parents[3]
NAMES = {"townhall_owner": "keeper", "townhall": "servant"}
ATTACKS = (
    "UPDATE audit SET act = 'read'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "UPDATE events SET kind = 'x'",
    "DELETE FROM events",
    "DELETE FROM changes",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_no_change ON audit",
    "ALTER TABLE audit ADD COLUMN more text",
    "CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
    "CREATE TRIGGER quiet BEFORE INSERT ON audit EXECUTE FUNCTION only_grows()",
    "DROP TABLE audit",
    "CREATE TABLE mine (id int)",
    "SET session_replication_role = replica",
    "SET ROLE keeper",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.fixture
def two_accounts(request: pytest.FixtureRequest, tmp_path: Path, hands: Hands) -> Iterator[tuple[House, str]]:
    """The town hall as deploy/ sets it up, under other names; and the address of the account that serves."""
    address, template = (request.getfixturevalue(name) for name in ("postgresql_address", "postgresql_template"))
    postgresql.run(address, f"CREATE DATABASE guarded TEMPLATE {template}")
    script = (HOUSE / "deploy/postgresql.sql").read_text("utf-8")
    script = re.sub(r"\btownhall(_owner)?\b", lambda found: NAMES[found[0]], script)
    for _ in range(2):
        with psycopg.connect(f"{address}/guarded", autocommit=True) as administrator:
            administrator.execute(script.encode())
    served = f"{address.replace('townhall@', 'servant@')}/guarded"
    app = create_app(settings_for(config.read_database_url(served), tmp_path))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["disk"] = Disk([], Ballast(tmp_path))
    yield House(app), served
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    postgresql.run(address, "DROP DATABASE guarded WITH (FORCE)")
    for role in NAMES.values():
        postgresql.run(address, f"DROP ROLE {role}")


def test_the_office_works_as_an_account_that_may_only_add_to_the_trail(two_accounts: tuple[House, str]) -> None:
    house, served = two_accounts
    kiosk = house.device("kiosk")
    with house.app.app_context():
        service = make.service(house.look()).id
    taken = kiosk.post("/kiosk/turns", data={"service": str(service), "group": "general", "press": new_press()})
    assert taken.status_code == 302, taken.get_data(as_text=True)
    desk: FlaskClient = house.official("ventanilla1", window="1")
    assert desk.post("/counter/next", data={"press": new_press()}).status_code == 302
    administrator = house.official("administracion")
    assert administrator.post("/admin/notices", data={"text": "Hoy no hay sistema", "text_en": ""}).status_code == 302
    forgotten = house.app.test_cli_runner().invoke(args=["retention", "run"])
    assert forgotten.exit_code == 0, forgotten.output

    for attack in ATTACKS:
        with psycopg.connect(served, autocommit=True) as connection, pytest.raises(psycopg.Error) as refused:
            connection.execute(attack)  # type: ignore[call-overload]
        assert refused.value.sqlstate in ("42501", "42P01"), (attack, refused.value)
    with house.app.app_context():
        session = house.look()
        assert session.scalar(select(func.count()).select_from(Turn)) == 1
        assert session.scalar(select(func.count()).select_from(Event)) > 0
        assert session.scalar(select(func.count()).select_from(Entry)) > 0
        assert verify(session).sound
