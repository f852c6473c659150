"""How good the announced waits are: the figures by hand, the page, its files, and the alarm in the hall."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from core.clock import now
from core.db import transaction
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.outlook.accuracy import FEW, Judged, accuracy, each
from core.turns.outlook.model import WaitOutlook, WaitPrediction
from core.web.database import db
from core.web.foreseeing import Foreseer
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import Hands, House


def judged(truth: float, *, point: float = 20, service: int = 1, group: str = "general", hour: int = 9) -> Judged:
    return Judged(service, group, hour, low=15, high=30, point=point, forward=24, naive=40, truth=truth)


def test_the_figures_are_those_that_one_works_out_by_hand() -> None:
    turns = [judged(20), judged(31), judged(35, point=30, service=2, hour=10), judged(10, group="older")]
    found = accuracy(turns)
    assert found is not None
    assert (found.count, found.held, found.share_held) == (4, 2, 0.5), "to the minute: 31 is in a range to 30"
    assert found.error == pytest.approx((0 + 11 + 5 + 10) / 4)
    assert found.bias == pytest.approx((0 - 11 - 5 + 10) / 4)
    assert found.width == 15
    assert found.forward == pytest.approx((4 + 7 + 11 + 14) / 4)
    assert found.naive == pytest.approx((20 + 9 + 5 + 30) / 4)
    assert found.few
    assert not accuracy(turns * 8).few, FEW  # type: ignore[union-attr]
    assert {hour: one.count for hour, one in each(turns, lambda turn: turn.hour).items()} == {9: 3, 10: 1}
    assert accuracy([]) is None


def tell(house: House, count: int, days_ago: int = 0, truth: int | None = 1500, **more: object) -> None:
    """So many turns that were told 15 to 30 minutes."""
    with house.app.app_context(), transaction(db.session) as session:
        like = make.turn(session)
        kept = {column.name: getattr(like, column.key) for column in Turn.__table__.columns}
        at = now() - timedelta(days=days_ago)
        for n in range(count):
            number = like.id * 1000 + n
            ended = {"id": number, "token": f"t{number}", "number": number, "state": State.FINISHED}
            session.execute(insert(Turn).values({**kept, **ended}))
            said = {"low": 15, "high": 30, "point": 1200, "forward": 1440, "naive": 2400, "levels": []}
            came = {"truth": truth, "outcome": "called", "judged_at": at}
            told = {"site_id": like.site_id, "service_id": like.service_id, "group": "general", "told_at": at}
            session.add(WaitPrediction(turn_id=number, by="chances", **{**told, **said, **came, **more}))


def test_the_page_says_honestly_how_good_they_are(house: House, hands: Hands, enter: Enter) -> None:
    client = enter("supervisor")
    assert "Todavía no hay turnos que hayan esperado" in told(client.get("/admin/waits"))
    tell(house, 4)
    few = told(client.get("/admin/waits?days=1"))
    assert "Pocos datos: 4 turnos. De cada 100 rangos anunciados, 100 se cumplieron." in few
    tell(house, 30)
    tell(house, 10, days_ago=5, truth=3000, group="older")
    tell(house, 3, outcome="left", truth=None)
    tell(house, 2, forward=0)
    week = told(client.get("/admin/waits"))
    assert "De cada 100 rangos anunciados, 77 se cumplieron. El error medio fue de 10,7 min;" in week
    assert "multiplicar la posición por el promedio habría errado 13,9 min" in week
    assert "Se anunciaron 10,7 min de menos en promedio." in week
    for words in ("(pocos datos) 10", "Pagar el impuesto predial 44", "Se retiraron antes del llamado 3"):
        assert words in week
    assert "Encontraron una ventanilla libre y no esperaron 2" in week
    today = told(client.get("/admin/waits?days=1"))
    assert "De cada 100 rangos anunciados, 100 se cumplieron. El error medio fue de 5,0 min;" in today
    for odd in ("8", "-1", "", "x", "²"):
        assert client.get("/admin/waits", query_string={"days": odd}).status_code == 200
    for form in ("csv", "xlsx"):
        file = client.get(f"/admin/waits.{form}?days=30")
        assert file.status_code == 200
        assert "esperas-anunciadas-2026-11-23-30d" in file.headers["Content-Disposition"]
    assert "Por hora,9:00,Turnos,44" in client.get("/admin/waits.csv").get_data(as_text=True).replace(";", ",")
    assert enter("official").get("/admin/waits").status_code == 403


def test_the_hall_and_the_page_tell_when_a_simple_run_is_better(house: House, hands: Hands, enter: Enter) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session)
    client, alarm = enter("supervisor"), "Las esperas calculadas yerran más que la cuenta sencilla"
    assert "nadie calcula las esperas" in told(client.get("/admin/waits"))
    with house.app.app_context():
        assert Foreseer().go_round() == 1
    assert alarm not in told(client.get("/admin/hall"))
    assert "nadie calcula las esperas" not in told(client.get("/admin/waits"))
    with house.app.app_context(), transaction(db.session) as session:
        row = session.scalars(select(WaitOutlook)).one()
        row.content = copy.deepcopy(row.content) | {"worse": True}
    assert alarm in told(client.get("/admin/hall"))
    assert "se anuncia la cuenta sencilla" in told(client.get("/admin/waits"))
