"""Entries of the registers are kept in versions, count once something shows them, and are measured from their rows."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import Date, bindparam, func, select, text
from sqlalchemy.orm import Session

from core.audit.model import Entry
from core.db import transaction
from core.errors import Invalid
from core.plan.measures import MEASURES, registers
from core.plan.registers import actions, looking
from core.plan.registers.actions import ChangedMeanwhile, Draft, Withdrawn
from core.plan.registers.model import RegisterEntry, RegisterVersion
from core.reports.periods import Period, year_of
from tests import make

YEAR = year_of(make.OPENING.date())


def codes(one: RegisterEntry) -> list[str]:
    return [activity.code for activity in one.now.activities]


def correct(session: Session, one: RegisterEntry, reason: str, seen: int, **more: object) -> None:
    """Say the same of it again, but for `more`."""
    actions.correct(session, one, draft_of(one, **more), reason, seen, one.now.by, make.at(5))


def draft_of(one: RegisterEntry, **more: object) -> Draft:
    own = {name: more.pop(name) for name in ("link", "keeps", "office_id", "activities") if name in more}
    keeps = frozenset(proof.id for proof in one.now.proofs)
    said = {**one.now.said, **more}
    return Draft(**{"said": said, "office_id": one.now.office_id, "keeps": keeps, **own})


def test_an_entry_counts_for_its_activities_once_something_shows_it(session: Session) -> None:
    with transaction(session):
        whole = make.register(session, "education")
        half = make.register(session, "education", link="", people={"citizens": 5})
        chosen = make.register(session, "education", activities=["4.3.3"])
        streamlined = make.register(session, "streamlining", strategy="automated")
    assert [codes(one) for one in (whole, half, chosen, streamlined)] == [
        ["4.3.2", "4.3.3"],
        ["4.3.2", "4.3.3"],
        ["4.3.3"],
        ["2.3.4"],
    ]
    assert MEASURES["register_education"].count(session, YEAR).value == 2
    assert MEASURES["register_automated"].count(session, YEAR).value == 1
    assert MEASURES["register_simplified"].count(session, YEAR).value == 0
    first = next(one.id for one in whole.plan.activities if one.code == "4.3.2")
    figure = registers.count_of(session, "education", YEAR, first)
    assert [(record.id, record.label, record.said) for record in figure.records(0, 9)] == [
        (whole.id, whole.code, "Plan anticorrupción")
    ]
    with transaction(session):
        correct(session, half, "Llegó el acta.", 1, link=make.LINK)
    assert MEASURES["register_education"].count(session, YEAR).value == 3
    assert MEASURES["register_education"].count(session, YEAR.before).value == 0


def test_a_correction_keeps_the_first_and_says_why(session: Session) -> None:
    with transaction(session):
        one = make.register(session)
        correct(session, one, "Tenía otro nombre.", 1, title="Otro tema")
        with pytest.raises(ChangedMeanwhile):
            correct(session, one, "Otra vez.", 1)
        wrong: tuple[tuple[str, str, object], ...] = (
            (" ", "reason", "x"),
            ("Era antes.", "day", date(2025, 5, 2)),
            ("Sin nombre.", "title", ""),
        )
        for reason, field, value in wrong:
            with pytest.raises(Invalid) as refused:
                correct(session, one, reason, 2, **({} if field == "reason" else {field: value}))
            assert refused.value.field == field
        actions.withdraw(session, one, "Se repitió.", one.now.by, make.at(9))
        with pytest.raises(Withdrawn):
            actions.withdraw(session, one, "Otra vez.", one.now.by, make.at(9))
        with pytest.raises(Withdrawn):
            correct(session, one, "Otra vez.", 3)
    session.expire_all()
    assert [(v.number, v.title, v.reason, v.withdrawn, len(v.proofs)) for v in one.versions] == [
        (1, "Plan anticorrupción", "", False, 1),
        (2, "Otro tema", "Tenía otro nombre.", False, 1),
        (3, "Otro tema", "Se repitió.", True, 1),
    ]
    assert MEASURES["register_induction"].count(session, YEAR).value == 0
    trail = session.scalars(select(Entry.act).where(Entry.thing == "register entry").order_by(Entry.seq))
    assert list(trail) == ["added", "changed", "withdrawn"]


def test_an_entry_is_refused_where_no_plan_or_no_activity_takes_it(session: Session) -> None:
    for kind, more, field in (
        ("induction", {"day": date(2024, 5, 2)}, "day"),
        ("support", {"activities": []}, "activities"),
        ("induction", {"link": "javascript:alert(1)"}, "proof_link"),
        ("diagnosis", {"service_id": 99_999}, "service_id"),
        ("route", {"official_id": 99_999}, "official_id"),
        ("induction", {"title": "Llame al 310 555 1234"}, "title"),
    ):
        with pytest.raises(Invalid) as refused, transaction(session):
            make.register(session, kind, **more)
        assert refused.value.field == field, kind
    assert session.scalar(select(func.count()).select_from(RegisterEntry)) == 0


def test_commitments_and_findings_are_shares_of_what_was_due(session: Session) -> None:
    month = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert MEASURES["commitments_met"].count(session, month).value is None
    with transaction(session):
        talk = make.register(session, "dialogue")
        met = make.register(session, "commitment", below=talk, done_on=make.OPENING.date())
        late = make.register(session, "commitment", below=talk, day=date(2026, 11, 20), link="")
        make.register(session, "commitment", below=talk, day=date(2026, 12, 20), link="")
        make.register(session, "commitment", below=talk, done_on=make.OPENING.date(), link="")
        found = [make.register(session, "audit_finding", title=f"Hallazgo {n}") for n in range(4)]
        make.improvement(session, source="audit", reference=found[0].code)
        named = make.improvement(session, source="risk", reference="R-1").code
        correct(session, found[1], "Se abrió.", 1, action=named, activities=codes(found[1]))
    assert codes(met) == ["3.2.1"]
    figure = MEASURES["commitments_met"].count(session, month)
    assert (figure.value, figure.base) == (Fraction(100, 3), 3)
    assert {record.id for record in figure.records(0, 9) if record.counts} == {met.id}
    included = MEASURES["audit_findings_included"].count(session, YEAR)
    assert (included.value, included.base) == (50, 4)
    assert [record.id for record in included.records(0, 9) if record.counts] == [found[0].id, found[1].id]
    pressing = looking.pressing(session, make.OPENING.date())
    assert {who: [one.id for one in rows] for who, rows in pressing.items()} == {late.now.official_id: [late.id]}


def test_measures_equal_what_a_query_by_hand_counts(session: Session) -> None:
    with transaction(session):
        for n, kind in enumerate(("induction", "secop", "route", "report", "training", "secop")):
            more = {"done_on": make.OPENING.date()} if kind == "route" else {}
            make.register(session, kind, day=make.OPENING.date() - timedelta(days=40 * n), **more)
    by_hand = text(
        "SELECT count(*) FROM register_entries e JOIN register_versions v ON v.entry_id = e.id AND v.number = e.latest"
        " WHERE e.kind = :kind AND v.complete AND NOT v.withdrawn AND coalesce(v.done_on, v.day) BETWEEN :a AND :z"
    ).bindparams(bindparam("a", type_=Date), bindparam("z", type_=Date))
    for slug in ("induction", "secop", "route", "report", "training"):
        for period in (YEAR, Period(date(2026, 9, 1), date(2026, 11, 30))):
            count = session.execute(by_hand, {"kind": slug, "a": period.first, "z": period.last}).scalar_one()
            assert MEASURES[f"register_{slug}"].count(session, period).value == count, (slug, period)
    assert session.scalar(select(func.count()).select_from(RegisterVersion)) == 6
