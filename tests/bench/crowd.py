"""A hall with five thousand people: the next turn, who comes before, and the page of a phone."""

from __future__ import annotations

from itertools import cycle

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks
from core.db import transaction
from core.desks import Desk, Sitting
from core.turns import actions as turns
from core.turns import board
from core.turns.model import Turn
from core.turns.policy import GENERAL
from tests import make
from tests.bench.load import Act, Line
from tests.bench.serve import Server
from tests.bench.town import BEGAN, Town


def seated(town: Town) -> list[Desk]:
    """The desks of the officials."""
    with Session(town.engine()) as session:
        place = make.site(session).id
        officials = session.scalars(select(Sitting.official_id).order_by(Sitting.id))
        return [desks.desk_of(session, place, official_id) for official_id in officials]


def calling(town: Town, places: list[Desk]) -> Act:
    """The action by itself, without HTTP: one transaction for each call, each by another desk."""
    session = Session(town.engine())

    def call(n: int) -> None:
        with transaction(session):
            turns.call_next(session, places[n], BEGAN)

    return call


def last_in_line(town: Town) -> tuple[int, list[str]]:
    """The turn without priority that came last, and the tokens of the last hundred."""
    with Session(town.engine()) as session:
        last = session.scalars(select(Turn).order_by(Turn.id.desc()).limit(100)).all()
        return next(turn.id for turn in last if turn.group == GENERAL), [turn.token for turn in last]


def counting(town: Town, turn_id: int) -> Act:
    """How many come before a turn, as the pages ask it."""
    session = Session(town.engine())
    turn = session.get_one(Turn, turn_id)
    return lambda _n: void(board.ahead(session, turn, BEGAN))


def void(_count: int) -> None:
    """A client of the load keeps nothing."""


def phones(server: Server, tokens: list[str], path: str) -> Act:
    """The pages of phones, one after another, through HTTP."""
    line, each = Line(server.url), cycle(tokens)

    def look(_n: int) -> None:
        answer = line.get(f"/t/{next(each)}{path}")
        if answer.status != 200:
            raise RuntimeError(f"no page for the phone: {answer.status}")

    return look
