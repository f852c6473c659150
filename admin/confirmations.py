"""The second person: confirms or refuses what another proposed for an account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import bp
from admin.hall import ID, me
from core.people import confirming
from core.people.model import Proposal
from core.people.rights import Permission
from core.web.forms import PressForm
from core.web.guard import requires
from core.web.line import once_in_line


@bp.post(f"/people/proposals/<{ID}:proposal_id>/confirm")
@requires(Permission.CONFIRM_PEOPLE)
def confirmations_confirm(proposal_id: int) -> ResponseReturnValue:
    """What was proposed counts from now on."""
    _decide("confirm", proposal_id, confirming.confirm)
    flash(_("Confirmado. Rige desde ahora."), "success")
    return redirect(url_for(".people"))


@bp.post(f"/people/proposals/<{ID}:proposal_id>/refuse")
@requires(Permission.CONFIRM_PEOPLE)
def confirmations_refuse(proposal_id: int) -> ResponseReturnValue:
    """Everything stays as it is."""
    _decide("refuse", proposal_id, confirming.refuse)
    flash(_("La propuesta se cerró. Nada cambió."), "success")
    return redirect(url_for(".people"))


def _decide(what: str, proposal_id: int, act: Callable[[Session, int, int, int, datetime], Proposal]) -> None:
    def done(session: Session, at: datetime) -> dict[str, Any]:
        return {"id": act(session, current_user.site_id, proposal_id, current_user.id, at).id}

    once_in_line(current_user.site_id, PressForm().checked().pressed(me(), f"{what} {proposal_id}"), done)
