"""Each measure equals a query made by hand on a generated month, and its records are those that it counted."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from importlib.resources import files
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.catalogue import publishing
from core.db import transaction
from core.improvement import actions as improving
from core.improvement.actions import Proof, Verdict
from core.improvement.model import IndividualNote, Source
from core.information import actions as information
from core.information.actions import Written
from core.information.model import CHARTER
from core.petitions.model import Channel, Stage
from core.petitions.register import filings_of
from core.plan.measures import Figure, Record, begins, listed, registered, together
from core.plan.measures.surveys import rated
from core.protocols import actions as protocols
from core.reports.periods import ONE_DAY, Period
from core.surveys.model import Of
from core.surveys.questionnaire import Kind as Asks
from core.surveys.questionnaire import Question, Questionnaire, Section
from core.turns import actions as turns
from core.turns.model import Turn
from tests import make

NOVEMBER = Period(date(2026, 11, 23), date(2026, 11, 30))
DECEMBER = Period(date(2026, 12, 1), date(2026, 12, 31))
A_DAY = 24 * 60


def measured(session: Session, name: str, period: Period = NOVEMBER) -> Figure:
    """A figure whose records are as many as it says, also when they are read by pages."""
    session.flush()
    figure = registered()[name].count(session, period)
    whole = figure.records(0, 10_000)
    assert len(whole) == figure.count, name
    assert [*figure.records(0, 2), *figure.records(2, 10_000)] == list(whole), name
    return figure


def labels(figure: Figure) -> set[str]:
    return {record.label for record in figure.records(0, 10_000) if record.counts}


def by_hand(session: Session, query: str, period: Period = NOVEMBER, **more: Any) -> Sequence[Any]:
    """What a plain query says between the first instant of the period and the first after it, in milliseconds."""
    first, after = (int(begins(day).timestamp() * 1000) for day in (period.first, period.last + ONE_DAY))
    values = {"first": first, "after": after, "from_day": period.first, "to_day": period.last}
    told = {name: value for name, value in (values | more).items() if f":{name}" in query}
    return session.execute(text(query), told).all()


def test_every_name_of_the_sources_is_a_measure_with_its_formula() -> None:
    told = tomllib.loads(files("core.plan").joinpath("sources.toml").read_text(encoding="utf-8"))
    named = {name for one in told.values() for name in (one["leads"], *one.get("beside", ())) if name}
    assert named - registered().keys() == set()
    for measure in registered().values():
        assert (measure.count.__doc__ or "").strip(), measure.name
        assert measure.title, measure.name


def a_week_of_turns(session: Session) -> None:
    """Turns of ten days, some of a priority group: attended, absent, gone, called by mistake first, or waiting."""
    chance = Random(7)
    with transaction(session):
        desk = make.desk(session)
    for n in range(48):
        minute = (n // 5 + 2 * (n // 25)) * A_DAY + 30 * (n % 5)
        with transaction(session):
            turn = make.turn(session, minute, chance.choice(["general", "general", "older", "pregnant"]))
        fate = chance.choice(["attended", "attended", "attended", "absent", "left", "undone", "waiting"])
        called = minute + chance.randrange(2, 25)
        if fate == "undone":
            with transaction(session):
                turns.pick(session, desk, turn.id, "pick-same-matter", make.at(called - 1))
            with transaction(session):
                turns.undo_last(session, desk, make.at(called - 0.9))
        with transaction(session):
            what_becomes_of(session, turn, fate, called)


def what_becomes_of(session: Session, turn: Turn, fate: str, called: float) -> None:
    """A turn is called at a minute and attended, unless its fate is another."""
    desk = make.desk(session)
    if fate == "left":
        turns.leave(session, turn, make.at(called))
    if fate in ("left", "waiting"):
        return
    turns.pick(session, desk, turn.id, "pick-same-matter", make.at(called))
    if fate == "absent":
        turns.mark_absent(session, desk, make.at(called + 4))
        return
    turns.start(session, desk, make.at(called + 1))
    turns.finish(session, desk, [turns.Outcome(turn.service_id, "solved")], make.at(called + 4))


WAITS = """
SELECT t.id, t."group", (min(e.at) - t.issued_at) / 1000 AS waited FROM turns t JOIN events e ON e.turn_id = t.id
WHERE e.kind IN ('called', 'picked') AND t.issued_at >= :first AND t.issued_at < :after
  AND NOT EXISTS (SELECT 1 FROM events u WHERE u.turn_id = t.id AND u.kind = 'undone' AND u.seq = e.seq + 1)
GROUP BY t.id, t."group", t.issued_at"""
TURNS = "SELECT id FROM turns WHERE issued_at >= :first AND issued_at < :after AND "


def test_turns_and_waits_are_those_of_a_query_by_hand(town: Session) -> None:
    nothing = {name: measured(town, name).value for name in ("turns_attended", "turn_wait_mean", "priority_on_time")}
    assert nothing == {"turns_attended": 0, "turn_wait_mean": None, "priority_on_time": None}
    a_week_of_turns(town)
    for period in (NOVEMBER, DECEMBER):
        rows = by_hand(town, WAITS, period)
        waits = sorted(row.waited for row in rows)
        assert measured(town, "turn_wait_mean", period).value == Fraction(sum(waits), 60 * len(waits))
        assert measured(town, "turn_wait_p90", period).value == Fraction(waits[-(-9 * len(waits) // 10) - 1], 60)
        first = [row for row in rows if row.group != "general"]
        quick = [row for row in first if row.waited <= 15 * 60]
        told = measured(town, "priority_on_time", period)
        assert (told.value, told.base) == (Fraction(100 * len(quick), len(first)), len(first))
        assert {one.id for one in told.records(0, 99) if one.counts} == {row.id for row in quick}
        for name, which in {
            "turns_attended": "state = 'finished'",
            "turns_abandoned": "state IN ('left', 'absent')",
            "priority_turns": "\"group\" <> 'general'",
        }.items():
            figure, ids = measured(town, name, period), {row.id for row in by_hand(town, TURNS + which, period)}
            assert (figure.value, {one.id for one in figure.records(0, 99)}) == (len(ids), ids), name
            assert ids, name


def a_month_of_petitions(session: Session) -> None:
    """Petitions of several channels and kinds; some fell due, answered in time, late, never or passed on."""
    chance = Random(11)
    for n in range(36):
        kind = chance.choice(["peticion_particular", "sugerencia", "queja", "denuncia_corrupcion"])
        one = make.petition(session, n * 600, channel=chance.choice(list(Channel)), kind=kind)
        one.due_on = chance.choice([date(2026, 11, 26), date(2026, 11, 30), date(2026, 12, 4), None])
        one.stage = chance.choice([Stage.OPEN, Stage.ANSWERED, Stage.ANSWERED, Stage.TRANSFERRED, Stage.ANNULLED])
        one.stage_on = (one.due_on or NOVEMBER.last) + timedelta(days=chance.choice([-1, 0, 1]))


HELD = "SELECT id, channel FROM petitions WHERE stage <> 'annulled' AND "
RECEIVED = f"{HELD} received_on >= :from_day AND received_on <= :to_day"
OWED = f"""{HELD} due_on >= :from_day AND due_on <= :to_day
  AND NOT (stage = 'transferred' AND stage_on <= due_on)"""
OPEN, TOLD_APART = "NOT confidential", "kind IN ('peticion_particular', 'sugerencia') AND identity = 'identified'"
IN_TIME = f"{OWED} AND stage = 'answered' AND stage_on <= due_on"


def test_petitions_are_those_of_a_query_by_hand(town: Session) -> None:
    with transaction(town):
        a_month_of_petitions(town)
    for period in (NOVEMBER, DECEMBER):

        def found(query: str, of: Period = period) -> dict[int, str]:
            return {row.id: row.channel for row in by_hand(town, query, of)}

        received, open_ones = found(RECEIVED), found(f"{RECEIVED} AND {OPEN}")
        figure = measured(town, "petitions_received", period)
        assert (figure.value, {one.id for one in figure.records(0, 99)}) == (len(received), received.keys())
        suggested = found(f"{RECEIVED} AND {OPEN} AND kind = 'sugerencia'")
        assert measured(town, "suggestions_received", period).value == len(suggested)
        owed, in_time = found(OWED), found(IN_TIME)
        told = measured(town, "petitions_on_time", period)
        assert (told.value, told.base) == (Fraction(100 * len(in_time), len(owed)), len(owed))
        *apart, alike = told.records(0, 99)
        in_time_apart = found(f"{IN_TIME} AND {TOLD_APART}").keys()
        assert {one.id for one in apart} == found(f"{OWED} AND {TOLD_APART}").keys()
        assert {one.id for one in apart if one.counts} == in_time_apart
        assert alike.said == f"{len(in_time) - len(in_time_apart)} / {len(owed) - len(apart)}"
        assert 0 < len(in_time_apart) < len(in_time) < len(owed)
        assert measured(town, "channels_in_use", period).value == len(set(open_ones.values()))
    assert measured(town, "petitions_on_time", Period(date(2027, 1, 1), date(2027, 1, 31))).value is None


def test_what_the_plan_tells_of_petitions_does_not_say_how_many_are_reserved(town: Session) -> None:
    with transaction(town):
        a_month_of_petitions(town)
    in_register = [one for one in filings_of(town, NOVEMBER, NOVEMBER.last, None) if one.standing.value != "annulled"]
    received = measured(town, "petitions_received", NOVEMBER)
    assert received.value == len(in_register)
    assert {one.label for one in received.records(0, 99)} == {one.number for one in in_register}
    online = measured(town, "petitions_online", NOVEMBER)
    known = sum(row.channel in ("web", "email") for row in by_hand(town, f"{RECEIVED} AND {OPEN}", NOVEMBER))
    assert (online.base, online.bound, online.count) == (len(in_register), "at_least", 2)
    assert online.value == Fraction(100 * 5 * (known // 5), len(in_register))
    assert known % 5, "the month would not show that it is rounded"
    assert by_hand(town, f"{RECEIVED} AND confidential", NOVEMBER)


def test_two_counts_as_one_are_read_page_by_page() -> None:
    each = [[Record("turn", n, f"A {n}") for n in range(3)], [Record("petition", n, f"2026-E-{n}") for n in range(2)]]
    one, another = (Figure(Fraction(len(records)), len(records), listed(records)) for records in each)
    both, every = together(one, another), [*each[0], *each[1]]
    assert (both.value, both.count) == (5, 5)
    for first in range(7):
        for most in range(1, 7):
            assert list(both.records(first, most)) == every[first : first + most], (first, most)


HOW = Questionnaire(
    title="Cómo va",
    sections=(
        Section(questions=(Question(key="all", kind=Asks.FACES, text="En general", required=True, measure="csat"),)),
    ),
)


def test_surveys_are_counted_without_naming_an_answer_or_telling_what_few_said(town: Session) -> None:
    with transaction(town):
        make.survey(town, Of.TURN, HOW)
        version, few, needs = (
            make.survey(town, kind, HOW, code=code)
            for kind, code in ((Of.OPEN, "many"), (Of.OPEN, "few"), (Of.NEEDS, "needs"))
        )
        assert measured(town, "survey_answers").value == 0
        assert measured(town, "satisfaction").value is None
        for face in "1234555542315455":
            make.opinion(town, version, {"all": [face]})
        for _n in range(3):
            make.opinion(town, few, {"all": ["1"]})
            make.opinion(town, needs, {"all": ["4"]})
        town.flush()
    answers = "SELECT id FROM survey_responses WHERE month >= :from_day AND month <= :to_day AND version_id = :version"
    month = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert measured(town, "survey_answers", month).value == len(by_hand(town, answers, month, version=version.id)) == 16
    assert measured(town, "needs_answers", month).value is None
    good = "SELECT value FROM survey_answers WHERE month >= :from_day AND version_id = :version AND value IN ('4', '5')"
    told = measured(town, "satisfaction", month)
    count = len(by_hand(town, good, month, version=version.id))
    assert (told.value, told.base, told.bound) == (Fraction(100 * count, 16), 16, "")
    (record,) = told.records(0, 9)
    assert (record.kind, record.id, record.label, record.said) == ("survey", version.survey_id, "Cómo va · v1", "16")
    assert measured(town, "satisfaction", DECEMBER).value is None
    assert measured(town, "survey_response_rate", month).value is None


@pytest.mark.parametrize(
    ("each", "value", "bound"),
    [
        ([], None, ""),
        ([(15, 5)], Fraction(75), ""),
        ([(15, 5), (5, 15)], Fraction(50), ""),
        ([(98, 2)], Fraction(96), "at_least"),
        ([(98, 2), (15, 5)], Fraction(100 * (96 + 15), 120), "at_least"),
        ([(2, 18)], Fraction(20), "at_most"),
        ([(2, 18), (18, 2)], Fraction(100 * 16, 40), "at_least"),
    ],
)
def test_the_surveys_together_are_as_exact_as_what_each_of_them_tells(
    each: list[tuple[int, int]], value: Fraction | None, bound: str
) -> None:
    assert rated(each) == (value, bound)


def test_services_are_those_of_the_last_day_and_not_of_today(town: Session) -> None:
    place, by = make.site(town).id, make.official(town, "administracion").id
    with transaction(town):
        service = make.service(town)
        sheet = replace(publishing.sheet_in_hand(town, service), norms=(), without=())
        publishing.save_draft(town, place, service.id, sheet, 0, by, make.at(A_DAY))
        publishing.publish(town, place, service.id, "", by, make.at(2 * A_DAY))
        publishing.withdraw(town, place, make.service(town, "sisben-survey").id, "Ya no", by, make.at(3 * A_DAY))
    in_force = "SELECT service_id FROM service_versions WHERE since < :after AND (until IS NULL OR until >= :after)"
    for period in (
        Period(date(2026, 11, 1), date(2026, 11, 24)),
        NOVEMBER,
        Period(date(2026, 1, 1), date(2026, 1, 31)),
    ):
        ids = {row.service_id for row in by_hand(town, in_force, period)}
        listed = measured(town, "services_listed", period)
        assert (listed.value, {one.id for one in listed.records(0, 99)}) == (len(ids), ids)
    before, after = (
        measured(town, "services_listed", Period(day, day)).value for day in (date(2026, 11, 24), NOVEMBER.last)
    )
    assert (before, after) == (len(town.scalars(text("SELECT id FROM services")).all()), before - 1)  # type: ignore[operator]
    based = measured(town, "services_with_legal_basis")
    assert based.value == Fraction(100 * len(labels(based)), int(after))  # type: ignore[arg-type]
    assert sheet.name not in labels(based)
    whole = measured(town, "services_complete")
    assert (whole.value, whole.count) == (len(labels(whole)), after)


def test_what_is_in_sight_is_that_of_the_last_day(town: Session) -> None:
    place, by = make.site(town).id, make.official(town, "administracion").id
    told = Written("# Derechos\n- Que lo traten bien.", "# Rights\n- To be treated well.", 2026)
    with transaction(town):
        information.write(town, place, CHARTER, told, by, make.at(A_DAY))
        information.publish(town, place, CHARTER, "Decreto 2 de 2026", by, make.at(2 * A_DAY))
    before, after = (
        measured(town, "information_in_sight", Period(day, day)) for day in (date(2026, 11, 24), NOVEMBER.last)
    )
    rights = "Derechos y medios para garantizarlos"
    assert (rights in labels(before), rights in labels(after)) == (False, True)
    assert (after.count, after.value) == (6, len(labels(after)))


def test_protocols_and_their_readings_are_those_of_the_last_day_and_name_nobody(town: Session) -> None:
    first = measured(town, "protocols_in_force").value
    assert first is not None
    with transaction(town):
        version = make.protocol(town, valid_from=date(2026, 11, 25), audience=["supervisor"])
        reader = make.official(town, "supervision")
        town.flush()
        cells = measured(town, "protocols_read")
        protocols.note_read(town, version, reader.id, [0], make.at(4 * A_DAY))
    now, before = (
        measured(town, "protocols_in_force"),
        measured(town, "protocols_in_force", Period(*[date(2026, 11, 24)] * 2)),
    )
    assert (now.value, before.value) == (first + 1, first)
    read = measured(town, "protocols_read")
    assert (read.value, read.base) == (Fraction(100, read.base or 1), cells.base)
    assert "T-01 · v1" in labels(read)
    assert "T-01 · v1" not in labels(measured(town, "protocols_read", Period(*[date(2026, 11, 26)] * 2)))
    assert reader.name not in str(read.records(0, 99))


def test_improvements_and_notes_are_those_of_a_query_by_hand(town: Session) -> None:
    clerk, judge = make.official(town, "pqrsd").id, make.official(town, "administracion").id
    with transaction(town):
        for n in range(5):
            one = make.improvement(town, n * 3 * A_DAY)
            improving.declare_done(town, one, "Listo.", Proof(link="https://a.co"), clerk, make.at(n * 3 * A_DAY + 5))
            verdict = Verdict(n % 2 == 0, "Se contó.")
            improving.verify(town, one, verdict, judge, make.at(n * 3 * A_DAY + 9))
        for day in (NOVEMBER.first, NOVEMBER.last, DECEMBER.first):
            note = {"source": Source.AUDIT, "reference": "Auditoría 3", "passed_to": "Talento humano"}
            town.add(
                IndividualNote(site_id=make.site(town).id, passed_on=day, noted_by=clerk, noted_at=make.at(), **note)
            )
    deeds = (
        "SELECT s.improvement_id AS id FROM improvement_steps s WHERE s.at >= :first AND s.at < :after AND s.deed = "
    )
    with transaction(town):
        make.improvement(town)
    met = measured(town, "improvements_met", DECEMBER)
    assert (met.value, met.base) == (Fraction(500, 6), 6)
    assert measured(town, "improvements_met").value is None
    for period, effective, notes in ((NOVEMBER, 2, 2), (DECEMBER, 1, 1)):
        opened = measured(town, "improvements_opened", period)
        ids = {row.id for row in by_hand(town, f"{deeds} 'opened'", period)}
        assert (opened.value, {one.id for one in opened.records(0, 99)}) == (len(ids), ids)
        assert measured(town, "improvements_effective", period).value == effective
        assert measured(town, "individual_notes", period).value == notes
