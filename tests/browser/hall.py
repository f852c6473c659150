"""A hall whose officials act straight on the database of the running town; its displays hear of it by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

from core.db import transaction
from core.turns import actions as turns
from tests import make
from tests.browser.conftest import Town


class Hall:
    """Turns are taken and called at the hour of the town, which began when the hall did."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._opened = monotonic()

    def now(self) -> datetime:
        return self.town.began + timedelta(seconds=monotonic() - self._opened)

    def wait(self, count: int = 1) -> list[str]:
        """So many people take a turn for their taxes; the codes."""
        minute = (self.now() - make.OPENING).total_seconds() / 60
        with self.town.session() as session, transaction(session):
            return [make.turn(session, minute).code for _ in range(count)]

    def press(self, verb: str, *windows: str, later: float = 0) -> list[str]:
        """The officials of these windows do something («call_next», «start»…) in the same instant; the codes."""
        at = self.now() + timedelta(seconds=later)
        with self.town.session() as session, transaction(session):
            desks = [make.desk(session, window) for window in windows]
            return [str(getattr(turns, verb)(session, desk, at).code) for desk in desks]
