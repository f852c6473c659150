"""The paper ticket: what a person takes away, as bytes for a thermal printer of the network (ESC/POS, TCP 9100)."""

from __future__ import annotations

import re
import socket
import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import N_, Refused

COLUMNS = {80: 48, 58: 32}
"""Letters of normal size that fit on a line, by width of the paper in millimetres."""

EPSON_CP858 = 0x13
CLONE_CP858 = 0x35
"""Number by which a printer knows the code page CP858: Epson's, and that of the common POS-5890 copies."""

_INITIALISE = b"\x1b@"
_NO_CHINESE = b"\x1c."
_CENTRED = b"\x1ba\x01"
_BOLD, _PLAIN = b"\x1bE\x01", b"\x1bE\x00"
_FEED_AND_CUT = b"\x1bd\x06\x1dV\x01"
_ASK_FOR_PAPER = b"\x10\x04\x04"

_TYPEWRITTEN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "…": "...", "•": "·", "→": ">", "←": "<"}
)


class PrinterUnreachable(Refused):
    """Nothing was printed, or nobody knows whether it was: the printer refuses, is silent or stopped reading."""

    status = 503
    message = N_(
        "La impresora no responde. El turno sigue siendo válido. "
        "Revise que la impresora esté encendida y conectada a la red, y vuelva a imprimir."
    )


class PrinterOutOfPaper(Refused):
    """The printer answers that its roll is at an end."""

    status = 503
    message = N_("La impresora no tiene papel. El turno sigue siendo válido. Ponga un rollo nuevo y vuelva a imprimir.")


@dataclass(frozen=True)
class Ticket:
    """The texts of one ticket, already in the person's language; an empty one takes no line."""

    entity: str
    site: str
    title: str
    code: str
    service: str
    issued: str
    wait: str
    ahead: str
    advice: str
    url: str
    opinion: str = ""


def encode(ticket: Ticket, paper_mm: int = 80, code_page: int = EPSON_CP858) -> bytes:
    """The ticket in ESC/POS: centred lines, the code four times as large, QR drawn by the printer, partial cut.

    `paper_mm` is 80 or 58; `code_page` is the number under which this printer keeps CP858, 0 to 255 (ValueError
    otherwise). No text can command the printer: control characters never reach it.
    """
    if paper_mm not in COLUMNS:
        raise ValueError(f"paper of {paper_mm} mm: only {sorted(COLUMNS)} are known")
    columns = COLUMNS[paper_mm]
    return b"".join(
        [
            _INITIALISE,
            _NO_CHINESE,
            b"\x1bt" + bytes([code_page]),
            _CENTRED,
            _BOLD,
            _lines(ticket.entity, columns),
            _PLAIN,
            _lines(ticket.site, columns),
            b"\n",
            _BOLD,
            _lines(ticket.title, columns),
            _PLAIN,
            _enlarged(ticket.code, columns),
            b"\n",
            _BOLD,
            _lines(ticket.service, columns),
            _PLAIN,
            _lines(ticket.issued, columns),
            b"\n",
            _lines(ticket.ahead, columns),
            _lines(ticket.wait, columns),
            b"\n",
            _qr(ticket.url, dots=6 if paper_mm == 80 else 5),
            _lines(ticket.advice, columns),
            _BOLD,
            _lines(ticket.opinion, columns),
            _PLAIN,
            _FEED_AND_CUT,
        ]
    )


def send(data: bytes, host: str, port: int = 9100, timeout: float = 3.0) -> None:
    """Print `data`: ask for paper, send everything, and, if the printer had answered, ask again to be sure.

    A printer that never answers questions is taken as it is. Each step lasts `timeout` seconds at most. Raise
    PrinterOutOfPaper, or PrinterUnreachable when it cannot be known that the printer took it all.
    """
    try:
        with socket.create_connection((host, port), timeout) as printer:
            answers = _has_paper(printer, min(timeout, 0.5))
            printer.settimeout(timeout)
            printer.sendall(data)
            if answers and not _has_paper(printer, timeout):
                raise PrinterUnreachable
    except (OSError, UnicodeError, OverflowError) as failure:
        raise PrinterUnreachable from failure


def _has_paper(printer: socket.socket, patience: float) -> bool:
    """True if the printer says it has paper, False if it says nothing; raise PrinterOutOfPaper or OSError."""
    printer.settimeout(patience)
    printer.sendall(_ASK_FOR_PAPER)
    try:
        answer = printer.recv(64)
    except TimeoutError:
        return False
    if not answer:
        raise ConnectionResetError("the printer closed the connection")
    status = answer[-1]
    is_a_status = status & 0b1001_0011 == 0b0001_0010
    if is_a_status and status & 0b0110_0000:
        raise PrinterOutOfPaper
    return is_a_status


def _lines(text: str, columns: int) -> bytes:
    return b"".join(line.encode("cp858") + b"\n" for line in textwrap.wrap(_printable(text), columns))


def _enlarged(code: str, columns: int) -> bytes:
    text = _printable(code)[:columns]
    times = max(1, min(4, columns // max(1, len(text))))
    return b"\x1d!" + bytes([(times - 1) * 0x11]) + _BOLD + _lines(text, columns) + b"\x1d!\x00" + _PLAIN


def _qr(url: str, dots: int) -> bytes:
    """A QR code (model 2, level M, `dots` printer dots a module) that the printer draws itself."""
    content = "".join(character for character in url if "!" <= character <= "~").encode("ascii")
    if not content:
        return b""
    parts = [b"1A2\x00", b"1C" + bytes([dots]), b"1E1", b"1P0" + content, b"1Q0"]
    return b"".join(b"\x1d(k" + len(part).to_bytes(2, "little") + part for part in parts) + b"\n"


def _printable(text: str) -> str:
    """The text in the letters of CP858, one byte each: no control characters, no invisible ones."""
    return re.sub(" +", " ", "".join(_letters(unicodedata.normalize("NFC", text).translate(_TYPEWRITTEN)))).strip()


def _letters(text: str) -> Iterator[str]:
    for character in text:
        if character.isspace() or unicodedata.category(character) == "Cc":
            yield " "
        elif unicodedata.category(character) == "Cf" or unicodedata.combining(character):
            continue
        elif _in_code_page(character):
            yield character
        else:
            plain = "".join(filter(_in_code_page, unicodedata.normalize("NFKD", character)))
            yield plain or "?"


def _in_code_page(character: str) -> bool:
    try:
        return character.encode("cp858") >= b" "
    except UnicodeEncodeError:
        return False
