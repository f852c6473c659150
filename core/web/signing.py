"""What the key of the installation signs and seals: cookies and marks of forms by HMAC-SHA-256, not SHA-1."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer

Signer.default_digest_method = staticmethod(hashlib.sha256)


class Sessions(SecureCookieSessionInterface):
    """The signed cookie that carries the token of a sign-in."""

    digest_method = staticmethod(hashlib.sha256)


def keys() -> list[str]:
    """The keys of the installation, the present one last."""
    return [*current_app.config.get("SECRET_KEY_FALLBACKS", ()), str(current_app.secret_key)]


def factor_keys() -> list[bytes]:
    """With what the secrets of second factors are sealed; it comes from the keys, which are not in the database."""
    return [hmac.digest(key.encode(), b"second factors", "sha256") for key in keys()]
