"""Who sees that the days that are over are counted: one of the processes, now and then, off the requests."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

import click
from flask import Flask
from sqlalchemy import select

from core import clock
from core.catalogue.model import Site
from core.db import transaction
from core.turns.statistics import counting
from core.web.background import Background, is_my_turn
from core.web.commands import queue
from core.web.database import db

ROUND, EVERY, LOOK_EVERY_S = "counting turns", timedelta(minutes=10), 30
MOST_IN_A_ROUND = 30
"""Days that one round counts, so that who presses a button never waits behind the past."""


def count(first: date | None = None, last: date | None = None, *, again: bool = False) -> int:
    """Count the days that are over and not counted, or `again` those from one to another, one after the other."""
    today, counted = clock.today(), 0
    for site_id in db.session.scalars(select(Site.id).order_by(Site.id)).all():
        with transaction(db.session) as session:
            counting.forget_touched(session, site_id)
        days = (counting.every_day if again else counting.uncounted)(db.session(), site_id, today)
        wanted = [(key, day) for key, day in days if (first or day) <= day <= (last or day)]
        counted += sum(_keep(site_id, key, day) for key, day in islice(wanted, None if again else MOST_IN_A_ROUND))
    db.session.rollback()
    return counted


def _keep(site_id: int, day_id: int, day: date) -> bool:
    """Read a day without holding anybody up, and keep it unless the site was counted meanwhile."""
    seq = counting.counted_up_to(db.session(), site_id)
    facts = next(counting.count(db.session(), site_id, [day_id]))
    with transaction(db.session) as session:
        return counting.keep(session, site_id, day_id, day, facts, seq)


def go_round() -> None:
    """Count, if it is time, and this process's turn."""
    if is_my_turn(ROUND, EVERY, clock.now()):
        count()


@queue.command("recount")
@click.option("--from", "first", metavar="DÍA", type=click.DateTime(["%Y-%m-%d"]), help="El primer día, AAAA-MM-DD.")
@click.option("--until", "last", metavar="DÍA", type=click.DateTime(["%Y-%m-%d"]), help="El último día, AAAA-MM-DD.")
def recount(first: datetime | None, last: datetime | None) -> None:
    """Vuelve a contar los turnos de los días que ya pasaron, desde su registro; repetirla no cambia nada."""
    days = count(first.date() if first else None, last.date() if last else None, again=True)
    click.echo(f"Días contados: {days}.")


def register(app: Flask) -> None:
    app.extensions["turn counting"] = Background(app, "turn counting", LOOK_EVERY_S, go_round)
