"""The command line of the plan: load the file of a year, begin a year as another, give the file back."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from core import clock
from core.db import transaction
from core.errors import Refused
from core.events import Who
from core.plan import loading
from core.plan.followup import overview, snapshot
from core.plan.model import Plan
from core.web.database import db

plan = AppGroup("plan", help="El plan anticorrupción y de atención al ciudadano.")
BY = Who("command line")
YEAR = click.option(
    "--year", "--vigencia", "year", metavar="AÑO", type=int, help="La vigencia; sin ella, el año que corre."
)


@plan.command("load")
@click.argument("file", metavar="ARCHIVO", type=click.Path(path_type=Path))
@YEAR
def load(file: Path, year: int | None) -> None:
    """Carga el plan de un año desde ARCHIVO (YAML). Cargarlo dos veces no cambia nada."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"No se puede leer {file}: {getattr(error, 'strerror', 'no es UTF-8')}.") from None
    try:
        with transaction(db.session) as session:
            found, new = loading.load(session, text, year or clock.today().year, BY, clock.now())
            click.echo(_told(found, "Se cargó" if new else "Ya estaba, y no cambió nada:"))
    except Refused as refused:
        raise click.ClickException(str(refused)) from None


@plan.command("copy")
@click.argument("of", metavar="DEL_AÑO", type=int)
@click.argument("year", metavar="AÑO", type=int)
@click.option("--act", "--acto", "act", metavar="ACTO", required=True, help="El acto que adopta el plan nuevo.")
def copy(of: int, year: int, act: str) -> None:
    """Empieza el plan de AÑO como copia del de DEL_AÑO; las metas se fijan de nuevo."""
    try:
        with transaction(db.session) as session:
            click.echo(_told(loading.copy(session, of, year, BY, clock.now(), act), "Se copió"))
    except Refused as refused:
        raise click.ClickException(str(refused)) from None


@plan.command("export")
@YEAR
def export(year: int | None) -> None:
    """Imprime el archivo del plan de un año."""
    try:
        found = loading.plan_of(db.session(), year or clock.today().year)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(loading.export(found).encode(), nl=False)


@plan.command("verify")
@YEAR
def verify(year: int | None) -> None:
    """Comprueba que lo publicado de cada corte sea lo que se publicó: su huella y la que quedó en la auditoría."""
    try:
        found = loading.plan_of(db.session(), year or clock.today().year)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    spoilt = 0
    for one in reversed(overview.published(db.session(), found)):
        good = snapshot.is_as_published(db.session(), one)
        spoilt += not good
        said = "íntegro" if good else "CAMBIADO"
        click.echo(f"Corte {one.cutoff}, edición {one.edition}: {said}, SHA-256 {one.digest}")
    if spoilt:
        raise click.ClickException(f"{spoilt} no coinciden con lo que se publicó.")


def _told(found: Plan, did: str) -> str:
    counts = [len(found.components), sum(len(one.metas) for one in found.components), len(found.activities)]
    return "{} el plan de {}: {} componentes, {} metas y {} actividades.".format(did, found.year, *counts)


def register(app: Flask) -> None:
    app.cli.add_command(plan)
