"""Where officials come in and go out, change their password and see their open sessions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from core import audit, clock
from core.audit import Act, On, Thing
from core.db import transaction
from core.errors import N_, Invalid
from core.events import Who
from core.people import actions as people
from core.people import deputies, second_factor
from core.people.model import Official, SignIn
from core.people.rights import ELEVATED, PEOPLE, Permission
from core.web.again import AgainForm, check_again
from core.web.attempts import begin_attempt, know_again
from core.web.database import db
from core.web.errors import message_of
from core.web.forms import Form, Text
from core.web.guard import (
    ChangePasswordFirst,
    FactorFirst,
    Identity,
    SignInFirst,
    leave_nothing,
    public,
    requires,
)
from core.web.reminded import reminded
from core.web.ways import how_many_to_read, ways
from core.web.words import translate

bp = Blueprint("sign_in", __name__)
HALF = "half open"
WARNED_BEFORE = timedelta(days=3)
_PATH = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+/?")


@bp.app_context_processor
def _on_every_page() -> dict[str, Any]:
    return {"ways": ways, "how_many_to_read": how_many_to_read}


class SignInForm(Form):
    username = Text(_l("Usuario"), [DataRequired(_l("Escriba su usuario."))], render_kw={"data-focus": True})
    password = PasswordField(_l("Contraseña"), [DataRequired(_l("Escriba su contraseña.")), Length(max=1024)])
    next = HiddenField()


class PasswordForm(Form):
    current = PasswordField(
        _l("Contraseña actual"), [DataRequired(_l("Escriba su contraseña actual.")), Length(max=1024)]
    )
    new = PasswordField(_l("Contraseña nueva"), [DataRequired(_l("Escriba la contraseña nueva.")), Length(max=1024)])


@bp.get("/sign-in")
@public
def show() -> ResponseReturnValue:
    form = SignInForm(next=request.args.get("next", ""))
    if form.next.data:
        flash(message_of(SignInFirst()), "info")
    return render_template("sign_in.html", form=form)


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("sign_in.html", form=form), 422
    at = clock.now()
    username = form.username.data or ""
    try:
        attempt = begin_attempt(username, at)
        official = people.check_password(db.session(), username, form.password.data or "")
        people.check_still_good(official, at)
    except people.SlowDown as slow:
        return _again(form, message_of(slow), slow.status, {"Retry-After": str(slow.retry_after)})
    except people.SignInRefused as refused:
        with transaction(db.session) as work:
            people.note_failure(work, username, Who("stranger"), at)
        return _again(form, message_of(refused), refused.status)
    return half_or_whole(official, form.next.data or "", at, attempt)


def half_or_whole(official: Official, wanted: str, at: datetime, attempt: int) -> ResponseReturnValue:
    """The password was right: let the official in, or ask for the code of the second factor first."""
    agent, username = request.user_agent.string, official.username
    with transaction(db.session) as work:
        people.forget_attempt(work, attempt)
        end_present(work, at)
        asked = second_factor.is_set_up(work, official.id)
        token = (people.half_sign_in if asked else people.sign_in)(work, official, agent, at)
    if not asked:
        return let_in(token, username, wanted, at)
    session.clear()
    session[HALF], session["next"] = token, wanted
    return redirect(url_for("sign_in.code"))


def end_present(work: Session, at: datetime) -> None:
    """Who comes in again leaves the session that was open in this browser."""
    if current_user.is_authenticated:
        people.sign_out(work, current_user.sign_in_id, at)


def let_in(token: str, username: str, wanted: str, at: datetime) -> Response:
    """Begin a session of a new name in this browser, at the page that was wanted."""
    told = session.get("_flashes")
    session.clear()
    if told:
        session["_flashes"] = told
    signed = people.signed_in(db.session(), token, at)
    assert signed is not None
    login_user(Identity(token, signed))
    _warn(signed, at)
    answer = redirect(_inside(wanted) or url_for("sign_in.home"))
    know_again(answer, username)
    return answer


def _warn(signed: people.SignedIn, at: datetime) -> None:
    """Say in the last days before a second factor is due that it is."""
    days = current_app.config["SECOND_FACTOR_DAYS"]
    soon = at + WARNED_BEFORE
    if signed.lacks_factor(soon, days) and not signed.lacks_factor(at, days):
        flash(translate(N_("Active pronto su segundo factor en Mi cuenta: en unos días será obligatorio.")), "warning")


@bp.get("/home")
@requires()
def home() -> ResponseReturnValue:
    """The page where this official works."""
    if current_user.must_change_password:
        raise ChangePasswordFirst
    if current_user.lacks_factor(clock.now(), current_app.config["SECOND_FACTOR_DAYS"]):
        raise FactorFirst
    for permission, endpoint in (
        (Permission.ATTEND, "counter.desk"),
        (Permission.SUPERVISE, "admin.hall"),
        (Permission.SEE_FIGURES, "admin.hall"),
        (Permission.READ_PETITIONS, "admin.petitions"),
        (Permission.CONFIGURE, "admin.setup"),
    ):
        if current_user.may(permission):
            return redirect(url_for(endpoint))
    return redirect(url_for("sign_in.account"))


@bp.post("/sign-out")
@requires()
def leave() -> ResponseReturnValue:
    with transaction(db.session) as work:
        people.sign_out(work, current_user.sign_in_id, clock.now())
    logout_user()
    session.clear()
    flash(translate(N_("Salió del sistema.")), "success")
    return leave_nothing(redirect(url_for("sign_in.show")))


@bp.get("/account")
@requires()
def account() -> ResponseReturnValue:
    if current_user.must_change_password:
        flash(message_of(ChangePasswordFirst()), "info")
    return _account(PasswordForm())


@bp.post("/account/password")
@requires()
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _account(form), 422
    me, at = current_user.official, clock.now()
    try:
        attempt = begin_attempt(me.username, at)
        with transaction(db.session) as work:
            people.forget_attempt(work, attempt)
            people.change_password(work, me.id, form.current.data or "", form.new.data or "", at, me.sign_in_id)
            token = people.renew(work, me.sign_in_id)
    except people.SlowDown as slow:
        form.current.errors = [message_of(slow)]
        return _account(form), slow.status, {"Retry-After": str(slow.retry_after)}
    except people.SignInRefused:
        with transaction(db.session) as work:
            people.note_failure(work, me.username, Who("official", me.id), at)
        form.current.errors = [translate(N_("No es su contraseña actual. Escríbala de nuevo."))]
        return _account(form), 422
    except Invalid as invalid:
        with transaction(db.session) as work:
            people.forget_attempt(work, attempt)
        form.new.errors = [message_of(invalid)]
        return _account(form), invalid.status
    login_user(Identity(token, me))
    flash(translate(N_("Contraseña cambiada. Sus otras sesiones se cerraron.")), "success")
    return redirect(url_for("sign_in.account"))


@bp.post("/account/sessions/<int:sign_in_id>/end")
@requires()
def end_session(sign_in_id: int) -> ResponseReturnValue:
    """Close the account in one computer."""
    form, at = AgainForm(), clock.now()
    refused = check_again(form, at)
    if refused:
        return _account(PasswordForm(formdata=None), form), *refused
    with transaction(db.session) as work:
        people.end_own(work, current_user.id, sign_in_id, at)
    flash(translate(N_("Esa sesión se cerró.")), "success")
    return redirect(url_for("sign_in.account"))


@bp.post("/account/end-others")
@requires()
def end_others() -> ResponseReturnValue:
    form, me, at = AgainForm(), current_user.official, clock.now()
    refused = check_again(form, at)
    if refused:
        return _account(PasswordForm(formdata=None), form), *refused
    with transaction(db.session) as work:
        people.sign_out_everywhere(work, me.id, at, but=me.sign_in_id)
        on = On(Thing.OFFICIAL, me.id)
        audit.record(work, Act.SESSIONS_ENDED, on, Who("official", me.id), at, site_id=me.site_id)
    flash(translate(N_("Sus otras sesiones se cerraron.")), "success")
    return redirect(url_for("sign_in.account"))


def _account(form: PasswordForm, again: AgainForm | None = None) -> str:
    at = clock.now()
    open_sessions = db.session.scalars(
        select(SignIn)
        .where(
            SignIn.official_id == current_user.id,
            SignIn.ended_at.is_(None),
            SignIn.awaits_code.is_(False),
            SignIn.seen_at > at - people.IDLE,
        )
        .order_by(SignIn.started_at.desc())
    ).all()
    return render_template(
        "account.html",
        form=form,
        again=again or AgainForm(formdata=None),
        sessions=open_sessions,
        this=current_user.sign_in_id,
        official=current_user,
        deputies=deputies.of_official(db.session(), current_user.id, at.date()),
        role_names={code: role.name for code, role in PEOPLE.items()},
        today=at.date(),
        elevated=bool(ELEVATED & set(current_user.roles)),
        may_see_own_figures=current_user.may(Permission.SEE_OWN_FIGURES),
        may_be_reminded=current_user.may(Permission.BE_REMINDED),
        reminded=reminded(),
        may_see_results=current_user.may(Permission.SEE_SURVEY_RESULTS),
        factor_days=current_app.config["SECOND_FACTOR_DAYS"],
    )


def _again(form: SignInForm, message: str, status: int, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    flash(message, "error")
    form.username.render_kw, form.password.render_kw = None, form.username.render_kw
    return render_template("sign_in.html", form=form), status, headers or {}


def _inside(path: str) -> str | None:
    """The path if it is plainly one of the house."""
    return path if _PATH.fullmatch(path) else None
