"""The tray and the search over 200,000 petitions, beside a bare query: `python -m tests.bench.petitions`."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from config import read_database_url
from core.catalogue.model import Office
from core.db import prepare, table
from core.petitions import inbox, search
from core.petitions.inbox import Asked, Order, Scope
from core.petitions.model import Channel, Identity, Petition, Petitioner, Stage
from tests import conftest, make, postgresql

PETITIONS, OPEN_SHARE = 200_000, 20
CHUNK = 10_000
ASKED = 60
TODAY = date(2026, 11, 23)
COMMON = ("solicito", "sobre", "el", "la", "los", "de", "mi", "casa", "barrio", "vereda", "alcaldia", "respuesta")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: an official of one office, or one who reads all."""

    id: int
    roles: tuple[str, ...]
    offices: frozenset[int]


def seed(session: Session, count: int = PETITIONS) -> list[int]:
    """So many petitions of three years, one in twenty of them open, in all offices; the offices."""
    chance = random.Random(7)
    rare = [f"palabra{n}" for n in range(20_000)]
    offices = list(session.scalars(select(Office.id)))
    site = make.site(session).id
    for first in range(1, count + 1, CHUNK):
        rows, people, words = [], [], []
        for number in range(first, min(first + CHUNK, count + 1)):
            is_open = number % OPEN_SHARE == 0
            came = TODAY - timedelta(days=chance.randint(0, 30) if is_open else chance.randint(30, 1000))
            said = " ".join(chance.choices(COMMON, k=12) + chance.choices(rare, k=8))
            name, document = f"Persona {chance.choice(rare)}", f"{63_000_000 + number}"
            rows.append(_row(number, site, chance.choice(offices), is_open, came, said, chance))
            people.append({"petition_id": number, "person": "natural", "name": name, "document_number": document,
                           "document_kind": "CC", "email": "", "phone": "", "address": "", "municipality": "",
                           "notify_by_email": False, "consent": ""})  # fmt: skip
            folded = search.fold(f"2026-E-{number:06d} {number} {said} {name} {document}")
            words.append({"id": number, "words": " ".join(dict.fromkeys(folded))})
        session.execute(table(Petition).insert(), rows)
        session.execute(table(Petitioner).insert(), people)
        _keep_words(session, words)
        session.commit()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text(f"INSERT INTO {search.INDEX} ({search.INDEX}) VALUES ('rebuild')"))
        session.execute(text("PRAGMA optimize"))
    else:
        session.execute(text("ANALYZE"))
    session.commit()
    return offices


def _row(
    number: int, site: int, office: int, is_open: bool, came: date, said: str, chance: random.Random
) -> dict[str, object]:
    due = came + timedelta(days=21)
    return {
        "id": number, "year": 2026, "number": number, "site_id": site, "office_id": office, "channel": Channel.WEB,
        "verbal": False, "contingency": "", "kind": chance.choice(("queja", "reclamo", "informacion")),
        "asked_kind": "queja", "identity": Identity.IDENTIFIED, "confidential": False, "subject": said[:60],
        "text": said, "received_on": came, "after_hours": False, "policy": "estricta", "filed_on": came,
        "answer_by": "portal", "language": "es", "missing": [], "code_hash": f"{number:064d}",
        "stage": Stage.OPEN if is_open else Stage.ANSWERED, "stage_on": came, "due_on": due,
        "suspended": False, "calendar_version": "",
    }  # fmt: skip


def _keep_words(session: Session, words: list[dict[str, object]]) -> None:
    said = ":words" if session.get_bind().dialect.name == "sqlite" else "to_tsvector('simple', :words)"
    session.execute(text(f"INSERT INTO petition_words (petition_id, words) VALUES (:id, {said})"), words)


def measured(session: Session, offices: list[int]) -> Iterator[tuple[str, float, float]]:
    """Each question with its median and its 95th percentile, in milliseconds."""
    desk, everything = Reader(10_000, ("petitions",), frozenset(offices[:1])), Reader(10_000, ("control",), frozenset())
    site, soon, chance = make.site(session).id, TODAY + timedelta(days=3), random.Random(3)
    mine, whole = Asked(scope=Scope.OFFICE, site_id=site), Asked(scope=Scope.ALL, site_id=site)

    def looks(reader: Reader, **asked: object) -> Callable[[], object]:
        base = {name: getattr(whole if reader is everything else mine, name) for name in ("scope", "site_id")}
        return lambda: inbox.look(session, reader, Asked(**(base | asked)), TODAY, soon)

    def searches(reader: Reader, words: Callable[[], str]) -> Callable[[], object]:
        return lambda: looks(reader, words=words())()

    rare = lambda: f"palabra{chance.randrange(20_000)}"  # noqa: E731
    questions: list[tuple[str, Callable[[], object]]] = [
        (
            "bare: one petition by its key",
            lambda: session.execute(text("SELECT * FROM petitions WHERE id = 777")).all(),
        ),
        ("tray of an office", looks(desk)),
        ("tray of an office, overdue", looks(desk, state="overdue")),
        ("tray of an office, answered", looks(desk, state="answered")),
        ("tray of the entity", looks(everything)),
        ("tray of the entity, newest", looks(everything, order=Order.NEWEST)),
        ("counts of an office", lambda: inbox.counts(session, desk, mine, TODAY, soon)),
        ("counts of the entity", lambda: inbox.counts(session, everything, whole, TODAY, soon)),
        ("search a rare word, office", searches(desk, rare)),
        ("search a rare word, entity", searches(everything, rare)),
        ("search a common word, office", searches(desk, lambda: "solicito")),
        ("search a common word, entity", searches(everything, lambda: "solicito")),
        ("search common and rare, entity", searches(everything, lambda: f"solicito barrio {rare()}")),
        ("search a beginning, entity", searches(everything, lambda: f"palabra{chance.randrange(99)}")),
        ("search a number", searches(everything, lambda: f"2026-E-{chance.randrange(1, PETITIONS):06d}")),
    ]
    for name, ask in questions:
        times = sorted(_timed(session, ask) for _ in range(ASKED))
        yield name, times[len(times) // 2], times[int(len(times) * 0.95)]


def _timed(session: Session, ask: Callable[[], object]) -> float:
    session.expunge_all()
    began = perf_counter()
    ask()
    return (perf_counter() - began) * 1000


@contextmanager
def town(database: str) -> Iterator[str]:
    """A loaded town hall on a database of its own; its address."""
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            url = f"sqlite:///{Path(folder) / 'town.sqlite3'}"
            conftest.build_town(url, Path(folder))
            yield url
            return
        with postgresql.cluster() as address:
            postgresql.run(address, "CREATE DATABASE bench")
            url = read_database_url(f"{address}/bench")
            conftest.build_town(url, Path(folder))
            yield url


def main(databases: list[str]) -> None:
    for database in databases or list(conftest.DATABASES):
        with town(database) as url:
            engine = create_engine(url)
            prepare(engine)
            with Session(engine) as session:
                offices = seed(session)
                for name, median, late in measured(session, offices):
                    print(f"{database:11} {name:34} p50 {median:7.1f} ms   p95 {late:7.1f} ms", flush=True)
            engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
