"""A message of the outbox as it goes over the wire: headers in ASCII, plain text always, a page of it if asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from core.files.model import StoredFile
from core.mail.address import Mailbox, on_the_wire
from core.mail.model import MailAttachment, OutgoingMail

Kept = Callable[[StoredFile], bytes]
"""Gives the bytes of a file that the room of files keeps."""

_headers = HeaderRegistry()
for _name in ("in-reply-to", "references"):
    # As free text, a long one would be encoded and answer nothing.
    _headers.map_to_type(_name, MessageIDHeader)  # type: ignore[arg-type]
WIRE = SMTP.clone(header_factory=_headers)

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,500}>")
_LINK = re.compile(r"https?://[^\s<>«»\"]+[^\s<>«»\".,;:!?)]")
_MEDIA = re.compile(r"([a-z]+)/([a-z0-9][a-z0-9.+-]*)")
_MANY = ("multipart", "message")
"""Media that must not be encoded as bytes are."""


def compose(mail: OutgoingMail, sender: Mailbox, kept: Kept, at: datetime) -> bytes:
    """The whole message, each line ended as SMTP wants it. Raises what `kept` raises for a file that is not there."""
    message = EmailMessage(policy=WIRE)
    message["Date"] = format_datetime(at)
    message["From"] = _mailbox(sender)
    message["To"] = _mailbox(Mailbox(mail.address, mail.name))
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    answers = mail.in_reply_to if mail.in_reply_to and _MESSAGE_ID.fullmatch(mail.in_reply_to) else None
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    if mail.automatic:
        message["Auto-Submitted"] = "auto-replied" if answers else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html:
        message.add_alternative(page_of(mail.text, mail.subject), subtype="html", cte="quoted-printable")
    for file in mail.attachments:
        _attach(message, file, kept)
    return message.as_bytes()


def _mailbox(one: Mailbox) -> Address:
    local, _, domain = on_the_wire(one.address).rpartition("@")
    return Address(one.name, local, domain)


def _attach(message: EmailMessage, file: MailAttachment, kept: Kept) -> None:
    content = kept(file.stored) if file.stored else file.content
    kind = _MEDIA.fullmatch(file.media)
    media, subtype = kind.groups() if kind and kind[1] not in _MANY else ("application", "octet-stream")
    message.add_attachment(content, maintype=media, subtype=subtype, filename=file.name)


def page_of(text: str, title: str) -> str:
    """The same text as a page: a paragraph where it leaves a line empty, and its web addresses as links."""
    paragraphs = "".join(f"<p>{_linked(part)}</p>\n" for part in re.split(r"\n\s*\n", text.strip()))
    return (
        f'<!doctype html>\n<html lang="es"><head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f'<body style="max-width:40em;font:1.1em/1.5 sans-serif">\n{paragraphs}</body></html>\n'
    )


def _linked(text: str) -> str:
    written, last = [], 0
    for found in _LINK.finditer(text):
        if urlsplit(found[0]).netloc:
            address = escape(found[0])
            written += [escape(text[last : found.start()]), f'<a href="{address}">{address}</a>']
            last = found.end()
    return "<br>\n".join("".join([*written, escape(text[last:])]).splitlines())
