"""The command line: load the town hall, and replay recorded days through the ordering code."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from core import clock, first_content
from core.db import transaction
from core.errors import Refused
from core.turns import recorded, replay
from core.turns.policy import Order
from core.web.database import db

LONGEST_HEAD_START = 24 * 60

office = AppGroup("office", help="La oficina.")
town = AppGroup("town", help="El municipio.")
queue = AppGroup("turns", help="Los turnos.")


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


@office.command("init")
@click.option("--entity", prompt="Nombre de la entidad", envvar="OFFICE_ENTITY", help="Nombre de la entidad.")
@click.option("--name", prompt="Su nombre", envvar="OFFICE_ADMINISTRATOR", help="Nombre de quien administra.")
@click.option("--username", prompt="Usuario con que ingresará", envvar="OFFICE_USERNAME", help="Su usuario.")
def begin_office(entity: str, name: str, username: str) -> None:
    """Crea lo mínimo en una base vacía: la entidad, una sede y quien la administra. Lo demás se hace por formulario.

    Imprime una sola vez la contraseña de un solo uso. Lee también OFFICE_ENTITY, OFFICE_ADMINISTRATOR, OFFICE_USERNAME.
    """
    try:
        with transaction(db.session) as session:
            password = first_content.begin(session, entity, username, name, clock.now())
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"\n  Usuario     {username.strip().lower()}\n  Contraseña  {password}\n")
    click.echo("  Sirve una vez y no se vuelve a mostrar: al ingresar se cambia por una propia.\n")


@queue.command("replay", with_appcontext=False)
@click.argument("folder", metavar="CARPETA", type=click.Path(path_type=Path))
@click.option("--order", required=True, type=click.Choice([order.value for order in Order]), help="Orden de llamado.")
@click.option(
    "--head-start",
    metavar="MINUTOS",
    type=click.IntRange(0, LONGEST_HEAD_START),
    default=60,
    show_default=True,
    help="Adelanto de los grupos con prioridad; también es el límite con que se juzga P3.",
)
@click.option(
    "--ratio",
    metavar="N",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Turnos con prioridad por cada general, en el orden ratio.",
)
def replay_days(folder: Path, order: str, head_start: int, ratio: int) -> None:
    """Repite los días grabados en CARPETA con el orden de llamado del sistema e imprime las esperas en JSON.

    Esperas en minutos, de todos los llamados; percentiles por interpolación lineal; within_target es la parte
    (de 0 a 1) que esperó hasta 15 minutos con prioridad o 45 sin ella. violations cuenta parejas (llamado,
    adelantado): P1 mismo grupo y trámite, P2 un general antes que una prioridad más antigua, P3 un general
    adelantado por quien llegó MINUTOS o más después; P4, ventanillas libres con alguien esperando.
    """
    try:
        days = recorded.read(folder)
    except recorded.BadDays as bad:
        click.echo(" ".join(str(bad).split()).encode("utf-8", "surrogateescape"), err=True)
        raise SystemExit(1) from None
    found = replay.figures(days, Order(order), head_start, ratio)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True).encode())


def register(app: Flask) -> None:
    app.cli.add_command(office)
    app.cli.add_command(town)
    app.cli.add_command(queue)
