"""Who works on a petition: the officials that may review a reply to it, the mayor among them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import N_, Invalid
from core.people.model import Official
from core.people.rights import Permission, Reach, reaches
from core.petitions.model import Petition
from core.petitions.work import answerers


def reviewers(session: Session, petition: Petition, but: int) -> list[Official]:
    """Others of the office of the petition and, unless it is confidential, who signs for the whole entity."""
    found = answerers(session, petition.office_id, petition)
    if not petition.confidential:
        site = select(Official).where(Official.site_id == petition.site_id, Official.active).order_by(Official.name)
        found += [one for one in session.scalars(site) if _signs_for_all(one) and one not in found]
    return [one for one in found if one.id != but]


def check_reviewer(session: Session, petition: Petition, reviewer_id: int | None, but: int) -> None:
    """Raises Invalid for whoever may not review it."""
    if reviewer_id is not None and reviewer_id not in {one.id for one in reviewers(session, petition, but)}:
        raise Invalid(N_("Elija a quien revisa de la lista."), field="reviewer")


def _signs_for_all(official: Official) -> bool:
    return any(reaches(role, Permission.ANSWER_PETITIONS) == Reach.OWN for role in official.roles)
