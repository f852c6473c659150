"""The application that every face is added to: its settings, its doors, its headers, its words."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from core import audit, clock
from core.catalogue.model import Entity
from core.disk import Ballast, Disk
from core.information.writing import halves
from core.mail.server import Post
from core.petitions import sealing
from core.speech import voice_from
from core.web import (
    commands,
    errors,
    file_commands,
    foreseeing,
    foresight_rounds,
    forgetting,
    information,
    journal,
    live,
    pairing,
    petition_commands,
    petition_mail,
    petition_words,
    plan_commands,
    plan_counting,
    post,
    protocol_words,
    proving,
    reading,
    reminding,
    sign_in,
    signing,
    survey_words,
    turn_counting,
    uploads,
    words,
)
from core.web import factor as factor  # its doors are of the blueprint of sign_in
from core.web.database import connect, db
from core.web.forms import check_body, new_press
from core.web.guard import device_cookie, login
from core.web.shared import SHARED, Shared

csrf = CSRFProtect()
LARGEST_BODY = 64_000
LARGEST_ROW = 2**31 - 1

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class RowNumber(IntegerConverter):
    """A whole number in an address, in ASCII digits; no row has a larger one than the database's integers."""

    regex = "[0-9]+"

    def __init__(self, url_map: Map, *, max: int = LARGEST_ROW, **limits: Any) -> None:
        super().__init__(url_map, max=max, **limits)


class Settings(Protocol):
    """What the office needs to know of the installation; `config.Settings` says it."""

    @property
    def database_url(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def secret_key_before(self) -> str: ...
    @property
    def audit_key(self) -> str: ...
    @property
    def reserve_key(self) -> str: ...
    @property
    def redis_url(self) -> str | None: ...
    @property
    def public_url(self) -> str: ...
    @property
    def https(self) -> bool: ...
    @property
    def trusted_hosts(self) -> list[str]: ...
    @property
    def voice(self) -> str: ...
    @property
    def proxies(self) -> int: ...
    @property
    def log_format(self) -> str: ...
    @property
    def provider(self) -> Any: ...
    @property
    def second_factor_days(self) -> int | None: ...
    @property
    def post(self) -> Post: ...
    @property
    def web_sockets(self) -> int: ...
    @property
    def instance(self) -> Path: ...
    @property
    def files(self) -> Path: ...
    @property
    def clamav(self) -> str | None: ...
    @property
    def data_folders(self) -> tuple[Path, ...]: ...


def create(settings: Settings) -> Flask:
    """An application with everything but its faces."""
    app = Flask("core.web", instance_path=str(settings.instance))
    app.url_map.converters["int"] = RowNumber
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=[settings.secret_key_before] if settings.secret_key_before else [],
        PUBLIC_URL=settings.public_url,
        TRUSTED_HOSTS=settings.trusted_hosts,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=100,
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="es_CO",
        BABEL_DEFAULT_TIMEZONE="America/Bogota",
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    journal.begin(app, settings.log_format)
    app.extensions["voice"] = voice_from(settings.voice)
    app.extensions["disk"] = Disk(settings.data_folders, Ballast(settings.instance))
    audit.seal_with(settings.audit_key)
    sealing.seal_with(settings.reserve_key)
    app.extensions[SHARED] = Shared()
    uploads.register(app, settings.files, settings.clamav)
    connect(app, settings.database_url)
    app.session_interface = signing.Sessions()
    login.init_app(app)
    app.before_request(check_body)
    csrf.init_app(app)
    words.babel.init_app(app, locale_selector=words.select_locale)
    errors.register(app)
    live.register(app, settings.redis_url, most_sockets=settings.web_sockets)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    app.config["SECOND_FACTOR_DAYS"] = settings.second_factor_days
    app.register_blueprint(sign_in.bp)
    app.register_blueprint(reading.bp)
    if settings.provider:
        from core.web import provider  # nothing of it is read where none is configured

        provider.register(app, settings.provider)
    app.register_blueprint(pairing.bp)
    for room in (commands, petition_commands, plan_commands, file_commands, proving):
        room.register(app)
    post.register(app, settings.post)
    for room in (reminding, forgetting, foreseeing, foresight_rounds, turn_counting, plan_counting, petition_mail):
        room.register(app)
    _dress(app, https=settings.https)
    return app


def _dress(app: Flask, *, https: bool) -> None:
    app.jinja_env.filters.update(
        clock=words.clock_text,
        day=words.day_text,
        wait=words.wait_text,
        room=words.room_text,
        weight=words.weight_text,
        minutes=words.minutes_text,
        browser=words.browser_text,
        halves=halves,
        date=information.date_text,
        ms=clock.milliseconds,
        cost=words.cost_text,
        term=words.term_text,
        petition_kind=petition_words.kind_text,
        petition_state=petition_words.state_text,
        petition_tone=petition_words.state_tone,
        answer=survey_words.answer_text,
        scale_ends=survey_words.scale_ends,
        protocol_channel=protocol_words.channel_text,
        protocol_moment=protocol_words.moment_text,
        protocol_short=protocol_words.short_text,
        protocol_population=protocol_words.population_text,
    )
    app.jinja_env.globals.update(new_press=new_press, preferred=preferred)

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "entity": None if g.get("without_database") else entity(),
            "language": words.language(),
            "offers_english": words.offers_english,
            "now": clock.now(),
        }

    @app.url_defaults
    def version_static(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint.split(".")[-1] == "static" and "filename" in values:
            blueprint = app.blueprints.get(endpoint.rpartition(".")[0])
            folder = (blueprint or app).static_folder
            if folder:
                values["v"] = _version(os.path.join(folder, values["filename"]))

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.status_code >= 400 or not (request.endpoint or "").endswith("static"):
            response.headers.setdefault("Cache-Control", "no-store")
        elif "v" not in request.args:
            response.headers["Cache-Control"] = "no-cache"
        return response


def preferred(name: str) -> str | None:
    """What this browser chose of how pages look; `ui.js` keeps it."""
    return request.cookies.get(device_cookie(name))


def entity() -> Entity | None:
    """The town hall whose name is on every page; None before the first content is loaded."""
    return db.session.scalar(select(Entity).limit(1))


@lru_cache(maxsize=512)
def _version(path: str) -> str:
    """A word that changes with the file, so that browsers may keep it for a year."""
    try:
        return format(int(os.stat(path).st_mtime), "x")
    except OSError:
        return "0"
