"""What is wrong with a chain, and where it begins: each row is judged by the one before and the one after; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from core.audit.chain import NOTHING, Keys, Link

LOOKED_FOR = 10_000
"""How far from its place the right place of a row is looked for."""


class Damage(StrEnum):
    """What was done to the trail."""

    ALTERED = "altered"
    MISSING = "missing"
    INSERTED = "inserted"
    OUT_OF_ORDER = "out of order"
    CUT = "cut"
    HEAD_CHANGED = "head changed"
    UNKNOWN_KEY = "unknown key"
    ANCHOR = "anchor mismatch"
    SCHEMA = "schema changed"
    BLOCK = "block of events altered"


@dataclass(frozen=True, slots=True)
class Finding:
    """One damage: the first row that shows it, or the name of what was changed in the schema.

    `site_id`, `first`, `last`: of a block of events, whose they are and from which to which.
    """

    kind: Damage
    seq: int | None = None
    name: str = ""
    site_id: int | None = None
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Where the head says that the chain ends; `ours`: the product wrote it."""

    seq: int
    hash: str
    ours: bool


def first_damage(links: Iterable[Link], after: tuple[int, str], end: End | None, keys: Keys) -> Finding | None:
    """The first row that is not as it was written, or how the chain fails to reach its end.

    `links` are in the order of their numbers; `after` is the number and the hash of the row before the first one.
    """
    seq, last = after
    for link, following in _with_next(links):
        found = _judge(link, following, seq + 1, last, end, keys)
        if found is not None:
            return Finding(found, seq + 1)
        seq, last = link.seq, link.hash
    if end is None:
        return Finding(Damage.HEAD_CHANGED, seq) if seq else None
    if end.ours and end.seq > seq:
        return Finding(Damage.CUT, seq + 1)
    as_left = end.ours and (end.seq, end.hash) == (seq, last)
    return None if as_left else Finding(Damage.HEAD_CHANGED, min(seq, end.seq) + 1)


def _judge(link: Link, following: Link | None, place: int, last: str, end: End | None, keys: Keys) -> Damage | None:
    """What is wrong with the row that should be number `place` and follow the hash `last`."""
    if link.seq != place:
        return Damage.CUT if link.before == last and _holds(link, keys) else Damage.MISSING
    if link.key_id not in keys.by_id:
        return Damage.UNKNOWN_KEY
    if _holds(link, keys):
        return None if link.before == last else Damage.INSERTED
    if following is None and (end is None or place > end.seq):
        return Damage.INSERTED
    near = range(max(1, place - LOOKED_FOR), place + LOOKED_FOR)
    if any(_holds(replace(link, seq=seq), keys) for seq in near):
        return Damage.OUT_OF_ORDER
    pushed = following is not None and following.before == last and _holds(replace(following, seq=place), keys)
    return Damage.INSERTED if pushed else Damage.ALTERED


def _holds(link: Link, keys: Keys) -> bool:
    return link.key_id in keys.by_id and link.holds(keys)


def _with_next(links: Iterable[Link]) -> Iterator[tuple[Link, Link | None]]:
    """Each row with the one that comes after it; the last one with none."""
    before: Link | None = None
    for link in links:
        if before is not None:
            yield before, link
        before = link
    if before is not None:
        yield before, None


BEGINNING = (0, NOTHING)
"""What the first row of all comes after."""
