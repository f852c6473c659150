"""A photo or a drawing: read whole by its own rules, and written again without what is not of the image.

Sources: PNG (W3C REC-png-3) 5.3 and 11; JPEG (ITU-T T.81) annex B; Exif 2.32 (CIPA DC-008) 4.5 and 4.6.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from core.files.refusals import Broken, ImageMoves, ImageTooLarge

MOST_PIXELS, LONGEST_SIDE = 50_000_000, 20_000
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"

_PNG_IMAGE = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"IDAT", b"IEND"}
_PNG_MOVES = {b"acTL", b"fcTL", b"fdAT"}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_DHT, _EOI, _SOS, _DQT, _APP1, _APP2 = 0xC4, 0xD9, 0xDA, 0xDB, 0xE1, 0xE2
_JPEG_IMAGE = _SOF | {_DHT, 0xCC, _SOS, _DQT, 0xDD, 0xE0, 0xEE}
_EXIF, _COLOURS = b"Exif\x00\x00", b"ICC_PROFILE\x00"
_ORIENTATION = 0x0112


def png(sent: bytes, *, bare: bool) -> bytes:
    """The image written again; `bare`: without where, when and by whom. Raises NotTaken."""
    chunks = list(_chunks(sent))
    kinds = [kind for kind, _whole in chunks]
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") != 1 or len(chunks[0][1]) != 25:
        raise Broken
    if _PNG_MOVES & set(kinds):
        raise ImageMoves
    _check_rows(chunks[0][1][8:21], (whole[8:-4] for kind, whole in chunks if kind == b"IDAT"))
    return PNG + b"".join(_png_kept(kind, whole, bare=bare) for kind, whole in chunks)


def _png_kept(kind: bytes, whole: bytes, *, bare: bool) -> bytes:
    """A chunk as it is kept; of the camera's notes a bare image keeps which side is up."""
    if kind in _PNG_IMAGE or (kind == b"eXIf" and not bare):
        return whole
    if kind != b"eXIf" or (way := _way_up(whole[8:-4])) == 1:
        return b""
    notes = kind + _only_way_up(way)
    return struct.pack(">I", len(notes) - 4) + notes + struct.pack(">I", zlib.crc32(notes))


def _chunks(sent: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk up to the end, by its kind; what follows the end is left out."""
    place, kind = len(PNG), b""
    while kind != b"IEND":
        length = int.from_bytes(sent[place : place + 4])
        kind, end = sent[place + 4 : place + 8], place + 12 + length
        if end > len(sent) or zlib.crc32(sent[place + 4 : end - 4]) != int.from_bytes(sent[end - 4 : end]):
            raise Broken
        yield kind, sent[place:end]
        place = end


def _check_rows(header: bytes, parts: Iterator[bytes]) -> None:
    """Unpack the pixels piece by piece, keeping none: there must be as many as the header says. Raises NotTaken."""
    width, height, depth, colour, _packing, _filter, interlaced = struct.unpack(">IIBBBBB", header)
    _check_size(width, height)
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or interlaced not in (0, 1):
        raise Broken
    bits = depth * _CHANNELS[colour]
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    wanted = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            wanted += rows * (1 + (columns * bits + 7) // 8)
    unpacking, found = zlib.decompressobj(), 0
    try:
        for part in parts:
            while part:
                found += len(unpacking.decompress(part, 1 << 16))
                part = unpacking.unconsumed_tail
                if found > wanted:
                    raise Broken
        found += len(unpacking.flush())
    except zlib.error:
        raise Broken from None
    if found != wanted:
        raise Broken


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise Broken
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise ImageTooLarge(width=width, height=height)


def jpeg(sent: bytes, *, bare: bool) -> bytes:
    """The image written again; `bare`: without where, when and by whom, and still the right way up. Raises NotTaken."""
    kept, seen = [sent[:2]], set()
    for marker, whole in _segments(sent):
        seen.add(marker)
        if marker in _SOF:
            if len(whole) < 10:
                raise Broken
            _check_size(*struct.unpack(">HH", whole[5:9])[::-1])
        kept.append(_jpeg_kept(marker, whole, bare=bare))
    if not seen & _SOF or not {_SOS, _DQT} <= seen:
        raise Broken
    return b"".join((*kept, b"\xff\xd9"))


def _jpeg_kept(marker: int, whole: bytes, *, bare: bool) -> bytes:
    body = whole[4:]
    if marker in _JPEG_IMAGE or (marker == _APP2 and body.startswith(_COLOURS)):
        return whole
    if marker != _APP1 or not body.startswith(_EXIF):
        return b""
    if not bare:
        return whole
    way = _way_up(body[6:])
    if way == 1:
        return b""
    notes = _EXIF + _only_way_up(way)
    return struct.pack(">BBH", 0xFF, _APP1, len(notes) + 2) + notes


def _segments(sent: bytes) -> Iterator[tuple[int, bytes]]:
    """Each segment up to the end of the image, a scan with its coded data; what follows is left out."""
    place = 2
    while True:
        if sent[place : place + 1] != b"\xff":
            raise Broken
        while sent[place + 1 : place + 2] == b"\xff":
            place += 1
        marker, length = int.from_bytes(sent[place + 1 : place + 2]), int.from_bytes(sent[place + 2 : place + 4])
        if marker == _EOI:
            return
        end = place + 2 + length
        if marker < 0xC0 or length < 2 or end > len(sent):
            raise Broken
        if marker == _SOS:
            end = _end_of_scan(sent, end)
        yield marker, sent[place:end]
        place = end


def _end_of_scan(sent: bytes, place: int) -> int:
    """Where the next marker stands that is no part of the coded data. Raises Broken if there is none."""
    while (place := sent.find(b"\xff", place)) != -1 and place + 1 < len(sent):
        following = sent[place + 1]
        if following not in (0x00, 0xFF) and not 0xD0 <= following <= 0xD7:
            return place
        place += 1 if following == 0xFF else 2
    raise Broken


def _way_up(notes: bytes) -> int:
    """Which side is up, from 1 to 8, by the camera's notes; 1 if they do not say."""
    order = {b"II": "<", b"MM": ">"}.get(notes[:2])
    if order is None or len(notes) < 10:
        return 1
    place = struct.unpack_from(f"{order}I", notes, 4)[0]
    if place + 2 > len(notes):
        return 1
    for number in range(struct.unpack_from(f"{order}H", notes, place)[0]):
        entry = notes[place + 2 + 12 * number :][:12]
        if len(entry) == 12 and struct.unpack(f"{order}H", entry[:2])[0] == _ORIENTATION:
            way: int = struct.unpack(f"{order}H", entry[8:10])[0]
            return way if 1 <= way <= 8 else 1
    return 1


def _only_way_up(way: int) -> bytes:
    """Notes of a camera that say nothing else."""
    return b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, way, 0, 0)
