"""Many hands at the same instant: real threads let go by a barrier, on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from core import desks, devices, presses
from core.catalogue.model import Window
from core.db import Event, Stream, prepare, transaction
from core.desks import Desk, Sitting, WindowTaken
from core.errors import Refused
from core.events import Who
from core.people import staff
from core.people.model import Official
from core.turns import actions as turns
from core.turns.actions.asked import Outcome
from core.turns.actions.call import HandsFull, NobodyWaiting
from core.turns.actions.change import NoTurnInHand, WrongState, settings_of
from core.turns.lifecycle import IN_HAND, State
from core.turns.model import AskedService, Turn
from core.turns.policy import GENERAL, Order
from tests import make
from tests.core.turns.read_back import Log

at = make.at
CITIZEN = Who("citizen")
LONGEST = 30
"""Seconds after which a thread that has not ended is stuck."""

Act = Callable[[Session], Any]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """To prepare and to look; what it commits is seen by the sessions of the threads."""
    with Session(engine) as opened:
        yield opened


def at_once(engine: Engine, *acts: Act) -> list[Any]:
    """Each act in a thread and a session of its own, all let go together; what each returned or was refused."""
    answers: list[Any] = [None] * len(acts)
    barrier = Barrier(len(acts))

    def press(place: int, act: Act) -> None:
        try:
            with Session(engine) as session:
                session.connection()
                session.rollback()
                barrier.wait(LONGEST)
                answers[place] = act(session)
        except Exception as problem:
            answers[place] = problem

    threads = [Thread(target=press, args=(place, act), daemon=True) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    assert not any(thread.is_alive() for thread in threads), "somebody is stuck"
    assert not [a for a in answers if isinstance(a, Exception) and not isinstance(a, Refused)], answers
    return answers


def doing(action: Callable[..., Any], *args: Any, **more: Any) -> Act:
    """The action in a transaction, as an act; a turn is answered by its id."""

    def act(session: Session) -> Any:
        with transaction(session):
            answer = action(session, *args, **more)
            return answer.id if isinstance(answer, Turn) else answer

    return act


def kinds(answers: Sequence[Any]) -> dict[type, int]:
    return {kind: sum(type(answer) is kind for answer in answers) for kind in {type(answer) for answer in answers}}


def office(session: Session, officials: int) -> list[Desk]:
    """As many officials as asked, each at a window where the property tax is attended."""
    with transaction(session):
        site, tax = make.site(session), make.service(session)
        for number in range(officials):
            window = Window(site_id=site.id, label=f"X{number}", name="", services=[tax])
            who = Official(site_id=site.id, username=f"x{number}", name="", password_hash="", roles=["official"])
            session.add_all([window, who])
        session.flush()
        return [make.desk(session, f"X{number}", f"x{number}") for number in range(officials)]


def queue(session: Session, *groups: str) -> list[int]:
    """Turns issued a second after the other, by id."""
    with transaction(session):
        return [make.turn(session, n / 60, group).id for n, group in enumerate(groups)]


def check_the_log(session: Session, desks: Sequence[Desk]) -> Log:
    """The log has no gaps, tells every row, and each call in it is the one that the rules choose."""
    session.rollback()
    site = make.site(session).id
    log = Log(settings_of(session, site).rules)
    log.read(session, site)
    log.check_rows(session, site)
    assert session.scalar(select(Stream.last_seq)) == log.seq
    return log


def test_numbers_given_at_once_are_distinct_and_consecutive_in_each_series(engine: Engine, session: Session) -> None:
    """B1"""
    site = make.site(session).id
    services = [make.service(session, code).id for code in ("property-tax", "petition")]
    session.rollback()

    def give(place: int) -> Act:
        def act(session: Session) -> list[str]:
            codes = []
            for number in range(6):
                with transaction(session):
                    asked = turns.Asked(site, services[(place + number) % 2])
                    codes.append(turns.issue(session, asked, CITIZEN, at(1)).code)
            return codes

        return act

    codes = [code for given in at_once(engine, *map(give, range(8))) for code in given]
    for series in {code[0] for code in codes}:
        assert sorted(int(code[2:]) for code in codes if code[0] == series) == list(range(1, 25))
    numbered = session.execute(select(Turn.series, Turn.number, Event.seq).join(Event).order_by(Event.seq)).all()
    assert [seq for _, _, seq in numbered] == list(range(1, 49))
    assert sorted(f"{series} {number:03d}" for series, number, _ in numbered) == sorted(codes)


def issue_in_a_process(url: str, site: int, service: int, barrier: Any, codes: Any) -> None:
    """Three threads of a second process of the product, each with five citizens."""
    engine = create_engine(url)
    prepare(engine)

    def give(session: Session) -> list[str]:
        asked = turns.Asked(site, service)
        return [doing(turns.issue, asked, CITIZEN, at(1))(session).code for _ in range(5)]

    barrier.wait(LONGEST)
    codes.put([code for given in at_once(engine, give, give, give) for code in given])
    engine.dispose()


def test_two_processes_of_the_product_never_give_the_same_number(
    database_url: str, engine: Engine, session: Session
) -> None:
    """B1"""
    context = get_context("spawn")
    barrier, codes = context.Barrier(2), context.SimpleQueue()
    what = (database_url, make.site(session).id, make.service(session).id, barrier, codes)
    session.rollback()
    processes = [context.Process(target=issue_in_a_process, args=what, daemon=True) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(LONGEST)
        assert process.exitcode == 0
    numbers = sorted(int(code[2:]) for _ in processes for code in codes.get())
    codes.close()
    assert numbers == list(range(1, 31))
    check_the_log(session, [])


def test_sixteen_officials_who_call_at_once_never_share_one_of_six_turns(engine: Engine, session: Session) -> None:
    """B2"""
    places = office(session, 16)
    ids = queue(session, *[GENERAL] * 6)
    answers = at_once(engine, *(doing(turns.call_next, desk, at(5)) for desk in places))
    assert kinds(answers) == {int: 6, NobodyWaiting: 10}
    assert sorted(answer for answer in answers if isinstance(answer, int)) == ids
    session.rollback()
    held = session.execute(select(Turn.official_id, Turn.window_id).where(Turn.state == State.CALLED)).all()
    assert len(held) == len({official for official, _ in held}) == len({window for _, window in held}) == 6
    called = [event.turn_id for event in check_the_log(session, places).events.values() if event.kind == "called"]
    assert called == ids, "called in the order in which they came"


def test_one_official_who_presses_in_four_places_at_once_gets_one_turn(engine: Engine, session: Session) -> None:
    (desk,) = office(session, 1)
    ids = queue(session, *[GENERAL] * 4)
    answers = at_once(engine, *[doing(turns.call_next, desk, at(5))] * 4)
    assert kinds(answers) == {int: 1, HandsFull: 3}
    session.rollback()
    assert session.scalars(select(Turn.id).where(Turn.state == State.CALLED)).all() == ids[:1]


def test_a_turn_that_several_windows_pick_at_once_goes_to_one(engine: Engine, session: Session) -> None:
    places = office(session, 6)
    ids = queue(session, GENERAL, GENERAL)
    answers = at_once(engine, *(doing(turns.pick, desk, ids[1], "pick-back", at(5)) for desk in places))
    assert kinds(answers) == {int: 1, WrongState: 5}
    session.rollback()
    assert session.scalar(select(Turn.official_id).where(Turn.id == ids[1])) in {desk.official_id for desk in places}


def test_calls_at_once_keep_the_ratio_exact_for_the_whole_site(engine: Engine, session: Session) -> None:
    """B5"""
    places = office(session, 4)
    queue(session, *["older"] * 9, *[GENERAL] * 9)
    with transaction(session):
        wanted = turns.QueueOrder(order=Order.RATIO, ratio=2, head_start={})
        turns.set_order(session, make.site(session).id, wanted, "prueba", Who("system"), at(4))

    def call_three(desk: Desk) -> Act:
        def act(session: Session) -> int:
            for _ in range(3):
                doing(turns.call_next, desk, at(5))(session)
                doing(turns.mark_absent, desk, at(6))(session)
            return 3

        return act

    assert at_once(engine, *map(call_three, places)) == [3] * 4
    log = check_the_log(session, places)
    called = [event.turn_id for event in log.events.values() if event.kind == "called"]
    assert [log.turns[turn_id]["group"] == GENERAL for turn_id in called] == [False, False, True] * 4


def test_the_same_press_sent_five_times_at_once_gives_one_turn_and_one_answer(engine: Engine, session: Session) -> None:
    """B3: a double tap, a retry after a time-out."""
    site, service = make.site(session).id, make.service(session).id
    session.rollback()
    pressed = presses.press("device 1", "k" * 22, {"service": service})

    def give(session: Session) -> dict[str, Any]:
        asked = turns.Asked(site, service)
        return presses.once(session, pressed, at(1), lambda: {"turn": turns.issue(session, asked, CITIZEN, at(1)).id})

    answers = at_once(engine, *[doing(give)] * 5)
    session.rollback()
    (turn,) = session.scalars(select(Turn.id))
    assert answers == [{"turn": turn}] * 5


def test_a_press_key_used_at_once_for_two_things_has_the_effect_of_one(engine: Engine, session: Session) -> None:
    site = make.site(session).id
    services = [make.service(session, code).id for code in ("property-tax", "petition")]
    session.rollback()

    def give(service: int) -> Act:
        pressed = presses.press("device 1", "k" * 22, {"service": service})

        def act(session: Session) -> dict[str, Any]:
            return presses.once(
                session,
                pressed,
                at(1),
                lambda: {"turn": turns.issue(session, turns.Asked(site, service), CITIZEN, at(1)).id},
            )

        return doing(act)

    answers = at_once(engine, *(give(service) for service in services * 2))
    assert kinds(answers) == {dict: 2, presses.KeyReused: 2}
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Turn)) == 1


def test_two_citizens_at_the_same_instant_at_two_kiosks_get_two_turns(engine: Engine, session: Session) -> None:
    """B3"""
    asked = turns.Asked(make.site(session).id, make.service(session).id)
    session.rollback()
    first, second = at_once(engine, *[doing(turns.issue, asked, CITIZEN, at(1))] * 2)
    assert {first.code[2:], second.code[2:]} == {"001", "002"}


def test_a_turn_called_left_and_cancelled_at_once_ends_as_its_log_tells(engine: Engine, session: Session) -> None:
    places = office(session, 2)
    for _ in range(4):
        (turn_id,) = queue(session, GENERAL)
        turn = session.get_one(Turn, turn_id)
        session.expunge(turn)
        session.rollback()
        answers = at_once(
            engine,
            doing(turns.call_next, places[0], at(5)),
            doing(turns.pick, places[1], turn_id, "pick-back", at(5)),
            doing(turns.leave, turn, at(5)),
            doing(turns.cancel, places[0].site_id, turn_id, "cancel-asked", places[0].who, at(5)),
        )
        refusals = {type(answer) for answer in answers if isinstance(answer, Refused)}
        assert refusals <= {NobodyWaiting, WrongState}
        session.rollback()
        done = session.scalars(select(Event.kind).where(Event.turn_id == turn_id).order_by(Event.seq)).all()
        ends = [kind for kind in done if kind in ("left", "cancelled")]
        assert len(ends) == 1
        assert done[-1] == ends[0] == session.get_one(Turn, turn_id).state
        assert len([kind for kind in done if kind in ("called", "picked")]) <= 1
    check_the_log(session, places)


def test_an_attention_finished_twice_at_once_ends_once_and_calls_one(engine: Engine, session: Session) -> None:
    (desk,) = office(session, 1)
    first, second, third = queue(session, *[GENERAL] * 3)
    for action in (turns.call_next, turns.start):
        doing(action, desk, at(4))(session)
    outcomes = [Outcome(make.service(session).id, "solved")]
    session.rollback()
    answers = at_once(engine, *[doing(turns.finish, desk, outcomes, at(5), then_call=True)] * 2)
    assert kinds(answers) == {int: 1, WrongState: 1}, "the second finds the next turn, called and not begun"
    session.rollback()
    states = [session.get_one(Turn, turn_id).state for turn_id in (first, second, third)]
    assert states == [State.FINISHED, State.CALLED, State.WAITING]
    results = session.scalars(select(AskedService.result).where(AskedService.result.is_not(None))).all()
    assert results == ["solved"]

    doing(turns.start, desk, at(6))(session)
    answers = at_once(engine, *[doing(turns.finish, desk, outcomes, at(7))] * 2)
    assert kinds(answers) == {int: 1, NoTurnInHand: 1}
    check_the_log(session, [desk])


def test_two_officials_who_sit_at_once_at_one_window_do_not_share_it(engine: Engine, session: Session) -> None:
    site, window = make.site(session).id, make.window(session, "1").id
    people = [make.official(session, f"ventanilla{n}").id for n in (1, 2, 3, 4)]
    session.rollback()
    answers = at_once(engine, *(doing(desks.sit, site, window, who, at()) for who in people))
    assert kinds(answers) == {type(None): 1, WindowTaken: 3}
    session.rollback()
    assert len(session.scalars(select(Sitting).where(Sitting.ended_at.is_(None))).all()) == 1


def test_an_official_who_sits_at_once_at_two_windows_has_one(engine: Engine, session: Session) -> None:
    site, who = make.site(session).id, make.official(session).id
    windows = [make.window(session, label).id for label in ("1", "2")]
    session.rollback()
    answers = at_once(engine, *(doing(desks.sit, site, window, who, at()) for window in windows))
    assert None in answers
    session.rollback()
    assert len(session.scalars(select(Sitting).where(Sitting.ended_at.is_(None))).all()) == 1


def test_a_busy_minute_at_every_window_leaves_a_log_that_tells_it_all(engine: Engine, session: Session) -> None:
    """Calls, repeats, finishes, leavers and new turns at once: one history, which the rules reproduce."""
    places = office(session, 4)
    ids = queue(session, *[GENERAL, "older", GENERAL, "child", GENERAL] * 3)
    outcomes = [Outcome(make.service(session).id, "solved")]
    asked = turns.Asked(make.site(session).id, make.service(session).id, "older")
    never_called = [ids[place] for place in (10, 12, 14)]
    leavers = [session.get_one(Turn, turn_id) for turn_id in never_called]
    session.expunge_all()
    session.rollback()

    def attend(desk: Desk) -> Act:
        def act(session: Session) -> int:
            for minute in range(5, 8):
                for step in (turns.call_next, turns.start):
                    doing(step, desk, at(minute))(session)
                doing(turns.finish, desk, outcomes, at(minute))(session)
            return 3

        return act

    answers = at_once(
        engine,
        *map(attend, places),
        *(doing(turns.leave, turn, at(6)) for turn in leavers),
        *[doing(turns.issue, asked, CITIZEN, at(6))] * 3,
    )
    assert answers[:4] == [3] * 4
    log = check_the_log(session, places)
    assert not [row for row in log.turns.values() if row["state"] in IN_HAND]
    finished = [event.turn_id for event in log.events.values() if event.kind == "finished"]
    assert len(finished) == len(set(finished)) == 12


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_change_of_an_official_or_a_device_holds_back_neither_a_call_nor_a_turn(
    engine: Engine, session: Session
) -> None:
    """On PostgreSQL, where a row locked whole keeps a foreign key waiting, and the two could wait for each other."""
    [desk] = office(session, 1)
    queue(session, GENERAL)
    site, by = make.site(session).id, make.official(session, "administracion").id
    with transaction(session):
        code, _secret = devices.ask_to_pair(session, "kiosk", at())
        session.flush()
        device = devices.let_in(session, code, "Quiosco", site, by, at()).id
    asked = turns.Asked(site, make.service(session).id, device_id=device)
    with transaction(session):
        staff.change_duties(session, site, desk.official_id, "Otra", ["official"], [], by, at(1))
        devices.set_up(session, device, site, "Otro", {}, by, at(1))
        answers = at_once(engine, doing(turns.call_next, desk, at(2)), doing(turns.issue, asked, CITIZEN, at(2)))
    assert not [answer for answer in answers if isinstance(answer, Exception)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_turn_issued_while_the_order_changes_gets_its_place_by_the_new_one(engine: Engine, session: Session) -> None:
    """On PostgreSQL, where the two overlap: the kiosk is seen waiting for a lock before the change is committed."""
    site = make.site(session).id
    asked = turns.Asked(site, make.service(session).id, "older")
    given: list[Any] = []
    issuing = Thread(
        target=lambda: given.extend(at_once(engine, doing(turns.issue, asked, CITIZEN, at(2)))), daemon=True
    )
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with transaction(session):
        wanted = turns.QueueOrder(order=Order.FIFO, ratio=2, head_start={})
        turns.set_order(session, site, wanted, "prueba", Who("system"), at(1))
        issuing.start()
        with engine.connect() as look:
            while not look.execute(waiting).scalar():
                assert issuing.is_alive(), given
    issuing.join(LONGEST)
    session.rollback()
    turn = session.get_one(Turn, given[0].id)
    assert turn.order_key == turn.seniority
