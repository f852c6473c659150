"""The end of the chain on a day, to be kept outside: only by it a chain that was cut or put back betrays itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import blocks
from core.audit.actions import hold_head, record, seal
from core.audit.vocabulary import Act, On, Thing
from core.clock import BOGOTA
from core.db import Stream
from core.errors import N_, Invalid
from core.events import Who


@dataclass(frozen=True, slots=True)
class Anchor:
    """The number, the hash and the hour of a row, and the key by which it was sealed."""

    seq: int
    hash: str
    at: str = ""
    key: str = ""

    def line(self) -> str:
        """As a line of the file that is kept outside."""
        return json.dumps({"seq": self.seq, "hash": self.hash, "at": self.at, "key": self.key})


def take(
    session: Session,
    act: Act,
    on: On,
    who: Who,
    at: datetime,
    *,
    site_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Anchor:
    """Put the whole log of every site into the chain, record `act` after it, and give that row as the anchor."""
    for each in session.execute(select(Stream.site_id).order_by(Stream.site_id)).scalars().all():
        blocks.seal_all(session, each, at)
    record(session, act, on, who, at, site_id=site_id, detail=detail)
    seal(session)
    head = hold_head(session)
    return Anchor(head.seq, head.hash, at.astimezone(BOGOTA).isoformat(timespec="seconds"), head.key_id)


def anchor(session: Session, who: Who, at: datetime) -> Anchor:
    """The end of the chain now."""
    return take(session, Act.ANCHORED, On(Thing.TRAIL), who, at)


def read_anchors(text: str) -> list[Anchor]:
    """The anchors of a file, one JSON object a line. Raises Invalid for a line that is none."""
    anchors = []
    for line in filter(str.strip, text.splitlines()):
        try:
            said = json.loads(line)
            anchors.append(Anchor(int(said["seq"]), str(said["hash"])))
        except (ValueError, KeyError, TypeError):
            raise Invalid(N_("El archivo de anclas no es de este sistema: cada línea dice «seq» y «hash».")) from None
    return anchors
