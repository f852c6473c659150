"""How many finished turns of a month a turn has its service, its group and its office in common with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.turns.lifecycle import State
from core.turns.model import Turn, in_state


@dataclass(frozen=True, slots=True)
class Alike:
    """Turns that were finished at the same site since an instant, the turn itself included."""

    service_and_group: int
    service: int
    office_and_group: int
    office: int
    site: int


def finished_like(session: Session, turn: Turn, since: datetime, until: datetime) -> Alike:
    """What the turn has in common with those finished from `since` to before `until`."""
    query = (
        select(Turn.service_id, Service.office_id, Turn.group, func.count())
        .join(Service, Service.id == Turn.service_id)
        .where(Turn.site_id == turn.site_id, in_state(State.FINISHED))
        .where(Turn.state_since >= since, Turn.state_since < until)
        .group_by(Turn.service_id, Service.office_id, Turn.group)
    )
    rows = session.execute(query).all()
    office = turn.service.office_id
    return Alike(
        service_and_group=sum(n for s, _o, g, n in rows if s == turn.service_id and g == turn.group),
        service=sum(n for s, _o, _g, n in rows if s == turn.service_id),
        office_and_group=sum(n for _s, o, g, n in rows if o == office and g == turn.group),
        office=sum(n for _s, o, _g, n in rows if o == office),
        site=sum(n for _s, _o, _g, n in rows),
    )
