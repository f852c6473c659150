"""What only the kiosk says instead; all else is said by the office's own handlers on the page `kiosk/refused.html`."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from core.catalogue.hours import opening
from core.errors import Missing
from core.turns.actions.issue import Closed
from core.web import errors, words
from core.web.database import db
from core.web.guard import for_device, this_device
from core.web.line import hour_of
from kiosk import bp


@bp.get("/<path:_nowhere>")
@for_device("kiosk")
def nowhere(_nowhere: str) -> ResponseReturnValue:
    """An address that the kiosk does not have is told by the kiosk, which returns to its first page."""
    raise Missing


@bp.errorhandler(Missing)
def gone(_error: Missing) -> ResponseReturnValue:
    """There is no address to mend here: the way on is the first page."""
    db.session.rollback()
    sentence = _("Toque “Empezar de nuevo” y tome su turno desde el inicio.")
    return errors.answer(Missing.status, sentence, title=_("Esta página ya se cerró"))


@bp.errorhandler(Closed)
def closed(error: Closed) -> ResponseReturnValue:
    db.session.rollback()
    if errors.wants_json():
        return errors.answer(error.status, errors.message_of(error))
    at = hour_of(this_device().site_id).at
    again = opening(db.session(), this_device().site_id, at).next
    return render_template("kiosk/closed.html", reopens=again and words.opening_text(again, at)), error.status


@bp.errorhandler(IntegrityError)
def changed_meanwhile(_error: IntegrityError) -> ResponseReturnValue:
    db.session.rollback()
    return errors.answer(409, _("Dos personas tocaron al mismo tiempo. Intente de nuevo."))
