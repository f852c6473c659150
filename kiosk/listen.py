"""«Escuchar»: every page of the kiosk read aloud, from its own texts, in its own language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from core.catalogue import offer
from core.catalogue.hours import opening
from core.errors import N_, Refused
from core.speech import Voice, VoiceUnavailable, spoken_call
from core.turns import board
from core.web.database import db
from core.web.guard import for_device, this_device
from core.web.line import hour_of
from core.web.words import language, opening_text, wait_text
from kiosk import bp
from kiosk.choose import active_services, groups_of, service_of, somebody_waits, topic_of
from kiosk.opinion_home import first_page_said
from kiosk.preferences import in_language
from kiosk.ticket import ahead_text, see, turn_in_sight, waiting_text


class NoVoice(Refused):
    status = 503
    message = N_("Por ahora no hay voz. Pida ayuda en una ventanilla.")


@bp.get("/speech")
@for_device("kiosk")
def home_speech() -> ResponseReturnValue:
    """The first page: the topics, or when turns are given again, or what a tablet asks."""
    if this_device().settings.get("opinions"):
        return spoken(first_page_said())
    session, site_id, at = db.session(), this_device().site_id, hour_of(this_device().site_id).at
    hours = opening(session, site_id, at)
    if not hours.open:
        again = _("Volvemos a dar turnos %(when)s.", when=opening_text(hours.next, at)) if hours.next else ""
        waiting = _("Quienes ya tienen turno serán atendidos.") if somebody_waits() else ""
        return spoken([_("Ahora no damos turnos."), again, waiting])
    topics = [
        part
        for topic in offer.topics(session, site_id, this_device().settings.get("topics", ()))
        for part in _name_and_hint(topic)
    ]
    groups = ", ".join(in_language(group, "name") for group in groups_of(session, site_id))
    return spoken(
        [
            _("Tome su turno."),
            _("Toque lo que necesita."),
            *topics,
            _("Hay atención preferencial para: %(groups)s.", groups=groups),
            _("La elige en el último paso."),
            _("Abajo puede cambiar a inglés, letra grande o contraste."),
        ]
    )


@bp.get("/topics/<int:topic_id>/speech")
@for_device("kiosk")
def topic_speech(topic_id: int) -> ResponseReturnValue:
    """The services of a topic and their waits."""
    session, site_id, at = db.session(), this_device().site_id, hour_of(this_device().site_id).at
    topic = topic_of(session, site_id, topic_id)
    services = active_services(topic)
    waits = board.wait_for(session, site_id, [service.id for service in services], at)
    options = [part for service in services for part in (*_name_and_hint(service), f"{wait_text(waits[service.id])}.")]
    return spoken([f"{in_language(topic, 'name')}.", _("¿Qué necesita hacer?"), *options])


@bp.get("/services/<int:service_id>/speech")
@for_device("kiosk")
def service_speech(service_id: int) -> ResponseReturnValue:
    """What to bring, the wait, and the choices."""
    session, site_id, at = db.session(), this_device().site_id, hour_of(this_device().site_id).at
    service = service_of(session, site_id, service_id)
    wait = board.wait_for(session, site_id, [service.id], at)[service.id]
    return spoken(
        [
            *_name_and_hint(service),
            *what_to_bring(in_language(service, "requirements")),
            f"{wait_text(wait)}.",
            f"{ahead_text(board.ahead_of_a_newcomer(session, service, at))}.",
            _("Atención preferencial: toque su caso y recibe el turno."),
            *(f"{in_language(group, 'name')}." for group in groups_of(session, site_id)),
            _("Si no es su caso, toque el último botón: Tomar turno general."),
        ]
    )


@bp.get("/ticket/<token>/speech")
@for_device("kiosk")
def ticket_speech(token: str) -> ResponseReturnValue:
    """The turn, its service, how many are before, and where to wait."""
    session, at = db.session(), hour_of(this_device().site_id).at
    turn = turn_in_sight(session, this_device(), token, at)
    seen = see(session, turn, at)
    number = spoken_call(turn.series, turn.number, "", language())
    return spoken(
        [
            number,
            f"{seen.service}.",
            f"{ahead_text(seen.ahead)}." if seen.ahead is not None else _("Ya llamaron su turno. Mire la pantalla."),
            f"{waiting_text(seen.wait)}." if seen.wait else "",
            _("Espere en la sala. La pantalla y una voz dirán su turno."),
            number,
        ]
    )


def what_to_bring(requirements: list[str]) -> list[str]:
    """The requirements of a service, or that it has none."""
    if not requirements:
        return [_("No tiene que traer documentos.")]
    return [_("Traiga esto:"), *(f"{requirement}." for requirement in requirements)]


def spoken(sentences: Iterable[str]) -> Response:
    """The sentences as sound, in the language of the page. Raises NoVoice."""
    text = "\n".join(sentence for sentence in sentences if sentence)
    return Response(_sound(current_app.extensions["voice"], text, language()), mimetype="audio/wav")


def _name_and_hint(thing: object) -> tuple[str, str]:
    return f"{in_language(thing, 'name')}.", in_language(thing, "hint")


@lru_cache(maxsize=24)
def _sound(voice: Voice, text: str, language: str) -> bytes:
    try:
        return voice.say(text, language)
    except VoiceUnavailable as failure:
        current_app.logger.warning("the kiosk cannot speak: %s", failure)
        raise NoVoice from failure
