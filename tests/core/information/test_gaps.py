"""What of the six contents is missing or old, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from core.calendar import Hours
from core.information.gaps import Content, Gap, Known, Lack, ServiceKnown, TextKnown, a_year_before, gaps

TODAY = date(2026, 11, 23)
PREDIAL = ServiceKnown(1, "Predial", True, True, True, True)
TEXT = TextKnown(2026, "Decreto 12 de 2026", True)
WEEK = tuple(Hours(day, *stretch) for day in range(1, 6) for stretch in ((time(8), time(12)), (time(14), time(18))))
WHOLE = Known(
    charter=TEXT,
    complaints=TEXT,
    contact={"office": "Despacho", "person": "Ana Ruiz", "position": "Secretaria", "phone": "", "email": "a@b.co"},
    services=(PREDIAL,),
    hours=WEEK,
    has_address=True,
    has_way=True,
    reviewed=dict.fromkeys(Content, TODAY),
)


def test_nothing_is_missing_when_the_public_sees_all_that_it_must() -> None:
    assert gaps(WHOLE, TODAY) == []


@pytest.mark.parametrize(
    ("known", "gap"),
    [
        (replace(WHOLE, charter=None), Gap(Content.RIGHTS, Lack.NO_TEXT)),
        (replace(WHOLE, charter=replace(TEXT, year=2025)), Gap(Content.RIGHTS, Lack.ANOTHER_YEAR)),
        (replace(WHOLE, charter=replace(TEXT, act="")), Gap(Content.RIGHTS, Lack.NO_ACT)),
        (replace(WHOLE, charter=replace(TEXT, english=False)), Gap(Content.RIGHTS, Lack.NO_ENGLISH)),
        (replace(WHOLE, services=()), Gap(Content.SERVICES, Lack.NO_SERVICES)),
        (
            replace(WHOLE, services=(PREDIAL, replace(PREDIAL, id=2, name="Paz", has_time=False))),
            Gap(Content.TIMES, Lack.NO_TIME, ((2, "Paz"),)),
        ),
        (
            replace(WHOLE, services=(replace(PREDIAL, described=False),)),
            Gap(Content.SERVICES, Lack.NO_DESCRIPTION, ((1, "Predial"),)),
        ),
        (
            replace(WHOLE, services=(replace(PREDIAL, in_english=False),)),
            Gap(Content.SERVICES, Lack.NO_ENGLISH, ((1, "Predial"),)),
        ),
        (
            replace(WHOLE, services=(replace(PREDIAL, requirements_told=False),)),
            Gap(Content.REQUIREMENTS, Lack.NO_REQUIREMENTS, ((1, "Predial"),)),
        ),
        (replace(WHOLE, hours=()), Gap(Content.HOURS, Lack.NO_HOURS)),
        (replace(WHOLE, hours=WEEK[1:]), Gap(Content.HOURS, Lack.FEW_HOURS)),
        (replace(WHOLE, has_address=False), Gap(Content.HOURS, Lack.NO_ADDRESS)),
        (replace(WHOLE, has_way=False), Gap(Content.HOURS, Lack.NO_WAY)),
        (replace(WHOLE, complaints=None), Gap(Content.COMPLAINTS, Lack.NO_TEXT)),
        (
            replace(WHOLE, contact={"office": "Despacho", "phone": "607 1"}),
            Gap(Content.COMPLAINTS, Lack.NO_CONTACT, fields=("person", "position")),
        ),
        (
            replace(WHOLE, contact={"office": "Despacho", "person": "Ana", "position": "Jefe"}),
            Gap(Content.COMPLAINTS, Lack.NO_CHANNEL),
        ),
        (replace(WHOLE, complaints=replace(TEXT, english=False)), Gap(Content.COMPLAINTS, Lack.NO_ENGLISH)),
        (
            replace(WHOLE, reviewed=dict.fromkeys(Content, TODAY) | {Content.HOURS: date(2025, 11, 22)}),
            Gap(Content.HOURS, Lack.NOT_REVIEWED),
        ),
    ],
    ids=lambda value: f"{value.content} {value.lack}" if isinstance(value, Gap) else "",
)
def test_each_lack_is_told_once_and_alone(known: Known, gap: Gap) -> None:
    assert gaps(known, TODAY) == [gap]


def test_the_charter_of_this_year_is_old_on_the_first_day_of_the_next() -> None:
    assert gaps(WHOLE, date(2026, 12, 31)) == []
    assert gaps(WHOLE, date(2027, 1, 1)) == [Gap(Content.RIGHTS, Lack.ANOTHER_YEAR)]


def test_a_review_is_good_for_a_year_to_the_day() -> None:
    once = replace(WHOLE, reviewed=dict.fromkeys(Content, date(2025, 11, 23)))
    assert gaps(once, TODAY) == []
    assert {gap.lack for gap in gaps(replace(once, reviewed={}), TODAY)} == {Lack.NOT_REVIEWED}


def test_a_year_before_a_leap_day_is_the_twenty_eighth() -> None:
    assert a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)
