"""A risk goes from its identification to the map, and nothing that was said of it on the way is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.actions import seal
from core.audit.model import Entry
from core.errors import Invalid, Refused
from core.improvement import actions as improving
from core.improvement.actions import Proof
from core.plan.risk import Impact, Probability, Zone
from core.plan.risks import actions, mapping, overview
from core.plan.risks.actions import Looked, NotNow, OwnReview, Retired
from core.plan.risks.model import Response, Risk
from core.plan.risks.overview import Standing
from core.plan.risks.reviewing import Need
from core.plan.risks.standing import State
from tests import make, make_risks
from tests.make_risks import ELEMENTS, controlled, described, rated

DECEMBER = 3


def person(session: Session, username: str) -> int:
    return make.official(session, username).id


def standing(risk: Risk) -> Standing:
    found = overview.standing(risk)
    assert found is not None
    return found


def review(session: Session, risk: Risk, by: str = "pqrsd", **more: object) -> None:
    cutoff = overview.cutoffs_of(session, risk.site_id, [2026])[DECEMBER - 1][1]
    looked = Looked(**{"causes_hold": True, "note": "Sigue igual.", "changed": "", **more})  # type: ignore[arg-type]
    actions.review(session, risk, 2026, cutoff, looked, person(session, by), make.at(9))


def test_a_risk_is_valued_controlled_treated_and_every_version_stays(session: Session) -> None:
    risk, clerk = make_risks.risk(session), person(session, "pqrsd")
    assert (risk.code, standing(risk).state) == (f"RC-{risk.id:04d}", State.TO_VALUE)
    actions.rate(session, risk, rated(4), clerk, make.at(1))
    assert (standing(risk).state, standing(risk).zone) == (State.TO_TREAT, Zone.EXTREME)
    actions.control(session, risk, controlled(), clerk, make.at(2))
    left = standing(risk).value.residual
    assert (left.probability, left.impact, left.zone) == (Probability.UNLIKELY, Impact.MAJOR, Zone.HIGH)
    actions.change_control(session, risk, 1, controlled(has=()), "Ya no se hace siempre.", clerk, make.at(3))
    assert standing(risk).zone is Zone.EXTREME
    row = make_risks.treatment(session, risk, 4)
    assert standing(risk).state is State.TREATING
    improving.declare_done(session, row.improvement, "Listo.", Proof(link="https://a.co"), clerk, make.at(5))
    assert standing(risk).state is State.TREATED
    actions.rate(session, risk, rated(1, [1]), clerk, make.at(6))
    actions.rewrite(session, risk, described(process_name="Compras"), "Cambió el nombre.", clerk, make.at(7))
    actions.drop_control(session, risk, 1, "Nadie lo hace.", clerk, make.at(8))
    assert (standing(risk).zone, standing(risk).text.process_name) == (Zone.MODERATE, "Compras")
    seen = [overview.standing(risk, make.at(minute)) for minute in (-1, 0, 1, 2, 3, 6)]
    assert [one and one.zone for one in seen] == [None, None, Zone.EXTREME, Zone.HIGH, Zone.EXTREME, Zone.MODERATE]
    assert [one and len(one.controls) for one in seen] == [None, 0, 0, 1, 1, 1]
    assert (len(risk.texts), len(risk.valuations), len(risk.controls)) == (2, 2, 3)
    actions.retire(session, risk, "La hace otra entidad.", clerk, make.at(9))
    assert standing(risk).state is State.RETIRED
    for again in (
        lambda: actions.rate(session, risk, rated(), clerk, make.at(9)),
        lambda: actions.control(session, risk, controlled(), clerk, make.at(9)),
        lambda: actions.retire(session, risk, "Otra vez.", clerk, make.at(9)),
    ):
        with pytest.raises(Retired):
            again()
    seal(session)
    trail = session.execute(select(Entry.act, Entry.detail).where(Entry.thing == "risk").order_by(Entry.seq)).all()
    assert [act for act, _detail in trail] == ["added", *["changed"] * 7, "withdrawn"]
    assert "requisitos" not in str(trail)


def test_what_is_missing_or_out_of_scale_is_refused_beside_its_field(session: Session) -> None:
    risk, by, at = make_risks.whole(session), person(session, "pqrsd"), make.at(9)
    place = (session, risk.site_id, risk.office_id)
    action = make.improvement(session)
    open_question = replace(rated(), answers=rated().answers | {7: None})

    def rate(**more: object) -> Callable[[], object]:
        return lambda: actions.rate(session, risk, replace(rated(), **more), by, at)  # type: ignore[arg-type]

    refused: list[tuple[Callable[[], object], str | None]] = [
        (lambda: actions.identify(session, risk.site_id, 9999, described(), by, at), "office"),
        (lambda: actions.identify(*place, described(process_name=" "), by, at), "process_name"),
        (lambda: actions.identify(*place, described(internal=()), by, at), "internal"),
        (lambda: actions.identify(*place, described(external=("",)), by, at), "external"),
        (lambda: actions.identify(*place, described(consequences=()), by, at), "consequences"),
        (lambda: actions.identify(*place, described(internal=["Llamar al 310 555 1234"]), by, at), "internal"),
        (lambda: actions.rewrite(session, risk, described(), "Porque sí.", by, at), "why"),
        (rate(probability=None), "probability"),
        (rate(probability=0), "probability"),
        (rate(probability=6), "probability"),
        (rate(why=" "), "why"),
        (rate(answers=open_question.answers), "q7"),
        (rate(answers=dict.fromkeys(range(1, 19), True)), "q19"),
        (rate(answers=dict.fromkeys(range(1, 21), True)), None),
        (rate(answers=dict.fromkeys(range(1, 20), False)), None),
        (lambda: actions.control(session, risk, controlled(who=""), by, at), "who"),
        (lambda: actions.control(session, risk, controlled(evidence=""), by, at), "evidence"),
        (lambda: actions.control(session, risk, controlled(has=["automatic", "manual"]), by, at), "manual"),
        (lambda: actions.change_control(session, risk, 1, controlled(), "Nada.", by, at), "why"),
        (lambda: actions.drop_control(session, risk, 1, "", by, at), "why"),
        (lambda: actions.retire(session, risk, "", by, at), "why"),
        (lambda: actions.choose_method(session, risk.site_id, "2025", "Acto", by, at), "method"),
        (lambda: actions.choose_method(session, risk.site_id, "2018", "Acto", by, at), "method"),
        (lambda: actions.choose_method(session, risk.site_id, "2015", "", by, at), "act"),
    ]
    refused += [
        (lambda name=name: actions.identify(*place, described(elements=replace(ELEMENTS, **{name: ""})), by, at), name)
        for name in ("act", "power", "deviation", "benefit")
    ]
    for n, (do, field) in enumerate(refused):
        with pytest.raises(Invalid) as why:
            do()
        assert why.value.field == field, (n, why.value)
    for again in (
        lambda: actions.change_control(session, risk, 7, controlled(), "x", by, at),
        lambda: actions.treat(session, risk, action, Response.AVOID, "Indicador", by, at),
        lambda: actions.verify(session, risk, 999, True, "Bien.", by, at),
    ):
        with pytest.raises(NotNow):
            again()
    new = make_risks.risk(session)
    with pytest.raises(Refused, match="Primero valore"):
        make_risks.treatment(session, new)
    assert (len(risk.texts), len(risk.valuations), len(risk.controls), len(risk.treatments)) == (1, 1, 1, 1)


def test_a_valuation_keeps_the_method_that_it_was_made_with(session: Session) -> None:
    risk, by = make_risks.risk(session), person(session, "pqrsd")
    actions.rate(session, risk, rated(3, range(1, 7)), by, make.at(1))
    actions.choose_method(session, risk.site_id, "2015", "Resolución 4 de 2026", by, make.at(2))
    assert (risk.valuations[0].method, standing(risk).zone) == ("2018", Zone.EXTREME)
    with pytest.raises(Invalid, match="18 cosas"):
        actions.rate(session, risk, rated(3, range(1, 7)), by, make.at(3))
    actions.rate(session, risk, rated(3, range(1, 7), questions=18), by, make.at(4))
    assert (standing(risk).zone, standing(risk).value.points) == (Zone.HIGH, 30)
    before = overview.standing(risk, make.at(3))
    assert before is not None
    assert before.zone is Zone.EXTREME


def test_a_review_is_made_once_for_a_cutoff_and_somebody_who_did_not_value_verifies_it(session: Session) -> None:
    risk = make_risks.whole(session)
    clerk, judge = person(session, "pqrsd"), person(session, "ventanilla4")
    with pytest.raises(Invalid) as why:
        review(session, risk, causes_hold=False)
    assert why.value.field == "changed"
    review(session, risk, by="supervision")
    made = risk.reviews[0]
    with pytest.raises(NotNow):
        review(session, risk)
    for own in ("supervision", "pqrsd"):
        with pytest.raises(OwnReview):
            actions.verify(session, risk, made.id, True, "Bien.", person(session, own), make.at(10))
    actions.verify(session, risk, made.id, False, "No dice qué se miró.", judge, make.at(11))
    with pytest.raises(NotNow):
        actions.verify(session, risk, made.id, True, "Bien.", judge, make.at(12))
    review(session, risk, causes_hold=False, changed="Ahora firman dos.")
    assert [(one.number, one.agrees) for one in risk.reviews] == [(1, False), (2, None)]
    assert clerk == risk.reviews[1].by
    asked = overview.cutoffs_of(session, risk.site_id, [2026])
    needs = [due.need for due in overview.dues(risk, asked, date(2027, 3, 1))]
    assert needs == [Need.NOT_ASKED, Need.NOT_ASKED, Need.DONE]


def test_missing_reviews_press_who_works_in_the_office_and_where_there_is_nobody_planning(session: Session) -> None:
    here, elsewhere = make_risks.whole(session), make_risks.whole(session, office="planning")
    clerk, planner = make.colleague(session), make.official(session, "ventanilla2")
    make.official(session, "pqrsd").roles = ["official"]
    planner.roles = ["planning"]
    session.flush()
    assert overview.pressing(session, date(2026, 12, 23)) == {}
    pressed = overview.pressing(session, date(2026, 12, 24))
    told = {who: [(risk.id, due.key, due.need) for risk, due in those] for who, those in pressed.items()}
    assert told[clerk.id] == [(here.id, "2026-3", Need.OPEN)]
    assert told[planner.id] == [(elsewhere.id, "2026-3", Need.OPEN)]
    late = overview.pressing(session, date(2027, 2, 1))
    assert [due.need for _risk, due in late[clerk.id]] == [Need.MISSING]
    review(session, here)
    assert clerk.id not in overview.pressing(session, date(2027, 2, 1))


def test_a_map_is_published_as_it_was_seen_with_what_is_complete_and_nobodys_name(session: Session) -> None:
    draft, by = make_risks.risk(session), person(session, "supervision")
    site = draft.site_id

    def publish(minute: float, act: str = "Resolución 12 de 2026", seen: str = "") -> object:
        seen = seen or mapping.digest(mapping.to_publish(session, site, make.at(minute)))
        return mapping.publish(session, site, act, seen, by, make.at(minute))

    with pytest.raises(mapping.NothingToPublish):
        publish(1)
    whole = make_risks.whole(session, 2)
    with pytest.raises(Invalid):
        publish(3, act=" ")
    with pytest.raises(mapping.OtherMap):
        publish(3, seen="otro")
    publish(3)
    kept = mapping.in_force(session, site)
    assert kept is not None
    assert (kept.number, kept.digest) == (1, mapping.digest(kept.content))
    assert ([one["code"] for one in kept.content["risks"]], kept.content["incomplete"]) == ([whole.code], 1)
    for official in ("pqrsd", "supervision"):
        assert make.official(session, official).name not in str(kept.content)
    with pytest.raises(mapping.SameMap):
        publish(4)
    actions.rate(session, whole, rated(5, [16]), person(session, "pqrsd"), make.at(5))
    assert kept.content["risks"][0]["inherent"]["zone"] == "extreme"
    publish(6)
    assert [row.number for row in mapping.published(session, site)] == [2, 1]


def test_who_has_an_office_sees_its_risks_and_who_has_all_sees_all(session: Session) -> None:
    here, elsewhere = make_risks.whole(session), make_risks.risk(session, office="planning")

    class Reader:
        def __init__(self, *roles: str) -> None:
            self.id, self.site_id, self.roles = 1, here.site_id, roles
            self.offices = frozenset({here.office_id})

    def seen(reader: Reader, **asked: object) -> list[int]:
        shown, _all = overview.look(session, reader, overview.Asked(**asked), date(2026, 11, 23))  # type: ignore[arg-type]
        return [one.risk.id for one in shown]

    assert seen(Reader("petitions")) == [here.id]
    assert seen(Reader("supervisor")) == []
    for role in ("planning", "control", "mayor"):
        assert seen(Reader(role)) == [here.id, elsewhere.id], role
    planner = Reader("planning")
    assert seen(planner, zone=Zone.MODERATE) == []
    assert seen(planner, state=State.TO_VALUE) == seen(planner, uncontrolled=True) == [elsewhere.id]
    assert seen(planner, office_id=here.office_id) == [here.id]
    assert seen(planner, unreviewed=True) == [here.id, elsewhere.id]
    with pytest.raises(overview.NoRisk):
        overview.risk_for(session, Reader("petitions"), elsewhere.id)
