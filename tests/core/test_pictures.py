"""A file is what is in it, not what it is called; and of a picture nothing but the picture is kept."""

from __future__ import annotations

import struct
import zlib

import pytest

from core.errors import Invalid
from core.pictures import LARGEST_FILE, NotAPicture, read


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 320, height: int = 200, extra: bytes = b"") -> bytes:
    rows = zlib.compress(b"".join(b"\0" + b"\x09\x43\xb5" * width for _ in range(height)))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 320, height: int = 200, extra: bytes = b"") -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + extra + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00" + b"\x12\x34" + b"\xff\xd9"


def test_a_png_and_a_jpeg_say_their_size() -> None:
    for sent, kind in ((png(), "image/png"), (jpeg(), "image/jpeg")):
        found = read(sent)
        assert (found.kind, found.width, found.height) == (kind, 320, 200)


def test_where_it_was_taken_and_what_comes_after_it_is_left_out() -> None:
    place = b"GPS 7.36 -72.94"
    exif = b"\xff\xe1" + struct.pack(">H", len(place) + 2) + place
    for sent in (png(extra=chunk(b"eXIf", place)) + b"<script>", jpeg(extra=exif) + b"<script>"):
        kept = read(sent).content
        assert place not in kept
        assert b"<script>" not in kept
    assert read(png(extra=chunk(b"acTL", b"\0" * 8))).content == read(png()).content, "it does not move either"


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + b"\0" * 40,
        b"\x89PNG\r\n\x1a\n",
        png()[:-20],
        png().replace(b"IDAT", b"IDAX"),
        png()[:60] + b"\0" + png()[61:],
        b"\xff\xd8\xff" + b"\0" * 50,
        jpeg()[:-2],
        jpeg()[:12],
    ],
)
def test_what_is_no_whole_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(NotAPicture):
        read(sent)


def test_a_picture_too_small_too_large_or_too_heavy_is_refused() -> None:
    for sent in (png(100, 300), jpeg(5000, 300), png() + b"\0" * LARGEST_FILE):
        with pytest.raises(Invalid) as refused:
            read(sent)
        assert refused.value.field == "file"
