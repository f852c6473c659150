"""What the kiosk says instead: its own page with the sentence, from which it returns to the start by itself."""

from __future__ import annotations

import secrets

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from core.catalogue.hours import opening
from core.clock import now
from core.errors import Missing, Refused, TooMany
from core.turns.actions.issue import Closed
from core.web import errors, words
from core.web.database import db
from core.web.guard import NotPaired, for_device, this_device
from kiosk import bp


@bp.get("/<path:_nowhere>")
@for_device("kiosk")
def nowhere(_nowhere: str) -> ResponseReturnValue:
    """An address that the kiosk does not have is told by the kiosk, which returns to its first page."""
    raise Missing


def answer(status: int, message: str, **headers: str) -> ResponseReturnValue:
    """The refusal as a page of the kiosk, or as JSON for its scripts."""
    db.session.rollback()
    if errors.wants_json():
        return errors.answer(status, message, **headers)
    title = words.translate(errors.TITLES.get(status, errors.TITLES[409]))
    return errors.draw("kiosk/refused.html", status, title=title, message=message), status, headers


@bp.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    return answer(error.status, errors.message_of(error), **headers)


@bp.errorhandler(NotPaired)
def not_paired(error: NotPaired) -> ResponseReturnValue:
    if request.method == "GET" and not errors.wants_json():
        return redirect(url_for("pairing.show", kind=error.kind))
    return answer(error.status, errors.message_of(error))


@bp.errorhandler(Closed)
def closed(error: Closed) -> ResponseReturnValue:
    db.session.rollback()
    if errors.wants_json():
        return errors.answer(error.status, errors.message_of(error))
    at = now()
    again = opening(db.session(), this_device().site_id, at).next
    return render_template("kiosk/closed.html", reopens=again and words.opening_text(again, at)), error.status


@bp.errorhandler(HTTPException)
def http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    return answer(status, words.translate(errors.SENTENCES.get(status, errors.SENTENCES[400])))


@bp.errorhandler(IntegrityError)
def changed_meanwhile(_error: IntegrityError) -> ResponseReturnValue:
    return answer(409, _("Dos personas tocaron al mismo tiempo. Intente de nuevo."))


@bp.errorhandler(OperationalError)
def no_database(error: OperationalError) -> ResponseReturnValue:
    current_app.logger.error("database: %s", type(error.orig).__name__)
    return answer(503, _("El quiosco no responde por ahora. Acérquese a una ventanilla."))


@bp.errorhandler(Exception)
def unexpected(_error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    current_app.logger.exception("unexpected error %s in the kiosk", reference)
    return answer(500, words.translate(errors.SENTENCES[500], reference=reference))
