"""The command that proves the reserve: it builds a town hall to throw away beside the real one, and looks there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask, current_app
from flask_migrate import upgrade

from core import clock, first_content
from core.db import transaction
from core.web import reserve_check
from core.web.database import db
from core.web.petition_commands import petitions

Elsewhere = Callable[[Path], Flask]
ELSEWHERE = "elsewhere"
MIGRATIONS = Path(__file__).parents[2] / "migrations"


@petitions.command("reserve-check")
def reserve_check_command() -> None:
    """Prueba que lo reservado no se ve donde no debe; termina en 0 si es así y en 1 si algo se ve.

    Radica una denuncia con palabras únicas en una base SQLite nueva, en una carpeta temporal y con claves propias, y
    una queja que dice lo mismo y que después se vuelve denuncia; las busca allí en todo lo que guarda y muestra esta
    versión. No toca los datos de la instalación.
    """
    build: Elsewhere = current_app.extensions[ELSEWHERE]
    with TemporaryDirectory(prefix="reserve-check-") as folder:
        app = build(Path(folder))
        with app.app_context():
            upgrade(directory=str(MIGRATIONS))
            with transaction(db.session) as session:
                first_content.load(session, first_content.california(), clock.now())
        looked = list(reserve_check.check(app, [Path(folder)]))
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    for each in looked:
        click.echo(str(each))
    if not all(each.good for each in looked):
        raise SystemExit(1)


def register(app: Flask, elsewhere: Elsewhere) -> None:
    """`elsewhere` builds the same product over a new database in a folder."""
    app.extensions[ELSEWHERE] = elsewhere
