"""The short notices of the displays: written, ordered, withdrawn and shown again."""

import pytest
from flask.testing import FlaskClient

from core.catalogue import notices
from core.catalogue.model import Notice
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def shown(house: House) -> list[Notice]:
    session = house.look()
    return [notice for notice in notices.of_site(session, make.site(session).id) if notice.active]


def test_a_new_notice_comes_after_the_others_and_speaks_spanish_without_english(
    house: House, administrator: FlaskClient
) -> None:
    assert (
        administrator.post("/admin/notices", data={"text": "Hoy cerramos a las 5.", "text_en": ""}).status_code == 302
    )
    with house.app.app_context():
        last = shown(house)[-1]
        assert (last.text, last.text_en) == ("Hoy cerramos a las 5.",) * 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 121, "a\u202eb", "dos\nlíneas"])
def test_a_notice_that_will_not_do_is_refused_beside_its_field(
    house: House, administrator: FlaskClient, text: str
) -> None:
    with house.app.app_context():
        before = len(shown(house))
    answer = administrator.post("/admin/notices", data={"text": text, "text_en": ""})
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.get_data(as_text=True)
    with house.app.app_context():
        assert len(shown(house)) == before


def test_more_notices_than_anybody_reads_are_refused(house: House, administrator: FlaskClient) -> None:
    with house.app.app_context():
        room = notices.MOST - len(shown(house))
    for number in range(room):
        administrator.post("/admin/notices", data={"text": f"Aviso {number}", "text_en": ""})
    refused = administrator.post("/admin/notices", data={"text": "Uno más", "text_en": ""})
    assert refused.status_code == 422
    assert "Ya hay 20 avisos" in told(refused)


def test_a_notice_is_said_with_other_words(house: House, administrator: FlaskClient) -> None:
    with house.app.app_context():
        notice_id = shown(house)[0].id
    asked = {"text": "Otras palabras", "text_en": "Other words"}
    assert administrator.post(f"/admin/notices/{notice_id}", data=asked).status_code == 302
    with house.app.app_context():
        first = shown(house)[0]
        assert (first.id, first.text, first.text_en) == (notice_id, "Otras palabras", "Other words")


def test_a_notice_moves_one_place_and_stays_at_the_ends(house: House, administrator: FlaskClient) -> None:
    with house.app.app_context():
        first, second, *rest = [notice.id for notice in shown(house)]
    administrator.post(f"/admin/notices/{first}/move", data={"step": "-1"})
    with house.app.app_context():
        assert [notice.id for notice in shown(house)] == [first, second, *rest]
    administrator.post(f"/admin/notices/{first}/move", data={"step": "1"})
    with house.app.app_context():
        assert [notice.id for notice in shown(house)] == [second, first, *rest]
    assert administrator.post(f"/admin/notices/{first}/move", data={"step": "5"}).status_code == 422


def test_a_withdrawn_notice_is_kept_and_can_be_shown_again(house: House, administrator: FlaskClient) -> None:
    with house.app.app_context():
        first = shown(house)[0].id
    administrator.post(f"/admin/notices/{first}/withdraw")
    with house.app.app_context():
        assert first not in [notice.id for notice in shown(house)]
    administrator.post(f"/admin/notices/{first}/show")
    with house.app.app_context():
        assert shown(house)[-1].id == first
