"""Looking after the kept files: what is damaged, what the antivirus has not seen, and what nobody needs any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.files.actions import Store, forget
from core.files.antivirus import Found, Scan
from core.files.folder import STRAY_AFTER, pieces
from core.files.model import StoredFile
from core.files.refusals import Damaged


def damaged(session: Session, store: Store) -> Iterator[StoredFile]:
    """Every file that is not on the disk as it was kept; all are read."""
    for stored in session.scalars(select(StoredFile).order_by(StoredFile.id)):
        try:
            store.folder.opened(stored.digest, stored.size).close()
        except Damaged:
            yield stored


def unscanned(session: Session) -> list[StoredFile]:
    """What the antivirus has still to see; of what is sealed it could see nothing."""
    waiting = StoredFile.scan == Scan.UNSCANNED
    return list(session.scalars(select(StoredFile).where(waiting, ~StoredFile.sealed).order_by(StoredFile.id)))


def look_again(store: Store, stored: StoredFile) -> Found:
    """What the antivirus says now. Raises Damaged."""
    with store.folder.opened(stored.digest, stored.size) as file:
        return store.antivirus.look(pieces(file))


def forget_unneeded(session: Session, at: datetime) -> int:
    """Erase the rows that nothing refers to; how many. What came in the last day may be about to be referred to."""
    old = select(StoredFile).where(StoredFile.kept_on < (at - STRAY_AFTER).date())
    return sum(forget(session, stored) for stored in session.scalars(old).all())


def remove_strays(session: Session, store: Store, at: datetime) -> int:
    """Remove from the disk what has no row; how many files. After the rows were erased for good."""
    known = set(session.scalars(select(StoredFile.digest)))
    return sum(store.folder.remove_stray(digest, at) for digest in store.folder.kept() if digest not in known)
