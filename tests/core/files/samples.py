"""Files as people and attackers bring them, each made here from nothing."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
AUTHOR = "Rosalba Quintero"

# ---------------------------------------------------------------- images


def image(form: str = "JPEG", size: tuple[int, int] = (64, 40), **more: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, form, **more)
    return out.getvalue()


def notes(way: int = 6) -> Image.Exif:
    """What a telephone writes: where, with what, and which side is up."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0131], exif[0x0112] = "Fabricante", AUTHOR, way
    exif.get_ifd(0x8825).update({1: "N", 2: (7.0, 21.0, 36.0), 3: "W", 4: (72.0, 56.0, 24.0)})
    return exif


def photo(form: str = "JPEG", **more: object) -> bytes:
    return image(form, exif=notes(), **more)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, pixels: bytes, *extra: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [png_chunk(b"IHDR", header), *extra, png_chunk(b"IDAT", pixels), png_chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def resized_jpeg(width: int, height: int) -> bytes:
    """A small image that says to be large."""
    sent = bytearray(image())
    place = sent.index(b"\xff\xc0")
    sent[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(sent)


# ---------------------------------------------------------------- documents


def zipped(parts: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name == "mimetype" else packing)
    return out.getvalue()


def relations(*links: tuple[str, str, bool]) -> bytes:
    """(kind, target, whether it is outside)."""
    each = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if outside else "/>")
        for n, (kind, target, outside) in enumerate(links)
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'
    ).encode()


def types(main: str, *more: str) -> bytes:
    every = "".join(f'<Override PartName="/{n}" ContentType="{kind}"/>' for n, kind in enumerate((main, *more)))
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{every}</Types>'.encode()


_FORMATS = "application/vnd.openxmlformats-officedocument"
WORD, SHEET = f"{_FORMATS}.wordprocessingml.document.main+xml", f"{_FORMATS}.spreadsheetml.sheet.main+xml"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{AUTHOR}</dc:creator></cp:coreProperties>'
)


def docx_parts() -> dict[str, bytes]:
    return {
        "[Content_Types].xml": types(WORD),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", False)),
        "word/document.xml": (
            f'<w:document {_W}><w:body><w:p w:rsidR="00A1"><w:ins w:author="{AUTHOR}" w:date="2026-11-23T08:00:00Z">'
            "<w:r><w:t>El puente está dañado</w:t></w:r></w:ins></w:p></w:body></w:document>"
        ).encode(),
        "word/comments.xml": (
            f'<w:comments {_W}><w:comment w:id="0" w:author="{AUTHOR}" w:initials="RQ"/></w:comments>'
        ).encode(),
        "docProps/core.xml": _CORE.encode(),
    }


def docx(more: Mapping[str, bytes] | None = None, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    return zipped({**docx_parts(), **(more or {})}, packing)


def linking_docx(kind: str, target: str, outside: bool = True) -> bytes:
    """A document that uses something: a picture, a template, a page to follow."""
    return docx({"word/_rels/document.xml.rels": relations((kind, target, outside))})


def xlsx(more: Mapping[str, bytes] | None = None) -> bytes:
    sheet = b'<worksheet xmlns="x"><sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData></worksheet>'
    return zipped(
        {
            "[Content_Types].xml": types(SHEET),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", False)),
            "xl/workbook.xml": b'<workbook xmlns="x"><sheets/></workbook>',
            "xl/worksheets/sheet1.xml": sheet,
            "xl/tables/table1.xml": b'<table xmlns="x" displayName="Barrios"/>',
            "xl/comments1.xml": f'<comments xmlns="x"><authors><author>{AUTHOR}</author></authors></comments>'.encode(),
            "docProps/core.xml": _CORE.encode(),
            **(more or {}),
        }
    )


_ODF = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'


def odt(more: Mapping[str, bytes] | None = None, inside: str = "") -> bytes:
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        "content.xml": f"<office:document-content {_ODF}><office:body>{inside}</office:body>"
        "</office:document-content>".encode(),
        "meta.xml": f'<office:document-meta {_ODF} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        f"<dc:creator>{AUTHOR}</dc:creator></office:meta></office:document-meta>".encode(),
        "Configurations2/accelerator/current.xml": b"",
        "Configurations2/menubar/": b"",
        **(more or {}),
    }
    return zipped(parts)


# ---------------------------------------------------------------- zips that lie


def lying(sent: bytes, says: int = 10) -> bytes:
    """The size that the directory says of its last entry is not the one that comes out."""
    changed = bytearray(sent)
    place = changed.rindex(b"PK\x01\x02")
    changed[place + 24 : place + 28] = struct.pack("<I", says)
    return bytes(changed)


def locked(sent: bytes) -> bytes:
    """Every entry says to be encrypted."""
    changed, place = bytearray(sent), -1
    while (place := changed.find(b"PK\x01\x02", place + 1)) != -1:
        changed[place + 8] |= 1
    return bytes(changed)


def overlapping(count: int = 60) -> bytes:
    """Many entries in the directory that are one and the same content on the disk."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in docx_parts().items():
            file.writestr(name, content)
        file.writestr("word/media/10.bin", bytes(900_000))
        whole = file.getinfo("word/media/10.bin")
        for number in range(11, count):
            again = zipfile.ZipInfo(f"word/media/{number}.bin")
            again.compress_type, again.header_offset = whole.compress_type, whole.header_offset
            again.CRC, again.compress_size, again.file_size = whole.CRC, whole.compress_size, whole.file_size
            file.filelist.append(again)
            file.NameToInfo[again.filename] = again
        file._didModify = True
    return out.getvalue()


def linked(name: str = "word/enlace", target: bytes = b"/etc/passwd") -> bytes:
    """An entry that is a symbolic link."""
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as file:
        entry = zipfile.ZipInfo(name)
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        file.writestr(entry, target)
    return out.getvalue()


# ---------------------------------------------------------------- PDF


def pdf(pages: int = 1, **about: str) -> bytes:
    return written(_pages(pages, **about))


def _pages(pages: int = 1, **about: str) -> PdfWriter:
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({f"/{name}": value for name, value in {"Author": AUTHOR, **about}.items()})
    return writer


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_script() -> bytes:
    writer = _pages()
    act = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('hola')")}
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(act))
    return written(writer)


def pdf_with_launch() -> bytes:
    writer = _pages()
    act = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(act)
    return written(writer)


def pdf_with_file() -> bytes:
    writer = _pages()
    writer.add_attachment("virus.exe", b"MZ")
    return written(writer)


def locked_pdf() -> bytes:
    writer = _pages()
    writer.encrypt("clave", algorithm="AES-256")
    return written(writer)


def pdf_with_photo() -> bytes:
    """The photo as it was taken, with its notes, on a page; and a note on the document of who made it."""
    writer = _pages()
    stream = StreamObject()
    stream._data = photo()
    stream.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image")})
    stream[NameObject("/Filter")] = NameObject("/DCTDecode")
    stream[NameObject("/Width")], stream[NameObject("/Height")] = NumberObject(64), NumberObject(40)
    images = DictionaryObject({NameObject("/Im0"): writer._add_object(stream)})
    writer.pages[0][NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): images})
    told = StreamObject()
    told._data = f"<x:xmpmeta><dc:creator>{AUTHOR}</dc:creator></x:xmpmeta>".encode()
    writer.root_object[NameObject("/Metadata")] = writer._add_object(told)
    return written(writer)


def swelling_pdf(streams: int = 5, each: int = 70_000_000) -> bytes:
    """A page, and compressed lists of objects that together unpack to a thousand times what they are."""
    body = b"%PDF-1.5\n"
    places, listed = [(0, 0, 65535)], []
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R>>"]
    for number in range(4, 4 + streams):
        head = b"%d 0 " % (number + streams)
        blanks = zlib.compress(head + b"(a)" + b" " * each, 1)
        told = b"<</Type/ObjStm/N 1/First %d/Filter/FlateDecode/Length %d>>" % (len(head), len(blanks))
        parts.append(told + b"\nstream\n" + blanks + b"\nendstream")
        listed.append((2, number, 0))
    for number, part in enumerate(parts, 1):
        places.append((1, len(body), 0))
        body += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    rows = b"".join(struct.pack(">BIH", *place) for place in (*places, *listed))
    told = b"<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R/Length %d>>" % (len(places) + streams, len(rows))
    table = b"%d 0 obj\n" % (len(places) + streams) + told + b"\nstream\n" + rows + b"\nendstream\nendobj\n"
    return body + table + b"startxref\n%d\n%%%%EOF" % len(body)


def deep_pdf() -> bytes:
    """A page whose boxes lie in one another, ten thousand deep."""
    writer = _pages()
    nest: ArrayObject = ArrayObject()
    writer.pages[0][NameObject("/Nest")] = nest
    return written(writer).replace(b"/Nest [ ]", b"/Nest " + b"[" * 10_000 + b"]" * 10_000)


# ---------------------------------------------------------------- sound and pictures that move


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(handler: bytes = b"vide", brand: bytes = b"isom") -> bytes:
    heard = box(b"hdlr", bytes(8) + handler + bytes(12) + b"\0")
    dated = box(b"mvhd", bytes(4) + struct.pack(">II", 3_800_000_000, 3_800_000_000) + bytes(88))
    place = box(b"udta", box(b"\xa9xyz", b"\0\x12\x15\xc7+7.3600-072.9400/"))
    track = box(b"trak", box(b"mdia", heard))
    return box(b"ftyp", brand + bytes(8)) + box(b"moov", dated + track + place) + box(b"mdat", b"imagen" * 50)


def mp3(frames: int = 5, tagged: bool = True) -> bytes:
    """MPEG 1, layer III, 128 kbit/s, 44.1 kHz: frames of 417 bytes."""
    name = AUTHOR.encode("latin-1")
    tag = b"ID3\x04\x00\x00" + bytes((0, 0, 0, len(name))) + name if tagged else b""
    sound = (b"\xff\xfb\x90\x00" + bytes(413)) * frames
    return tag + sound + (b"TAG" + name.ljust(125, b"\0") if tagged else b"")
