"""What an anonymous person sends shows what it showed, and tells nothing of who made it, where, when or with what."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from pypdf import PdfReader

from core.files import checking
from core.files.cleaning import clean
from core.files.kinds import EVIDENCE, Kind
from tests.core.files import samples as s


def cleaned(tmp_path: Path, content: bytes, kind: Kind) -> bytes:
    path, to = tmp_path / "came", tmp_path / "goes"
    path.write_bytes(content)
    clean(path, kind, to)
    assert checking.kind_of(to, kind) is kind
    return to.read_bytes()


@pytest.mark.parametrize(("form", "kind"), [("JPEG", Kind.JPEG), ("PNG", Kind.PNG)])
def test_a_photo_keeps_its_pixels_and_which_side_is_up_and_loses_where_it_was_taken(
    tmp_path: Path, form: str, kind: Kind
) -> None:
    for way in (6, 1):
        sent = s.image(form, exif=s.notes(way))
        assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825)
        bare = cleaned(tmp_path, sent + b"<script>alert(1)</script>", kind)
        before, after = Image.open(io.BytesIO(sent)), Image.open(io.BytesIO(bare))
        assert dict(after.getexif()) == ({0x0112: 6} if way == 6 else {})
        assert after.getexif().get_ifd(0x8825) == {}
        assert s.AUTHOR.encode() not in bare
        assert b"script" not in bare
        assert ImageOps.exif_transpose(before).tobytes() == ImageOps.exif_transpose(after).tobytes()
        assert ImageOps.exif_transpose(after).size == ((40, 64) if way == 6 else (64, 40))


def test_a_photo_of_who_says_who_they_are_keeps_where_it_was_taken_and_nothing_that_is_no_image(tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(s.photo(comment=b"<script>alert(1)</script>") + b"PK\x03\x04")
    assert checking.check(path, "foto.jpg", EVIDENCE) is Kind.JPEG
    assert Image.open(io.BytesIO(path.read_bytes())).getexif().get_ifd(0x8825)
    assert b"script" not in path.read_bytes()
    assert path.read_bytes().endswith(b"\xff\xd9")


@pytest.mark.parametrize(("make", "kind"), [(s.docx, Kind.DOCX), (s.xlsx, Kind.XLSX), (s.odt, Kind.ODT)])
def test_a_document_loses_its_author_its_comments_theirs_and_its_photos_their_place(
    tmp_path: Path, make: object, kind: Kind
) -> None:
    sent = make({"word/media/image1.jpeg": s.photo()})  # type: ignore[operator]
    with zipfile.ZipFile(io.BytesIO(cleaned(tmp_path, sent, kind))) as bare:
        parts = {name: bare.read(name) for name in bare.namelist()}
        dates = {entry.date_time for entry in bare.infolist()}
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert [name for name, part in parts.items() if s.AUTHOR.encode() in part] == []
    assert not Image.open(io.BytesIO(parts["word/media/image1.jpeg"])).getexif().get_ifd(0x8825)
    if kind is Kind.DOCX:
        assert "El puente está dañado".encode() in parts["word/document.xml"]
        assert not re.search(rb"w:date|w:rsid|RQ", parts["word/document.xml"] + parts["word/comments.xml"])
    if kind is Kind.XLSX:
        assert b'displayName="Barrios"' in parts["xl/tables/table1.xml"]
    if kind is Kind.ODT:
        assert bare.infolist()[0].filename == "mimetype"


def test_a_pdf_loses_its_author_its_program_and_where_its_photo_was_taken(tmp_path: Path) -> None:
    sent = s.pdf_with_photo()
    assert s.AUTHOR.encode() in sent
    bare = cleaned(tmp_path, sent, Kind.PDF)
    reader = PdfReader(io.BytesIO(bare))
    assert (len(reader.pages), reader.metadata, reader.xmp_metadata) == (1, None, None)
    assert not re.search(rb"Rosalba|xmpmeta|pypdf|Fabricante|/Producer", bare)
    image = reader.pages[0]["/Resources"]["/XObject"]["/Im0"]._data  # type: ignore[index]
    assert Image.open(io.BytesIO(image)).size == (64, 40)


def test_a_recording_and_a_video_lose_their_name_their_date_and_their_place(tmp_path: Path) -> None:
    heard = cleaned(tmp_path, s.mp3(), Kind.MP3)
    assert heard == s.mp3(tagged=False)
    seen = cleaned(tmp_path, s.mp4(), Kind.MP4)
    assert len(seen) == len(s.mp4())
    assert b"+7.3600" not in seen
    assert (3_800_000_000).to_bytes(4) not in seen
    assert seen.index(b"mdat") == s.mp4().index(b"mdat")
    assert seen.endswith(b"imagen" * 50)
