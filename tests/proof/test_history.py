"""Many people at once over real HTTP and sockets: no turn is lost, none is called twice, and displays are right."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import SystemRandom
from time import monotonic

import pytest

from core.turns.actions.change import settings_of
from tests import make
from tests.core.turns.read_back import Log
from tests.proof.checker import violations
from tests.proof.conftest import PROFILE
from tests.proof.driver import at_work, read_final
from tests.proof.history import History
from tests.proof.rig import TownHall, town_hall


@pytest.fixture
def seed(run: int) -> int:
    """Another one each time, unless PROOF_SEED says which."""
    return int(os.environ.get("PROOF_SEED") or SystemRandom().randrange(10**6)) + run


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.jsonl") as opened:
        yield opened


def check_the_log(hall: TownHall) -> None:
    """The rows are what the log tells, and each call of it is the one that the rules choose."""
    with hall.town().session() as session:
        site = make.site(session).id
        log = Log(settings_of(session, site).rules)
        log.read(session, site)
        log.check_rows(session, site)


@pytest.mark.parametrize("run", range(PROFILE.runs))
@pytest.mark.parametrize(("database", "processes"), [("sqlite", 1), ("postgresql", 2)])
def test_the_queue_holds(database: str, processes: int, seed: int, history: History, tmp_path: Path) -> None:
    with town_hall(tmp_path, database, processes=processes) as hall:
        began = monotonic()
        with at_work(hall.town(), history, seed, PROFILE.size) as crowd:
            crowd.wait_for(PROFILE.operations, PROFILE.patience_s)
        final = read_final(hall.town())
        history.end(final)
        told = f"{database}, {processes} processes, seed {seed}: {history.presses} operations, "
        told += f"{len(final.turns)} turns, {len(final.events)} events, {monotonic() - began:.0f} s; {history.path}"
        print(told)
        print(dict(Counter(f"{one.kind} {one.outcome}" for one in history.operations)))
        check_the_log(hall)
        assert hall.complaints() == [], told
    assert violations(history.operations, final) == [], told
    assert len(final.turns) > 10, told
