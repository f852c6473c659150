"""Work that goes on beside the requests: a thread of each server process, on rounds for as long as it lives."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from core.db import transaction
from core.mail import rounds
from core.web.database import db

log = logging.getLogger(__name__)


def is_my_turn(name: str, every: timedelta, at: datetime) -> bool:
    """Whether a round that one of several processes goes on is due, and is this one's; nobody is held up to see it."""
    due = rounds.is_due(db.session(), name, at)
    db.session.rollback()
    if not due:
        return False
    with transaction(db.session) as session:
        return rounds.begin(session, name, every, at)


class Background:
    """Rounds of some work every so many seconds; one that is broken off is told in a line, and the next goes on."""

    def __init__(self, app: Flask, name: str, every_s: float, *works: Callable[[], Any]) -> None:
        self._app, self._name, self._every_s, self._works = app, name, every_s, works

    def start(self) -> None:
        """Begin; whoever serves the application says when (gunicorn.conf.py)."""
        threading.Thread(target=self._go, name=self._name, daemon=True).start()

    def _go(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._every_s):
            for work in self._works:
                try:
                    with self._app.app_context():
                        work()
                except Exception as error:
                    log.error("%s: %s on a round; it goes on", self._name, type(error).__name__)
