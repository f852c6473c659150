"""When a petition must be answered: the dated cases of the law, and where it stands on each day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from core.calendar import Calendar, Day, Hours, Special, Why, nth_working_day
from core.catalogue.days import holidays_on
from core.clock import BOGOTA
from core.petitions.clocks import Name
from core.petitions.counting import after_hours
from core.petitions.deadlines import State, deadline
from core.petitions.facts import Clarification, End, Extension, Facts, Ground, Policy
from core.petitions.terms import Kind
from tests.core.petitions.cases import LAW, asked, at, closed, due, in_year, on, petition

TABLES = {
    (3, 5, 10, 15, 30): """
        2026-11-20 11-25 11-27 12-04 12-14 2027-01-06
        2026-11-22 11-25 11-27 12-04 12-14 2027-01-06
        2026-07-09 07-15 07-17 07-27 08-03 08-26
        2026-06-26 07-02 07-06 07-14 07-22 08-13
        2026-03-27 04-01 04-07 04-14 04-21 05-13
        2026-12-23 12-29 12-31 2027-01-08 2027-01-18 2027-02-08
        2025-06-20 06-26 07-01 07-08 07-15 08-05""",
    (5, 10, 15, 30): """
        2025-03-28 04-04 04-11 04-22 05-14
        2025-04-11 04-22 04-29 05-07 05-28
        2025-06-13 06-20 07-01 07-08 07-29
        2025-12-19 12-29 2026-01-06 2026-01-14 2026-02-04
        2025-12-24 2026-01-02 2026-01-09 2026-01-19 2026-02-09
        2026-03-20 03-30 04-08 04-15 05-07
        2026-04-02 04-10 04-17 04-24 05-19
        2026-04-04 04-10 04-17 04-24 05-19
        2026-05-15 05-25 06-01 06-09 07-02
        2026-06-01 06-09 06-17 06-24 07-17
        2026-07-03 07-10 07-21 07-28 08-20
        2026-07-10 07-21 07-28 08-04 08-27
        2026-07-13 07-21 07-28 08-04 08-27
        2026-10-09 10-19 10-26 11-03 11-25
        2026-10-30 11-09 11-17 11-24 12-16
        2026-11-13 11-23 11-30 12-07 12-30
        2026-12-04 12-14 12-21 12-29 2027-01-21
        2026-12-18 12-28 2027-01-05 2027-01-13 2027-02-03
        2026-12-24 2027-01-04 2027-01-12 2027-01-19 2027-02-09
        2026-12-31 2027-01-08 2027-01-18 2027-01-25 2027-02-15
        2027-03-19 03-31 04-07 04-14 05-05
        2027-03-24 04-02 04-09 04-16 05-07
        2027-07-08 07-16 07-26 08-02 08-24""",
    (3, 5, 10, 15, 30, 60): "2024-01-15 01-18 01-22 01-29 02-05 02-26 04-11",
    (5,): "2024-01-12 01-19\n 2024-12-25 2025-01-02\n 2026-07-06 07-14\n 2026-07-12 07-21",
    (10,): "2026-07-12 07-28",
    (15,): "2026-06-19 07-14\n 2026-07-12 08-04\n 2026-11-23 12-15",
}
"""Received, and the last day of terms of so many working days: Holy Week, the end of the year, two holidays on one
Monday, days that do not count, and the holiday that the Ley 2578 de 2026 added; counted by hand and by a library."""


def test_a_petition_is_due_on_the_day_that_the_law_says() -> None:
    wrong = []
    for lengths, table in TABLES.items():
        for line in table.strip().splitlines():
            received, *ends = line.split()
            for length, end in zip(lengths, ends, strict=True):
                found = due(petition(received, length))
                if found != in_year(received, end):
                    wrong.append((received, length, end, found))
    assert wrong == []


@pytest.mark.parametrize(
    ("received", "length", "days", "end"),
    [
        ("2026-12-11", 15, ("2026-12-24", "2026-12-31"), "2027-01-07"),
        ("2026-12-18", 15, ("2026-12-24", "2026-12-31"), "2027-01-15"),
        ("2024-01-15", 5, ("2024-01-17", "2024-01-18", "2024-01-19"), "2024-01-25"),
        ("2024-01-15", 5, ("2024-01-17", "2024-01-19"), "2024-01-24"),
        ("2024-01-15", 5, ("2024-01-20", "2024-01-21"), "2024-01-22"),
        ("2024-12-23", 5, ("2024-12-24", "2024-12-25", "2024-12-26"), "2025-01-03"),
        ("2024-01-15", 5, ("2024-01-23",), "2024-01-22"),
    ],
)
def test_a_day_that_an_act_closes_is_passed_over(received: str, length: int, days: tuple[str, ...], end: str) -> None:
    assert due(petition(received, length), closed(*map(on, days))) == on(end)


@pytest.mark.parametrize(
    ("received", "length", "asked_on", "ran", "completed", "without", "end"),
    [
        ("2026-10-09", 15, "2026-10-16", 4, "2026-11-05", "2026-11-03", "2026-11-23"),
        ("2026-03-20", 15, "2026-03-27", 4, "2026-04-10", "2026-04-15", "2026-04-27"),
        ("2026-12-11", 15, "2026-12-18", 5, "2027-01-08", "2027-01-05", "2027-01-25"),
        ("2026-06-26", 10, "2026-07-08", 7, "2026-07-17", "2026-07-14", "2026-07-23"),
    ],
)
def test_what_ran_before_a_request_is_used_up_and_the_rest_runs_from_the_day_after_it_is_answered(
    received: str, length: int, asked_on: str, ran: int, completed: str, without: str, end: str
) -> None:
    """Art. 17: the day of the request is used up; that of the contribution is day 0 of what remains."""
    assert due(petition(received, length)) == on(without)
    found = at(petition(received, length, clarifications=asked(asked_on, completed)))
    assert found.due == on(end)
    before = [line for line in found.account if line.day <= on(asked_on)]
    assert max(line.number for line in before) == ran
    assert [line.number for line in found.account if line.counts] == list(range(1, length + 1))
    paused = [line.day for line in found.account if line.why is Why.SUSPENDED]
    assert paused
    assert all(on(asked_on) < day <= on(completed) for day in paused)


def test_at_least_one_day_is_left_to_answer_what_was_completed() -> None:
    last_day = petition("2026-06-26", 10, clarifications=asked("2026-07-14", "2026-07-24"))
    assert due(last_day) == on("2026-07-27")
    assert at(last_day).longest == due(replace(last_day, extension=Extension())) == on("2026-08-10")
    assert due(replace(last_day, clarifications=asked("2026-07-15", "2026-07-24"))) == on("2026-07-14")
    at_once = petition("2026-06-26", 10, clarifications=asked("2026-06-26", "2026-06-26"))
    assert due(at_once) == on("2026-07-14")


@pytest.mark.parametrize(
    ("asked_on", "last"),
    [
        ("2026-10-16", "2026-11-17"),
        ("2026-01-31", "2026-03-02"),
        ("2026-11-08", "2026-12-09"),
        ("2026-03-02", "2026-04-06"),
        ("2026-06-13", "2026-07-14"),
        ("2024-01-31", "2024-02-29"),
        ("2026-12-07", "2027-01-07"),
    ],
)
def test_the_person_has_a_month_of_the_calendar_that_ends_on_a_day_that_counts(asked_on: str, last: str) -> None:
    facts = petition(on(asked_on), 15, clarifications=asked(asked_on))
    clock = at(facts).clock(Name.COMPLETE)
    assert clock is not None
    assert (clock.due, clock.article, clock.done) == (on(last), "Ley 1437 de 2011, art. 17", None)
    assert at(facts, last).state is State.SUSPENDED
    assert (at(facts, "2028-01-03").state, at(facts).due, at(facts).left) == (State.LAPSED, None, None)


def test_another_month_is_given_once_ten_days_for_what_is_not_understood_and_two_months_about_data() -> None:
    month = petition("2026-10-09", clarifications=asked("2026-10-16", extended=True))
    obscure = replace(month, clarifications=asked("2026-10-16", ground=Ground.OBSCURE))
    data = replace(month, kind=Kind.DATA_CLAIM, clarifications=asked("2026-10-16"))
    found = [at(facts).clock(Name.COMPLETE) for facts in (month, obscure, data)]
    assert [(clock.due, clock.article) for clock in found if clock] == [
        (on("2026-12-17"), "Ley 1437 de 2011, art. 17"),
        (on("2026-10-30"), "Ley 1437 de 2011, art. 19"),
        (on("2026-12-16"), "Ley 1581 de 2012, art. 15, numeral 1"),
    ]


@pytest.mark.parametrize(
    ("kind", "received", "plain", "longest"),
    [
        (Kind.PARTICULAR, "2026-11-20", "2026-12-14", "2027-01-06"),
        (Kind.PARTICULAR, "2026-11-23", "2026-12-15", "2027-01-07"),
        (Kind.PARTICULAR, "2026-11-13", "2026-12-07", "2026-12-30"),
        (Kind.DOCUMENTS, "2024-01-15", "2024-01-29", "2024-02-12"),
        (Kind.CONSULTATION, "2024-01-15", "2024-02-26", "2024-04-11"),
        (Kind.DATA_QUERY, "2026-11-20", "2026-12-04", "2026-12-14"),
        (Kind.DATA_CLAIM, "2024-01-15", "2024-02-05", "2024-02-15"),
        (Kind.CONGRESS, "2026-11-20", "2026-11-27", None),
        (Kind.AUTHORITIES, "2026-11-20", "2026-12-04", "2026-12-21"),
    ],
)
def test_an_extension_ends_at_twice_the_term_at_most_and_that_about_data_at_its_own(
    kind: Kind, received: str, plain: str, longest: str | None
) -> None:
    """Ley 1437, art. 14, paragraph; Ley 1581, arts. 14 (five more) and 15 (eight more)."""
    facts = Facts(kind=kind, received=on(received))
    found = at(facts)
    assert (found.due, found.longest) == (on(plain), on(longest) if longest else None)
    tell = found.clock(Name.EXTEND)
    assert (tell.due if tell else None) == (on(plain) if longest else None)
    assert due(replace(facts, extension=Extension(on(received)))) == on(longest or plain)


def test_an_extension_ends_on_the_day_that_was_told_and_what_suspends_it_later_moves_that_day() -> None:
    told = petition("2026-11-20", extension=Extension(on("2026-11-25"), on("2026-12-21")))
    assert due(told) == on("2026-12-21")
    assert due(replace(told, clarifications=asked("2026-11-27", "2026-12-09"))) == on("2026-12-31")
    before = asked("2026-11-23", "2026-12-01")
    later = replace(told, clarifications=before, extension=Extension(on("2026-12-10"), on("2026-12-28")))
    assert due(later) == on("2026-12-28")
    as_late_as_it_may = replace(told, clarifications=asked("2026-11-27", "2026-12-09"), extension=Extension())
    assert due(as_late_as_it_may) == nth_working_day(on("2026-12-09"), 30 - 5, LAW)


@pytest.mark.parametrize(("received", "last"), [("2026-11-20", "2026-11-27"), ("2026-12-04", "2026-12-14")])
def test_what_belongs_to_another_authority_is_sent_in_five_days(received: str, last: str) -> None:
    """Art. 21: at once if it was made by word of mouth; Ley 1581, art. 15: a claim about data in two."""
    clock = at(petition(received)).clock(Name.TRANSFER)
    assert clock is not None
    assert (clock.due, clock.article) == (on(last), "Ley 1437 de 2011, art. 21")
    spoken = at(petition(received, spoken=True)).clock(Name.TRANSFER)
    assert spoken is not None
    assert spoken.due == on(received)
    gone = petition("2026-12-23", ended=End.TRANSFERRED, ended_on=on("2026-12-30"))
    assert at(gone).clock(Name.TRANSFER) == replace(clock, due=on("2026-12-31"), done=on("2026-12-30"))
    assert at(gone, "2027-06-01").state is State.TRANSFERRED
    data = at(Facts(kind=Kind.DATA_CLAIM, received=on("2026-12-23")))
    assert [(clock.name, clock.due) for clock in data.clocks if clock.name in (Name.TRANSFER, Name.LEGEND)] == [
        (Name.TRANSFER, on("2026-12-28")),
        (Name.LEGEND, on("2026-12-28")),
    ]


def test_documents_that_nobody_answered_are_granted_and_handed_over_in_three_days() -> None:
    """Art. 14, number 1: the second clock."""
    facts = petition("2026-06-26", 10)
    assert [(clock.name, clock.due) for clock in at(facts).clocks if clock.name in (Name.ACCEPTANCE, Name.COPIES)] == [
        (Name.ACCEPTANCE, on("2026-07-14")),
        (Name.COPIES, on("2026-07-17")),
    ]
    assert [at(facts, day).accepted for day in ("2026-07-14", "2026-07-15")] == [False, True]
    answered = replace(facts, ended=End.ANSWERED, ended_on=on("2026-07-14"))
    assert not at(answered, "2026-12-01").accepted
    assert at(replace(answered, ended_on=on("2026-07-15")), "2026-12-01").accepted
    assert at(replace(facts, extension=Extension(on("2026-07-14"))), "2026-07-15").accepted is False
    assert not at(petition("2026-06-26", 15), "2026-12-01").accepted
    assert at(Facts(kind=Kind.INFORMATION, received=on("2026-06-26"))).clock(Name.COPIES) is None


def test_each_day_says_where_a_petition_stands_and_the_last_day_is_one_of_its_own() -> None:
    facts = petition("2026-11-20")
    states = {
        "2026-11-20": State.ON_TIME,
        "2026-12-08": State.ON_TIME,
        "2026-12-09": State.DUE_SOON,
        "2026-12-11": State.DUE_SOON,
        "2026-12-13": State.DUE_SOON,
        "2026-12-14": State.DUE_TODAY,
        "2026-12-15": State.OVERDUE,
    }
    assert {day: at(facts, day).state for day in states} == states
    assert [at(facts, day).left for day in ("2026-12-11", "2026-12-14", "2026-12-16")] == [1, 0, -2]
    ends = [
        (End.ANSWERED, "2026-12-14", State.ANSWERED),
        (End.ANSWERED, "2026-12-15", State.ANSWERED_LATE),
        (End.WITHDRAWN, "2026-12-15", State.WITHDRAWN),
        (End.ARCHIVED, "2026-12-15", State.ARCHIVED),
        (End.ANNULLED, "2026-12-15", State.ANNULLED),
    ]
    for end, day, state in ends:
        assert at(replace(facts, ended=end, ended_on=on(day)), "2027-06-01").state is state


def test_a_congratulation_is_never_overdue_and_an_appeal_has_two_months() -> None:
    thanks = at(Facts(kind=Kind.CONGRATULATION, received=on("2026-11-20")), "2027-06-01")
    assert (thanks.state, thanks.due, thanks.counted) == (State.NO_TERM, None, on("2026-12-14"))
    appeal = at(Facts(kind=Kind.APPEAL, received=on("2026-10-08")))
    assert (appeal.due, appeal.longest) == (on("2026-12-09"), None)
    assert appeal.account == (
        Day(on("2026-10-08"), False, 0),
        Day(on("2026-12-08"), False, 0, Why.HOLIDAY, "La Inmaculada Concepción"),
        Day(on("2026-12-09"), True, 2),
    )
    denied = at(petition("2026-11-20")).clock(Name.SILENCE)
    assert denied is not None
    assert (denied.due, denied.article) == (on("2027-02-22"), "Ley 1437 de 2011, art. 83")


def test_a_petition_of_another_kind_is_counted_from_its_first_day() -> None:
    facts = petition("2026-11-20", 15, clarifications=asked("2026-11-25", "2026-12-01"))
    again = replace(facts, kind=Kind.DOCUMENTS)
    assert due(again) == due(petition("2026-11-20", 10, clarifications=facts.clarifications)) == on("2026-12-11")


def test_a_day_that_the_person_was_told_is_never_moved_to_an_earlier_one() -> None:
    facts = petition("2026-12-04", told=on("2026-12-30"))
    found = at(facts, "2026-12-30")
    assert (found.counted, found.due, found.state) == (on("2026-12-29"), on("2026-12-30"), State.DUE_TODAY)
    assert found.account[-1] == Day(on("2026-12-30"), False, 0, Why.PROMISED)
    later = closed(on("2026-12-09"), on("2026-12-10"))
    assert due(facts, later) == on("2026-12-31")


def test_only_a_request_that_may_fix_its_term_has_another_than_that_of_the_law() -> None:
    assert due(Facts(kind=Kind.CONGRESS, received=on("2026-11-20"))) == on("2026-11-27")
    assert due(Facts(kind=Kind.CONGRESS, received=on("2026-11-20"), length=3)) == on("2026-11-25")
    short = at(Facts(kind=Kind.AUTHORITIES, received=on("2026-11-20"), length=5)).clock(Name.ASK)
    assert short is not None
    assert short.due == on("2026-11-27")
    assert due(Facts(kind=Kind.AUTHORITIES, received=on("2026-11-20"), length=15)) == on("2026-12-14")
    assert at(Facts(kind=Kind.AUTHORITIES, received=on("2026-11-20"), length=15)).longest == on("2027-01-06")
    assert due(Facts(kind=Kind.DOCUMENTS, received=on("2026-11-20"), length=3)) == on("2026-12-04")


# ---------------------------------------------------------------- when it was received

HOURS = [
    Hours(day, opens, closes) for day in range(1, 6) for opens, closes in [(time(8), time(12)), (time(14), time(18))]
]


@pytest.mark.parametrize(
    ("at_instant", "strict", "lax"),
    [
        ("2026-11-22T10:00", "2026-12-14", "2026-12-15"),
        ("2026-11-20T17:59", "2026-12-14", "2026-12-14"),
        ("2026-11-20T18:00", "2026-12-14", "2026-12-15"),
        ("2026-11-20T23:59", "2026-12-14", "2026-12-15"),
        ("2026-11-20T07:00", "2026-12-14", "2026-12-14"),
        ("2026-11-20T13:00", "2026-12-14", "2026-12-14"),
        ("2026-07-13T09:00", "2026-08-04", "2026-08-05"),
    ],
)
def test_what_comes_after_closing_or_on_a_day_that_does_not_count_waits_a_day_only_in_the_lax_reading(
    at_instant: str, strict: str, lax: str
) -> None:
    """Ley 1437, art. 54, last paragraph, which is disputed. Before opening, the doors open that same day."""
    instant = datetime.fromisoformat(at_instant).replace(tzinfo=BOGOTA)
    facts = petition(instant.date(), after_hours=after_hours(instant, HOURS, LAW))
    assert due(facts) == on(strict)
    assert due(replace(facts, policy=Policy.LAX)) == on(lax)


def test_the_account_begins_on_the_day_of_arrival_and_says_why_that_is_not_day_zero() -> None:
    late = at(petition("2026-11-20", 5, kind=Kind.CONGRESS, after_hours=True, policy=Policy.LAX))
    assert late.zero == on("2026-11-23")
    assert late.account[:5] == (
        Day(on("2026-11-20"), False, 0, Why.AFTER_HOURS),
        Day(on("2026-11-21"), False, 0, Why.SATURDAY),
        Day(on("2026-11-22"), False, 0, Why.SUNDAY),
        Day(on("2026-11-23"), False, 0),
        Day(on("2026-11-24"), True, 1),
    )
    sunday = at(petition("2026-11-22", 5, policy=Policy.LAX))
    assert (sunday.zero, sunday.account[0].why, sunday.due) == (on("2026-11-23"), Why.SUNDAY, on("2026-11-30"))


def test_doors_that_an_act_closes_early_or_all_day_are_closed() -> None:
    day = date(2026, 12, 24)
    early = Special(opens=True, act="Decreto 40", stretches=((time(8), time(12)),))
    shut = Special(opens=False, act="Decreto 41")
    noon = datetime(2026, 12, 24, 12, tzinfo=BOGOTA)
    assert not after_hours(noon, HOURS, LAW)
    assert after_hours(noon, HOURS, Calendar(holidays_on, {day: [early]}))
    assert after_hours(noon.replace(hour=9), HOURS, Calendar(holidays_on, {day: [shut]}))


# ---------------------------------------------------------------- the account


def test_the_account_tells_of_every_day_whether_it_counts_and_why_not() -> None:
    facts = petition("2026-12-04", 5, clarifications=asked("2026-12-09", "2026-12-14"))
    found = deadline(facts, closed(on("2026-12-16")), on("2026-12-14"))
    assert found.account == (
        Day(on("2026-12-04"), False, 0),
        Day(on("2026-12-05"), False, 0, Why.SATURDAY),
        Day(on("2026-12-06"), False, 0, Why.SUNDAY),
        Day(on("2026-12-07"), True, 1),
        Day(on("2026-12-08"), False, 0, Why.HOLIDAY, "La Inmaculada Concepción"),
        Day(on("2026-12-09"), True, 2),
        Day(on("2026-12-10"), False, 0, Why.SUSPENDED),
        Day(on("2026-12-11"), False, 0, Why.SUSPENDED),
        Day(on("2026-12-12"), False, 0, Why.SATURDAY),
        Day(on("2026-12-13"), False, 0, Why.SUNDAY),
        Day(on("2026-12-14"), False, 0, Why.SUSPENDED),
        Day(on("2026-12-15"), True, 3),
        Day(on("2026-12-16"), False, 0, Why.CLOSED, "Decreto 30"),
        Day(on("2026-12-17"), True, 4),
        Day(on("2026-12-18"), True, 5),
    )


def test_while_it_is_suspended_the_account_ends_with_the_request() -> None:
    found = at(petition("2026-12-04", clarifications=asked("2026-12-09")), "2026-12-20")
    assert (found.account[-1], found.due, found.longest) == (Day(on("2026-12-09"), True, 2), None, None)
    assert found.clock(Name.EXTEND) is None


def test_a_second_request_suspends_it_again() -> None:
    twice = (
        Clarification(on("2026-11-23"), on("2026-11-26")),
        Clarification(on("2026-12-01"), on("2026-12-04")),
    )
    once = petition("2026-11-20", clarifications=twice[:1])
    assert due(once) == on("2026-12-17")
    assert due(replace(once, clarifications=twice)) == on("2026-12-22")
