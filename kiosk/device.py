"""The machine itself: whether it is alive, and how large a millimetre of its screen and its paper are."""

from __future__ import annotations

from flask import Response, jsonify, render_template
from flask.typing import ResponseReturnValue

from core.catalogue.hours import opening
from core.web.database import db
from core.web.guard import for_device, heard_from, this_device
from core.web.line import hour_of
from kiosk import bp
from kiosk.opinion_home import offered_code

PRINTABLE_MM = {80: 72, 58: 48}
"""Width that the head of a thermal printer reaches, by width of the paper."""

TICKET_LENGTH_MM = {80: 150, 58: 155}
"""Enough for the longest name of a service; the cutter takes what the printer feeds."""


@bp.get("/alive")
@for_device("kiosk")
def state() -> ResponseReturnValue:
    """Whether turns are given now, and about which turn a tablet asks; that it answers at all is told by itself."""
    hours = opening(db.session(), this_device().site_id, hour_of(this_device().site_id).at)
    return jsonify(open=hours.open, offered=offered_code())


@bp.post("/alive")
@for_device("kiosk")
def alive() -> ResponseReturnValue:
    """The page is there; the administrator sees it."""
    heard_from(this_device())
    return state()


@bp.get("/device.css")
@for_device("kiosk")
def stylesheet() -> ResponseReturnValue:
    """Pixels per millimetre of this screen, and the measures of its paper."""
    settings = this_device().settings
    width = settings["paper_mm"]
    css = render_template(
        "kiosk/device.css",
        mm=1 / settings["mm_per_px"],
        width=width,
        length=TICKET_LENGTH_MM[width],
        printable=PRINTABLE_MM[width],
    )
    return Response(css, mimetype="text/css")
