"""The mail servers as the settings name them: where they are, how they are spoken to, who the office is there."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal
from urllib.parse import unquote, urlsplit

from core.mail.address import Mailbox

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587, "imap": 143, "imaps": 993, "imap+starttls": 143}
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class Way(Enum):
    """How it is spoken to; in the clear only on this machine."""

    CLEAR = "clear"
    STARTTLS = "starttls"
    TLS = "tls"


class BadServer(ValueError):
    """The setting names no server that the office may speak to."""


class Unreachable(Exception):
    """The server cannot be spoken to, or does not let the office in; no message is to blame."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail server is; without a user it is not signed in to. `folder` is of IMAP."""

    way: Way
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class Post:
    """The office's way out and its way in; either may be missing, and then messages wait or are not fetched.

    What came in and was taken goes to the folder `done` of its server, what an official has to see to `review`.
    """

    sender: Mailbox | None = None
    outgoing: Server | None = None
    incoming: Server | None = None
    done: str = "Radicados"
    review: str = "Por revisar"


def server_of(url: str, protocol: Literal["smtp", "imap"]) -> Server:
    """The server of ``smtps://user:password@host:465`` and the like; what is special in a password is %-encoded.

    Without encryption it may only be this machine; no server takes a password outside ASCII alike. Raises BadServer.
    """
    parts = urlsplit(url)
    way = {protocol: Way.CLEAR, f"{protocol}s": Way.TLS, f"{protocol}+starttls": Way.STARTTLS}.get(parts.scheme)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise BadServer from None
    folder = unquote(parts.path.strip("/"))
    if way is None or not parts.hostname or parts.query or parts.fragment or (folder and protocol == "smtp"):
        raise BadServer
    if way is Way.CLEAR and parts.hostname not in _THIS_MACHINE:
        raise BadServer
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii() or (protocol == "imap" and not (user and password)):
        raise BadServer
    return Server(way, parts.hostname, port, user, password, folder or "INBOX")


def reason(error: BaseException) -> str:
    """What went wrong in few words, without what was being said: it may hold a password or an address."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"{type(error).__name__}: {error.verify_message}"
        case OSError() if error.strerror:
            return f"{type(error).__name__}: {error.strerror}"
        case _:
            code = getattr(error, "smtp_code", None)
            return f"{type(error).__name__} {code}" if code else type(error).__name__
