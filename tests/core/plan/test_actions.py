"""Goals, weights, sources and corrections are rows that stay, and what is not known is never nought."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.db import transaction
from core.errors import Invalid
from core.plan import actions, figures, finding
from core.plan.actions import NewGoal, NewValue
from core.plan.measures import Unit, registered
from core.plan.model import Activity, ChosenSources
from core.plan.progress import Accumulation, Band
from core.plan.sources import Sources
from core.reports.periods import Period
from tests import make

FIRST, SECOND = Period(date(2026, 1, 1), date(2026, 4, 30)), Period(date(2026, 5, 1), date(2026, 8, 31))
FLOW = Accumulation.FLOW
LATER = datetime(2026, 12, 1, 9, tzinfo=BOGOTA)


def activity(session: Session, code: str = "4.2.3") -> Activity:
    """An activity of the plan of 2026, which the first content brings."""
    return finding.activity_of(session, 2026, code)


def goal(session: Session, of: Activity, **more: Any) -> None:
    said = {"goal": Fraction(10), "baseline": Fraction(0), "unit": "turnos", "accumulation": Accumulation.FLOW}
    said |= {"act": "Decreto 5 de 2026", "since": date(2026, 1, 15)}
    actions.set_goal(session, of, NewGoal(**(said | more)), make.official(session, "administracion").id, LATER)


def test_a_new_goal_stands_beside_the_one_before_and_keeps_its_weight(town: Session) -> None:
    of = activity(town, "4.3.7")
    goal(town, of)
    goal(town, of, goal=Fraction(25, 2), baseline=Fraction(3), unit="informes", accumulation=Accumulation.STOCK)
    assert [(one.number, one.goal, one.unit, one.act) for one in of.targets] == [
        (1, "10", "turnos", "Decreto 5 de 2026"),
        (2, "25/2", "informes", "Decreto 5 de 2026"),
    ]
    assert of.target is of.targets[-1]
    wrong = {
        "goal": {"goal": Fraction(2), "baseline": Fraction(3), "accumulation": Accumulation.STOCK},
        "act": {"act": " "},
        "unit": {"unit": ""},
        "since": {"since": date(2024, 12, 31)},
    }
    for field, more in wrong.items():
        with pytest.raises(Invalid) as refused:
            goal(town, of, **more)
        assert refused.value.field == field
    assert len(of.targets) == 2


def test_a_share_or_a_mean_is_never_added_up_nor_goes_over_a_hundred(town: Session) -> None:
    share, count = activity(town, "4.1.2"), activity(town, "4.3.7")
    by = make.official(town, "administracion").id
    for field, more in (("accumulation", {}), ("goal", {"goal": Fraction(101), "accumulation": Accumulation.STOCK})):
        with pytest.raises(Invalid) as refused:
            goal(town, share, **more)
        assert refused.value.field == field
    goal(town, share, accumulation=Accumulation.ACCUMULATED)
    goal(town, count)
    with pytest.raises(Invalid, match="fíjela antes") as refused:
        actions.choose_sources(town, count, Sources("satisfaction"), "Dice más.", by, LATER)
    assert refused.value.field == "leads"
    goal(town, count, accumulation=Accumulation.STOCK)
    actions.choose_sources(town, count, Sources("satisfaction"), "Dice más.", by, LATER)
    added = [one.name for one in registered().values() if one.unit is not Unit.COUNT and one.adds_up is FLOW]
    assert added == []


def test_weights_are_set_for_a_whole_meta_and_are_100_together_or_none(town: Session) -> None:
    meta, by = finding.meta_of(town, 2026, "1.2"), make.official(town, "administracion").id
    first, second = (one.id for one in meta.activities)

    def weigh(*weights: int | None) -> None:
        each = {
            one: None if weight is None else Fraction(weight)
            for one, weight in zip((first, second), weights, strict=True)
        }
        actions.set_weights(town, meta, each, "Acta 4", date(2026, 2, 1), by, LATER)

    with pytest.raises(Invalid, match="Fije primero la meta de la actividad"):
        weigh(60, 40)
    for one in meta.activities:
        goal(town, one)
    with pytest.raises(Invalid, match="suman 90"):
        weigh(60, 30)
    with pytest.raises(Invalid, match="de todas las actividades, o de ninguna"):
        weigh(100, None)
    weigh(60, 40)
    assert [one.target.weight for one in meta.activities if one.target] == ["60", "40"]
    goal(town, meta.activities[0], goal=Fraction(20))
    assert meta.activities[0].target.weight == "60"  # type: ignore[union-attr]
    with pytest.raises(Invalid, match="No cambió nada"):
        weigh(60, 40)
    weigh(None, None)
    assert [len(one.targets) for one in meta.activities] == [4, 3]


def test_what_is_measured_stays_beside_what_it_was_corrected_to(town: Session) -> None:
    of, by = activity(town), make.official(town, "administracion").id
    assert figures.figure_of(town, of, FIRST).value == 0
    new = NewValue(value=Fraction(120), reason="El quiosco estuvo fuera de línea.", evidence="Acta 7 de 2026")
    actions.correct(town, of, FIRST, new, by, LATER)
    told = figures.figure_of(town, of, FIRST)
    assert (told.value, told.measured) == (120, 0)
    assert (told.corrections[-1].measured, told.corrections[-1].corrected_by) == ("0", by)
    assert figures.figure_of(town, of, SECOND).corrections == ()
    actions.correct(
        town, of, FIRST, NewValue(value=Fraction(100), reason="Se contó otra vez.", evidence="Acta 8"), by, LATER
    )
    assert figures.figure_of(town, of, FIRST).value == 100
    assert figures.value_by(town, of, SECOND) == 100
    with pytest.raises(Invalid, match="ya terminó"):
        actions.correct(town, of, Period(date(2026, 9, 1), date(2026, 12, 31)), new, by, LATER)
    with pytest.raises(Invalid, match="Ya vale eso"):
        actions.correct(town, of, FIRST, NewValue(value=Fraction(100), reason="Otra.", evidence="Acta"), by, LATER)
    share = activity(town, "4.1.2")
    assert actions.correctable(share, LATER.date())[1] == Period(date(2026, 1, 1), date(2026, 8, 31))
    with pytest.raises(Invalid, match="porcentaje"):
        actions.correct(town, share, FIRST, NewValue(value=Fraction(101), reason="Sí.", evidence="Acta"), by, LATER)


def test_what_no_measure_counts_is_not_known_and_breaks_nothing(town: Session) -> None:
    of, by = activity(town), make.official(town, "administracion").id
    of.chosen.append(ChosenSources(leads="of_another_house", beside=[], reason="Sí", chosen_by=by, chosen_at=LATER))
    town.flush()
    goal(town, of)
    told = figures.figure_of(town, of, FIRST)
    assert (told.value, told.leads.name if told.leads else "") == (None, "of_another_house")
    advance = figures.Figures(town).advance(of, SECOND.last)
    assert (advance.value, advance.real, advance.band) == (None, None, None)
    by_hand = activity(town, "1.3.1")
    assert figures.figure_of(town, by_hand, FIRST).leads is None
    assert figures.Figures(town).value_by(by_hand, SECOND.last, {FIRST: Fraction(2), SECOND: Fraction(3)}) == 5
    assert figures.Figures(town).value_by(by_hand, SECOND.last) is None


def test_an_activity_advances_towards_its_goal_and_without_one_is_only_counted(town: Session) -> None:
    of = activity(town)
    with transaction(town):
        for n in range(4):
            make.finished(town, n * 10)
    counting = figures.Figures(town)
    assert counting.advance(of, date(2026, 11, 30)).real is None
    assert counting.advance(of, date(2026, 11, 30)).value == 4
    goal(town, of, goal=Fraction(5))
    told = figures.Figures(town).advance(of, date(2026, 11, 30))
    assert (told.real, told.band) == (80, Band.HIGH)
    assert figures.Figures(town).value_by(of, date(2026, 11, 22)) == 0


def test_sources_are_chosen_with_a_reason_from_what_can_be_measured(town: Session) -> None:
    of, by = activity(town, "1.3.1"), make.official(town, "administracion").id
    chosen = Sources("petitions_received", ("satisfaction",))
    actions.choose_sources(town, of, chosen, "Se opina de contratos por petición.", by, LATER)
    assert figures.sources_of(of) == chosen
    for sources, reason, field in (
        (Sources("what_nobody_counts"), "Sí", "leads"),
        (Sources("petitions_received", ("nothing",)), "Sí", "beside"),
        (chosen, "Sí", "leads"),
        (Sources("satisfaction"), "", "reason"),
        (Sources("satisfaction"), "Llamar al 310 555 1234", "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.choose_sources(town, of, sources, reason, by, LATER)
        assert refused.value.field == field
    assert len(of.chosen) == 1


def test_who_answers_for_a_role_is_named_and_who_no_longer_does_stays_in_its_history(town: Session) -> None:
    plan, by = activity(town).plan, make.official(town, "administracion").id
    one, other = make.official(town, "pqrsd").id, make.official(town, "ventanilla1").id
    actions.name_holders(town, plan, "ventanilla", [one], by, make.at())
    actions.name_holders(town, plan, "ventanilla", [other], by, LATER)
    assert [row.official_id for row in finding.holders(plan)["ventanilla"]] == [other]
    assert [(row.official_id, row.since, row.until) for row in plan.holders] == [
        (one, make.at(), LATER),
        (other, LATER, None),
    ]
    assert finding.answering_for(town, activity(town, "4.1.2")) == [other]
    for role, officials in (("nadie", [one]), ("ventanilla", [10**6]), ("ventanilla", [other])):
        with pytest.raises(Invalid):
            actions.name_holders(town, plan, role, officials, by, LATER)
