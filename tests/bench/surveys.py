"""Answers to surveys by the ten thousand, and how long their results take to be told, beside a bare query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from random import Random
from time import perf_counter

from sqlalchemy import text
from sqlalchemy.orm import Session

from core import tables
from core.db import transaction
from core.reports import periods
from core.reports.periods import Period
from core.surveys.model import Mode, SurveyVersion
from core.surveys.questionnaire import FACES, SCALE, Choice, Kind, Question, Questionnaire, Section
from core.surveys.tally import Scope
from core.web.attentions import results_beside
from core.web.survey_report import parts_of
from core.web.survey_result_words import names_in
from tests import make
from tests.bench import history
from tests.bench.figures import SURVEY_MS, Figure, percentile, spread
from tests.bench.history import CHUNK, Rows
from tests.bench.town import BEGAN, Town
from wsgi import create_app

COLUMNS = {
    "survey_responses": 'id, version_id, month, site_id, office_id, service_id, "group", channel, mode, language',
    "survey_answers": "response_id, field, value, version_id, month, site_id, office_id",
}
CHOICES = tuple(Choice(key=key, text=key) for key in "abc")
ASKED = Questionnaire(
    title="Atención",
    sections=(
        Section(
            questions=(
                Question(key="all", kind=Kind.FACES, text="En general", measure="csat"),
                Question(key="ease", kind=Kind.FACES, text="Fácil", measure="ces"),
                Question(key="aspects", kind=Kind.MATRIX, text="Cada cosa", choices=CHOICES[:2]),
                Question(key="solved", kind=Kind.SINGLE, text="Resuelto", choices=CHOICES),
                Question(key="again", kind=Kind.SCALE, text="De nuevo", measure="nps"),
            )
        ),
    ),
)
VALUES = {"all": FACES, "ease": FACES, "aspects.a": FACES, "aspects.b": FACES, "solved": "aab", "again": SCALE}
GROUPS = ("general", "general", "older", "pregnant", "disability")
BARE = "SELECT field, value, count(*) FROM survey_answers WHERE version_id = :version GROUP BY field, value"
assert tables.Base.metadata.tables


@dataclass(frozen=True, slots=True)
class Plan:
    """How many answers there are, all of one year, and how often their results are opened."""

    answers: int
    repeats: int


WHOLE, QUICK = Plan(10_000, 40), Plan(10_000, 10)


def write(town: Town, count: int) -> int:
    """Keep `count` answers of the months of a year to one survey of the turns; the id of its version."""
    engine, chance = town.engine(), Random(20261123)
    with Session(engine) as session, transaction(session):
        version = make.survey(session, asked=ASKED)
        version_id = version.id
    engine.dispose()
    with history.opened(town.database_url, COLUMNS, ()) as (connection, keep):
        services = connection.execute("SELECT id, office_id, site_id FROM services ORDER BY id").fetchall()
        for start in range(0, count, CHUNK):
            whole: Rows = []
            answers: Rows = []
            for n in range(start, min(start + CHUNK, count)):
                number, month = chance.getrandbits(53), date(BEGAN.year, n % 12 + 1, 1).isoformat()
                service, office, site = chance.choice(services)
                known = (site, office, None if n % 20 == 0 else service, chance.choice(GROUPS), "in_person")
                whole.append((number, version_id, month, *known, chance.choice(list(Mode)).value, "es"))
                beside = (version_id, month, site, office)
                answers += [(number, field, chance.choice(values), *beside) for field, values in VALUES.items()]
            keep("survey_responses", whole)
            keep("survey_answers", answers)
    return version_id


def measure(town: Town, version: int, where: str, plan: Plan) -> Iterator[Figure]:
    """The results of the year, all groups included, as they are told on the page."""
    engine, year = town.engine(), periods.year_of(BEGAN.date())
    with create_app(town.settings()).test_request_context(), Session(engine) as session:
        for name, scope in (("toda la entidad", Scope()), ("una sede", Scope(site_id=make.site(session).id))):
            taken = []
            _open(session, version, year, scope)
            for _n in range(plan.repeats):
                session.expunge_all()
                ours = _milliseconds(lambda: _open(session, version, year, scope))  # noqa: B023
                taken.append((ours, _milliseconds(lambda: session.execute(text(BARE), {"version": version}).all())))
            ours_p95, floor = (spread([percentile(times, 0.95)]) for times in zip(*taken, strict=True))
            half = spread([percentile([ours for ours, _floor in taken], 0.5)])
            yield Figure(f"abrir resultados, {name}, p95 ms, {where}", ours_p95, SURVEY_MS, floor)
            yield Figure(f"abrir resultados, {name}, mediana ms, {where}", half)
    engine.dispose()


def _open(session: Session, version: int, year: Period, scope: Scope) -> object:
    survey = session.get_one(SurveyVersion, version).survey
    return parts_of(results_beside(session, survey, year, scope, by_group=True), names_in(session))


def _milliseconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return 1000 * (perf_counter() - began)
