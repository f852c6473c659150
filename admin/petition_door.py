"""By which petition an official comes in: the own ones for who works, those of the site for who only reads."""

from __future__ import annotations

from datetime import datetime

from flask_login import current_user
from sqlalchemy.orm import Session

from core.errors import Forbidden
from core.people.rights import Permission, Reach, reaches
from core.petitions import finding, replies
from core.petitions.acting import note_read
from core.petitions.finding import NotYours
from core.petitions.model import Petition


def to_read(session: Session, petition_id: int, at: datetime, what: str = "case") -> Petition:
    """A petition of the site that this official may read; that they did is in the trail. Raises NotYours."""
    petition = _of_the_site(finding.petition_for(session, current_user.official, petition_id))
    note_read(session, petition, current_user.id, at, what)
    return petition


def to_work(session: Session, petition_id: int, *, lock: bool = True) -> Petition:
    """One that this official may act on. Raises NotYours, Forbidden."""
    petition = _of_the_site(finding.petition_for(session, current_user.official, petition_id, lock=lock))
    if not may_work(petition):
        raise Forbidden
    return petition


def to_review(session: Session, petition_id: int, *, lock: bool = False) -> Petition:
    """One whose reply this official may see, as the mayor those that name them. Raises NotYours."""
    return _of_the_site(replies.petition_to_review(session, current_user.official, petition_id, lock=lock))


def may_work(petition: Petition) -> bool:
    """Whether the official answers for this petition: by the office, by the own hands, or named for it."""
    me = current_user
    if Reach.OFFICE not in {reaches(role, Permission.ANSWER_PETITIONS) for role in me.roles}:
        return False
    return petition.confidential or petition.assignee_id == me.id or petition.office_id in me.offices


def _of_the_site(petition: Petition) -> Petition:
    if petition.site_id != current_user.site_id:
        raise NotYours
    return petition
