"""The second factor: the code of a telephone (TOTP, RFC 6238), each one good once, and words for when it is lost."""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b64decode, b64encode
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.db import INSERT
from core.errors import N_, Refused
from core.people.acts import note
from core.people.model import Official, RecoveryCode, SecondFactor

STEP_S = 30
AROUND = 1
"""Half minutes before and after the present one whose code is taken: telephones are seldom exact."""

NEAR = 20
"""Half minutes within which a right code tells that a clock is wrong."""

PROPOSED_FOR = timedelta(minutes=10)
WORDS = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE = re.compile(r"[0-9]{6}")
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_NONCE = 12


class WrongCode(Refused):
    status = 401
    message = N_("El código no es correcto. Escriba el que muestra ahora su teléfono.")


class UsedCode(Refused):
    status = 401
    message = N_("Ese código ya se usó. Espere el siguiente: cambia cada treinta segundos.")


class ClocksApart(Refused):
    status = 401
    message = N_(
        "Ese código es de otra hora: el reloj de su teléfono y el de este sistema difieren en unos %(minutes)s minutos."
        " Ponga la hora automática en el teléfono; si ya está, avise a sistemas."
    )


class ClockSetBack(Refused):
    status = 401
    message = N_("El reloj de este sistema retrocedió. Use un código de recuperación y avise a sistemas.")


class Unreadable(Refused):
    message = N_("Cambió la clave del servidor y su segundo factor no se puede leer. Pida que lo restablezcan.")


class BeginAgain(Refused):
    message = N_("Pasaron más de diez minutos o ya quedó activado. Vuelva a empezar.")


def is_set_up(session: Session, official_id: int) -> bool:
    factor = session.get(SecondFactor, official_id, populate_existing=True)
    return factor is not None and factor.secret is not None


def propose(session: Session, official_id: int, sign_in_id: int, key: bytes, at: datetime) -> None:
    """Make a secret that counts once its first code comes from this sign-in; what there was stays until then.

    `key`: 32 bytes that are not in the database, with which secrets are sealed.
    """
    made = {
        "proposed": _sealed(pyotp.random_base32(), official_id, key),
        "proposed_at": at,
        "proposed_in": sign_in_id,
    }
    insert = INSERT[session.get_bind().dialect.name](SecondFactor)
    session.execute(
        insert.values(official_id=official_id, last_step=0, **made).on_conflict_do_update(
            index_elements=["official_id"], set_=made
        )
    )


def proposed(session: Session, official_id: int, sign_in_id: int, key: bytes, at: datetime) -> str | None:
    """The secret, in base32, that this sign-in was shown and has not confirmed yet; None after ten minutes."""
    factor = session.get(SecondFactor, official_id, populate_existing=True)
    if factor is None or factor.proposed is None or factor.proposed_in != sign_in_id:
        return None
    if factor.proposed_at is None or not factor.proposed_at <= at < factor.proposed_at + PROPOSED_FOR:
        return None
    return _opened(factor.proposed, official_id, key)


def accept(session: Session, official: Official, sign_in_id: int, code: str, key: bytes, at: datetime) -> list[str]:
    """The telephone knows the secret: from now on it is asked for. Returns the recovery codes, kept only as digests.

    Raises BeginAgain, WrongCode, ClocksApart.
    """
    secret = proposed(session, official.id, sign_in_id, key, at)
    if secret is None:
        raise BeginAgain
    step = _step_of(secret, _plain(code), at)
    factor = session.get_one(SecondFactor, official.id)
    factor.secret, factor.since, factor.last_step = factor.proposed, at, step
    factor.proposed = factor.proposed_at = factor.proposed_in = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.official_id == official.id))
    words = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(WORDS)]
    session.add_all(RecoveryCode(official_id=official.id, code_hash=_hasher.hash(_plain(word))) for word in words)
    note(session, "second factor set up", official, official.id, at)
    return words


def check(session: Session, official: Official, written: str, key: bytes, at: datetime) -> str:
    """Use up a code of the telephone or a recovery code; says which it was: code or recovery.

    Two copies of a code at once: the row lets one of them through.
    Raises WrongCode, UsedCode, ClocksApart, ClockSetBack, Unreadable.
    """
    plain = _plain(written)
    if not _CODE.fullmatch(plain):
        _use_word(session, official.id, plain, at)
        note(session, "recovery code used", official, official.id, at)
        return "recovery"
    factor = session.get(SecondFactor, official.id, populate_existing=True)
    if factor is None or factor.secret is None:
        raise WrongCode
    if factor.last_step > _present(at) + AROUND:
        raise ClockSetBack
    step = _step_of(_opened(factor.secret, official.id, key), plain, at)
    used = (
        update(SecondFactor)
        .where(SecondFactor.official_id == official.id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.official_id)
    )
    if not session.execute(used).all():
        raise UsedCode
    return "code"


def forget(session: Session, official: Official, at: datetime) -> None:
    """The telephone is lost: its secret and the words are good for nothing, and another is due at once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.official_id == official.id))
    session.execute(delete(SecondFactor).where(SecondFactor.official_id == official.id))
    official.factor_asked_at = at - timedelta(days=365)
    note(session, "second factor forgotten", official, None, at)


def words_left(session: Session, official_id: int) -> int:
    """How many recovery codes are still good."""
    left = select(RecoveryCode.id).where(RecoveryCode.official_id == official_id, RecoveryCode.used_at.is_(None))
    return len(session.scalars(left).all())


def address(secret: str, username: str, issuer: str) -> str:
    """What the telephone reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def _use_word(session: Session, official_id: int, plain: str, at: datetime) -> None:
    """Raises WrongCode."""
    mine = (RecoveryCode.official_id == official_id, RecoveryCode.used_at.is_(None))
    for word in session.scalars(select(RecoveryCode).where(*mine)):
        try:
            _hasher.verify(word.code_hash, plain)
        except VerificationError:
            continue
        use = update(RecoveryCode).where(RecoveryCode.id == word.id, *mine).values(used_at=at)
        if session.execute(use.returning(RecoveryCode.id)).all():
            return
    raise WrongCode


def _step_of(secret: str, code: str, at: datetime) -> int:
    """The half minute of which this is the code. Raises WrongCode, or ClocksApart if it is of one not far away."""
    made, present = pyotp.HOTP(secret), _present(at)
    for distance in sorted(range(-NEAR, NEAR + 1), key=abs):
        if hmac.compare_digest(made.at(present + distance), code):
            if abs(distance) > AROUND:
                raise ClocksApart(minutes=max(1, round(abs(distance) * STEP_S / 60)))
            return present + distance
    raise WrongCode


def _present(at: datetime) -> int:
    return int(at.timestamp()) // STEP_S


def _plain(written: str) -> str:
    return re.sub(r"[\s-]", "", written).lower()[:64]


def _sealed(secret: str, official_id: int, key: bytes) -> str:
    """AES-256-GCM, bound to the account: the copy of a database opens no account."""
    nonce = secrets.token_bytes(_NONCE)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, secret.encode(), str(official_id).encode())).decode()


def _opened(sealed: str, official_id: int, key: bytes) -> str:
    """Raises Unreadable."""
    try:
        raw = b64decode(sealed)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], str(official_id).encode()).decode()
    except (InvalidTag, ValueError):
        raise Unreadable from None
