"""The way to the server that keeps our mailbox: what waits in it, and where a message goes once it is kept here."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from core.mail.reading import LARGEST
from core.mail.server import Server, Unreachable, Way, reason

PATIENCE_S = 60.0
ASKED_AT_ONCE = 100

_UID, _SIZE = re.compile(rb"UID (\d+)"), re.compile(rb"RFC822\.SIZE (\d+)")
_CAME = re.compile(rb'INTERNALDATE "([^"]+)"')
_PLAIN = re.compile(r"[^ -~]+|&")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of the mailbox: its number there, its bytes and when the server got it."""

    uid: str
    size: int
    came: datetime

    @property
    def too_large(self) -> bool:
        return self.size > LARGEST


class Mailbox:
    """A connection to the mailbox, and the two folders that messages go to. Raises Unreachable, also in its midst."""

    def __init__(self, server: Server, folders: tuple[str, ...], patience_s: float = PATIENCE_S) -> None:
        self._server, self._folders, self._patience_s = server, folders, patience_s

    def __enter__(self) -> Self:
        server, context = self._server, ssl.create_default_context()
        try:
            if server.way is Way.TLS:
                self._imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    server.host, server.port, ssl_context=context, timeout=self._patience_s
                )
            else:
                self._imap = imaplib.IMAP4(server.host, server.port, timeout=self._patience_s)
        except (OSError, imaplib.IMAP4.error) as error:
            raise Unreachable(reason(error)) from error
        try:
            if server.way is Way.STARTTLS:
                self._asked("STARTTLS", self._imap.starttls, context)
            self._asked("LOGIN", self._imap.login, _quoted(server.user), server.password)
            self._moves = b"MOVE" in b" ".join(self._asked("CAPABILITY", self._imap.capability)).upper().split()
            for folder in self._folders:
                with suppress(imaplib.IMAP4.error):
                    self._imap.create(_named(folder))  # it is there already, or moving to it will say why not
            self._asked("SELECT", self._imap.select, _named(server.folder))
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()

    def waiting(self, at: datetime) -> Iterator[Waiting]:
        """What is in the folder now, in the order in which it came; `at` is for a server that does not say when."""
        uids = b" ".join(self._asked("SEARCH", self._imap.uid, "SEARCH", "UNDELETED")).split()
        for start in range(0, len(uids), ASKED_AT_ONCE):
            asked = b",".join(uids[start : start + ASKED_AT_ONCE]).decode("ascii")
            for told in self._asked("FETCH", self._imap.uid, "FETCH", asked, "(UID RFC822.SIZE INTERNALDATE)"):
                uid, size = _UID.search(told), _SIZE.search(told)
                if uid and size:
                    yield Waiting(uid[1].decode("ascii"), int(size[1]), _instant(told, at))

    def whole(self, waiting: Waiting) -> bytes | None:
        """The message, or its head if it is too large to be fetched; None if somebody took it away meanwhile."""
        part = "HEADER" if waiting.too_large else ""
        told = self._asked("FETCH", self._imap.uid, "FETCH", waiting.uid, f"(BODY.PEEK[{part}])")
        return next((bytes(piece[1]) for piece in told if isinstance(piece, tuple)), None)

    def move(self, waiting: Waiting, folder: str) -> None:
        """Put the message into another folder; one that is gone already stays gone."""
        if self._moves:
            self._asked("MOVE", self._imap.uid, "MOVE", waiting.uid, _named(folder))
            return
        self._asked("COPY", self._imap.uid, "COPY", waiting.uid, _named(folder))
        self._asked("STORE", self._imap.uid, "STORE", waiting.uid, "+FLAGS.SILENT", r"(\Deleted)")

    def _asked(self, what: str, ask: Any, *told: Any) -> list[Any]:
        """What the server answers. Raises Unreachable naming the question, and never what was told."""
        try:
            answer, said = ask(*told)
        except (OSError, imaplib.IMAP4.error) as error:
            raise Unreachable(f"{what}: {reason(error)}") from error
        if answer != "OK":
            raise Unreachable(f"{what}: {answer}")
        return [piece for piece in said if piece is not None]


def _instant(told: bytes, at: datetime) -> datetime:
    came = _CAME.search(told)
    with suppress(ValueError):
        if came:
            return datetime.strptime(came[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(at.tzinfo)
    return at


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _named(folder: str) -> str:
    """The name of a folder as IMAP writes it (RFC 3501 § 5.1.3)."""

    def encoded(found: re.Match[str]) -> str:
        if found[0] == "&":
            return "&-"
        return "&" + base64.b64encode(found[0].encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",") + "-"

    return _quoted(_PLAIN.sub(encoded, folder))
