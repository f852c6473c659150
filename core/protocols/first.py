"""The protocols of a new town hall: in force from its first day, and adopted by nobody yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.protocols.model import Protocol, ProtocolVersion, VersionState
from core.protocols.text import Channel, Population, read, written

FIRST = 1
_OF_THE_PROTOCOL = ("code", "channel", "population", "audience")


def add_first_protocols(session: Session, protocols: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Nothing where there are some. Raises KeyError, TypeError or ValueError for one that `read` does not take."""
    if session.scalar(select(Protocol.id).limit(1)) is not None:
        return
    for row in protocols:
        text = read({name: value for name, value in row.items() if name not in _OF_THE_PROTOCOL})
        version = ProtocolVersion(
            number=FIRST,
            state=VersionState.APPROVED,
            text=written(text),
            writers=[],
            written_at=at,
            approved_at=at,
            valid_from=at.date(),
        )
        session.add(
            Protocol(
                code=row["code"],
                channel=Channel(row["channel"]),
                population=Population(row["population"]),
                audience=list(row["audience"]),
                versions=[version],
            )
        )
