"""How the entity receives petitions: how the day of arrival counts, which office gets them, who keeps the reserve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Office
from core.errors import N_, Invalid
from core.events import Who
from core.people.model import Official
from core.people.rights import CONTROL, Permission, reaches
from core.petitions.facts import Policy
from core.petitions.model import PetitionSettings

MOST_DAYS = 15


@dataclass(frozen=True, slots=True)
class Reception:
    """What may be set: see PetitionSettings; `act` is what orders the policy of reception."""

    reception: Policy
    office_id: int
    soon_days: int
    draft_days: int
    custodians: Sequence[int]
    act: str = ""


def settings(session: Session) -> PetitionSettings:
    """How petitions are received now; what nobody has set is as the law says."""
    last = session.scalar(select(PetitionSettings).order_by(PetitionSettings.id.desc()).limit(1))
    return last or PetitionSettings(reception=Policy.STRICT, soon_days=3, draft_days=3, custodians=[], act="")


def may_keep_reserve(official: Official) -> bool:
    """Whether the official has a role that may be named for a reserved petition."""
    return official.active and any(reaches(role, Permission.READ_RESERVED) for role in official.roles)


def custodians(session: Session) -> list[int]:
    """Who was chosen to read what is reserved, and still works here and may; nobody, if none is left."""
    chosen = session.scalars(select(Official).where(Official.id.in_(settings(session).custodians)))
    return sorted(one.id for one in chosen if may_keep_reserve(one))


def readers_of_reserve(session: Session) -> list[int]:
    """Who is named for a confidential petition that comes in: those chosen, or internal control while there are none.

    Its term runs from the first day, and nobody can answer what nobody may read.
    """
    everybody = session.scalars(select(Official).where(Official.active))
    return custodians(session) or sorted(one.id for one in everybody if CONTROL in one.roles)


def set_reception(session: Session, wanted: Reception, by: int, at: datetime) -> PetitionSettings:
    """Receive petitions so from now on; those that came before keep the policy of their day. Raises Invalid."""
    office = session.get(Office, wanted.office_id)
    if office is None or not office.active:
        raise Invalid(N_("Elija una dependencia que atienda."), field="office_id")
    for name in ("soon_days", "draft_days"):
        if not 1 <= getattr(wanted, name) <= MOST_DAYS:
            raise Invalid(N_("Escriba un número de %(least)s a %(most)s."), field=name, least=1, most=MOST_DAYS)
    if wanted.reception == Policy.LAX and not wanted.act.strip():
        raise Invalid(
            N_("Escriba el acto que adopta esa forma de contar, por ejemplo «Decreto 12 de 2026»."), field="act"
        )
    for official_id in wanted.custodians:
        official = session.get(Official, official_id)
        if official is None or not may_keep_reserve(official):
            raise Invalid(N_("Elija personas que gestionen PQRSD o sean de control interno."), field="custodians")
    if not wanted.custodians:
        raise Invalid(N_("Elija al menos a una persona: sin ella nadie podría leer una denuncia."), field="custodians")
    row = PetitionSettings(since=at, set_by=by, **(asdict(wanted) | {"custodians": sorted(set(wanted.custodians))}))
    session.add(row)
    session.flush()
    detail = {name: value for name, value in asdict(wanted).items() if name != "act"}
    who = Who("official", by)
    audit.record(session, Act.CHANGED, On(Thing.PETITION), who, at, site_id=office.site_id, detail=detail)
    return row
