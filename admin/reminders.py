"""How an official is reminded of the petitions in hand: by mail every morning, and in the calendar of the own phone."""

from __future__ import annotations

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms.validators import Optional

from admin import bp
from core.clock import now
from core.db import transaction
from core.errors import Missing
from core.people.rights import Permission
from core.petitions import ics, reminders
from core.petitions.terms import Kind
from core.web.asked import asks
from core.web.database import db
from core.web.forms import EmailAddress, Form
from core.web.guard import public, requires
from core.web.petition_words import kind_text
from core.web.reminded import reminded


class ReminderForm(Form):
    email = EmailAddress(
        _l("Correo al que llega el recordatorio"), [Optional()], description=_l("Vacío: no se le escribe a ninguno.")
    )


def _form() -> ReminderForm:
    row = db.session.get(reminders.Reminder, current_user.id)
    return ReminderForm(data={"email": row.email if row else ""})


@bp.get("/reminders")
@requires(Permission.BE_REMINDED)
def reminders_set() -> ResponseReturnValue:
    return _page(_form())


@bp.post("/reminders")
@requires(Permission.BE_REMINDED)
@asks(_form, lambda form: _page(form))
def reminders_act(form: ReminderForm) -> ResponseReturnValue:
    """Remind me at this address."""
    with transaction(db.session) as session:
        reminders.set_address(session, current_user.id, form.email.data or "")
    flash(_("Guardado."), "success")
    return redirect(url_for(".reminders_set"))


@bp.post("/reminders/feed")
@requires(Permission.BE_REMINDED)
def reminders_open() -> ResponseReturnValue:
    """A new address for my calendar, shown this once; the one before opens nothing."""
    with transaction(db.session) as session:
        token = reminders.open_feed(session, current_user.id)
    base = current_app.config["PUBLIC_URL"]
    return _page(_form(), f"{base}{url_for('.due_feed', secret=token)}")


@bp.post("/reminders/feed/close")
@requires(Permission.BE_REMINDED)
def reminders_close() -> ResponseReturnValue:
    """No address opens my calendar."""
    with transaction(db.session) as session:
        reminders.close_feed(session, current_user.id)
    flash(_("La dirección dejó de servir."), "success")
    return redirect(url_for(".reminders_set"))


@bp.get("/due/<secret>.ics")
@public
def due_feed(secret: str) -> ResponseReturnValue:
    """The due dates of whose secret this is: numbers, kinds and days, for a program that has no account here."""
    owner = reminders.owner_of(db.session(), secret)
    if owner is None:
        raise Missing
    days = [
        ics.AllDay(f"petition-{row.id}", row.due_on, _("Vence %(number)s", number=row.filing_number), _kind(row.kind))
        for row in reminders.in_hand(db.session(), owner.id)
        if row.due_on
    ]
    text = ics.calendar(_("Vencimientos de PQRSD"), days, current_app.config["PUBLIC_URL"], now())
    return Response(text, mimetype="text/calendar", headers={"Content-Disposition": 'attachment; filename="pqrsd.ics"'})


def _kind(kind: str) -> str:
    return kind_text(Kind(kind))


def _page(form: ReminderForm, address: str = "") -> str:
    row = db.session.get(reminders.Reminder, current_user.id)
    is_open = bool(row and row.feed_hash)
    return render_template("admin/reminders.html", form=form, address=address, open=is_open, reminded=reminded())
