"""A recording or a video: walked from one end to the other by its own rules, without playing it.

Sources: ISO/IEC 14496-12 (boxes of MP4); ISO/IEC 11172-3 2.4.2.3 (frames of MP3); ID3v2.4 3.1 and 3.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.files.kinds import Kind
from core.files.refusals import Broken, NotWhatItSays

_MOST_BOXES, _DEEPEST = 20_000, 8
_FOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf", b"dinf"}
_TOLD = {b"udta", b"meta", b"uuid"}
"""Boxes with title, author, place and program."""

_DATED = {b"mvhd", b"tkhd", b"mdhd"}
_BITRATES = {
    (3, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (0, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def mp4_kind(path: Path) -> Kind:
    """MP4 if it has pictures, M4A if only sound. Raises NotTaken."""
    with path.open("rb") as file:
        tops, handlers = [], set()
        for depth, name, start, end in _boxes(file, 0, path.stat().st_size):
            if depth == 0:
                tops.append(name)
            if name == b"hdlr" and end - start >= 12:
                file.seek(start + 8)
                handlers.add(file.read(4))
    if tops[:1] != [b"ftyp"] or not {b"moov", b"mdat"} <= set(tops):
        raise Broken
    if not handlers & {b"vide", b"soun"}:
        raise NotWhatItSays
    return Kind.MP4 if b"vide" in handlers else Kind.M4A


def _boxes(file: BinaryIO, start: int, end: int, depth: int = 0) -> Iterator[tuple[int, bytes, int, int]]:
    """(depth, name, start of what is in it, end) of every box, which fill their room exactly. Raises Broken."""
    count = 0
    while start < end:
        count += 1
        file.seek(start)
        head = file.read(16)
        if len(head) < 8 or depth > _DEEPEST or count > _MOST_BOXES:
            raise Broken
        size, name = struct.unpack(">I4s", head[:8])
        inner = start + 8
        if size == 1 and len(head) == 16:
            size, inner = struct.unpack(">Q", head[8:])[0], start + 16
        elif size == 0 and depth == 0:
            size = end - start
        if size < inner - start or start + size > end:
            raise Broken
        yield depth, name, inner, start + size
        if name in _FOLDERS:
            yield from _boxes(file, inner, start + size, depth + 1)
        start += size


def bare_mp4(path: Path) -> None:
    """Blank, in its place, what tells who made it, where and when: nothing moves, so it plays as before."""
    with path.open("r+b") as file:
        for _depth, name, start, end in list(_boxes(file, 0, path.stat().st_size)):
            if name in _TOLD:
                file.seek(start - (16 if _is_large(file, start) else 8) + 4)
                file.write(b"free")
                _blank(file, start, end)
            elif name in _DATED:
                file.seek(start)
                _blank(file, start + 4, start + (20 if file.read(1) == b"\x01" else 12))


def _is_large(file: BinaryIO, start: int) -> bool:
    """Whether the box whose content begins here has its size in eight bytes after its name."""
    if start < 16:
        return False
    file.seek(start - 16)
    size, name = struct.unpack(">I4s", file.read(8))
    return size == 1 and name in _TOLD


def _blank(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    for place in range(start, end, 2**16):
        file.write(bytes(min(2**16, end - place)))


def check_mp3(sent: bytes) -> None:
    """Raises NotTaken unless it is one frame of sound after the other."""
    _sound(sent)


def bare_mp3(sent: bytes) -> bytes:
    """The frames of sound alone."""
    start, end = _sound(sent)
    return sent[start:end]


def _sound(sent: bytes) -> tuple[int, int]:
    """Where the frames begin and end, without the tags around them."""
    start = 0
    while sent[start : start + 3] == b"ID3" and start + 10 <= len(sent):
        size = sum(
            (byte & 0x7F) << shift for byte, shift in zip(sent[start + 6 : start + 10], (21, 14, 7, 0), strict=True)
        )
        start += 10 + size + (10 if sent[start + 5] & 0x10 else 0)
    while sent[start : start + 1] == b"\x00":
        start += 1
    place, frames = start, 0
    while place + 4 <= len(sent) and (length := _frame(sent[place : place + 4])):
        place, frames = place + length, frames + 1
    if frames < 3:
        raise Broken
    end = min(place, len(sent))
    if end < len(sent) and not sent.startswith((b"TAG", b"APETAGEX", b"LYRICS", b"ID3", b"3DI", b"\x00"), end):
        raise Broken
    return start, end


def _frame(head: bytes) -> int:
    """The bytes of the frame that begins so; 0 if none does."""
    word = int.from_bytes(head)
    version, layer = word >> 19 & 3, word >> 17 & 3
    bitrate, rate = word >> 12 & 15, word >> 10 & 3
    table = _BITRATES.get((3 if version == 3 else 0, layer))
    if word >> 21 != 0x7FF or version == 1 or table is None or bitrate in (0, 15) or rate == 3:
        return 0
    per_frame = 144_000 if version == 3 or layer == 2 else 72_000
    return per_frame * table[bitrate] // _SAMPLES[version][rate] + (word >> 9 & 1)
