"""Petitions by the hundred thousand, and how long lists, reports and recounts take among them, beside bare queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import tables
from core.catalogue.model import Office
from core.db import transaction
from core.petitions import inbox, recounting, register, search, tally
from core.petitions.deadlines import State
from core.petitions.figures import annulled_in, cases_of
from core.petitions.inbox import Scope
from core.petitions.terms import Kind
from core.reports import periods
from core.reports.periods import Period
from tests import make
from tests.bench import history
from tests.bench.figures import LIST_MS, NONE, RECOUNT_S, REPORT_MS, Figure, Goal, percentile, spread
from tests.bench.history import CHUNK, Rows
from tests.bench.town import BEGAN, Town

TODAY = BEGAN.date()
YEARS = 5
COLUMNS = {
    "petitions": "id, year, number, site_id, office_id, channel, verbal, contingency, kind, asked_kind, identity,"
    " confidential, subject, text, received_on, received_at, after_hours, policy, filed_on, answer_by, language,"
    " missing, code_hash, stage, stage_on, due_on, told_on, suspended, calendar_version",
    "petition_words": "petition_id, words",
    "petition_steps": 'petition_id, number, kind, "on", at, public, text, detail',
}
CHANNELS = ("web", "web", "in_person", "email", "paper", "phone")
KINDS = (Kind.PARTICULAR, Kind.COMPLAINT, Kind.DOCUMENTS, Kind.GENERAL, Kind.INFORMATION, Kind.CLAIM, Kind.CONSULTATION)
TERMS = {Kind.DOCUMENTS: 10, Kind.INFORMATION: 10, Kind.CONSULTATION: 30}
RESERVED = 50
"""One of so many is reserved."""
STREETS = ("Calle", "Carrera", "Vereda", "Barrio", "Camino", "Puente", "Parque", "Escuela", "Acueducto", "Quebrada")
assert tables.Base.metadata.tables


@dataclass(frozen=True, slots=True)
class Plan:
    """How many petitions there are, how many of them are open, and how often each thing is measured."""

    petitions: int
    open: int
    repeats: int


WHOLE, QUICK = Plan(200_000, 10_000, 20), Plan(20_000, 10_000, 10)


def write(database_url: str, count: int, open_: int) -> None:
    """Keep `count` petitions of the last years, the last `open_` of them open, on a database without petitions."""
    days = list(_days())
    with history.opened(database_url, COLUMNS, ("petitions", "petition_steps")) as (connection, keep):
        offices = [row[0] for row in connection.execute("SELECT id FROM offices ORDER BY id").fetchall()]
        site = connection.execute("SELECT id FROM sites").fetchall()[0][0]
        numbers: dict[int, int] = {}
        for start in range(0, count, CHUNK):
            petitions: Rows = []
            steps: Rows = []
            words: Rows = []
            for n in range(start, min(start + CHUNK, count)):
                day = days[n * len(days) // count]
                numbers[day.year] = numbers.get(day.year, 0) + 1
                row = _petition(n, numbers[day.year], site, offices[n * 7 % len(offices)], day, n >= count - open_)
                petitions.append(row)
                steps += _steps(n, day, is_open=n >= count - open_)
                words += [] if n % RESERVED == 0 else [(n + 1, _words(n, day.year, numbers[day.year]))]
            keep("petitions", petitions)
            keep("petition_steps", steps)
            keep("petition_words", words)
        if database_url.startswith("sqlite"):
            connection.execute(f"INSERT INTO {search.INDEX} ({search.INDEX}) VALUES ('rebuild')")


def _days() -> Iterator[date]:
    """The weekdays of the last years, oldest first."""
    first = TODAY - timedelta(days=365 * YEARS)
    every = (first + timedelta(days=n) for n in range((TODAY - first).days))
    return (day for day in every if day.isoweekday() <= 5)


def _petition(n: int, number: int, site: int, office: int, day: date, is_open: bool) -> tuple[object, ...]:
    kind = KINDS[n * 11 % len(KINDS)]
    due = day + timedelta(days=TERMS.get(kind, 15) * 7 // 5 + 2)
    ended = day + timedelta(days=1 + n * 13 % 30)
    sealed = n % RESERVED == 0
    words = ("", "") if sealed else (f"Arreglo del andén {n}", "Solicito que arreglen el andén frente a mi casa.")
    return (
        *(n + 1, day.year, number, site, office, CHANNELS[n % len(CHANNELS)], False, "", kind.value, kind.value),
        *("reserved" if sealed else "identified", sealed, *words, day.isoformat(), None, False, "estricta"),
        *(day.isoformat(), "portal", "es", "[]", f"bench-{n}", "open" if is_open else "answered"),
        *((day if is_open else ended).isoformat(), due.isoformat(), None, False, "before"),
    )


def _words(n: int, year: int, number: int) -> str:
    """What is found of it: its number, a few common words, and two that few others have."""
    said = f"{year} e {number:06d} {number} solicito que arreglen el anden {STREETS[n % 10]} {n % 997} vecino{n % 5000}"
    return " ".join(search.fold(said))


def _steps(n: int, day: date, *, is_open: bool) -> Rows:
    """It was filed; of one in twenty what was missing was asked for and came; one that is answered was signed."""
    kinds = [("filed", 0, "{}")]
    kinds += [("clarification_asked", 2, "{}"), ("clarified", 6, "{}")] if n % 20 == 0 else []
    kinds += [] if is_open else [("signed", 1 + n * 13 % 30, '{"outcome": "granted"}')]
    return [
        (n + 1, place, kind, (day + timedelta(days=after)).isoformat(), None, True, "", detail)
        for place, (kind, after, detail) in enumerate(kinds, start=1)
    ]


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who looks: an official of one office, or internal control."""

    roles: tuple[str, ...]
    offices: frozenset[int] = frozenset()
    id: int = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is timed, its goal in milliseconds, and the bare query beside it."""

    name: str
    goal: Goal
    ours: Callable[[], object]
    bare: str
    values: dict[str, object]


def measure(town: Town, where: str, plan: Plan) -> Iterator[Figure]:
    """What a page of each kind asks of the database, and the recount of all that is open."""
    engine = town.engine()
    with Session(engine) as session:
        site = make.site(session).id
        for each in (*_lists(session, site), *_reports(session, site)):
            taken = []
            each.ours()
            for _n in range(plan.repeats):
                taken.append((_milliseconds(each.ours), _milliseconds(lambda: _ask(session, each))))  # noqa: B023
                session.expunge_all()
            ours, floor = (spread([percentile(times, 0.95)]) for times in zip(*taken, strict=True))
            yield Figure(f"{each.name}, p95 ms, {where}", ours, each.goal, floor)
        yield from _recount(session, site, where, plan)
    engine.dispose()


def _ask(session: Session, each: Measure) -> object:
    return session.execute(text(each.bare), each.values).all()


def _lists(session: Session, site: int) -> Iterator[Measure]:
    """The tray of an office and of the whole entity, with its counts, and a search by rare and by common words."""
    office = session.scalars(select(Office.id).order_by(Office.id)).first()
    assert office is not None
    clerk, control = Clerk(("petitions",), frozenset({office})), Clerk(("control",))
    soon = TODAY + timedelta(days=5)
    columns = "SELECT id, year, number, subject, kind, channel, received_on, due_on FROM petitions WHERE"
    dialect = session.get_bind().dialect.name
    by_words = {
        "sqlite": f"id IN (SELECT rowid FROM {search.INDEX} WHERE {search.INDEX} MATCH :words)",
        "postgresql": "id IN (SELECT petition_id FROM petition_words WHERE words @@ to_tsquery('simple', :words))",
    }[dialect]

    def tray(who: Clerk, asked: inbox.Asked) -> Callable[[], object]:
        return lambda: (
            inbox.look(session, who, asked, TODAY, soon),
            inbox.counts(session, who, asked, TODAY, soon),
        )

    def asked(scope: Scope, *, words: str = "", state: str = "") -> inbox.Asked:
        return inbox.Asked(scope=scope, site_id=site, words=words, state=state)

    mine = f"{columns} stage = 'open' AND office_id = {office} ORDER BY due_on, id LIMIT 26"
    every = f"{columns} stage = 'open' AND site_id = {site} ORDER BY due_on, id LIMIT 26"
    for name, who, scope, bare in (
        ("de una dependencia", clerk, Scope.OFFICE, mine),
        ("de toda la entidad", control, Scope.ALL, every),
    ):
        yield Measure(f"bandeja {name}", LIST_MS, tray(who, asked(scope)), bare, {})
        yield Measure(f"bandeja {name}, vencidas", LIST_MS, tray(who, asked(scope, state=State.OVERDUE)), bare, {})
    for name, words in (
        ("palabra rara", "vecino77"),
        ("palabra común", "arreglen"),
        ("común y rara", "arreglen vecino77"),
    ):
        bare = f"{columns} {by_words} ORDER BY id DESC LIMIT 26"
        values = {"words": words if dialect == "sqlite" else " & ".join(words.split())}
        yield Measure(f"buscar {name}", LIST_MS, tray(control, asked(Scope.ALL, words=words)), bare, values)
    common = tray(clerk, asked(Scope.OFFICE, words="arreglen"))
    yield Measure("buscar palabra común, una dependencia", LIST_MS, common, mine, {})


def _reports(session: Session, site: int) -> Iterator[Measure]:
    """The figures of a quarter, and a page of the public register."""
    quarter, month = periods.quarter_of(TODAY).before, periods.month_of(TODAY).before

    def report() -> object:
        cases, months = cases_of(session, site, quarter, TODAY), [f"{each:%Y-%m}" for each in quarter.each_month()]
        return tally.figures(cases, months, annulled_in(session, site, quarter))

    def page() -> object:
        return register.filings_of(session, month, TODAY, 1), register.count_of(session, month)

    bare = (
        "SELECT id, year, number, kind, channel, office_id, received_on, stage, stage_on, due_on FROM petitions"
        " WHERE received_on BETWEEN :first AND :last ORDER BY year, number"
    )
    yield Measure("informe de un trimestre", REPORT_MS, report, bare, _ends(quarter))
    days = _ends(month)
    yield Measure("página del registro público", LIST_MS, page, f"{bare} LIMIT 100", days)


def _ends(period: Period) -> dict[str, object]:
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _recount(session: Session, site: int, where: str, plan: Plan) -> Iterator[Figure]:
    """Every open petition counted by another calendar and kept, beside one update of as many rows."""
    floor = _milliseconds(lambda: _bare_update(session)) / 1000
    counted: list[int] = []

    def again() -> None:
        found = recounting.count_again(session, site)
        with transaction(session):
            act = recounting.keep(session, found, None, BEGAN)
            counted.append(act.counted if act else 0)

    took = _milliseconds(again) / 1000
    yield Figure(f"recontar {plan.open} abiertas, s, {where}", spread([took]), RECOUNT_S, spread([floor]))
    yield Figure(f"abiertas sin recontar, {where}", spread([plan.open - sum(counted)]), NONE)


def _bare_update(session: Session) -> None:
    with transaction(session):
        session.execute(text("UPDATE petitions SET calendar_version = 'another' WHERE stage = 'open'"))


def _milliseconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return 1000 * (perf_counter() - began)
