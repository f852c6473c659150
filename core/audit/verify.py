"""Prove the trail: the whole chain against its keys, its end, the log, the schema and what was kept outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from core.audit import blocks, guards
from core.audit.actions import is_ours, keys
from core.audit.anchors import Anchor
from core.audit.chain import Link
from core.audit.damage import BEGINNING, Damage, End, Finding, first_damage
from core.audit.model import Entry, Head
from core.audit.vocabulary import Act
from core.db import table
from core.errors import N_, Invalid

AT_ONCE = 2_000
_ROWS = (
    select(*(type_coerce(c, BigInteger) if c.name == "at" else c for c in table(Entry).columns))
    .where(table(Entry).c.seq > bindparam("after"))
    .order_by(table(Entry).c.seq)
    .limit(AT_ONCE)
)
_ROW = select(table(Entry).c.hash).where(table(Entry).c.seq == bindparam("seq"))


@dataclass(frozen=True, slots=True)
class Proof:
    """What a verification saw: how many rows, the last one, and the first damage of each kind of thing."""

    rows: int
    seq: int
    hash: str
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


def verify(session: Session, since: int = 1, anchors: Iterable[Anchor] = ()) -> Proof:
    """Prove every row from number `since` on, all as it stands at one instant. The session begins anew.

    Raises Invalid for a number after the last row.
    """
    _look_at_one_instant(session)
    end = _end(session)
    if end is not None and since > max(end.seq, 1):
        raise Invalid(N_("La última fila es la %(last)s."), last=end.seq)
    walk = _Walk(session, since - 1)
    chain = first_damage(walk, _before(session, since), end, keys())
    found = [chain] if chain else []
    if not chain:
        found += walk.altered_block()
        found += [_of_block(None, block) for block in blocks.loose_ends(session)[:1]]
    for anchor in anchors:
        if session.execute(_ROW, {"seq": anchor.seq}).scalar() != anchor.hash:
            found.append(Finding(Damage.ANCHOR, anchor.seq))
            break
    found += _schema(session)
    session.rollback()
    return Proof(walk.rows, end.seq if end else 0, end.hash if end else "", tuple(found))


def glance(session: Session) -> Finding | None:
    """The first damage that can be seen without walking the chain: in the schema, the head or the last row."""
    for finding in _schema(session):
        return finding
    end = _end(session)
    newest = session.execute(select(Entry.seq).order_by(Entry.seq.desc()).limit(1)).scalar() or 0
    if not newest:
        return first_damage((), BEGINNING, end, keys())
    return first_damage(_Walk(session, newest - 1), (newest - 1, _follows(session, newest)), end, keys())


def _schema(session: Session) -> list[Finding]:
    return [Finding(Damage.SCHEMA, name=name) for name in guards.changed(session)[:1]]


def _look_at_one_instant(session: Session) -> None:
    """Rows that are written meanwhile do not count; SQLite does so by itself."""
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _end(session: Session) -> End | None:
    head = session.get(Head, 1, populate_existing=True)
    return None if head is None else End(head.seq, head.hash, is_ours(head))


def _before(session: Session, since: int) -> tuple[int, str]:
    """The row before `since`, taken as it is; the beginning when there is none."""
    kept = session.execute(_ROW, {"seq": since - 1}).scalar()
    return BEGINNING if since <= 1 or kept is None else (since - 1, str(kept))


def _follows(session: Session, seq: int) -> str:
    """What the row of this number says that it follows."""
    return str(session.execute(select(Entry.before).where(Entry.seq == seq)).scalar())


def _of_block(seq: int | None, block: blocks.Block) -> Finding:
    return Finding(Damage.BLOCK, seq, site_id=block.site_id, first=block.first, last=block.last)


class _Walk:
    """The rows after a number, some thousands at a time, with the blocks of events that they tell of."""

    def __init__(self, session: Session, after: int) -> None:
        self._session = session
        self._after = after
        self._blocks: list[Link] = []
        self.rows = 0

    def __iter__(self) -> Iterator[Link]:
        after: Any = self._after
        while rows := self._session.execute(_ROWS, {"after": after}).all():
            for row in rows:
                link = Link(**row._mapping)
                self.rows += 1
                if link.act == Act.BLOCK_SEALED.value:
                    self._blocks.append(link)
                yield link
            after = rows[-1].seq

    def altered_block(self) -> list[Finding]:
        """The first block whose events do not say any more what they said; the rows that tell of it are proven."""
        for link in self._blocks:
            block = blocks.Block.told(link.site_id, link.detail)
            rows = blocks.events_of(self._session, block.site_id, block.first, block.last)
            if len(rows) != block.last - block.first + 1 or blocks.digest_of(rows) != block.sum:
                return [_of_block(link.seq, block)]
        return []
