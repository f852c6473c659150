"""What is done to an account, written down: the one place through which it reaches the log and the trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.events import Happened, Who, record
from core.people.model import Official

ACTS = {
    "official hired": Act.ADDED,
    "official's duties changed": Act.CHANGED,
    "official's password reset": Act.PASSWORD_GIVEN,
    "official's sessions ended": Act.SESSIONS_ENDED,
    "official's access taken": Act.ACCESS_TAKEN,
    "official's access given": Act.ACCESS_GIVEN,
    "change proposed": Act.PROPOSED,
    "change confirmed": Act.CONFIRMED,
    "change refused": Act.TURNED_DOWN,
    "deputy appointed": Act.DEPUTISED,
    "deputy ended": Act.DEPUTY_ENDED,
    "second factor set up": Act.SECOND_FACTOR_SET,
    "second factor forgotten": Act.SECOND_FACTOR_TAKEN,
    "recovery code used": Act.RECOVERY_CODE_USED,
    "identity linked": Act.IDENTITY_LINKED,
    "identity unlinked": Act.IDENTITY_UNLINKED,
}


def note(session: Session, kind: str, official: Official, by: int | None, at: datetime, **detail: object) -> None:
    """Keep that `by` did this to the account of `official`; None is whoever has the server's command line.

    `detail` holds numbers and codes, never a name or a text that somebody wrote. Raises KeyError for a kind that
    has no act.
    """
    who = Who("command line") if by is None else Who("official", by)
    kept = {"official_id": official.id, **detail}
    record(session, Happened(kind=kind, site_id=official.site_id, at=at, who=who, detail=kept))
    on = On(Thing.OFFICIAL, official.id)
    audit.record(session, ACTS[kind], on, who, at, site_id=official.site_id, detail=detail)
