"""What a file is by what is in it: a PNG or a JPEG, its size in pixels, and the same image without anything else.

Sources: PNG (W3C REC-png-3) 5.3 and 11; JPEG (ITU-T T.81) annex B.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import N_, Invalid

LARGEST_FILE = 2 * 1024 * 1024
SMALLEST_SIDE, LARGEST_SIDE = 200, 3840
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND")
_FRAMES, _SCAN, _END = (0xC0, 0xC1, 0xC2), 0xDA, b"\xff\xd9"
_JPEG_KEPT = (0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0, 0xEE)


class NotAPicture(Invalid):
    message = N_("El archivo no es una imagen PNG o JPEG que se pueda leer. Guárdela de nuevo y vuelva a intentar.")


@dataclass(frozen=True, slots=True)
class Read:
    """An image: its media type, its size in pixels and its bytes, without what is not of the image."""

    kind: str
    width: int
    height: int
    content: bytes


def read(sent: bytes) -> Read:
    """The image in these bytes; where and with what it was taken, texts and animation are left out.

    Raises NotAPicture, and Invalid for one that is too large or too small.
    """
    if len(sent) > LARGEST_FILE:
        raise Invalid(N_("La imagen pesa más de 2 MB. Guárdela más liviana."), field="file")
    try:
        found = _png(sent) if sent.startswith(_PNG) else _jpeg(sent)
    except (IndexError, ValueError):
        raise NotAPicture(field="file") from None
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (found.width, found.height)):
        raise Invalid(
            N_("La imagen mide %(width)s × %(height)s puntos. Debe medir de %(least)s a %(most)s por cada lado."),
            field="file",
            width=found.width,
            height=found.height,
            least=SMALLEST_SIDE,
            most=LARGEST_SIDE,
        )
    return found


def _png(sent: bytes) -> Read:
    chunks = [(kind, whole) for kind, whole in _chunks(sent) if kind in _PNG_KEPT]
    kinds = [kind for kind, _whole in chunks]
    if kinds[0] != b"IHDR" or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise ValueError("not the chunks of an image")
    width, height = (int.from_bytes(chunks[0][1][place : place + 4]) for place in (8, 12))
    return Read("image/png", width, height, _PNG + b"".join(whole for _kind, whole in chunks))


def _chunks(sent: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk up to the end, by its kind. Raises ValueError for one that is cut or does not add up."""
    place, kind = len(_PNG), b""
    while kind != b"IEND":
        length = int.from_bytes(sent[place : place + 4])
        kind, end = sent[place + 4 : place + 8], place + 12 + length
        if end > len(sent) or zlib.crc32(sent[place + 4 : end - 4]) != int.from_bytes(sent[end - 4 : end]):
            raise ValueError("a chunk is broken")
        yield kind, sent[place:end]
        place = end


def _jpeg(sent: bytes) -> Read:
    if not sent.startswith(_JPEG) or _END not in sent:
        raise ValueError("not a JPEG")
    place, kept, size = 2, [sent[:2]], (0, 0)
    while True:
        if sent[place] != 0xFF:
            raise ValueError("a segment is broken")
        marker, length = sent[place + 1], int.from_bytes(sent[place + 2 : place + 4])
        end = place + 2 + length
        if length < 2 or end > len(sent):
            raise ValueError("a segment is cut")
        if marker == _SCAN:
            break
        if marker in _FRAMES:
            height, width = (int.from_bytes(sent[place + at : place + at + 2]) for at in (5, 7))
            size = width, height
        if marker in _JPEG_KEPT:
            kept.append(sent[place:end])
        place = end
    kept.append(sent[place : sent.rindex(_END) + 2])
    return Read("image/jpeg", *size, b"".join(kept))
