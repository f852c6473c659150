"""Shares, figures and intervals as they are worked out by hand, and small counts that nothing gives away."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.surveys import hiding, scoring
from core.surveys.counted import Counts, Version, questions_of
from core.surveys.hiding import Group
from core.surveys.questionnaire import FACES, SCALE, Choice, Jump, Kind, Question, Questionnaire, Section
from core.surveys.scoring import Bound, Share
from tests import make

FACE = Question(key="all", kind=Kind.FACES, text="En general", measure="csat")
CHOICES = tuple(Choice(key=key, text=key) for key in "abcd")


def one(**more: object) -> Question:
    return Question(**{"key": "q", "kind": Kind.SINGLE, "text": "Pregunta", "choices": CHOICES, **more})  # type: ignore[arg-type]


def test_a_share_is_told_of_ten_answers_or_more_and_never_gives_a_few_away() -> None:
    cases = [
        (0, 0, None),
        (1, 1, None),
        (4, 4, None),
        (5, 5, None),
        (9, 9, None),
        (10, 10, Share(100.0)),  # 10/10; of nobody that there is nobody is told
        (0, 10, Share(0.0)),
        (9, 10, Share(60, Bound.AT_LEAST)),  # one of ten: told is that at most four are not, (10-4)/10 = 60 %
        (1, 10, Share(40, Bound.AT_MOST)),  # 4/10 = 40 %
        (35, 37, Share(89, Bound.AT_LEAST)),  # (37-4)/37 = 33/37 = 0,8918…
        (30, 40, Share(75.0)),  # 30/40
        (2, 300, Share(2, Bound.AT_MOST)),  # 4/300 = 1,33… rounded up
    ]
    for part, base, wanted in cases:
        assert scoring.share(part, base) == wanted, (part, base)


def test_recommendation_is_nine_and_ten_less_zero_to_six() -> None:
    told = dict.fromkeys(SCALE, 0) | {"10": 20, "9": 10, "8": 10, "3": 5, "0": 5}
    assert scoring.nps(told) == 40  # 50 answers: 30/50 - 10/50 = 60 % - 20 %
    assert scoring.nps({"10": 20, "8": 10, "7": 5, "0": 5}) == 38  # 40 answers: 50 % - 12,5 % = 37,5
    assert scoring.nps({"10": 10}) == 100
    assert scoring.nps({"10": 9}) is None
    assert scoring.nps({"10": 20, "0": 3}) is None, "three detractors would be worked out of it"


def test_the_median_is_told_only_if_what_is_hidden_cannot_move_it() -> None:
    cases: list[tuple[list[int | None], int, float | None]] = [
        ([5, 0, 0, 6], 11, 3),
        ([5, 5], 10, 0.5),
        ([], 0, None),
        ([None, None, 20, 30], 57, 3),  # 7 + 20 < 28,5: the 29th is in the last place wherever the 7 are
        ([None, 10, None], 25, None),  # 15 of 25 are hidden
    ]
    for told, base, wanted in cases:
        assert scoring.median(told, base) == wanted, told


def test_the_interval_is_that_of_wilson_and_a_whole_population_leaves_no_doubt() -> None:
    """80 of 100: z² = 3,8415; centre (0,8 + 0,019207)/1,038415 = 0,78890;
    room 1,96·√(0,8·0,2/100 + 3,8415/40000)/1,038415 = 1,96·0,041183/1,038415 = 0,07773."""
    assert scoring.wilson(80, 100) == pytest.approx((71.117, 86.663), abs=0.005)
    assert scoring.wilson(0, 20) == pytest.approx((0, 16.113), abs=0.005)  # z²/(20 + z²) = 3,8415/23,8415
    """Of 200 people a hundred answers are worth 100·199/100 = 199: centre (0,8 + 0,009652)/1,019304 = 0,79432;
    room 1,96·√(0,16/199 + 3,8415/158404)/1,019304 = 1,96·0,028780/1,019304 = 0,05534."""
    assert scoring.wilson(80, 100, 200) == pytest.approx((73.898, 84.966), abs=0.005)
    assert scoring.wilson(80, 100, 100) == (80, 80)


def test_a_rate_is_of_ten_attentions_or_more() -> None:
    assert [scoring.rate(*each) for each in ((30, 120), (0, 50), (4, 50), (9, 9), (12, None), (12, 10))] == [
        25.0,
        0.0,
        None,
        None,
        None,
        100.0,
    ]
    assert scoring.change(Share(80.0), Share(75.0)) == scoring.Change(5.0)
    assert scoring.change(Share(80, Bound.AT_LEAST), Share(75.0)) is None


@given(st.integers(0, 60), st.integers(0, 60), st.none() | st.integers(1, 300))
def test_a_share_lies_inside_its_interval_and_its_bound_holds(part: int, rest: int, population: int | None) -> None:
    base = part + rest
    told = scoring.share(part, base)
    if told is None:
        return
    true = 100 * part / base
    holds = {
        Bound.EXACT: told.percent == true,
        Bound.AT_LEAST: told.percent <= true,
        Bound.AT_MOST: told.percent >= true,
    }
    assert holds[told.bound]
    assert (told.bound is Bound.EXACT) == hiding.whole((part, rest))
    low, high = scoring.wilson(part, base, population)
    assert 0 <= low <= true + 1e-9
    assert true - 1e-9 <= high <= 100


# ---------------------------------------------------------------- what is told of a question


def test_a_count_under_five_is_hidden_with_another_by_which_it_would_be_found() -> None:
    def told(question: Question, *counts: int) -> list[int | None]:
        return list(hiding.distribution(question, dict(zip(question.values, counts, strict=False))).values())

    assert told(FACE, 6, 0, 5, 20, 30) == [6, 0, 5, 20, 30]
    assert told(FACE, 2, 6, 9, 20, 30) == [None, None, 9, 20, 30], "4 and 5 are told: they are no help"
    assert told(FACE, 1, 1, 0, 20, 30) == [None, None, 0, None, 30], "2 are below 4: 4 hides them"
    assert told(one(), 30, 8, 3, 9) == [30, None, None, 9]
    assert told(one(kind=Kind.MULTIPLE), 30, 8, 3, 9) == [30, 8, None, 9], "of several no sum tells one"
    leads = one(jumps=(Jump(values=("a",), to="end"),))
    assert told(leads, 30, 1, 8, 9) == [30, None, None, 9]
    assert told(leads, 3, 30, 8, 9) == [None, 30, None, 9]


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5))
def test_what_is_told_of_a_question_leaves_every_hidden_count_more_than_one_value(counts: list[int]) -> None:
    given_ = dict(zip(FACES, counts, strict=True))
    if sum(counts) < hiding.LEAST:
        return
    told = hiding.distribution(FACE, given_)
    assert all(not scoring.is_small(count) for count in told.values() if count is not None)
    assert {value: count for value, count in told.items() if count is not None}.items() <= given_.items()
    sums_told = hiding.whole(scoring.good(given_))
    for part in scoring.groups_of(FACE) if sums_told else [FACES]:
        away = [value for value in part if told[value] is None]
        assert len(away) != 1
        assert not away or sum(given_[value] for value in away) >= hiding.LEAST


def test_who_came_by_a_question_follows_the_answers_and_is_hidden_where_it_would_tell_them() -> None:
    asked = make.QUESTIONNAIRE
    more = Section(questions=(Question(key="more", kind=Kind.YES_NO, text="¿Volvería?"),))
    first, *rest = asked.sections[0].questions
    asked = Questionnaire(
        title="Otra", sections=(Section(questions=(first, rest[0])), more, Section(questions=(rest[2],)))
    )

    def counted(yes: int, no: int) -> dict[str, tuple[int, bool]]:
        values = {"solved": {"yes": yes, "no": no}, "more": {"yes": no}, "all": {"5": yes + no - 2, "na": 1}}
        found = questions_of([Version(1, asked, Counts(yes + no, values))])
        return {each.question.key: (each.came, each.told) for each in found}

    assert counted(30, 8) == {"all": (38, True), "solved": (38, True), "more": (8, True)}
    assert counted(30, 3) == {"all": (33, True), "solved": (33, True), "more": (3, False)}
    assert counted(0, 9)["more"] == (9, True)


def test_versions_are_added_where_they_ask_the_same() -> None:
    def version(number: int, question: Question, **values: dict[str, int]) -> Version:
        asked = Questionnaire(title="x", sections=(Section(questions=(question,)),))
        return Version(number, asked, Counts(10, values))

    same = questions_of([version(2, FACE, all={"5": 7, "na": 1}), version(1, FACE, all={"5": 5, "1": 5})])
    assert [(each.versions, each.came, dict(each.first.values)) for each in same] == [((2, 1), 20, {"5": 12, "1": 5})]
    assert (same[0].first.answered, same[0].first.not_applicable, same[0].blank("all")) == (17, 1, 2)
    other = questions_of([version(2, one(), q={"a": 10}), version(1, one(choices=CHOICES[:3]), q={"a": 10})])
    assert [each.versions for each in other] == [(2,), (1,)]


# ---------------------------------------------------------------- what is told of groups


def test_a_group_of_few_is_hidden_with_another_and_its_share_is_a_bound_where_few_think_otherwise() -> None:
    told = {each.name: (each.base, each.share) for each in hiding.groups([Group("a", 60, 12), Group("b", 40, 9)])}
    assert told == {"a": (72, Share(100 * 60 / 72)), "b": (49, Share(100 * 40 / 49))}
    told = {each.name: (each.base, each.share) for each in hiding.groups([Group("a", 47, 3), Group("b", 18, 2)])}
    assert told == {"a": (50, Share(92, Bound.AT_LEAST)), "b": (20, Share(80, Bound.AT_LEAST))}
    told = {each.name: (each.base, each.share) for each in hiding.groups([Group("a", 180, 20), Group("b", 47, 3)])}
    assert told == {"a": (200, None), "b": (50, Share(92, Bound.AT_LEAST))}, "20 would tell the 3"
    few = hiding.groups([Group("a", 30, 0), Group("b", 20, 0), Group("c", 3, 0)])
    assert [(each.name, each.base) for each in few] == [("a", 30), ("others", 23)]
    assert hiding.groups([Group("a", 4, 0), Group("b", 3, 0)]) == []
    x, y = Group("x", 30, 9), Group("y", 26, 0)
    inside = hiding.groups([Group("a", 56, 9, (x, y)), Group("b", 20, 6, (Group("z", 20, 6),)), Group("c", 4, 4)])
    assert [(each.name, each.depth, each.base) for each in inside] == [
        ("a", 0, 65),
        ("x", 1, 39),
        ("y", 1, 26),
        ("b", 0, 26),
        ("c", 0, 8),
    ]


counts = st.tuples(st.integers(0, 14), st.integers(0, 7))


@given(st.lists(counts, min_size=1, max_size=5))
def test_no_share_of_a_group_can_be_worked_out_from_the_others(pairs: list[tuple[int, int]]) -> None:
    """Of every way in which what is not told could be filled in, the told sums allow more than one for each group."""
    found = [Group(str(n), *pair) for n, pair in enumerate(pairs)]
    good, rest = (sum(pair[n] for pair in pairs) for n in (0, 1))
    if good + rest < hiding.LEAST:
        return
    shown, told = hiding.together(found), hiding.groups(found)
    assert all(each.base >= hiding.LEAST for each in told)
    assert sum(each.base for each in told) in (0, good + rest)
    sums = possible(scoring.share(good, good + rest), good, rest)
    ways = [
        way
        for way in product(*(possible(each.share, *group.counts[:2]) for each, group in zip(told, shown, strict=True)))
        if sum(way) in sums
    ]
    for n, each in enumerate(told):
        if each.base >= scoring.ENOUGH and (each.share is None or each.share.bound is not Bound.EXACT):
            assert len({way[n] for way in ways}) > 1, (pairs, told)


def possible(told: scoring.Share | None, good: int, rest: int) -> range:
    """How many of a group may have said 1 to 3, for who reads its line."""
    if told is None:
        return range(good + rest + 1)
    return {
        Bound.EXACT: range(rest, rest + 1),
        Bound.AT_LEAST: range(1, 5),
        Bound.AT_MOST: range(good + rest - 4, good + rest),
    }[told.bound]
