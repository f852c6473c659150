"""With what the cookies and the marks of forms are signed: HMAC-SHA-256, where the libraries would take SHA-1."""

from __future__ import annotations

import hashlib

from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer

Signer.default_digest_method = staticmethod(hashlib.sha256)


class Sessions(SecureCookieSessionInterface):
    """The signed cookie that carries the token of a sign-in."""

    digest_method = staticmethod(hashlib.sha256)
