"""What is taken and what is not: good files of every kind, and every trick that we know of."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from core.errors import Invalid
from core.files import refusals as no
from core.files.actions import Store, receive
from core.files.checking import check_number
from core.files.kinds import EVIDENCE, MB, PETITION, Kind, Use
from core.files.labels import label_of
from tests.core.files import samples as s

MACRO_TYPES = s.types(s.WORD, "application/vnd.ms-word.document.macroEnabled.main+xml")
FRAMES = s.png_chunk(b"acTL", struct.pack(">II", 10_000, 0))
BOOK = b'<externalLink xmlns="x"><externalBook/></externalLink>'
DDE = b'<externalLink xmlns="x"><ddeLink ddeService="cmd"/></externalLink>'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
ROWS = b"<row><c s='1'/></row>" * 1_600_000
SHARED = b"<sst xmlns='x'><si><t>" + b"A" * 45_000_000 + b"</t></si></sst>"
MANY = {f"word/media/{n}.xml": b"" for n in range(2_100)}
LONG = "á" * 300 + ".pdf"


@cache
def swelling_docx() -> bytes:
    return s.docx({"word/media/ceros.bin": bytes(190 * MB)})


@cache
def swelling_png() -> bytes:
    return s.png_of(10, 10, zlib.compress(bytes(100 * MB), 1))


@cache
def swelling_pdf() -> bytes:
    return s.swelling_pdf()


GOOD: list[tuple[str, Callable[[], bytes], Kind]] = [
    ("Acta.PDF", s.pdf, Kind.PDF),
    ("acta de 40 hojas.pdf", lambda: s.pdf(40), Kind.PDF),
    ("no crece.pdf", lambda: s.swelling_pdf(each=1000), Kind.PDF),
    ("foto.jpg", s.photo, Kind.JPEG),
    ("foto.jpeg", lambda: s.image(progressive=True, quality=90), Kind.JPEG),
    ("foto de celular.jpg", lambda: s.photo() + b"\0" * 40 + s.mp4(), Kind.JPEG),
    ("dibujo.png", lambda: s.photo("PNG"), Kind.PNG),
    ("plano.png", lambda: s.image("PNG", bits=8), Kind.PNG),
    ("oficio.docx", s.docx, Kind.DOCX),
    ("oficio con foto.docx", lambda: s.docx({"word/media/image1.jpeg": s.photo()}), Kind.DOCX),
    ("enlace.docx", lambda: s.linking_docx("hyperlink", "https://a.co"), Kind.DOCX),
    ("cuentas.xlsx", s.xlsx, Kind.XLSX),
    ("carta.odt", s.odt, Kind.ODT),
    ("con enlace.odt", lambda: s.odt(inside='<a xlink:href="https://a.co"/><i xlink:href="Pictures/1"/>'), Kind.ODT),
    ("audio.mp3", s.mp3, Kind.MP3),
    ("nota de voz.m4a", lambda: s.mp4(b"soun", b"M4A "), Kind.M4A),
    ("solo sonido.mp4", lambda: s.mp4(b"soun"), Kind.M4A),
    ("video.mp4", s.mp4, Kind.MP4),
    ("../../etc/passwd.pdf", s.pdf, Kind.PDF),
    (LONG, s.pdf, Kind.PDF),
]  # fmt: skip

TABLES: list[tuple[str, bytes]] = [
    ("datos.csv", b"barrio;casas\nCentro;1.234,5\nEl Pe\xc3\xb1on;-3\n"),
    ("datos.csv", "barrio,teléfono\nCentro,+57 (1) 300 123\n".encode("utf-8-sig")),
    ("datos.csv", 'barrio,nota\n"El, Peñón","dos\nlíneas"\n'.encode("cp1252")),
]

HOSTILE: list[tuple[str, Callable[[], bytes], type[Invalid]]] = [
    # names and kinds
    ("vacio.pdf", lambda: b"", no.Empty),
    ("", s.pdf, no.NoName),
    ("\u202e\u200b", s.pdf, no.NoName),
    ("…", s.pdf, no.KindNotTaken),
    (".htaccess", s.pdf, no.KindNotTaken),
    ("sin-final", s.pdf, no.KindNotTaken),
    ("../../etc/passwd", s.pdf, no.KindNotTaken),
    ("factura.pdf.exe", s.pdf, no.KindNotTaken),
    ("x\u202efdp.exe", s.pdf, no.KindNotTaken),
    ("pagina.html", lambda: b"<html><script>alert(1)</script>", no.KindNotTaken),
    ("dibujo.svg", lambda: b"<svg onload='alert(1)'/>", no.KindNotTaken),
    ("acta.docm", s.docx, no.KindNotTaken),
    ("datos.csv", lambda: b"a;b\n", no.KindNotTaken),
    ("grande.pdf", lambda: s.pdf() + bytes(10 * MB), no.TooLarge),
    # what is not what it says
    ("foto.png", lambda: b"<html><script>alert(1)</script></html>", no.NotWhatItSays),
    ("acta.pdf", lambda: b"<html></html>", no.NotWhatItSays),
    ("foto.jpg", s.pdf, no.NotWhatItSays),
    ("acta.pdf", s.photo, no.NotWhatItSays),
    ("foto.png", s.photo, no.NotWhatItSays),
    ("oficio.docx", s.xlsx, no.NotWhatItSays),
    ("oficio.docx", s.pdf, no.NotWhatItSays),
    ("oficio.docx", lambda: s.zipped({"a.txt": b"a"}), no.NotWhatItSays),
    ("carta.odt", lambda: s.odt({"mimetype": b"text/html"}), no.NotWhatItSays),
    ("foto.jpg", lambda: b"GIF89a/*" + bytes(40) + b"*/=1;alert(1)", no.NotWhatItSays),
    ("acta.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), no.NotWhatItSays),
    ("audio.m4a", s.mp4, no.NotWhatItSays),
    ("video.mp4", lambda: s.mp4(b"text"), no.NotWhatItSays),
    ("virus.pdf", lambda: s.EICAR, no.NotWhatItSays),
    # PDF
    ("acta.pdf", lambda: b"MZ junk before the paper\n" + s.pdf(), no.NotWhatItSays),
    ("acta.pdf", lambda: s.pdf()[:-400], no.Broken),
    ("acta.pdf", lambda: b"%PDF-1.7\n%%EOF", no.Broken),
    ("acta.pdf", lambda: b"%PDF-1.7\n" + s.EICAR + b"\n%%EOF", no.Broken),
    ("acta.pdf", s.pdf_with_script, no.ActivePdf),
    ("acta.pdf", s.pdf_with_launch, no.ActivePdf),
    ("acta.pdf", s.pdf_with_file, no.ActivePdf),
    ("acta.pdf", s.locked_pdf, no.Locked),
    ("acta.pdf", s.deep_pdf, no.Broken),
    ("crece.pdf", swelling_pdf, no.CannotRead),
    # images
    ("foto.jpg", lambda: s.photo()[:-300], no.Broken),
    ("foto.jpg", lambda: s.photo()[:60], no.Broken),
    ("dibujo.png", lambda: s.image("PNG")[:-30], no.Broken),
    ("foto.jpg", lambda: s.resized_jpeg(60_000, 60_000), no.ImageTooLarge),
    ("dibujo.png", lambda: s.png_of(60_000, 60_000, zlib.compress(b"")), no.ImageTooLarge),
    ("raya.png", lambda: s.png_of(40_000, 1, zlib.compress(bytes(40_001))), no.ImageTooLarge),
    ("bomba.png", swelling_png, no.Broken),
    ("corto.png", lambda: s.png_of(1000, 1000, zlib.compress(bytes(1000))), no.Broken),
    ("mueve.png", lambda: s.png_of(1, 1, zlib.compress(bytes(2)), FRAMES), no.ImageMoves),
    # zips
    ("bomba.docx", swelling_docx, no.TooMuchInside),
    ("sobre.docx", s.overlapping, no.UnsafeInside),
    ("miente.docx", lambda: s.lying(s.docx()), no.Broken),
    ("muchos.docx", lambda: s.docx(MANY), no.TooMuchInside),
    ("sale.docx", lambda: s.docx({"../../../etc/cron.d/x": b"* * * * *"}), no.UnsafeInside),
    ("raiz.docx", lambda: s.docx({"/etc/cron.d/x": b"* * * * *"}), no.UnsafeInside),
    ("barra.docx", lambda: s.docx({"word\\..\\..\\x": b"1"}), no.UnsafeInside),
    ("enlace.docx", s.linked, no.UnsafeInside),
    ("delante.docx", lambda: b"MZ" + s.docx(), no.NotWhatItSays),
    ("detras.docx", lambda: s.docx() + b"<script>alert(1)</script>", no.UnsafeInside),
    ("cortado.docx", lambda: s.docx()[:-40], no.Broken),
    ("clave.docx", lambda: s.locked(s.docx()), no.Locked),
    ("clave.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), no.Locked),
    ("raro.docx", lambda: s.docx(packing=12), no.UnsafeInside),
    # documents
    ("macro.docx", lambda: s.docx({"word/vbaProject.bin": b"\0"}), no.HasMacros),
    ("macro.docx", lambda: s.docx({"[Content_Types].xml": MACRO_TYPES}), no.HasMacros),
    ("plantilla.docx", lambda: s.linking_docx("attachedTemplate", "http://malo.co/t.dotm"), no.PointsOutside),
    ("imagen.docx", lambda: s.linking_docx("image", "http://malo.co/i.png"), no.PointsOutside),
    ("enlace.docx", lambda: s.linking_docx("hyperlink", "file://malo/x.exe"), no.PointsOutside),
    ("objeto.docx", lambda: s.linking_docx("oleObject", "o.bin", False), no.HasFilesInside),
    ("nido.docx", lambda: s.docx({"word/media/otro.docx": s.docx()}), no.HasFilesInside),
    ("programa.docx", lambda: s.docx({"word/media/i.png": b"MZ\x90\0" + bytes(60)}), no.HasFilesInside),
    ("entidades.docx", lambda: s.docx({"word/document.xml": ENTITIES}), no.UnsafeInside),
    ("afuera.docx", lambda: s.docx({"word/document.xml": OUTSIDE}), no.UnsafeInside),
    ("hondo.docx", lambda: s.docx({"word/document.xml": b"<a>" * 5_000 + b"</a>" * 5_000}), no.TooMuchInside),
    ("roto.docx", lambda: s.docx({"word/document.xml": b"<a><b></a>"}), no.Broken),
    ("externo.xlsx", lambda: s.xlsx({"xl/externalLinks/e.xml": BOOK}), no.PointsOutside),
    ("dde.xlsx", lambda: s.xlsx({"xl/externalLinks/e.xml": DDE}), no.PointsOutside),
    ("filas.xlsx", lambda: s.xlsx({"xl/worksheets/sheet2.xml": b"<a>" + ROWS + b"</a>"}), no.TooMuchInside),
    ("textos.xlsx", lambda: s.xlsx({"xl/sharedStrings.xml": SHARED}), no.TooMuchInside),
    ("macro.odt", lambda: s.odt({"Basic/Standard/script-lb.xml": b"<a/>"}), no.HasMacros),
    ("evento.odt", lambda: s.odt(inside='<event-listener xlink:href="vnd.sun.star.script:x"/>'), no.HasMacros),
    ("afuera.odt", lambda: s.odt(inside='<image xlink:href="http://malo.co/i.png"/>'), no.PointsOutside),
    ("clave.odt", lambda: s.odt({"META-INF/manifest.xml": b'<m:m xmlns:m="u"><m:encryption-data/></m:m>'}), no.Locked),
    # sound and video
    ("cortado.mp4", lambda: s.mp4()[:-30], no.Broken),
    ("miente.mp4", lambda: s.mp4().replace(b"moov", b"moof", 1), no.Broken),
    ("ruido.mp3", lambda: b"ID3" + bytes(500), no.Broken),
    ("pagina.mp3", lambda: s.mp3(tagged=False) + b"<script>alert(1)</script>", no.Broken),
]  # fmt: skip

IN_A_TABLE: list[tuple[bytes, type[Invalid]]] = [
    (b"nombre;valor\nAna;=cmd|' /C calc'!A0\n", no.HasFormulas),
    (b'nombre,valor\nAna,"@SUM(1+1)"\n', no.HasFormulas),
    (b"nombre;valor\nAna;+1+cmd|x\n", no.HasFormulas),
    (b'nombre;valor\n"\t=1+1";2\n', no.HasFormulas),
    ("nombre;valor\nAna;＝1+1\n".encode(), no.HasFormulas),
    (b"<html><script>alert(1)</script>", no.NotText),
    (b"a;b\x00;c\n", no.NotText),
    (b'a;"sin cerrar\n', no.NotText),
    ("a;b\n".encode("utf-16"), no.NotText),
]


def refused(store: Store, name: str, content: bytes, use: Use = PETITION) -> type[Invalid] | None:
    """Why, or None; the tests below also hold that nothing of what is refused stays on the disk."""
    try:
        with receive(store, [content], name, use):
            return None
    except Invalid as reason:
        return type(reason)
    finally:
        assert [path for path in store.folder.root.rglob("*") if path.is_file()] == []


def test_good_files_of_every_kind_are_taken(store: Store) -> None:
    for name, make, kind in GOOD:
        with receive(store, [make()], name, PETITION) as received:
            assert (name, received.kind) == (name, kind)
    for name, content in TABLES:
        assert refused(store, name, content, EVIDENCE) is None, content


def test_every_trick_is_refused_for_what_it_is(store: Store) -> None:
    assert len(HOSTILE) >= 30
    found = [(name, refused(store, name, make()), reason) for name, make, reason in HOSTILE]
    assert [(name, got, wanted) for name, got, wanted in found if got is not wanted] == []
    for content, reason in IN_A_TABLE:
        assert refused(store, "datos.csv", content, EVIDENCE) is reason, content


BOMBS = """
import resource, sys
from pathlib import Path
from core.files.actions import Store, receive
from core.files.antivirus import Antivirus
from core.files.folder import Folder
from core.files.kinds import PETITION
from core.files.refusals import NotTaken
store = Store(Folder(Path(sys.argv[1]) / "files"), Antivirus())
refused = 0
for path in sorted(Path(sys.argv[1]).glob("*.*")):
    try:
        with path.open("rb") as file, receive(store, iter(lambda: file.read(65536), b""), path.name, PETITION):
            print("taken", path.name)
    except NotTaken:
        refused += 1
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
most = max(int(status["VmHWM"].split()[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(refused, most // 1024)
"""


def test_no_bomb_takes_the_memory_of_the_machine(tmp_path: Path) -> None:
    """The largest of them unpacks to 350 MB; the process that reads them and those that it starts stay under that.

    Its own is asked of the kernel by VmHWM: ru_maxrss would tell that of the process of the tests, from which it came.
    """
    bombs = {
        "ceros.docx": swelling_docx(),
        "sobre.docx": s.overlapping(),
        "filas.xlsx": s.xlsx({"xl/worksheets/sheet2.xml": b"<a>" + ROWS + b"</a>"}),
        "textos.xlsx": s.xlsx({"xl/sharedStrings.xml": SHARED}),
        "crece.docx": s.docx({"word/document.xml": ENTITIES}),
        "bomba.png": swelling_png(),
        "enorme.jpg": s.resized_jpeg(60_000, 60_000),
        "crece.pdf": swelling_pdf(),
    }
    for name, content in bombs.items():
        (tmp_path / name).write_bytes(content)
    house = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", BOMBS, tmp_path], cwd=house, capture_output=True, text=True, check=True
    )
    count, megabytes = map(int, done.stdout.split())
    assert count == len(bombs), done.stdout
    assert megabytes < 300


def test_how_many_and_how_much_together_is_asked_too() -> None:
    assert PETITION.most == 10
    check_number(PETITION, [3 * MB] * 10)
    for sizes, reason in (([1] * 11, no.TooManyFiles), ([10 * MB, 10 * MB, 10 * MB, 1], no.TooLargeTogether)):
        with pytest.raises(reason):
            check_number(PETITION, sizes)


def test_a_name_becomes_a_label_that_harms_nobody() -> None:
    for name, label in (
        ("Acta de reunión.pdf", "Acta de reunión.pdf"),
        ("Acta de reunio\u0301n.pdf", "Acta de reunión.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Mis documentos\\acta.pdf", "acta.pdf"),
        ("x\u202efdp.exe", "xfdp.exe"),
        ("a.php\0.pdf", "a.php.pdf"),
        ("dos\r\nContent-Type: text/html.pdf", "html.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("con.acta.pdf", "_con.acta.pdf"),
        ('a"b<c>.pdf', "a b c.pdf"),
        ("…", "…"),
        ("...", ""),
        ("  acta .PDF ", "acta.PDF"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("a." + "b" * 300, ("a." + "b" * 300)[:120]),
    ):
        assert label_of(name) == label, name
