"""The citizen's phone: the page of a turn, by an address that nobody can guess and that holds nothing personal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from core.clock import milliseconds, now
from core.errors import Missing, Refused, TooMany
from core.turns import actions as turns
from core.turns import board
from core.turns.model import Turn
from core.web.database import db
from core.web.errors import draw, message_of, refusal
from core.web.forms import PressForm
from core.web.guard import public
from core.web.line import hour_of, once_in_line
from core.web.pace import Pace, check_pace
from core.web.words import hour_text, language
from portal import bp
from portal.languages import chosen_language, remember_language
from portal.standing import may_be_followed, standing_of

bp.add_app_template_filter(hour_text, "hour")
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
MISSES = "portal misses"
MISSES_PER_MINUTE = 30
"""How often a source may ask in a minute for a turn that does not exist."""


@bp.get("/t/<token>")
@public
def turn(token: str) -> ResponseReturnValue:
    return _page(token)


@bp.get("/t/<token>/state")
@public
def state(token: str) -> ResponseReturnValue:
    """The live part of the page; 304, before any wait is worked out, when nothing has happened since."""
    held, at = turn_now(token)
    version = _version(db.session(), held, at)
    if request.if_none_match.contains_weak(version):
        fresh = Response(status=304)
    else:
        standing = standing_of(db.session(), held, at)
        fresh = make_response(
            render_template("portal/_standing.html", token=token, standing=standing, version=version, at=at)
        )
    fresh.set_etag(version, weak=True)
    return fresh


@bp.get("/t/<token>/leave")
@public
def ask_to_leave(token: str) -> ResponseReturnValue:
    return _question(token, "portal/leave.html")


@bp.post("/t/<token>/leave")
@public
def leave(token: str) -> ResponseReturnValue:
    return _press(token, "leave", turns.leave)


@bp.get("/t/<token>/more-time")
@public
def ask_for_more_time(token: str) -> ResponseReturnValue:
    return _question(token, "portal/more_time.html")


@bp.post("/t/<token>/more-time")
@public
def more_time(token: str) -> ResponseReturnValue:
    return _press(token, "more time", turns.ask_more_time)


@bp.post("/t/<token>/return")
@public
def come_back(token: str) -> ResponseReturnValue:
    return _press(token, "return", turns.come_back)


@bp.post("/t/<token>/language")
@public
def speak(token: str) -> ResponseReturnValue:
    remember_language()
    return redirect(url_for(".turn", token=token))


@bp.errorhandler(Missing)
def gone(_error: Missing) -> ResponseReturnValue:
    """The same page for a turn that never was and for one that is over; guessing many addresses is slowed down."""
    db.session.rollback()
    try:
        check_pace(current_app.extensions[MISSES])
    except TooMany as slowed:
        return refusal(slowed)
    page = "portal/gone.html" if "token" in (request.view_args or {}) else "portal/missing.html"
    return draw([page]), Missing.status


@bp.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    """The page as it is now, and why the press had no effect."""
    db.session.rollback()
    token = (request.view_args or {}).get("token")
    if token is None:
        return refusal(error)
    try:
        return _page(token, error), error.status
    except Missing as missing:
        return gone(missing)


@bp.after_request
def keep_out_of_indexes(response: Response) -> Response:
    if "token" in (request.view_args or {}):
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.record
def count_misses(setup: BlueprintSetupState) -> None:
    setup.app.extensions[MISSES] = Pace(MISSES_PER_MINUTE)


def turn_of(session: Session, token: str, at: datetime) -> Turn:
    """The turn of this address; from here on the page speaks its language, or the one that its reader chose.

    Raises Missing alike for an address that never was and for one that is over.
    """
    found = turns.turn_with_token(session, token) if TOKEN.fullmatch(token) else None
    if found is None or not may_be_followed(found, at):
        raise Missing
    g.language = chosen_language() or found.language
    return found


def turn_now(token: str) -> tuple[Turn, datetime]:
    """The turn of this address and the hour of its site."""
    held = turn_of(db.session(), token, now())
    return held, hour_of(held.site_id).at


def _version(session: Session, held: Turn, at: datetime) -> str:
    """What the page depends on: the site's last event, the minute (waits shrink by themselves) and the language.

    Who lets others pass has their place back at a second of that minute.
    """
    passes = held.not_before is not None and held.not_before > at
    seq, drawn_at = board.as_of(session, held.site_id)
    drawn = milliseconds(drawn_at) if drawn_at else 0
    return f"{seq}-{drawn}-{milliseconds(at) // 60_000}-{passes:d}-{language()}"


def _page(token: str, error: Refused | None = None) -> str:
    held, at = turn_now(token)
    version = _version(db.session(), held, at)
    standing = standing_of(db.session(), held, at)
    refusal = message_of(error) if error else None
    return render_template("portal/turn.html", token=token, standing=standing, version=version, refusal=refusal, at=at)


def _question(token: str, template: str) -> str:
    held, at = turn_now(token)
    return render_template(template, token=token, standing=standing_of(db.session(), held, at))


def _press(token: str, what: str, act: Callable[[Session, Turn, datetime], None]) -> ResponseReturnValue:
    """Obey a button of the turn once, however often it arrives. Raises what the action raises, Missing, Invalid."""
    held = turn_of(db.session(), token, now())
    pressed = PressForm().checked().pressed(f"turn {held.id}", what)

    def effect(session: Session, at: datetime) -> dict[str, Any]:
        act(session, turn_of(session, token, at), at)
        return {}

    once_in_line(held.site_id, pressed, effect)
    return redirect(url_for(".turn", token=token))
