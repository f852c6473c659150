"""What the database counts is what a slow count of every answer finds, version by version and month by month."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.db import transaction
from core.reports import periods
from core.surveys import answering, counted, tally
from core.surveys.attention import Attention, Detail
from core.surveys.counted import Version, questions_of
from core.surveys.model import Mode, Of, Survey, SurveyVersion
from core.surveys.questionnaire import (
    END,
    Choice,
    Jump,
    Kind,
    Question,
    Questionnaire,
    Section,
    path,
    read,
    written,
)
from core.surveys.tally import Scope
from tests import make
from tests.heard import heard

YEAR = periods.read("2026")
CHOICES = tuple(Choice(key=key, text=key) for key in "abc")
ASKED = Questionnaire(
    title="De todo",
    sections=(
        Section(
            questions=(
                Question(
                    key="all",
                    kind=Kind.FACES,
                    text="1",
                    measure="csat",
                    jumps=(Jump(values=("5",), to="many"), Jump(values=("4", "5"), to="again")),
                ),
                Question(key="why", kind=Kind.SINGLE, text="2", choices=CHOICES, jumps=(Jump(values=("c",), to=END),)),
                Question(
                    key="many",
                    kind=Kind.MULTIPLE,
                    text="3",
                    choices=CHOICES,
                    jumps=(Jump(values=("a", "b"), to="rows"), Jump(values=("b", "c"), to="last")),
                ),
                Question(key="again", kind=Kind.YES_NO, text="4"),
                Question(key="rows", kind=Kind.MATRIX, text="5", choices=CHOICES[:2]),
                Question(key="last", kind=Kind.SCALE, text="6", measure="nps"),
                Question(key="said", kind=Kind.TEXT, text="7"),
            )
        ),
    ),
)
Sent = dict[str, list[str]]


def somebody(chance: Random) -> Sent:
    """An answer as the page would take it: only of questions that were come by, some of them left blank."""
    sent: Sent = {}
    for question in ASKED.questions:
        if question in path(ASKED, sent):
            for name in question.fields:
                most = len(question.values) if question.kind is Kind.MULTIPLE else min(1, len(question.values))
                if given := chance.sample(question.values, chance.randint(0, most)):
                    sent[name] = given
    return sent


def town_that_answered(session: Session, count: int) -> list[tuple[SurveyVersion, date, Detail, Sent]]:
    """So many answers to two versions in four months, from two offices and their services."""
    chance = Random(20261123)
    first = make.survey(session, Of.TURN, ASKED)
    first.until = make.at()
    session.flush()
    whole, at = written(ASKED), make.at()
    second = SurveyVersion(survey=first.survey, number=2, questionnaire=whole, written_at=at, published_at=at)
    session.add(second)
    session.flush()
    service = make.service(session)
    told = {"site_id": service.site_id, "channel": "in_person"}
    known = [
        Detail(**told, office_id=service.office_id, service_id=service.id, group="elderly"),
        Detail(**told, office_id=service.office_id),
        Detail(**told),
        Detail(),
    ]
    found = []
    for n in range(count):
        version, month, detail = (
            chance.choice((first, second)),
            date(2026, chance.randint(8, 11), 9),
            chance.choice(known),
        )
        sent = somebody(chance)
        how = answering.How(
            chance.choice(list(Mode)), "es", ("key",), official_id=1 if n % 9 == 0 else None, typing=True
        )
        attention = Attention(Of.TURN, f"turn {n}", month, ((detail, 5),))
        at = make.at().replace(month=month.month)
        answering.answer(session, version, sent, attention, how, at)
        found.append((version, month.replace(day=1), detail, sent))
    return found


def test_the_database_counts_what_a_slow_count_finds(town: Session) -> None:
    answers = town_that_answered(town, 240)
    assert YEAR is not None
    versions = {version.id: version for version, *_rest in answers}
    asked = {number: read(version.questionnaire) for number, version in versions.items()}
    site, office = make.site(town).id, make.service(town).office_id
    scopes = [
        (Scope(tuple(versions)), answers),
        (Scope(tuple(versions), site_id=site), [each for each in answers if each[2].site_id]),
        (Scope(tuple(versions), offices=frozenset({office})), [each for each in answers if each[2].office_id]),
    ]
    for scope, mine in scopes:
        found = tally.by_month(town, scope, asked, YEAR)
        whole = {number: counted.add(months.values()) for number, months in found.items()}
        assert sum(one.answers for one in whole.values()) == len(mine)
        months = Counter((version.id, month) for version, month, *_rest in mine)
        assert {(number, m): c.answers for number, each in found.items() for m, c in each.items()} == months
        told = {
            each.question.key: each
            for each in questions_of([Version(n, asked[n], whole[n]) for n in sorted(whole, reverse=True)])
        }
        for question in ASKED.questions[:-1]:
            here = told[question.key]
            assert here.came == sum(question in path(ASKED, sent) for *_rest, sent in mine), question.key
            for name in question.fields:
                given = Counter(value for *_rest, sent in mine for value in sent.get(name, []))
                one = here.fields[name]
                assert (one.not_applicable, dict(one.values)) == (given.pop("na", 0), given), name
                answered = sum(bool(set(sent.get(name, [])) - {"na"}) for *_rest, sent in mine)
                assert (one.answered, here.blank(name)) == (
                    answered,
                    here.came - answered - one.not_applicable,
                ), name
    assert "said" not in told


def test_what_is_counted_of_a_site_or_of_offices_is_counted_in_one_pass_over_an_index(engine: Engine) -> None:
    assert YEAR is not None
    with Session(engine) as session, transaction(session):
        asked = {version.id: read(version.questionnaire) for version, *_rest in town_that_answered(session, 60)}
        site, office = make.site(session).id, make.service(session).office_id
    scopes = (Scope(tuple(asked), site_id=site), Scope(tuple(asked), offices=frozenset({office})))
    for scope in scopes:
        with heard(engine) as queries, Session(engine) as session:
            tally.by_month(session, scope, asked, YEAR)
            of_answers = [query for query in queries if "FROM survey_answers" in query[0]]
            assert len(of_answers) == 3, "all questions together, and the multiple choice of each version"
            assert not [query for query in of_answers if "survey_responses" in query[0]]
            if engine.dialect.name == "sqlite":
                for statement, values in of_answers:
                    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                    assert any("COVERING INDEX ix_survey_answers_counted" in row[3] for row in plan), statement


def test_groups_are_cut_by_all_that_is_known_of_the_attention(town: Session) -> None:
    answers = town_that_answered(town, 120)
    assert YEAR is not None
    scope = Scope(tuple({version.id for version, *_rest in answers}))
    rated = [(detail, sent["all"][0]) for *_rest, detail, sent in answers if sent.get("all", ["na"]) != ["na"]]
    cuts = tally.cuts(town, scope, YEAR, "all")
    assert set(cuts) == {"place", *tally.FLAT}
    for name, groups in cuts.items():
        assert sum(group.counts[2] for group in groups) == len(rated), name
        assert sum(group.good for group in groups) == sum(value in "45" for _detail, value in rated), name
    by_group = {group.name: group.counts[2] for group in cuts["group"]}
    assert by_group == Counter(detail.group or "" for detail, _value in rated)
    site = next(group for group in cuts["place"] if group.name)
    office = next(group for group in site.parts if group.name)
    assert {group.name for group in office.parts} == {"", str(make.service(town).id)}
    assert sum(group.counts[2] for group in office.parts) == office.counts[2]
    everybody = tally.cuts(town, scope, YEAR, None)
    assert sum(group.counts[2] for group in everybody["mode"]) == len(answers)
    known = tally.known(town, scope, YEAR)
    assert (sum(known.modes.values()), known.by_hand) == (len(answers), 14)
    tell = [(detail.office_id is not None, detail.service_id is not None) for *_rest, detail, _sent in answers]
    assert (known.with_office, known.with_service) == tuple(map(sum, zip(*tell, strict=True)))


def test_a_survey_that_nobody_answered_counts_nothing(town: Session) -> None:
    version = make.survey(town)
    assert YEAR is not None
    scope = Scope((version.id,))
    assert tally.by_month(town, scope, {version.id: make.QUESTIONNAIRE}, YEAR) == {version.id: {}}
    assert set(map(tuple, tally.cuts(town, scope, YEAR, "all").values())) == {()}
    assert [each.id for each in tally.versions_of(town, version.survey_id)] == [version.id]
    assert town.get_one(Survey, version.survey_id).kind is Of.TURN
