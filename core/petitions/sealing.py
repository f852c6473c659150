"""What is reserved is kept unreadable: each case under a key of its own, which only the key of the office opens."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY_ID = 8
_keys: dict[bytes, bytes] = {}
_newest = b""


class Unreadable(Exception):
    """What was sealed is not as it was left, or its key is not among those of this process."""


def seal_with(text: str) -> None:
    """The keys of the office as the setting holds them, the newest last: it wraps, the others only open."""
    global _newest
    _keys.clear()
    for word in text.split():
        key = hashlib.sha256(b"wraps " + word.encode()).digest()
        _newest = hashlib.sha256(b"id of " + key).digest()[:KEY_ID]
        _keys[_newest] = key


def new_key() -> bytes:
    """A key for one case, 256 bits."""
    return secrets.token_bytes(32)


def wrap(key: bytes) -> bytes:
    """The key of a case as the database keeps it. Raises RuntimeError before `seal_with`."""
    if not _keys:
        raise RuntimeError("nothing can be reserved without a key: seal_with(…) comes first")
    return _newest + _encrypt(_keys[_newest], key)


def unwrap(wrapped: bytes) -> bytes:
    """The key of a case. Raises Unreadable."""
    office = _keys.get(wrapped[:KEY_ID])
    if office is None:
        raise Unreadable("the key of the office that wrapped this case is not among those of this process")
    return _decrypt(office, wrapped[KEY_ID:])


def seal(key: bytes, values: Mapping[str, Any]) -> bytes:
    """Values that JSON can hold, sealed by the key of a case."""
    return _encrypt(key, json.dumps(values, ensure_ascii=False).encode())


def open_sealed(key: bytes, sealed: bytes) -> dict[str, Any]:
    """The values again. Raises Unreadable."""
    values: dict[str, Any] = json.loads(_decrypt(key, sealed))
    return values


def _encrypt(key: bytes, plain: bytes) -> bytes:
    """AES-256-GCM with a nonce of its own in front (NIST SP 800-38D)."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def _decrypt(key: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except InvalidTag:
        raise Unreadable("what was sealed is not as it was left") from None
