"""The turn that was given: on the screen for some seconds, on paper, and by a code to the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, jsonify, redirect, render_template, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from core import printing
from core.devices import Paired
from core.errors import Missing
from core.surveys.answering import in_use
from core.surveys.model import Of
from core.turns import actions as turns
from core.turns import board
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.waits import Wait
from core.web import words
from core.web.database import db
from core.web.guard import for_device, this_device
from core.web.line import hour_of
from core.web.office import entity
from core.web.opinions import ticket_code
from core.web.qr import qr_drawing
from kiosk import bp
from kiosk.paper import Paper
from kiosk.preferences import LAST_TICKET, EmptyForm, in_language

IN_SIGHT_FOR = timedelta(minutes=10)
paper = Paper()


@dataclass(frozen=True, slots=True)
class Seen:
    """A turn as its ticket tells it; `wait` and `ahead` only while it waits. `qr` is an SVG drawing.

    `opinion`: with what its opinion is given at the kiosk, empty while nobody is asked for one.
    """

    turn: Turn
    service: str
    wait: Wait | None
    ahead: int | None
    address: str
    qr: Markup
    opinion: str


@bp.get("/ticket/<token>")
@for_device("kiosk")
def ticket(token: str) -> ResponseReturnValue:
    """The number, where to wait, and what will happen."""
    return _page(token, paper_failed=False)


@bp.get("/ticket/<token>/no-paper")
@for_device("kiosk")
def no_paper(token: str) -> ResponseReturnValue:
    """The same when the paper did not come out: longer on the screen, to be noted or photographed."""
    return _page(token, paper_failed=True)


@bp.get("/ticket/<token>/print-state")
@for_device("kiosk")
def print_state(token: str) -> ResponseReturnValue:
    """How the network printer did: printing, printed or failed."""
    turn_in_sight(db.session(), this_device(), token, hour_of(this_device().site_id).at)
    return jsonify(state=paper.state(token))


@bp.post("/ticket/<token>/print")
@for_device("kiosk")
def print_again(token: str) -> ResponseReturnValue:
    """Another copy of the same number."""
    EmptyForm().checked()
    device, at = this_device(), hour_of(this_device().site_id).at
    turn = turn_in_sight(db.session(), device, token, at)
    paper.print(token, on_paper(see(db.session(), turn, at)), device.settings)
    return redirect(url_for(".ticket", token=token))


def print_first_copy(device: Paired, token: str) -> None:
    """Send the ticket to the kiosk's network printer, if it has one and this was not done yet."""
    if device.settings.get("printer_host") and paper.is_new(token):
        turn, at = turns.turn_with_token(db.session(), token), hour_of(device.site_id).at
        paper.print(token, on_paper(see(db.session(), turn, at)), device.settings)


def turn_in_sight(session: Session, device: Paired, token: str, at: datetime) -> Turn:
    """The turn that this visit took at this kiosk, no longer than ten minutes ago. Raises Missing."""
    if visit.get(LAST_TICKET) != token:
        raise Missing
    turn = turns.turn_with_token(session, token)
    if turn.device_id != device.id or at - turn.issued_at >= IN_SIGHT_FOR:
        raise Missing
    return turn


def see(session: Session, turn: Turn, at: datetime) -> Seen:
    """What the ticket tells of a turn: nothing of the priority group, nor of what the service is about."""
    waiting = turn.state == State.WAITING
    address = current_app.config["PUBLIC_URL"] + url_for("portal.turn", token=turn.token)
    return Seen(
        turn=turn,
        service=in_language(turn.service, "name"),
        wait=board.wait_of(session, turn, at) if waiting else None,
        ahead=board.ahead(session, turn, at) if waiting else None,
        address=address,
        qr=qr_drawing(address, _("Código para seguir su turno en el teléfono")),
        opinion=_("Para opinar en el quiosco: %(code)s", code=ticket_code(turn)) if in_use(session, Of.TURN) else "",
    )


def on_paper(seen: Seen) -> printing.Ticket:
    """The ticket's texts for a network printer, in the language of the page."""
    here, issued = entity(), seen.turn.issued_at
    return printing.Ticket(
        entity=here.name if here else "",
        site=seen.turn.site.name,
        title=_("Turno"),
        code=seen.turn.code,
        service=seen.service,
        issued=f"{words.day_text(issued.date())}, {words.clock_text(issued)}",
        wait=waiting_text(seen.wait) if seen.wait else "",
        ahead=ahead_text(seen.ahead) if seen.ahead is not None else "",
        advice=_("Espere en la sala. La pantalla y una voz dirán su turno."),
        url=seen.address,
        opinion=seen.opinion,
    )


@bp.app_template_filter("ahead")
def ahead_text(count: int) -> str:
    """How many turns come before: «Hay 4 turnos antes del suyo»."""
    if count == 0:
        return str(_("Ningún turno antes del suyo"))
    return str(ngettext("Hay %(num)s turno antes del suyo", "Hay %(num)s turnos antes del suyo", count))


@bp.app_template_filter("waiting")
def waiting_text(wait: Wait) -> str:
    """The wait of a turn that was given; where no window attends it yet, that it is valid all the same."""
    told = words.wait_text(wait)
    return _("%(wait)s. Su turno es válido", wait=told) if wait.low is None else told


def _page(token: str, *, paper_failed: bool) -> ResponseReturnValue:
    session, device, at = db.session(), this_device(), hour_of(this_device().site_id).at
    turn = turn_in_sight(session, device, token, at)
    return render_template(
        "kiosk/ticket.html",
        seen=see(session, turn, at),
        by_network=bool(device.settings.get("printer_host")),
        paper_failed=paper_failed,
    )
