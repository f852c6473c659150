"""The rig does to the town hall what it says: the killed comes back, the frozen is silent, what is cut is lost."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import text

from tests.proof.rig import RESTARTS_AFTER_S, Cable, TownHall, town_hall


def asked(url: str, patience_s: float = 20) -> int:
    with urllib.request.urlopen(f"{url}/sign-in", timeout=patience_s) as answer:
        answer.read()
        return int(answer.status)


def answers(hall: TownHall) -> int:
    """How many pages the server says that it has answered."""
    return hall.web.log.read_text().count("GET 200")


def services(hall: TownHall) -> int:
    with hall.town().session() as session:
        return session.execute(text("SELECT count(*) FROM services")).scalar_one()


def test_a_killed_part_comes_back_with_what_it_had(tmp_path: Path) -> None:
    with town_hall(tmp_path, "postgresql", processes=2) as hall:
        offered = services(hall)
        assert offered > 0
        assert len(hall.web.workers()) == 2

        first = hall.web.pid
        hall.web.kill()
        hall.web.wait_until_it_answers()
        assert hall.web.pid != first
        assert hall.web.restarts == 1

        hall.postgresql.kill()
        hall.postgresql.start()
        assert services(hall) == offered
        hall.web.wait_until_it_answers()

        hall.redis.kill()
        hall.redis.start()
        hall.web.stop()
        assert not hall.web.runs
        hall.web.start()
        sleep(2 * RESTARTS_AFTER_S)
        assert hall.web.restarts == 1, "who was let go is not started beside the new one"


def test_a_frozen_part_is_silent_until_it_thaws(tmp_path: Path) -> None:
    with town_hall(tmp_path, "sqlite") as hall:
        hall.web.freeze()
        with pytest.raises(TimeoutError):
            asked(hall.web.url, patience_s=1)
        hall.web.thaw()
        assert asked(hall.web.url) == 200
        os.kill(hall.web.workers()[0], signal.SIGKILL)
        hall.web.wait_until_it_answers()
        assert hall.web.restarts == 0
        assert hall.complaints() == []


def test_a_cable_cuts_resets_and_loses_an_answer(tmp_path: Path) -> None:
    with town_hall(tmp_path, "sqlite") as hall, Cable(hall.web.port) as cable:
        assert asked(cable.url) == 200
        cable.cut()
        with pytest.raises(TimeoutError):
            asked(cable.url, patience_s=1)
        cable.reset()
        cable.heal()
        assert asked(cable.url) == 200
        answered = answers(hall)
        cable.lose_next_answer()
        with pytest.raises((ConnectionError, urllib.error.URLError)):
            asked(cable.url)
        assert cable.answers_lost == 1
        until = monotonic() + 20
        while answers(hall) == answered and monotonic() < until:
            sleep(0.05)
        assert answers(hall) > answered, "the request went through"
        assert asked(cable.url) == 200
