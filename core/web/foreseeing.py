"""Who draws the waits: a thread of each server process; of all that look, one draws a site, and no request waits."""

from __future__ import annotations

from flask import Flask

from core import clock
from core.db import transaction
from core.turns.actions import hour_of
from core.turns.outlook import rounds
from core.turns.outlook.lookout import Lookout
from core.web.background import Background
from core.web.database import db

LOOK_EVERY_S = 1.0
SECTION = "waits"


class Foreseer:
    """Draws the waits of one process's share, and remembers what it has learned of each site."""

    def __init__(self) -> None:
        self._lookouts: dict[int, Lookout] = {}

    def go_round(self) -> int:
        """Draw every site that is due and that no other process is drawing; how many."""
        here = rounds.sites(db.session())
        db.session.rollback()
        return sum(self._draw(site_id) for site_id in here)

    def _draw(self, site_id: int) -> bool:
        session = db.session()
        at = hour_of(session, site_id, clock.now()).at
        due = rounds.is_due(session, site_id, at)
        session.rollback()
        if not due:
            return False
        with transaction(session):
            mine = rounds.begin(session, site_id, at)
        if mine:
            self._lookouts[site_id], drawn = rounds.draw(session, site_id, at, self._lookouts.get(site_id))
            with transaction(session):
                rounds.keep(session, site_id, drawn, at)
        return mine


def register(app: Flask) -> None:
    """Give the application who draws its waits; whoever serves it says when to start (gunicorn.conf.py)."""
    app.extensions[SECTION] = Background(app, SECTION, LOOK_EVERY_S, Foreseer().go_round)
