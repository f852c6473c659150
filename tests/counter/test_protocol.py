"""The protocol beside the work: which one a window opens, and at which of its steps."""

from __future__ import annotations

import re

from core.db import transaction
from tests import make
from tests.conftest import House
from tests.counter.conftest import Counter, Sit

MOMENT = re.compile(r'<details class="protocol__moment" id="protocol-(\w+)"( open)?>')
OFFERED = re.compile(r'data-protocol="([\w-]+)" aria-pressed="(true|false)"')


def beside(counter: Counter, **asked: str) -> tuple[str, list[str], list[str]]:
    """Of the panel: which protocol is chosen, all that are offered, and the moments that are open."""
    answer = counter.client.get("/counter/protocol", query_string=asked)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    offered = OFFERED.findall(page)
    (chosen,) = [code for code, pressed in offered if pressed == "true"]
    assert f"/my-protocols/{chosen}" in page
    return chosen, [code for code, _pressed in offered], [name for name, is_open in MOMENT.findall(page) if is_open]


CASES = ["P-06", "P-07", "P-09", "P-10"]


def test_the_protocol_follows_the_turn_from_the_call_to_the_end(counter: Counter) -> None:
    assert beside(counter) == ("P-01", ["P-01", *CASES], ["contact"])
    turn = counter.turn(group="older")
    counter.press("next")
    assert beside(counter) == ("P-05", ["P-05", "P-01", *CASES], ["contact"])
    counter.press("start", turn=turn)
    assert beside(counter) == ("P-05", ["P-05", "P-01", *CASES], ["listening", "handling"])
    assert beside(counter, finishing="") == ("P-05", ["P-05", "P-01", *CASES], ["closing", "recording"])


def test_a_child_has_their_own_and_a_case_is_opened_by_who_sees_it(counter: Counter) -> None:
    counter.turn(group="child")
    counter.press("next")
    assert beside(counter)[:2] == ("P-08", ["P-08", "P-05", "P-01", *CASES])
    assert beside(counter, code="P-06")[0] == "P-06"
    assert {beside(counter, code=code)[0] for code in ("P-02", "P-99", "")} == {"P-08"}, "of the phone, of nobody"


def test_what_is_written_for_a_service_comes_before_the_rest_and_only_with_it(house: House, counter: Counter) -> None:
    with house.app.app_context(), transaction(house.look()) as session:
        services = [make.service(session, "property-tax").id]
        make.protocol(session, code="T-07", population="everybody", channel="any", services=services)
    assert "T-07" not in beside(counter)[1]
    counter.turn(group="older", service="property-tax")
    counter.press("next")
    assert beside(counter)[:2] == ("T-07", ["T-07", "P-05", "P-01", *CASES])


def test_the_page_has_its_key_and_without_a_window_there_is_no_protocol(sit: Sit) -> None:
    seated = sit("ventanilla1", "1")
    page = seated.client.get("/counter/").get_data(as_text=True)
    assert re.search(r'id="protocol-opener"[^>]* aria-controls="protocol"[^>]* aria-keyshortcuts="F1"', page)
    assert '<aside class="panel protocol" id="protocol"' in page
    standing = sit("ventanilla2")
    assert 'id="protocol"' not in standing.client.get("/counter/").get_data(as_text=True)
    assert standing.client.get("/counter/protocol").status_code == 409
