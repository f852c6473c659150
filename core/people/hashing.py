"""How a word that opens an account is kept: as a hash that is dear to guess."""

from __future__ import annotations

import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AS_OWASP_ASKS = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
"""Of argon2id."""

AT_ONCE = BoundedSemaphore(8)
"""Each takes 19 MiB while it lasts: whoever signs in beside eight others waits some tenths of a second."""

_hasher = AS_OWASP_ASKS
_of_nobody = AS_OWASP_ASKS.hash(secrets.token_urlsafe())


def hash_with(hasher: PasswordHasher) -> None:
    """From now on this process hashes by `hasher`."""
    global _hasher, _of_nobody
    _hasher, _of_nobody = hasher, hasher.hash(secrets.token_urlsafe())


def hashed(word: str) -> str:
    """What is kept of a word; each time with a salt of its own."""
    with AT_ONCE:
        return _hasher.hash(word)


def opens(word: str, kept: str | None) -> bool:
    """Whether `kept` is the hash of `word`; it takes as long where nothing is kept."""
    try:
        with AT_ONCE:
            return _hasher.verify(kept or _of_nobody, word)
    except (VerificationError, InvalidHashError):
        return False
