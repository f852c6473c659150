"""The live wire to the displays: who is let in, what they hear, in which order, and when they are cut."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import socketio
from sqlalchemy import select

from core import devices
from core.catalogue.model import Site
from core.db import Stream, transaction
from core.devices import Device
from core.turns import actions as turns
from tests import make
from tests.browser.conftest import Town
from tests.browser.hall import Hall, Screen, last_seq

STRAYS = 15
CUT_WITHIN_S = 5


def paired(town: Town, kind: str = "display") -> str:
    return f"{kind}={town.pair(kind)}"


def test_only_a_paired_display_on_our_own_page_is_let_in(town: Town) -> None:
    good, kiosk = paired(town), paired(town, "kiosk")
    strangers: list[dict[str, Any]] = [
        {"cookie": good, "origin": "http://ajeno.example"},
        {"cookie": good, "origin": f"{town.url}.example"},
        {"cookie": good, "origin": "null"},
        {"cookie": good, "origin": None},
        {"cookie": ""},
        {"cookie": "display=inventado"},
        {"cookie": kiosk},
        {"cookie": kiosk.replace("kiosk=", "display=")},
        {"cookie": good, "namespace": "/desks"},
        {"cookie": good, "namespace": "/other"},
    ]
    for stranger in strangers:
        with pytest.raises(socketio.exceptions.ConnectionError):
            Screen(town, **stranger, patience_s=10).leave()
    Screen(town, good).leave()


def test_what_happens_is_heard_once_in_order_and_with_public_values_only(town: Town) -> None:
    hall, screen, other = Hall(town), Screen(town, paired(town)), Screen(town, paired(town))
    codes = hall.wait(3)
    hall.press("call_next", "1", "2")
    hall.press("start", "1")
    for listener in (screen, other):
        listener.wait_for_seq(last_seq(town))
        seqs = [message["seq"] for message in listener.heard]
        assert seqs == list(range(seqs[0], last_seq(town) + 1))
        calls = [message["call"] for message in listener.heard if "call" in message]
        assert [call["code"] for call in calls] == codes[:2]
        assert all(set(message) <= {"seq", "at", "call", "over"} for message in listener.heard)
        public = {"code", "series", "number", "window", "window_id", "service_id", "call", "language"}
        assert all(set(call) == public for call in calls)
        listener.leave()


def test_a_revoked_display_is_cut_within_five_seconds(town: Town) -> None:
    kept, revoked = Screen(town, paired(town)), Screen(town, paired(town))
    with town.session() as session, transaction(session):
        device = session.scalars(select(Device).order_by(Device.id.desc())).first()
        assert device is not None
        devices.revoke(session, device.id, device.site_id, device.paired_by, town.began)
    assert revoked.cut.wait(CUT_WITHIN_S)
    Hall(town).wait()
    kept.wait_for_seq(last_seq(town))
    kept.leave()


def test_a_display_that_speaks_is_cut_and_nobody_hears_what_it_said(town: Town) -> None:
    talker, listener = Screen(town, paired(town)), Screen(town, paired(town))
    with suppress(socketio.exceptions.BadNamespaceError):
        for _ in range(STRAYS):
            talker.client.emit("happened", {"seq": 10**9, "call": {"code": "A 666"}}, namespace="/wall")
    assert talker.cut.wait(10)
    Hall(town).wait()
    listener.wait_for_seq(last_seq(town))
    assert all(message["seq"] < 10**9 for message in listener.heard)
    listener.leave()


def test_a_display_hears_nothing_of_another_site(town: Town) -> None:
    hall, here, elsewhere = Hall(town), paired(town), paired(town)
    hall.wait()
    with town.session() as session, transaction(session):
        desk = make.desk(session, "1")
        other = Site(code="elsewhere", name="Otra sede", address="Calle 2")
        session.add(other)
        session.flush()
        session.add(Stream(site_id=other.id, last_seq=0))
        device = session.scalars(select(Device).order_by(Device.id.desc())).first()
        assert device is not None
        device.site_id = other.id
    neighbour, screen = Screen(town, elsewhere), Screen(town, here)
    with town.session() as session, transaction(session):
        turns.call_next(session, desk, hall.now())
    with town.session() as session, transaction(session):
        turns.start(session, desk, hall.now())
        seq = session.get_one(Stream, desk.site_id).last_seq + 1
    screen.wait_for_seq(seq)
    assert neighbour.heard == []
    for listener in (neighbour, screen):
        listener.leave()
