"""Who may enter: every route and every socket wears exactly one of these marks, or the house does not start."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_login import LoginManager, current_user
from werkzeug import Response

from core import audit, clock
from core.db import transaction
from core.devices import SEEN_EVERY, Paired, note_seen, recognise
from core.errors import N_, Forbidden, NoSpace, Refused
from core.people import actions as people
from core.people.rights import ANYBODY, Permission, behind
from core.web.database import db

View = TypeVar("View", bound=Callable[..., Any])
login = LoginManager()


class SignInFirst(Refused):
    status = 401
    message = N_("Ingrese con su usuario para continuar.")


class ChangePasswordFirst(Refused):
    status = 403
    message = N_("Cambie la contraseña que le dieron por una suya.")


class FactorFirst(Refused):
    status = 403
    message = N_("Active su segundo factor para seguir: su papel lo pide.")


class NotPaired(Refused):
    status = 401
    message = N_("Este equipo no está vinculado. Pida el código a quien administra el sistema.")

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind


class Identity:
    """What Flask-Login needs of a signed-in official; the cookie carries the token of the sign-in, not an id."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, official: people.SignedIn) -> None:
        self._token = token
        self.official = official

    def get_id(self) -> str:
        return self._token

    def __getattr__(self, name: str) -> Any:
        return getattr(self.official, name)


@login.user_loader
def _identity(token: str) -> Identity | None:
    if g.get("without_database"):
        return None
    at = clock.now()
    official = people.signed_in(db.session(), token, at)
    if official is None:
        return None
    if abs(at - official.seen_at) > people.SEEN_EVERY and not _asked_by_the_page_itself():
        with suppress(NoSpace), transaction(db.session) as session:
            people.note_use(session, official.sign_in_id, at)
    return Identity(token, official)


def _asked_by_the_page_itself() -> bool:
    """Whether a page left open asks for its live part: that is nobody at work, and keeps no session awake."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def public(view: View) -> View:
    """Anybody may enter."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Only a signed-in official with any of `permissions`; with none named, any official.

    Whoever still has a password that others have seen enters only what every official may: the own account.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            check_official(*permissions)
            return view(*args, **kwargs)

        guarded.guard = ("official", permissions)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def for_device(kind: str) -> Callable[[View], View]:
    """Only a paired device of this kind, which is then in `this_device()`."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            check_device(kind)
            return view(*args, **kwargs)

        guarded.guard = ("device", kind)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def check_official(*permissions: Permission) -> None:
    """Raises SignInFirst, ChangePasswordFirst, FactorFirst or Forbidden."""
    if not current_user.is_authenticated:
        raise SignInFirst
    if permissions and current_user.must_change_password:
        raise ChangePasswordFirst
    if permissions and current_user.lacks_factor(clock.now(), current_app.config["SECOND_FACTOR_DAYS"]):
        raise FactorFirst
    if permissions and not any(current_user.may(permission) for permission in permissions):
        raise Forbidden
    audit.through(db.session(), current_user.sign_in_id)


def check_device(kind: str) -> Paired:
    """The device that asks. Raises NotPaired."""
    device = recognise(db.session(), request.cookies.get(device_cookie(kind), ""))
    if device is None or device.kind != kind:
        raise NotPaired(kind)
    g.device = device
    return device


def this_device() -> Paired:
    """The paired device of this request."""
    device: Paired = g.device
    return device


def heard_from(device: Paired) -> None:
    """Note that the device is alive, at most every half minute, so that asking for the state seldom writes."""
    at = clock.now()
    if device.seen_at is None or abs(at - device.seen_at) > SEEN_EVERY:
        with suppress(NoSpace), transaction(db.session) as session:
            note_seen(session, device.id, at)


def device_cookie(kind: str) -> str:
    """The name of a cookie that a machine keeps: a device its token, a browser that it is known."""
    prefix = "__Host-" if current_app.config["SESSION_COOKIE_SECURE"] else ""
    return f"{prefix}{kind}"


def keep(answer: Response, name: str, value: str, seconds: int) -> None:
    """Let the machine keep a cookie that only we read, and only from our own pages."""
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Strict",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def leave_nothing(answer: Response) -> Response:
    """Let the browser forget what our scripts kept in it; pages it never kept, and cookies say that it is known."""
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def check_guards(app: Flask) -> None:
    """Raises RuntimeError for a route that says nothing of who may enter, or not what the matrix of rights says."""
    wrong = []
    for endpoint, view in app.view_functions.items():
        if endpoint.split(".")[-1] == "static":
            continue
        guard = getattr(view, "guard", None)
        if guard is None:
            wrong.append(f"{endpoint} does not say who may enter: mark it public, requires(…) or for_device(…)")
        elif not _agrees(endpoint, guard):
            named = [row.permission.value for row in behind(endpoint)]
            wrong.append(f"{endpoint} is open by {guard}, and by {named} in rights.toml")
    if wrong:
        raise RuntimeError("\n".join(wrong))


def _agrees(endpoint: str, guard: Any) -> bool:
    """Whether the mark of a route is what the matrix says of it."""
    rows = behind(endpoint)
    if guard == "public":
        return any(ANYBODY in row.who for row in rows)
    kind, needs = guard
    if kind == "device":
        return bool(rows) and all(needs in row.who and ANYBODY not in row.who for row in rows)
    return {row.permission for row in rows} == set(needs or (Permission.OWN_ACCOUNT,))
