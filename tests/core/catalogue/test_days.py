"""The entity's own days: added, corrected and withdrawn by versions, each of which stays readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import add_working_days, is_working_day
from core.catalogue import days
from core.catalogue.days import Wanted, calendar_of
from core.catalogue.model import CalendarVersion, OwnDay, Site
from core.db import Event, transaction
from core.errors import Invalid, Missing
from tests import make

TUESDAY = date(2026, 11, 24)
SATURDAY = date(2026, 11, 28)
CLOSING = Wanted(
    first=TUESDAY, last=TUESDAY, everywhere=False, opens=False, act="Decreto 30 de 2026", affects_terms=True
)


def add(session: Session, wanted: Wanted = CLOSING, minute: float = 0) -> list[OwnDay]:
    by = make.official(session, "administracion").id
    return days.add(session, make.site(session).id, wanted, by, make.at(minute))


def counts(session: Session, day: date = TUESDAY, version: int | None = None) -> bool:
    return is_working_day(day, calendar_of(session, make.site(session).id, version))


def test_a_day_that_an_act_closes_for_terms_no_longer_counts(town: Session) -> None:
    assert counts(town)
    add(town)
    assert not counts(town)


def test_several_days_of_one_act_are_one_version(town: Session) -> None:
    rows = add(town, replace(CLOSING, last=TUESDAY + timedelta(days=2)))
    assert [row.day.day for row in rows] == [24, 25, 26]
    assert {row.since_version for row in rows} == {1}
    assert days.last_version(town) == 1


def test_a_corrected_day_says_something_else_and_what_it_said_stays_readable(town: Session) -> None:
    site, by = make.site(town).id, make.official(town, "administracion").id
    row = add(town)[0]
    days.correct(town, site, row.id, replace(CLOSING, affects_terms=False, act="Decreto 31"), by, make.at(60))
    assert counts(town)
    assert not counts(town, version=1)
    for version in (None, 2):
        assert [own.act for own in days.own_days(town, site, version)] == ["Decreto 31"]
    assert [own.act for own in days.own_days(town, site, 1)] == ["Decreto 30 de 2026"]
    assert days.own_days(town, site, 0) == []


def test_a_withdrawn_day_is_again_what_the_law_says(town: Session) -> None:
    site, by = make.site(town).id, make.official(town, "administracion").id
    row = add(town)[0]
    days.withdraw(town, site, row.id, "Se aplazó la jornada", by, make.at(60))
    assert counts(town)
    assert not counts(town, version=1)
    with pytest.raises(Missing):
        days.withdraw(town, site, row.id, "Otra vez", by, make.at(61))
    told = town.scalars(select(CalendarVersion).order_by(CalendarVersion.number)).all()
    assert [(one.number, one.change, one.why) for one in told] == [
        (1, "added", ""),
        (2, "withdrawn", "Se aplazó la jornada"),
    ]


def test_a_deadline_is_counted_again_with_the_calendar_as_it_was_on_a_day(town: Session) -> None:
    site = make.site(town).id
    add(town, minute=10)
    before, after = days.version_at(town, make.at(9)), days.version_at(town, make.at(11))
    assert (before, after) == (0, 1)
    start = date(2026, 11, 23)
    assert add_working_days(start, 1, calendar_of(town, site, before)).last == TUESDAY
    assert add_working_days(start, 1, calendar_of(town, site, after)).last == TUESDAY + timedelta(days=1)


def test_a_calendar_is_known_by_its_version_and_by_the_release_of_its_holidays(town: Session) -> None:
    site = make.site(town).id
    assert calendar_of(town, site).version == f"0/{days.RELEASE}"
    add(town)
    assert calendar_of(town, site).version == f"1/{days.RELEASE}"
    assert calendar_of(town, site, 0).version == f"0/{days.RELEASE}"


def test_what_one_site_closes_the_other_does_not_and_what_the_entity_closes_all_do(town: Session) -> None:
    add(town)
    add(town, replace(CLOSING, first=date(2026, 11, 27), last=date(2026, 11, 27), everywhere=True))
    other = Site(code="otra", name="Otra sede", address="Vereda")
    town.add(other)
    town.flush()
    elsewhere, entity = calendar_of(town, other.id), calendar_of(town, None)
    assert is_working_day(TUESDAY, elsewhere)
    assert is_working_day(TUESDAY, entity)
    assert not is_working_day(date(2026, 11, 27), elsewhere)
    assert not is_working_day(date(2026, 11, 27), entity)


WRONG = [
    ({"act": ""}, "act"),
    ({"act_date": date(2026, 11, 24)}, "act_date"),
    ({"last": date(2026, 11, 23)}, "last"),
    ({"last": date(2026, 12, 25)}, "last"),
    ({"opens": True, "stretches": ((time(8), time(8)),)}, "opens"),
    ({"opens": True, "stretches": ((time(8), time(12)), (time(11), time(13)))}, "opens_again"),
    ({"opens": True, "first": SATURDAY, "last": SATURDAY}, "opens"),
]


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_what_an_act_cannot_say_is_refused_beside_its_field(
    town: Session, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(town, replace(CLOSING, **wrong))  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_day_is_opened_or_closed_once_for_each_reach(town: Session, everywhere: bool) -> None:
    wanted = replace(CLOSING, everywhere=everywhere)
    add(town, wanted)
    with pytest.raises(Invalid, match="Decreto 30 de 2026"):
        add(town, replace(wanted, opens=True))
    add(town, replace(wanted, everywhere=not everywhere))


def test_a_day_keeps_its_place_when_it_is_corrected_to_the_date_it_had(town: Session) -> None:
    site, by = make.site(town).id, make.official(town, "administracion").id
    row = add(town)[0]
    again = days.correct(town, site, row.id, replace(CLOSING, act="Decreto 32"), by, make.at(1))
    assert again.day == TUESDAY


def test_a_day_of_another_site_does_not_exist_here(town: Session) -> None:
    row = add(town)[0]
    with pytest.raises(Missing):
        days.day_of(town, make.site(town).id + 1, row.id)


def test_the_log_tells_deadlines_which_days_changed(session: Session) -> None:
    with transaction(session):
        add(session)
    detail = session.scalars(select(Event.detail).where(Event.kind == "calendar changed")).one()
    assert detail == {
        "change": "added",
        "version": 1,
        "days": ["2026-11-24"],
        "act": "Decreto 30 de 2026",
        "everywhere": False,
        "affects_terms": True,
    }
