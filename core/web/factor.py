"""The second factor of an official: the question for the code at the door, and setting it up in the own account."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from wtforms.validators import DataRequired

from core import clock
from core.catalogue.model import Entity
from core.db import transaction
from core.errors import N_, Refused
from core.events import Who
from core.people import actions as people
from core.people import second_factor
from core.people.model import Official
from core.web.again import WholeAgainForm, check_again
from core.web.attempts import begin_attempt
from core.web.database import db
from core.web.errors import message_of
from core.web.forms import Form, Text
from core.web.guard import FactorFirst, public, requires
from core.web.qr import qr_drawing
from core.web.sign_in import HALF, bp, let_in
from core.web.signing import factor_keys
from core.web.words import translate


class CodeForm(Form):
    code = Text(
        _l("Código"),
        [DataRequired(_l("Escriba el código."))],
        most=40,
        render_kw={"data-focus": True, "inputmode": "text", "autocomplete": "one-time-code"},
    )


def half_open(at: datetime) -> tuple[int, str, int] | None:
    """Who gave the right password in this browser and must say the code: their number, user name and half session."""
    half = people.half_signed_in(db.session(), str(session.get(HALF, "")), at)
    return (half[0].id, half[0].username, half[1]) if half else None


@bp.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    if half_open(clock.now()) is None:
        return redirect(url_for("sign_in.show"))
    return render_template("sign_in_code.html", form=CodeForm())


@bp.post("/sign-in/code")
@public
def enter_code() -> ResponseReturnValue:
    """Let in who has the telephone too."""
    form, at = CodeForm(), clock.now()
    half = half_open(at)
    if half is None:
        flash(translate(N_("Pasó mucho tiempo. Ingrese otra vez.")), "info")
        return redirect(url_for("sign_in.show"))
    if not form.validate_on_submit():
        return render_template("sign_in_code.html", form=form), 422
    official_id, username, half_id = half
    try:
        attempt = begin_attempt(username, at)
        with transaction(db.session) as work:
            official = work.get_one(Official, official_id)
            by = second_factor.check(work, official, form.code.data or "", factor_keys(), at)
            people.forget_attempt(work, attempt)
            people.sign_out(work, half_id, at)
            token = people.sign_in(work, official, request.user_agent.string, at, factor=by)
            left = second_factor.words_left(work, official_id)
    except people.SlowDown as slow:
        form.code.errors = [message_of(slow)]
        return render_template("sign_in_code.html", form=form), slow.status, {"Retry-After": str(slow.retry_after)}
    except Refused as refused:
        with transaction(db.session) as work:
            people.note_failure(work, username, Who("stranger"), at)
        form.code.errors = [message_of(refused)]
        return render_template("sign_in_code.html", form=form), refused.status
    if by == "recovery":
        flash(translate(N_("Ese código de recuperación ya no sirve. Le quedan %(left)s."), left=left), "warning")
    return let_in(token, username, session.get("next", ""), at)


@bp.get("/account/second-factor")
@requires()
def factor() -> ResponseReturnValue:
    if current_user.lacks_factor(clock.now(), current_app.config["SECOND_FACTOR_DAYS"]):
        flash(message_of(FactorFirst()), "info")
    return _page(WholeAgainForm(), CodeForm())


@bp.post("/account/second-factor")
@requires()
def factor_begin() -> ResponseReturnValue:
    """Who proves again who they are is shown a new secret; what there was stays until its first code comes."""
    form, me, at = WholeAgainForm(), current_user.official, clock.now()
    refused = check_again(form, at)
    if refused:
        return _page(form, CodeForm(formdata=None)), *refused
    with transaction(db.session) as work:
        second_factor.propose(work, me.id, me.sign_in_id, factor_keys(), at)
    return redirect(url_for("sign_in.factor"))


@bp.post("/account/second-factor/code")
@requires()
def factor_confirm() -> ResponseReturnValue:
    """The first code of the telephone; the recovery codes are in this answer and nowhere else."""
    form, me, at = CodeForm(), current_user.official, clock.now()
    if not form.validate_on_submit():
        return _page(WholeAgainForm(formdata=None), form), 422
    try:
        with transaction(db.session) as work:
            official = work.get_one(Official, me.id)
            words = second_factor.accept(work, official, me.sign_in_id, form.code.data or "", factor_keys(), at)
            people.sign_out_everywhere(work, me.id, at, but=me.sign_in_id)
    except Refused as refused:
        db.session.rollback()
        form.code.errors = [message_of(refused)]
        return _page(WholeAgainForm(formdata=None), form), 422
    return render_template("factor_words.html", words=words)


def _issuer() -> str:
    """How the telephone names this system."""
    place = db.session.scalar(select(Entity).limit(1))
    return place.short_name if place else translate(N_("Atención a la ciudadanía"))


def _page(again: WholeAgainForm, form: CodeForm) -> str:
    me, at = current_user.official, clock.now()
    secret = second_factor.proposed(db.session(), me.id, me.sign_in_id, factor_keys(), at)
    address = second_factor.address(secret, me.username, _issuer()) if secret else ""
    return render_template(
        "factor.html",
        again=again,
        form=form,
        secret=" ".join(secret[begin : begin + 4] for begin in range(0, len(secret), 4)) if secret else None,
        qr=qr_drawing(address, translate(N_("Código para su aplicación de códigos"))) if secret else None,
        left=second_factor.words_left(db.session(), me.id),
        has_factor=second_factor.is_set_up(db.session(), me.id),
    )
