"""Attempts on an account, counted for the browser or the address that they come from, kept only as digests."""

from __future__ import annotations

import hmac
from contextlib import suppress
from datetime import datetime
from secrets import token_urlsafe

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug import Response

from core.db import transaction
from core.people import actions as people
from core.web import journal
from core.web.database import db
from core.web.guard import device_cookie, keep
from core.web.signing import keys

KNOWN_FOR_S = 400 * 86_400


def begin_attempt(username: str, at: datetime) -> int:
    """Count an attempt on the account from this browser. Raises SlowDown."""
    account = _digest(username)
    browser = _known_browser(account)
    source = _digest(browser or request.remote_addr or "")
    try:
        with transaction(db.session) as work:
            return people.begin_attempt(work, username, account, source, at, known=browser is not None)
    except people.SlowDown:
        journal.note("guessing")
        raise


def _known_browser(account: str) -> str | None:
    """The name that this browser got when the account was opened in it; it opens nothing by itself."""
    with suppress(BadData):
        return str(_signature(account).loads(request.cookies.get(_known(account), "")))
    return None


def know_again(answer: Response, username: str) -> None:
    """Give this browser, in which the account was opened, a name of its own for it."""
    account = _digest(username)
    if _known_browser(account) is None:
        keep(answer, _known(account), str(_signature(account).dumps(token_urlsafe(16))), KNOWN_FOR_S)


def _known(account: str) -> str:
    return device_cookie(f"known-{account[:12]}")


def _signature(account: str) -> URLSafeSerializer:
    return URLSafeSerializer(keys(), salt=f"known browser of {account}")


def _digest(text: str) -> str:
    """A name or an address as something that tells nobody what it was."""
    return hmac.digest(current_app.secret_key.encode(), text.strip().lower().encode(), "sha256").hex()[:32]  # type: ignore[union-attr]
