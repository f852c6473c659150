"""Puts the house together; the only file that knows every face."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

import admin
import config
import counter
import display
import kiosk
import portal
from core.web import guard, office, reserve_command

FACES = (portal, kiosk, display, counter, admin)


def create_app(settings: config.Settings | None = None) -> Flask:
    """The whole product as one WSGI application, from `settings` or from the environment."""
    app = office.create(settings or config.read())
    for face in FACES:
        app.register_blueprint(face.bp)
    guard.check_guards(app)
    reserve_command.register(app, _elsewhere)
    return app


def _elsewhere(folder: Path) -> Flask:
    """The same product in a folder, with a database and keys of its own; nothing of the installation is touched."""
    return create_app(config.read({"INSTANCE_DIR": str(folder)}))
