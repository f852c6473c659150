"""Sign officials in and out, end their sessions, and keep guessing slow."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Result, Thing
from core.catalogue.model import Entity, Site
from core.errors import N_, Invalid, Missing, Refused, TooMany
from core.events import Who
from core.people import deputies, hashing
from core.people.model import Deputy, FailedSignIn, Official, SecondFactor, SignIn, official_offices
from core.people.passwords import is_obvious
from core.people.rights import ELEVATED, PEOPLE, Permission, Reach, permissions, reaches
from core.prepared import run

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
FAILURES_KEPT = timedelta(minutes=15)
GIVEN_PASSWORD_GOOD_FOR = timedelta(hours=24)
"""A password that others saw opens the account once, and not after a day (ASVS 5.0 6.4.1)."""

CODE_WITHIN = timedelta(minutes=10)
"""How long the question for the code waits after the password."""

FREE_FAILURES = 5
"""Attempts on one account before it waits; a waiting account is slow, never locked."""
FREE_FAILURES_OF_A_SOURCE = 30

PASSWORD_SHORTEST, PASSWORD_LONGEST = 12, 256


class SignInRefused(Refused):
    """The same answer for an unknown name, a wrong password and a disabled account."""

    status = 401
    message = N_("El usuario o la contraseña no son correctos. Escríbalos de nuevo.")


class SlowDown(TooMany):
    message = N_("Hubo varios intentos fallidos. Espere %(seconds)s segundos y vuelva a intentar.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The official of a live session, as plain values that outlive the database session.

    `site_id` is the site in hand: their own, or the one that an administrator chose. `roles` are the own ones and
    those of the encargos of today, `offices` those that a role of one office reaches.
    """

    id: int
    site_id: int
    name: str
    username: str
    roles: tuple[str, ...]
    sign_in_id: int
    seen_at: datetime
    must_change_password: bool
    offices: frozenset[int] = frozenset()
    factor: str | None = None
    has_factor: bool = False
    factor_asked_at: datetime | None = None

    def may(self, permission: Permission) -> bool:
        return permission in permissions(self.roles)

    def may_in(self, permission: Permission, office_id: int) -> bool:
        """Whether the right reaches what belongs to this office."""
        found = {reaches(role, permission) for role in self.roles} - {None}
        return bool(found - {Reach.OFFICE}) or (Reach.OFFICE in found and office_id in self.offices)

    def lacks_factor(self, at: datetime, days: int | None) -> bool:
        """Whether a second factor is due: elevated roles, none set up, and `days` gone since it was asked for."""
        if days is None or self.has_factor or self.factor or self.factor_asked_at is None:
            return False
        return bool(ELEVATED & set(self.roles)) and at >= self.factor_asked_at + timedelta(days=days)


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
    return hashing.hashed(password)


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
    right = hashing.opens(password[:PASSWORD_LONGEST], official.password_hash if official else None)
    if official is None or not right or not official.active or len(password) > PASSWORD_LONGEST:
        raise SignInRefused
    return official


def check_still_good(official: Official, at: datetime) -> None:
    """Raises SignInRefused for a given password that was not changed in time."""
    ends = official.password_ends_at
    if ends is not None and at >= ends:
        raise SignInRefused


def sign_in(session: Session, official: Official, browser: str, at: datetime, factor: str | None = None) -> str:
    """Open a session for the official; the token is returned once and only its digest is kept.

    `factor`: by what else than the password it is opened. An elevated role without a second factor is asked for
    one from its first sign-in on.
    """
    if official.factor_asked_at is None:
        given = [role for roles, _office in deputies.roles_of(session, official.id, at.date()) for role in roles]
        if ELEVATED & {*official.roles, *given}:
            session.execute(update(Official).where(Official.id == official.id).values(factor_asked_at=at))
    return _open(session, official, browser, at, factor=factor)


def half_sign_in(session: Session, official: Official, browser: str, at: datetime) -> str:
    """The password was right and the code of the second factor is asked for; the token opens only that question."""
    return _open(session, official, browser, at, half=True)


def half_signed_in(session: Session, token: str, at: datetime) -> tuple[Official, int] | None:
    """The official who still must say the code, and the number of the half-open session."""
    row = session.execute(
        select(Official, SignIn.id)
        .join(SignIn, SignIn.official_id == Official.id)
        .where(
            SignIn.token_hash == digest(token),
            SignIn.awaits_code,
            SignIn.ended_at.is_(None),
            SignIn.started_at > at - CODE_WITHIN,
            Official.active,
        )
    ).first()
    return (row[0], row[1]) if row else None


def _open(
    session: Session, official: Official, browser: str, at: datetime, *, factor: str | None = None, half: bool = False
) -> str:
    token = secrets.token_urlsafe(32)
    begun = SignIn(
        token_hash=digest(token),
        official_id=official.id,
        started_at=at,
        seen_at=at,
        browser=browser[:120],
        awaits_code=half,
        factor=factor,
    )
    session.add(begun)
    session.flush()
    if not half:
        me = Who("official", official.id)
        audit.record(session, Act.SIGNED_IN, On(Thing.SIGN_IN, begun.id), me, at, site_id=official.site_id)
    return token


def note_failure(session: Session, username: str, who: Who, at: datetime) -> None:
    """Tell the trail that a password was wrong; what was typed as a name is told only if an account has it."""
    account = session.execute(
        select(Official.id, Official.site_id).where(Official.username == username.strip().lower())
    ).first()
    official_id, site_id = account or (None, None)
    on = On(Thing.OFFICIAL, official_id)
    audit.record(session, Act.SIGN_IN_FAILED, on, who, at, site_id=site_id, result=Result.REFUSED)


_LIVE = (
    select(
        Official.id,
        Official.site_id,
        Official.name,
        Official.username,
        Official.roles,
        official_offices.c.office_id,
        exists().where(Deputy.official_id == Official.id, *deputies.LIVE),
        SignIn.id,
        SignIn.seen_at,
        Official.must_change_password,
        SignIn.site_id.label("chosen"),
        SignIn.factor,
        exists().where(SecondFactor.official_id == Official.id, SecondFactor.secret.is_not(None)),
        Official.factor_asked_at,
    )
    .join(SignIn, SignIn.official_id == Official.id)
    .outerjoin(official_offices, official_offices.c.official_id == Official.id)
    .where(
        SignIn.token_hash == bindparam("token"),
        SignIn.ended_at.is_(None),
        SignIn.awaits_code.is_(False),
        SignIn.seen_at > bindparam("seen_after"),
        SignIn.started_at > bindparam("begun_after"),
        Official.active,
    )
)


def signed_in(session: Session, token: str, at: datetime) -> SignedIn | None:
    """The official of a live session: not ended, used in the last hour, begun in the last ten."""
    day = at.date()
    row = run(session, _LIVE, token=digest(token), seen_after=at - IDLE, begun_after=at - LONGEST, day=day).first()
    if row is None:
        return None
    official_id, home, name, username, own, office, stands_in, sign_in_id, seen_at, must, chosen, *factor = row
    given = [(own, office), *(deputies.roles_of(session, official_id, day) if stands_in else ())]
    roles = tuple(dict.fromkeys(role for some, _office in given for role in some))
    offices = frozenset(
        place for some, place in given if place and any(role in PEOPLE and PEOPLE[role].of_office for role in some)
    )
    site_id = chosen if chosen is not None and has_every_site(roles) else home
    return SignedIn(official_id, site_id, name, username, roles, sign_in_id, seen_at, must, offices, *factor)


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


def renew(session: Session, sign_in_id: int) -> str:
    """Another token for the same session, once who opened it said again who they are; the old one opens nothing."""
    token = secrets.token_urlsafe(32)
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(token_hash=digest(token)))
    return token


def note_use(session: Session, sign_in_id: int, at: datetime) -> None:
    """Keep a session awake."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def sign_out(session: Session, sign_in_id: int, at: datetime) -> None:
    """End one session."""
    ended = update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=at)
    official_id = session.scalar(ended.returning(SignIn.official_id))
    if official_id is not None:
        audit.record(session, Act.SIGNED_OUT, On(Thing.SIGN_IN, sign_in_id), Who("official", official_id), at)


def end_own(session: Session, official_id: int, sign_in_id: int, at: datetime) -> None:
    """End one of the official's own sessions. Raises Missing for that of another, or one that is over."""
    mine = (SignIn.id == sign_in_id, SignIn.official_id == official_id, SignIn.ended_at.is_(None))
    if not session.execute(update(SignIn).where(*mine).values(ended_at=at).returning(SignIn.id)).all():
        raise Missing(N_("Esa sesión no es suya, o ya se cerró."))
    audit.record(session, Act.SESSIONS_ENDED, On(Thing.SIGN_IN, sign_in_id), Who("official", official_id), at)


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
    official.must_change_password, official.password_ends_at = False, None
    sign_out_everywhere(session, official_id, at, but=sign_in_id)
    me = Who("official", official_id)
    audit.record(session, Act.PASSWORD_CHANGED, On(Thing.OFFICIAL, official_id), me, at, site_id=official.site_id)


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
    official.password_ends_at = at + GIVEN_PASSWORD_GOOD_FOR
    sign_out_everywhere(session, official_id, at)
    return password
