"""What is asked of a file before it is taken, in this order: a name, a size, a kind, and that it is what it says."""

from __future__ import annotations

from pathlib import Path

from core.files import comma, images, media, office, pdf
from core.files.kinds import MB, Kind, Use
from core.files.labels import ending_of
from core.files.refusals import (
    Empty,
    KindNotTaken,
    NoName,
    NotWhatItSays,
    TooLarge,
    TooLargeTogether,
    TooManyFiles,
)

_FAMILIES = {Kind.XLSX: Kind.DOCX, Kind.ODT: Kind.DOCX, Kind.M4A: Kind.MP4}
"""Kinds that begin alike, by one of them; which of them it is, is read afterwards."""


def check_number(use: Use, sizes: list[int]) -> None:
    """How many, and how much together. Raises NotTaken."""
    if len(sizes) > use.most:
        raise TooManyFiles(most=use.most)
    if sum(sizes) > use.total:
        raise TooLargeTogether(most=use.total // MB)


def check(path: Path, label: str, use: Use) -> Kind:
    """What the file is by its content. An image is written again, without what is not of it. Raises NotTaken."""
    size = path.stat().st_size
    if not label:
        raise NoName
    if not size:
        raise Empty
    if size > use.each:
        raise TooLarge(most=use.each // MB)
    taken = [kind for kind in use.kinds if ending_of(label) in kind.endings]
    if not taken:
        raise KindNotTaken(kinds=use.listed)
    kind = kind_of(path, taken[-1])
    if kind not in taken:
        raise NotWhatItSays
    return kind


def kind_of(path: Path, said: Kind) -> Kind:
    """What is in the file that says to be `said`, read to its end by the rules of that family. Raises NotTaken."""
    with path.open("rb") as file:
        begins = file.read(16)
    if said is Kind.CSV:
        comma.check(path.read_bytes())
        return Kind.CSV
    found = _family(begins)
    if found is not _FAMILIES.get(said, said):
        raise NotWhatItSays
    if found is Kind.PDF:
        pdf.check(path)
    elif found is Kind.PNG:
        path.write_bytes(images.png(path.read_bytes(), bare=False))
    elif found is Kind.JPEG:
        path.write_bytes(images.jpeg(path.read_bytes(), bare=False))
    elif found is Kind.MP3:
        media.check_mp3(path.read_bytes())
    elif found is Kind.MP4:
        return media.mp4_kind(path)
    else:
        return office.kind_of(path)
    return found


def _family(begins: bytes) -> Kind | None:
    """By the first bytes."""
    if begins.startswith(pdf.BEGINS):
        return Kind.PDF
    if begins.startswith(images.PNG):
        return Kind.PNG
    if begins.startswith(images.JPEG):
        return Kind.JPEG
    if begins[4:8] == b"ftyp":
        return Kind.MP4
    if begins.startswith(b"ID3") or (begins[:1] == b"\xff" and begins[1:2] >= b"\xe0"):
        return Kind.MP3
    return Kind.DOCX if begins.startswith((b"PK\x03\x04", office.OLD_OFFICE)) else None
