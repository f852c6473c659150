"""The waits of a site, from its rows to the row that all read: seen, learned, drawn by one of several, kept, judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from core import desks
from core.breaks import actions as breaks
from core.breaks.planned import Break
from core.catalogue.model import Service
from core.clock import milliseconds
from core.db import transaction
from core.turns import actions as turns
from core.turns import board, chances
from core.turns.chances import Place
from core.turns.estimates import JUDGED_ON, Estimates, forward_run
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.outlook import lookout, rounds
from core.turns.outlook.experience import catch_up, learn
from core.turns.outlook.hall import closed_windows, see
from core.turns.outlook.lookout import Lookout
from core.turns.outlook.model import WaitOutlook, WaitPrediction
from core.turns.outlook.row import CHANCES, FORWARD, Standing
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


def test_a_planned_break_and_what_is_said_of_a_pause_are_in_the_hall_until_they_are_over(session: Session) -> None:
    here, other = desk(session, "1"), desk(session, "2")
    supervisor, shut = make.official(session, "supervision").id, make.window(session, "3").id
    for window, starts, ends in ((here.window_id, 20, 35), (other.window_id, 20, 35), (shut, 60, 90)):
        wanted = Break(frozenset({1}), at(starts).time(), at(ends).time())
        act(session, breaks.plan, here.site_id, window, wanted, supervisor, at())
    act(session, desks.go_away, other, "pause", "pause-break", at(10), at(25))

    def places(minute: float) -> list[Place]:
        return list(see(session, here.site_id, at(minute), pause=240).hall.places)

    free, away = places(13)
    assert (free.pauses, free.away) == ([(420, 900)], None)
    assert (away.pauses, away.away, away.said) == ([], 720, True), "the pause will reach the break, and is it"
    assert closed_windows(session, here.site_id, at(13))[0].pauses == [(47 * 60, 1800)]
    free, away = places(26)
    assert free.pauses == [(0, 540)], "a break that was not begun yet, and ends when it was planned to end"
    assert (away.away, away.said) == (240, False), "who stays longer than they said is expected as any other"
    assert places(35)[0].pauses == [], "what nobody took is over"


def test_the_wait_grows_by_a_break_that_is_planned_before_the_turn_is_called(session: Session) -> None:
    """The same line and the same seed, with and without the break; also where nobody draws."""
    here = desk(session, "1")
    line = [waiting(session, n / 10) for n in range(6)]
    last, learned = line[-1].id, learn(session, here.site_id, at(2)).learned
    supervisor = make.official(session, "supervision").id

    def foreseen() -> tuple[float, float, float]:
        hall = see(session, here.site_id, at(2)).hall
        drawn, ahead = chances.draw(hall, learned, seed=7), forward_run(hall, learned)
        return drawn.level(last, 0.5) / 60, ahead[last] / 60, drawn.level(line[0].id, 0.5) / 60

    without = foreseen()
    act(
        session,
        breaks.plan,
        here.site_id,
        here.window_id,
        Break(frozenset({1}), at(4).time(), at(24).time()),
        supervisor,
        at(2),
    )
    during = foreseen()
    assert 19 <= during[0] - without[0] <= 21
    assert during[1] - without[1] == pytest.approx(20)
    assert during[2] == without[2] == 0, "who is called before it waits no longer"
    planned = breaks.of_site(session, here.site_id)[0].id
    act(
        session,
        breaks.change,
        here.site_id,
        planned,
        here.window_id,
        Break(frozenset({1}), at(180).time(), at(200).time()),
        supervisor,
        at(2),
    )
    assert foreseen() == without, "one beyond the line changes nothing"


def test_a_pause_that_was_said_to_last_fifteen_minutes_weighs_fifteen_and_teaches_nothing_of_others(
    session: Session,
) -> None:
    here = desk(session, "1")
    turn = waiting(session)
    usual = learn(session, here.site_id, at(1))
    act(session, desks.go_away, here, "pause", "pause-break", at(1), at(16))
    drawn = chances.draw(see(session, here.site_id, at(1)).hall, usual.learned, seed=7).drawn[turn.id]
    assert {float(wait) for wait in drawn} == {900}
    act(session, desks.come_back, here.site_id, here.official_id, at(16))
    assert learn(session, here.site_id, at(17)).pause == usual.pause
    act(session, desks.go_away, here, "pause", "pause-break", at(17))
    drawn = chances.draw(see(session, here.site_id, at(17)).hall, usual.learned, seed=7).drawn[turn.id]
    assert 4 * 60 < drawn.mean() < 8 * 60, "as a pause of which nothing was said"


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


def test_the_hall_is_foreseen_by_the_way_in_which_the_tickets_are_told(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the chances are distrusted, and where too many wait to draw them: figures, risk and hints."""
    here = desk(session, "1")
    line = [waiting(session, n / 10) for n in range(14)]
    service = line[0].service_id
    by_chances = drawn(session, 2) and outlook(session, 2).content.services[service]
    look = learn(session, here.site_id, at(3)).learned

    def agrees(minute: float) -> None:
        told = outlook(session, minute).content
        seen = see(session, here.site_id, at(minute))
        ahead = forward_run(seen.hall, look)
        whole = sorted((ahead[turn.id] + turn.waited) / 60 for turn in seen.hall.waiting)
        found = told.services[service]
        assert told.by == FORWARD
        assert (found.p50, found.p90) == (pytest.approx(whole[6], abs=0.1), pytest.approx(whole[12], abs=0.1))
        assert (found.p50, found.p90) != (by_chances.p50, by_chances.p90)
        assert (found.standing, found.fails) == (Standing.AT_RISK, True)
        hint = next(hint for hint in told.hints if hint.service == service)
        assert hint.before == found.p90
        assert hint.after == pytest.approx(found.p90 / 2, abs=found.p90 / 5)

    with monkeypatch.context() as few:
        few.setattr(lookout, "MOST_WAITING", 5)
        drawn(session, 3)
        agrees(3)
    erred(session, line[0], JUDGED_ON)
    drawn(session, 3.5)
    agrees(3.5)


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
