"""What is done to a protocol goes to the trail, through one place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.events import Who
from core.protocols.model import Protocol


def tell(session: Session, act: Act, protocol: Protocol, by: int | None, at: datetime, **numbers: object) -> None:
    """Keep that `by` did it; None is whoever begins the installation."""
    who = Who("official", by) if by is not None else Who("system")
    audit.record(session, act, On(Thing.PROTOCOL, protocol.id), who, at, detail=numbers)
