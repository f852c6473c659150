"""The second factor: the code of a telephone (TOTP, RFC 6238), each one good once, and words for when it is lost."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.db import INSERT
from core.errors import N_, Refused
from core.people import hashing
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
_NONCE, _ID = 12, 8
Keys = Sequence[bytes]
"""Those of the installation, the newest last."""


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


def propose(session: Session, official_id: int, sign_in_id: int, keys: Keys, at: datetime) -> None:
    """Make a secret that counts once its first code comes from this sign-in; what there was stays until then.

    `keys`: 32 bytes each, not in the database: secrets are sealed with the last one, and opened with any.
    """
    made = {
        "proposed": _sealed(pyotp.random_base32(), official_id, keys),
        "proposed_at": at,
        "proposed_in": sign_in_id,
    }
    insert = INSERT[session.get_bind().dialect.name](SecondFactor)
    session.execute(
        insert.values(official_id=official_id, last_step=0, **made).on_conflict_do_update(
            index_elements=["official_id"], set_=made
        )
    )


def proposed(session: Session, official_id: int, sign_in_id: int, keys: Keys, at: datetime) -> str | None:
    """The secret, in base32, that this sign-in was shown and has not confirmed yet; None after ten minutes."""
    factor = session.get(SecondFactor, official_id, populate_existing=True)
    if factor is None or factor.proposed is None or factor.proposed_in != sign_in_id:
        return None
    if factor.proposed_at is None or not factor.proposed_at <= at < factor.proposed_at + PROPOSED_FOR:
        return None
    return _opened(factor.proposed, official_id, keys)


def accept(session: Session, official: Official, sign_in_id: int, code: str, keys: Keys, at: datetime) -> list[str]:
    """The telephone knows the secret: from now on it is asked for. Returns the recovery codes, kept only as digests.

    Raises BeginAgain, WrongCode, ClocksApart.
    """
    secret = proposed(session, official.id, sign_in_id, keys, at)
    if secret is None:
        raise BeginAgain
    step = _step_of(secret, _plain(code), at)
    factor = session.get_one(SecondFactor, official.id)
    factor.secret, factor.since, factor.last_step = factor.proposed, at, step
    factor.proposed = factor.proposed_at = factor.proposed_in = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.official_id == official.id))
    words = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(WORDS)]
    session.add_all(RecoveryCode(official_id=official.id, code_hash=hashing.hashed(_plain(word))) for word in words)
    note(session, "second factor set up", official, official.id, at)
    return words


def check(session: Session, official: Official, written: str, keys: Keys, at: datetime) -> str:
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
    secret = _opened(factor.secret, official.id, keys)
    step = _step_of(secret, plain, at)
    used = (
        update(SecondFactor)
        .where(SecondFactor.official_id == official.id, SecondFactor.last_step < step)
        .values(last_step=step, secret=_sealed(secret, official.id, keys))
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
        if not hashing.opens(plain, word.code_hash):
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


def _sealed(secret: str, official_id: int, keys: Keys) -> str:
    """AES-256-GCM, bound to the account: the copy of a database opens no account. In front, which key it was."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(keys[-1]).encrypt(nonce, secret.encode(), str(official_id).encode())
    return b64encode(_id_of(keys[-1]) + nonce + sealed).decode()


def _opened(sealed: str, official_id: int, keys: Keys) -> str:
    """Raises Unreadable."""
    try:
        raw = b64decode(sealed, validate=True)
    except ValueError:
        raise Unreadable from None
    named = [(key, raw[_ID:]) for key in keys if raw[:_ID] == _id_of(key)]
    for key, rest in named or [(key, raw) for key in keys]:  # those of before say nothing of their key
        with suppress(InvalidTag, ValueError):
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], str(official_id).encode()).decode()
    raise Unreadable


def _id_of(key: bytes) -> bytes:
    return hashlib.sha256(b"id of " + key).digest()[:_ID]
