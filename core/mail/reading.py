"""Read a message that came in, whatever its shape: who wrote what, with which files, or why it cannot be read; pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import errors, message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from enum import StrEnum

from core.mail import plain

LARGEST = 25 * 2**20
"""Bytes of a message as it comes; its files are about three quarters of it."""

LONGEST_HEAD, LONGEST_HEADER, LONGEST_TEXT = 128 * 1024, 10_000, 200_000
MOST_PARTS, DEEPEST = 200, 20
LONGEST_LINE, LONGEST_NAME = 300, 120

_ID = re.compile(r"<[!-;=?-~]{3,500}>")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_MACHINES = {"mailer-daemon", "postmaster", "no-reply", "noreply", "no-responder", "noresponder", "listserv"}
_SEALED = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}


class Problem(StrEnum):
    """Why a person has to look at a message."""

    TOO_LARGE = "too large"
    TOO_LONG = "too long"
    TOO_MANY_PARTS = "too many parts"
    BROKEN = "broken"
    SEALED = "sealed"
    OUTLOOK_PACKAGE = "outlook package"
    NOT_TAKEN = "not taken"


class Unreadable(Exception):
    """The message cannot be read whole."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came along; `name` is for people and no path."""

    name: str
    media: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Returned:
    """A server says that it could not deliver a message, by its Message-ID, and why."""

    message_id: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class Head:
    """What the first lines of a message say; empty where they say nothing that can be used.

    `replies_to` are the Message-IDs that it answers, the nearest first. `authentication` is the first
    Authentication-Results: it is worth what the server that keeps the mailbox is, for anybody can write one.
    """

    message_id: str
    sender: str
    sender_name: str
    subject: str
    dated: datetime | None
    automatic: bool
    replies_to: tuple[str, ...]
    authentication: str


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A message that came in, read whole. `dated` in its head is what it says; `came` is when the server got it."""

    head: Head
    text: str
    attachments: tuple[ReceivedFile, ...]
    came: datetime
    returned: Returned | None
    raw: bytes = field(repr=False)


def read(raw: bytes, came: datetime) -> ReceivedMail:
    """Read a message from its bytes. Raises Unreadable, and nothing else whatever they are."""
    if len(raw) > LARGEST:
        raise Unreadable(Problem.TOO_LARGE)
    if len(head_of(raw)) > LONGEST_HEAD:
        raise Unreadable(Problem.BROKEN)
    try:
        return _read(raw, came)
    except Unreadable:
        raise
    except Exception as error:  # the parser of Python stumbles over hostile messages in every way that there is
        raise Unreadable(Problem.BROKEN) from error


def head_of(raw: bytes) -> bytes:
    """The lines before the first empty one."""
    return _BLANK_LINE.split(raw, maxsplit=1)[0]


def glance(head: bytes) -> Head:
    """What the head of a message says, whatever came after it."""
    message = message_from_bytes(head[:LONGEST_HEAD])
    name, address = "", ""
    with suppress(RecursionError):
        name, address = parseaddr(_header(message, "From"))
    dated = None
    with suppress(ValueError, TypeError, OverflowError):
        said = parsedate_to_datetime(_header(message, "Date"))
        dated = said.replace(tzinfo=said.tzinfo or UTC) if 1990 <= said.year <= 2200 else None
    ids = _ID.findall(_header(message, "Message-ID"))
    return Head(
        message_id=ids[0] if ids else "",
        sender=plain.line(address, LONGEST_LINE),
        sender_name=plain.line(name, LONGEST_NAME),
        subject=plain.line(_header(message, "Subject"), LONGEST_LINE),
        dated=dated,
        automatic=_is_automatic(message, address),
        replies_to=tuple(dict.fromkeys(_answered(message))),
        authentication=plain.line(_header(message, "Authentication-Results"), LONGEST_HEADER),
    )


def mark(raw: bytes, size: int | None = None) -> str:
    """What tells a message that came twice from another: its identity, what its writer says in its head, and its body.

    What the servers on its way added is left out. With `size`, `raw` is the head of a message that was not fetched.
    """
    head = head_of(raw)
    message = message_from_bytes(head[:LONGEST_HEAD])
    said = [_header(message, name) for name in ("Message-ID", "From", "Date", "Subject")]
    body = hashlib.sha256(raw[len(head) :].strip()).hexdigest() if size is None else str(size)
    return hashlib.sha256("\0".join([*said, body]).encode("utf-8", "surrogatepass")).hexdigest()


def _header(message: Message, name: str) -> str:
    """A header in words, whether it was encoded or not."""
    return _in_words(_written(message, name))


def _written(message: Message, name: str) -> str:
    """A header in one line as it was written; bytes that should not be there, in the charset that they seem to have."""
    value = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    written = str(value)[:LONGEST_HEADER].encode("utf-8", "surrogateescape")
    return plain.decoded(written, None).replace("\r", "").replace("\n", "")


def _in_words(text: str) -> str:
    if not text.isascii():
        return text
    try:
        parts = decode_header(text)
    except (errors.HeaderParseError, ValueError):
        return text
    return "".join(said if isinstance(said, str) else plain.decoded(said, charset) for said, charset in parts)


def _answered(message: Message) -> Iterator[str]:
    yield from _ID.findall(_header(message, "In-Reply-To"))
    yield from reversed(_ID.findall(_header(message, "References")))


def _is_automatic(message: Message, sender: str) -> bool:
    """Whether a program wrote it (RFC 3834, and what servers do): to such a one nothing is ever answered."""
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    marks = ("X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond", "List-Id", "X-Failed-Recipients")
    return (
        submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or any(name in message for name in marks)
        or _header(message, "Return-Path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
        or sender.partition("@")[0].lower() in _MACHINES
    )


def _read(raw: bytes, came: datetime) -> ReceivedMail:
    message = message_from_bytes(raw)
    found = _Found()
    found.add(message, 0)
    text = plain.lines("\n\n".join(found.texts))
    if len(text) > LONGEST_TEXT:
        raise Unreadable(Problem.TOO_LONG)
    return ReceivedMail(glance(head_of(raw)), text, tuple(found.files), came, _returned(message), raw)


class _Found:
    """The words and the files of the parts of a message, in order."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.files: list[ReceivedFile] = []
        self._parts = 0

    def add(self, part: Message, depth: int) -> None:
        self._parts += 1
        media = part.get_content_type()
        if self._parts > MOST_PARTS:
            raise Unreadable(Problem.TOO_MANY_PARTS)
        if media in _SEALED:
            raise Unreadable(Problem.SEALED)
        if depth > DEEPEST or any(isinstance(defect, errors.CloseBoundaryNotFoundDefect) for defect in part.defects):
            raise Unreadable(Problem.BROKEN)
        if media.startswith("message/"):
            self._keep(part, media, _inside(part))
        elif media == "multipart/alternative":
            self._choose(_children(part), depth)
        elif media.startswith("multipart/"):
            for child in _children(part):
                self.add(child, depth + 1)
        elif media in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
            self.texts.append(_words(part, media))
        else:
            self._keep(part, media, _bytes(part))

    def _choose(self, forms: list[Message], depth: int) -> None:
        """The same said in several forms: the first of them in plain words, or else the one that says most."""
        told: list[tuple[bool, str]] = []
        for form in forms:
            before = self.texts
            self.texts = []
            self.add(form, depth + 1)
            told.append((form.get_content_type() == "text/plain", "\n\n".join(self.texts).strip()))
            self.texts = before
        in_plain = [said for is_plain, said in told if is_plain and said]
        self.texts += in_plain[:1] or [max((said for _, said in told), key=len, default="")]

    def _keep(self, part: Message, media: str, content: bytes) -> None:
        name = plain.line(_name(part).replace("\\", "/").rpartition("/")[2], LONGEST_NAME)
        if media == "application/ms-tnef" or name.lower() == "winmail.dat":
            raise Unreadable(Problem.OUTLOOK_PACKAGE)
        extension = ".eml" if media.startswith("message/") else ""
        self.files.append(ReceivedFile(name or f"adjunto-{len(self.files) + 1}{extension}", media, content))


def _children(part: Message) -> list[Message]:
    """Raises Unreadable for parts that nothing separates."""
    children = part.get_payload()
    if not isinstance(children, list):
        raise Unreadable(Problem.BROKEN)
    return children  # type: ignore[return-value]


def _name(part: Message) -> str:
    shown = Message()
    for header in ("Content-Disposition", "Content-Type"):
        shown[header] = _written(part, header)
    with suppress(ValueError, TypeError, LookupError):
        return _in_words(str(shown.get_filename() or ""))
    return ""


def _bytes(part: Message) -> bytes:
    """What the part holds. Raises Unreadable if a piece of it is missing."""
    content = part.get_payload(decode=True)
    if any(isinstance(defect, errors.InvalidBase64LengthDefect) for defect in part.defects):
        raise Unreadable(Problem.BROKEN)
    return content if isinstance(content, bytes) else b""


def _words(part: Message, media: str) -> str:
    text = plain.decoded(_bytes(part), part.get_content_charset())
    return plain.of_page(text) if media == "text/html" else text


def _inside(part: Message) -> bytes:
    """A message inside a message, as it is written."""
    inside = part.get_payload()
    return b"\n".join(one.as_bytes() for one in inside) if isinstance(inside, list) else _bytes(part)  # type: ignore[union-attr]


def _returned(message: Message) -> Returned | None:
    """The message that a server could not deliver (RFC 3464); one that is only late has not come back."""
    if message.get_content_type() != "multipart/report":
        return None
    failed, diagnosis, message_id = False, "", ""
    for part in message.walk():
        if _header(part, "Action").strip().lower() == "failed":
            failed = True
            diagnosis = diagnosis or _header(part, "Diagnostic-Code") or _header(part, "Status")
        if part.get_content_type() == "text/rfc822-headers":
            message_id = glance(_bytes(part)).message_id
        elif part is not message and not message_id:
            message_id = next(iter(_ID.findall(_header(part, "Message-ID"))), "")
    return Returned(message_id, plain.line(diagnosis, LONGEST_LINE)) if failed and message_id else None
