"""The command line of the files: whether all are as they came, what the antivirus has not seen, what is not needed."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from core import clock
from core.db import transaction
from core.files import aside, keeping
from core.files.actions import note_scan
from core.files.antivirus import Scan
from core.files.model import StoredFile
from core.files.refusals import Damaged
from core.web.database import db
from core.web.uploads import store

group = AppGroup("files", help="Los archivos que trae la gente.")


@group.command("verify")
def verify() -> None:
    """Lee todos los archivos y dice cuáles faltan o no están como llegaron; sale con 1 si hay alguno."""
    bad = list(keeping.damaged(db.session(), store()))
    for stored in bad:
        click.echo(f"{stored.id:>8}  {stored.kept_on}  {stored.kind}  {store().folder.path(stored.digest)}")
    if bad:
        click.echo(f"Archivos dañados o perdidos: {len(bad)}. Restáurelos de la copia de seguridad.", err=True)
        raise SystemExit(1)
    click.echo("Todos los archivos están como llegaron.")


@group.command("scan")
def scan() -> None:
    """Pasa por el antivirus lo que llegó sin analizar; lo dañino queda en cuarentena y no se entrega."""
    if store().antivirus.address is None:
        raise click.ClickException("no hay antivirus: diga dónde está con CLAMAV.")
    told = dict.fromkeys(Scan, 0)
    for file_id in [stored.id for stored in keeping.unscanned(db.session())]:
        stored = db.session().get_one(StoredFile, file_id)
        try:
            found = keeping.look_again(store(), stored)
        except Damaged:
            click.echo(f"{file_id:>8}  dañado: no se pudo leer.", err=True)
            continue
        with transaction(db.session) as session:
            note_scan(session.get_one(StoredFile, file_id), found, clock.now())
        told[found.scan] += 1
    click.echo(
        f"Limpios: {told[Scan.CLEAN]}. En cuarentena: {told[Scan.QUARANTINED]}. Sin analizar: {told[Scan.UNSCANNED]}."
    )
    if told[Scan.UNSCANNED]:
        raise SystemExit(1)


@group.command("sweep")
def sweep() -> None:
    """Borra lo que nadie necesita: adjuntos de formularios abandonados y archivos a los que nada se refiere."""
    at = clock.now()
    with transaction(db.session) as session:
        waiting = aside.clear(session, store(), at)
        rows = keeping.forget_unneeded(session, at)
    strays = keeping.remove_strays(db.session(), store(), at)
    click.echo(f"De formularios abandonados: {waiting}. Sin uso: {rows}. Borrados del disco: {strays}.")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
