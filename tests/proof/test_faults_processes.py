"""Processes that die, restart or freeze while the hall is full (F-01 to F-05, F-32): nothing is lost, all heals.

A crowd of kiosks, officials, phones and displays works over HTTP and sockets; whoever gets no answer sends the same
press again. Afterwards the history is judged: lost 0, double 0, numbers without gaps, displays right within 20 s.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from time import monotonic, sleep

import pytest

from tests.proof.checker import violations
from tests.proof.conftest import LONG, PROFILE
from tests.proof.driver import Crowd, at_work, read_final
from tests.proof.history import History, Operation
from tests.proof.rig import TownHall, town_hall

BACK_WITHIN_S = 30.0
"""How long the office may be away; on an idle machine it is back in some three seconds, and 10 are asked for."""

CHANGED_WITHIN_S = 2.0
"""What a call and any other change may take while Redis is away, if it did not take longer before."""

FROZEN_S = 120 if PROFILE is LONG else 3
BETWEEN = 60 if PROFILE is LONG else 25
"""Operations that the hall goes on for before and after each fault."""

Fault = Callable[["Hall"], None]


class Hall:
    """A full hall, and what is done to it."""

    def __init__(self, hall: TownHall, crowd: Crowd, history: History) -> None:
        self.parts, self._crowd, self._history = hall, crowd, history

    def goes_on(self) -> None:
        """It works for a while more: presses are answered, not only sent."""
        wanted = self.acknowledged() + BETWEEN
        until = monotonic() + 120
        while self.acknowledged() < wanted and not self._crowd.failures:
            assert monotonic() < until, "the hall stands still"
            sleep(0.05)

    def acknowledged(self) -> int:
        return sum(operation.outcome == "ok" for operation in self._people())

    def usual(self, since: float = 0) -> float:
        """The seconds that a change of the queue takes (half of them took less), of those begun since then."""
        timed = [op for op in self._people() if op.kind != "look" and op.outcome == "ok" and op.invoked >= since]
        return median(operation.ended - operation.invoked for operation in timed)

    def _people(self) -> list[Operation]:
        return [operation for operation in self._history.operations if operation.kind not in ("shown", "heard")]


def the_web_is_killed(hall: Hall) -> None:
    hall.parts.web.kill()
    assert hall.parts.web.wait_until_it_answers() < BACK_WITHIN_S


def one_of_two_web_processes_is_killed(hall: Hall) -> None:
    hall.parts.web.kill_one(Random(0).choice(hall.parts.web.workers()))
    assert hall.parts.web.wait_until_it_answers() < BACK_WITHIN_S


def the_web_is_restarted(hall: Hall) -> None:
    """SIGTERM; the supervisor starts it again."""
    hall.parts.web.restart()
    assert hall.parts.web.wait_until_it_answers() < BACK_WITHIN_S


def postgresql_is_restarted(hall: Hall) -> None:
    hall.parts.postgresql.stop()
    hall.parts.postgresql.start()
    assert hall.parts.web.wait_until_it_answers() < BACK_WITHIN_S


def the_postmaster_is_killed(hall: Hall) -> None:
    hall.parts.postgresql.kill()
    hall.parts.postgresql.start()
    assert hall.parts.web.wait_until_it_answers() < BACK_WITHIN_S


def redis_is_stopped(hall: Hall) -> None:
    _without_redis(hall, hall.parts.redis.stop, hall.parts.redis.start)


def redis_is_killed(hall: Hall) -> None:
    _without_redis(hall, hall.parts.redis.kill, hall.parts.redis.start)


def redis_is_frozen(hall: Hall) -> None:
    _without_redis(hall, hall.parts.redis.freeze, hall.parts.redis.thaw)


def _without_redis(hall: Hall, away: Callable[[], None], back: Callable[[], None]) -> None:
    """The hall goes on without it, and calls are no slower than they were."""
    usual = hall.usual()
    away()
    began = monotonic()
    while monotonic() < began + FROZEN_S:
        hall.goes_on()
    assert hall.usual(since=began) < max(CHANGED_WITHIN_S, 2 * usual)
    back()


ON_SQLITE: dict[str, Fault] = {
    "F-01 kill -9 of the web": the_web_is_killed,
    "F-32 SIGTERM of the web": the_web_is_restarted,
}
ON_POSTGRESQL: dict[str, Fault] = {
    "F-02 kill -9 of the web": the_web_is_killed,
    "F-02 kill -9 of one of two processes": one_of_two_web_processes_is_killed,
    "F-03 restart of PostgreSQL": postgresql_is_restarted,
    "F-04 kill -9 of the postmaster": the_postmaster_is_killed,
    **({"F-05 Redis stopped": redis_is_stopped} if PROFILE is LONG else {}),
    "F-05 Redis killed": redis_is_killed,
    "F-05 Redis frozen": redis_is_frozen,
}
TIMES = 5 if PROFILE is LONG else 1
SEED = 3


@pytest.mark.parametrize(
    ("database", "processes", "faults"), [("sqlite", 1, ON_SQLITE), ("postgresql", 2, ON_POSTGRESQL)]
)
def test_whatever_process_dies_or_freezes_nothing_is_lost_and_the_hall_goes_on(
    tmp_path: Path, database: str, processes: int, faults: dict[str, Fault]
) -> None:
    with ExitStack() as ending:
        history = ending.enter_context(History(tmp_path / "history.jsonl"))
        hall = ending.enter_context(town_hall(tmp_path, database, processes=processes))
        with at_work(hall.town(), history, SEED) as crowd:
            full = Hall(hall, crowd, history)
            full.goes_on()
            for name, inject in faults.items():
                for _ in range(TIMES):
                    print(f"{database}: {name}", flush=True)
                    inject(full)
                    full.goes_on()
        final = read_final(hall.town())
        history.end(final)
        found = violations(history.operations, final)
        assert found == [], f"seed {SEED}, {history.path}"
        lost = [operation for operation in history.operations if operation.outcome == "unknown"]
        assert {operation.answer.get("status", 503) for operation in lost} <= {503}, "it cannot be done now, or nothing"
        assert hall.complaints() == []
