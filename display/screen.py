"""The screen of the hall: its page, its measures and the state that it asks for again and again."""

from __future__ import annotations

from flask import Response, jsonify, render_template
from flask.typing import ResponseReturnValue

from core.catalogue import pictures
from core.legibility import Sizes, sizes
from core.web.database import db
from core.web.guard import for_device, heard_from, this_device
from core.web.images import image
from core.web.line import hour_of
from display import bp
from display.wall import SHOWN_FOR, call_words, is_name, settings_of, shown, told_to


@bp.get("/")
@for_device("display")
def screen() -> ResponseReturnValue:
    lying, upright = measures()
    at = hour_of(this_device().site_id).at
    told = told_to(db.session(), this_device(), at)
    current, past = shown(told["calls"], at)
    return render_template(
        "display/screen.html",
        told=told,
        current=current,
        past=past,
        named=current is not None and is_name(current["window"]),
        shown_for=SHOWN_FOR,
        words=call_words(),
        lying=lying,
        upright=upright,
    )


@bp.get("/state")
@for_device("display")
def state() -> ResponseReturnValue:
    """The present state, and the sign that this screen is alive."""
    heard_from(this_device())
    return jsonify(told_to(db.session(), this_device(), hour_of(this_device().site_id).at))


@bp.get("/pictures/<digest>")
@for_device("display")
def picture(digest: str) -> ResponseReturnValue:
    """An image of this site, which the browser takes for nothing else than an image."""
    return image(pictures.shown(db.session(), this_device().site_id, digest))


@bp.get("/device.css")
@for_device("display")
def device_css() -> ResponseReturnValue:
    lying, upright = measures()
    return Response(render_template("display/device.css", lying=lying, upright=upright), mimetype="text/css")


def measures() -> tuple[Sizes, Sizes]:
    """The sizes of this screen lying and upright."""
    settings = settings_of(this_device())
    lying, upright = (sizes(settings["diagonal_in"], settings["distance_m"], upright=way) for way in (False, True))
    return lying, upright
