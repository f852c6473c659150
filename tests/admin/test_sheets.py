"""The catalogue in the administration: a sheet is written, seen as a citizen, published, compared and withdrawn."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.catalogue import offer, publishing
from core.catalogue.sheet import Norm, Sheet
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def page_of(house: House, code: str = "property-tax") -> str:
    with house.app.app_context():
        return f"/admin/sheets/{make.service(house.look(), code).id}"


def filled(client: FlaskClient, page: str, **changed: Any) -> dict[str, Any]:
    """The form as the browser would send it back, with some fields changed."""
    html = client.get(f"{page}/edit").get_data(as_text=True)
    asked: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        found = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if found.get("type") in ("radio", "checkbox"):
            if " checked" in tag:
                asked.setdefault(found["name"], []).append(found["value"])
        elif "name" in found:
            asked[found["name"]] = found.get("value", "")
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', html):
        asked[name] = text.replace("&#34;", '"').strip("\r\n")
    asked.pop("csrf_token", None)
    return {**asked, **changed}


def published(house: House, code: str = "property-tax") -> Sheet | None:
    session = house.look()
    found = offer.published(session, make.site(session).id)
    return next((one.sheet for one in found if one.service.code == code), None)


def test_the_list_says_of_each_service_its_state_and_what_it_lacks_and_can_be_sorted(
    house: House, administrator: FlaskClient
) -> None:
    page = told(administrator.get("/admin/sheets"))
    assert "Pagar el impuesto predial" in page
    assert "Publicada, versión 1" in page
    scores = [int(n) for n in re.findall(r"(\d+) %", told(administrator.get("/admin/sheets?sort=score")))][1:]
    assert len(scores) == 26
    assert scores == sorted(scores)
    assert administrator.get("/admin/sheets?sort=nonsense").status_code == 200


def test_the_form_gives_back_what_the_sheet_says(house: House, administrator: FlaskClient) -> None:
    page = page_of(house, "building-licence")
    with house.app.app_context():
        before = published(house, "building-licence")
    assert administrator.post(f"{page}/edit", data=filled(administrator, page)).status_code == 302
    with house.app.app_context():
        session = house.look()
        assert publishing.sheet_in_hand(session, make.service(session, "building-licence")) == before


def test_a_sheet_is_written_compared_and_published(house: House, administrator: FlaskClient) -> None:
    page = page_of(house)
    changed = {
        "name": "Pagar el predial",
        "steps": "Venga\n\n  Pague ",
        "norm_1": "Ley 14 de 1983",
        "time_unit": "months",
    }
    saved = administrator.post(f"{page}/edit", data=filled(administrator, page, **changed, time_value="2"))
    assert saved.status_code == 302, told(saved)
    seen = told(administrator.get(page))
    assert "Esto cambia para la ciudadanía:" in seen
    assert "Antes: En la misma visita + Ahora: Meses" in seen
    with house.app.app_context():
        assert getattr(published(house), "name", "") == "Pagar el impuesto predial"
    answer = administrator.post(f"{page}/publish", data={"act": "Resolución 12"}, follow_redirects=True)
    assert "Publicada la versión 2" in told(answer)
    with house.app.app_context():
        sheet = published(house)
        assert sheet is not None
        assert (sheet.name, sheet.steps, sheet.time_value) == ("Pagar el predial", ("Venga", "Pague"), 2)
        assert sheet.norms[1] == Norm("Ley 14 de 1983")
        assert make.service(house.look()).name == "Pagar el predial"
    versions = told(administrator.get(f"{page}/versions"))
    assert "Versión 2 · la que se ve ahora" in versions
    assert "Resolución 12" in versions
    assert "Ahora: Pagar el predial" in versions


WRONG = [
    ({"name": ""}, "name", "Escriba el nombre."),
    ({"name": "x" * 61}, "name", "60 caracteres o menos"),
    ({"hint": ""}, "hint", "Escriba en una frase"),
    ({"requirements": "\n".join("abcdefghi")}, "requirements", "8 líneas o menos"),
    ({"steps": "y" * 201}, "steps", "Acorte la línea"),
    ({"online": "alcaldia"}, "online", "dirección completa"),
    ({"online": "javascript:alert(1)//a.b"}, "online", "dirección completa"),
    ({"online": "http://" + "." * 900}, "online", "dirección completa"),
    ({"time_unit": "months", "time_value": ""}, "time_value", "Escriba cuántos"),
    ({"time_unit": "months", "time_value": "muchos"}, "time_value", "Escriba un número"),
    ({"reviewed": "31/02/2026"}, "reviewed", "Escriba una fecha"),
    ({"reviewed": "2026-11-24"}, "reviewed", "Ese día no ha llegado."),
    ({"norm_3": "", "article_3": "artículo 3"}, "norm_3", "Escriba la norma"),
    ({"suit": "T-12"}, "suit", "solo números"),
    ({"without": ["requirements"]}, "requirements", "Deje solo una"),
]


@pytest.mark.parametrize(("wrong", "field", "sentence"), WRONG)
def test_what_is_wrong_is_told_beside_its_field_and_what_was_written_stays(
    house: House, administrator: FlaskClient, wrong: dict[str, Any], field: str, sentence: str
) -> None:
    page = page_of(house)
    asked = filled(administrator, page, who="Lo que escribí", **wrong)
    answer = administrator.post(f"{page}/edit", data=asked)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text
    assert sentence in told(answer)
    assert "Lo que escribí" in text
    if isinstance(value := next(iter(wrong.values())), str) and value and "\n" not in value:
        assert value in text


def test_two_who_write_at_once_are_told(house: House, administrator: FlaskClient) -> None:
    page = page_of(house)
    first, second = (filled(administrator, page, who=who) for who in ("Una", "Otra"))
    assert administrator.post(f"{page}/edit", data=first).status_code == 302
    late = administrator.post(f"{page}/edit", data=second)
    assert late.status_code == 409
    assert "Otra persona guardó esta ficha" in told(late)
    assert ">\r\nOtra</textarea>" in late.get_data(as_text=True)


def test_a_draft_is_discarded(house: House, administrator: FlaskClient) -> None:
    page = page_of(house)
    administrator.post(f"{page}/edit", data=filled(administrator, page, who="Nadie"))
    assert "Con borrador" in told(administrator.get(page))
    assert "Nadie" not in told(administrator.post(f"{page}/discard", follow_redirects=True))


def test_a_service_is_withdrawn_with_its_reason_and_published_again(house: House, administrator: FlaskClient) -> None:
    page = page_of(house)
    assert administrator.post(f"{page}/withdraw", data={"reason": ""}).status_code == 422
    administrator.post(f"{page}/withdraw", data={"reason": "Pasó a la Gobernación"})
    assert "Pagar el impuesto predial" not in house.anybody().get("/").get_data(as_text=True)
    assert "Está retirada: «Pasó a la Gobernación»." in told(administrator.get(page))
    administrator.post(f"{page}/publish", data={"act": ""})
    assert "Pagar el impuesto predial" in house.anybody().get("/").get_data(as_text=True)


def test_what_says_the_same_is_not_published_again(house: House, administrator: FlaskClient) -> None:
    answer = administrator.post(f"{page_of(house)}/publish", data={"act": ""})
    assert answer.status_code == 409
    assert "No hay nada nuevo que publicar." in told(answer)


def test_the_preview_speaks_the_language_of_the_citizen(house: House, administrator: FlaskClient) -> None:
    page = page_of(house, "building-licence")
    spanish, english = (administrator.get(f"{page}/preview?language={to}") for to in ("es", "en"))
    assert "Cuánto tarda 45 días hábiles Desde que la solicitud está completa." in told(spanish)
    assert "How long it takes 45 working days From when the application is complete." in told(english)
    assert '<html lang="en"' in english.get_data(as_text=True)
