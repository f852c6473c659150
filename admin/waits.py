"""How good the announced waits are: today, this week or this month, for who supervises to know and to trust."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from admin import bp
from admin.picture import group_names
from core.catalogue.model import Service
from core.people.rights import Permission
from core.turns.outlook.predictions import kept
from core.turns.outlook.told import outlook_of
from core.turns.policy import GENERAL
from core.web.database import db
from core.web.guard import requires
from core.web.line import hour_of
from core.web.report_files import report_file
from core.web.report_parts import Part
from core.web.wait_report import Names, notes_of, parts_of

PERIODS = {1: _l("Hoy"), 7: _l("7 días"), 30: _l("30 días")}


@bp.get("/waits")
@requires(Permission.SEE_FIGURES)
def waits() -> ResponseReturnValue:
    at, days = hour_of(current_user.site_id).at, _days()
    outlook = outlook_of(db.session(), current_user.site_id, at)
    return render_template(
        "admin/waits.html",
        parts=_parts(days, at),
        days=days,
        periods=PERIODS,
        notes=notes_of(),
        drawn=outlook is not None,
        worse=outlook is not None and outlook.content.worse,
    )


@bp.get("/waits.<any(csv, xlsx, pdf):form>")
@requires(Permission.SEE_FIGURES)
def waits_file(form: str) -> Response:
    at, days = hour_of(current_user.site_id).at, _days()
    name = f"esperas-anunciadas-{at:%Y-%m-%d}-{days}d"
    return report_file(form, name, _("Esperas anunciadas"), str(PERIODS[days]), _parts(days, at), list(notes_of()), at)


def _parts(days: int, at: datetime) -> list[Part]:
    session, site_id = db.session(), current_user.site_id
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    found = kept(session, site_id, midnight - timedelta(days=days - 1), midnight + timedelta(days=1))
    rows = session.execute(
        select(Service.id, Service.name).where(Service.site_id == site_id).order_by(Service.position)
    )
    groups = {code: name for code, name in group_names(session, site_id).items() if code != GENERAL}
    return parts_of(found, Names({row.id: row.name for row in rows}, groups))


def _days() -> int:
    """The period of the address; any other than those that are offered is that of the week."""
    asked = request.args.get("days", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 and int(asked) in PERIODS else 7
