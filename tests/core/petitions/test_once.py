"""What is sent twice is filed once, without a row that says when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.db import transaction
from core.events import Who
from core.petitions.filing import code_hash, file
from core.petitions.model import Identity, Petition
from core.petitions.once import code_of, filed_already
from core.presses import KeptPress, press
from tests import make

PRESS = press("citizen", "k" * 22, {"text": "una queja"})


def test_the_same_press_gives_the_same_code_and_another_word_another() -> None:
    assert code_of(PRESS, "secret") == code_of(PRESS, "secret")
    others = {code_of(replace(PRESS, body="otra"), "secret"), code_of(replace(PRESS, key="j" * 22), "secret")}
    assert len({code_of(PRESS, "secret"), code_of(PRESS, "other secret"), *others}) == 4
    assert len(code_of(PRESS, "secret").replace("-", "")) == 16


def test_copies_of_a_press_at_one_instant_file_one_petition_and_keep_no_press(engine: Engine) -> None:
    code = code_of(PRESS, "secret")

    def one(_n: int) -> str:
        with Session(engine) as session, transaction(session):
            found = filed_already(session, code, make.at())
            if found is not None:
                return found.filing_number
            return file(session, make.received(identity=Identity.ANONYMOUS), Who("citizen"), make.at(), code).number

    with ThreadPoolExecutor(8) as doors:
        assert set(doors.map(one, range(12))) == {"2026-E-000001"}
    with Session(engine) as session:
        assert session.scalars(select(Petition.code_hash)).one() == code_hash(code)
        assert session.scalar(select(func.count()).select_from(KeptPress)) == 0


def test_who_sends_it_again_while_the_first_is_being_filed_waits_and_finds_it(engine: Engine) -> None:
    code = code_of(PRESS, "secret")

    def again() -> str | None:
        with Session(engine) as session, transaction(session):
            found = filed_already(session, code, make.at())
            return found.filing_number if found else None

    with ThreadPoolExecutor(1) as door:
        with Session(engine) as session, transaction(session):
            assert filed_already(session, code, make.at()) is None
            asked = door.submit(again)
            wait([asked], timeout=0.5)
            number = file(session, make.received(), Who("citizen"), make.at(), code).number
        assert asked.result() == number
