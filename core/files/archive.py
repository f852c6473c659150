"""A zip as office programs write it: everything that could make it more, or something else, than it seems is refused.

Source: APPNOTE.TXT 6.3.10 (PKWARE) 4.3 to 4.5.
"""

from __future__ import annotations

import re
import stat
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from core.files.refusals import Broken, HasFilesInside, Locked, NotTaken, TooMuchInside, UnsafeInside

MOST_ENTRIES, LARGEST_DIRECTORY = 2_000, 1_000_000
MOST_UNPACKED, LARGEST_PART, LARGEST_XML = 200 * 2**20, 50 * 2**20, 30 * 2**20
MOST_RATIO, DEEPEST = 100, 256
RATIO_FROM = 2**20
"""Bytes unpacked from which the ratio counts: a small file of blanks harms nobody."""

_PIECE = 64 * 1024
_START, _END = b"PK\x03\x04", b"PK\x05\x06"
_LOCAL_HEADER = 30
_FOREIGN = (
    _START,
    b"PK\x05\x06",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"MZ",
    b"\x7fELF",
    b"%PDF-",
)
"""How other archives, programs, old office files and PDF begin."""

Told = Callable[[str, dict[str, str]], None]
"""What is told of each element of an XML part: its name and its attributes, «namespace name»."""


class Archive:
    """A zip whose directory was checked; its entries are read piece by piece, and counted. Raises NotTaken."""

    def __init__(self, path: Path) -> None:
        _check_directory(path)
        self._packed = path.stat().st_size
        self._unpacked = 0
        try:
            self._zip = ZipFile(path)
        except (BadZipFile, ValueError, NotImplementedError, struct.error):
            raise Broken from None
        try:
            _check_entries(self._zip.infolist(), self._zip.start_dir)
        except NotTaken:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """Of the entries, in their order."""
        return self._zip.namelist()

    def first(self, most: int) -> tuple[str, bytes]:
        """The first entry and how it begins."""
        first = self._zip.infolist()[0]
        with self._zip.open(first) as entry:
            return first.filename, entry.read(most)

    def read(self, name: str, told: Told | None = None) -> None:
        """Unpack an entry, keeping nothing; its XML, unless it is empty, is told to `told`. Raises NotTaken."""
        parser = _xml(told) if told else None
        begins, size = b"", 0
        try:
            with self._zip.open(name) as entry:
                while piece := entry.read(_PIECE):
                    begins = begins or piece[:8]
                    size += len(piece)
                    self._count(len(piece))
                    if size > (LARGEST_XML if parser else LARGEST_PART):
                        raise TooMuchInside
                    if parser:
                        parser.Parse(piece)
            if parser and size:
                parser.Parse(b"", True)
        except (BadZipFile, zlib.error, EOFError, expat.ExpatError, struct.error):
            raise Broken from None
        except (RuntimeError, NotImplementedError):
            raise UnsafeInside from None
        if begins.startswith(_FOREIGN):
            raise HasFilesInside

    def _count(self, more: int) -> None:
        self._unpacked += more
        if self._unpacked > min(MOST_UNPACKED, max(RATIO_FROM, MOST_RATIO * self._packed)):
            raise TooMuchInside


def _check_directory(path: Path) -> None:
    """Before anything of it is believed: it begins at once, it ends with its directory, which is small."""
    with path.open("rb") as file:
        if file.read(4) != _START:
            raise Broken
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    place = tail.rfind(_END)
    if place == -1 or len(tail) - place < 22:
        raise Broken
    disk, first_disk, _here, entries, size, start, comment = struct.unpack_from("<HHHHIIH", tail, place + 4)
    if disk or first_disk or start == 0xFFFFFFFF or place + 22 + comment != len(tail):
        raise UnsafeInside
    if entries > MOST_ENTRIES or size > LARGEST_DIRECTORY:
        raise TooMuchInside
    if start + size != path.stat().st_size - len(tail) + place:
        raise UnsafeInside


def _check_entries(entries: list[ZipInfo], directory: int) -> None:
    if not entries or len(entries) > MOST_ENTRIES:
        raise TooMuchInside if entries else Broken
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise Locked
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise TooMuchInside
    names = [entry.orig_filename for entry in entries]
    if len({name.casefold() for name in names}) != len(names) or not all(map(_is_plain, names)):
        raise UnsafeInside
    if any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries):
        raise UnsafeInside
    if any(entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for entry in entries):
        raise UnsafeInside
    ends = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < ends:
            raise UnsafeInside
        ends = entry.header_offset + _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
    if ends > directory:
        raise UnsafeInside


def _is_plain(name: str) -> bool:
    """Whether the name of an entry stays inside the folder where somebody would unpack it."""
    if re.search(r"[\x00-\x1f\\:]", name) or name.startswith("/") or len(name) > 255:
        return False
    return ".." not in name.split("/")


def _xml(told: Told) -> expat.XMLParserType:
    """A parser for which a document has no definitions of its own: no entities to swell, none to fetch."""
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def refuse(*_anything: object) -> None:
        raise UnsafeInside

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise TooMuchInside
        told(name, attributes)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    return parser
