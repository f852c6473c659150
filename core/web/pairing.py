"""How a new kiosk or display is let in: it shows a short code, an administrator types it, it opens its page."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from core import clock, devices
from core.db import transaction
from core.web.database import db
from core.web.guard import device_cookie, keep, public
from core.web.pace import Pace, check_pace

bp = Blueprint("pairing", __name__)
ENTRANCES = {"kiosk": "kiosk.home", "display": "display.screen"}
TOKEN_LIFE_S = 400 * 86_400
CODES, CODES_PER_MINUTE = "pairing codes", 30
"""So that nobody pushes out the code of a real screen: the newest 50 are kept."""


@bp.record
def count_codes(setup: BlueprintSetupState) -> None:
    setup.app.extensions[CODES] = Pace(CODES_PER_MINUTE)


@bp.get("/pair/<kind>")
@public
def show(kind: str) -> ResponseReturnValue:
    """The code of this screen; the page asks again by itself until it is let in."""
    if kind not in ENTRANCES:
        abort(404)
    at = clock.now()
    secret = request.cookies.get(_waiting(kind), "")
    with transaction(db.session) as session:
        pairing = devices.pairing_of(session, secret, at)
        code = pairing.code if pairing else None
        token = devices.claim(session, pairing) if pairing else None
        if pairing is None:
            check_pace(current_app.extensions[CODES])
            code, secret = devices.ask_to_pair(session, kind, at)
    if token:
        answer = make_response(redirect(url_for(ENTRANCES[kind])))
        keep(answer, device_cookie(kind), token, TOKEN_LIFE_S)
        answer.delete_cookie(_waiting(kind), secure=current_app.config["SESSION_COOKIE_SECURE"])
        return answer
    answer = make_response(render_template("pair.html", kind=kind, code=f"{code[:3]} {code[3:]}" if code else ""))
    keep(answer, _waiting(kind), secret, int(devices.PAIRING_LIFE.total_seconds()))
    return answer


def _waiting(kind: str) -> str:
    return f"{device_cookie(kind)}-pairing"
