"""Hours and points, rights, whom to complain to, and how a turn is followed."""

from __future__ import annotations

import re

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from core.clock import now
from core.errors import N_, Invalid, Missing
from core.information.pieces import Pieces, Text
from core.web.database import db
from core.web.errors import message_of
from core.web.forms import Form
from core.web.forms import Text as Line
from core.web.guard import public
from portal import bp
from portal.place import places_now

ADDRESS_OF_A_TURN = re.compile(r"(?:.*/t/)?([A-Za-z0-9_-]{22})/?")


class FollowForm(Form):
    """The address that the code of a ticket holds."""

    address = Line(
        _l("Dirección de su turno"), [InputRequired(_l("Escriba la dirección que está en su tiquete."))], most=200
    )


@bp.get("/hours")
@public
def hours() -> ResponseReturnValue:
    return render_template("portal/hours.html", places=places_now(db.session(), now()))


@bp.get("/rights")
@public
def rights() -> ResponseReturnValue:
    told = _told()
    return render_template("portal/rights.html", text=_in_force(told and told.charter))


@bp.get("/complaints")
@public
def complaints() -> ResponseReturnValue:
    told = _told()
    text = _in_force(told and told.complaints)
    return render_template("portal/complaints.html", text=text, contact=told.contact if told else {})


@bp.get("/follow")
@public
def follow() -> ResponseReturnValue:
    return render_template("portal/follow.html", form=FollowForm())


@bp.post("/follow")
@public
def follow_act() -> ResponseReturnValue:
    """The page of the turn of that address; whether there is one, only that page says, and it counts the misses."""
    form = FollowForm()
    try:
        found = ADDRESS_OF_A_TURN.fullmatch(form.checked().address.data)
        if found is None:
            raise Invalid(
                N_("Esa no es la dirección de un turno. Revise que esté completa: termina en 22 letras y números.")
            )
    except Invalid as refused:
        if not form.address.errors:
            form.address.errors = [message_of(refused)]
        return render_template("portal/follow.html", form=form), Invalid.status
    return redirect(url_for(".turn", token=found[1]))


def _told() -> Pieces | None:
    """The texts are of the whole town hall, so those of any site are the same."""
    return next((place.told for place in places_now(db.session(), now())), None)


def _in_force(text: Text | None) -> Text:
    """Raises Missing while nobody has published it."""
    if text is None:
        raise Missing
    return text
