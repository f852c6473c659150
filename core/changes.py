"""The one place that gives a thing of the set-up other values, and keeps who did it, when, what it was and became."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.audit import Act, On, Thing
from core.db import Base
from core.events import Happened, Who, record

MOST_TOLD = 200
THINGS = {
    "entities": Thing.ENTITY,
    "sites": Thing.SITE,
    "offices": Thing.OFFICE,
    "windows": Thing.WINDOW,
    "topics": Thing.TOPIC,
    "services": Thing.SERVICE,
    "priority_groups": Thing.PRIORITY_GROUP,
    "reasons": Thing.REASON,
    "results": Thing.RESULT,
    "pictures": Thing.MEDIA,
}
"""What of the set-up the trail tells from here; people, devices, notices and the order tell theirs themselves."""


class Change(Base):
    """One field of one thing that was given another value; rows are only added, and the database refuses the rest.

    `thing` is its name on that day; `reason` may name the act that ordered it.
    """

    __tablename__ = "changes"
    __table_args__ = (Index(None, "kind", "thing_id", "id"), Index(None, "site_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str]
    thing_id: Mapped[int]
    thing: Mapped[str]
    field: Mapped[str]
    before: Mapped[Any] = mapped_column(JSON, nullable=False)
    after: Mapped[Any] = mapped_column(JSON, nullable=False)
    reason: Mapped[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes a page tells; what is None narrows nothing. A site also hears of the whole town hall."""

    site_id: int | None = None
    kind: str | None = None
    thing_id: int | None = None
    by: int | None = None


def apply(
    session: Session, thing: Any, values: Mapping[str, Any], by: int | None, at: datetime, reason: str = ""
) -> bool:
    """Give `thing` these values and keep a row for each that is another than before; whether there was any.

    A new thing is added. What a value refers to is kept by its name of that day.
    """
    before = {name: plain(getattr(thing, name)) for name in values}
    for name, value in values.items():
        if plain(value) != before[name]:
            setattr(thing, name, value)
    session.add(thing)
    session.flush()
    return note(session, thing, before, {name: plain(value) for name, value in values.items()}, by, at, reason)


def note(
    session: Session,
    thing: Any,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    by: int | None,
    at: datetime,
    reason: str = "",
) -> bool:
    """Keep what `thing` was and became, in plain values, where the two differ; whether they did."""
    differing = [name for name, value in after.items() if (before.get(name) or None) != (value or None)]
    if not differing:
        return False
    site_id, kind = site_of(thing), kind_of(thing)
    for name in differing:
        session.add(
            Change(
                at=at,
                by=by,
                site_id=site_id,
                kind=kind,
                thing_id=thing.id,
                thing=name_of(thing),
                field=name,
                before=before.get(name),
                after=after[name],
                reason=reason.strip(),
            )
        )
    session.flush()
    who = Who("official", by) if by is not None else Who("command line")
    if kind in THINGS:
        act = _act(before, {name: after[name] for name in differing})
        on = On(THINGS[kind], thing.id)
        audit.record(session, act, on, who, at, site_id=site_id, detail={"fields": differing})
    if site_id is not None:
        detail = {"kind": kind, "id": thing.id, "fields": differing}
        record(session, Happened(kind="set up", site_id=site_id, at=at, who=who, reason=reason or None, detail=detail))
    return True


def _act(before: Mapping[str, Any], after: Mapping[str, Any]) -> Act:
    """What the trail calls it."""
    if not any(before.values()):
        return Act.ADDED
    if "active" in after:
        return Act.RESTORED if after["active"] else Act.WITHDRAWN
    return Act.CHANGED


def told(session: Session, asked: Asked, most: int = MOST_TOLD) -> list[Change]:
    """The changes that are asked for, newest first."""
    wanted = {"kind": asked.kind, "thing_id": asked.thing_id, "by": asked.by}
    narrowed = [getattr(Change, name) == value for name, value in wanted.items() if value is not None]
    if asked.site_id is not None:
        narrowed.append((Change.site_id == asked.site_id) | Change.site_id.is_(None))
    return list(session.scalars(select(Change).where(*narrowed).order_by(Change.id.desc()).limit(most)))


def of_thing(session: Session, thing: Any) -> list[Change]:
    """All that was changed of a thing, newest first."""
    return told(session, Asked(kind=kind_of(thing), thing_id=thing.id))


def kind_of(thing: Any) -> str:
    """The kind of a thing as the history calls it: the name of its table."""
    return str(thing.__tablename__)


def site_of(thing: Any) -> int | None:
    """The site that a thing belongs to, or is; None for what belongs to the whole town hall."""
    site_id: int | None = thing.id if kind_of(thing) == "sites" else getattr(thing, "site_id", None)
    return site_id


def name_of(thing: Any) -> str:
    """What a thing is called: by its name, and before it what stands on the wall, if anything does."""
    label = getattr(thing, "label", None)
    name = getattr(thing, "name", None) or getattr(thing, "text", "")
    return f"{label} {name}" if label else str(name)


def plain(value: Any) -> Any:
    """A value as JSON keeps it; what refers to another thing becomes its name."""
    if isinstance(value, Base):
        return name_of(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value
