"""What is packed in a file that we made ourselves, so that what is in it can be looked for."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress


def within(body: bytes) -> Iterator[bytes]:
    """The bytes as they are, the parts of a spreadsheet or a document, and the streams of a PDF."""
    yield body
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    if body.startswith(b"%PDF"):
        for stream in body.split(b"stream")[1:]:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(stream.lstrip(b"\r\n"))
