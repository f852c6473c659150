"""What comes on paper, by telephone or from a contingency sheet: filed with its day, its sheets and its label."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.petitions.model import Channel, Petition, Stage, StepKind
from core.web.forms import new_press
from tests import make
from tests.conftest import House

ADDRESS = "/admin/filing"


def send(client: FlaskClient, **said: Any) -> TestResponse:
    fields = {"press": new_press(), "channel": "paper", "day": "2026-11-20", "hour": "16:40", "text": "Piden copia."}
    return client.post(ADDRESS, data=fields | said, content_type="multipart/form-data")


def test_paper_keeps_when_it_came_how_many_sheets_it_has_and_gets_its_label(house: House) -> None:
    client = house.official("pqrsd")
    assert send(client, folios="4", annexes="un plano", contingency="Planilla 7").status_code == 302
    told = client.get(f"{ADDRESS}/done").get_data(as_text=True)
    for said in ("2026-E-000001", "20 de noviembre de 2026, 4:40 p. m.", "Planilla 7", "un plano"):
        assert said in told, said
    with house.app.app_context():
        petition = house.look().scalars(select(Petition)).one()
        assert (petition.channel, petition.verbal) == (Channel.PAPER, False)
        assert petition.received_at == make.at() - timedelta(days=2, hours=15, minutes=20)
        assert (petition.filed_on, petition.contingency) == (make.at().date(), "Planilla 7")
        assert petition.steps[0].detail["folios"] == 4
        number = petition.id
    for paper in ("done/receipt-80", "done/slip-58", "done/label-80", f"{number}/label-58"):
        answer = client.get(f"{ADDRESS}/{paper}.pdf")
        assert (answer.status_code, answer.data[:4]) == (200, b"%PDF"), paper
    for none in ("done/label-70", "done/other-80"):
        assert client.get(f"{ADDRESS}/{none}.pdf").status_code == 404
    client.post(f"{ADDRESS}/kept")
    assert client.get(f"{ADDRESS}/done").status_code == 404


def test_what_is_told_of_corruption_at_a_desk_is_reserved_and_its_label_is_printed_only_once(house: House) -> None:
    client = house.official("pqrsd")
    send(client, kind="denuncia_corrupcion", annexes="una grabación")
    told = client.get(f"{ADDRESS}/done").get_data(as_text=True)
    assert "En reserva" in told
    with house.app.app_context():
        petition = house.look().scalars(select(Petition)).one()
        assert (petition.confidential, petition.text, petition.steps[0].text) == (True, "", "")
        number = petition.id
    assert client.get(f"{ADDRESS}/{number}/label-80.pdf").status_code == 404


def test_what_cannot_be_is_told_beside_its_field_and_what_was_typed_stays(house: House) -> None:
    client = house.official("pqrsd")
    cases = [
        ({"day": "2026-11-24"}, "Todavía no ha llegado ese momento"),
        ({"day": "2026-02-30"}, "Escriba una fecha"),
        ({"hour": "25:00"}, "Escriba una hora"),
        ({"folios": "0"}, "de 1 a 9999"),
        ({"office": "999"}, "válid"),
        ({"channel": "paloma"}, "válid"),
    ]
    for said, wrong in cases:
        answer = send(client, name="Junta de La Baja", **said)
        told = answer.get_data(as_text=True)
        assert (answer.status_code, wrong in told, "Junta de La Baja" in told) == (422, True, True), said


def test_a_number_is_annulled_with_its_reason_by_who_may_read_it_and_is_never_given_again(house: House) -> None:
    client = house.official("pqrsd")
    send(client, channel="phone")
    with house.app.app_context():
        petition = house.look().scalars(select(Petition)).one()
        number, verbal = petition.id, petition.verbal
    assert verbal
    assert client.post(f"{ADDRESS}/{number}/annul", data={"reason": " "}).status_code == 422
    assert house.official("gobierno").post(f"{ADDRESS}/{number}/annul", data={"reason": "x"}).status_code == 404
    assert client.post(f"{ADDRESS}/{number}/annul", data={"reason": "Se radicó dos veces."}).status_code == 302
    send(client)
    with house.app.app_context():
        first, second = house.look().scalars(select(Petition).order_by(Petition.id))
        assert (first.stage, first.steps[-1].kind, first.steps[-1].text) == (
            Stage.ANNULLED,
            StepKind.ANNULLED,
            "Se radicó dos veces.",
        )
        assert second.number == first.number + 1
