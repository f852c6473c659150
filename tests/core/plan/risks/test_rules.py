"""The four elements, what is still to be done about a risk, its reviews and who may verify them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.improvement.standing import Stage
from core.plan.cutoffs import Cutoff
from core.plan.risk import Impact, Probability, Zone
from core.plan.risks.describing import Elements, Fault, describe, faults
from core.plan.risks.reviewing import Need, WhyNot, need, why_not_verify
from core.plan.risks.standing import State, state_of
from core.plan.risks.valuing import value
from tests.make_risks import ELEMENTS

APRIL = Cutoff(1, date(2026, 1, 1), date(2026, 4, 30), date(2026, 5, 15))


def test_a_description_names_its_four_elements_and_makes_one_sentence() -> None:
    assert faults(ELEMENTS) == {}
    assert describe(ELEMENTS) == (
        "Posibilidad de ajustar los requisitos de un contrato, usando la facultad de elaborar los estudios previos, "
        "de modo que la alcaldía no escoge la mejor oferta, para beneficio de un proponente que paga por ello."
    )
    assert "usando SECOP II" in describe(replace(ELEMENTS, power="SECOP II."))
    for name in Elements.__slots__:
        for said, fault in (("", Fault.EMPTY), ("  ", Fault.EMPTY), ("plata", Fault.TOO_SHORT)):
            assert faults(replace(ELEMENTS, **{name: said})) == {name: fault}
    assert faults(replace(ELEMENTS, benefit="La facultad de elaborar los estudios previos.")) == {
        "benefit": Fault.REPEATED
    }
    assert len(faults(Elements("", "", "", ""))) == 4


def test_a_risk_is_treated_only_while_something_is_done_about_it() -> None:
    cases = [
        ((True, True, [Stage.OPEN]), State.RETIRED),
        ((False, False, []), State.TO_VALUE),
        ((False, True, []), State.TO_TREAT),
        ((False, True, [Stage.WITHDRAWN]), State.TO_TREAT),
        ((False, True, [Stage.DONE, Stage.OPEN]), State.TREATING),
        ((False, True, [Stage.NOT_EFFECTIVE]), State.TREATING),
        ((False, True, [Stage.DONE, Stage.EFFECTIVE, Stage.WITHDRAWN]), State.TREATED),
    ]
    for (retired, valued, stages), found in cases:
        assert state_of(retired, valued, stages) is found, stages


def test_a_review_is_asked_for_at_each_cutoff_that_a_risk_stood_at_and_missed_once_it_was_to_be_published() -> None:
    since, during = date(2026, 2, 1), date(2026, 3, 1)
    cases = [
        ((since, None, False, during), Need.OPEN),
        ((since, None, False, date(2026, 5, 15)), Need.OPEN),
        ((since, None, False, date(2026, 5, 16)), Need.MISSING),
        ((since, None, True, date(2026, 5, 16)), Need.DONE),
        ((since, None, False, date(2025, 12, 31)), Need.NOT_ASKED),
        ((date(2026, 4, 30), None, False, date(2026, 6, 1)), Need.MISSING),
        ((date(2026, 5, 1), None, False, date(2026, 6, 1)), Need.NOT_ASKED),
        ((since, date(2026, 4, 30), False, date(2026, 6, 1)), Need.NOT_ASKED),
        ((since, date(2026, 5, 1), False, date(2026, 6, 1)), Need.MISSING),
    ]
    for said, found in cases:
        assert need(APRIL, *said) is found, said


def test_nobody_verifies_a_review_that_they_made_nor_one_of_a_risk_that_they_valued() -> None:
    assert why_not_verify(9, False, 1, {1, 2}) is None
    assert why_not_verify(1, False, 1, {2}) is WhyNot.REVIEWED
    assert why_not_verify(2, False, 1, {2}) is WhyNot.VALUED
    assert why_not_verify(9, True, 1, {2}) is WhyNot.VERIFIED


def test_a_valuation_is_read_by_the_method_that_it_was_made_with() -> None:
    new, old = (value(method, 3, [1, 2, 3, 4, 5, 6], []) for method in ("2018", "2015"))
    assert (new.impact, new.zone, new.points) == (Impact.MAJOR, Zone.EXTREME, None)
    assert (old.impact, old.zone, old.points) == (Impact.MAJOR, Zone.HIGH, 30)
    assert (new.probability, new.yes, new.by_life) == (Probability.POSSIBLE, 6, False)
    assert value("2018", 1, [16], []).by_life
    assert not value("2015", 1, [16], []).by_life
