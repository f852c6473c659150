"""The command line: load the town hall, show its calendar, set a ballast aside, and replay recorded days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import select

from core import clock, first_content
from core.calendar import Calendar, is_working_day
from core.catalogue import days as calendar_days
from core.catalogue.model import Site
from core.db import transaction
from core.disk import Disk
from core.errors import Refused
from core.people import confirming
from core.people import staff as people
from core.people.model import Official
from core.turns import judging, recorded, replay
from core.turns.policy import Order
from core.web.database import db

LONGEST_HEAD_START = 24 * 60

office = AppGroup("office", help="La oficina.")
town = AppGroup("town", help="El municipio.")
staff = AppGroup("people", help="Las personas que trabajan aquí.")
queue = AppGroup("turns", help="Los turnos.")
disk = AppGroup("disk", help="El disco de los datos.")
days = AppGroup("calendar", help="El calendario.")


@town.command("load")
def load_town() -> None:
    """Carga la alcaldía si la base está vacía; imprime una sola vez las contraseñas de las cuentas de ejemplo."""
    with transaction(db.session) as session:
        if first_content.is_loaded(session):
            return
        passwords = first_content.load(session, first_content.california(), clock.now())
    width = max(map(len, passwords))
    click.echo("\n  Cuentas de ejemplo, por catorce días si no cambian su contraseña. No se vuelven a mostrar:\n")
    for username, password in passwords.items():
        click.echo(f"    {username:<{width}}  {password}")
    click.echo("")


@disk.command("ballast")
def put_down_ballast() -> None:
    """Aparta una reserva de 64 MB para el día en que el disco se llene, si no está y hay espacio de sobra.

    Ese día se libera desde la sala en vivo, o borrando el archivo, y se sigue atendiendo mientras se hace espacio.
    """
    watched: Disk = current_app.extensions["disk"]
    room = watched.look()
    if watched.ballast.bytes:
        return
    if room is None or room.need:
        click.echo("No se aparta la reserva: el disco tiene poco espacio. Se apartará cuando lo haya.", err=True)
        return
    try:
        watched.ballast.put_down()
    except OSError as refused:
        click.echo(f"No se pudo apartar la reserva en {watched.ballast.path}: {refused.strerror}.", err=True)
        raise SystemExit(1) from None
    click.echo(f"Reserva para un disco lleno: {watched.ballast.path}")


@staff.command("confirm")
@click.argument("number", metavar="PROPUESTA", type=int, required=False)
def confirm(number: int | None) -> None:
    """Muestra lo que espera a una segunda persona, o confirma PROPUESTA; para cuando no queda nadie más que pueda."""
    with transaction(db.session) as session:
        at = clock.now()
        waiting = [
            (p, p.official) for site in session.scalars(select(Site.id)) for p in confirming.waiting(session, site, at)
        ]
        for proposal, official in waiting:
            if proposal.id == number:
                confirming.confirm(session, official.site_id, number, None, at)
            click.echo(f"{proposal.id:>6}  {official.username}  {proposal.kind}  {' '.join(proposal.roles)}")
    if number is not None and number not in [proposal.id for proposal, _official in waiting]:
        raise click.ClickException("Esa propuesta no existe, ya se decidió o venció.")


@staff.command("password")
@click.argument("username", metavar="USUARIO")
def give_password(username: str) -> None:
    """Da a USUARIO una contraseña de un solo uso, para cuando ya nadie puede entrar a darla; cierra sus sesiones."""
    with transaction(db.session) as session:
        official = session.scalar(select(Official).where(Official.username == username.strip().lower()))
        if official is None or not official.active:
            raise click.ClickException("Ninguna persona con acceso tiene ese usuario.")
        password = people.give_password(session, official.site_id, official.id, None, clock.now())
    click.echo(f"\n  {password}\n\n  Sirve una vez, por un día: al ingresar se cambia por una propia.\n")


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
    found = replay.figures(_recorded(folder), Order(order), head_start, ratio)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True).encode())


@queue.command("judge", with_appcontext=False)
@click.argument("folder", metavar="CARPETA", type=click.Path(path_type=Path))
@click.option(
    "--head-start",
    metavar="MINUTOS",
    type=click.IntRange(0, LONGEST_HEAD_START),
    default=60,
    show_default=True,
    help="Adelanto de los grupos con prioridad; también es el límite con que se juzga P3.",
)
def judge_days(folder: Path, head_start: int) -> None:
    """Repite los días grabados en CARPETA con el orden y las estimaciones del sistema e imprime las cifras en JSON.

    El sistema aprende de un día a otro como una oficina: nunca ve lo que solo pasa después. Las esperas y las faltas
    son las de replay; estimates, de lo que se dijo al dar cada turno a quien esperó: error medio (mae), sesgo (bias) y
    ancho del rango (width) en minutos, y la parte de los rangos que acertó (coverage).
    """
    found = judging.figures(_recorded(folder), head_start)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True).encode())


def _recorded(folder: Path) -> recorded.Recorded:
    try:
        return recorded.read(folder)
    except recorded.BadDays as bad:
        click.echo(" ".join(str(bad).split()).encode("utf-8", "surrogateescape"), err=True)
        raise SystemExit(1) from None


@days.command("show")
@click.argument("year", metavar="AÑO", type=click.IntRange(1900, 2200))
@click.option("--site", "code", metavar="CÓDIGO", help="La sede; sin ella, lo que rige en toda la entidad.")
@click.option("--as-of", metavar="FECHA", type=click.DateTime(["%Y-%m-%d"]), help="El calendario como era ese día.")
@click.option("--json", "as_json", is_flag=True, help="Imprime JSON.")
def show_calendar(year: int, code: str | None, as_of: datetime | None, as_json: bool) -> None:
    """Imprime los festivos y los días propios de AÑO, los días hábiles de cada mes y la versión del calendario."""
    session = db.session()
    site_id = session.scalar(select(Site.id).where(Site.code == code)) if code else None
    if code and site_id is None:
        raise click.BadParameter("no hay una sede con ese código", param_hint="--site")
    end_of_day = as_of and as_of.replace(hour=23, minute=59, second=59, microsecond=999000, tzinfo=clock.BOGOTA)
    version = calendar_days.version_at(session, end_of_day) if end_of_day else None
    told = calendar_told(year, calendar_days.calendar_of(session, site_id, version))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2).encode())
        return
    click.echo(f"{year} · calendario {told['version']}\n")
    for day in told["days"]:
        click.echo(f"  {day['day']}  {'hábil  ' if day['working'] else 'inhábil'}  {day['name']}")
    click.echo("\n  Días hábiles: " + ", ".join(f"{n:02}: {told['working_days'][n - 1]}" for n in range(1, 13)))
    click.echo(f"  En el año: {sum(told['working_days'])}")


def calendar_told(year: int, calendar: Calendar) -> dict[str, Any]:
    """The days of a year that have a name, in order, and how many count in each month."""
    every = calendar_days.days_from(date(year, 1, 1), date(year, 12, 31))
    named = [
        {"day": day.isoformat(), "working": is_working_day(day, calendar), "kind": kind, "name": name}
        for day in every
        for kind, name in _names(day, calendar)
    ]
    working = [sum(is_working_day(day, calendar) for day in every if day.month == month) for month in range(1, 13)]
    return {"year": year, "version": calendar.version, "days": named, "working_days": working}


def _names(day: date, calendar: Calendar) -> Iterator[tuple[str, str]]:
    yield from (("holiday", name) for name in calendar.holidays(day))
    for special in calendar.special.get(day, ()):
        yield ("opened" if special.opens else "closed"), special.act


def register(app: Flask) -> None:
    app.cli.add_command(office)
    app.cli.add_command(town)
    app.cli.add_command(days)
    app.cli.add_command(queue)
    app.cli.add_command(disk)
    app.cli.add_command(staff)
