"""Who sits where, what they attend there, and their pauses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks
from core.db import Event, transaction
from core.desks import FORGOTTEN_AFTER, Away, Desk, HelpCall, IsAway, NotAtAWindow, Sitting, WindowTaken
from core.errors import Invalid, Missing
from tests import make

at = make.at
SITE = 1


def sit(session: Session, label: str, username: str, minute: float = 0) -> None:
    who, window = make.official(session, username).id, make.window(session, label).id
    with transaction(session):
        desks.sit(session, SITE, window, who, at(minute))


def seats(session: Session) -> dict[str, str]:
    """Who sits now, by window."""
    now = session.scalars(select(Sitting).where(Sitting.ended_at.is_(None)))
    return {sitting.window.label: sitting.official.username for sitting in now}


def told(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.seq)))


def test_an_official_takes_a_window_and_leaves_it(town: Session) -> None:
    sit(town, "1", "ventanilla1")
    assert seats(town) == {"1": "ventanilla1"}
    with transaction(town):
        desks.stand_up(town, SITE, make.official(town).id, at(5))
        desks.stand_up(town, SITE, make.official(town).id, at(6))
    assert seats(town) == {}
    assert told(town) == ["sat down", "stood up"]


def test_a_window_has_one_official(town: Session) -> None:
    sit(town, "1", "ventanilla1")
    with pytest.raises(WindowTaken) as refusal:
        sit(town, "1", "ventanilla2", 1)
    assert refusal.value.values == {"window": "1"}
    assert seats(town) == {"1": "ventanilla1"}


def test_an_official_has_one_window_and_takes_another_by_leaving_the_first(town: Session) -> None:
    sit(town, "1", "ventanilla1")
    sit(town, "2", "ventanilla1", 1)
    assert seats(town) == {"2": "ventanilla1"}


def test_who_fails_to_take_a_window_keeps_the_one_they_had(town: Session) -> None:
    sit(town, "1", "ventanilla1")
    sit(town, "2", "ventanilla2")
    with pytest.raises(WindowTaken):
        sit(town, "2", "ventanilla1", 1)
    assert seats(town) == {"1": "ventanilla1", "2": "ventanilla2"}


def test_who_sat_down_half_a_day_ago_forgot_to_leave(town: Session) -> None:
    sit(town, "1", "ventanilla1")
    window, forgotten = make.window(town).id, FORGOTTEN_AFTER / timedelta(minutes=1)
    assert desks.who_forgot_to_leave(town, window, at(forgotten)) is None
    assert desks.who_forgot_to_leave(town, window, at(forgotten + 1)) == make.official(town).id
    assert desks.who_forgot_to_leave(town, make.window(town, "2").id, at(forgotten + 1)) is None


def test_only_a_window_of_the_site_that_is_in_use_is_taken(town: Session) -> None:
    who, window = make.official(town).id, make.window(town).id
    for site, place in ((SITE, 9999), (2, window)):
        with pytest.raises(Missing), transaction(town):
            desks.sit(town, site, place, who, at())
    with transaction(town):
        make.window(town).active = False
    with pytest.raises(Missing), transaction(town):
        desks.sit(town, SITE, window, who, at())


def test_who_sits_nowhere_has_no_desk(town: Session) -> None:
    with pytest.raises(NotAtAWindow):
        desks.desk_of(town, SITE, make.official(town).id)


def test_a_desk_attends_what_both_the_window_and_the_official_can(town: Session) -> None:
    sit(town, "1", "ventanilla1")
    who, window = make.official(town), make.window(town)
    everything = frozenset(service.id for service in window.services)
    assert desks.desk_of(town, SITE, who.id) == Desk(SITE, window.id, "1", who.id, everything)
    tax, survey = make.service(town), make.service(town, "sisben-survey")
    with transaction(town):
        make.official(town).services = [tax, survey]
    assert desks.desk_of(town, SITE, who.id).services == {tax.id}


@pytest.mark.parametrize(("kind", "reason"), [("pause", "pause-break"), ("task", "task-mail")])
def test_an_official_goes_away_with_a_reason_and_does_not_call_meanwhile(town: Session, kind: str, reason: str) -> None:
    with transaction(town):
        desk = make.desk(town)
        desks.check_present(town, desk.official_id)
        desks.go_away(town, desk, kind, reason, at(1))
        with pytest.raises(IsAway):
            desks.check_present(town, desk.official_id)
        desks.come_back(town, SITE, desk.official_id, at(2))
        desks.check_present(town, desk.official_id)
    assert told(town)[1:] == ["went away", "came back"]
    assert town.scalar(select(Event.reason).where(Event.kind == "went away")) == f"{kind}:{reason}"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("pause", ""), ("pause", "task-mail"), ("task", "pause-break"), ("cancel", "cancel-asked"), ("", "pause-break")],
)
def test_a_pause_without_a_reason_of_its_list_is_refused(town: Session, kind: str, reason: str) -> None:
    desk = make.desk(town)
    with pytest.raises(Invalid):
        desks.go_away(town, desk, kind, reason, at(1))
    assert desks.away_now(town, desk.official_id) is None


def test_a_new_pause_and_standing_up_end_the_pause_before(town: Session) -> None:
    with transaction(town):
        desk = make.desk(town)
        desks.go_away(town, desk, "pause", "pause-break", at(1))
        desks.go_away(town, desk, "task", "task-mail", at(2))
        desks.stand_up(town, SITE, desk.official_id, at(3))
    stretches = town.scalars(select(Away).order_by(Away.started_at))
    assert [(away.kind, away.started_at, away.ended_at) for away in stretches] == [
        ("pause", at(1), at(2)),
        ("task", at(2), at(3)),
    ]


def test_help_that_is_not_needed_any_more_is_withdrawn_by_who_asked_and_nobody_comes(town: Session) -> None:
    with transaction(town):
        desk = make.desk(town)
        desks.withdraw_help(town, desk, at(1))
        desks.ask_for_help(town, desk, at(2))
        desks.withdraw_help(town, desk, at(3))
    assert told(town)[1:] == ["asked for help", "withdrew help"]
    assert desks.who_comes(town, desk.official_id, at(4)) is None


def test_help_is_asked_once_until_somebody_answers(town: Session) -> None:
    with transaction(town):
        desk = make.desk(town)
        for minute in (1, 2):
            desks.ask_for_help(town, desk, at(minute))
    call = town.scalars(select(HelpCall)).one()
    supervisor = make.official(town, "supervision").id
    for site, help_id in ((2, call.id), (SITE, 9999)):
        with pytest.raises(Missing), transaction(town):
            desks.answer_help(town, site, help_id, supervisor, at(3))
    with transaction(town):
        desks.answer_help(town, SITE, call.id, supervisor, at(3))
    assert (call.asked_at, call.answered_at, call.answered_by) == (at(1), at(3), supervisor)
    with pytest.raises(Missing), transaction(town):
        desks.answer_help(town, SITE, call.id, supervisor, at(4))
    with transaction(town):
        desks.ask_for_help(town, desk, at(5))
    assert told(town)[1:] == ["asked for help", "answered help", "asked for help"]
