"""What a person says at the window is filed beside the turn: one transaction, its own constancy, the turn's result."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import transaction
from core.petitions.model import Channel, Petition
from core.turns import actions as turns
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.web.database import db
from core.web.forms import new_press
from tests import make
from tests.conftest import Hands, House


def attending(house: House, hands: Hands) -> tuple[FlaskClient, int]:
    """An official with a turn in attention."""
    client = house.official("ventanilla1", "1")
    with house.app.app_context(), transaction(db.session) as session:
        turn, desk = make.turn(session, 10), make.desk(session, "1", "ventanilla1")
        turns.call_next(session, desk, hands.read())
        turns.start(session, desk, hands.read())
        return client, turn.id


def send(client: FlaskClient, turn: int, **said: Any) -> TestResponse:
    fields = {"press": new_press(), "turn": str(turn), "text": "Que arreglen la bomba de agua.", "ends": "y"}
    return client.post("/counter/petition", data=fields | said, content_type="multipart/form-data")


def test_what_is_said_at_the_window_is_filed_as_verbal_with_its_turn_which_ends_so_and_once(
    house: House, hands: Hands
) -> None:
    client, turn_id = attending(house, hands)
    assert "Radicar lo que dice la persona" in client.get("/counter/petition").get_data(as_text=True)
    press = new_press()
    for _again in range(2):
        assert send(client, turn_id, press=press, annexes="una foto").status_code == 302
    told = client.get("/counter/petition/done").get_data(as_text=True)
    for said in ("2026-E-000001", "Petición verbal", "Funcionaria de ventanilla 1", "una foto"):
        assert said in told, said
    assert client.get("/counter/petition/done/slip-80.pdf").data.startswith(b"%PDF")
    with house.app.app_context():
        session = house.look()
        petition, turn = session.scalars(select(Petition)).one(), session.get_one(Turn, turn_id)
        assert (petition.channel, petition.verbal, petition.turn_id) == (Channel.IN_PERSON, True, turn_id)
        assert (turn.state, turn.asked[0].result) == (State.FINISHED, "filed")
    told = house.official("supervision").get(f"/admin/hall/turns/{turn_id}").get_data(as_text=True)
    assert "2026-E-000001" in told
    assert client.post("/counter/petition/kept").headers["Location"] == "/counter/"


def test_nothing_of_a_turn_is_kept_with_what_is_said_without_a_name_and_its_attention_goes_on(
    house: House, hands: Hands
) -> None:
    client, turn_id = attending(house, hands)
    assert send(client, turn_id, identity="anonymous", name="Rosa").status_code == 302
    with house.app.app_context():
        session = house.look()
        petition, turn = session.scalars(select(Petition)).one(), session.get_one(Turn, turn_id)
        assert (petition.turn_id, petition.petitioner, petition.received_at, petition.steps[0].at) == (
            None,
            None,
            None,
            None,
        )
        assert turn.state is State.ATTENDING


def test_nothing_is_filed_for_a_turn_that_is_not_in_the_hand_and_what_was_typed_stays(
    house: House, hands: Hands
) -> None:
    client, turn_id = attending(house, hands)
    for turn, status in ((turn_id + 1, 404), (turn_id, 422)):
        said = {"text": ""} if status == 422 else {}
        answer = send(client, turn, name="Don Eusebio", **said)
        assert answer.status_code == status
    assert "Don Eusebio" in answer.get_data(as_text=True)
    with house.app.app_context():
        assert house.look().scalars(select(Petition)).all() == []


def test_the_window_leads_to_how_a_petition_goes_and_back_without_a_bar_of_ways(house: House) -> None:
    client = house.official("ventanilla1", "1")
    assert 'href="/admin/petitions/state"' in client.get("/counter/").get_data(as_text=True)
    page = client.get("/admin/petitions/state").get_data(as_text=True)
    assert ("<nav" in page, 'href="/home"' in page) == (False, True)
