"""Letters that came in, good and hostile, made here: what each is called, its bytes, and what must become of it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

from core.mail.reading import LARGEST, Problem

HEAD = (
    "From: Ana Pérez <ana@correo.example>\r\nTo: atencion@alcaldia.example\r\nSubject: Una solicitud\r\n"
    "Date: Mon, 23 Nov 2026 08:30:00 -0500\r\nMessage-ID: <{id}@correo.example>\r\nMIME-Version: 1.0\r\n"
)
WORDS = "Solicito copia del acuerdo."


def letter(
    text: str = WORDS,
    *,
    id: str = "1",
    sender: str = "Ana <ana@correo.example>",
    subject: str = "Una solicitud",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """What an honest program writes; `headers` with «_» for «-»."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, "atencion@alcaldia.example", subject
    message["Date"] = "Mon, 23 Nov 2026 08:30:00 -0500"
    message["Message-ID"] = f"<{id}@correo.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def written(rest: str | bytes, id: str = "1") -> bytes:
    """A head and whatever follows it, byte by byte."""
    return HEAD.format(id=id).encode() + (rest.encode() if isinstance(rest, str) else rest)


def parts(*several: str | bytes, kind: str = "mixed", end: bool = True) -> bytes:
    """A message of several parts, each with its own head."""
    body = b"".join(b"--x\r\n" + (part.encode() if isinstance(part, str) else part) + b"\r\n" for part in several)
    return f"Content-Type: multipart/{kind}; boundary=x\r\n\r\n".encode() + body + (b"--x--\r\n" if end else b"")


def typed(media: str, text: str | bytes, more: str = "") -> bytes:
    body = text.encode() if isinstance(text, str) else text
    return f"Content-Type: {media}\r\n{more}\r\n".encode() + body


def nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\nfondo"
    for level in range(depth):
        boundary = f"b{level}".encode()
        inner = b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n--" + boundary + b"\r\n" + inner
        inner += b"\r\n--" + boundary + b"--\r\n"
    return inner


def russian_dolls(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: dentro\r\n\r\nfondo"


FILE = base64.encodebytes(b"%PDF-1.4 contenido").decode()


def readable() -> Iterator[tuple[str, bytes, str, list[tuple[str, bytes]]]]:
    """Letters that look wrong and can be read: the text and the files that must be found in them."""
    latin = "Petición: señal, corazón".encode("latin-1")
    yield "raw 8 bits without a charset", written(b"\r\n" + latin), "Petición: señal, corazón", []
    yield "utf-8 that is latin-1", written(typed("text/plain; charset=utf-8", latin)), "Petición: señal, corazón", []
    yield (
        "a charset that nobody knows",
        written(typed("text/plain; charset=x-klingon", "Petición")),
        "Petición",
        [],
    )
    yield "a charset that takes hours", written(typed("text/plain; charset=punycode", "a-" * 9000)), "a-" * 9000, []
    yield (
        "signs that cannot be seen",
        written("\r\nUno\x00dos\x1b[31m\u202etres\u200b\x08"),
        "Unodos[31mtres",
        [],
    )
    yield (
        "a page only",
        written(
            typed(
                "text/html",
                "<style>p{}</style><script>alert(1)</script><p>Señora&nbsp;<b>alcaldesa</b>:</p><div>pido &lt;agua&gt;"
                '<br>ya <a href="https://a.co/x">aquí</a> <a href="javascript:x">no</a></div><ul><li>uno<li>dos</ul>'
                "<!-- oculto --><img onerror=x>",
            )
        ),
        "Señora alcaldesa:\n\npido <agua>\nya aquí (https://a.co/x) no\n\n- uno\n- dos",
        [],
    )
    yield (
        "a page that never ends its tags",
        written(typed("text/html", "<p>Pido agua<!-- " + "<a " * 50_000)),
        "Pido agua",
        [],
    )
    yield (
        "the same in two forms",
        written(parts(typed("text/html", "<p>Pido <b>agua</b>"), typed("text/plain", "Pido agua"), kind="alternative")),
        "Pido agua",
        [],
    )
    yield (
        "an empty plain form beside a page",
        written(parts(typed("text/plain", " "), typed("text/html", "<p>Pido agua"), kind="alternative")),
        "Pido agua",
        [],
    )
    for name, said, kept in (
        ("a path for a name", "../../etc/passwd", "passwd"),
        ("a path of Windows for a name", "C:\\\\temp\\\\a.pdf", "a.pdf"),
        ("a name that turns around", "factura\u202efdp.exe", "facturafdp.exe"),
        ("a very long name", "x" * 5000 + ".pdf", "x" * 120),
        ("no name", "", "adjunto-1"),
    ):
        file = typed("application/pdf", FILE, f'Content-Disposition: attachment; filename="{said}"\r\n'
                     "Content-Transfer-Encoding: base64\r\n")  # fmt: skip
        yield name, written(parts(typed("text/plain", WORDS), file)), WORDS, [(kept, b"%PDF-1.4 contenido")]
    yield (
        "no text at all",
        written(parts(typed("application/pdf", "%PDF", "Content-Disposition: attachment; filename=a.pdf\r\n"))),
        "",
        [("a.pdf", b"%PDF")],
    )
    yield (
        "base64 with rubbish in it",
        written(typed("text/plain", "U29s*aWNp dG8=\r\n", "Content-Transfer-Encoding: base64\r\n")),
        "Solicito",
        [],
    )
    yield (
        "an encoding that nobody knows",
        written(typed("text/plain", WORDS, "Content-Transfer-Encoding: rot13\r\n")),
        WORDS,
        [],
    )
    yield (
        "a letter inside a letter",
        written(parts(typed("text/plain", WORDS), typed("message/rfc822", "Subject: otra\r\n\r\nde otro"))),
        WORDS,
        [("adjunto-1.eml", b"Subject: otra\n\nde otro")],
    )
    yield "only ends of line of another kind", written("\r\nuno\ndos\rtres\r\n"), "uno\ndos\ntres", []
    yield "nothing after the head", written(""), "", []


def unreadable() -> Iterator[tuple[str, bytes, Problem]]:
    """Letters that an official has to see, and why."""
    yield "30 MB", written("\r\n" + "x" * (LARGEST + 1)), Problem.TOO_LARGE
    yield "a head without end", written("X: " + "y" * 200_000), Problem.BROKEN
    yield "ten thousand headers", written("X: y\r\n" * 50_000 + "\r\nhola"), Problem.BROKEN
    yield "thousands of parts", written(parts(*[typed("text/plain", "x")] * 5000)), Problem.TOO_MANY_PARTS
    yield "parts in parts in parts", written(nested(50)), Problem.BROKEN
    yield "parts far too deep", written(nested(2000)), Problem.BROKEN
    yield "letters in letters far too deep", written(russian_dolls(3000)), Problem.BROKEN
    yield "parts that nothing separates", written("Content-Type: multipart/mixed\r\n\r\nhola"), Problem.BROKEN
    yield "cut off in the middle", written(parts(typed("text/plain", WORDS), end=False)), Problem.BROKEN
    cut = typed("application/pdf", "JVBER", "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n")
    yield "a file of which a piece is missing", written(parts(cut)), Problem.BROKEN
    yield "a book", written("\r\n" + "pido " * 50_000), Problem.TOO_LONG
    yield "a package of Outlook", letter(files={"winmail.dat": b"x\x9f>\x22"}), Problem.OUTLOOK_PACKAGE
    yield "the same by its kind", written(typed("application/ms-tnef", "x")), Problem.OUTLOOK_PACKAGE
    yield "sealed", written(parts(typed("application/pgp-encrypted", "x"), kind="encrypted")), Problem.SEALED
    yield "sealed by a certificate", written(typed("application/pkcs7-mime", "x")), Problem.SEALED


AUTOMATIC = (
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated; owner=x"},
    {"X_Auto_Response_Suppress": "All"},
    {"Precedence": "Bulk"},
    {"List_Id": "<lista.example>"},
    {"Return_Path": "<>"},
    {"sender": "MAILER-DAEMON@correo.example"},
    {"sender": "No Responder <no-responder@correo.example>"},
)


def undelivered(message_id: str, action: str = "failed", id: str = "dsn") -> bytes:
    """What a server writes when it could not deliver, or not yet."""
    report = parts(
        typed("text/plain", "No se pudo entregar."),
        typed(
            "message/delivery-status",
            "Reporting-MTA: dns; correo.example\r\n\r\nFinal-Recipient: rfc822; ana@correo.example\r\n"
            f"Action: {action}\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 buzon lleno\r\n",
        ),
        typed("text/rfc822-headers", f"Message-ID: {message_id}\r\nSubject: Su radicado\r\n"),
        kind="report; report-type=delivery-status",
    )
    return written(report, id).replace(b"Ana P\xc3\xa9rez <ana@correo.example>", b"MAILER-DAEMON@correo.example")
