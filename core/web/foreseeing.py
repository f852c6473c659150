"""Who draws the waits: a thread of each server process; of all that look, one draws a site, and no request waits."""

from __future__ import annotations

import logging
import threading

from flask import Flask

from core import clock
from core.db import transaction
from core.turns.actions import hour_of
from core.turns.outlook import rounds
from core.turns.outlook.lookout import Lookout
from core.web.database import db

log = logging.getLogger(__name__)
LOOK_EVERY_S = 1.0
SECTION = "waits"


class Foreseer:
    """Draws the waits of one process's share, and remembers what it has learned of each site."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lookouts: dict[int, Lookout] = {}

    def start(self) -> None:
        """Go on rounds for as long as the process lives."""
        threading.Thread(target=self._go, name="foreseer", daemon=True).start()

    def _go(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_EVERY_S):
            try:
                with self._app.app_context():
                    self.go_round()
            except Exception as error:
                log.error("waits: %s on a round; it goes on", type(error).__name__)

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
    app.extensions[SECTION] = Foreseer(app)
