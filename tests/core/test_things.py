"""What a town hall is made of is added, ordered, withdrawn and put back, and the hall never breaks."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks
from core.catalogue import attending, offer, things
from core.catalogue import week as hours
from core.catalogue.model import Office, PriorityGroup, Reason, Result, Topic
from core.db import transaction
from core.errors import Invalid
from core.events import Who
from core.turns import actions as turns
from core.turns.actions.change import settings_of
from core.turns.actions.depend import (
    NobodyWouldAttend,
    TurnsOpen,
    check_nobody_is_left,
    nobody_left_waiting,
    open_turns,
)
from core.turns.actions.issue import Closed
from core.turns.policy import GENERAL
from tests import make

EIGHT, NOON, TWO, SIX = time(8), time(12), time(14), time(18)


def by(session: Session) -> int:
    return make.official(session, "administracion").id


def test_two_things_of_a_site_are_told_apart_by_name_and_a_letter_is_of_one_topic(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        with pytest.raises(Invalid) as same:
            things.add(session, things.OFFICES, site, {"name": " secretaría de HACIENDA "}, by(session), make.at())
        assert same.value.field == "name"
        taken = {"name": "Nuevo", "name_en": "", "hint": "", "hint_en": "", "icon": "info", "series": "H"}
        with pytest.raises(Invalid) as letter:
            things.add(session, things.TOPICS, site, taken, by(session), make.at())
        assert letter.value.field == "series"


def test_a_thing_gets_a_code_of_its_own_and_the_last_place(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        asked = {"kind": "pause", "name": "Almuerzo ñandú"}
        added = [things.add(session, things.REASONS, site, asked, by(session), make.at()) for _ in range(2)]
        assert [reason.code for reason in added] == ["almuerzo-nandu", "almuerzo-nandu-2"]
        assert [reason.id for reason in things.of_site(session, things.REASONS, site) if reason.kind == "pause"][
            -2:
        ] == [reason.id for reason in added]


def test_a_thing_moves_among_its_own_and_at_the_edge_it_stays(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        names = [topic.code for topic in things.of_site(session, things.TOPICS, site)]
        first, second = things.of_site(session, things.TOPICS, site)[:2]
        things.move(session, things.TOPICS, site, first.id, -1, by(session), make.at())
        assert [topic.code for topic in things.of_site(session, things.TOPICS, site)] == names
        things.move(session, things.TOPICS, site, second.id, -1, by(session), make.at())
        assert [topic.code for topic in things.of_site(session, things.TOPICS, site)][:2] == [names[1], names[0]]


def test_what_others_need_is_not_withdrawn(session: Session) -> None:
    site = make.site(session)
    with transaction(session):
        office = session.scalars(select(Office).where(Office.code == "treasury")).one()
        with pytest.raises(things.StillNeeded, match="servicios activos"):
            things.withdraw(session, things.OFFICES, site.id, office.id, by(session), make.at())
        with pytest.raises(things.StillNeeded, match="única sede"):
            things.withdraw(session, things.SITES, site.id, site.id, by(session), make.at())
        results = session.scalars(select(Result)).all()
        for result in results[1:]:
            things.withdraw(session, things.RESULTS, site.id, result.id, by(session), make.at())
        with pytest.raises(things.StillNeeded, match="último de su lista"):
            things.withdraw(session, things.RESULTS, site.id, results[0].id, by(session), make.at())


def test_a_withdrawn_topic_gives_no_more_turns_and_those_given_are_called(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        turn = make.turn(session)
        topic = session.get_one(Topic, turn.service.topic_id)
        assert open_turns(session, topic, make.at(1)) == 1
        things.withdraw(session, things.TOPICS, site, topic.id, by(session), make.at(1))
        assert topic not in offer.topics(session, site)
        with pytest.raises(Invalid, match="no se atiende"):
            make.turn(session, 2)
        assert turns.call_next(session, make.desk(session), make.at(3)).id == turn.id
        things.put_back(session, things.TOPICS, site, topic.id, by(session), make.at(4))
        assert topic in offer.topics(session, site)


def test_a_reason_and_a_group_that_were_withdrawn_are_no_longer_taken(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        reason = session.scalars(select(Reason).where(Reason.kind == "pause")).first()
        group = session.scalars(select(PriorityGroup)).first()
        assert reason
        assert group
        things.withdraw(session, things.REASONS, site, reason.id, by(session), make.at())
        things.withdraw(session, things.GROUPS, site, group.id, by(session), make.at())
        with pytest.raises(Invalid):
            desks.go_away(session, make.desk(session), "pause", reason.code, make.at())
        with pytest.raises(Invalid):
            make.turn(session, group=group.code)


def test_no_change_of_windows_leaves_anybody_waiting_for_nobody(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        turn = make.turn(session)
        windows = attending.windows_of(session, site)
        attended = {(window.id, service.id) for window in windows for service in window.services}
        without = {pair for pair in attended if pair[1] != turn.service_id}
        token = turn.token
    with (
        pytest.raises(NobodyWouldAttend, match=r"\(1\)"),
        transaction(session),
        nobody_left_waiting(session, site, make.at(1)),
    ):
        attending.set_matrix(session, site, without, by(session), make.at(1))
    with transaction(session):
        turns.leave(session, turns.turn_with_token(session, token), make.at(1))
    with transaction(session), nobody_left_waiting(session, site, make.at(1)):
        assert attending.set_matrix(session, site, without, by(session), make.at(1)), "nobody waits any more"


def test_a_site_is_not_withdrawn_while_somebody_holds_a_turn(session: Session) -> None:
    with transaction(session):
        make.turn(session)
        with pytest.raises(TurnsOpen):
            check_nobody_is_left(session, make.site(session), make.at(1))


def test_nobody_sits_at_a_window_that_is_withdrawn(session: Session) -> None:
    with transaction(session):
        desk = make.desk(session)
        with pytest.raises(desks.SomebodySits, match="ventanilla 1"):
            desks.check_empty(session, desk.window_id)
        desks.stand_up(session, desk.site_id, desk.official_id, make.at(1))
        desks.check_empty(session, desk.window_id)


def test_what_the_matrix_says_of_another_site_is_refused(session: Session) -> None:
    with transaction(session), pytest.raises(Invalid):
        attending.set_matrix(session, make.site(session).id, {(999, 999)}, by(session), make.at())


def test_the_stretches_of_a_day_may_touch_and_never_cross(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        assert hours.set_week(session, site, {1: [(TWO, SIX), (EIGHT, NOON), (NOON, TWO)]}, by(session), make.at())
        for wrong in ([(EIGHT, TWO), (NOON, SIX)], [(NOON, EIGHT)], [(NOON, NOON)]):
            with pytest.raises(Invalid) as refused:
                hours.set_week(session, site, {3: wrong}, by(session), make.at())
            assert refused.value.field == "day_3"


def test_hours_rule_the_next_turn(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        make.turn(session)
        assert hours.set_week(session, site, {2: [(EIGHT, SIX)]}, by(session), make.at())
        with pytest.raises(Closed):
            make.turn(session, 1)
        asked = turns.Asked(site, make.service(session).id, GENERAL)
        assert turns.issue(session, asked, Who("citizen"), make.at(24 * 60)).code


def test_the_law_asks_forty_hours_a_week_and_eight_a_day() -> None:
    five = {day: [(EIGHT, NOON), (TWO, SIX)] for day in range(1, 6)}
    assert hours.hours_a_week(five) == hours.LEAST_HOURS_A_WEEK
    assert hours.short_days(five) == []
    assert hours.short_days({**five, 6: [(EIGHT, NOON)], 7: []}) == [6]


def test_a_promise_of_a_service_rules_over_that_of_the_site_and_never_delays_who_comes_first(session: Session) -> None:
    site = make.site(session).id
    with transaction(session):
        service = make.service(session)
        assert attending.set_targets(session, site, {service.id: 20}, by(session), make.at())
        settings = settings_of(session, site)
        assert settings.target_min(False, service.target_min) == 20
        assert settings.target_min(True, service.target_min) == settings.target_priority_min
        assert settings.target_min(True, 5) == 5
        assert settings.target_min(False, None) == settings.target_general_min
