"""Breaks that are planned for a window: what fits beside what, what of a day is still to come, and what is refused."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import desks
from core.audit import Act, Thing
from core.audit.model import Entry
from core.breaks import actions as breaks
from core.breaks.model import PlannedBreak
from core.breaks.planned import Break, still_to_come
from core.errors import Invalid, Missing
from tests import make

WORKING_DAYS = frozenset(range(1, 6))


def planned(starts: str, ends: str, weekdays: frozenset[int] = WORKING_DAYS) -> Break:
    return Break(weekdays, time.fromisoformat(starts), time.fromisoformat(ends))


def hour(text: str) -> datetime:
    return datetime.combine(make.OPENING.date(), time.fromisoformat(text), make.OPENING.tzinfo)


def test_two_breaks_cross_where_both_are_at_once_on_some_day() -> None:
    ten = planned("10:00", "10:15")
    for other, cross in (
        (planned("10:00", "10:15"), True),
        (planned("09:00", "12:00"), True),
        (planned("10:05", "10:10"), True),
        (planned("09:50", "10:01"), True),
        (planned("10:14", "10:30"), True),
        (planned("10:15", "10:30"), False),
        (planned("09:45", "10:00"), False),
        (planned("10:00", "10:15", frozenset({6})), False),
        (planned("10:00", "10:15", frozenset({5, 6})), True),
    ):
        assert (ten.crosses(other), other.crosses(ten)) == (cross, cross), other


def test_a_break_is_to_come_until_it_ends_or_a_pause_touches_it() -> None:
    coffee, lunch = planned("10:00", "10:15"), planned("12:30", "13:00")
    for now, pauses, coming in (
        ("08:00", [], [coffee, lunch]),
        ("10:14", [], [coffee, lunch]),
        ("10:15", [], [lunch]),
        ("10:05", [("09:30", "09:40")], [coffee, lunch]),
        ("10:00", [("09:50", "10:00")], [coffee, lunch]),
        ("10:02", [("09:50", "10:01")], [lunch]),
        ("10:14", [("10:10", "10:12")], [lunch]),
        ("09:55", [("09:55", "10:01")], [lunch]),
        ("13:00", [], []),
    ):
        spans = [(hour(began), hour(back)) for began, back in pauses]
        found = [starts.time() for starts, _ends in still_to_come([lunch, coffee], spans, hour(now))]
        assert found == [one.starts for one in coming], now
    assert still_to_come([coffee], [], hour("08:00") + timedelta(days=5)) == [], "on a Saturday"


def test_what_cannot_be_planned_says_what_to_mend_and_what_can_leaves_its_row_in_the_trail(town: Session) -> None:
    site, window, by = make.site(town).id, make.window(town).id, make.official(town, "supervision").id
    row = breaks.plan(town, site, window, planned("10:00", "10:15"), by, make.at())
    for wanted, field, words in (
        (planned("10:00", "10:15", frozenset()), "weekdays", "al menos un día"),
        (planned("11:00", "11:00"), "ends", "después de empezar"),
        (planned("11:00", "10:30"), "ends", "después de empezar"),
        (planned("10:10", "10:20"), "starts", "10:00–10:15"),
        (planned("06:00", "06:10"), "starts", "Los lunes la sede atiende"),
        (planned("10:30", "10:40", frozenset({7})), "weekdays", "Los domingos la sede no abre"),
    ):
        with pytest.raises(Invalid) as caught:
            breaks.plan(town, site, window, wanted, by, make.at())
        assert (caught.value.field, words in str(caught.value)) == (field, True), str(caught.value)
    breaks.plan(town, site, make.window(town, "2").id, planned("10:10", "10:20"), by, make.at())
    assert not breaks.change(town, site, row.id, window, planned("10:00", "10:15"), by, make.at())
    assert breaks.change(town, site, row.id, window, planned("10:05", "10:20"), by, make.at())
    with pytest.raises(Missing):
        breaks.plan(town, site, 10**6, planned("10:30", "10:45"), by, make.at())
    with pytest.raises(Missing):
        breaks.end(town, site + 1, row.id, by, make.at())
    breaks.end(town, site, row.id, by, make.at())
    town.commit()
    assert [one.window.label for one in breaks.of_site(town, site)] == ["2"]
    trail = select(Entry.act).where(Entry.thing == Thing.PLANNED_BREAK.value).order_by(Entry.seq)
    assert list(town.scalars(trail)) == [Act.ADDED, Act.ADDED, Act.CHANGED, Act.WITHDRAWN]


def test_a_pause_counts_for_the_break_that_it_will_reach(town: Session) -> None:
    site, desk = make.site(town).id, make.desk(town)
    town.add(PlannedBreak(window_id=desk.window_id, weekdays=[1], starts=time(10), ends=time(10, 15)))
    town.flush()
    desks.go_away(town, desk, "pause", "pause-break", hour("09:50"), hour("10:05"))
    assert breaks.to_come(town, site, hour("09:51")) == {desk.window_id: []}
    desks.come_back(town, site, desk.official_id, hour("09:53"))
    assert len(breaks.to_come(town, site, hour("09:54"))[desk.window_id]) == 1, "they came back before it began"
    desks.go_away(town, desk, "pause", "pause-break", hour("09:58"))
    assert len(breaks.to_come(town, site, hour("09:58"))[desk.window_id]) == 1
    assert breaks.to_come(town, site, hour("09:58"), timedelta(minutes=6)) == {desk.window_id: []}
