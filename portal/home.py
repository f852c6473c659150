"""The front page: what can be done here, whether it is open and how long it takes now, and the way to all the rest."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.clock import now
from core.surveys.answering import open_ones
from core.web.database import db
from core.web.guard import public
from portal import bp
from portal.languages import remember_language
from portal.place import places_now


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    session, at = db.session(), now()
    asked = open_ones(session, at.date())
    return render_template("portal/home.html", places=places_now(session, at), surveys=len(asked))


@bp.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """The same page in the other language."""
    return redirect(remember_language())


@bp.context_processor
def ways_through() -> dict[str, Any]:
    """The ways through the portal, as `ui/nav.html` draws them, and where the page came from."""
    here = request.endpoint or ""
    every = (
        ("portal.home", _("Inicio"), "house"),
        ("portal.services", _("Trámites"), "file-text"),
        ("portal.hours", _("Horarios y puntos"), "clock"),
        ("portal.rights", _("Sus derechos"), "scale"),
        ("portal.petition", _("Peticiones"), "send"),
        ("portal.complaints", _("Quejas"), "message-square"),
        ("portal.follow", _("Seguir mi turno"), "qr-code"),
    )
    ways = [(url_for(endpoint), text, here == endpoint, drawing) for endpoint, text, drawing in every]
    return {"ways_through": ways, "this_page": request.full_path.rstrip("?")}
