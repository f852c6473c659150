"""What is reported at a cut-off is verified by somebody else, published once and never written over."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.audit.actions import seal
from core.audit.model import Entry
from core.db import transaction
from core.errors import Invalid, Refused
from core.events import Who
from core.plan import loading
from core.plan.cutoffs import Rhythm
from core.plan.followup import actions, overview, snapshot
from core.plan.followup.actions import (
    Judged,
    NotOpen,
    Overtaken,
    OwnReport,
    RhythmInUse,
    StillWaiting,
    Told,
)
from core.plan.followup.model import Report, ReportVerdict, Snapshot
from core.plan.followup.overview import NoCutoff
from core.plan.followup.standing import Stage, State, Verdict
from core.plan.measures.followup import plan_publications, plan_reports
from core.plan.progress import Accumulation, Band
from core.reports.periods import Period
from core.web import followup_words
from tests import make
from tests.core.plan.followups import LINK, activity, day, goal, judge, plan, report

AFTER = day(5, 4)


def control(session: Session) -> int:
    return make.official(session, "supervision").id


def publish(session: Session, at: datetime = AFTER, cutoff: int = 1) -> Snapshot:
    return actions.publish(session, plan(session), cutoff, control(session), at, as_it_is=True)


def line(session: Session, code: str = "2.4.1", cutoff: int = 1) -> overview.Line:
    found = overview.at_cutoff(session, plan(session), cutoff)
    return next(one for one in found.lines if one.activity.code == code)


def test_a_report_goes_back_comes_again_with_its_reason_and_is_agreed_to_by_somebody_else(town: Session) -> None:
    goal(town)
    assert (line(town).state, line(town).real) == (State.UNREPORTED, None)
    first = report(town)
    assert line(town).state is State.TO_VERIFY
    judge(town, first, Verdict.SENT_BACK, "El acta no dice la fecha.")
    assert line(town).state is State.SENT_BACK
    kept = [first.evidence[0].id]
    second = report(town, value=2, link="", keep=kept, reason="Faltaba una acción.", seen=1)
    assert (second.number, [one.link for one in second.evidence]) == (2, [LINK])
    judge(town, second)
    found = line(town)
    assert (found.state, found.value, found.real, found.band) == (State.AGREES, 2, Fraction(200, 3), Band.MIDDLE)
    judge(town, second, Verdict.DISAGREES, "Una es del año pasado.", seen=1)
    assert [one.number for one in line(town).reports] == [1, 2]
    assert line(town).state is State.DISAGREES
    seal(town)
    trail = town.scalars(select(Entry).where(Entry.thing == "plan report").order_by(Entry.seq)).all()
    assert [row.act for row in trail] == ["added", "verified", "added", "verified", "verified"]


def test_who_reported_any_version_does_not_verify(town: Session) -> None:
    report(town, by="supervision")
    last = report(town, by="pqrsd", reason="La hizo otra persona.", seen=1)
    for name in ("supervision", "pqrsd"):
        with pytest.raises(OwnReport):
            judge(town, last, by=name)
    assert last.verdicts == []
    judge(town, last, by="administracion")
    assert line(town).state is State.AGREES


def test_nothing_new_is_a_report_and_no_report_is_neither_nought_nor_done(town: Session) -> None:
    goal(town)
    goal(town, "3.3.1", "10", accumulation=Accumulation.STOCK)
    report(town, value=None, nothing_new=True, done="", link="")
    report(town, "3.3.1", value=4)
    report(town, "3.3.1", 2, value=None, nothing_new=True, done="", link="")
    assert (line(town).value, line(town).real) == (0, 0)
    assert (line(town, "3.3.1", 2).value, line(town, "3.3.1", 2).real) == (4, 40)
    assert (line(town, "1.3.1").value, line(town, "1.3.1").real, line(town, "1.3.1").band) == (None, None, None)
    total = overview.at_cutoff(town, plan(town), 1).sum
    assert (total.with_goal, total.unknown, total.unreported, total.real) == (2, 0, 42, 20)


def test_what_does_not_fit_is_refused_and_nothing_is_kept(town: Session) -> None:
    only = report(town, "1.3.1")
    before = day(4, 29)
    by, of = make.official(town, "pqrsd").id, activity(town)
    cases: list[tuple[type[Refused], str | None, Callable[[], object]]] = [
        (NotOpen, None, lambda: report(town, at=before)),
        (NotOpen, None, lambda: report(town, cutoff=2, at=AFTER)),
        (NoCutoff, None, lambda: actions.report(town, of, 4, Told(done="Sí"), by, AFTER)),
        (Invalid, "value", lambda: report(town, value=None)),
        (Invalid, "value", lambda: report(town, value=-1)),
        (Invalid, "files", lambda: report(town, link="")),
        (Invalid, "done", lambda: report(town, done=" ")),
        (Invalid, "done", lambda: report(town, done="Llamar al 3105551234")),
        (Invalid, "difficulties", lambda: report(town, difficulties="x" * 2001)),
        (Invalid, "reason", lambda: report(town, "1.3.1", seen=1)),
        (Overtaken, None, lambda: report(town, "1.3.1", reason="Otra vez.")),
        (Invalid, "observation", lambda: judge(town, only, Verdict.DISAGREES)),
        (Overtaken, None, lambda: judge(town, only, seen=1)),
        (
            Invalid,
            "seen_evidence",
            lambda: actions.judge(town, only, Judged(verdict=Verdict.AGREES), control(town), AFTER),
        ),
        (NotOpen, None, lambda: actions.publish(town, plan(town), 1, by, day(4, 30), as_it_is=True)),
        (StillWaiting, "as_it_is", lambda: actions.publish(town, plan(town), 1, by, AFTER)),
        (NotOpen, None, lambda: actions.reopen(town, plan(town), 1, "Error", "Acta 3", by, AFTER)),
        (RhythmInUse, None, lambda: actions.set_rhythm(town, plan(town), Rhythm.HALF_YEAR, "Acta 1", by, AFTER)),
    ]
    for n, (refusal, field, act) in enumerate(cases):
        with pytest.raises(refusal) as refused, town.no_autoflush:
            act()
        assert getattr(refused.value, "field", None) == field, n
    assert [one.activity.code for one in town.scalars(select(Report))] == ["1.3.1"]
    assert town.scalars(select(ReportVerdict)).all() == []


def test_a_published_cut_off_stays_as_it_was_and_only_a_new_edition_says_something_else(town: Session) -> None:
    goal(town)
    told = report(town, value=3)
    judge(town, told)
    assert overview.stage_on(town, plan(town), 1, day(5, 16).date()) is Stage.LATE
    first = publish(town)
    with pytest.raises(NotOpen):
        report(town, reason="Otra cosa.", seen=1)
    with pytest.raises(NotOpen):
        judge(town, told, seen=1)
    with pytest.raises(NotOpen):
        publish(town)
    goal(town, value="6", act="Resolución 090 de 2026")
    content = snapshot.read(first)
    said = {one["code"]: one for part in content["components"] for m in part["metas"] for one in m["activities"]}
    assert (said["2.4.1"]["real"], said["2.4.1"]["goal"]["act"]) == ("100", "Resolución 001 de 2026")
    assert said["1.1.1"]["state"] == "unreported"
    actions.reopen(town, plan(town), 1, "Se contó dos veces.", "Acta 7 del comité", control(town), AFTER)
    assert overview.stage_on(town, plan(town), 1, AFTER.date()) is Stage.REOPENED
    report(town, value=2, reason="Se contó dos veces.", seen=1)
    second = publish(town)
    again = snapshot.read(second)
    assert (second.edition, again["replaces"], again["act"]) == (2, first.digest, "Acta 7 del comité")
    assert [one.digest for one in overview.editions(town, plan(town), 1)] == [first.digest, second.digest]
    may = Period(day(5, 1).date(), day(5, 31).date())
    assert (plan_publications(town, may).value, plan_reports(town, may).value) == (2, 0)


def test_the_report_of_a_cut_off_is_of_its_own_year_and_counts_from_when_it_is_begun(town: Session) -> None:
    year, after = (Period(day(1, 1, n).date(), day(12, 31, n).date()) for n in (2026, 2027))
    counted = []
    for number in (1, 2, 3):
        counted.append(plan_reports(town, year).value)
        told = report(town, cutoff=number)
        counted.append(plan_reports(town, year).value)
        judge(town, told)
        publish(town, told.reported_at, number)
    assert counted == [0, 1, 1, 2, 2, 3]
    assert [plan_reports(town, one).value for one in (year, after)] == [3, 0]
    was = plan_publications(town, year).value
    for n in (2027, 2028):
        loading.copy(town, 2026, n, Who("command line"), day(11, 2), "Decreto 3")
    assert plan_publications(town, year).value == was


def test_what_is_only_a_bound_is_told_as_one_with_its_unit() -> None:
    satisfied = {"title": "Satisfacción", "unit": "percent", "base": 11, "count": 11}
    exact, bound = (satisfied | {"value": "700/11", "bound": one} for one in ("", "at_least"))
    assert followup_words.figure_text(exact).startswith("Satisfacción: 63,6 %,")
    assert followup_words.figure_text(bound).startswith("Satisfacción: 63,6 % o más,")
    counted = satisfied | {"value": "12", "unit": "count", "bound": ""}
    for leads, value, said, expected in (
        (exact, "700/11", "", "63,6 %"),
        (bound, "700/11", "puntos", "63,6 % o más"),
        (bound, "50", "puntos", "50 %"),
        (counted, "12", "turnos", "12 turnos"),
        (None, "12", "turnos", "12 turnos"),
        (exact, None, "", "—"),
    ):
        assert followup_words.value_with(value, said, {"leads": leads}) == expected


def test_the_hash_of_what_was_published_tells_when_one_byte_changes(town: Session) -> None:
    report(town)
    made = publish(town)
    assert snapshot.is_intact(made)
    assert snapshot.canonical(json.loads(made.content)) == made.content
    for n in range(0, len(made.content), max(1, len(made.content) // 40)):
        other = "x" if made.content[n] != "x" else "y"
        assert snapshot.digest(made.content[:n] + other + made.content[n + 1 :]) != made.digest, n
    seal(town)
    row = town.scalars(select(Entry).where(Entry.thing == "plan cut-off")).one()
    assert made.digest in row.detail


def test_a_plan_that_nobody_reported_is_followed_up_every_half_year_by_an_act(town: Session) -> None:
    actions.set_rhythm(town, plan(town), Rhythm.HALF_YEAR, "Acta 1", control(town), AFTER)
    assert [one.last.month for one in overview.cutoffs_of(town, plan(town))] == [6, 12]
    with pytest.raises(Invalid):
        actions.set_rhythm(town, plan(town), Rhythm.HALF_YEAR, "Acta 1", control(town), AFTER)


def test_of_two_who_verify_at_once_one_is_told_that_it_was_done_and_who_reports_never_gets_in(engine: Engine) -> None:
    with Session(engine) as session, transaction(session):
        number = report(session).id
    both, ended = Barrier(3), list[str]()

    def act(name: str) -> None:
        both.wait()
        with Session(engine) as session:
            try:
                with transaction(session):
                    told = session.get_one(Report, number)
                    judge(session, told, by=name)
                ended.append("done")
            except Refused as refused:
                ended.append(type(refused).__name__)

    threads = [Thread(target=act, args=(name,)) for name in ("supervision", "administracion", "pqrsd")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with Session(engine) as session:
        verdicts = session.scalars(select(ReportVerdict)).all()
        assert [session.get_one(Report, number).reported_by != one.judged_by for one in verdicts] == [True]
    assert sorted(ended)[-1] == "done"
    assert ended.count("done") == 1
