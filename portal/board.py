"""What the town hall publishes of its replies: notices, replies to many at once, and whether a letter is its own."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from core.clock import today
from core.errors import N_, Invalid
from core.petitions import board as hung
from core.petitions import grouping, letters
from core.petitions.reply_model import OutgoingLetter
from core.web.asked import asks
from core.web.database import db
from core.web.forms import Form, Text
from core.web.guard import public
from portal import bp


class NotOurs(Invalid):
    message = N_("Ese número y esa marca no son de un oficio nuestro. Revise las dos cosas en el papel.")


class LetterForm(Form):
    """What stands on the paper of a reply."""

    number = Text(_l("Número del oficio"), [InputRequired(_l("Escriba el número del oficio."))], most=40)
    mark = Text(_l("Marca"), [InputRequired(_l("Escriba la marca."))], most=40)


@bp.get("/petitions/published")
@public
def board() -> ResponseReturnValue:
    session = db.session()
    return render_template(
        "portal/board.html", notices=hung.notices(session, today()), groups=grouping.published(session)
    )


@bp.get("/petitions/verify")
@public
def letter() -> ResponseReturnValue:
    return _page(LetterForm())


@bp.post("/petitions/verify")
@public
@asks(LetterForm, lambda form: _page(form))
def letter_act(form: LetterForm) -> ResponseReturnValue:
    """Say that it is ours, the day and who signed it; never whose it is nor what it says. Raises NotOurs."""
    found = letters.is_ours(db.session(), form.number.data, form.mark.data)
    if found is None:
        raise NotOurs(field="mark")
    return _page(form, found)


def _page(form: LetterForm, found: OutgoingLetter | None = None) -> str:
    return render_template("portal/letter.html", form=form, found=found)
