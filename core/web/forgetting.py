"""The command that erases the working data whose time is over, and what says when an answer came: the night's job."""

from __future__ import annotations

from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup

from core import clock, retention
from core.db import transaction
from core.retention import RULES
from core.surveys import mixing
from core.web.database import db

keeping = AppGroup("retention", help="Los datos que ya no se guardan.")


@keeping.command("run")
@click.option("--dry-run", "only_told", is_flag=True, help="Cuenta lo vencido y no borra nada.")
def run(only_told: bool) -> None:
    """Borra los datos de trabajo vencidos y deja en la auditoría cuántos fueron. Repetirlo no hace daño.

    También mezcla lo respondido en las encuestas, para que nada diga qué llegó con qué.
    Córralo también después de restaurar una copia: lo que ya se había borrado vuelve con ella.
    """
    counts, at = {}, clock.now()
    for rule in RULES:
        counts[rule.code] = _counted(rule, at) if only_told else _forgotten(rule, at)
        click.echo(f"{counts[rule.code]:>8}  {rule.code}")
    if not only_told:
        _mix(at)
        with transaction(db.session) as session:
            retention.note(session, counts, at)


def _mix(at: datetime) -> None:
    """Each table by itself: what one transaction wrote together is what must not be seen."""
    for model in mixing.LOCKS:
        with transaction(db.session) as session:
            mixing.mix(session, model, at.date())
    mixing.clear_away(db.engine)


def _counted(rule: retention.Rule, at: datetime) -> int:
    return retention.count(db.session(), rule, at)


def _forgotten(rule: retention.Rule, at: datetime) -> int:
    """All of them, some at a time: each transaction is short, and one that is broken off is taken up again."""
    total = 0
    while True:
        with transaction(db.session) as session:
            some = retention.forget_some(session, rule, at)
        total += some
        if some < retention.AT_ONCE:
            return total


def register(app: Flask) -> None:
    app.cli.add_command(keeping)
