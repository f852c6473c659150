"""Saying how a petition goes, by its number, to who asks at the window: no names and nothing of what it says."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import bp
from core.clock import today
from core.people.rights import Permission
from core.petitions import finding
from core.petitions.reckoning import deadline_of
from core.petitions.work_names import STEPS
from core.web.database import db
from core.web.guard import requires
from core.web.petition_words import account_told
from core.web.words import translate


@bp.get("/petitions/state")
@requires(Permission.SEE_PETITION_STATE)
def petitions_state() -> ResponseReturnValue:
    """The state of the petition whose number was typed."""
    typed = request.args.get("number", "").strip()[:30]
    found = finding.state_for(db.session(), current_user.official, current_user.site_id, typed) if typed else None
    deadline = deadline_of(db.session(), found, today()) if found else None
    return render_template(
        "admin/petition_state.html",
        typed=typed,
        petition=found,
        found=deadline,
        told=account_told(deadline, today()) if deadline else None,
        lines=[(translate(STEPS[step.kind]), step.on) for step in found.steps if step.public] if found else [],
    ), 200 if found or not typed else 404
