"""One press, one effect: a button pressed twice, or a request sent again, gets the first answer back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import INSERT, Base, table
from core.errors import N_, Invalid, Refused
from core.prepared import run

KEPT = timedelta(hours=48)
_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")


class KeptPress(Base):
    """A press that had its effect, with the answer that every repetition gets."""

    __tablename__ = "presses"
    __table_args__ = (UniqueConstraint("actor", "key"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str]
    key: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]
    answer: Mapped[dict[str, Any]]


_KEEP = {
    database: insert(table(KeptPress))
    .on_conflict_do_nothing(index_elements=["actor", "key"])
    .returning(table(KeptPress).c.id)
    for database, insert in INSERT.items()
}
_KEPT = select(KeptPress.body, KeptPress.answer).where(
    KeptPress.actor == bindparam("actor"), KeptPress.key == bindparam("key")
)
_ANSWER = update(table(KeptPress)).where(table(KeptPress).c.id == bindparam("kept")).values(answer=bindparam("given"))


class KeyReused(Refused):
    message = N_("Este botón ya se usó para otra cosa. Vuelva a cargar la página e intente de nuevo.")


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed (``"device 3"``), the key of the press (≥ 128 random bits) and a digest of what was asked."""

    actor: str
    key: str
    body: str


def press(actor: str, key: str, asked: Mapping[str, object]) -> Press:
    """A press from a request. Raises Invalid for a key that is not 22–64 URL-safe characters."""
    if not _KEY.fullmatch(key):
        raise Invalid(N_("Falta la clave de la pulsación. Vuelva a cargar la página."), field="press")
    text = "\x1e".join(f"{name}\x1f{asked[name]}" for name in sorted(asked))
    return Press(actor, key, hashlib.sha256(text.encode()).hexdigest())


def once(session: Session, pressed: Press, at: datetime, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do `act` the first time the press arrives; afterwards give back the answer of that time.

    `act` returns a small JSON object (ids, not texts). It stands or falls with the transaction: a press
    that was refused leaves nothing and may be tried again. Two copies at the same instant: the second
    waits for the first, by the unique key. Raises KeyReused when the key comes with another request.
    """
    row = {"actor": pressed.actor, "key": pressed.key, "body": pressed.body, "at": at, "answer": {}}
    first = run(session, _KEEP, row).scalar()
    if first is None:
        body, answer = run(session, _KEPT, actor=pressed.actor, key=pressed.key).one()
        if body != pressed.body:
            raise KeyReused
        return dict(answer)
    answer = act()
    run(session, _ANSWER, kept=first, given=answer)
    return answer


def forget_old(session: Session, at: datetime) -> None:
    """Forget presses that nobody can be repeating any more."""
    session.execute(delete(KeptPress).where(KeptPress.at < at - KEPT))
