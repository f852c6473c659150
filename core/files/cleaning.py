"""The same file without who made it, when, where and with what: for who must not be found out by it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from core.files import images, media, pdf
from core.files.kinds import Kind

_NAMELESS = "Sin nombre"
_DATELESS = (1980, 1, 1, 0, 0, 0)
_ABOUT = re.compile(r"docProps/(core|app|custom)\.xml|meta\.xml|docProps/thumbnail\..*|Thumbnails/.*", re.IGNORECASE)
_EMPTY = {
    "docprops/core.xml": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "docprops/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
    "docprops/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'custom-properties"/>',
    "meta.xml": b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'office:version="1.3"><office:meta/></office:document-meta>',
}
_PEOPLE = rb"(?:author|initials|userId|providerId|lastModifiedBy|userName)"
_ATTRIBUTES = re.compile(rb"(\s(?:\w+:)?" + _PEOPLE + rb"""=)(?:"[^"]*"|'[^']*')""")
_PERSON = re.compile(rb"""(\sdisplayName=)(?:"[^"]*"|'[^']*')""")
_DATES = re.compile(rb"""\s(?:\w+:)?(?:date|dateUtc|dT|rsid\w*)=(?:"[^"]*"|'[^']*')""")
_NAMES = rb"dc:creator|meta:initial-creator|meta:creator-initials|text:initial-creator|text:sender-[\w-]+|author"
_ELEMENTS = re.compile(rb"(<(" + _NAMES + rb")(?:\s[^>]*)?>)[^<]*(</)")
_SESSIONS = re.compile(
    rb"<w:rsids>.*?</w:rsids>|<dc:date>[^<]*</dc:date>|<x15ac:absPath[^>]*/>"
    rb"|<config:config-item [^>]*config:name=\"Printer\w*\"[^>]*>[^<]*</config:config-item>",
    re.DOTALL,
)
_WITH_AUTHORS = re.compile(
    r"word/.*|xl/(comments|persons|threadedComments|revisions|workbook).*|(content|styles|settings)\.xml"
)
_WRITERS: dict[Kind, Callable[[bytes], bytes]] = {
    Kind.JPEG: lambda sent: images.jpeg(sent, bare=True),
    Kind.PNG: lambda sent: images.png(sent, bare=True),
    Kind.MP3: media.bare_mp3,
}


def clean(path: Path, kind: Kind, to: Path) -> None:
    """Write to `to` what `path` shows, says or sounds, and nothing of its origin. Every kind can be cleaned.

    What is said or shown inside (a name in the text, a face, a voice) stays: only who sends it can know.
    """
    if kind in _WRITERS:
        to.write_bytes(_WRITERS[kind](path.read_bytes()))
    elif kind is Kind.PDF:
        pdf.bare(path, to)
    elif kind in (Kind.DOCX, Kind.XLSX, Kind.ODT):
        _document(path, to)
    else:
        shutil.copyfile(path, to)
        if kind in (Kind.M4A, Kind.MP4):
            media.bare_mp4(to)


def _document(path: Path, to: Path) -> None:
    """Each part in its order: properties are emptied, authors of comments and changes are nameless, photos are bare."""
    with ZipFile(path) as old, ZipFile(to, "w") as new:
        for entry in old.infolist():
            part = ZipInfo(entry.filename, _DATELESS)
            part.compress_type = ZIP_STORED if entry.filename == "mimetype" else ZIP_DEFLATED
            new.writestr(part, _part(entry.filename, old.read(entry)))


def _part(name: str, content: bytes) -> bytes:
    if _ABOUT.fullmatch(name):
        return _EMPTY.get(name.lower(), b"")
    if content.startswith(images.JPEG):
        return images.jpeg(content, bare=True)
    if content.startswith(images.PNG):
        return images.png(content, bare=True)
    if name.startswith("xl/printerSettings/"):
        return bytes(len(content))
    return _nameless(name, content) if name.endswith(".xml") and _WITH_AUTHORS.fullmatch(name) else content


def _nameless(name: str, content: bytes) -> bytes:
    nobody = b'"' + _NAMELESS.encode() + b'"'
    content = _SESSIONS.sub(b"", content)
    content = _ATTRIBUTES.sub(rb"\1" + nobody, content)
    content = _ELEMENTS.sub(rb"\1" + _NAMELESS.encode() + rb"\3", content)
    if name.startswith("xl/persons/"):
        content = _PERSON.sub(rb"\1" + nobody, content)
    return _DATES.sub(b"", content)
