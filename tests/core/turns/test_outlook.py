"""The waits of a site, from its rows to the row that all read: seen, learned, drawn by one of several, kept, judged."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core import desks
from core.catalogue.model import Service
from core.clock import milliseconds
from core.db import transaction
from core.turns import actions as turns
from core.turns import board, chances
from core.turns.estimates import JUDGED_ON, Estimates
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.outlook import rounds
from core.turns.outlook.experience import catch_up, learn
from core.turns.outlook.hall import see
from core.turns.outlook.lookout import Lookout
from core.turns.outlook.model import WaitOutlook, WaitPrediction
from core.turns.outlook.row import CHANCES, FORWARD
from core.turns.outlook.told import FRESH_FOR, Outlook, outlook_of
from core.turns.policy import GENERAL, MINUTE
from core.turns.waits import Wait, as_range
from tests import make
from tests.core.turns.acting import act, at, attending, desk, solved, waiting


def drawn(session: Session, minute: float, before: Lookout | None = None) -> Lookout:
    """One whole round of a process that gets its turn."""
    site_id = make.site(session).id
    assert act(session, rounds.begin, site_id, at(minute))
    lookout, found = rounds.draw(session, site_id, at(minute), before)
    act(session, rounds.keep, site_id, found, at(minute))
    return lookout


def outlook(session: Session, minute: float) -> Outlook:
    found = outlook_of(session, make.site(session).id, at(minute))
    assert found is not None
    return found


def test_the_hall_is_read_as_it_stands(session: Session) -> None:
    here, other = desk(session, "1"), desk(session, "2")
    act(session, desks.sit, here.site_id, make.window(session, "3").id, make.official(session, "ventanilla3").id, at())
    writing = desks.desk_of(session, here.site_id, make.official(session, "ventanilla3").id)
    act(session, desks.go_away, writing, "task", "task-mail", at(1))
    inside = attending(session, here, 0)
    act(session, desks.go_away, other, "pause", "pause-break", at(1))
    first, second = waiting(session, 2), waiting(session, 3, "older", "petition")
    act(session, turns.ask_more_time, second, at(4))
    seen = see(session, here.site_id, at(5), pause=240)
    assert seen.hall.at == (8 * 60 + 5) * 60
    assert [place.official for place in seen.hall.places] == [here.official_id, other.official_id]
    assert seen.windows == [here.window_id, other.window_id]
    busy, away = seen.hall.places
    assert (busy.in_hand, busy.elapsed, busy.away) == (str(inside.service_id), 300, None)
    assert (away.in_hand, away.away) == (None, 240)
    held = {turn.id: turn for turn in seen.hall.waiting}
    assert held.keys() == {first.id, second.id}
    assert (held[first.id].waited, held[first.id].ready) == (180, 0)
    assert held[second.id].ready > 0
    assert held[second.id].issued - held[second.id].key == 60 * 60_000
    assert milliseconds(at(2)) - held[first.id].issued == milliseconds(at() - timedelta(hours=8)), "from midnight on"
    served = {int(service) for place in seen.hall.places for service in place.services}
    assert {service for service, _group in seen.newcomers} == served
    assert len(seen.hall.newcomers) < len(seen.newcomers), "who waits alike is asked for once"


def test_before_the_doors_open_the_windows_wait_for_it(session: Session) -> None:
    desk(session, "1")
    assert see(session, make.site(session).id, at(-30)).hall.places[0].opens == 30 * 60
    assert see(session, make.site(session).id, at(5)).hall.places[0].opens == 0
    assert see(session, make.site(session).id, at(5 * 60)).hall.places[0].opens == 0, "at noon they go on calling"


def test_what_is_told_is_what_the_chances_say_of_the_rows(session: Session) -> None:
    here = desk(session, "1")
    line = [waiting(session, n) for n in range(6)]
    inside = attending(session, here, 6)
    drawn(session, 8)
    seen = see(session, here.site_id, at(8))
    seed = here.site_id * 10_000_000_000 + milliseconds(at(8)) // 60_000
    learned = learn(session, here.site_id, at(8)).learned
    levels = Estimates(learned).levels[False]
    pure = chances.draw(seen.hall, learned, seed)
    told = outlook(session, 8).content
    assert told.by == CHANCES
    assert told.turns.keys() == {turn.id for turn in line}
    for turn in line:
        wait = board.wait_of(session, turn, at(8))
        assert (wait.low, wait.high) == (told.turns[turn.id].low, told.turns[turn.id].high)
        assert wait.low * 60 <= pure.level(turn.id, levels.low) < wait.low * 60 + 300, turn.code
        assert wait.high * 60 - 300 < max(pure.level(turn.id, levels.high), 1) <= wait.high * 60, turn.code
    newcomer = board.wait_for(session, here.site_id, [inside.service_id], at(8))[inside.service_id]
    assert newcomer.low >= board.wait_of(session, line[-1], at(8)).low
    just_now = waiting(session, 8)
    assert board.wait_of(session, just_now, at(8)) == newcomer, "who was issued since is told what newcomers are"


def test_where_nobody_draws_a_forward_run_says_it_as_before(session: Session) -> None:
    here = desk(session, "1")
    turn = waiting(session, 0)
    by_hand = board.wait_of(session, turn, at(2))
    assert by_hand == Wait(0, 5)
    drawn(session, 2)
    assert outlook_of(session, here.site_id, at(2) + FRESH_FOR) is not None
    late = at(2.1) + FRESH_FOR
    assert outlook_of(session, here.site_id, late) is None
    assert outlook_of(session, here.site_id, at(2) - 2 * FRESH_FOR) is None, "nor one of a clock that was wrong"
    more = [waiting(session, n / 10) for n in range(21, 26)]
    assert board.wait_of(session, more[-1], late) == as_range(5 * MINUTE * make.service(session).minutes)


def test_without_an_open_window_no_number_is_told(session: Session) -> None:
    here = desk(session, "1")
    unserved = next(service for service in session.scalars(select(Service.id)) if service not in here.services)
    drawn(session, 0)
    assert board.wait_for(session, here.site_id, [unserved], at(0)) == {unserved: Wait(None, None)}
    act(session, desks.stand_up, here.site_id, here.official_id, at(1))
    turn = waiting(session, 1)
    drawn(session, 2)
    assert board.wait_of(session, turn, at(2)) == Wait(None, None)


def test_of_two_processes_that_come_at_once_one_draws(session: Session) -> None:
    site_id = desk(session, "1").site_id
    assert rounds.is_due(session, site_id, at(0))
    assert [act(session, rounds.begin, site_id, at(0)) for _process in "ab"] == [True, False]
    drawn(session, 1)
    soon = at(1) + timedelta(seconds=4)
    assert not rounds.is_due(session, site_id, soon), "nothing has happened"
    waiting(session, 1)
    assert not rounds.is_due(session, site_id, at(1) + timedelta(seconds=2)), "not yet"
    assert rounds.is_due(session, site_id, soon)
    drawn(session, 1.1)
    assert rounds.is_due(session, site_id, at(1.1) + rounds.AT_LEAST_EVERY), "time passes for who waits"
    assert rounds.is_due(session, site_id, at(-10)), "a clock that was set back must not stop it"


def test_what_somebody_drew_after_another_had_taken_over_is_not_kept(session: Session) -> None:
    site_id = desk(session, "1").site_id
    assert act(session, rounds.begin, site_id, at(0))
    _lookout, late = rounds.draw(session, site_id, at(0), None)
    drawn(session, 1)
    act(session, rounds.keep, site_id, late, at(0))
    assert session.get_one(WaitOutlook, site_id).computed_at == at(1)


def test_what_was_learned_is_what_happened_and_was_not_undone(session: Session) -> None:
    here = desk(session, "1")
    service = str(make.service(session).id)
    attending(session, here, 0)
    act(session, turns.finish, here, solved(turns.in_hand(session, here)), at(4))
    act(session, turns.undo_last, here, at(4.5))
    act(session, turns.finish, here, solved(turns.in_hand(session, here)), at(6))
    called = waiting(session, 7)
    act(session, turns.call_next, here, at(8))
    act(session, turns.undo_last, here, at(8.5))
    assert called.calls == 0
    learned = learn(session, here.site_id, at(10)).learned
    assert list(learned.services[service].seen) == [360]
    assert sum(learned.calls) == 1, "a call that was undone called nobody"
    assert len(learned.today) == 2
    experience = learn(session, here.site_id, at(0.5))
    catch_up(session, experience, at(10))
    assert experience.learned == learned, "learned bit by bit or at once, it is the same"
    tomorrow = learn(session, here.site_id, at(24 * 60)).learned
    assert (len(tomorrow.past), sum(tomorrow.past[0].values()), tomorrow.today) == (1, 2, [])


def test_what_each_turn_was_told_is_kept_and_judged_once_its_call_stays(session: Session) -> None:
    here = desk(session, "1")
    for n in range(5):
        waiting(session, n / 10)
    look = drawn(session, 1)
    told = outlook(session, 1).content
    turn = waiting(session, 1.02)
    ticket = board.wait_of(session, turn, at(1.02))
    look = drawn(session, 1.2, look)
    kept = session.get_one(WaitPrediction, turn.id)
    assert (kept.low, kept.high, kept.by) == (ticket.low, ticket.high, CHANCES)
    assert kept.naive == 6 * make.service(session).minutes * 60
    assert len(kept.levels) == 21
    assert kept.levels == sorted(kept.levels)
    assert told.newcomer(turn.service_id, GENERAL).levels == kept.levels
    assert board.wait_of(session, turn, at(1.2)) == ticket, "its own estimate begins with what its ticket says"
    gone = waiting(session, 1.3)
    look = drawn(session, 1.5, look)
    act(session, turns.leave, gone, at(2))
    act(session, turns.pick, here, turn.id, "pick-back", at(20))
    act(session, turns.undo_last, here, at(20.5))
    act(session, turns.pick, here, turn.id, "pick-back", at(31))
    look = drawn(session, 31.5, look)
    assert session.get_one(WaitPrediction, turn.id, populate_existing=True).outcome is None, "it may yet be undone"
    drawn(session, 33, look)
    ends = {one.turn_id: (one.outcome, one.truth) for one in session.scalars(select(WaitPrediction))}
    assert ends == {turn.id: ("called", round((31 - 1.02) * 60)), gone.id: ("left", None)}


def test_who_starts_again_tells_the_same(session: Session) -> None:
    here = desk(session, "1")
    for n in range(4):
        waiting(session, n / 10)
    look = None
    for n in range(6):
        look = drawn(session, 1.9 + 5 * n, look)
        turn = waiting(session, 2 + 5 * n)
        look = drawn(session, 2.1 + 5 * n, look)
        act(session, turns.pick, here, turn.id, "pick-back", at(3 + 5 * n))
        act(session, turns.start, here, at(3 + 5 * n))
        act(session, turns.finish, here, solved(turn), at(5 + 5 * n))
    look = drawn(session, 40, look)
    look = drawn(session, 41, look)
    assert len(look.estimates.levels[False].places) >= 4
    again = rounds.draw(session, here.site_id, at(41), None)[1].content
    goes_on = rounds.draw(session, here.site_id, at(41), look)[1].content
    assert again == goes_on


def test_the_forward_run_is_told_while_the_chances_have_erred_more(session: Session) -> None:
    desk(session, "1")
    line = [waiting(session, n / 10) for n in range(6)]
    erred(session, line[0], JUDGED_ON - 1)
    assert drawn(session, 1).estimates.worse_than_forward is False
    erred(session, line[0], 1, first=JUDGED_ON)
    look = drawn(session, 2)
    assert look.estimates.worse_than_forward
    told = outlook(session, 2).content
    assert (told.by, told.worse) == (FORWARD, True)
    assert told.turns[line[5].id].low * 60 <= 5 * make.service(session).minutes * 60, "what the forward run says"
    turn = waiting(session, 2)
    drawn(session, 2.1, look)
    kept = session.get_one(WaitPrediction, turn.id)
    assert (kept.by, len(kept.levels)) == (FORWARD, 21), "the chances are judged all the same"


def erred(session: Session, like: Turn, count: int, first: int = 0) -> None:
    """Turns whose chances said two hours, when a forward run said the ten minutes that they waited."""
    kept = {column.name: getattr(like, column.key) for column in Turn.__table__.columns}
    with transaction(session):
        for n in range(first, first + count):
            ended = {"id": 10_000 + n, "token": f"t{n}", "number": 1000 + n, "state": State.FINISHED}
            session.execute(insert(Turn).values({**kept, **ended}))
            session.add(
                WaitPrediction(
                    turn_id=10_000 + n,
                    site_id=like.site_id,
                    service_id=like.service_id,
                    group=GENERAL,
                    told_at=at(0),
                    by=CHANCES,
                    low=100,
                    high=140,
                    point=7200,
                    forward=600,
                    naive=900,
                    levels=[7200] * 21,
                    outcome="called",
                    truth=600,
                    judged_at=at(0.5),
                )
            )
