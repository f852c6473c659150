"""A year of the town hall: every figure of the three cut-offs of its plan is that of a query made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from core.db import transaction
from core.improvement import actions as improving
from core.improvement.actions import Proof
from core.petitions.model import Channel, Stage
from core.plan.cutoffs import Cutoff
from core.plan.figures import sources_of
from core.plan.followup import actions, overview, snapshot
from core.plan.followup.model import Snapshot
from core.plan.followup.standing import Verdict
from core.plan.measures import registered
from core.plan.model import Activity
from core.plan.progress import Accumulation
from core.plan.risks import actions as mapping
from core.plan.risks.actions import Looked
from core.reports.periods import Period
from core.surveys.model import Of
from core.turns import actions as turns
from tests import make, make_risks
from tests.core.plan import year_rules, year_told
from tests.core.plan.followups import activity, day, goal, judge, plan, report
from tests.core.plan.year_queries import QUERIES, by_hand, of_a_register

A_DAY = 24 * 60
DAYS = ((date(2026, 3, 3), date(2026, 4, 15)), (date(2026, 6, 2), date(2026, 8, 20)), (date(2026, 10, 6),))
"""Working days of each stretch on which something happens."""
GOALS = {
    "4.2.3": ("30", Accumulation.FLOW),
    "4.1.3": ("24", Accumulation.FLOW),
    "4.1.2": ("80", Accumulation.ACCUMULATED),
    "4.2.2": ("10", Accumulation.STOCK),
    "4.3.7": ("3", Accumulation.FLOW),
    "2.4.1": ("3", Accumulation.FLOW),
    "3.3.1": ("10", Accumulation.STOCK),
    "1.3.1": ("5", Accumulation.FLOW),
}
REGISTERED = ("induction", "training", "incentive", "education", "secop", "publication", "report", "audit_finding")
COUNTED = ("induction", "training", "education", "secop", "report", "dialogue")
"""Kinds that a link shows; an incentive and a publication want a file, and without it they count nothing."""
TYPED = {"2.4.1": ("1", None, "3"), "3.3.1": ("4", "7", "nothing new"), "1.3.1": ("nothing new", "2", "2.5")}
"""What is reported by hand of three activities; None: nobody reports."""

BY_RULES: dict[str, Callable[[Session, date], int]] = {
    "services_complete": lambda session, last: len(year_rules.whole_services(session, last)),
    "information_in_sight": lambda session, last: year_rules.what_lacks(session, last).count(0),
}
"""Figures that no single query counts: rows by plain queries, and the law said again over them."""
TOLD = {"4.1.1": ["23", "4", "14"], "4.1.5": ["2", "1", "3"]}
"""What the activities that they lead say in the three cut-offs, counted on the fingers from what the year tells."""


def minutes(on: date, hour: float = 0) -> float:
    """From the opening of the day that tests live in to an hour after the opening of another."""
    return (on - make.OPENING.date()).days * A_DAY + 60 * hour


def a_morning(session: Session, on: date, chance: Random) -> None:
    """Six turns, some of a priority group: attended, absent or gone."""
    with transaction(session):
        desk = make.desk(session, minute=minutes(on))
    for n in range(6):
        minute = minutes(on) + 20 * n
        with transaction(session):
            turn = make.turn(session, minute, chance.choice(["general", "general", "older"]))
        fate = chance.choice(["attended", "attended", "attended", "absent", "left"])
        called = minute + chance.randrange(2, 18)
        with transaction(session):
            if fate == "left":
                turns.leave(session, turn, make.at(called))
                continue
            turns.pick(session, desk, turn.id, "pick-same-matter", make.at(called))
            if fate == "absent":
                turns.mark_absent(session, desk, make.at(called + 4))
                continue
            turns.start(session, desk, make.at(called + 1))
            turns.finish(session, desk, [turns.Outcome(turn.service_id, "solved")], make.at(called + 4))


def a_pile(session: Session, on: date, chance: Random) -> None:
    """Petitions of that day, due in fifteen: answered in time, late or not at all."""
    for n in range(5):
        kind = chance.choice(["peticion_particular", "sugerencia", "queja"])
        one = make.petition(session, minutes(on, n), channel=chance.choice(list(Channel)), kind=kind)
        one.due_on = on + timedelta(days=15)
        one.stage = chance.choice([Stage.ANSWERED, Stage.ANSWERED, Stage.OPEN])
        one.stage_on = one.due_on + timedelta(days=chance.choice([-3, 0, 2]))


def a_stretch(session: Session, number: int, chance: Random, version: Any) -> None:
    """What happens in the days of a stretch."""
    with transaction(session):
        year_told.what_was_told(session, number)
    for on in DAYS[number - 1]:
        a_morning(session, on, chance)
        with transaction(session):
            a_pile(session, on, chance)
            for face in "5544312":
                make.opinion(session, version, {"all": [face], "solved": ["yes"]}, month=on.replace(day=1))
            one = make.improvement(session, minutes(on, 6), due_on=on + timedelta(days=9))
            if chance.random() < 0.6:
                shown = Proof(link="https://california-santander.gov.co/acta")
                improving.declare_done(session, one, "Listo.", shown, one.official_id, make.at(minutes(on, 9)))
    with transaction(session):
        what_was_registered(session, number, DAYS[number - 1])
        what_was_mapped(session, number, DAYS[number - 1][0])
    if number == 2:
        with transaction(session):
            make.protocol(session, minutes(DAYS[1][0]), valid_from=DAYS[1][0])


def what_was_registered(session: Session, number: int, days: Sequence[date]) -> None:
    """Entries of registers on each day: some count for one activity of two, one has nothing that shows it."""
    for on in days:
        for kind in REGISTERED:
            make.register(session, kind, day=on)
        make.register(session, "education", day=on, activities=["4.3.2"])
        make.register(session, "induction", day=on, link="")
        council = make.register(session, "dialogue", day=on)
        make.register(session, "commitment", day=on, done_on=on if number == 2 else None, below=council)


def what_was_mapped(session: Session, number: int, on: date) -> None:
    """A risk with all that the map asks for, looked at again in its cut-off; then one that was only identified."""
    if number == 1:
        first, by = make_risks.whole(session, minutes(on)), make.official(session, "pqrsd").id
        cutoff, looked = overview.cutoff_of(session, plan(session), 1), Looked(True, "Todo sigue igual.", "")
        mapping.review(session, first, 2026, cutoff, looked, by, make.at(minutes(on, 2)))
    if number == 2:
        make_risks.risk(session, minutes(on))


def a_cut_off(session: Session, number: int) -> Snapshot:
    """Planning reports all that is reported, internal control verifies it and publishes."""
    at = (day(5, 4), day(9, 1), day(1, 4, 2027))[number - 1]
    with transaction(session):
        for one in plan(session).activities:
            typed = TYPED.get(one.code)
            if typed is None and not sources_of(one).leads:
                continue
            said: dict[str, Any] = {"done": "Se hizo lo del corte."}
            if typed is not None:
                if typed[number - 1] is None:
                    continue
                new = typed[number - 1] == "nothing new"
                said |= {"value": None if new else Fraction(str(typed[number - 1])), "nothing_new": new}
            made = report(session, one.code, number, at, **said)
            judge(session, made, Verdict.DISAGREES if one.code == "4.1.3" else Verdict.AGREES, "Se contó.")
        return actions.publish(
            session, plan(session), number, make.official(session, "supervision").id, at, as_it_is=True
        )


def days_of(one: Activity, cutoff: Cutoff) -> tuple[date, date]:
    """Those that a figure is taken over, by the name of its measure or by the goal."""
    whole = ("petitions_on_time", "petitions_online", "channels_in_use", "priority_on_time")
    whole += ("audit_findings_included", "risk_treatments_done")
    since_january = sources_of(one).leads in whole or GOALS.get(one.code, ("", None))[1] is Accumulation.ACCUMULATED
    return (date(2026, 1, 1) if since_january else cutoff.first), cutoff.last


def test_every_figure_of_three_cut_offs_is_that_of_a_query_by_hand(town: Session) -> None:
    chance, found = Random(3), list[Snapshot]()
    with transaction(town):
        for code, (value, accumulation) in GOALS.items():
            goal(town, code, value, accumulation=accumulation)
        version = make.survey(town, Of.OPEN, code="year", opens_on=date(2026, 1, 1))
        year_told.since_january(town)
    checked = set[str]()
    for number in (1, 2, 3):
        a_stretch(town, number, chance, version)
        found.append(a_cut_off(town, number))
        checked |= check_figures(town, found[-1], number)
    assert checked >= QUERIES.keys() | BY_RULES.keys() | {f"register_{kind}" for kind in COUNTED}
    months = {one.code: one.month_numbers or list(range(1, 13)) for one in plan(town).activities}
    check_progress([snapshot.read(one) for one in found], months)
    for one in found:
        assert snapshot.is_as_published(town, one)
        assert snapshot.digest(one.content.replace("Se hizo", "Se hízo", 1)) != one.digest


def check_figures(session: Session, found: Snapshot, number: int) -> set[str]:
    """Every figure that stands in a snapshot is what the query says, of what was there when it was reported."""
    cutoff, checked = overview.cutoff_of(session, plan(session), number), set[str]()
    for said in activities(snapshot.read(found)):
        if not said["reports"]:
            continue
        figures = said["reports"][-1]["figures"]
        first, last = days_of(activity(session, said["code"]), cutoff)
        for figure in filter(None, (figures["leads"], *figures["beside"])):
            name = figure["measure"]
            expected = worked_out(session, name, said["code"], first, last)
            assert figure["value"] == (None if expected is None else str(expected)), (number, said["code"], name)
            checked |= {name} if expected or not name.startswith("register_") else set()
    check_what_was_told(session, cutoff)
    return checked


def worked_out(session: Session, name: str, code: str, first: date, last: date) -> Fraction | None:
    """What a figure of an activity should be, without asking its measure."""
    if name.startswith("register_"):
        return Fraction(of_a_register(session, name, code, first, last))
    return Fraction(BY_RULES[name](session, last)) if name in BY_RULES else by_hand(session, name, first, last)


def check_what_was_told(session: Session, cutoff: Cutoff) -> None:
    """Which services are whole and how much each content lacks, one by one: sums that are right may be so by chance."""
    services, contents = (
        registered()[name].count(session, Period(cutoff.first, cutoff.last)).records(0, 99) for name in BY_RULES
    )
    assert {one.id for one in services if one.counts} == year_rules.whole_services(session, cutoff.last)
    assert [int(one.said or 0) for one in contents] == year_rules.what_lacks(session, cutoff.last)


def activities(content: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [one for part in content["components"] for meta in part["metas"] for one in meta["activities"]]


def check_progress(contents: Sequence[dict[str, Any]], months: dict[str, list[int]]) -> None:
    """Progress of each activity, worked out from what each cut-off reported and from the months of its schedule."""
    by_code = [{one["code"]: one for one in activities(content)} for content in contents]
    for n, of in enumerate(by_code):
        assert contents[n]["progress"]["with_goal"] == len(GOALS)
        for code, one in of.items():
            over = [month for month in months[code] if month <= (4, 8, 12)[n]]
            assert one["expected"] == str(Fraction(100 * len(over), len(months[code]))), (n, code)
            last = [each[code]["reports"][-1]["value"] for each in by_code[: n + 1] if each[code]["reports"]]
            told = [Fraction(value) for value in last if value is not None]
            if code not in GOALS or not told:
                assert (one["real"], one["band"]) == (None, None), code
                continue
            goal_of, accumulation = GOALS[code]
            reached = sum(told, Fraction(0)) if accumulation is Accumulation.FLOW else told[-1]
            real = 100 * reached / Fraction(goal_of)
            band = None if not (real or over) else "low" if real < 60 else "middle" if real < 80 else "high"
            assert (one["real"], one["band"]) == (str(real), band), (n, code)
    _first, second, last = by_code
    assert [last[code]["state"] for code in ("2.4.1", "4.1.3", "2.1.1")] == ["agrees", "disagrees", "agrees"]
    assert (second["2.4.1"]["state"], second["2.4.1"]["value"]) == ("unreported", "1")
    for code, values in TOLD.items():
        assert [each[code]["reports"][-1]["value"] for each in by_code] == values, code
    assert (last["3.3.1"]["value"], last["1.3.1"]["value"]) == ("7", "9/2")
