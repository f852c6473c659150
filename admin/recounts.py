"""The acts of counting again: what a change of the calendar moved in the petitions that were open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select

from admin import bp
from admin.hall import ID
from core.clock import now
from core.db import transaction
from core.errors import Missing
from core.people.model import Official
from core.people.rights import Permission
from core.petitions import recounting
from core.petitions.model import Petition, Recount
from core.web.database import db
from core.web.guard import requires


@dataclass(frozen=True, slots=True)
class Line:
    """A petition whose day moved."""

    number: str
    before: date | None
    after: date | None


def count_again() -> str:
    """Count the open petitions of every site by the calendar of now, and say how many days moved.

    In a transaction of its own, so that no queue waits for it; what it did not come to do is done by the command.
    """
    moved = 0
    for site_id in recounting.sites_behind(db.session()):
        counted = recounting.count_again(db.session(), site_id)
        with transaction(db.session) as session:
            act = recounting.keep(session, counted, current_user.id, now())
            moved += len(act.moves) if act else 0
    if not moved:
        return ""
    text = ngettext(
        "Cambió el vencimiento de %(num)s petición abierta: quedó el acta.",
        "Cambió el vencimiento de %(num)s peticiones abiertas: quedó el acta.",
        moved,
    )
    return f" {text}"


@bp.get(f"/calendar/recounts/<{ID}:recount_id>")
@requires(Permission.CONFIGURE)
def calendar_recount(recount_id: int) -> ResponseReturnValue:
    """An act: every petition whose day moved, but for those that only named people may see."""
    session = db.session()
    act = session.get(Recount, recount_id)
    if act is None or act.site_id != current_user.site_id:
        raise Missing
    days = {petition_id: (_day(before), _day(after)) for petition_id, before, after in act.moves}
    shown = session.scalars(
        select(Petition).where(Petition.id.in_(days), ~Petition.confidential).order_by(Petition.year, Petition.number)
    )
    lines = [Line(petition.filing_number, *days[petition.id]) for petition in shown]
    by = session.get(Official, act.by) if act.by else None
    return render_template("admin/recount.html", act=act, lines=lines, by=by, hidden=len(days) - len(lines))


def recent(site_id: int) -> list[Recount]:
    """The last acts of a site, newest first."""
    found = db.session().scalars(
        select(Recount).where(Recount.site_id == site_id).order_by(Recount.id.desc()).limit(10)
    )
    return list(found)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
