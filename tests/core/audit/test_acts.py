"""Every act of those who set up, supervise and sign in leaves its row; a press of the queue leaves none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit, desks, devices
from core.audit.model import Entry
from core.catalogue import notices
from core.catalogue.model import Notice, Reason
from core.db import Stream
from core.events import Who
from core.people import actions as people
from core.people import staff
from core.people.model import SignIn
from core.turns import actions as turns
from core.turns.policy import Order
from tests import make
from tests.conftest import House

BY = Who("official", 1)
Do = Callable[[Session], object]


def told(session: Session) -> list[tuple[str, str, str | None]]:
    """What the trail tells since the town hall was set up."""
    session.flush()
    audit.seal(session)
    rows = session.scalars(select(Entry).where(Entry.act != "loaded").order_by(Entry.seq))
    return [(row.act, row.thing, row.reason) for row in rows]


def reason(session: Session, kind: str) -> str:
    return session.scalars(select(Reason.code).where(Reason.kind == kind).order_by(Reason.code)).first() or ""


def first_notice(session: Session) -> int:
    return session.scalars(select(Notice.id).order_by(Notice.id)).first() or 0


def let_in(session: Session) -> devices.Device:
    code, _secret = devices.ask_to_pair(session, "display", make.at())
    session.flush()
    return devices.let_in(session, code, "Sala", 1, 1, make.at())


def come_in(session: Session) -> int:
    people.sign_in(session, make.official(session), "un navegador", make.at())
    return session.scalars(select(SignIn.id)).one()


def other(session: Session) -> int:
    return make.official(session, "ventanilla2").id


ORDER = turns.QueueOrder(order=Order.FIFO, ratio=2, head_start={"older": 30})
ACTS: dict[str, tuple[Do, list[tuple[str, str, str | None]]]] = {
    "hire": (
        lambda s: staff.hire(s, 1, "nueva", "Nueva", ["official"], [], 1, make.at()),
        [("added", "official", None)],
    ),
    "change duties": (
        lambda s: staff.change_duties(s, 1, other(s), "Otra", ["control"], [], 1, make.at()),
        [("changed", "official", None), ("proposed", "official", None)],
    ),
    "give a password": (
        lambda s: staff.give_password(s, 1, other(s), 1, make.at()),
        [("password given", "official", None)],
    ),
    "end sessions": (
        lambda s: staff.end_sessions(s, 1, other(s), 1, make.at()),
        [("sessions ended", "official", None)],
    ),
    "take access": (lambda s: staff.take_access(s, 1, other(s), 1, make.at()), [("access taken", "official", None)]),
    "give access": (lambda s: staff.give_access(s, 1, other(s), 1, make.at()), [("access given", "official", None)]),
    "sign in and out": (
        lambda s: people.sign_out(s, come_in(s), make.at(1)),
        [("signed in", "sign-in", None), ("signed out", "sign-in", None)],
    ),
    "sign out of what has ended": (
        lambda s: [people.sign_out(s, session_id, make.at(1)) for session_id in [come_in(s)] * 2],
        [("signed in", "sign-in", None), ("signed out", "sign-in", None)],
    ),
    "change the password": (
        lambda s: people.change_password(s, other(s), make.PASSWORD, "otra frase larga y nueva", make.at(), 0),
        [("password changed", "official", None)],
    ),
    "fail to sign in": (
        lambda s: people.note_failure(s, "nadie", Who("stranger"), make.at()),
        [("sign-in failed", "official", None)],
    ),
    "let a device in": (let_in, [("let in", "device", None)]),
    "set a device up": (
        lambda s: devices.set_up(s, let_in(s).id, 1, "Otra", {"volume": 1}, 1, make.at()),
        [("let in", "device", None), ("changed", "device", None)],
    ),
    "revoke a device": (
        lambda s: devices.revoke(s, let_in(s).id, 1, 1, make.at()),
        [("let in", "device", None), ("revoked", "device", None)],
    ),
    "add a notice": (lambda s: notices.add(s, 1, "Hoy no", "", 1, make.at()), [("added", "notice", None)]),
    "rewrite a notice": (
        lambda s: notices.rewrite(s, 1, first_notice(s), "Hoy sí", "", 1, make.at()),
        [("changed", "notice", None)],
    ),
    "move a notice": (lambda s: notices.move(s, 1, first_notice(s), 1, 1, make.at()), [("moved", "notice", None)]),
    "withdraw a notice": (
        lambda s: notices.withdraw(s, 1, first_notice(s), 1, make.at()),
        [("withdrawn", "notice", None)],
    ),
    "show a notice again": (
        lambda s: notices.show_again(s, 1, first_notice(s), 1, make.at()),
        [("restored", "notice", None)],
    ),
    "set the order": (
        lambda s: turns.set_order(s, 1, ORDER, "Mucha gente", BY, make.at()),
        [("changed", "queue order", None)],
    ),
    "regroup": (
        lambda s: turns.regroup(s, 1, make.turn(s).id, "older", reason(s, "group"), BY, make.at(1)),
        [("regrouped", "turn", "group-asked")],
    ),
    "move": (
        lambda s: turns.move(
            s, 1, make.turn(s).id, make.service(s, "residence").id, "end", reason(s, "transfer"), BY, make.at(1)
        ),
        [("transferred", "turn", "transfer-conflict")],
    ),
    "skip": (
        lambda s: turns.skip(s, 1, make.turn(s).id, reason(s, "skip"), BY, make.at(1)),
        [("skipped", "turn", "skip-asked-to-wait")],
    ),
    "cancel": (
        lambda s: turns.cancel(s, 1, make.turn(s).id, reason(s, "cancel"), BY, make.at(1)),
        [("cancelled", "turn", "cancel-asked")],
    ),
    "close leftovers": (
        lambda s: turns.close_leftovers(s, 1, reason(s, "close_leftover"), BY, make.at()),
        [("leftovers closed", "turn", "leftover-attended")],
    ),
    "free a window": (
        lambda s: desks.free(s, 1, make.desk(s).official_id, 1, make.at(1)),
        [("window freed", "window", None)],
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_leaves_its_rows(town_in_memory: Session, name: str) -> None:
    do, rows = ACTS[name]
    do(town_in_memory)
    assert told(town_in_memory) == rows


def test_the_set_up_of_the_town_hall_is_the_first_row(town_in_memory: Session) -> None:
    first = town_in_memory.get_one(Entry, 1)
    assert (first.act, first.thing, first.who_kind) == ("loaded", "site", "command line")


def test_who_says_that_the_clock_is_right_is_told(town_in_memory: Session) -> None:
    town_in_memory.get_one(Stream, 1).lead_ms = 60_000
    turns.trust_clock(town_in_memory, 1, BY, make.at())
    assert told(town_in_memory) == [("clock trusted", "site", None)]
    row = town_in_memory.scalars(select(Entry).where(Entry.act == "clock trusted")).one()
    assert row.at == make.at() - timedelta(minutes=1)


def test_a_press_of_the_queue_leaves_no_row(town_in_memory: Session) -> None:
    desk = make.desk(town_in_memory)
    make.turn(town_in_memory)
    turns.call_next(town_in_memory, desk, make.at(1))
    turns.start(town_in_memory, desk, make.at(2))
    assert told(town_in_memory) == []


def rows_of(house: House) -> list[Entry]:
    with house.app.app_context():
        return list(house.look().scalars(select(Entry).where(Entry.act != "loaded").order_by(Entry.seq)))


def test_a_wrong_password_and_a_closed_door_are_told_with_who_stood_before_them(house: House) -> None:
    official = house.official()
    assert official.get("/admin/people").status_code == 403
    house.anybody().post("/sign-in", data={"username": "ventanilla2", "password": "no es esta", "next": ""})
    assert house.anybody().get("/admin/people").status_code == 302
    entered, denied, failed = rows_of(house)
    assert (entered.act, entered.who_id) == ("signed in", denied.who_id)
    assert (denied.act, denied.result, denied.sign_in_id) == ("denied", "refused", entered.thing_id)
    assert json.loads(denied.detail) == {"door": "admin.people", "method": "get"}
    assert (failed.act, failed.result, failed.who_kind, failed.who_id) == (
        "sign-in failed",
        "refused",
        "stranger",
        None,
    )
    assert failed.thing_id != denied.who_id


def test_what_an_official_does_through_a_page_says_through_which_sign_in(house: House) -> None:
    client = house.official("administracion")
    assert client.post("/admin/notices", data={"text": "Hoy no", "text_en": ""}).status_code == 302
    entered, added = rows_of(house)
    assert (added.act, added.who_id, added.sign_in_id) == ("added", entered.who_id, entered.thing_id)
    assert "Hoy no" not in added.detail
