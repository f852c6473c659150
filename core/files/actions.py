"""How a file comes, stays and goes: received and checked, placed on the disk, and only then kept in the database."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.db import INSERT, Base, table
from core.files import checking, cleaning, sealing
from core.files.antivirus import Antivirus, Found, Scan
from core.files.folder import Folder, pieces, write
from core.files.kinds import MB, Kind, Use
from core.files.labels import label_of
from core.files.model import StoredFile
from core.files.refusals import Damaged, Infected, Quarantined, TooLarge

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Store:
    """Where the files of the installation lie, and who looks for what does harm in them."""

    folder: Folder
    antivirus: Antivirus


@dataclass(frozen=True, slots=True)
class Received:
    """A file that was checked and lies in the folder's incoming place until it is placed or let go."""

    path: Path
    label: str
    kind: Kind
    found: Found

    @property
    def size(self) -> int:
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that is safe on the disk, and has no row yet; `label` is the name that its sender gave it.

    `key` opens it if it was sealed, and is nowhere else: whoever keeps the file keeps the key, unreadable.
    """

    label: str
    digest: str
    size: int
    plain_size: int
    kind: Kind
    cleaned: bool
    found: Found
    at: datetime
    key: bytes | None = field(default=None, repr=False)


class Content:
    """The verified bytes of a file, piece by piece; `size` of them. Read once, then closed."""

    def __init__(self, file: BinaryIO, parts: Iterator[bytes], size: int) -> None:
        self._file, self._parts, self.size = file, parts, size

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        self.close()

    def close(self) -> None:
        self._file.close()


@contextmanager
def receive(store: Store, content: Iterable[bytes], name: str, use: Use) -> Iterator[Received]:
    """Check a file as it comes; no more of it is read than may come. Raises NotTaken.

    `name` is what its sender calls it. Nothing of it stays but what is placed inside the `with`.
    """
    with store.folder.incoming() as path:
        label = label_of(name)
        write(_at_most(content, use.each), path)
        kind = checking.check(path, label, use)
        yield Received(path, label, kind, _looked_at(store, path))


def place(store: Store, received: Received, at: datetime, *, clean: bool = False, seal: bool = False) -> Placed:
    """Put a received file on the disk for good; slow, so before the transaction in which it is kept.

    `clean`: without who made it, when and where. `seal`: unreadable without the key that the answer brings.
    """
    key = secrets.token_bytes(sealing.KEY_BYTES) if seal else None
    with store.folder.incoming() as cleaned, store.folder.incoming() as sealed:
        path = received.path
        if clean:
            cleaning.clean(path, received.kind, cleaned)
            path = cleaned
        plain_size = path.stat().st_size
        if key is not None:
            with path.open("rb") as file:
                write(sealing.seal(pieces(file), key), sealed)
            path = sealed
        size = path.stat().st_size
        digest = store.folder.place(path, at)
    return Placed(received.label, digest, size, plain_size, received.kind, clean, received.found, at, key)


def place_own(store: Store, content: bytes, label: str, kind: Kind, at: datetime, *, seal: bool = False) -> Placed:
    """A file that the office itself made: a receipt, an answer."""
    with store.folder.incoming() as path:
        path.write_bytes(content)
        return place(store, Received(path, label, kind, _looked_at(store, path)), at, seal=seal)


def place_sealed(store: Store, stored: StoredFile, label: str, at: datetime) -> Placed:
    """A sealed copy of what is kept in the open, as it was cleaned and scanned. Raises Damaged or Quarantined."""
    content = content_of(store, stored)
    with store.folder.incoming() as path:
        write(content, path)
        as_it_is = Received(path, label, stored.kind, Found(stored.scan, stored.engine))
        return replace(place(store, as_it_is, at, seal=True), cleaned=stored.cleaned)


def keep(session: Session, placed: Placed) -> StoredFile:
    """The row of a placed file, the same for the same content; refer to it from what it hangs on. Raises Infected."""
    day = placed.at.date()
    values = {
        "digest": placed.digest,
        "size": placed.size,
        "plain_size": placed.plain_size,
        "kind": placed.kind,
        "sealed": placed.key is not None,
        "cleaned": placed.cleaned,
        "kept_on": day,
        "scan": placed.found.scan,
        "engine": placed.found.engine,
        "scanned_on": day if placed.found.engine else None,
    }
    insert = INSERT[session.get_bind().dialect.name](table(StoredFile))
    session.execute(insert.values(values).on_conflict_do_nothing(index_elements=["digest"]))
    stored = session.scalars(select(StoredFile).where(StoredFile.digest == placed.digest)).one()
    if stored.scan is Scan.QUARANTINED:
        raise Infected
    stored.cleaned = stored.cleaned or placed.cleaned
    if placed.found.scan is Scan.CLEAN:
        note_scan(stored, placed.found, placed.at)
    return stored


def content_of(store: Store, stored: StoredFile, key: bytes | None = None) -> Content:
    """What was kept, verified whole before the first byte is given. Raises Damaged, Quarantined or WrongKey."""
    if stored.scan is Scan.QUARANTINED:
        raise Quarantined
    try:
        file = store.folder.opened(stored.digest, stored.size)
    except Damaged:
        log.critical("archivos: el %s está dañado o falta en %s. Restáurelo de la copia.", stored.id, store.folder.root)
        raise
    parts = sealing.opened(file, key or b"") if stored.sealed else pieces(file)
    try:
        first = next(parts, b"")
    except Exception:
        file.close()
        raise
    return Content(file, chain((first,), parts), stored.plain_size)


def note_scan(stored: StoredFile, found: Found, at: datetime) -> None:
    """What the antivirus says from now on; what it found is never forgotten."""
    if found.engine and stored.scan is not Scan.QUARANTINED:
        stored.scan, stored.engine, stored.scanned_on = found.scan, found.engine, at.date()
    if found.scan is Scan.QUARANTINED:
        log.critical("antivirus: el archivo %s trae un programa dañino y queda en cuarentena.", stored.id)


def is_referred(session: Session, stored: StoredFile) -> bool:
    """Whether anything hangs on it: any row of any table that refers to the files."""
    return any(
        session.scalar(select(exists().where(reference.parent == stored.id)))
        for one in Base.metadata.tables.values()
        for reference in one.foreign_keys
        if reference.references(table(StoredFile)) and reference.column.name == "id"
    )


def forget(session: Session, stored: StoredFile) -> bool:
    """Whether its row was erased: only when nothing refers to it. The sweep removes its bytes."""
    if is_referred(session, stored):
        return False
    session.delete(stored)
    return True


def _at_most(content: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in content:
        size += len(piece)
        if size > most:
            raise TooLarge(most=most // MB)
        yield piece


def _looked_at(store: Store, path: Path) -> Found:
    """Raises Infected."""
    with path.open("rb") as file:
        found = store.antivirus.look(pieces(file))
    if found.scan is Scan.QUARANTINED:
        log.warning("antivirus: se rechazó un archivo con un programa dañino.")
        raise Infected
    return found
