"""The way to the server that sends: one conversation for as many messages as are due, and what it says of each."""

from __future__ import annotations

import smtplib
import ssl
from types import TracebackType
from typing import Self

from core.mail.address import on_the_wire
from core.mail.outbox import End, Outcome
from core.mail.server import Server, Unreachable, Way, reason

PATIENCE_S = 60.0
"""How long a server may stay silent before the conversation is over."""

_TOO_LARGE = {552, 523}


class Conversation:
    """A connection to the server, which lasts until it is left or breaks. Raises Unreachable when it is entered."""

    def __init__(self, server: Server, sender: str, patience_s: float = PATIENCE_S) -> None:
        self._server, self._sender, self._patience_s = server, on_the_wire(sender), patience_s

    def __enter__(self) -> Self:
        try:
            self._smtp = self._open()
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise Unreachable(reason(error)) from error
        return self

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.way is Way.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=self._patience_s, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=self._patience_s)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.way is Way.STARTTLS:
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def offer(self, to: str, message: bytes) -> Outcome:
        """Hand one message over. After End.UNREACHABLE the conversation is over.

        Said of the sender, a refusal is about the office and not about the message, unless it is for its size.
        """
        try:
            size = [f"SIZE={len(message)}"] if self._smtp.has_extn("size") else []
            code, said = self._smtp.mail(self._sender, size)
            if code >= 300 and code not in _TOO_LARGE:
                return Outcome(End.UNREACHABLE, _told(code, said))
            if code < 300:
                code, said = self._smtp.rcpt(on_the_wire(to))
            if code < 300:
                code, said = self._smtp.data(message)
            if code >= 300 and code != 421:
                self._smtp.rset()
        except smtplib.SMTPDataError as refused:
            code, said = refused.smtp_code, refused.smtp_error  # type: ignore[assignment]
            return Outcome(End.REFUSED if code >= 500 else End.UNREACHABLE, _told(code, said))
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(End.UNREACHABLE, reason(error))
        return Outcome(_end(code), _told(code, said))


def _end(code: int) -> End:
    if code < 300:
        return End.SENT
    if code == 421:
        return End.UNREACHABLE
    return End.REFUSED if code >= 500 else End.DEFERRED


def _told(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"
