"""An official acts on a petition: the step that everybody reads and the row of the trail, always together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.errors import N_, Invalid, Refused
from core.events import Who
from core.petitions import steps
from core.petitions.limits import WhyNot
from core.petitions.model import Petition, Stage, Step, StepKind
from core.petitions.names import WHY_NOT, WHY_NOT_VALUES

LONGEST_REASON = 2000


class NotOpen(Refused):
    message = N_("Esta petición ya terminó: no queda nada que hacerle.")


class AgainstTheTerm(Invalid):
    """The law does not let the term be moved so; its sentence is that of the rule."""

    def __init__(self, why: WhyNot, field: str | None = None) -> None:
        self.why = why
        super().__init__(WHY_NOT[why], field=field, **WHY_NOT_VALUES.get(why, {}))


def act(
    session: Session,
    petition: Petition,
    kind: StepKind,
    by: int,
    at: datetime,
    *,
    text: str = "",
    public: bool = True,
    detail: Mapping[str, Any] | None = None,
) -> Step:
    """Keep what an official did, in the life of the petition and in the trail."""
    step = steps.add(session, petition, kind, by, at, text=text, public=public, detail=detail)
    session.expire(petition, ["steps"])
    told = {"step": kind.value.replace("_", " "), "number": step.number}
    on, who = On(Thing.PETITION, petition.id), Who("official", by)
    audit.record(session, Act.ACTED, on, who, at, site_id=petition.site_id, detail=told)
    return step


def note_read(session: Session, petition: Petition, by: int, at: datetime, what: str = "case") -> None:
    """Write into the trail who read a petition; `what` says which part."""
    on, who = On(Thing.PETITION, petition.id), Who("official", by)
    audit.record(session, Act.READ, on, who, at, site_id=petition.site_id, detail={"what": what})


def note_list_read(session: Session, site_id: int, by: int, at: datetime, what: str, *, searched: bool = False) -> None:
    """Write into the trail who read a list that names people; `searched`: whether they looked for somebody's words."""
    told = {"what": what, "searched": searched}
    audit.record(session, Act.READ, On(Thing.PETITION), Who("official", by), at, site_id=site_id, detail=told)


def finish(petition: Petition, stage: Stage, on: date) -> None:
    """The petition ends on this day, and keeps the day that bound it."""
    petition.stage, petition.stage_on, petition.suspended = stage, on, False


def check_open(petition: Petition) -> None:
    """Raises NotOpen."""
    if petition.stage != Stage.OPEN:
        raise NotOpen


def reason_of(
    written: str, field: str = "reason", message: str = N_("Escriba el motivo: queda en la historia.")
) -> str:
    """The reason as it is kept. Raises Invalid for an empty or an endless one."""
    reason = written.strip()
    if not reason:
        raise Invalid(message, field=field)
    if len(reason) > LONGEST_REASON:
        raise Invalid(N_("Escriba %(most)s letras o menos."), field=field, most=LONGEST_REASON)
    return reason


def allow(why: WhyNot | None, field: str | None = None) -> None:
    """Raises AgainstTheTerm if a rule found something against it."""
    if why is not None:
        raise AgainstTheTerm(why, field)
