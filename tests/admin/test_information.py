"""The administrator sees what is missing of the six contents, mends the texts, publishes them, prints the poster."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from core.information import actions as information
from core.information.model import CHARTER, COMPLAINTS
from tests.admin.conftest import Enter, told
from tests.conftest import Hands, House

CONTACT = {"office": "Gobierno", "person": "Ana Ruiz", "position": "Secretaria", "place": "", "phone": "", "email": ""}
WRITTEN = {"year": "2027", "body": "# Derechos\n- Que lo traten bien. Siempre.", "body_en": ""}


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def page(client: FlaskClient, path: str = "") -> str:
    answer = client.get(f"/admin/information{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_each_content_says_what_to_mend_and_leads_to_where_it_is_mended(
    house: House, administrator: FlaskClient
) -> None:
    text = page(administrator)

    assert '<a href="/admin/information/charter">Ningún acto la adopta todavía.' in text
    assert '<a href="/admin/information/complaints">Faltan datos de a quién dirigir la queja.</a>' in text
    assert '<a href="/admin/information/way">No dice cómo llegar y entrar sin escaleras.</a>' in text
    assert "dependencia; nombre; cargo." in text
    assert re.search(r'Ver los \d+</summary><p><a href="/admin/sheets/\d+">', text)
    assert "6 de 6 por mejorar" in text


def test_a_content_that_was_reviewed_is_up_to_date_for_a_year(
    house: House, administrator: FlaskClient, hands: Hands
) -> None:
    for content in ("hours", "services"):
        assert administrator.post(f"/admin/information/review/{content}").status_code == 302
    administrator.post("/admin/information/way", data={"way": "Entre por la rampa.", "way_en": ""})

    assert "Revisado el 23 de noviembre de 2026." in page(administrator)
    assert "4 de 6 por mejorar" in page(administrator)
    assert administrator.post("/admin/information/review/gossip").status_code == 404


def test_a_charter_is_written_looked_at_and_published_with_its_act(house: House, administrator: FlaskClient) -> None:
    saved = administrator.post("/admin/information/charter", data=WRITTEN)
    assert saved.headers["Location"] == "/admin/information/charter/draft"
    draft = administrator.get("/admin/information/charter/draft").get_data(as_text=True)
    assert "<strong>Que lo traten bien.</strong> Siempre." in draft
    assert "Hay un borrador sin publicar:" in page(administrator)

    refused = administrator.post("/admin/information/charter/draft", data={"act": ""})
    assert refused.status_code == 422
    assert 'id="act-error"' in refused.get_data(as_text=True)
    assert administrator.post("/admin/information/charter/draft", data={"act": "Decreto 2"}).status_code == 302

    with house.app.app_context():
        now = information.in_force(house.look(), CHARTER)
        assert now is not None
        assert (now.year, now.act, now.number) == (2027, "Decreto 2", 2)
    assert "Versión 2, para 2027" in page(administrator, "/charter")


def test_whom_to_complain_to_is_filled_in_and_kept_for_the_next_time(house: House, administrator: FlaskClient) -> None:
    administrator.post("/admin/information/complaints", data=WRITTEN | CONTACT | {"year": "2026"})
    administrator.post("/admin/information/complaints/draft", data={"act": ""})

    with house.app.app_context():
        now = information.in_force(house.look(), COMPLAINTS)
        assert now is not None
        assert now.contact == CONTACT
    assert 'value="Ana Ruiz"' in page(administrator, "/complaints")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"body": ""}, "body"),
        ({"year": "1980"}, "year"),
        ({"year": "2040"}, "year"),
        ({"year": "hoy"}, "year"),
        ({"body": "# Solo título"}, "body"),
        ({"email": "ana"}, "email"),
        ({"phone": "pregunte"}, "phone"),
        ({"person": "a\u202eb"}, "person"),
    ],
)
def test_what_is_written_badly_comes_back_with_its_reason_and_nothing_lost(
    house: House, administrator: FlaskClient, change: dict[str, str], field: str
) -> None:
    answer = administrator.post("/admin/information/complaints", data=WRITTEN | CONTACT | {"year": "2026"} | change)

    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert f'id="{field}-error"' in text
    assert 'value="Gobierno"' in text
    with house.app.app_context():
        assert information.draft_of(house.look(), COMPLAINTS) is None


def test_a_draft_is_discarded_and_what_is_in_force_stays(house: House, administrator: FlaskClient) -> None:
    administrator.post("/admin/information/charter", data=WRITTEN)
    assert administrator.post("/admin/information/charter/discard").status_code == 302

    assert administrator.get("/admin/information/charter/draft").status_code == 404
    assert administrator.post("/admin/information/charter/discard").status_code == 404
    assert "Que lo traten con respeto" in page(administrator, "/charter")


@pytest.mark.parametrize("path", ["/gossip", "/gossip/draft"])
def test_another_text_does_not_exist(administrator: FlaskClient, path: str) -> None:
    assert administrator.get(f"/admin/information{path}").status_code == 404


def test_the_poster_says_the_same_facts_in_three_tagged_pages_of_a3(house: House, administrator: FlaskClient) -> None:
    administrator.post("/admin/information/complaints", data=WRITTEN | CONTACT | {"year": "2026"})
    administrator.post("/admin/information/complaints/draft", data={"act": ""})

    answer = administrator.get("/admin/information/poster.pdf")
    paper = PdfReader(BytesIO(answer.data))
    first, services = paper.pages[0].extract_text(), " ".join(page.extract_text() for page in paper.pages[1:])

    assert answer.mimetype == "application/pdf"
    assert [round(float(side) / 72 * 25.4) for side in paper.pages[0].mediabox[2:]] == [297, 420]
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for fact in ("Que lo traten con respeto.", "Lunes a viernes", "Ana Ruiz", "Secretaria", "Actualizado el 23 de"):
        assert fact in first, fact
    assert "Pagar el impuesto predial" in services
    assert "Número predial o un recibo anterior" in services
    assert len(paper.pages) == 3
    assert told(administrator.get("/admin/information")).count("Afiche para imprimir") == 1
