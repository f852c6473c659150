"""How the hall stood at a minute of a past day: what everybody saw then, also what was undone later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from statistics import median_low

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.db import transaction
from core.desks import Sitting
from core.turns import actions as turns
from core.turns import board
from core.turns.board.moments import Moment, Seat, Told, moment, moments_of, stays, usual, usual_moments
from core.turns.model import Turn
from tests import make, make_days
from tests.core.turns.lived import Office

MINUTE = 60_000
Rows = tuple[tuple[str, float] | tuple[str, float, int], ...]
CASES: dict[str, tuple[Rows, dict[float, tuple[bool, bool]]]] = {
    "waits": ((), {-0.1: (False, False), 0: (True, False), 300: (True, False)}),
    "waits for longer than a turn can be called": ((), {719: (True, False), 720: (False, False)}),
    "attended": (
        (("issued", 0), ("called", 8), ("started", 9), ("finished", 20)),
        {7.9: (True, False), 8: (False, True), 19.9: (False, True), 20: (False, False)},
    ),
    "called and undone": (
        (("called", 8), ("undone", 9, 1), ("called", 12)),
        {8.5: (False, True), 9: (True, False), 12: (False, True)},
    ),
    "end undone": (
        (("called", 2), ("started", 3), ("finished", 4), ("undone", 5, 3)),
        {4.5: (False, False), 5: (False, True)},
    ),
    "did not come, and came back": (
        (("called", 5), ("absent", 7), ("returned", 12)),
        {6: (False, True), 8: (False, False), 12: (True, False)},
    ),
    "transferred": ((("called", 5), ("started", 6), ("transferred", 9)), {8: (False, True), 9: (True, False)}),
    "on hold": ((("called", 5), ("started", 6), ("held", 9), ("resumed", 30)), {10: (False, False), 30: (False, True)}),
    "lets others pass": ((("skipped", 3), ("order set", 4)), {5: (True, False)}),
    "left": ((("left", 30),), {29: (True, False), 30: (False, False)}),
}
"""A log by kind, minute and what is undone → at some minutes, whether the turn waits, and whether a hand has it."""


def test_a_turn_waits_or_is_in_hand_at_an_instant_as_it_was_seen_then() -> None:
    for name, (rows, seen) in CASES.items():
        log = [
            Told(seq, kind, int(minute * MINUTE), undone[0] if undone else None, window=3)
            for seq, (kind, minute, *undone) in enumerate(rows, start=1)
        ]
        through = list(stays(0, log))
        for minute, (waits, in_hand) in seen.items():
            longest = int(minute * 60) if waits else 0
            assert moment(through, [], int(minute * MINUTE)) == Moment(int(waits), longest, int(in_hand)), (
                name,
                minute,
            )


def test_a_window_is_open_while_somebody_sits_there_or_has_a_turn_in_hand() -> None:
    through = list(stays(0, [Told(1, "called", 5 * MINUTE, window=1), Told(2, "left", 9 * MINUTE, window=1)]))
    sat = [Seat(1, 0, 6 * MINUTE), Seat(2, 3 * MINUTE, 6 * MINUTE)]
    found = [moment(through, sat, minute * MINUTE).open for minute in (0, 3, 5, 6, 9)]
    assert found == [1, 2, 2, 1, 0]


def test_usual_is_the_middle_one_of_each_figure() -> None:
    days = [Moment(4, 900, 2), Moment(0, 0, 3), Moment(9, 60, 1), Moment(5, 1200, 2)]
    assert usual(days) == Moment(4, 60, 2)
    assert usual(days[:3]) == Moment(4, 60, 2)


def test_a_past_instant_is_told_as_the_hall_told_it_then(town: Session) -> None:
    """While days are lived by chance, with all that is done and undone, the hall is looked at before each step."""
    told: list[tuple[datetime, Moment]] = []

    class Watched(Office):
        def _something(self, minute: float, desks: object) -> None:
            told.append((just_before := make.at(minute - 0.003), seen_now(town, just_before)))
            super()._something(minute, desks)  # type: ignore[arg-type]

    Watched(town, Random(20261126)).live(0, steps=160)
    assert len({seen for _at, seen in told}) > 20
    day = make.OPENING.date()
    for some in (told, told[50:90], told[120:121]):
        found = moments_of(town, 1, day, [milliseconds(at) for at, _seen in some])
        assert found == [seen for _at, seen in some]


def seen_now(session: Session, at: datetime) -> Moment:
    """The hall as its own readings tell it."""
    waiting = board.everyone_waiting(session, 1, at)
    longest = max(((at - turn.issued_at) // timedelta(seconds=1) for turn in waiting), default=0)
    stalls = board.windows_now(session, 1)
    return Moment(len(waiting), longest, sum(bool(stall.turn or stall.official) for stall in stalls))


def test_what_is_usual_at_each_minute_is_what_is_counted_slowly(town: Session) -> None:
    """On four Tuesdays, at every minute of the first hour, by hand from turns and sittings."""
    at = make.at(24 * 60 + 17)
    with transaction(town):
        days = make_days.mornings(town, [at.date() - timedelta(weeks=n) for n in (9, 7, 5, 2)])
        for more, day in enumerate(days):
            begins = (day - make.OPENING.date()).days * 24 * 60
            for n in range(2 * more):
                turns.leave(town, make.turn(town, begins + 5 + n), make.at(begins + 30 + 2 * n))
    assert usual_moments(town, 1, at - timedelta(weeks=2)) is None, "three days say nothing"
    found = usual_moments(town, 1, at)
    assert found is not None
    every, sittings = town.scalars(select(Turn)).all(), town.scalars(select(Sitting)).all()

    def middle(figure: Callable[[datetime], int], minute: int) -> int:
        hour = at.replace(minute=minute)
        return median_low(figure(hour - (at.date() - day)) for day in days)

    def waits(turn: Turn, at: datetime) -> bool:
        return turn.issued_at <= at < (turn.last_called_at or turn.state_since)

    for minute, one in enumerate(found):
        waiting = middle(lambda at: sum(waits(turn, at) for turn in every), minute)
        longest = middle(
            lambda at: max(((at - turn.issued_at).seconds for turn in every if waits(turn, at)), default=0), minute
        )
        sat = middle(lambda at: sum(one.started_at <= at < one.ended_at for one in sittings if one.ended_at), minute)
        assert one == Moment(waiting, longest, sat), minute
    assert len(set(found)) > 20
