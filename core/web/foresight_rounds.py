"""Who plans the windows of days to come: a thread of each process, off the requests; of several, one does each thing.

Each night it makes the proposals of windows for the week that runs and the next, and where the machine was off that
night, as soon as it runs and nobody waits; at any hour it lives the simulations that somebody asked for, a day at a
time, and after each day looks whether it was cancelled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from time import sleep

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.catalogue.model import Site
from core.db import transaction
from core.mail import rounds
from core.turns.actions.change import rules_of
from core.turns.foresight import proposals, remembered, simulations
from core.turns.foresight.model import Simulation, Stage
from core.turns.foresight.otherwise import Comparison
from core.web.background import Background
from core.web.commands import queue
from core.web.database import db

log = logging.getLogger(__name__)
SECTION = "foresight"
LOOK_EVERY_S = 2.0
BREATH_S = 0.02
"""Between two days of a simulation, for who calls a turn meanwhile."""
ROUND, EVERY = "roster", timedelta(hours=1)
"""How often it is looked at most whether proposals are missing; one that broke off is made after that."""
NIGHT = range(1, 6)
"""The hours at which proposals are made though somebody waits: those were left in line."""


def go_round() -> None:
    """Make the proposals of last night that are missing, if nobody waits for it and it is this process's turn."""
    at = clock.now()
    missing = _missing(db.session(), at)
    db.session.rollback()
    if not missing:
        return
    with transaction(db.session) as session:
        mine = rounds.begin(session, ROUND, EVERY, at)
    for site_id in missing if mine else ():
        for week in weeks_ahead(at.date()):
            propose(site_id, week, _is_quiet)


def _missing(session: Session, at: datetime) -> list[int]:
    """The sites whose proposals were not made since last night began; none while somebody waits in any, by day."""
    if not rounds.is_due(session, ROUND, at):
        return []
    if not _is_quiet():
        return []
    night = at.replace(hour=NIGHT.start, minute=0, second=0, microsecond=0)
    return proposals.missing(session, weeks_ahead(at.date()), night if at >= night else night - timedelta(days=1))


def _is_quiet() -> bool:
    """Whether nobody would notice that the machine has much to do: at night, and by day while nobody waits."""
    at = clock.now()
    if at.hour in NIGHT:
        return True
    waits = proposals.somebody_waits(db.session(), at)
    db.session.rollback()
    return not waits


def weeks_ahead(today: date) -> tuple[date, date]:
    """The week that runs and the next, by their Mondays."""
    this = proposals.week_of(today)
    return this, this + proposals.WEEK


def propose(site_id: int, week: date, may_go_on: Callable[[], bool] = lambda: True) -> int:
    """Make and keep the proposal of a week; how many of its days are foretold. No transaction is open meanwhile.

    It is left where it may not go on, and made on a later round.
    """
    ahead = proposals.look_ahead(db.session(), site_id, week, clock.today())
    db.session.rollback()
    made = proposals.propose(ahead, may_go_on=may_go_on)
    if made is None:
        return 0
    with transaction(db.session) as session:
        proposals.keep(session, ahead, made, clock.now())
    return sum(day["known"] for day in made["days"])


def simulate() -> int | None:
    """Live the next simulation that nobody has taken up; which it was."""
    at = clock.now()
    with transaction(db.session) as session:
        taken = simulations.take_up(session, at)
    if taken is None:
        return None
    try:
        live(taken, at)
    except Exception:
        db.session.rollback()
        log.exception("simulation %s: broken off", taken)
        _end_failed(taken)
    return taken


def live(simulation_id: int, was: datetime) -> None:
    """Live its days; it was taken up at `was`, and is left at once where it is no longer this process's."""
    comparison, site_id, days = _begun(db.session(), simulation_id)
    for done, day in enumerate(days, start=1):
        lived = remembered.lived(db.session(), site_id, day)
        db.session.rollback()
        comparison.add(lived)
        at = clock.now()
        with transaction(db.session) as session:
            if not simulations.go_on(session, simulation_id, done, was, at):
                return
        was = at
        sleep(BREATH_S)
    with transaction(db.session) as session:
        simulations.end(session, simulation_id, Stage.DONE, comparison.result(), was, clock.now())


def _begun(session: Session, simulation_id: int) -> tuple[Comparison, int, list[date]]:
    simulation = session.get_one(Simulation, simulation_id, populate_existing=True)
    change, site_id = simulations.read(simulation.asked), simulation.site_id
    days = [date.fromisoformat(day) for day in simulation.asked["days"]]
    return Comparison(change, rules_of(session, site_id)), site_id, days


def _end_failed(simulation_id: int) -> None:
    with transaction(db.session) as session:
        simulations.fail(session, simulation_id, clock.now())


@queue.command("roster")
@click.option("--site", "code", metavar="CÓDIGO", help="La sede; sin ella, todas.")
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), help="Un día de la semana; sin él, esta y la siguiente.")
def make_rosters(code: str | None, week: datetime | None) -> None:
    """Propone las ventanillas de cada media hora de la semana, sin esperar a la noche; tarda unos minutos."""
    session, today = db.session(), clock.today()
    every = session.execute(select(Site.id, Site.code).where(Site.active).order_by(Site.id)).all()
    sites = [(site_id, name) for site_id, name in every if code in (None, name)]
    if not sites:
        raise click.BadParameter("no hay una sede con ese código", param_hint="--site")
    db.session.rollback()
    for site_id, name in sites:
        for monday in (proposals.week_of(week.date()),) if week else weeks_ahead(today):
            click.echo(f"{name}  {monday}  días con pronóstico: {propose(site_id, monday)}")


def register(app: Flask) -> None:
    app.extensions[SECTION] = Background(app, SECTION, LOOK_EVERY_S, simulate, go_round)
