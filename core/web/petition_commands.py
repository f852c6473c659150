"""Deadlines on the command line: one case with its account of days, or many from a CSV file."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import clock
from core.calendar import Calendar, Hours
from core.catalogue import days
from core.catalogue.hours import times_of
from core.catalogue.model import OwnDay, Site
from core.db import transaction
from core.petitions import recounting, written
from core.petitions.deadlines import Deadline, deadline, due_of
from core.petitions.facts import Policy
from core.petitions.terms import Kind
from core.petitions.written import BadCase, Case
from core.web.database import db
from core.web.petition_words import account_told, clock_name, kind_text, silence_text, state_text, why_not_text

USUAL_HOURS = tuple(
    Hours(weekday, opens, closes)
    for weekday in range(1, 6)
    for opens, closes in ((time(8), time(12)), (time(14), time(18)))
)
"""Monday to Friday, 8 to 12 and 14 to 18: what counts as office hours where no site says its own."""
SQLITE = "sqlite:///"
NOT_READ = "No se pudo leer la base de datos: se cuenta con los festivos de ley."


class Wrong(click.ClickException):
    """What was typed cannot be done: one line on the error output, and 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(" ".join(self.message.split()).encode("utf-8", "backslashreplace"), err=True, file=file)


class InSpanish(click.Command):
    """A command whose wrong options are answered in one Spanish line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as wrong:
            raise Wrong(f"No existe la opción {wrong.option_name}. Vea --help.") from None
        except click.BadOptionUsage as wrong:
            raise Wrong(f"La opción {wrong.option_name} está incompleta o de más. Vea --help.") from None
        except click.UsageError:
            raise Wrong("Sobra algo o falta algo en lo escrito. Vea --help.") from None


class GroupInSpanish(AppGroup):
    """Commands of which one that does not exist is answered in one Spanish line."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            raise Wrong(f"No existe la orden «{args[0][:40]}». Vea --help.") from None


petitions = GroupInSpanish("petitions", help="Las peticiones (PQRSD).")


@dataclass(frozen=True, slots=True)
class Ground:
    """What cases are counted over, and whether the calendar is the entity's or only the law's."""

    calendar: Calendar
    hours: Sequence[Hours]
    of_entity: bool


@petitions.command("deadline", cls=InSpanish)
@click.option("--kind", metavar="CLASE", help=f"Una de {', '.join(Kind)}.")
@click.option("--received", metavar="FECHA", help="Cuándo llegó: 2026-06-26 o 2026-06-26T09:30, hora de Bogotá.")
@click.option("--asked", metavar="FECHA", help="Cuándo se pidió completarla (art. 17).")
@click.option("--answered", metavar="FECHA", help="Cuándo la persona la completó.")
@click.option("--extended", is_flag=True, help="Prorrogada hasta el máximo de ley.")
@click.option("--closed", metavar="FECHA,FECHA", help="Días que la entidad cerró y no cuentan.")
@click.option("--policy", metavar="LECTURA", help=f"Qué es el día 0: {' o '.join(Policy)}; sin decirlo, estricta.")
@click.option("--days", metavar="N", help="El término propio de un requerimiento especial, en días hábiles.")
@click.option("--site", "code", metavar="CÓDIGO", help="La sede cuyo calendario y horario rigen.")
@click.option("--as-of", metavar="FECHA", help="El día en que se mira; sin decirlo, hoy.")
@click.option("--json", "as_json", is_flag=True, help="Imprime JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Lee muchos casos de la entrada y los devuelve con la columna due.")
def show_deadline(code: str | None, as_of: str | None, as_json: bool, as_csv: bool, **typed: Any) -> None:
    """Calcula hasta cuándo se responde una petición y da cuenta de cada día: cuál contó, cuál no y por qué.

    Con base de datos se cuenta con el calendario de la entidad; sin ella, con los festivos de ley. En la lectura laxa,
    lo que llega después del último cierre del día, o en un día inhábil, se tiene por recibido el siguiente día hábil;
    el horario es el de la sede o, si no hay, de lunes a viernes de 8 a 12 y de 14 a 18.

    Con --csv: columnas kind, received, asked, answered, extended, closed y policy; solo las dos primeras son
    obligatorias, y en closed las fechas van separadas por comas.
    """
    try:
        today = written.day_of("as-of", as_of) if as_of else clock.today()
        ground = _ground(code)
        if as_csv:
            _check_alone(typed, as_json)
            rows = written.read(_everything_typed())
            click.echo(written.write(rows, lambda cells: _due(cells, ground)).encode(), nl=False)
            return
        cells = {option: _text(value) for option, value in typed.items()}
        case = written.case_of(cells, ground.calendar, ground.hours)
    except BadCase as bad:
        raise Wrong(str(bad)) from None
    found = deadline(case.facts, case.calendar, today)
    told = json.dumps(deadline_told(case, found, ground, today), ensure_ascii=False, indent=2)
    click.echo((told if as_json else _sheet(case, found, today)).encode())


def _everything_typed() -> bytes:
    try:
        return sys.stdin.buffer.read()
    except (AttributeError, OSError):  # an entry that is closed, or breaks off
        raise BadCase("No se pudo leer la entrada.") from None


def _text(value: Any) -> str:
    return "1" if value is True else value or ""


def _check_alone(typed: dict[str, Any], as_json: bool) -> None:
    given = [f"--{option}" for option, value in typed.items() if value]
    if given or as_json:
        raise BadCase(f"Con --csv los casos se leen de la entrada: quite {', '.join(given) or '--json'}.")


def _due(cells: dict[str, str], ground: Ground) -> date | None:
    case = written.case_of(cells, ground.calendar, ground.hours)
    return due_of(case.facts, case.calendar)


def _ground(code: str | None) -> Ground:
    """The entity's calendar if there is a database that has one. Raises BadCase for a site that it does not know."""
    law = Ground(Calendar(days.holidays_on, version=days.RELEASE), USUAL_HOURS, of_entity=False)
    url = current_app.config["SQLALCHEMY_DATABASE_URI"]
    file = url.removeprefix(SQLITE)
    if file != url and not (Path(current_app.instance_path) / file).is_file():
        return _without_site(code, law)
    try:
        if not inspect(db.engine).has_table(OwnDay.__tablename__):
            return _without_site(code, law)
        return _of_entity(db.session(), code)
    except SQLAlchemyError:
        click.echo(NOT_READ.encode(), err=True)
        return _without_site(code, law)


def _without_site(code: str | None, law: Ground) -> Ground:
    if code:
        raise BadCase("site: no hay una base de datos con sedes")
    return law


def _of_entity(session: Session, code: str | None) -> Ground:
    """The calendar of the whole entity and the hours of its first site, or those of the site that was named."""
    sites = select(Site.id).where(Site.active).order_by(Site.id)
    site = session.scalar(sites.where(Site.code == code) if code else sites.limit(1))
    if code and site is None:
        raise BadCase("site: no hay una sede con ese código")
    hours = times_of(session, site, clock.today()).hours if site else ()
    return Ground(days.calendar_of(session, site if code else None), hours or USUAL_HOURS, of_entity=True)


def deadline_told(case: Case, found: Deadline, ground: Ground, today: date) -> dict[str, Any]:
    """A deadline as plain values: everything that was counted, and by which article."""
    facts, term = case.facts, found.term
    told = account_told(found, today)
    return {
        "kind": facts.kind.value,
        "kind_name": kind_text(facts.kind),
        "received": case.instant.isoformat(timespec="minutes") if case.instant else facts.received.isoformat(),
        "policy": facts.policy.value,
        "asked": [pause.asked.isoformat() for pause in facts.clarifications],
        "answered": [_iso(pause.answered) for pause in facts.clarifications],
        "extended": facts.extension is not None,
        "term": {"length": term.length, "unit": term.unit.value, "extra": term.extra, "by_law": term.by_law},
        "day_zero": found.zero.isoformat(),
        "due": _iso(found.due),
        "state": state_text(found.state),
        "as_of": today.isoformat(),
        "left": found.left,
        "counted": _iso(found.counted),
        "longest": _iso(found.longest),
        "accepted_by_silence": found.accepted,
        "silence": silence_text(term.silence),
        "sentence": told.sentence,
        "skipped": told.skipped,
        "account": [
            {
                "day": row.day.isoformat(),
                "counts": row.counts,
                "number": line.number,
                "why": line.why.value if line.why else None,
                "name": line.name,
                "text": " · ".join(filter(None, (row.number, row.why))),
            }
            for line, row in zip(found.account, told.rows, strict=True)
        ],
        "clocks": [
            {
                "clock": each.name.value,
                "name": clock_name(each),
                "due": each.due.isoformat(),
                "done": _iso(each.done),
                "article": each.article,
            }
            for each in found.clocks
        ],
        "articles": list(dict.fromkeys([term.article, *(each.article for each in found.clocks)])),
        "warnings": [why_not_text(refused) for refused in case.warnings],
        "calendar": {"version": ground.calendar.version, "of_entity": ground.of_entity},
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _sheet(case: Case, found: Deadline, today: date) -> str:
    """The same for people."""
    name, told = kind_text(case.facts.kind), account_told(found, today)
    lines = [
        f"{name[0].upper()}{name[1:]}: {state_text(found.state)} el {today.isoformat()}",
        told.sentence,
        *filter(None, [told.skipped, silence_text(found.term.silence)]),
        *(f"Aviso: {why_not_text(refused)}" for refused in case.warnings),
        "",
        *(f"  {row.day.isoformat()}  {row.number:<10} {row.why}".rstrip() for row in told.rows),
        "",
        *(f"  {each.due.isoformat()}  {clock_name(each)} ({each.article})" for each in found.clocks),
    ]
    return "\n".join(lines)


@petitions.command("recount", cls=InSpanish)
def recount() -> None:
    """Vuelve a contar lo abierto con el calendario de hoy, y deja acta de lo que se movió.

    Hace falta después de actualizar el sistema: puede traer festivos nuevos. Repetirla no cambia nada.
    """
    for site_id in recounting.sites_behind(db.session()):
        counted = recounting.count_again(db.session(), site_id)
        with transaction(db.session) as session:
            act = recounting.keep(session, counted, None, clock.now())
        if act is not None:
            click.echo(f"Sede {site_id}: {act.counted} contadas, {len(act.moves)} con otro vencimiento, acta {act.id}.")


def register(app: Flask) -> None:
    app.cli.add_command(petitions)
