"""The command line: load the town hall, and replay recorded days through the ordering code."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from core import clock, first_content
from core.db import transaction
from core.web.database import db

town = AppGroup("town", help="El municipio.")


@town.command("load")
def load_town() -> None:
    """Carga la alcaldía si la base está vacía; imprime una sola vez las contraseñas de las cuentas de ejemplo."""
    with transaction(db.session) as session:
        if first_content.is_loaded(session):
            return
        passwords = first_content.load(session, first_content.california(), clock.now())
    width = max(map(len, passwords))
    click.echo("\n  Cuentas de ejemplo. Estas contraseñas no se vuelven a mostrar:\n")
    for username, password in passwords.items():
        click.echo(f"    {username:<{width}}  {password}")
    click.echo("")


def register(app: Flask) -> None:
    app.cli.add_command(town)
