"""A document of Word, Excel or Writer: which it is, and that nothing in it runs, hides or is fetched from elsewhere.

Sources: ECMA-376 part 2 (parts, content types, relationships); OASIS ODF 1.3 part 2 (packages).
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from core.files.archive import Archive, Told
from core.files.kinds import Kind
from core.files.refusals import HasFilesInside, HasMacros, Locked, NotWhatItSays, PointsOutside

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of the old office programs begin, and also new ones under a password."""

_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": Kind.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Kind.XLSX,
}
_CONTENT_TYPES = "[Content_Types].xml"
_PROGRAMS = re.compile(
    r"vbaproject|vbadata|macrosheets|activex|^basic/|^scripts/|\.(bin\.rels|js|vbs|exe|dll|py)$", re.IGNORECASE
)
_INSIDE = re.compile(r"embeddings/|/afchunk|\.(mht|html?)$", re.IGNORECASE)
_XLINK = "http://www.w3.org/1999/xlink href"
_ELSEWHERE = {"ddeLink", "dde-source", "dde-connection-decl", "oleLink", "externalBook", "dbPr", "webPr"}
_LINKS = {"", "http", "https", "mailto", "tel"}


def kind_of(path: Path) -> Kind:
    """What the document is, all of it read. Raises NotTaken."""
    with path.open("rb") as file:
        if file.read(8) == OLD_OFFICE:
            raise Locked if _is_encrypted(path) else NotWhatItSays
    with Archive(path) as archive:
        names = archive.names
        if any(_PROGRAMS.search(name) for name in names):
            raise HasMacros
        if any(_INSIDE.search(name) for name in names):
            raise HasFilesInside
        if names[0] == "mimetype":
            return _odt(archive)
        return _open_xml(archive)


def _is_encrypted(path: Path) -> bool:
    """An OOXML document under a password is an old compound file with this stream, named in UTF-16."""
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()


def _open_xml(archive: Archive) -> Kind:
    found: set[Kind] = set()

    def types(_name: str, said: dict[str, str]) -> None:
        kind = said.get("ContentType", "")
        if re.search(r"macroEnabled|vbaProject|activeX", kind):
            raise HasMacros
        if kind in _MAIN:
            found.add(_MAIN[kind])

    if _CONTENT_TYPES not in archive.names:
        raise NotWhatItSays
    for name in archive.names:
        archive.read(name, types if name == _CONTENT_TYPES else _listener(name))
    if len(found) != 1:
        raise NotWhatItSays
    return found.pop()


def _listener(name: str) -> Told | None:
    """What to look for in a part by its name; nothing in what is no XML."""
    if name.lower().endswith(".rels"):
        return _relationship
    return _element if name.lower().endswith((".xml", ".vml", ".rdf")) else None


def _relationship(_name: str, said: dict[str, str]) -> None:
    """A link that a person follows may lead anywhere on the web; all else that a document uses is in it."""
    if re.search(r"/(vbaProject|control|activeX\w*)$", said.get("Type", "")):
        raise HasMacros
    if re.search(r"/(oleObject|package|aFChunk)$", said.get("Type", "")):
        raise HasFilesInside
    if said.get("TargetMode", "").lower() == "external" and not (
        said.get("Type", "").endswith("/hyperlink") and _is_link(said.get("Target", ""))
    ):
        raise PointsOutside


def _element(name: str, said: dict[str, str]) -> None:
    """Of text documents: what is drawn from elsewhere and what runs by itself; of sheets: links to other programs."""
    local = name.rpartition(" ")[2]
    if local in _ELSEWHERE:
        raise PointsOutside
    if local in ("event-listener", "script", "applet", "plugin"):
        raise HasMacros
    target = "" if local == "template" else said.get(_XLINK, "")
    if target and not (_is_link(target) if local == "a" else _is_within(target)):
        raise PointsOutside


def _is_link(target: str) -> bool:
    try:
        scheme = urlsplit(target).scheme.lower()
    except ValueError:
        return False
    return scheme in _LINKS and not target.startswith(("//", "\\"))


def _is_within(target: str) -> bool:
    """Whether a target is a part of the document itself."""
    return not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|/|\\|\.\./", target)


def _odt(archive: Archive) -> Kind:
    """ODF says what it is in its first entry, packed or not."""
    if archive.first(200) != ("mimetype", Kind.ODT.media.encode()):
        raise NotWhatItSays
    if "content.xml" not in archive.names:
        raise NotWhatItSays

    def manifest(name: str, _said: dict[str, str]) -> None:
        if name.rpartition(" ")[2] == "encryption-data":
            raise Locked

    if "META-INF/manifest.xml" in archive.names:
        archive.read("META-INF/manifest.xml", manifest)
    for name in archive.names:
        archive.read(name, _listener(name))
    return Kind.ODT
