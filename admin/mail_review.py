"""The e-mails that could not be filed by themselves: who manages petitions opens them in the mailbox."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import HiddenField
from wtforms.validators import Regexp

from admin import bp
from core.clock import now
from core.db import transaction
from core.mail import inbox
from core.mail.reading import Problem
from core.people.rights import Permission
from core.petitions.acting import note_list_read
from core.web.database import db
from core.web.forms import Form
from core.web.guard import requires
from core.web.post import SECTION

WHY = {
    Problem.TOO_LARGE: _l("Es demasiado grande."),
    Problem.TOO_LONG: _l("Su texto es demasiado largo."),
    Problem.TOO_MANY_PARTS: _l("Trae demasiadas partes."),
    Problem.BROKEN: _l("Llegó dañado o incompleto."),
    Problem.SEALED: _l("Está cifrado."),
    Problem.OUTLOOK_PACKAGE: _l("Trae un paquete de Outlook (winmail.dat) que aquí no se abre."),
    Problem.NOT_TAKEN: _l("No se pudo radicar."),
}


class SeenForm(Form):
    mail = HiddenField(validators=[Regexp(r"[0-9]{1,9}\Z")])


@bp.get("/mail/review")
@requires(Permission.REVIEW_MAIL)
def review_mail() -> ResponseReturnValue:
    folder, by = current_app.extensions[SECTION].post.review, current_user.id
    with transaction(db.session) as session:
        mails = inbox.to_review(session)
        note_list_read(session, current_user.site_id, by, now(), "mails for review")
        return render_template("admin/mail_review.html", mails=mails, why=WHY, folder=folder)


@bp.post("/mail/review")
@requires(Permission.REVIEW_MAIL)
def review_mail_act() -> ResponseReturnValue:
    """It was seen to: it leaves the list, and who wrote it is forgotten here."""
    key = int(SeenForm().checked().mail.data)
    with transaction(db.session) as session:
        inbox.settle(session, key, current_user.id, now())
    flash(_("Listo: el correo sale de esta lista."), "success")
    return redirect(url_for(".review_mail"))
