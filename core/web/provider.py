"""Coming in by the provider of identities of the installation (OpenID Connect); read only where one is configured.

State, nonce and PKCE (S256) hold the answer to the browser and the moment in which it was asked for. Only the active
official who linked that identity in their own account is let in; nobody gets an account by coming in.
"""

from __future__ import annotations

from typing import Any, Protocol

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from joserfc.errors import JoseError
from sqlalchemy import delete, select

from core import audit, clock
from core.audit import Act, On, Result, Thing
from core.db import transaction
from core.errors import N_, Refused, TooMany
from core.events import Who
from core.people import actions as people
from core.people import second_factor
from core.people.acts import note
from core.people.model import Official, ProviderIdentity
from core.web.again import WholeAgainForm, check_again
from core.web.database import db
from core.web.errors import refusal
from core.web.guard import public, requires
from core.web.pace import Pace, check_pace
from core.web.sign_in import HALF, end_present, let_in
from core.web.words import translate

bp = Blueprint("provider", __name__)
NAME, LINKING = "provider of identities", "identity to link"
ANSWERS_WITHIN_S = 10
LEEWAY_S = 60
PROVED_WITHIN_S = int(people.LONGEST.total_seconds())
"""Who proved it longer ago at the provider than a session lasts here proves it again there."""

OUR_OWN = ("same-origin", "none")
REFUSALS, REFUSALS_PER_MINUTE = "refused letters of the provider", 30
SIGNATURES = frozenset(f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)) | {"EdDSA"}
"""How a provider may sign, whatever it says of itself: with a key of its own, never with nothing or a shared word."""

SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "sc"})
"""Values of `amr` (RFC 8176) by which the provider says that more than a password was asked for."""


class Provider(Protocol):
    """What the installation says of its provider."""

    @property
    def issuer(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def acr(self) -> str: ...


class ProviderSilent(Refused):
    status = 503
    message = N_("El proveedor de identidad no responde. Ingrese con su usuario y contraseña.")


class NotProven(Refused):
    status = 401
    message = N_("No se pudo comprobar quién es usted. Intente otra vez o ingrese con su contraseña.")


class NotLinked(Refused):
    status = 401
    message = N_("Ninguna cuenta de aquí está vinculada a esa identidad. Ingrese con su contraseña y vincúlela.")


def register(app: Flask, provider: Provider) -> None:
    """Open the doors of the provider."""
    oauth = OAuth(app)
    client = oauth.register(
        "provider",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": ANSWERS_WITHIN_S,
            "max_redirects": 0,
        },
    )
    app.extensions[NAME] = (provider, client)
    app.extensions[REFUSALS] = Pace(REFUSALS_PER_MINUTE)
    app.config["PROVIDER_NAME"] = provider.name
    app.register_blueprint(bp)


def _asked() -> tuple[Provider, Any]:
    """The provider and the client that speaks with it."""
    both: tuple[Provider, Any] = current_app.extensions[NAME]
    return both


@bp.get("/sign-in/provider")
@public
def go() -> ResponseReturnValue:
    """Send the browser to the provider, with what its answer must bring back.

    A link of elsewhere opens nothing by itself: then the provider asks the person, also one whom it remembers.
    """
    _provider, client = _asked()
    address = current_app.config["PUBLIC_URL"] + url_for("provider.back")
    asked = {} if request.headers.get("Sec-Fetch-Site") in OUR_OWN else {"prompt": "login"}
    try:
        sent: ResponseReturnValue = client.authorize_redirect(address, max_age=PROVED_WITHIN_S, **asked)
    except (requests.RequestException, AuthlibBaseError, ValueError, RuntimeError):
        raise ProviderSilent from None
    return sent


@bp.get("/sign-in/provider/back")
@public
def back() -> ResponseReturnValue:
    """Let in whom the provider proves, or remember the identity that a signed-in official wants to link."""
    claims, at = _claims(), clock.now()
    who = (str(claims["iss"]), str(claims["sub"]))
    if current_user.is_authenticated:
        session[LINKING] = who
        return redirect(url_for("provider.account"))
    official = db.session.scalar(
        select(Official)
        .join(ProviderIdentity, ProviderIdentity.official_id == Official.id)
        .where(ProviderIdentity.issuer == who[0], ProviderIdentity.subject == who[1], Official.active)
    )
    if official is None:
        raise NotLinked
    return _let_in(official, proven=_is_second(claims), at=at)


def _let_in(official: Official, *, proven: bool, at: Any) -> ResponseReturnValue:
    """The own second factor is asked for unless the provider asked for one."""
    username, agent = official.username, request.user_agent.string
    with transaction(db.session) as work:
        end_present(work, at)
        half = not proven and second_factor.is_set_up(work, official.id)
        if half:
            token = people.half_sign_in(work, official, agent, at)
        else:
            token = people.sign_in(work, official, agent, at, factor="provider" if proven else None)
    if not half:
        return let_in(token, username, "", at)
    session.clear()
    session[HALF] = token
    return redirect(url_for("sign_in.code"))


def _claims() -> dict[str, Any]:
    """What the provider says and signs of who came. Raises NotProven, ProviderSilent."""
    provider, client = _asked()
    wanted = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }
    try:
        said = client.load_server_metadata()
        offered = said.get("id_token_signing_alg_values_supported") or ["RS256"]
        said["id_token_signing_alg_values_supported"] = [kind for kind in offered if kind in SIGNATURES]
        told = client.authorize_access_token(claims_options=wanted, leeway=LEEWAY_S).get("userinfo")
    except requests.RequestException:
        raise ProviderSilent from None
    except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError):
        raise NotProven from None
    if not told or not told.get("sub") or _is_stale(told):
        raise NotProven
    return dict(told)


def _is_stale(told: dict[str, Any]) -> bool:
    """Whether the provider says that it asked the person too long ago; one that says nothing was asked not to."""
    proved_at = told.get("auth_time")
    return proved_at is not None and (
        not isinstance(proved_at, int) or clock.now().timestamp() - proved_at > PROVED_WITHIN_S + LEEWAY_S
    )


def _is_second(claims: dict[str, Any]) -> bool:
    provider, _client = _asked()
    ways = claims.get("amr") or []
    by_way = isinstance(ways, list) and bool(SECOND_FACTORS & {str(way) for way in ways})
    return by_way or bool(provider.acr and claims.get("acr") == provider.acr)


@bp.errorhandler(NotProven)
@bp.errorhandler(NotLinked)
def refused(error: Refused) -> ResponseReturnValue:
    """Tell the trail of an answer that opened nothing, of as many as a person may have."""
    db.session.rollback()
    try:
        check_pace(current_app.extensions[REFUSALS])
    except TooMany as slowed:
        return refusal(slowed)
    with transaction(db.session) as work:
        who, way = Who("stranger"), {"way": "provider"}
        audit.record(work, Act.SIGN_IN_FAILED, On(Thing.OFFICIAL), who, clock.now(), result=Result.REFUSED, detail=way)
    return refusal(error)


@bp.get("/account/provider")
@requires()
def account() -> ResponseReturnValue:
    return _page(WholeAgainForm())


@bp.post("/account/provider")
@requires()
def link() -> ResponseReturnValue:
    """Link the identity that the provider proved in this browser, to who proves again who they are."""
    form, me, at, who = WholeAgainForm(), current_user.official, clock.now(), session.get(LINKING)
    if who is None:
        return redirect(url_for("provider.account"))
    refused = check_again(form, at)
    if refused:
        return _page(form), *refused
    with transaction(db.session) as work:
        work.execute(delete(ProviderIdentity).where(ProviderIdentity.official_id == me.id))
        work.add(ProviderIdentity(official_id=me.id, issuer=who[0], subject=who[1], linked_at=at))
        note(work, "identity linked", work.get_one(Official, me.id), me.id, at)
    session.pop(LINKING)
    flash(translate(N_("Su cuenta quedó vinculada.")), "success")
    return redirect(url_for("provider.account"))


@bp.post("/account/provider/unlink")
@requires()
def unlink() -> ResponseReturnValue:
    """From now on only the password opens the account."""
    form, me, at = WholeAgainForm(), current_user.official, clock.now()
    refused = check_again(form, at)
    if refused:
        return _page(form), *refused
    with transaction(db.session) as work:
        work.execute(delete(ProviderIdentity).where(ProviderIdentity.official_id == me.id))
        note(work, "identity unlinked", work.get_one(Official, me.id), me.id, at)
    flash(translate(N_("Su cuenta ya no está vinculada.")), "success")
    return redirect(url_for("provider.account"))


def _page(form: WholeAgainForm) -> str:
    linked = db.session.scalar(select(ProviderIdentity).where(ProviderIdentity.official_id == current_user.id))
    return render_template("provider.html", form=form, linked=linked, waiting=session.get(LINKING) is not None)
