"""Whether the mail goes out and comes in: what waits, what did not arrive and why; whom it is for is not shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session
from wtforms import HiddenField
from wtforms.validators import InputRequired, Regexp

from admin import bp
from core.clock import now
from core.db import transaction
from core.mail import inbox, outbox, rounds
from core.mail.address import hidden
from core.mail.model import MailRound, OutgoingMail
from core.mail.outbox import Mail
from core.people.rights import Permission
from core.web.asked import asks
from core.web.database import db
from core.web.forms import EmailAddress, Form
from core.web.guard import requires
from core.web.post import SECTION, Postman

TEST = "test"
PURPOSES = {
    TEST: _l("Prueba"),
    "acknowledgement": _l("Acuse de una petición"),
    "news": _l("Novedad de una petición"),
    "reply": _l("Respuesta a una petición"),
    "digest": _l("Recordatorio de lo que vence"),
}
"""What the messages are for, in words; a purpose that is not here is shown by its code."""


class TryForm(Form):
    address = EmailAddress(_l("Correo que recibe la prueba"), [InputRequired(_l("Escriba un correo."))])


class AgainForm(Form):
    mail = HiddenField(validators=[Regexp(r"[0-9]{1,9}\Z")])


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the outbox as an administrator may see it: neither for whom it is nor what it says."""

    mail: OutgoingMail
    purpose: str
    domain: str
    answer: str
    in_hand: bool


@bp.get("/mail")
@requires(Permission.CONFIGURE)
def mail() -> ResponseReturnValue:
    return _page(TryForm())


@bp.post("/mail")
@requires(Permission.CONFIGURE)
@asks(TryForm, lambda form: _page(form))
def mail_act(form: TryForm) -> ResponseReturnValue:
    """Send a message that says nothing of anybody."""
    text = _("Este es un mensaje de prueba. Si lo lee, el correo de la entidad funciona. No hay que responderlo.")
    with transaction(db.session) as session:
        outbox.write(session, Mail(form.address.data, _("Prueba de correo"), text + "\n", TEST), now())
    flash(_("La prueba va en camino. Si en unos minutos no llega, esta página dice por qué."), "success")
    return redirect(url_for(".mail"))


@bp.post("/mail/again")
@requires(Permission.CONFIGURE)
def mail_again() -> ResponseReturnValue:
    """What stood in the way was mended: one more try."""
    key = int(AgainForm().checked().mail.data)
    with transaction(db.session) as session:
        outbox.try_again(session, key, current_user.id, now())
    flash(_("El mensaje %(number)s vuelve a intentarse ahora.", number=key), "success")
    return redirect(url_for(".mail"))


def mail_needs(session: Session) -> bool:
    """Whether something of the mail asks for an administrator: it waits for nothing to come, or a server is away."""
    postman: Postman = current_app.extensions[SECTION]
    told = (rounds.last(session, rounds.SENDING), rounds.last(session, rounds.RECEIVING))
    waits_for_nothing = postman.post.outgoing is None and bool(outbox.waiting(session, most=1))
    return waits_for_nothing or any(one is not None and one.problem for one in told)


def _page(form: TryForm) -> str:
    session, postman = db.session(), current_app.extensions[SECTION]
    return render_template(
        "admin/mail.html",
        form=form,
        post=postman.post,
        sending=_told(rounds.last(session, rounds.SENDING)),
        receiving=_told(rounds.last(session, rounds.RECEIVING)),
        waiting=_lines(outbox.waiting(session)),
        failed=_lines(outbox.failed(session)),
        to_review=len(inbox.to_review(session)),
    )


def _told(round_: MailRound | None) -> dict[str, Any]:
    if round_ is None:
        return {"problem": None, "since": None, "last": None}
    return {"problem": hidden(round_.problem or ""), "since": round_.failing_since, "last": round_.went_well_at}


def _lines(mails: Sequence[OutgoingMail]) -> list[Line]:
    at = now()
    return [
        Line(
            mail=mail,
            purpose=PURPOSES.get(mail.purpose, mail.purpose),
            domain=mail.address.rpartition("@")[2],
            answer=hidden(mail.last_answer),
            in_hand=mail.taken_until is not None and mail.taken_until > at,
        )
        for mail in mails
    ]
