"""What may be brought and where: the kinds of file, and for each use which of them, how large and how many."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MB = 1024 * 1024


class Kind(StrEnum):
    """What a file is by its content; the value is also the ending that we give it."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"
    ODT = "odt"
    MP3 = "mp3"
    M4A = "m4a"
    MP4 = "mp4"
    CSV = "csv"

    @property
    def media(self) -> str:
        """The media type by which it is served, whatever the sender called it."""
        return _MEDIA[self]

    @property
    def endings(self) -> tuple[str, ...]:
        """How the name of such a file may end."""
        return _MORE_ENDINGS.get(self, (self.value,))


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_MEDIA = {
    Kind.PDF: "application/pdf",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.DOCX: f"{_OPEN_XML}.wordprocessingml.document",
    Kind.XLSX: f"{_OPEN_XML}.spreadsheetml.sheet",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.MP3: "audio/mpeg",
    Kind.M4A: "audio/mp4",
    Kind.MP4: "video/mp4",
    Kind.CSV: "text/csv",
}
_MORE_ENDINGS = {Kind.JPEG: ("jpg", "jpeg"), Kind.M4A: ("m4a", "mp4")}


@dataclass(frozen=True, slots=True)
class Use:
    """Where files are brought: their kinds, the bytes of each and of all together, and how many."""

    name: str
    kinds: tuple[Kind, ...]
    most: int = 10
    each: int = 10 * MB
    total: int = 30 * MB

    @property
    def accept(self) -> str:
        """What the browser's dialog offers."""
        return ",".join(dict.fromkeys(f".{ending}" for kind in self.kinds for ending in kind.endings))

    @property
    def listed(self) -> str:
        """The kinds as a person reads them: «PDF, JPG, PNG»."""
        return ", ".join(kind.value.upper() for kind in self.kinds)


_PAPERS = (Kind.PDF, Kind.JPEG, Kind.PNG, Kind.DOCX, Kind.XLSX)
PETITION = Use("petition", (*_PAPERS, Kind.ODT, Kind.MP3, Kind.M4A, Kind.MP4))
EVIDENCE = Use("evidence", (*_PAPERS, Kind.CSV))
PHOTO = Use("photo", (Kind.JPEG, Kind.PNG), most=1, total=10 * MB)
