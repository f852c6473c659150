"""How a row of the trail hangs on the one before: keyed digests of what it says; pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

NOTHING = "0" * 64
"""What the first row follows."""

KEY_ID = 12
"""Hexadecimal digits by which a row says with which key it was sealed."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the chain by their id; `current` seals, the others only prove what they sealed in their time."""

    by_id: Mapping[str, bytes]
    current: str

    @classmethod
    def of(cls, text: str) -> Keys:
        """From the words of the setting, the newest key last."""
        known = {hashlib.sha256(b"id of " + word.encode()).hexdigest()[:KEY_ID]: word.encode() for word in text.split()}
        return cls(known, list(known)[-1])

    def digest(self, text: str, key_id: str | None = None) -> str:
        """HMAC-SHA-256 in hexadecimal. Raises KeyError for a key that is not there."""
        return hmac.digest(self.by_id[key_id or self.current], text.encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Link:
    """A row as the database holds it; `at` in ms of UTC, `detail` as canonical JSON, `before` the hash that it follows.

    Whoever has the file can write anything in it: no value is taken for what its column says.
    """

    seq: Any
    at: Any
    clock_right: Any
    who_kind: Any
    who_id: Any
    sign_in_id: Any
    site_id: Any
    act: Any
    thing: Any
    thing_id: Any
    result: Any
    reason: Any
    detail: Any
    key_id: Any
    before: Any
    hash: Any = ""

    def body(self) -> str:
        """All but the hash, in one unmistakable text."""
        return canonical([getattr(self, field.name) for field in fields(self)[:-1]])

    def sealed(self, keys: Keys) -> Link:
        """The same with its hash."""
        return replace(self, hash=keys.digest(self.body(), self.key_id))

    def holds(self, keys: Keys) -> bool:
        """Whether the hash is that of what the row says. Raises KeyError for a key that is not there."""
        return hmac.compare_digest(keys.digest(self.body(), self.key_id), str(self.hash))


def canonical(value: object) -> str:
    """One text for one value: sorted, without spaces, in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=repr)


def head_seal(keys: Keys, seq: Any, last: Any, key_id: str | None = None) -> str:
    """What proves that the chain had grown to `seq`, whose hash is `last`. Raises KeyError as `digest`."""
    return keys.digest(canonical(["head", seq, last]), key_id)
