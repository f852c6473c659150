"""What is foreseen from the office's own log: days read back, special days, proposals, and simulations as a job."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import desks
from core.breaks import actions as breaks
from core.breaks.planned import Break
from core.db import transaction
from core.errors import Invalid
from core.turns import actions as turns
from core.turns.actions.change import rules_of, settings_of
from core.turns.foresight import proposals, remembered, simulations, special
from core.turns.foresight.crews import HALF, Targets
from core.turns.foresight.model import Roster, Simulation, Stage
from core.turns.foresight.otherwise import EXTRA, Change, Comparison, Lived, Pauses, otherwise
from core.turns.foresight.simulations import OneAtATime
from core.turns.policy import GENERAL, MINUTE, Order, Rules
from core.turns.recorded import Arrival, Counter, Day, Outcome
from core.turns.replay import replay
from core.web import foresight_rounds
from core.web.database import db
from tests import make
from tests.conftest import Hands
from tests.core.turns.acting import act, refused, solved

at = make.at
DAY = make.OPENING.date()
EIGHT = 8 * 60


def ms(minute: float) -> int:
    """A minute after the opening, in milliseconds of the day."""
    return round((EIGHT + minute) * MINUTE)


def since(milliseconds: int) -> float:
    """The minute after the opening."""
    return milliseconds / MINUTE - EIGHT


def morning(session: Session) -> None:
    """Four turns before window 1, which pauses, and window 2, which opens late and is left at once when it is free.

    One is called and undone, one does not come, one gives up, and one is sent on and still waits to come back.
    """
    first = act(session, make.desk, "1")
    one = act(session, make.turn, 0)
    two = act(session, make.turn, 1, "older")
    gives_up = act(session, make.turn, 2)
    absent = act(session, make.turn, 3)
    act(session, turns.call_next, first, at(4))
    act(session, turns.undo_last, first, at(4.5))
    assert act(session, turns.call_next, first, at(5)).id == two.id
    act(session, turns.start, first, at(6))
    act(session, turns.finish, first, solved(two), at(10))
    second = act(session, make.desk, "2", minute=12)
    assert act(session, turns.call_next, second, at(12)).id == one.id
    act(session, turns.start, second, at(12))
    act(session, turns.transfer, second, make.service(session, "petition").id, "arrival", solved(one), at(20))
    act(session, turns.leave, gives_up, at(21))
    assert act(session, turns.call_next, first, at(22)).id == one.id
    act(session, turns.start, first, at(23))
    act(session, turns.finish, first, solved(session.get_one(type(one), one.id)), at(30))
    act(session, desks.go_away, first, "pause", "pause-break", at(31))
    act(session, desks.come_back, first.site_id, first.official_id, at(36))
    assert act(session, turns.call_next, first, at(36)).id == absent.id
    act(session, turns.mark_absent, first, at(38))
    act(session, desks.stand_up, first.site_id, second.official_id, at(40))
    act(session, desks.stand_up, first.site_id, first.official_id, at(60))


def rest_of(session: Session, window: str, starts: str, ends: str) -> None:
    """A break of a window on every working day."""
    row, by = make.window(session, window), make.official(session, "supervision").id
    wanted = Break(frozenset(range(1, 6)), time.fromisoformat(starts), time.fromisoformat(ends))
    act(session, breaks.plan, row.site_id, row.id, wanted, by, at())


def test_a_day_of_the_log_is_the_day_that_a_recording_of_it_would_be(session: Session) -> None:
    morning(session)
    site = make.site(session).id
    day = remembered.lived(session, site, DAY)
    tax, petition = str(make.service(session).id), str(make.service(session, "petition").id)
    assert day.recorded.arrivals == (
        Arrival(1, ms(0), tax, GENERAL),
        Arrival(2, ms(1), tax, "older"),
        Arrival(3, ms(2), tax, GENERAL),
        Arrival(4, ms(3), tax, GENERAL),
        Arrival(5, ms(20), petition, GENERAL),
        Arrival(6, ms(30), tax, GENERAL),
    )
    never = day.recorded.outcomes[1].leaves
    assert day.recorded.outcomes == {
        1: Outcome(8 * MINUTE, 0, never, noshow=False, cancels=False),
        2: Outcome(4 * MINUTE, MINUTE, never, noshow=False, cancels=False),
        3: Outcome(0, 0, ms(21), noshow=False, cancels=True),
        4: Outcome(2 * MINUTE, 0, never, noshow=True, cancels=False),
        5: Outcome(7 * MINUTE, MINUTE, never, noshow=False, cancels=False),
        6: Outcome(0, 0, never, noshow=False, cancels=False),
    }
    assert day.waits == {n: minutes * MINUTE for n, minutes in {1: 12, 2: 4, 4: 33, 5: 2}.items()}
    assert [(counter.name, counter.opens) for counter in day.counters] == [("1", ms(0)), ("2", ms(12))]
    assert [(pause.starts, pause.length) for pause in day.recorded.pauses["1"]] == [(ms(31), 5 * MINUTE)]
    waits = {
        call.called.turn.id: call.wait for call in replay(day.counters, day.recorded, rules_of(session, site)).calls
    }
    assert (waits[1], waits[2]) == (0, 7 * MINUTE), "in a replay nobody waits beside a free window"
    assert set(waits) == {1, 2, 3, 4, 5, 6}


def test_the_days_of_the_log_teach_who_comes_and_how_the_site_works(session: Session) -> None:
    morning(session)
    site, tomorrow = make.site(session).id, DAY + timedelta(days=1)
    tax = str(make.service(session).id)
    history = remembered.history(session, site, tomorrow)
    assert history.days == {DAY: {(16, tax, GENERAL): 3, (16, tax, "older"): 1}}
    assert remembered.history(session, site, DAY).days == {}
    habits = remembered.habits(session, site, tomorrow)
    assert list(habits.durations[tax].seen) == [480, 300]
    assert habits.misses == pytest.approx(1 / 4)
    assert list(habits.away) == [300]
    assert remembered.really_open(session, site, [DAY]) == pytest.approx({16: (30 + 18) / 30, 17: (30 + 10) / 30})
    rest_of(session, "1", "08:33", "08:45")
    assert list(remembered.habits(session, site, tomorrow).away) == [], "the pause that touches the break is the break"
    assert remembered.really_open(session, site, [DAY])[17] == pytest.approx((25 + 10) / 30)
    rest_of(session, "2", "08:30", "08:45")
    assert remembered.really_open(session, site, [DAY])[17] == pytest.approx((25 + 10) / 30), "who did not go was there"


def test_a_special_day_says_why_and_is_like_a_day_that_was(session: Session) -> None:
    act(session, make.turn)
    site, by = make.site(session).id, make.official(session, "supervision").id
    due = DAY + timedelta(days=30)

    def said(**more: object) -> special.Wanted:
        return special.Wanted(**{"day": due, "why": "Vence el predial", **more})  # type: ignore[arg-type]

    for wrong, field in (
        (said(why=""), "why"),
        (said(factor=0), "factor"),
        (said(factor=11), "factor"),
        (said(like=due), "like"),
        (said(like=DAY - timedelta(days=400)), "like"),
    ):
        assert refused(session, Invalid, special.add, site, wrong, by, at()).field == field
    row = act(session, special.add, site, said(factor=2, like=DAY), by, at())
    assert refused(session, Invalid, special.add, site, said(), by, at()).field == "day"
    assert remembered.history(session, site, due).special[due].like == DAY
    act(session, special.take_away, site, row.id, by, at())
    assert special.of_site(session, site) == []


def test_a_proposal_of_few_days_says_that_it_is_not_known_yet(session: Session) -> None:
    morning(session)
    site, tax = make.site(session).id, make.service(session)
    with transaction(session):
        tax.target_min = 20
    ahead = proposals.look_ahead(session, site, proposals.week_of(DAY) + proposals.WEEK, DAY + timedelta(days=1))
    assert ahead.office.targets.of(GENERAL, str(tax.id)) == 20, "as the hall and the figures judge it"
    made = proposals.propose(ahead)
    assert made is not None
    assert made["own_targets"]
    assert made["seen"] == 1
    assert made["days"]
    assert not any(day["known"] for day in made["days"])
    for again in range(2):
        with transaction(session):
            proposals.keep(session, ahead, made | {"seen": again}, at(again))
    kept = proposals.roster_of(session, site, ahead.week)
    assert kept is not None
    assert kept.proposal["seen"] == 1
    assert kept.proposal["general_min"] == settings_of(session, site).target_general_min


def test_a_proposal_of_days_enough_keeps_its_targets_and_tells_what_it_saves(session: Session) -> None:
    """Eleven days of a crowd at eight and few later, of which one is special; next week has a holiday."""
    site = make.site(session).id
    days = [DAY + timedelta(days=n) for n in range(15) if (DAY + timedelta(days=n)).isoweekday() < 6]
    for day in days:
        later = (day - DAY).days * 1440
        with transaction(session):
            for minute in (1, 2, 3, 5, 8, 9, 12, 15, 70, 130):
                make.turn(session, later + minute, "older" if minute in (5, 70) else GENERAL)
    monday = DAY + timedelta(days=14)
    act(session, make.closed, monday + timedelta(days=3))
    by = make.official(session, "supervision").id
    act(session, special.add, site, special.Wanted(monday + timedelta(days=1), "Predial", 2.0), by, at())
    ahead = proposals.look_ahead(session, site, monday, monday)
    quiet = iter([True, True, False])
    assert proposals.propose(ahead, 1, lambda: next(quiet)) is None, "somebody came before the third day"
    made = proposals.propose(ahead, tried=6)
    assert made is not None
    assert made["seen"] == 10
    assert [day["day"][-2:] for day in made["days"] if day["known"]] == ["07", "09", "11"]
    told = {day["day"][-2:]: day for day in made["days"]}
    for day in told.values():
        assert day["meets"], day["day"]
        assert day["hours"] <= day["crew_hours"]
    assert told["07"]["people"] == pytest.approx(10)
    assert not any("breaks" in day for day in told.values())
    for window in ("1", "2"):
        rest_of(session, window, "08:00", "08:30")
    rested = proposals.propose(proposals.look_ahead(session, site, monday, monday), tried=6)
    assert rested is not None
    for day in (day for day in rested["days"] if day["known"]):
        assert not {"1", "2"} & set(day["halves"][0][3]), "who rests the whole half hour is not open"
        assert {(one["window"], one["starts"], one["ends"]) for one in day["breaks"]} <= {
            ("1", 480, 510),
            ("2", 480, 510),
        }
        assert [one for one in day["breaks"] if one["alone"]], "and a service that is left alone is said"
    for day in told.values():
        each = sum(count for halves in day["services"].values() for _half, count in halves)
        assert each == pytest.approx(sum(row[1] for row in day["halves"]), abs=0.5)


def test_proposals_are_made_at_night_and_if_the_machine_was_off_as_soon_as_it_runs_and_nobody_waits(
    app: Flask, hands: Hands
) -> None:
    with app.app_context():
        session = db.session()
        site = make.site(session).id

        def made_after_a_round() -> set[datetime]:
            session.rollback()
            foresight_rounds.go_round()
            session.rollback()
            return set(session.scalars(select(Roster.made_at).where(Roster.site_id == site)))

        hands.at = at(120)
        with transaction(session):
            turn = make.turn(session, 119)
        assert made_after_a_round() == set(), "somebody waits"
        hands.forward(minutes=1)
        with transaction(session):
            turns.leave(session, session.merge(turn), at(121))
        first = hands.at
        assert made_after_a_round() == {first}, "none was made last night"
        assert session.scalar(select(func.count()).select_from(Roster)) == 2, "this week and the next"
        hands.forward(minutes=300)
        assert made_after_a_round() == {first}, "one is enough for a day"
        hands.at = at(17 * 60 + 30)
        with transaction(session):
            make.turn(session, 7 * 60)
        assert made_after_a_round() == {hands.at}, "at half past one, though somebody was left in line"


# ---------------------------------------------------------------- otherwise


def change(**more: object) -> Change:
    told = {"rules": Rules(Order.FIFO), "targets": Targets(30, 15), **more}
    return Change(**told)  # type: ignore[arg-type]


def test_a_comparison_says_who_waits_less_and_who_more(session: Session) -> None:
    """Of the general: less, about the same and more than by the rules of now, and how many are called."""
    morning(session)
    now = rules_of(session, make.site(session).id)
    own = Targets(45, 15, {"1": 20.0})
    day = remembered.lived(session, make.site(session).id, DAY)
    cases = (
        ("as it is", change(rules=now, targets=own), [0, 5, 0], 6),
        ("a window more", change(rules=now, extra=(EIGHT, EIGHT + 120)), [2, 3, 0], 6),
        ("without one", change(rules=now, without=frozenset({"1"})), [0, 1, 4], 5),
        ("later", change(rules=now, earlier=-60), [0, 0, 5], 5),
    )
    for name, asked, gains, called in cases:
        comparison = Comparison(asked, now)
        comparison.add(day)
        told = comparison.result()
        assert (told["gains"][GENERAL], told["called"]["other"]) == (gains, called), name
        assert (told["turns"], told["called"]["now"]) == (6, 6)
        assert told["broken"]["now"] == {"P1": 0, "P2": 0, "P3": 0, "P4": 0}
        assert simulations.read(simulations.written(asked)) == asked
    of_before = {key: value for key, value in simulations.written(asked).items() if key not in ("rest", "pauses")}
    assert simulations.read(of_before) == asked
    assert EXTRA not in [counter.name for counter in day.counters]


def test_a_past_day_keeps_its_pauses_and_what_was_not_lived_has_those_that_are_planned(session: Session) -> None:
    """Window 1 paused from 8:31 to 8:36, and window 2 came at 8:12. Planned are two breaks for 1, and one for 2."""
    morning(session)
    for window, starts, ends in (("1", "08:20", "08:25"), ("1", "08:45", "09:00"), ("2", "08:05", "08:20")):
        rest_of(session, window, starts, ends)
    site = make.site(session).id
    day = remembered.lived(session, site, DAY)
    made = (31, 36)
    cases: tuple[tuple[Change, list[tuple[int, int]], list[tuple[int, int]]], ...] = (
        (change(), [made], []),
        (change(pauses=Pauses.PLANNED), [(20, 25), (45, 60)], [(5, 20)]),
        (change(pauses=Pauses.NONE), [], []),
        (change(earlier=-5), [made], []),
        (change(earlier=10), [made], [(5, 12)]),
        (change(earlier=10, pauses=Pauses.NONE), [], []),
    )
    for asked, first, second in cases:
        _counters, lived_so = otherwise(day, asked)
        found = {
            name: [(since(stop.starts), since(stop.ends)) for stop in stops] for name, stops in lived_so.pauses.items()
        }
        assert found == {"1": first, "2": second}, asked
    assert otherwise(day, change()) == (day.counters, day.recorded), "untouched it is the day as it was"
    extra = otherwise(day, change(extra=(EIGHT, EIGHT + 60), rest=(EIGHT + 30, EIGHT + 45)))[1].pauses[EXTRA]
    assert [(stop.starts, stop.by_the_clock) for stop in extra] == [(ms(30), True), (ms(60), True)]
    assert extra[0].ends == ms(45)


def test_everybody_is_judged_by_the_target_of_their_own_group_among_all_and_within_a_service() -> None:
    """Three wait 20 minutes, one of them with priority: of all and of the service two of three are in the target."""
    comparison = Comparison(change(), Rules(Order.FIFO))
    arrivals = tuple(Arrival(n, n * MINUTE, "tax", "older" if n == 3 else GENERAL) for n in (1, 2, 3))
    outcomes = {n: Outcome(MINUTE, 0, 48 * HALF, noshow=False, cancels=False) for n in (1, 2, 3)}
    window = Counter("1", frozenset({"tax"}), 0, Decimal(1))
    comparison.add(Lived((window,), Day(1, arrivals, outcomes, {}, {}), dict.fromkeys((1, 2, 3), 20 * MINUTE)))
    rows = {(kind, name): kinds["real"][-1] for kind, name, kinds in comparison.result()["rows"]}
    assert rows == {
        ("all", ""): 0.667,
        ("class", "general"): 1.0,
        ("class", "priority"): 0.0,
        ("group", GENERAL): 1.0,
        ("group", "older"): 0.0,
        ("service", "tax"): 0.667,
    }
    own = [Targets(30, 15, {"tax": minutes}).of(group, "tax") for minutes in (10, 40) for group in (GENERAL, "older")]
    assert own == [10, 10, 40, 15], "a service keeps its own promise, and who has priority never waits longer"


def test_who_still_waits_when_the_only_window_leaves_is_not_called_days_later(session: Session) -> None:
    morning(session)
    third = act(session, make.desk, "3", minute=30)
    act(session, desks.stand_up, third.site_id, third.official_id, at(32))
    act(session, make.turn, 35, service_code="sisben-survey")
    stays = act(session, make.desk, "1", minute=100)
    act(session, desks.stand_up, stays.site_id, stays.official_id, at(130))
    now = rules_of(session, third.site_id)
    comparison = Comparison(change(rules=now, everything=True), now)
    comparison.add(remembered.lived(session, third.site_id, DAY))
    told = comparison.result()
    waits = {(kind, name): of for kind, name, of in told["rows"]}["all", ""]
    assert (told["turns"], told["called"]["now"], told["called"]["other"]) == (7, 6, 7)
    assert max(longest for _n, _mean, _p90, _p95, longest, _share in waits.values()) < 60
    assert told["gains"][GENERAL][0] == 1, "whoever is called in one way only gains"


def asked_for(session: Session, **more: object) -> Simulation:
    site, by = make.site(session).id, make.official(session, "supervision").id
    days = simulations.days_between(session, site, DAY, DAY)
    made: Simulation = act(session, simulations.ask, site, days, change(**more), by, at(100))
    return made


def test_of_several_processes_one_lives_a_simulation_and_another_when_that_one_is_gone(session: Session) -> None:
    morning(session)
    made = asked_for(session)
    by = make.official(session, "supervision").id
    refused(session, OneAtATime, simulations.ask, made.site_id, [DAY], change(), by, at(101))
    assert act(session, simulations.take_up, at(102)) == made.id
    assert act(session, simulations.take_up, at(103)) is None
    assert act(session, simulations.go_on, made.id, 1, at(102), at(103))
    assert act(session, simulations.take_up, at(104.9)) is None
    assert act(session, simulations.take_up, at(105.1)) == made.id, "its process has not been heard for two minutes"
    assert not act(session, simulations.go_on, made.id, 1, at(103), at(106)), "and finds that it is no longer its own"
    assert act(session, simulations.end, made.id, Stage.DONE, {"days": 1}, at(105.1), at(107))
    act(session, simulations.cancel, made.site_id, made.id, by, at(108))
    assert simulations.one(session, made.site_id, made.id).stage is Stage.DONE
    for first, last, field in ((DAY - timedelta(9), DAY - timedelta(8), "first"), (date(2020, 1, 1), DAY, None)):
        if field:
            assert refused(session, Invalid, simulations.days_between, made.site_id, first, last).field == field


def test_a_simulation_is_lived_to_its_end_and_one_that_is_cancelled_is_left(app: Flask, hands: Hands) -> None:
    with app.app_context():
        session = db.session()
        morning(session)
        hands.forward(minutes=200)
        made = asked_for(session, extra=(EIGHT, EIGHT + 240)).id
        session.rollback()
        assert foresight_rounds.simulate() == made
        assert foresight_rounds.simulate() is None
        done = session.get_one(Simulation, made, populate_existing=True)
        assert (done.stage, done.done, done.of) == (Stage.DONE, 1, 1)
        assert done.result["called"]["other"] == 6
        other = asked_for(session).id
        with transaction(session):
            assert simulations.take_up(session, at(300)) == other
        with transaction(session):
            simulations.cancel(session, done.site_id, other, done.asked_by, at(301))
        foresight_rounds.live(other, at(300))
        left = session.get_one(Simulation, other, populate_existing=True)
        assert (left.stage, left.done, left.result) == (Stage.CANCELLED, 0, {})
        assert session.scalar(select(func.count()).select_from(Simulation)) == 2
