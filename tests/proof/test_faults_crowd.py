"""Five thousand people wait (F-18): they are called in order, and no page grows with them beyond its bounds."""

from __future__ import annotations

from collections import Counter
from secrets import token_urlsafe

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.clock import milliseconds
from core.db import transaction
from core.turns.lifecycle import State
from core.turns.model import AskedService, SeriesCounter, Turn
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import House
from tests.proof.conftest import LONG, PROFILE

WAITING = 5_000
STATE_BYTES, PAGE_BYTES = 16_000, 250_000
DATABASES = ("sqlite", "postgresql") if PROFILE is LONG else ("sqlite",)
QUEUES = ("every service", "one queue") if PROFILE is LONG else ("every service",)


def fill(session: Session, services: list[str]) -> None:
    """So many wait for these services by turns, the first since the opening, one each third of a second."""
    models = [make.turn(session, n / 180, service_code=code) for n, code in enumerate(services)]
    session.flush()
    columns = [column.name for column in Turn.__table__.columns if column.name != "id"]
    numbers = Counter({turn.series: turn.number for turn in models})
    rows = []
    for place in range(len(models), WAITING):
        model, at = models[place % len(models)], make.at(place / 180)
        numbers[model.series] += 1
        rows.append(
            {name: getattr(model, name) for name in columns}
            | {"token": token_urlsafe(16), "number": numbers[model.series], "issued_at": at, "state_since": at}
            | {"seniority": milliseconds(at), "order_key": milliseconds(at)}
        )
    session.execute(Turn.__table__.insert(), rows)  # type: ignore[attr-defined]
    asked = session.execute(select(Turn.id, Turn.service_id).where(~Turn.asked.any())).all()
    session.execute(AskedService.__table__.insert(), [{"turn_id": t, "service_id": s} for t, s in asked])  # type: ignore[attr-defined]
    for series, last in numbers.items():
        session.execute(update(SeriesCounter).where(SeriesCounter.series == series).values(last_number=last))


def read(client: FlaskClient, path: str, most: int) -> str:
    page = client.get(path)
    assert page.status_code == 200, path
    assert len(page.get_data()) < most, path
    return page.get_data(as_text=True)


@pytest.mark.parametrize("database_url", DATABASES, indirect=True)
@pytest.mark.parametrize("queues", QUEUES)
def test_with_five_thousand_waiting_calls_go_on_in_order_and_pages_stay_small(house: House, queues: str) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        every = list(session.scalars(select(Service.code).where(Service.active).order_by(Service.id)))
        fill(session, ["property-tax"] if queues == "one queue" else every)
    with house.app.app_context():
        (token,) = house.look().scalars(select(Turn.token).order_by(Turn.id.desc()).limit(1))
    kiosk, official = house.device("kiosk"), house.official("ventanilla1", "1")
    read(house.device("display"), "/display/state", STATE_BYTES)
    read(kiosk, "/kiosk/", PAGE_BYTES)
    read(house.anybody(), f"/t/{token}", PAGE_BYTES)
    read(house.anybody(), "/", PAGE_BYTES)
    read(official, "/counter/", PAGE_BYTES)
    hall = read(house.official("supervision"), "/admin/hall", PAGE_BYTES)
    assert f"Detrás esperan {WAITING - 60} personas más." in hall
    taken = {"press": new_press(), "service": "1", "group": "general"}
    assert kiosk.post("/kiosk/turns", data=taken).status_code == 302
    called = []
    for _ in range(3):
        assert official.post("/counter/next", data={"press": new_press()}).status_code == 302
        with house.app.app_context():
            turn = house.look().scalars(select(Turn).where(Turn.state == State.CALLED)).one()
            called.append(turn.id)
            served = {asked.id for asked in turn.window.services} if turn.window else set()
            first = select(Turn.id).where(Turn.service_id.in_(served)).order_by(Turn.order_key).limit(len(called))
            assert called == list(house.look().scalars(first))
        assert official.post("/counter/absent", data={"press": new_press(), "turn": called[-1]}).status_code == 302
