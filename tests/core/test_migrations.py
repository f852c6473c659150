"""Migrations keep what an office already has."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from core.catalogue.model import Entity, Site, Topic
from core.db import transaction
from core.web.database import db
from tests import make

MIGRATIONS = str(Path(__file__).parents[2] / "migrations")


def test_an_office_at_work_learns_the_last_hour_of_its_log(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            for minute in (1, 2, 3):
                make.turn(session, minute)
        downgrade(directory=MIGRATIONS, revision="0001")
        assert db.session.execute(text("SELECT * FROM streams")).one()._fields == (
            "site_id",
            "last_seq",
            "priority_run",
        )
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        seq, at, lead = db.session.execute(text("SELECT last_seq, last_at, lead_ms FROM streams")).one()
        assert (seq, at, lead) == (3, int(make.at(3).timestamp() * 1000), 0)


def test_an_office_at_work_keeps_all_in_use_when_its_set_up_comes_to_the_forms(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            make.turn(session)
        downgrade(directory=MIGRATIONS, revision="0002")
        columns = list(db.session.execute(text("SELECT * FROM topics")).keys())
        assert "active" not in columns
        db.session.rollback()
        upgrade(directory=MIGRATIONS)
        session = db.session()
        assert all(topic.active for topic in session.scalars(select(Topic)))
        site, entity = session.scalars(select(Site)).one(), session.scalars(select(Entity)).one()
        assert (site.active, site.access, entity.english) == (True, "", True)
