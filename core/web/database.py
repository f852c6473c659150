"""Flask-SQLAlchemy over the office's own declarative base: it carries the engine and the session."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as SessionOfTheApp
from sqlalchemy.exc import DBAPIError

from core.db import prepare
from core.tables import Base


class Session(SessionOfTheApp):
    """A session that survives its connection: when the database died, what had been begun is undone already."""

    def rollback(self) -> None:
        """Undo what was begun. The next use connects again."""
        try:
            super().rollback()
        except DBAPIError:
            self.invalidate()

    def close(self) -> None:
        """Give the connection back, or leave it if it is dead."""
        try:
            super().close()
        except DBAPIError:
            self.invalidate()


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True, session_options={"class_": Session})
migrate = Migrate(render_as_batch=True, compare_type=True)
MOST_OVERFLOW = 20


def connect(app: Flask, url: str) -> None:
    """Give the application its database; connections are made durable before the first is used."""
    options: dict[str, Any] = {
        "pool_size": 20,
        "max_overflow": MOST_OVERFLOW,
        "pool_timeout": 10,
        "hide_parameters": True,
    }
    if url.startswith("postgresql"):
        options |= {"pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations")
    with app.app_context():
        prepare(db.engine)
