"""What must hold of every deadline, whatever happened: it never shortens by what the law adds, nor grows past it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from core.calendar import Calendar, Special, add_working_days, is_working_day, nth_working_day, working_days_between
from core.catalogue.days import holidays_on
from core.petitions.counting import count
from core.petitions.deadlines import State, deadline
from core.petitions.facts import Clarification, End, Extension, Facts, Policy
from core.petitions.terms import Kind, Unit, term_of
from tests.core.petitions.cases import due

days = st.dates(date(2022, 5, 18), date(2035, 12, 31))
in_days = st.sampled_from([kind for kind in Kind if term_of(kind, date(2026, 11, 26)).unit is Unit.WORKING_DAYS])
bound = in_days.filter(lambda kind: kind is not Kind.CONGRATULATION)


@st.composite
def calendars(draw: st.DrawFn, around: date) -> Calendar:
    """The law, and some days that acts of the entity close or open in the weeks after a day."""
    acts = {
        around + timedelta(days=n): [Special(opens, "Decreto 30", affects_terms=True)]
        for n, opens in draw(st.dictionaries(st.integers(0, 80), st.booleans(), max_size=8)).items()
    }
    return Calendar(holidays_on, acts)


@st.composite
def petitions(draw: st.DrawFn, kinds: st.SearchStrategy[Kind] = bound) -> Facts:
    """A petition of any kind in either reading, perhaps completed on the way."""
    received = draw(days)
    asked = received + timedelta(days=draw(st.integers(0, 50)))
    answered = asked + timedelta(days=draw(st.integers(0, 70)))
    return Facts(
        kind=draw(kinds),
        received=received,
        after_hours=draw(st.booleans()),
        policy=draw(st.sampled_from(Policy)),
        clarifications=draw(st.sampled_from([(), (Clarification(asked, answered),)])),
    )


def ends(facts: Facts, calendar: Calendar) -> date:
    last = due(facts, calendar)
    assert last is not None
    return last


@given(st.data(), petitions())
def test_it_is_due_on_a_day_that_counts_and_the_account_adds_up(data: st.DataObject, facts: Facts) -> None:
    calendar = data.draw(calendars(facts.received))
    found = deadline(facts, calendar, facts.received)
    assert found.due is not None
    assert is_working_day(found.due, calendar)
    numbers = [line.number for line in found.account if line.counts]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) in (found.term.length, found.term.length + 1)
    told = [line.day for line in found.account]
    assert told == [facts.received + timedelta(days=n) for n in range((found.due - facts.received).days + 1)]
    assert all(line.why or line.counts or line.day == found.zero for line in found.account)


@given(st.data(), petitions(), st.integers(0, 20))
def test_who_comes_later_is_never_answered_earlier(data: st.DataObject, facts: Facts, later: int) -> None:
    plain = replace(facts, clarifications=())
    calendar = data.draw(calendars(facts.received))
    after = replace(plain, received=facts.received + timedelta(days=later), after_hours=facts.after_hours)
    assert ends(after, calendar) >= ends(plain, calendar)


@given(st.data(), days, st.integers(1, 30), st.integers(1, 30), st.sampled_from(Policy))
def test_a_longer_term_never_ends_earlier_and_two_terms_are_one(
    data: st.DataObject, received: date, a: int, b: int, policy: Policy
) -> None:
    calendar = data.draw(calendars(received))
    facts = Facts(kind=Kind.CONGRESS, received=received, policy=policy, length=a)
    both = ends(replace(facts, length=a + b), calendar)
    assert both > ends(facts, calendar)
    assert both == add_working_days(ends(facts, calendar), b, calendar).last
    assert both == nth_working_day(ends(facts, calendar), b, calendar)


@given(st.data(), petitions(), st.integers(0, 90))
def test_a_closed_day_never_shortens_a_term(data: st.DataObject, facts: Facts, after: int) -> None:
    calendar = data.draw(calendars(facts.received))
    day = facts.received + timedelta(days=after)
    closed = {**calendar.special, day: [Special(opens=False, act="Decreto 31", affects_terms=True)]}
    assert ends(facts, Calendar(holidays_on, closed)) >= ends(facts, calendar)


@given(st.data(), petitions())
def test_a_pause_never_shortens_a_term_and_one_without_days_that_count_moves_nothing(
    data: st.DataObject, facts: Facts
) -> None:
    calendar = data.draw(calendars(facts.received))
    plain = replace(facts, clarifications=())
    assert ends(facts, calendar) >= ends(plain, calendar)
    for pause in facts.clarifications:
        assert pause.answered is not None
        inside = working_days_between(pause.asked, pause.answered, calendar)
        if inside == 0 and pause.asked < ends(plain, calendar):
            run = working_days_between(pause.asked, ends(plain, calendar), calendar)
            assert ends(facts, calendar) == ends(plain, calendar) or run == 0


@given(st.data(), petitions())
def test_the_lax_reading_never_ends_before_the_strict_one(data: st.DataObject, facts: Facts) -> None:
    calendar = data.draw(calendars(facts.received))
    readings = [replace(facts, policy=policy, clarifications=()) for policy in (Policy.STRICT, Policy.LAX)]
    strict, lax = (ends(reading, calendar) for reading in readings)
    assert strict <= lax <= add_working_days(strict, 1, calendar).last


@given(st.data(), petitions(), st.integers(-5, 200))
def test_an_extension_never_shortens_a_term_nor_makes_it_longer_than_the_law_lets(
    data: st.DataObject, facts: Facts, until: int
) -> None:
    calendar = data.draw(calendars(facts.received))
    plain = ends(facts, calendar)
    assume(facts.term.extra is not None and all(pause.asked <= plain for pause in facts.clarifications))
    counted = count(replace(facts, extension=Extension(facts.received, plain + timedelta(days=until))), calendar)
    longest = count(replace(facts, extension=Extension()), calendar).last
    assert counted.last is not None
    assert counted.longest is not None
    assert longest == counted.longest
    assert plain <= counted.last <= counted.longest
    worked = sum(line.counts for line in counted.account)
    assert worked <= max(2 * facts.term.length, facts.term.length + (facts.term.extra or 0))


@given(st.data(), petitions(in_days), st.integers(-10, 120), st.integers(0, 60))
def test_what_was_told_is_kept_and_the_state_agrees_with_the_dates(
    data: st.DataObject, facts: Facts, told: int, today: int
) -> None:
    calendar = data.draw(calendars(facts.received))
    promised, day = (facts.received + timedelta(days=n) for n in (told, today))
    found = deadline(replace(facts, told=promised), calendar, day)
    assert (found.due is None) == (facts.kind is Kind.CONGRATULATION)
    if found.due is not None:
        assert found.due >= promised
        assert found.account[-1].day == found.due
        assert (found.state is State.OVERDUE) == (day > found.due)
        assert (found.state is State.DUE_TODAY) == (day == found.due)
        answered = replace(facts, told=promised, ended=End.ANSWERED, ended_on=day)
        assert (deadline(answered, calendar, day).state is State.ANSWERED_LATE) == (day > found.due)
