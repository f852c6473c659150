"""The touch that gives a turn: once, however often it arrives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms.validators import DataRequired

from core.clock import now
from core.events import Who
from core.turns import actions as turns
from core.web.database import db
from core.web.forms import PressForm, Text, Whole
from core.web.guard import for_device, this_device
from core.web.line import once_in_line
from core.web.words import language
from kiosk import bp
from kiosk.choose import service_of
from kiosk.preferences import LAST_TICKET
from kiosk.ticket import print_first_copy


class TakeForm(PressForm):
    service = Whole(_l("Servicio"), [DataRequired(_l("Elija un servicio de la lista."))], least=1)
    group = Text(_l("Atención preferencial"), [DataRequired(_l("Elija una opción de la lista."))], most=40)


@bp.post("/turns")
@for_device("kiosk")
def take() -> ResponseReturnValue:
    """Give a turn for the service, in the language of the page, to the group that the person declares."""
    form = TakeForm().checked()
    device = this_device()
    asked = turns.Asked(device.site_id, form.service.data, form.group.data, language(), device.id)
    pressed, offer = form.pressed(f"device {device.id}", "take turn"), turns.look_up(db.session(), asked, now())
    given = once_in_line(
        device.site_id,
        pressed,
        lambda session, at: _give(session, asked, at, offer),
    )
    visit[LAST_TICKET] = given["token"]
    print_first_copy(device, given["token"])
    return redirect(url_for(".ticket", token=given["token"]))


def _give(session: Session, asked: turns.Asked, at: datetime, offer: turns.Offer) -> dict[str, Any]:
    """The turn; a kiosk that offers only some topics gives none for the others."""
    device = this_device()
    if device.settings.get("topics"):
        service_of(session, device.site_id, asked.service_id)
    return {"token": turns.issue(session, asked, Who("device", device.id), at, offer).token}
