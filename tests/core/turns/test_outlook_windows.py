"""What one window more or one less would bring: by a pencil, and by the rows of a hall as its supervisor reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core import desks
from core.turns import actions as turns
from core.turns import chances
from core.turns.chances import Chances, Hall, Held, Place
from core.turns.estimates import certain
from core.turns.outlook import risk
from core.turns.outlook.hints import Closed
from core.turns.outlook.lookout import foresee_windows
from core.turns.outlook.row import CHANCES, Content, ServiceOutlook, Standing
from core.turns.outlook.windows import MOST_FORESEEN, Alternatives, Change, Foresight, alternatives, without
from core.turns.policy import GENERAL, Order, Rules
from tests import make
from tests.core.turns.acting import act, at, attending, desk, solved, waiting
from tests.core.turns.test_estimates import AT, exact, held
from tests.core.turns.test_outlook import drawn, outlook

RATES, LICENCES, AID = "1", "2", "3"
LEARNED = exact(RATES, LICENCES, AID)
"""Attentions of ten minutes: a pencil follows the forward run."""
TARGET_MIN = 35


def hall(line: list[Held], *places: Place) -> Hall:
    return Hall(AT, line, places, Rules(Order.FIFO))


def judge(seen: Hall, told: Chances) -> dict[str, ServiceOutlook]:
    return risk.outlooks(seen, LEARNED, told, lambda _service, priority: 15 if priority else TARGET_MIN)


def foreseen(seen: Hall, *closed: Closed) -> Alternatives:
    """Of windows numbered from 1 on."""
    by = Foresight(certain(seen, LEARNED), lambda other: certain(other, LEARNED), judge)
    return alternatives(seen, [n + 1 for n in range(len(seen.places))], closed, by)


def said(change: Change) -> tuple[int, list[int], dict[int, tuple[int | None, int | None, Standing]]]:
    return change.window, [*change.same], {each.service: (*each.minutes, each.becomes) for each in change.effects}


def people(count: int, service: str = RATES, group: str = GENERAL, first: int = 1) -> list[Held]:
    """Who came a minute ago, one after another."""
    return [held(first + n, service, group=group, ago=60) for n in range(count)]


def test_each_window_that_leaves_or_opens_is_foreseen_as_a_pencil_does_from_the_least_hurt_on() -> None:
    both, rates = Place(frozenset({RATES, LICENCES})), Place(frozenset({RATES}))
    busy = replace(rates, in_hand=RATES, elapsed=300)
    on, risky = Standing.ON_TARGET, Standing.AT_RISK
    spare = [Closed(7, frozenset({RATES})), Closed(8, frozenset({RATES})), Closed(9, frozenset({AID}))]
    two_things = hall([*people(2), *people(1, LICENCES, first=9)], both, rates)
    leaving = [
        ("one of two alike", hall(people(6), rates, rates), [(1, [2], {1: (21, 51, risky)})]),
        ("the only one", hall(people(6), rates), [(1, [], {1: (51, None, risky)})]),
        (
            "one finishes who is in hand and calls no more; the other has five minutes left",
            hall(people(2), busy, rates),
            [(1, [], {1: (6, 11, on)}), (2, [], {1: (6, 16, on)})],
        ),
        (
            "last the one that alone serves another thing",
            two_things,
            [(2, [], {1: (1, 11, on), 2: (11, 21, on)}), (1, [], {1: (1, 11, on), 2: (11, None, risky)})],
        ),
        ("nobody waits", hall([], both, rates), [(2, [], {}), (1, [], {})]),
        (
            "those with priority come to stand worse, and are spoken of",
            hall([*people(2, group="older"), *people(1, first=9)], rates, rates),
            [(1, [2], {1: (1, 11, on)})],
        ),
    ]
    for name, seen, expected in leaving:
        assert [said(one) for one in foreseen(seen).leaving] == expected, name
    assert [one.alone for one in foreseen(two_things).leaving] == [frozenset(), {2}]
    assert [one.alone for one in foreseen(hall([], both, rates)).leaving] == [frozenset(), {2}], "before anybody asks"
    opening = [
        ("one for all that serve the same", hall(people(6), rates), [(7, [8], {1: (51, 21, on)})]),
        ("nobody attended them", hall(people(2)), [(7, [8], {1: (None, 11, on)})]),
        ("nobody waits for it", hall([], rates), []),
        (
            "the best first",
            hall([*people(4), *people(1, AID, first=9)], rates),
            [(9, [], {1: (31, 31, on), 3: (None, 1, on)}), (7, [8], {1: (31, 11, on), 3: (None, None, risky)})],
        ),
    ]
    for name, seen, expected in opening:
        assert [said(one) for one in foreseen(seen, *spare).opening] == expected, name


def test_who_waits_for_one_official_alone_is_told_and_a_great_hall_is_not_drawn_to_its_end() -> None:
    mine, other = (Place(frozenset({RATES}), official=n) for n in (5, 6))
    waits_for_five = [replace(turn, only=5) for turn in people(2)]
    one, two = foreseen(hall([*waits_for_five, *people(1, first=9)], mine, other)).leaving
    assert [(one.window, one.kept), (two.window, two.kept)] == [(2, 0), (1, 2)], "who sits there tells them apart"

    many = [Place(frozenset({RATES}), in_hand=RATES, elapsed=n) for n in range(MOST_FORESEEN + 2)]
    found = foreseen(hall(people(30), *many), Closed(50, frozenset({RATES})))
    assert (len(found.leaving), len(found.opening)) == (MOST_FORESEEN - 1, 1)
    assert [*found.untold] == [12, 13, 14]


def test_who_leaves_takes_nobody_elses_luck_along() -> None:
    """The chances of those that the window did not serve stay as they were, bit by bit."""
    line = [*people(4), *people(4, LICENCES, first=20)]
    rates, licences = (Place(frozenset({name}), in_hand=name, elapsed=60) for name in (RATES, LICENCES))
    seen = hall(line, rates, licences)
    now, then = chances.draw(seen, LEARNED, 7), chances.draw(without(seen, 0), LEARNED, 7)
    for turn in line[4:]:
        assert now.drawn[turn.id].tolist() == then.drawn[turn.id].tolist(), turn
    assert then.level(line[0].id, 0) == float("inf")


def test_what_is_told_of_now_is_what_the_hall_says_and_opening_brings_what_its_hint_does(session: Session) -> None:
    here, other = desk(session, "1"), desk(session, "2")
    service = make.service(session)
    attending(session, other, 0)
    for n in range(28):
        waiting(session, 1 + n / 10)

    def seen(minute: float) -> tuple[Content, Alternatives]:
        """What the hall shows and what the supervisor is told who asks at that instant: the same of now."""
        drawn(session, minute)
        shown, found = outlook(session, minute).content, foresee_windows(session, here.site_id, at(minute))
        row = shown.services[service.id]
        for change in (*found.leaving, *found.opening):
            (effect,) = change.effects
            assert (effect.service, effect.waiting, effect.priority) == (service.id, 28, row.priority)
            assert (effect.before, effect.was, effect.target) == (row.p90, row.standing, row.target)
        return shown, found

    _shown, found = seen(5)
    assert {one.window for one in found.leaving} == {here.window_id, other.window_id}
    foretold = next(one for one in found.leaving if one.window == other.window_id).effects[0]
    assert foretold.rises > 30
    act(session, turns.finish, other, solved(turns.in_hand(session, other)), at(5))
    act(session, desks.stand_up, here.site_id, other.official_id, at(5))
    shown, found = seen(5.5)
    assert shown.by == CHANCES
    assert shown.services[service.id].p90 == pytest.approx(foretold.after, rel=0.1), "as it then is"
    hinted = {hint.window: (hint.before, hint.after) for hint in shown.hints}
    assert hinted == {one.window: (one.effects[0].before, one.effects[0].after) for one in found.opening}
    assert hinted.keys() == {other.window_id}
