"""What may be done with the term of a petition, and the reason when it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.petitions.facts import End, Extension, Facts, Ground
from core.petitions.limits import (
    WhyNot,
    check_archiving,
    check_asking,
    check_completing,
    check_extension,
    check_length,
    check_more_time,
    check_reclassifying,
)
from core.petitions.terms import Kind
from tests.core.petitions.cases import LAW, asked, on, petition

OPEN = petition("2026-11-20")
"""Due on 14 December; may be extended to 6 January; what is missing may be asked for until 4 December."""
ENDED = replace(OPEN, ended=End.ANSWERED, ended_on=on("2026-12-01"))
WAITING = replace(OPEN, clarifications=asked("2026-11-24"))
"""The person has until 24 December."""


def test_a_term_is_extended_once_before_it_ends_with_a_reason_and_notice_up_to_twice() -> None:
    told, until, why = on("2026-12-14"), on("2027-01-06"), "Falta un concepto"
    cases: list[tuple[Facts, date | None, date | None, str, WhyNot | None]] = [
        (OPEN, told, until, why, None),
        (OPEN, on("2026-11-20"), on("2026-12-15"), why, None),
        (OPEN, on("2026-12-15"), until, why, WhyNot.EXPIRED),
        (OPEN, told, on("2027-01-07"), why, WhyNot.TOO_LONG),
        (OPEN, told, on("2026-12-14"), why, WhyNot.NOT_LATER),
        (OPEN, told, until, "  ", WhyNot.NO_REASON),
        (OPEN, told, None, why, WhyNot.NO_DAY),
        (OPEN, None, until, why, WhyNot.NOT_TOLD),
        (OPEN, on("2026-11-19"), until, why, WhyNot.BEFORE_RECEIVED),
        (ENDED, told, until, why, WhyNot.ENDED),
        (WAITING, told, until, why, WhyNot.SUSPENDED),
        (replace(OPEN, extension=Extension(told, on("2026-12-15"))), told, until, why, WhyNot.ALREADY_EXTENDED),
        (Facts(kind=Kind.CONGRESS, received=on("2026-12-11")), told, until, why, WhyNot.KIND_NEVER_EXTENDED),
        (Facts(kind=Kind.APPEAL, received=on("2026-12-11")), told, until, why, WhyNot.KIND_NEVER_EXTENDED),
        (Facts(kind=Kind.DATA_QUERY, received=on("2026-12-04")), told, on("2026-12-29"), why, None),
        (Facts(kind=Kind.DATA_QUERY, received=on("2026-12-04")), told, on("2026-12-30"), why, WhyNot.TOO_LONG),
        (replace(OPEN, told=on("2026-12-20")), on("2026-12-15"), until, why, WhyNot.EXPIRED),
    ]
    for facts, day, last, reason, expected in cases:
        found = check_extension(facts, Extension(day, last), reason, LAW)
        assert found is expected, (facts.kind, day, last, reason, found)


def test_what_is_missing_is_asked_for_in_ten_days_while_the_term_runs() -> None:
    short = Facts(kind=Kind.AUTHORITIES, received=on("2026-11-20"), length=5)
    consultation = petition("2026-11-20", 30)
    cases: list[tuple[Facts, str, Ground, WhyNot | None]] = [
        (OPEN, "2026-12-04", Ground.INCOMPLETE, None),
        (OPEN, "2026-12-07", Ground.INCOMPLETE, WhyNot.TOO_LATE_TO_ASK),
        (OPEN, "2026-12-07", Ground.OBSCURE, None),
        (OPEN, "2026-12-15", Ground.OBSCURE, WhyNot.EXPIRED),
        (OPEN, "2026-11-19", Ground.INCOMPLETE, WhyNot.BEFORE_RECEIVED),
        (consultation, "2026-12-07", Ground.INCOMPLETE, WhyNot.TOO_LATE_TO_ASK),
        (short, "2026-11-27", Ground.INCOMPLETE, None),
        (short, "2026-11-30", Ground.INCOMPLETE, WhyNot.EXPIRED),
        (Facts(kind=Kind.DATA_CLAIM, received=on("2026-11-20")), "2026-11-27", Ground.INCOMPLETE, None),
        (
            Facts(kind=Kind.DATA_CLAIM, received=on("2026-11-20")),
            "2026-11-30",
            Ground.INCOMPLETE,
            WhyNot.TOO_LATE_TO_ASK,
        ),
        (
            Facts(kind=Kind.CONGRESS, received=on("2026-11-20")),
            "2026-11-23",
            Ground.INCOMPLETE,
            WhyNot.KIND_NEVER_ASKED,
        ),
        (ENDED, "2026-11-24", Ground.INCOMPLETE, WhyNot.ENDED),
        (WAITING, "2026-11-25", Ground.INCOMPLETE, WhyNot.SUSPENDED),
    ]
    for facts, day, ground, expected in cases:
        assert check_asking(facts, on(day), ground, LAW) is expected, (facts.kind, day, ground)


def test_what_the_person_brings_is_taken_at_any_time_until_an_act_archives_the_petition() -> None:
    assert check_completing(WAITING, on("2026-11-24")) is None
    assert check_completing(WAITING, on("2027-03-01")) is None
    assert check_completing(WAITING, on("2026-11-23")) is WhyNot.BEFORE_ASKED
    assert check_completing(OPEN, on("2026-11-24")) is WhyNot.NOT_SUSPENDED
    assert check_completing(ENDED, on("2026-11-24")) is WhyNot.ENDED


def test_the_person_may_ask_for_one_more_month_before_the_first_is_over() -> None:
    longer = replace(OPEN, clarifications=asked("2026-11-24", extended=True))
    obscure = replace(OPEN, clarifications=asked("2026-11-24", ground=Ground.OBSCURE))
    assert check_more_time(WAITING, on("2026-12-24"), LAW) is None
    assert check_more_time(WAITING, on("2026-12-25"), LAW) is WhyNot.MONTH_IS_OVER
    assert check_more_time(longer, on("2026-12-24"), LAW) is WhyNot.MONTH_ALREADY_EXTENDED
    assert check_more_time(obscure, on("2026-11-25"), LAW) is WhyNot.NO_MORE_TIME
    assert check_more_time(replace(WAITING, kind=Kind.DATA_CLAIM), on("2026-11-25"), LAW) is WhyNot.NO_MORE_TIME
    assert check_more_time(OPEN, on("2026-12-24"), LAW) is WhyNot.NOT_SUSPENDED
    assert check_more_time(ENDED, on("2026-12-24"), LAW) is WhyNot.ENDED


def test_a_petition_is_archived_only_when_the_person_has_no_time_left() -> None:
    longer = replace(OPEN, clarifications=asked("2026-11-24", extended=True))
    assert check_archiving(WAITING, on("2026-12-24"), LAW) is WhyNot.MONTH_NOT_OVER
    assert check_archiving(WAITING, on("2026-12-25"), LAW) is None
    assert check_archiving(longer, on("2026-12-25"), LAW) is WhyNot.MONTH_NOT_OVER
    assert check_archiving(OPEN, on("2026-12-25"), LAW) is WhyNot.NOT_SUSPENDED
    assert check_archiving(ENDED, on("2026-12-25"), LAW) is WhyNot.ENDED


def test_a_kind_is_changed_with_a_reason_and_a_term_only_where_it_may_be_fixed() -> None:
    assert check_reclassifying(OPEN, Kind.DOCUMENTS, "Pide copias") is None
    assert check_reclassifying(OPEN, Kind.DOCUMENTS, " ") is WhyNot.NO_REASON
    assert check_reclassifying(OPEN, OPEN.kind, "Pide copias") is WhyNot.SAME_KIND
    assert check_reclassifying(ENDED, Kind.DOCUMENTS, "Pide copias") is WhyNot.ENDED
    special = Facts(kind=Kind.OMBUDSMAN, received=on("2026-11-20"))
    assert [check_length(special, length) for length in (0, 1, 30, 31)] == [
        WhyNot.NOT_A_TERM,
        None,
        None,
        WhyNot.NOT_A_TERM,
    ]
    assert check_length(OPEN, 5) is WhyNot.TERM_IS_FIXED
    assert check_length(ENDED, 5) is WhyNot.ENDED
