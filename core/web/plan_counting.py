"""Who sees that the plan of the year that runs is counted: one of the processes, once each day is over."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import Flask

from core import clock
from core.db import transaction
from core.plan import running
from core.plan.finding import whole_plan
from core.web.background import Background, is_my_turn
from core.web.database import db
from core.web.plan_commands import plan as commands

SECTION, LOOK_EVERY_S = "plan counting", 30
ROUND, EVERY = "counting the plan", timedelta(minutes=10)


def count(*, again: bool = False) -> int:
    """Count each plan until the last day that is over, if that was not done or `again`; how many.

    Nobody is held up meanwhile.
    """
    today = clock.today()
    years = running.behind(db.session(), today, again=again)
    for year in years:
        plan = whole_plan(db.session(), year)
        plan_id, day = plan.id, running.last_day(year, today)
        figures = running.count(db.session(), plan, day)
        db.session.rollback()
        with transaction(db.session) as session:
            running.keep(session, plan_id, day, figures, clock.now())
    db.session.rollback()
    return len(years)


def go_round() -> None:
    """Count, if it is time, and this process's turn."""
    if is_my_turn(ROUND, EVERY, clock.now()):
        count()


@commands.command("count")
def count_now() -> None:
    """Cuenta otra vez lo que va del año para la página pública del plan, sin esperar a mañana."""
    click.echo(f"Planes contados: {count(again=True)}.")


def register(app: Flask) -> None:
    app.extensions[SECTION] = Background(app, SECTION, LOOK_EVERY_S, go_round)
