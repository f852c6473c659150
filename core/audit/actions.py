"""Write the trail: what an act says is kept with the act, and hung on the chain as the last thing before the commit."""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from core.audit.chain import NOTHING, Keys, Link, canonical, head_seal
from core.audit.model import Entry, Head
from core.audit.vocabulary import Act, On, Result
from core.clock import SET_BACK_FROM, milliseconds
from core.db import INSERT, Stream, table
from core.events import Who
from core.prepared import run

log = logging.getLogger(__name__)
_WORD = re.compile(r"[a-z0-9][a-z0-9 _.:/-]{0,79}")
_PENDING, _SIGN_IN = "audit: to be sealed", "audit: sign-in"
_BEGINNING = {
    database: insert(table(Head)).on_conflict_do_nothing(index_elements=["id"]) for database, insert in INSERT.items()
}
_LAST = select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(1)
_keys: Keys | None = None


@dataclass(frozen=True, slots=True)
class _Said:
    """What an act says of itself, before it has a place in the chain."""

    act: Act
    on: On
    who: Who
    at: datetime
    site_id: int | None
    result: Result
    reason: str | None
    detail: str


def seal_with(text: str) -> None:
    """The keys by which this process seals and proves, as the setting holds them: the newest last."""
    global _keys
    _keys = Keys.of(text)


def keys() -> Keys:
    """The keys of this process. Raises RuntimeError before `seal_with`."""
    if _keys is None:
        raise RuntimeError("the trail has no key: seal_with(…) comes first")
    return _keys


def digest(value: object) -> str:
    """What proves later that a text, or settings, were these, and tells nobody what they were: for `detail`."""
    return keys().digest(value if isinstance(value, str) else canonical(value))


def through(session: Session, sign_in_id: int) -> None:
    """What is recorded in this session from now on came through this sign-in."""
    session.info[_SIGN_IN] = sign_in_id


def record(
    session: Session,
    act: Act,
    on: On,
    who: Who,
    at: datetime,
    *,
    site_id: int | None = None,
    result: Result = Result.DONE,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Keep one row for the trail of this transaction: it stands or falls with the act.

    `reason` is a code of the site's lists; `detail` holds numbers, truth values, codes (lower-case ASCII) and
    digests, also in lists and dictionaries. Names and texts are refused: raises ValueError.
    """
    _check(reason)
    _check(dict(detail or {}))
    session.connection()
    said = _Said(act, on, who, at, site_id, result, reason, canonical(detail or {}))
    _pending(session).append(said)


def _check(value: object) -> None:
    match value:
        case None | bool() | int():
            return
        case str() if _WORD.fullmatch(value):
            return
        case dict():
            for name, held in value.items():
                _check(name)
                _check(held)
        case list() | tuple():
            for held in value:
                _check(held)
        case _:
            raise ValueError(f"the trail holds numbers, codes and digests, not {value!r}")


def _pending(session: Session) -> list[_Said]:
    """What was recorded in the present transaction; what an undone one had recorded is gone with it."""
    held: tuple[SessionTransaction | None, list[_Said]] | None = session.info.get(_PENDING)
    if held is None or held[0] is not session.get_transaction():
        held = session.info[_PENDING] = (session.get_transaction(), [])
    return held[1]


def seal(session: Session) -> None:
    """Hang on the chain what was recorded; it is done by itself before a commit.

    The head is the last row that a transaction locks, so that nobody waits behind it while somebody works, and
    numbers follow the order of the commits without gaps.
    """
    if _PENDING not in session.info:
        return
    pending = _pending(session)
    if pending:
        session.flush()
        head = hold_head(session)
        links: list[Link] = []
        last_at = head.at
        for said in pending:
            links.append(_link(session, said, links[-1] if links else head, last_at))
            last_at = said.at
        session.execute(table(Entry).insert(), [_row(link, said.at) for link, said in zip(links, pending, strict=True)])
        _move(head, links[-1], last_at)
        session.flush()
    del session.info[_PENDING]


def hold_head(session: Session) -> Head:
    """The end of the chain, locked until this transaction ends.

    A head that is gone, that the product did not write, or that lies before the last row cannot be trusted: the
    chain goes on after the last row and leaves a number out, so that verifying tells of it for ever.
    """
    run(session, _BEGINNING, id=1, seq=0, at=None, hash=NOTHING, key_id=keys().current, seal=_proof(0, NOTHING))
    head = session.get_one(Head, 1, with_for_update=True, populate_existing=True)
    last = run(session, _LAST).first()
    if not is_ours(head) or (last is not None and last[0] > head.seq):
        log.error("audit: the head of the chain is not as it was left; a number is left out after the last row")
        head.seq, head.hash = (last[0] + 1, last[1]) if last is not None else (1, NOTHING)
    return head


def is_ours(head: Head) -> bool:
    """Whether the product wrote this head."""
    proof = head_seal(keys(), head.seq, head.hash, head.key_id) if head.key_id in keys().by_id else ""
    return hmac.compare_digest(proof, head.seal)


def _proof(seq: int, last: str) -> str:
    return head_seal(keys(), seq, last)


def _link(session: Session, said: _Said, last: Link | Head, last_at: datetime | None) -> Link:
    return Link(
        seq=last.seq + 1,
        at=milliseconds(said.at),
        clock_right=_clock_is_right(session, said, last_at),
        who_kind=said.who.kind,
        who_id=said.who.id,
        sign_in_id=session.info.get(_SIGN_IN) if said.who.kind == "official" else None,
        site_id=said.site_id,
        act=said.act.value,
        thing=said.on.kind.value,
        thing_id=said.on.id,
        result=said.result.value,
        reason=said.reason,
        detail=said.detail,
        key_id=keys().current,
        before=last.hash,
    ).sealed(keys())


def _clock_is_right(session: Session, said: _Said, last_at: datetime | None) -> bool:
    """Whether no hour lies behind the row before, nor leads a clock that was set back (docs/decisions/0008)."""
    if last_at is not None and said.at <= last_at - SET_BACK_FROM:
        return False
    leads = select(func.max(Stream.lead_ms))
    if said.site_id is not None:
        leads = leads.where(Stream.site_id == said.site_id)
    return not session.scalar(leads)


def _row(link: Link, at: datetime) -> dict[str, Any]:
    return {column.name: getattr(link, column.name) for column in table(Entry).columns} | {"at": at}


def _move(head: Head, last: Link, at: datetime | None) -> None:
    head.seq, head.hash, head.at, head.key_id = last.seq, last.hash, at, last.key_id
    head.seal = _proof(last.seq, last.hash)


event.listen(Session, "before_commit", seal)
