"""What asks for somebody in the hall, without a database."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from admin.alerts import Doing, Foreseen, Kind, Place, Stall, alerts
from core.disk import Room
from core.turns.outlook.risk import AT_RISK_FROM
from core.turns.outlook.row import ServiceOutlook, Standing
from tests import make

TAXES, SISBEN = 1, 2


def place(minutes: float = 0, target: float = 45, service_id: int = TAXES, turn_id: int = 1) -> Place:
    return Place(turn_id, f"A {turn_id:03d}", service_id, "Predial", "General", False, 0, minutes * 60, target * 60)


def stall(label: str = "1", doing: Doing = Doing.FREE, minutes: float = 0, serves: int = TAXES) -> Stall:
    return Stall(
        int(label), label, "Hacienda", doing, frozenset({serves}), official_id=1, lasted=minutes * 60, usual=600
    )


def kinds(places: list[Place], stalls: list[Stall], leftovers: int = 0) -> list[Kind]:
    return [alert.kind for alert in alerts(places, stalls, [], leftovers)]


def test_a_wait_is_at_risk_from_seventy_percent_of_its_target_or_if_its_service_fails_and_over_from_all_of_it() -> None:
    assert AT_RISK_FROM == 0.7
    passing = datetime(2026, 11, 23, 9, 40)
    for minutes, more, expected in [
        (0, {}, Standing.ON_TARGET),
        (31.4, {}, Standing.ON_TARGET),
        (31.5, {}, Standing.AT_RISK),
        (44.9, {}, Standing.AT_RISK),
        (45, {}, Standing.OVER),
        (1, {"fails": True}, Standing.AT_RISK),
        (45, {"fails": True}, Standing.OVER),
        (50, {"lets_pass_until": passing}, Standing.ON_TARGET),
    ]:
        assert replace(place(minutes), **more).standing is expected, (minutes, more)


def test_nothing_asks_for_anybody_while_all_goes_well() -> None:
    assert kinds([place(1)], [stall(doing=Doing.ATTENDING)]) == []


def test_a_late_wait_names_the_windows_that_could_attend_it_and_no_other() -> None:
    stalls = [
        stall("1", Doing.ATTENDING),
        stall("2", Doing.FREE),
        stall("3", Doing.PAUSE),
        stall("4", Doing.CLOSED),
        stall("5", Doing.FREE, serves=SISBEN),
    ]
    (alert,) = alerts([place(50)], stalls, [], 0)
    assert alert.kind is Kind.LATE
    assert (alert.busy, alert.free, alert.away, alert.closed) == (("1",), ("2",), ("3",), ("4",))


def test_a_service_has_one_alert_about_its_worst_wait_measured_by_its_target() -> None:
    general, priority = place(40, target=45, turn_id=1), place(20, target=15, turn_id=2)
    (alert,) = alerts([general, priority], [stall(doing=Doing.ATTENDING)], [], 0)
    assert alert.place == priority
    assert alert.count == 2


def test_a_wait_that_is_foreseen_to_fail_alerts_before_it_does_with_the_window_that_helps_most_first() -> None:
    stalls = [stall("1", Doing.ATTENDING), *(stall(label, Doing.CLOSED) for label in "234")]
    taxes = ServiceOutlook(1, 60, 30.0, 47.2, 45, Standing.AT_RISK, 300.0, fails=True)
    helps = {(3, TAXES): (48, 27), (2, TAXES): (48, 40), (4, SISBEN): (90, 10)}
    foreseen = Foreseen(services={TAXES: taxes}, brings=helps, asked={4: make.at()})
    (alert,) = alerts([replace(place(1), fails=True)], stalls, [], 0, foreseen=foreseen)
    assert (alert.kind, alert.foreseen) == (Kind.AT_RISK, taxes)
    assert [opening.label for opening in alert.to_open] == ["3", "2", "4"], "what 4 does for others is of no use here"
    assert [opening.asked_at for opening in alert.to_open] == [None, None, make.at()]
    nobody = alerts([place(1)], stalls[1:], [], 0, foreseen=Foreseen(brings={(4, TAXES): (None, 9)}))
    assert [opening.label for opening in nobody[0].to_open] == ["4", "2", "3"]


def test_a_service_that_no_open_window_attends_alerts_from_the_first_minute() -> None:
    assert kinds([place(0)], [stall(doing=Doing.CLOSED)]) == [Kind.NOBODY]
    assert kinds([place(0)], []) == [Kind.NOBODY]


@pytest.mark.parametrize(("minutes", "expected"), [(4.9, []), (5, [Kind.UNANSWERED])])
def test_a_call_that_nobody_answers_for_five_minutes_alerts(minutes: float, expected: list[Kind]) -> None:
    assert kinds([], [stall(doing=Doing.CALLING, minutes=minutes)]) == expected


@pytest.mark.parametrize(("minutes", "usual", "expected"), [(29, 1, []), (30, 1, [Kind.LONG]), (59, 20, [])])
def test_an_attention_alerts_at_three_times_its_usual_length_and_never_before_half_an_hour(
    minutes: float, usual: float, expected: list[Kind]
) -> None:
    assert kinds([], [replace(stall(doing=Doing.ATTENDING, minutes=minutes), usual=usual * 60)]) == expected


def test_a_free_window_alerts_only_if_somebody_waits_for_what_it_attends() -> None:
    idle = stall(doing=Doing.FREE, minutes=3)
    busy = stall("2", Doing.ATTENDING, serves=SISBEN)
    assert kinds([place(1, service_id=SISBEN)], [idle, busy]) == []
    assert kinds([place(1)], [idle]) == [Kind.IDLE]


def test_who_waits_for_an_official_who_left_is_told() -> None:
    assert kinds([replace(place(1), alone=True)], [stall(doing=Doing.ATTENDING)]) == [Kind.APART]


def test_the_most_pressing_comes_first() -> None:
    found = alerts(
        [place(50), place(0, service_id=SISBEN, turn_id=2)], [stall("1", Doing.CALLING, minutes=6)], [(7, 1, 9)], 3
    )
    assert [alert.kind for alert in found] == [Kind.HELP, Kind.NOBODY, Kind.LATE, Kind.UNANSWERED, Kind.LEFTOVERS]
    assert (found[0].help_id, found[0].since) == (7, 9)
    assert found[-1].count == 3


def test_who_lets_others_pass_makes_no_window_idle_and_no_wait_late() -> None:
    passing = replace(place(50), lets_pass_until=datetime(2026, 11, 23, 9, 40))
    assert kinds([passing], [stall(doing=Doing.FREE, minutes=3)]) == []
    assert kinds([passing], [stall(doing=Doing.CLOSED)]) == []
    assert kinds([passing, place(50, turn_id=2)], [stall(doing=Doing.ATTENDING)]) == [Kind.LATE]


def test_a_clock_that_was_set_back_alerts_with_the_size_of_the_step_until_it_catches_up() -> None:
    (alert,) = alerts([], [], [], 0, timedelta(hours=2))
    assert (alert.kind, alert.lead) == (Kind.CLOCK, 7200)
    assert alerts([], [], [], 0, timedelta()) == []


def test_a_disk_alerts_from_eighty_five_percent_and_comes_before_the_waits_from_ninety_five() -> None:
    late, taken = place(50), stall(doing=Doing.ATTENDING)

    def found(used: int) -> list[Kind]:
        room = Room(Path("/somewhere"), used, 100 - used)
        return [alert.kind for alert in alerts([late], [taken], [], 1, room=room)]

    assert found(84) == [Kind.LATE, Kind.LEFTOVERS]
    assert found(85) == [Kind.LATE, Kind.DISK_SOON, Kind.LEFTOVERS]
    assert found(95) == [Kind.DISK, Kind.LATE, Kind.LEFTOVERS]
