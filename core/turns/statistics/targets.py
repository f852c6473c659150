"""In how many minutes a turn should have been called: by the rules of the site and of its service when it was given."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.changes import Change
from core.turns.model import QueueSettings
from core.turns.policy import GENERAL


@dataclass(frozen=True, slots=True)
class Targets:
    """The targets of a site through time: its settings, and what each service promised until when."""

    since: Sequence[datetime]
    settings: Sequence[QueueSettings]
    promised: dict[int, int | None]
    before: dict[int, list[tuple[datetime, int | None]]]

    def minutes(self, service_id: int, group: str, at: datetime) -> int:
        """The target of a turn of this service and group that was given at an instant."""
        ruling = self.settings[max(bisect_right(self.since, at) - 1, 0)]
        promised = self.promised.get(service_id)
        for until, value in reversed(self.before.get(service_id, [])):
            if until <= at:
                break
            promised = value
        return ruling.target_min(group != GENERAL, promised)


def targets_of(session: Session, site_id: int) -> Targets:
    """The targets of a site, from the history of its settings and of its services."""
    settings = session.scalars(
        select(QueueSettings).where(QueueSettings.site_id == site_id).order_by(QueueSettings.id)
    ).all()
    promised = dict(session.execute(select(Service.id, Service.target_min).where(Service.site_id == site_id)).all())
    changed = select(Change.thing_id, Change.at, Change.before).where(
        Change.kind == Service.__tablename__, Change.field == Service.target_min.key, Change.site_id == site_id
    )
    before: defaultdict[int, list[tuple[datetime, int | None]]] = defaultdict(list)
    for service_id, at, value in session.execute(changed.order_by(Change.id)):
        before[service_id].append((at, value))
    return Targets([each.since for each in settings], settings, promised, before)
