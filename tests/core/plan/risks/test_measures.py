"""What the plan counts of risks is what a hand counts from their rows, with the risks behind each figure."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from core.improvement import actions as improving
from core.improvement.actions import Proof
from core.plan.measures import Figure, registered
from core.plan.risks import actions, overview
from core.plan.risks.actions import Looked
from core.reports.periods import Period
from tests import make, make_risks

LAST = Period(date(2026, 9, 1), date(2026, 12, 31))
BEFORE = Period(date(2026, 5, 1), date(2026, 8, 31))


def figure(session: Session, name: str, period: Period = LAST) -> Figure:
    return registered()[name].count(session, period)


def labels(found: Figure, *, counting: bool = True) -> list[str]:
    return [record.label for record in found.records(0, 100) if record.counts or not counting]


def test_each_figure_of_risks_has_the_risks_behind_it(session: Session) -> None:
    for name in ("risk_maps", "risk_controls", "risks_valued", "risks_without_control"):
        assert (figure(session, name).value, figure(session, name).count) == (0, 0), name
    for name in ("risks_with_causes", "risks_described", "risk_treatments_done", "risk_reviews"):
        assert figure(session, name).value is None, name
    whole, bare = make_risks.whole(session), make_risks.risk(session, 1)
    other = make_risks.whole(session, 2, office="planning")
    clerk = make.official(session, "pqrsd").id
    for name, value, told in (
        ("risk_maps", 1, [other.office.name]),
        ("risks_with_causes", 100, [whole.code, bare.code, other.code]),
        ("risks_described", 100, [whole.code, bare.code, other.code]),
        ("risk_controls", 2, [f"{whole.code} · 1", f"{other.code} · 1"]),
        ("risks_without_control", 1, [bare.code]),
        ("risks_valued", 2, [whole.code, other.code]),
        ("risk_treatments_done", 0, []),
        ("risk_reviews", 0, []),
    ):
        found = figure(session, name)
        assert (found.value, labels(found)) == (value, told), name
        assert figure(session, name, BEFORE).value in (0, None), name
    done = other.treatments[0].improvement
    improving.declare_done(session, done, "Listo.", Proof(link="https://a.co"), clerk, make.at(5))
    treated = figure(session, "risk_treatments_done")
    assert (treated.value, treated.base, labels(treated)) == (Fraction(50), 2, [done.code])
    cutoff = overview.cutoffs_of(session, whole.site_id, [2026])[-1][1]
    for risk in (whole, bare, other):
        assert figure(session, "risk_reviews").value == 0
        actions.review(session, risk, 2026, cutoff, Looked(True, "Igual.", ""), clerk, make.at(6))
    reviewed = figure(session, "risk_reviews")
    assert (reviewed.value, labels(reviewed)) == (1, [f"{one.code} · 2026-3" for one in (whole, bare, other)])
    actions.retire(session, bare, "Ya no pasa.", clerk, make.at(7))
    assert figure(session, "risk_maps").value == 2
