"""What a refused form had brought: put aside for an hour, sealed with the form's own token."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.files import sealing
from core.files.actions import Received, Store
from core.files.antivirus import Found
from core.files.folder import pieces, write
from core.files.model import PendingUpload
from core.files.refusals import NotAside

KEPT_FOR = timedelta(hours=1)


def seal_aside(store: Store, received: Received, token: str, at: datetime) -> PendingUpload:
    """A row, not yet added, of a file that is put aside for the form with this token (128 random bits or more)."""
    with received.path.open("rb") as file:
        name = store.folder.put_aside(sealing.seal(pieces(file), _key(token)), at)
    return PendingUpload(
        form=_form(token),
        file=name,
        label=received.label,
        kind=received.kind,
        size=received.size,
        scan=received.found.scan,
        engine=received.found.engine,
        until=at + KEPT_FOR,
    )


def of_form(session: Session, token: str, at: datetime) -> Sequence[PendingUpload]:
    """What is still there for a form, in the order in which it came."""
    return session.scalars(
        select(PendingUpload)
        .where(PendingUpload.form == _form(token), PendingUpload.until > at)
        .order_by(PendingUpload.id)
    ).all()


@contextmanager
def received_again(store: Store, pending: PendingUpload, token: str) -> Iterator[Received]:
    """What was put aside, as it was received. Raises NotAside."""
    with store.folder.incoming() as path:
        try:
            with store.folder.aside(pending.file).open("rb") as sealed:
                write(sealing.opened(sealed, _key(token)), path)
        except FileNotFoundError:
            raise NotAside from None
        yield Received(path, pending.label, pending.kind, Found(pending.scan, pending.engine))


def stay(store: Store, pending: PendingUpload, at: datetime) -> None:
    """Keep it for an hour from now on: its form came back, and was refused again. Raises NotAside."""
    pending.until = at + KEPT_FOR
    try:
        store.folder.keep_aside(pending.file, at)
    except FileNotFoundError:
        raise NotAside from None


def let_go(session: Session, token: str) -> None:
    """The form was obeyed: nothing waits for it any more."""
    session.execute(delete(PendingUpload).where(PendingUpload.form == _form(token)))


def clear(session: Session, store: Store, at: datetime) -> int:
    """Forget what nobody came back for; how many files were removed."""
    session.execute(delete(PendingUpload).where(PendingUpload.until <= at))
    return store.folder.clear(at, KEPT_FOR)


def _form(token: str) -> str:
    return hashlib.sha256(b"form " + token.encode()).hexdigest()


def _key(token: str) -> bytes:
    return hashlib.sha256(b"key " + token.encode()).digest()
