"""The front page: where and when the town hall attends, how long it takes now, and what to bring for each thing."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.clock import now
from core.web.database import db
from core.web.guard import public
from portal import bp
from portal.languages import remember_language
from portal.place import places_now


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    return render_template("portal/home.html", places=places_now(db.session(), now()))


@bp.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    remember_language()
    return redirect(url_for(".home"))
