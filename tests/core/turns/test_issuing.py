"""A turn is given: its number, its hour and its day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import devices
from core.db import Event, transaction
from core.errors import Invalid, TooMany
from core.events import Who
from core.turns import actions as turns
from core.turns import board
from core.turns.actions.call import NobodyWaiting
from core.turns.actions.issue import PER_DEVICE_AND_MINUTE, Closed
from core.turns.lifecycle import State
from core.turns.model import ServiceDay, Turn
from tests import make
from tests.core.turns.acting import (
    SYSTEM,
    act,
    at,
    attending,
    desk,
    refused,
    waiting,
)

# Issuing.


def test_each_series_counts_from_one_and_a_turn_shows_its_letter_and_number(session: Session) -> None:
    codes = [waiting(session, n, service=s).code for n, s in enumerate(["property-tax", "petition", "tax-clearance"])]
    letters = {make.service(session, s).topic.series for s in ("property-tax", "petition")}
    assert [code[2:] for code in codes] == ["001", "001", "002"]
    assert {code[0] for code in codes} == letters
    assert codes[0][0] == codes[2][0]


def test_a_turn_is_not_given_for_what_the_site_does_not_offer(session: Session) -> None:
    site_id, tax = make.site(session).id, make.service(session)
    cases = {
        "service": turns.Asked(site_id, 9999),
        "group": turns.Asked(site_id, tax.id, "billionaire"),
        "language": turns.Asked(site_id, tax.id, language="xx"),
    }
    for field, asked in cases.items():
        refusal = refused(session, Invalid, turns.issue, asked, SYSTEM, at(1))
        assert isinstance(refusal, Invalid)
        assert refusal.field == field
    with transaction(session):
        make.service(session).active = False
    refused(session, Invalid, turns.issue, turns.Asked(site_id, make.service(session).id), SYSTEM, at(1))
    assert session.scalars(select(Turn)).all() == []


def test_a_kiosk_gives_no_more_turns_a_minute_than_people_could_take(session: Session) -> None:
    with transaction(session):
        code, _ = devices.ask_to_pair(session, "kiosk", at())
        session.flush()
        by = make.official(session, "administracion").id
        kiosk = devices.let_in(session, code, "Entrada", make.site(session).id, by, at()).id
    asked = turns.Asked(make.site(session).id, make.service(session).id, device_id=kiosk)
    for second in range(PER_DEVICE_AND_MINUTE):
        act(session, turns.issue, asked, Who("device", kiosk), at(second / 60))
    refused(session, TooMany, turns.issue, asked, Who("device", kiosk), at(0.99))
    act(session, turns.issue, asked, Who("device", kiosk), at(1))


# Hours, midnight and the civil day of Bogotá.


@pytest.mark.parametrize(
    "closed",
    [
        datetime(2026, 11, 23, 7, 59, 59, 999_000),
        datetime(2026, 11, 23, 12, 0),
        datetime(2026, 11, 23, 13, 59, 59),
        datetime(2026, 11, 23, 18, 0),
        datetime(2026, 11, 22, 10, 0),
        datetime(2026, 11, 16, 10, 0),
    ],
    ids=["before opening", "noon", "lunch", "closing", "Sunday", "a holiday moved to Monday"],
)
def test_outside_the_hours_the_kiosk_gives_no_turn_but_an_official_may_and_calling_never_stops(
    session: Session, closed: datetime
) -> None:
    """CPACA art. 7.3: everybody who came within the hours is attended."""
    moment = closed.replace(tzinfo=make.OPENING.tzinfo)
    where = desk(session)
    asked = turns.Asked(where.site_id, make.service(session).id)
    for who in (Who("citizen"), Who("device", 1), SYSTEM):
        refused(session, Closed, turns.issue, asked, who, moment)
    given = act(session, turns.issue, asked, where.who, moment)
    called = act(session, turns.call_next, where, moment)
    assert called.id == given.id


def test_who_took_a_turn_before_closing_is_called_after_it(session: Session) -> None:
    where, closing = desk(session), at(10 * 60)
    turn = waiting(session, 10 * 60 - 1)
    refused(session, Closed, make.turn, 10 * 60)
    assert act(session, turns.call_next, where, closing + timedelta(hours=2)).id == turn.id


def test_numbers_begin_again_with_the_civil_day_of_bogota_and_no_job_has_to_run(session: Session) -> None:
    where = desk(session)
    asked = turns.Asked(where.site_id, make.service(session).id)
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=make.OPENING.tzinfo)
    moments = [at(0), at(11 * 60), midnight - timedelta(milliseconds=1), midnight, midnight + timedelta(days=3)]
    codes = [act(session, turns.issue, asked, where.who, moment).code for moment in moments]
    assert [int(code[2:]) for code in codes] == [1, 2, 3, 1, 1]
    days = session.scalars(select(ServiceDay.day).order_by(ServiceDay.day)).all()
    assert days == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 27)]


def test_at_seven_in_the_evening_in_bogota_it_is_still_the_same_day(session: Session) -> None:
    """In UTC it is tomorrow already."""
    where = desk(session)
    asked = turns.Asked(where.site_id, make.service(session).id)
    before, after = at(11 * 60 - 1), at(11 * 60 + 1)
    assert before.utctimetuple().tm_mday != after.utctimetuple().tm_mday
    codes = [act(session, turns.issue, asked, where.who, moment).code for moment in (before, after)]
    assert [int(code[2:]) for code in codes] == [1, 2]


def test_a_turn_of_ten_to_midnight_is_called_at_ten_past(session: Session) -> None:
    where = desk(session)
    late = at(15 * 60 + 50)
    turn = act(session, turns.issue, turns.Asked(where.site_id, make.service(session).id), where.who, late)
    assert act(session, turns.call_next, where, late + timedelta(minutes=20)).id == turn.id


def test_the_turns_of_yesterday_are_not_called_but_can_be_closed_with_a_reason(session: Session) -> None:
    where, tomorrow = desk(session), at(24 * 60)
    stale, parked = waiting(session, 0), attending(session, where, 0, service="petition")
    act(session, turns.hold, where, at(1))
    fresh = act(session, turns.issue, turns.Asked(where.site_id, stale.service_id), where.who, tomorrow)
    assert act(session, turns.call_next, where, tomorrow + timedelta(minutes=1)).id == fresh.id
    act(session, turns.mark_absent, where, tomorrow + timedelta(minutes=2))
    refused(session, NobodyWaiting, turns.call_next, where, tomorrow + timedelta(minutes=3))

    assert board.leftovers(session, where.site_id, tomorrow) == 2
    for no_reason in ("", "pick-back"):
        refused(session, Invalid, turns.close_leftovers, where.site_id, no_reason, where.who, tomorrow)
    assert act(session, turns.close_leftovers, where.site_id, "leftover-gone", where.who, tomorrow) == 2
    assert {stale.state, parked.state} == {State.CANCELLED}
    assert session.get_one(Turn, fresh.id).state is State.ABSENT
    closing = session.scalars(select(Event).where(Event.kind == "cancelled")).all()
    assert {(event.turn_id, event.reason) for event in closing} == {(t.id, "leftover-gone") for t in (stale, parked)}
