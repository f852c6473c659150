"""Look for the words of a reserved complaint where they may not be: the database, the disk, the journal, the pages."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, Text, cast, inspect, literal_column, select
from sqlalchemy import table as light_table
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError, IntegerConverter, Rule

from core import clock
from core.db import Event, transaction
from core.files import keeping
from core.files.within import within
from core.people import actions as people
from core.people.model import Official
from core.web import uploads
from core.web.canary import Case, Words, file_in_the_open, file_one, reclassify, seen_by_its_person
from core.web.database import db
from core.web.live import for_the_wall

GROUPS = {
    "Auditoría": ("audit",),
    "Sucesos": ("events", "streams"),
    "Correo": ("mail",),
    "Índices de búsqueda": ("search", "fts", "_index"),
    "Pulsaciones": ("presses",),
}
"""Tables that deserve a line of their own, by a part of their names."""
ANYBODY = "quien no ingresó"


@dataclass(frozen=True, slots=True)
class Looked:
    """A place, how much of it was looked at, and which parts of the complaint were there."""

    place: str
    much: int
    found: list[str]
    missing: bool = False

    @property
    def good(self) -> bool:
        return not self.found and not self.missing

    def __str__(self) -> str:
        """One line for whoever runs the check."""
        told = f"{'✓' if self.good else '✗'} {self.place} ({self.much})"
        if self.missing:
            return f"{told}: aquí debía verse y no se vio"
        return f"{told}: {', '.join(self.found)}" if self.found else told


def check(app: Flask, folders: Iterable[Path]) -> Iterator[Looked]:
    """File a complaint in the database of `app`, which must be one to throw away, and look in every place for it."""
    words = Words()
    with _listening() as journal:
        with app.app_context():
            case = _file(words, clock.now())
        yield from _pages(app, case, words)
        with app.app_context():
            yield from tables(db.session(), words)
            yield _wall(db.session(), words)
    yield from on_disk(folders, words)
    yield Looked("Diario de los procesos", len(journal), words.parts_in("\n".join(journal).encode()))


def _file(words: Words, at: datetime) -> Case:
    """One that is reserved from the beginning, and one that everybody could read until it was seen what it is."""
    store = uploads.store()
    with transaction(db.session) as session:
        case = file_one(session, store, words, at)
        other = file_in_the_open(session, store, words, case.named, at)
        filings = case.filings | {other.filing_number: other.id}
    with transaction(db.session) as session:
        reclassify(session, store, words, other.id, case.named, at)
    keeping.remove_strays(db.session(), store, at)
    return replace(case, filings=filings)


def tables(session: Session, words: Words) -> Iterator[Looked]:
    """Every table of the database, as the database itself holds it."""
    found: dict[str, tuple[int, set[str]]] = dict.fromkeys((*GROUPS, "Las demás tablas"), (0, set()))
    for name in inspect(session.get_bind()).get_table_names():
        group = next((g for g, parts in GROUPS.items() if any(part in name for part in parts)), "Las demás tablas")
        rows, parts = found[group]
        held = list(_rows(session, name))
        found[group] = rows + len(held), parts | set(words.parts_in(b"\n".join(held)))
    session.rollback()
    for group, (rows, parts) in found.items():
        yield Looked(group, rows, sorted(parts))


def on_disk(folders: Iterable[Path], words: Words) -> Iterator[Looked]:
    """Every byte of every file, also of the database and of what it has not yet put in its place (WAL)."""
    for folder in folders:
        kept = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        found = {part for path in kept for part in words.parts_in(str(path.name).encode() + path.read_bytes())}
        yield Looked(
            f"Archivos del disco, los de la base y su WAL entre ellos: {folder.name}", len(kept), sorted(found)
        )


def _rows(session: Session, table: str) -> Iterator[bytes]:
    if session.get_bind().dialect.name == "postgresql":
        whole = select(cast(literal_column("t"), Text)).select_from(light_table(table).alias("t"))
        for row in session.scalars(whole):
            yield str(row).encode()
        return
    everything: Select[Any] = select(literal_column("*")).select_from(light_table(table))
    with suppress(SQLAlchemyError):
        for cells in session.execute(everything):
            yield b"\x1f".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)


def _wall(session: Session, words: Words) -> Looked:
    told = [json.dumps(for_the_wall(event), default=str) for event in session.scalars(select(Event))]
    return Looked("Mensajes de la conexión en vivo", len(told), words.parts_in("\n".join(told).encode()))


# ---------------------------------------------------------------- the pages


def _pages(app: Flask, case: Case, words: Words) -> Iterator[Looked]:
    """Every page that each role can open, and, so that the check is not blind, those where the words must be."""
    addresses = list(_addresses(app, case, words))
    for role, official_id in {ANYBODY: 0, **case.others}.items():
        seen = _walk(_client(app, official_id), addresses)
        yield Looked(f"Páginas que abre: {role}", seen[0], words.parts_in(seen[1]))
    _much, page = _walk(_client(app, case.named), [f"/admin/reserved/{case.petition_id}"])
    yield Looked("Quien está designado sí lo lee", 1, [], missing=len(words.parts_in(page)) < 2)
    person = app.test_client()
    _come_in(person, case)
    _much, page = _walk(person, ["/petitions/follow"])
    yield Looked(
        "Quien denunció ve los mensajes",
        1,
        [],
        missing=any(word.encode() not in page for word in seen_by_its_person(words)),
    )


def _come_in(person: FlaskClient, case: Case) -> None:
    shown = person.get("/petitions/follow").get_data(as_text=True)
    sent = {"number": case.number, "code": case.code}
    if person.application.config.get("WTF_CSRF_ENABLED", True):
        sent["csrf_token"] = shown.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    person.post("/petitions/follow", data=sent)


def _client(app: Flask, official_id: int) -> FlaskClient:
    """A browser in which this official has come in; nobody for 0."""
    client = app.test_client()
    if official_id:
        with app.app_context(), transaction(db.session) as session:
            official = session.get_one(Official, official_id)
            token = people.sign_in(session, official, "reserve-check", clock.now())
        with client.session_transaction() as kept:
            kept["_user_id"] = token
    return client


def _walk(client: FlaskClient, addresses: Iterable[str]) -> tuple[int, bytes]:
    """How many pages opened, and all that they said; no page is drawn for those that did not."""
    said = []
    for address in addresses:
        answer = client.get(address, headers={"Accept": "application/json"})
        if answer.status_code < 400:
            said.append(b"\n".join(within(answer.get_data())))
        answer.close()
    return len(said), b"\n".join(said)


def _addresses(app: Flask, case: Case, words: Words) -> Iterator[str]:
    """Every page that is only looked at, with what might name the case in its place, or searched for."""
    with app.test_request_context():
        map_of = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if rule.websocket or "GET" not in (rule.methods or ()) or rule.endpoint.split(".")[-1] == "static":
                continue
            for values in _values(rule, case):
                with suppress(BuildError, ValueError):
                    address = map_of.build(rule.endpoint, values)
                    yield address if values else f"{address}?q={words.mark}"


def _values(rule: Rule, case: Case) -> Iterator[dict[str, object]]:
    names = sorted(rule.arguments)
    ids = sorted({1, *case.filings.values()})
    each = [ids if isinstance(rule._converters[name], IntegerConverter) else list(case.filings) for name in names]
    for values in product(*each):
        yield dict(zip(names, values, strict=True))


@contextmanager
def _listening() -> Iterator[list[str]]:
    """All that is said in the journal meanwhile, whatever its level."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    root, ear = logging.getLogger(), Ear(logging.DEBUG)
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(ear)
        root.setLevel(before)
