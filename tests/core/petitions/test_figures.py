"""What a report counts, beside tables that were worked out by hand, and what of it everybody may see."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from core.calendar import Calendar, working_days_between
from core.catalogue.days import holidays_on
from core.petitions import filing, open_figures, register, tally
from core.petitions.facts import Clarification, End, Facts, Policy
from core.petitions.figures import annulled_in, cases_of
from core.petitions.model import Channel, Identity, Petition, Stage, StepKind
from core.petitions.reckoning import reckon
from core.petitions.register import Group, Standing
from core.petitions.steps import add
from core.petitions.taken import working_days_taken
from core.petitions.tally import Case, Result
from core.petitions.terms import Kind
from core.reports.periods import Period, month_of
from tests import make

QUARTER = Period(date(2026, 10, 1), date(2026, 12, 31))
DAY = make.OPENING.date()


def filed(session: Session, **more: object) -> Petition:
    petition = make.petition(session, **more)
    reckon(session, petition, make.at())
    return petition


def ended(petition: Petition, stage: Stage, after: int) -> None:
    """It ends so many civil days after it came."""
    petition.stage, petition.stage_on = stage, petition.received_on + timedelta(days=after)


def town_of_ten(session: Session) -> None:
    """Ten petitions: three answered (in 1, 3 and 11 working days), one late, one denied, one reserved, one annulled."""
    answers = [("peticion_particular", 1), ("queja", 3), ("documentos", 16)]
    for kind, after in answers:
        ended(filed(session, kind=kind), Stage.ANSWERED, after)
    denied = filed(session, kind="informacion", channel=Channel.EMAIL)
    add(session, denied, StepKind.SIGNED, None, make.at(), detail={"outcome": "reserved"})
    ended(denied, Stage.ANSWERED, 2)
    ended(filed(session, kind="consulta"), Stage.TRANSFERRED, 1)
    ended(filed(session, kind="consulta"), Stage.WITHDRAWN, 1)
    filed(session, kind="queja")
    filed(session, kind="documentos").due_on = DAY
    filed(session, identity=Identity.RESERVED)
    wrong = filed(session)
    filing.annul(session, wrong, "Se radicó dos veces", make.official(session).id, make.at())
    session.flush()


def test_a_report_counts_what_a_person_counts_by_hand(session: Session) -> None:
    town_of_ten(session)
    place, later = make.site(session).id, DAY + timedelta(days=1)
    cases = cases_of(session, place, QUARTER, later)
    found = tally.figures(cases, ["2026-10", "2026-11", "2026-12"], annulled_in(session, place, QUARTER))
    assert {line.group: line.counts for line in found.grids["kind"]} == {
        # on time, late, running, overdue, transferred, closed, reserved; all
        "consulta": (0, 0, 0, 0, 1, 1, 0, 2),
        "documentos": (0, 1, 0, 1, 0, 0, 0, 2),
        "queja": (1, 0, 1, 0, 0, 0, 0, 2),
        "informacion": (1, 0, 0, 0, 0, 0, 0, 1),
        "peticion_particular": (1, 0, 0, 0, 0, 0, 0, 1),
        "": (3, 1, 1, 1, 1, 1, 0, 8),
    }
    assert [line.received for line in found.grids["month"]] == [0, 8, 0, 8]
    assert {line.group: line.received for line in found.grids["channel"]} == {"web": 7, "email": 1, "": 8}
    assert found.information == {"received": 3, "transferred": 0, "answered": 2, "denied": 1}
    assert [line.received for line in found.complaints] == [2, 2]
    assert (found.annulled, found.reserved) == (1, None)
    # answered on 24, 25 and 26 November and on 9 December: 1, 2, 3 and 11 working days, 8 December being a holiday
    assert found.times == tally.Times(4, (1 + 2 + 3 + 11) / 4, 2, 11)
    assert cases_of(session, place, QUARTER.before, later) == []
    assert cases_of(session, place, QUARTER, later, offices=[]) == []


def test_nobody_opens_a_reserved_case_behind_a_figure(session: Session) -> None:
    town_of_ten(session)
    who = Reader(make.official(session).id)
    place = make.site(session).id
    counted = [case for case in cases_of(session, place, QUARTER, DAY) if case.result is not Result.RESERVED]
    assert cases_of(session, place, QUARTER, DAY, reader=who) == counted
    assert cases_of(session, place, QUARTER, DAY, reader=Reader(who.id, ("official",))) == []


class Reader:
    def __init__(self, official_id: int, roles: tuple[str, ...] = ("control",)) -> None:
        self.id, self.roles, self.offices = official_id, roles, frozenset[int]()


def test_the_register_tells_order_and_state_and_nothing_that_tells_one_secret_from_another(session: Session) -> None:
    town_of_ten(session)
    filed(session, kind="peticion_particular", identity=Identity.ANONYMOUS)
    filed(session, kind="denuncia_corrupcion")
    month = month_of(DAY)
    lines = register.filings_of(session, month, DAY + timedelta(days=1))
    assert [line.number for line in lines] == [f"2026-E-{n:06d}" for n in range(1, 13)]
    assert register.count_of(session, month) == 12
    assert [line.standing for line in lines if line.group is not Group.NEUTRAL] == [
        Standing.ANSWERED,
        Standing.ANSWERED_LATE,
        Standing.ANSWERED,
        Standing.TRANSFERRED,
        Standing.ENDED,
        Standing.OVERDUE,
        Standing.ANNULLED,
    ]
    neutral = [line for line in lines if line.group is Group.NEUTRAL]
    assert [line.number[-2:] for line in neutral] == ["02", "07", "09", "11", "12"]
    assert {(line.office, line.due_on, line.ended_on) for line in neutral} == {("", None, None)}
    assert {line.standing for line in neutral} == {Standing.OPEN, Standing.ENDED}
    assert register.filing_of(session, 2026, 4, DAY) == lines[3]
    assert register.filing_of(session, 2026, 99, DAY) is None
    written = {"2026-E-000123": (2026, 123), " 2025 e 7": (2025, 7), "12": (2026, 12), "x": None, "20": (2026, 20)}
    assert {said: register.number_in(said, 2026) for said in written} == written


def case(kind: str, result: Result, number: int = 0, days: int | None = None, office: int = 1) -> Case:
    return Case(
        id=number,
        number="",
        kind=kind,
        channel="web",
        office_id=office,
        received_on=DAY,
        ended_on=None,
        due_on=None,
        result=result,
        days=days,
    )


def of(**counts: int) -> list[Case]:
    """So many answered on time of each kind, in as many days; «reserved» are what their name says."""
    return [
        case("queja", Result.RESERVED) if kind == "reserved" else case(kind, Result.ON_TIME, days=count)
        for kind, count in counts.items()
        for _n in range(count)
    ]


def test_what_everybody_sees_tells_no_small_count_nor_lets_it_be_subtracted() -> None:
    plain = open_figures.of_quarter(of(queja=9, consulta=30, reserved=6), ["2026-11"], 2)
    assert {line.group: line.received for line in plain.grids["kind"]} == {
        "consulta": 30,
        "queja": 9,
        "reserved": 6,
        "": 45,
    }
    assert (plain.reserved, plain.annulled, plain.complaints[0].received) == (6, 2, 9)
    for few in (0, 2):
        small = open_figures.of_quarter(of(queja=9, consulta=30, documentos=3, reserved=few), ["2026-11"], 0)
        told = {line.group: line.received for line in small.grids["kind"]}
        assert (told["documentos"], told["reserved"], small.reserved) == (None, None, None)
        assert told[""] == 42 + few, "what is reserved is in every total, so nothing is left over for it"
        assert small.information["received"] is None
    assert open_figures.of_quarter(of(queja=4), ["2026-11"], 0).times is None


def test_a_half_tells_nothing_that_its_quarters_do_not() -> None:
    some, others = of(queja=3, consulta=30, documentos=20), of(queja=6, consulta=30, documentos=20)
    quarters = [open_figures.of_quarter(each, ["2026-11"], 0) for each in (some, others)]
    half = open_figures.together(quarters, [*some, *others], ["2026-11"])
    for by in tally.BY:
        lines = [{line.group: line.counts for line in each.grids[by]} for each in quarters]
        for line in half.grids[by]:
            for n, count in enumerate(line.counts):
                told = [each[line.group][n] for each in lines]
                assert count == (None if None in told else sum(told)), (by, line.group, n)


def test_the_days_of_an_answer_are_those_of_the_account_of_its_deadline() -> None:
    calendar = Calendar(holidays_on)
    monday = date(2026, 11, 23)
    asked = Clarification(date(2026, 11, 25), date(2026, 12, 1))
    cases: list[tuple[dict[str, object], date, int]] = [
        ({}, date(2026, 11, 23), 0),
        ({}, date(2026, 11, 24), 1),
        ({}, date(2026, 12, 9), 11),
        ({"clarifications": (asked,)}, date(2026, 12, 2), 3),
        ({"clarifications": (asked,)}, date(2027, 1, 4), 23),
        ({"clarifications": (Clarification(date(2026, 11, 25)),)}, date(2026, 12, 20), 2),
        ({"policy": Policy.LAX, "after_hours": True}, date(2026, 11, 25), 1),
        ({"kind": Kind.APPEAL, "policy": Policy.LAX}, date(2026, 11, 30), 5),
    ]
    for more, day, days in cases:
        facts = Facts(**({"kind": Kind.PARTICULAR, "received": monday, "ended": End.ANSWERED, "ended_on": day} | more))
        assert working_days_taken(facts, calendar) == days, (more, day)
    plain = {"kind": Kind.PARTICULAR, "received": monday, "ended": End.ANSWERED}
    for n in range(60):
        day = monday + timedelta(days=n)
        paused = Facts(**plain, ended_on=day, clarifications=(Clarification(monday, monday),))
        assert working_days_taken(Facts(**plain, ended_on=day), calendar) == working_days_between(monday, day, calendar)
        assert working_days_taken(paused, calendar) == working_days_between(monday, day, calendar)
