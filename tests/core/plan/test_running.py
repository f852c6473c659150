"""What everybody is told of a year of the plan that runs: what the measures say, and nothing that gives people away."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from core.db import transaction
from core.plan import in_sight, running
from core.plan.finding import whole_plan
from core.plan.in_sight import Part, Telling, telling, together
from core.plan.measures import registered
from core.plan.running import Running, Told
from core.reports.periods import Period, quarter_of
from core.surveys.model import Of
from tests import make

DAY = date(2026, 11, 24)
A_DAY = 24 * 60
UNTOLD = {
    *("petitions_received", "suggestions_received", "petitions_online", "petitions_on_time"),
    *("individual_notes", "risks_without_control", "priority_wait_mean", "general_wait_mean"),
}


def minutes(on: date) -> float:
    return (on - make.OPENING.date()).days * A_DAY


def counted(session: Session, day: date) -> Running:
    """What everybody reads once a day is over."""
    with transaction(session):
        plan = whole_plan(session, 2026)
        running.keep(session, plan.id, day, running.count(session, plan, day), make.at())
    session.expire_all()
    found = running.read(session, plan)
    assert found is not None
    return found


def one(found: Running, code: str, name: str = "") -> Told:
    return next(told for told in found.of(code) if (told.measure.name == name if name else told.leads))


def test_of_every_measure_it_is_decided_how_often_everybody_is_told_it() -> None:
    known = set(registered())
    assert {name for name in known if telling(name) is Telling.NEVER} == UNTOLD
    assert in_sight.NAMED - known == set()
    assert telling("something new") is Telling.NEVER


def test_a_year_says_nothing_that_its_quarters_do_not_say_by_themselves() -> None:
    for name, parts, said in (
        ("survey_answers", [], Part(None)),
        ("survey_answers", [Part(None), Part(Fraction(7))], Part(Fraction(7))),
        ("survey_answers", [Part(Fraction(12)), Part(Fraction(7))], Part(Fraction(19))),
        ("satisfaction", [Part(Fraction(50), 10), Part(Fraction(80), 30)], Part(Fraction(290, 4), 40)),
        (
            "satisfaction",
            [Part(Fraction(90), 20, "at_least"), Part(Fraction(50), 20)],
            Part(Fraction(70), 40, "at_least"),
        ),
        (
            "satisfaction",
            [Part(Fraction(90), 20, "at_least"), Part(Fraction(20), 20, "at_most")],
            Part(Fraction(45), 40, "at_least"),
        ),
        ("priority_turns", [Part(Fraction(6), count=6), Part(Fraction(4), count=4)], Part(Fraction(6), count=6)),
        ("priority_on_time", [Part(Fraction(100), 4, count=4)], Part(None)),
    ):
        assert together(name, parts) == said, (name, parts)


def test_what_is_told_day_by_day_is_what_each_measure_says_of_the_days_that_are_over(town: Session) -> None:
    with transaction(town):
        make.desk(town)
    for minute in (0, 20, 40, 2 * A_DAY):
        with transaction(town):
            make.finished(town, minute)
    with transaction(town):
        make.register(town, "education", day=make.at().date())
        make.register(town, "education", day=make.at().date(), activities=["4.3.2"])
        make.petition(town)
    found = counted(town, DAY)
    assert (found.until, one(found, "4.2.3").part.value, one(found, "4.2.3").until) == (DAY, 3, DAY)
    assert (one(found, "4.3.2").part.value, one(found, "4.3.3").part.value) == (2, 1)
    days, told_of = Period(date(2026, 1, 1), DAY), set()
    for activity in whole_plan(town, 2026).activities:
        for told in found.of(activity.code):
            name, measure = told.measure.name, told.measure
            if telling(name) is Telling.DAILY:
                of = activity.id
                said = measure.of_activity(town, days, of) if measure.of_activity else measure.count(town, days)
                assert (told.part.value, told.part.base, told.until) == (said.value, said.base, DAY), name
                told_of.add(name)
            if name in UNTOLD:
                assert (told.part, told.until) == (Part(None), None), name
    assert len(told_of) > 30
    assert one(counted(town, DAY + timedelta(days=1)), "4.2.3").part.value == 4


def test_what_says_something_of_people_is_told_by_quarters_that_are_over_and_are_not_small(town: Session) -> None:
    with transaction(town):
        survey = make.survey(town, Of.OPEN, code="year", opens_on=date(2026, 1, 1))
        make.desk(town, minute=minutes(date(2026, 2, 5)))
    for month, faces in ((2, "555544333311"), (5, "511")):
        on = date(2026, month, 5)
        with transaction(town):
            for face in faces:
                make.opinion(town, survey, {"all": [face], "solved": ["yes"]}, month=on.replace(day=1))
            for n in range(6 if month == 2 else 2):
                make.turn(town, minutes(on) + n, "older")
    winter, spring = quarter_of(date(2026, 2, 1)), quarter_of(date(2026, 5, 1))
    assert one(counted(town, date(2026, 3, 30)), "4.1.3").until is None
    for day, last in ((date(2026, 4, 1), winter.last), (date(2026, 7, 1), spring.last)):
        found = counted(town, day)
        for code, name in (("4.1.3", "survey_answers"), ("4.1.3", "satisfaction"), ("4.1.6", "priority_turns")):
            told, said = one(found, code, name), registered()[name].count(town, winter)
            assert (told.part.value, told.part.base, told.until) == (said.value, said.base, last), (day, name)
    assert registered()["priority_turns"].count(town, Period(winter.first, spring.last)).value == 8


def test_a_year_is_behind_while_a_day_of_it_is_over_and_not_counted(town: Session) -> None:
    assert running.behind(town, date(2026, 1, 1)) == []
    assert running.behind(town, date(2026, 11, 25)) == [2026]
    counted(town, DAY)
    assert running.behind(town, date(2026, 11, 25)) == []
    assert running.behind(town, date(2026, 11, 26)) == [2026]
    counted(town, date(2026, 12, 31))
    assert running.behind(town, date(2027, 3, 1)) == []
