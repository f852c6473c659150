"""Who draws the waits: of all the processes that look, one for each site, and it goes on after what fails."""

from __future__ import annotations

import threading

from sqlalchemy import select

from core.db import transaction
from core.turns.outlook.model import WaitOutlook
from core.web.database import db
from core.web.foreseeing import Foreseer
from tests import make
from tests.conftest import Hands, House


def test_of_several_processes_one_draws_a_site_and_the_others_leave_it(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session)
        make.turn(session, 59)
    processes = [Foreseer() for _ in range(3)]
    together, counts = threading.Barrier(len(processes)), list[int]()

    def go(process: Foreseer) -> None:
        with house.app.app_context():
            together.wait(timeout=60)
            counts.append(process.go_round())

    for _round in range(3):
        counts.clear()
        threads = [threading.Thread(target=go, args=[process]) for process in processes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert sorted(counts) == [0, 0, 1]
        with house.app.app_context():
            row = house.look().scalars(select(WaitOutlook)).one()
            assert row.computed_at == hands.at
            assert len(row.content["turns"]) == 1
        hands.forward(seconds=31)
