"""Files that lie on the disk encrypted: only who brings the key reads them, and a changed byte is noticed.

A seal has a random salt; the key of the file is HKDF-SHA256 of the given key with it, so that no two files share one.
Its content goes in pieces of 64 KiB, AES-256-GCM each, with the number of the piece and whether it is the last in its
nonce: no piece can be changed, moved, left out or repeated.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.files.refusals import WrongKey

KEY_BYTES = 32
PIECE = 64 * 1024
_MARK, _SALT, _TAG = b"SEALED1\n", 16, 16
_LAST = 1 << 64


def seal(content: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The bytes to keep, piece by piece. `key`: at least 32 random bytes."""
    salt = secrets.token_bytes(_SALT)
    box = _box(key, salt)
    yield _MARK + salt
    waiting, number = b"", 0
    for more in content:
        waiting += more
        while len(waiting) > PIECE:
            yield box.encrypt(_nonce(number), waiting[:PIECE], None)
            waiting, number = waiting[PIECE:], number + 1
    yield box.encrypt(_nonce(number | _LAST), waiting, None)


def opened(sealed: BinaryIO, key: bytes) -> Iterator[bytes]:
    """What was sealed, piece by piece, each one verified before it is given. Raises WrongKey."""
    head = sealed.read(len(_MARK) + _SALT)
    if len(head) != len(_MARK) + _SALT or not head.startswith(_MARK):
        raise WrongKey
    box, number = _box(key, head[len(_MARK) :]), 0
    piece = sealed.read(PIECE + _TAG)
    while piece:
        following = sealed.read(PIECE + _TAG)
        try:
            yield box.decrypt(_nonce(number if following else number | _LAST), piece, None)
        except InvalidTag:
            raise WrongKey from None
        piece, number = following, number + 1
    if not number:
        raise WrongKey


def _box(key: bytes, salt: bytes) -> AESGCM:
    if len(key) < KEY_BYTES:
        raise ValueError("a key of at least 32 bytes")
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, b"a sealed file").derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12)
