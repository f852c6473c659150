"""How each kind of refusal is told: one handler per kind, in Spanish, as a page or as JSON."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import ParseException
from jinja2 import Template
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from core import audit
from core.audit import Act, On, Result, Thing
from core.clock import now
from core.db import lacks_space, transaction
from core.errors import N_, Forbidden, Invalid, NoSpace, Refused, TooMany
from core.events import Who
from core.web import journal
from core.web.database import db
from core.web.guard import ChangePasswordFirst, FactorFirst, NotPaired, SignInFirst
from core.web.words import translate

TITLES = {
    400: N_("La página venció"),
    401: N_("Ingrese para continuar"),
    403: N_("No tiene permiso"),
    404: N_("No lo encontramos"),
    405: N_("Eso no se puede hacer aquí"),
    409: N_("No se puede hacer ahora"),
    413: N_("Es demasiado grande"),
    415: N_("Ese formato no se recibe"),
    422: N_("Revise los datos"),
    429: N_("Espere un momento"),
    500: N_("Algo falló de nuestro lado"),
    503: N_("El sistema no responde por ahora"),
}
SENTENCES = {
    400: N_("Vuelva a cargar la página y repita lo que hizo."),
    404: N_("Revise la dirección o vuelva al inicio."),
    405: N_("Vuelva a la página anterior y use sus botones."),
    413: N_("Envíe menos texto."),
    415: N_("Use los formularios de la página."),
    500: N_("No se guardó nada. Intente de nuevo; si se repite, avise con este número: %(reference)s."),
    503: N_("Espere unos segundos y vuelva a intentar. Los turnos ya tomados siguen valiendo."),
}
NO_SPACE = N_("No hay espacio en el equipo")
RETRY_AFTER_S = 5
NOTED = {403: "no right", 404: "nothing there for who asks", 429: "too often"}
"""Refusals that are worth a line in the log: of their kind there are attempts to get round a control."""

NO_DATABASE = (OperationalError, PoolExhausted)


def message_of(refused: Refused) -> str:
    """The sentence of a refusal, translated and filled; what fills it may be a sentence too."""
    values = {name: translate(v) if isinstance(v, str) and v else v for name, v in refused.values.items()}
    return translate(refused.message, **values)


def wants_json() -> bool:
    """Whether the one who asks is a script of ours rather than a page being opened."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def answer(status: int, message: str, title: str | None = None, **headers: str) -> ResponseReturnValue:
    """A refusal as JSON or as a page, with the status that it deserves; `title` if the usual one does not say it."""
    if wants_json():
        return jsonify(error=message), status, headers
    return _page(status, title or translate(TITLES.get(status, TITLES[409])), message), status, headers


def refusal(error: Refused) -> ResponseReturnValue:
    """What the office does not do, told with its reason: beside which field, or when to come back, if it says so."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else {}
    if error.status in NOTED:
        journal.note(NOTED[error.status])
    if isinstance(error, Invalid) and error.field and wants_json():
        return jsonify(error=message_of(error), field=error.field), error.status, headers
    return answer(error.status, message_of(error), **headers)


def _page(status: int, title: str, message: str) -> str:
    """The page of a refusal; a face that has a page `refused.html` of its own tells it there."""
    g.without_database = status == 503
    return draw([f"{request.blueprint}/refused.html", "error.html"], title=title, message=message)


def draw(pages: list[str | Template], **values: object) -> str:
    """A page that is drawn in any case: without a database it lacks the name of the town hall and who is signed in."""
    try:
        return render_template(pages, **values)
    except NO_DATABASE:
        db.session.rollback()
        g.without_database = True
        return render_template(pages, **values)


def register(app: Flask) -> None:
    """Install the handlers."""
    _tell_refusals(app)
    _tell_wrong_requests(app)
    _tell_failures(app)

    @app.after_request
    def soon_again(response: Response) -> Response:
        """Whoever finds us unable to work for a while is told when to come back."""
        if response.status_code == 503:
            response.headers.setdefault("Retry-After", str(RETRY_AFTER_S))
        return response


def _tell_refusals(app: Flask) -> None:
    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        db.session.rollback()
        if isinstance(error, Forbidden):
            _note_denial()
        return refusal(error)

    @app.errorhandler(NotPaired)
    def not_paired(error: NotPaired) -> ResponseReturnValue:
        if request.cookies:
            journal.note("device not known")
        if request.method == "GET" and not wants_json():
            return redirect(url_for("pairing.show", kind=error.kind))
        return answer(401, message_of(error))

    @app.errorhandler(SignInFirst)
    def sign_in_first(error: SignInFirst) -> ResponseReturnValue:
        if request.method == "GET" and not wants_json():
            return redirect(url_for("sign_in.show", next=request.path))
        return answer(401, message_of(error))

    @app.errorhandler(ChangePasswordFirst)
    def change_password_first(error: ChangePasswordFirst) -> ResponseReturnValue:
        if request.method == "GET" and not wants_json():
            return redirect(url_for("sign_in.account"))
        return answer(error.status, message_of(error))

    @app.errorhandler(FactorFirst)
    def factor_first(error: FactorFirst) -> ResponseReturnValue:
        if request.method == "GET" and not wants_json():
            return redirect(url_for("sign_in.factor"))
        return answer(error.status, message_of(error))


def _note_denial() -> None:
    """Tell the trail which door was closed to an official; what a stranger tries says nothing of anybody."""
    if not current_user.is_authenticated:
        return
    me, said = current_user.official, {"door": request.endpoint, "method": request.method.lower()}
    with suppress(NoSpace, *NO_DATABASE), transaction(db.session) as session:
        audit.through(session, me.sign_in_id)
        audit.record(
            session, Act.DENIED, On(Thing.DOOR), Who("official", me.id), now(),
            site_id=me.site_id, result=Result.REFUSED, detail=said,
        )  # fmt: skip


def _tell_wrong_requests(app: Flask) -> None:
    @app.errorhandler(ParseException)
    def no_body(_error: ParseException) -> ResponseReturnValue:
        """What gunicorn finds while the body is read: it is in chunks that do not fit together."""
        return answer(400, translate(SENTENCES[400]))

    @app.errorhandler(CSRFError)
    def csrf(_error: CSRFError) -> ResponseReturnValue:
        journal.note("form without its mark")
        return answer(400, translate(SENTENCES[400]))

    @app.errorhandler(SecurityError)
    def not_our_name(_error: SecurityError) -> ResponseReturnValue:
        """Asked for by a name that is not ours: nothing here has an address, so there is no page to draw."""
        journal.note("foreign host")
        return (
            translate(N_("Esta dirección no es de este sistema.")),
            400,
            {"Content-Type": "text/plain; charset=utf-8"},
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error
        if status in (405, 413, 415):
            journal.note(f"what no page sends ({status})")
        headers = {"Allow": ", ".join(error.valid_methods or ())} if isinstance(error, MethodNotAllowed) else {}
        return answer(status, translate(SENTENCES.get(status, SENTENCES[400])), **headers)


def _tell_failures(app: Flask) -> None:
    @app.errorhandler(NoSpace)
    def no_space(error: NoSpace) -> ResponseReturnValue:
        db.session.rollback()
        app.logger.error("database: no space left to write, at %s", request.endpoint)
        return answer(503, message_of(error), translate(NO_SPACE))

    @app.errorhandler(IntegrityError)
    def changed_meanwhile(_error: IntegrityError) -> ResponseReturnValue:
        db.session.rollback()
        return answer(409, translate(N_("Otra persona lo cambió al mismo tiempo. Mire cómo quedó antes de seguir.")))

    @app.errorhandler(DataError)
    def impossible(_error: DataError) -> ResponseReturnValue:
        """No row can hold what was sent; the database's words, which may quote it, stay out of the log."""
        db.session.rollback()
        app.logger.error("database: a value that no row can hold, at %s", request.endpoint)
        return answer(422, translate(Invalid.message))

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolExhausted)
    def no_database(error: OperationalError | PoolExhausted) -> ResponseReturnValue:
        if isinstance(error, OperationalError) and lacks_space(error):
            return no_space(NoSpace())
        db.session.rollback()
        app.logger.error("database: %s", type(getattr(error, "orig", error)).__name__)
        return answer(503, translate(SENTENCES[503]))

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        reference = journal.request_number()
        app.logger.exception("unexpected error %s at %s %s", reference, request.method, request.endpoint)
        return answer(500, translate(SENTENCES[500], reference=reference))
