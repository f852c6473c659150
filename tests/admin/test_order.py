"""The calling order: changed with a reason, it reorders who waits and keeps what it was."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from admin.order import NUMBERS
from core.catalogue.model import PriorityGroup
from core.clock import now
from core.db import transaction
from core.turns import board
from core.turns.model import QueueSettings
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, press, told
from tests.conftest import House


@pytest.fixture
def administrator(enter: Enter) -> FlaskClient:
    return enter("administrator")


def as_it_is(house: House, **changed: object) -> dict[str, object]:
    """The form as the page fills it today, with what the test changes and a reason."""
    with house.app.app_context():
        session = house.look()
        settings = session.scalars(select(QueueSettings).order_by(QueueSettings.id.desc())).first()
        assert settings is not None
        groups = session.scalars(select(PriorityGroup.code)).all()
        form: dict[str, object] = {name: getattr(settings, name) for name in NUMBERS}
        form |= {f"head_start_{code}": settings.head_start[code] for code in groups}
        return {"order": settings.order.value, "reason": "order-legal", "note": "", **form, **changed}


def history(house: House) -> list[QueueSettings]:
    return list(house.look().scalars(select(QueueSettings).order_by(QueueSettings.id)))


def waiting(house: House) -> list[str]:
    session = house.look()
    return [turn.code for turn in board.everyone_waiting(session, make.site(session).id, now())]


def test_the_page_is_filled_with_the_order_that_rules(house: House, administrator: FlaskClient) -> None:
    page = administrator.get("/admin/order").get_data(as_text=True)
    numbers = {name: value for name, value in as_it_is(house).items() if isinstance(value, int)}
    assert len(numbers) == len(NUMBERS) + 6
    for name, value in numbers.items():
        assert re.search(rf'<input[^>]* name="{name}"[^>]* value="{value}"', page), name
    assert 'value="head-start" checked' in page


def test_a_new_order_puts_those_who_wait_in_their_new_places_and_keeps_the_old_one(
    house: House, administrator: FlaskClient
) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.turn(session, 10)
        make.turn(session, 50, group="older")
    with house.app.app_context():
        assert waiting(house) == ["A 002", "A 001"]
    changed = press(administrator, "/admin/order", **as_it_is(house, order="fifo", note="Por hoy"))
    assert changed.status_code == 302
    with house.app.app_context():
        assert waiting(house) == ["A 001", "A 002"]
        before, after = history(house)
        assert (before.order, after.order) == ("head-start", "fifo")
        assert after.set_by == make.official(house.look(), "administracion").id
        assert after.reason == "Concepto de la Asesoría Jurídica. Por hoy"
        assert after.since == now()


def test_the_history_says_who_when_why_and_what_changed(house: House, administrator: FlaskClient) -> None:
    press(administrator, "/admin/order", **as_it_is(house, head_start_older=90, target_general_min=40))
    words = told(administrator.get("/admin/order"))
    chapter = words[words.index("Cambios anteriores") : words.index("Primera configuración")]
    assert "9:00 a. m. · Administrador del sistema" in chapter
    assert "Concepto de la Asesoría Jurídica" in chapter
    assert "Adelanto: 60 años o más: 60 min → 90 min" in chapter
    assert "Meta general: 45 min → 40 min" in chapter
    assert "Adelanto: En embarazo" not in chapter


@pytest.mark.parametrize("reason", ["", "porque sí", "pick-danger"])
def test_without_a_reason_of_the_list_the_order_stays(house: House, administrator: FlaskClient, reason: str) -> None:
    refused = press(administrator, "/admin/order", **as_it_is(house, order="strict", reason=reason))
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.get_data(as_text=True)
    with house.app.app_context():
        assert len(history(house)) == 1


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("ratio", ["0", "21", "", "dos", "2,5", "-1", "٣", " 2", "1_0", "9" * 23]),
        ("recall_limit", ["-1", "11"]),
        ("recall_pause_s", ["4", "301"]),
        ("tolerance_min", ["-1", "121"]),
        ("more_time_min", ["0", "61"]),
        ("target_priority_min", ["0", "241"]),
        ("target_general_min", ["0", "241"]),
        ("head_start_older", ["-1", "721", "", "NaN"]),
    ],
)
def test_a_bad_number_is_refused_beside_its_field_and_stores_nothing(
    house: House, administrator: FlaskClient, field: str, values: list[str]
) -> None:
    for value in values:
        refused = press(administrator, "/admin/order", **as_it_is(house, **{field: value}))
        assert refused.status_code == 422, value
        page = refused.get_data(as_text=True)
        assert f'id="{field}-error"' in page, value
        assert re.search(rf'href="#{field}">[^<]+: Escriba un número', page), value
        assert f'value="{value}"' in page, value
    with house.app.app_context():
        assert len(history(house)) == 1


@pytest.mark.parametrize("field", ["ratio", "head_start_older", "order"])
def test_a_field_that_does_not_come_is_refused(house: House, administrator: FlaskClient, field: str) -> None:
    asked = as_it_is(house)
    del asked[field]
    assert press(administrator, "/admin/order", **asked).status_code == 422


def test_an_order_or_a_group_that_nobody_knows_is_refused(house: House, administrator: FlaskClient) -> None:
    assert press(administrator, "/admin/order", **as_it_is(house, order="lifo")).status_code == 422
    assert press(administrator, "/admin/order", **as_it_is(house, head_start_friends=60)).status_code == 422
    with house.app.app_context():
        assert len(history(house)) == 1
