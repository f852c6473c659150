"""Sign officials in and out, end their sessions, and keep guessing slow."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from core.catalogue.model import Entity, Site
from core.db import run
from core.errors import N_, Invalid, Missing, Refused, TooMany
from core.people.model import FailedSignIn, Official, SignIn
from core.people.passwords import is_obvious
from core.people.rights import Permission, permissions

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
FAILURES_KEPT = timedelta(minutes=15)
FREE_FAILURES = 5
"""Attempts on one account before it waits; a waiting account is slow, never locked."""
FREE_FAILURES_OF_A_SOURCE = 30

PASSWORD_SHORTEST, PASSWORD_LONGEST = 12, 256
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_ABSENT = _hasher.hash(secrets.token_urlsafe())


class SignInRefused(Refused):
    """The same answer for an unknown name, a wrong password and a disabled account."""

    status = 401
    message = N_("El usuario o la contraseña no son correctos. Escríbalos de nuevo.")


class SlowDown(TooMany):
    message = N_("Hubo varios intentos fallidos. Espere %(seconds)s segundos y vuelva a intentar.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The official of a live session, as plain values that outlive the database session.

    `site_id` is the site in hand: their own, or the one that an administrator chose.
    """

    id: int
    site_id: int
    name: str
    username: str
    roles: tuple[str, ...]
    sign_in_id: int
    seen_at: datetime
    must_change_password: bool

    def may(self, permission: Permission) -> bool:
        return permission in permissions(self.roles)


def digest(secret: str) -> str:
    """SHA-256 of a random secret of ≥ 128 bits; enough where the secret cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def random_password() -> str:
    """Four groups of five letters and digits without look-alikes: about 98 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def hash_password(password: str) -> str:
    """argon2id. Raises Invalid for a password shorter than 12 or longer than 256 characters."""
    if not PASSWORD_SHORTEST <= len(password) <= PASSWORD_LONGEST:
        raise Invalid(
            N_("Escriba una contraseña de %(shortest)s a %(longest)s caracteres. Una frase larga sirve."),
            field="password",
            shortest=PASSWORD_SHORTEST,
            longest=PASSWORD_LONGEST,
        )
    return _hasher.hash(password)


def check_pace(session: Session, account: str, source: str, at: datetime, *, known: bool = False) -> None:
    """Refuse for a while after repeated failures: each one over the free ones doubles the wait, up to 60 s.

    From a browser in which this account was opened before (`known`; `source` is then the browser) only its own
    failures with this account count, so that a stranger who guesses keeps nobody from work. All others wait for
    the failures of the account, wherever they came from, and of the address (`source`), whatever the account.
    Raises SlowDown with the seconds that are left. ASVS 5.0 6.3.1, 6.1.1: delay, never a lock.
    """
    of_account, of_source = FailedSignIn.account == account, FailedSignIn.source == source
    counted = (
        [(of_account & of_source, FREE_FAILURES)]
        if known
        else [(of_account, FREE_FAILURES), (of_source, FREE_FAILURES_OF_A_SOURCE)]
    )
    for which, free in counted:
        count, last = session.execute(
            select(func.count(), func.max(FailedSignIn.at)).where(
                which, FailedSignIn.at > at - FAILURES_KEPT, FailedSignIn.at <= at
            )
        ).one()
        if count >= free:
            left = (last + timedelta(seconds=min(60, 2 ** (count - free + 1))) - at).total_seconds()
            if left > 0:
                seconds = ceil(left)
                raise SlowDown(retry_after=seconds, seconds=seconds)


def begin_attempt(
    session: Session, username: str, account: str, source: str, at: datetime, *, known: bool = False
) -> int:
    """Count an attempt before it is judged, so that a hundred at once are slowed like a hundred in a row.

    Those on one account come one after another, behind its row. Returns the attempt, to be forgotten if it was
    right. Raises SlowDown; the other values as in check_pace.
    """
    session.execute(select(Official.id).where(Official.username == username.strip().lower()).with_for_update())
    check_pace(session, account, source, at, known=known)
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - FAILURES_KEPT))
    attempt = FailedSignIn(at=at, account=account, source=source)
    session.add(attempt)
    session.flush()
    return attempt.id


def forget_attempt(session: Session, attempt_id: int) -> None:
    """The password was right: the attempt did not fail."""
    session.execute(delete(FailedSignIn).where(FailedSignIn.id == attempt_id))


def check_password(session: Session, username: str, password: str) -> Official:
    """The official whose credentials these are. Raises SignInRefused, in the same time for every cause."""
    official = session.scalar(select(Official).where(Official.username == username.strip().lower()))
    try:
        _hasher.verify(official.password_hash if official else _ABSENT, password[:PASSWORD_LONGEST])
    except (VerificationError, InvalidHashError):
        raise SignInRefused from None
    if official is None or not official.active:
        raise SignInRefused
    return official


def sign_in(session: Session, official: Official, browser: str, at: datetime) -> str:
    """Open a session for the official; the token is returned once and only its digest is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(token_hash=digest(token), official_id=official.id, started_at=at, seen_at=at, browser=browser[:120])
    )
    return token


_LIVE = (
    select(
        Official.id,
        Official.site_id,
        Official.name,
        Official.username,
        Official.roles,
        SignIn.id,
        SignIn.seen_at,
        Official.must_change_password,
        SignIn.site_id.label("chosen"),
    )
    .join(SignIn, SignIn.official_id == Official.id)
    .where(
        SignIn.token_hash == bindparam("token"),
        SignIn.ended_at.is_(None),
        SignIn.seen_at > bindparam("seen_after"),
        SignIn.started_at > bindparam("begun_after"),
        Official.active,
    )
)


def signed_in(session: Session, token: str, at: datetime) -> SignedIn | None:
    """The official of a live session: not ended, used in the last hour, begun in the last ten."""
    row = run(session, _LIVE, token=digest(token), seen_after=at - IDLE, begun_after=at - LONGEST).first()
    if row is None:
        return None
    official_id, own, name, username, roles, sign_in_id, seen_at, must_change, chosen = row
    site_id = chosen if chosen is not None and has_every_site(roles) else own
    return SignedIn(official_id, site_id, name, username, tuple(roles), sign_in_id, seen_at, must_change)


def has_every_site(roles: Iterable[str]) -> bool:
    """Whether who has these roles may take any site in hand."""
    return Permission.CONFIGURE in permissions(roles)


def take_site(session: Session, official_id: int, sign_in_id: int, site_id: int) -> Site:
    """Have another site in hand in this session, until its end. Raises Missing for who has only their own."""
    official, site = session.get_one(Official, official_id), session.get(Site, site_id)
    if site is None or not (site_id == official.site_id or has_every_site(official.roles)):
        raise Missing(N_("Esa sede no existe o no es suya."))
    session.get_one(SignIn, sign_in_id).site_id = site_id
    return site


def note_use(session: Session, sign_in_id: int, at: datetime) -> None:
    """Keep a session awake."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def sign_out(session: Session, sign_in_id: int, at: datetime) -> None:
    """End one session."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=at))


def sign_out_everywhere(session: Session, official_id: int, at: datetime, but: int | None = None) -> None:
    """End every session of an official, except the one that asks if it is given."""
    session.execute(
        update(SignIn)
        .where(SignIn.official_id == official_id, SignIn.ended_at.is_(None), SignIn.id != (but or 0))
        .values(ended_at=at)
    )


def change_password(session: Session, official_id: int, current: str, new: str, at: datetime, sign_in_id: int) -> None:
    """Set a new password and end the official's other sessions.

    Raises SignInRefused if the current one is wrong, Invalid if the new one is too short, obvious or the same.
    """
    official = session.get_one(Official, official_id)
    check_password(session, official.username, current)
    if new == current:
        raise Invalid(N_("Escriba una contraseña distinta de la actual."), field="new")
    hashed = hash_password(new)
    places = session.scalars(select(Entity)).all()
    own = [official.username, official.name, *(text for place in places for text in (place.name, place.municipality))]
    if is_obvious(new, own):
        raise Invalid(N_("Esa contraseña se adivina fácil. Escriba una frase que solo usted diría."), field="new")
    official.password_hash = hashed
    official.must_change_password = False
    sign_out_everywhere(session, official_id, at, but=sign_in_id)


def disable(session: Session, official_id: int, at: datetime) -> None:
    """Take an official's access away: no more sign-ins, and every session ends."""
    session.get_one(Official, official_id).active = False
    sign_out_everywhere(session, official_id, at)


def reset_password(session: Session, official_id: int, at: datetime) -> str:
    """Give a random first password, returned once; the official must change it at the next sign-in."""
    official = session.get_one(Official, official_id)
    password = random_password()
    official.password_hash = hash_password(password)
    official.must_change_password = True
    sign_out_everywhere(session, official_id, at)
    return password
