"""The voice of the screen: the sound of a call, made here and kept by the browser for a day."""

from __future__ import annotations

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from core.catalogue.model import Window
from core.errors import Missing
from core.speech import SERIES_LETTERS, announcement, chime
from core.web.database import db
from core.web.guard import for_device, this_device
from core.web.words import LANGUAGES
from display import bp

A_DAY = "private, max-age=86400"


@bp.get("/chime.wav")
@for_device("display")
def chime_wav() -> ResponseReturnValue:
    return _sound(chime())


@bp.get("/speech/<series>/<int(min=1, max=9999):number>/<int:window_id>.wav")
@for_device("display")
def speech_wav(series: str, number: int, window_id: int) -> ResponseReturnValue:
    """«Turno A, cero doce. Ventanilla tres.»; raises Missing for what is not called in this site."""
    language = request.args.get("lang", "es")
    if series not in SERIES_LETTERS or language not in LANGUAGES:
        raise Missing
    label = _window_here(window_id).label
    return _sound(announcement(current_app.extensions["voice"], series, number, label, language))


def _window_here(window_id: int) -> Window:
    window = db.session().get(Window, window_id)
    if window is None or window.site_id != this_device().site_id:
        raise Missing
    return window


def _sound(wav: bytes) -> Response:
    return Response(wav, mimetype="audio/wav", headers={"Cache-Control": A_DAY})
