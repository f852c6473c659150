"""Messages go to a real server, which takes them, refuses them, puts them off, hangs up or says nothing."""

from __future__ import annotations

import ssl
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from core.files.model import StoredFile
from core.mail.address import Mailbox
from core.mail.composing import compose, page_of
from core.mail.model import MailAttachment, OutgoingMail
from core.mail.outbox import End
from core.mail.sending import Conversation
from core.mail.server import Server, Unreachable, Way
from tests import make
from tests.mailing import PASSWORD, SmtpServer
from tests.postgresql import free_port

KEPT = StoredFile()
OFFICE = Mailbox("atencion@alcaldía.example", "Alcaldía de California, Santander")
LONG_ID = f"<{'DM6PR01MB4444' * 6}@namprd02.prod.outlook.example>"


def mail(**more: object) -> OutgoingMail:
    told = {
        "address": "ana@correo.example", "name": "Pérez, «Ana»", "subject": "Su radicado", "text": "Lo recibimos.\n",
        "html": False, "automatic": True, "in_reply_to": None, "message_id": "<1@alcaldia.example>",
    }  # fmt: skip
    return OutgoingMail(**told | more)


def composed(**more: object) -> bytes:
    return compose(mail(**more), OFFICE, lambda stored: {KEPT: b"%PDF-kept"}[stored], make.at())


def test_a_message_arrives_as_it_was_written(smtp: SmtpServer) -> None:
    subject = "Respuesta a su petición 2026-E-000123: «ñandú» " + "vía pública " * 8
    text = "Señora Ana:\n\n.\n..\nFrom aquí\n" + "línea muy larga ñ " * 200 + "\n"
    files = [
        MailAttachment(name="oficio nº 1.pdf", media="application/pdf", content=b"%PDF-\r\n\x00.\r\n"),
        MailAttachment(name="mensaje.eml", media="multipart/mixed", content=b"X: y\n\n"),
        MailAttachment(name="guardado.pdf", media="application/pdf", stored=KEPT),
    ]
    with Conversation(smtp.at(), OFFICE.address) as server:
        raw = composed(subject=subject.strip(), text=text, in_reply_to=LONG_ID, html=True, attachments=files)
        assert server.offer("ana@correo.example", raw).end is End.SENT
    (sent,) = smtp.box
    assert (sent.sender, sent.to) == ("atencion@xn--alcalda-dza.example", ["ana@correo.example"])
    assert sent.raw.isascii()
    assert max(map(len, sent.raw.split(b"\r\n"))) <= 998
    got = sent.message
    assert got["Subject"] == subject.strip()
    assert str(got["To"].addresses[0].display_name) == "Pérez, «Ana»"
    assert got["From"].addresses[0].addr_spec == "atencion@xn--alcalda-dza.example"
    assert (got["In-Reply-To"], got["References"]) == (LONG_ID, LONG_ID)
    assert LONG_ID.encode() in sent.raw
    assert parsedate_to_datetime(got["Date"]) == make.at()
    assert (got["Auto-Submitted"], got["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert got.get_body(("plain",)).get_content().replace("\r\n", "\n") == text  # type: ignore[union-attr]
    assert "<p>Señora Ana:</p>" in got.get_body(("html",)).get_content()  # type: ignore[union-attr]
    kept = [(part.get_filename(), part.get_content()) for part in got.iter_attachments()]  # type: ignore[attr-defined]
    assert kept == [
        ("oficio nº 1.pdf", b"%PDF-\r\n\x00.\r\n"),
        ("mensaje.eml", b"X: y\n\n"),
        ("guardado.pdf", b"%PDF-kept"),
    ]


def test_what_an_official_signs_is_not_called_automatic() -> None:
    assert b"Auto-" not in composed(automatic=False)
    assert b"Auto-Submitted: auto-generated\r\n" in composed()
    assert b"In-Reply-To" not in composed(in_reply_to="<no es> una <identidad>")


def test_the_page_of_a_text_says_the_same_and_runs_nothing() -> None:
    page = page_of("Señora <b>Ana</b> & cía:\n\nVea https://a.co/x?y=1&z=«2»\notra línea.", "<i>")
    assert "<p>Señora &lt;b&gt;Ana&lt;/b&gt; &amp; cía:</p>" in page
    assert '<a href="https://a.co/x?y=1&amp;z=">https://a.co/x?y=1&amp;z=</a>«2»<br>\notra línea.</p>' in page
    assert "<title>&lt;i&gt;</title>" in page
    for harmless in ("javascript:alert(1)", "https://", 'http://"onclick=x'):
        assert "<a " not in page_of(harmless, "")


def test_a_server_says_of_each_message_how_it_ended(smtp: SmtpServer) -> None:
    smtp.manners.to_recipient = {
        "nadie@x.example": "550 5.1.1 no such user",
        "luego@x.example": "450 4.2.1 greylisted",
    }
    smtp.manners.to_message = {"spam@x.example": "554 5.7.1 spam", "lleno@x.example": "452 4.3.1 full"}
    with Conversation(smtp.at(), OFFICE.address) as server:
        told = {to: server.offer(f"{to}@x.example", composed()) for to in ("nadie", "luego", "spam", "lleno", "ana")}
    assert {to: outcome.end for to, outcome in told.items()} == {
        "nadie": End.REFUSED,
        "luego": End.DEFERRED,
        "spam": End.REFUSED,
        "lleno": End.DEFERRED,
        "ana": End.SENT,
    }
    assert told["nadie"].answer == "550 5.1.1 no such user"
    assert told["ana"].answer == "250 2.0.0 queued as 1A2B"
    assert [sent.to for sent in smtp.box] == [["ana@x.example"]]


def test_a_refusal_of_the_office_itself_blames_no_message_unless_for_its_size(smtp: SmtpServer) -> None:
    for answer, end in (
        ("550 5.7.1 not from you", End.UNREACHABLE),
        ("451 busy", End.UNREACHABLE),
        ("552 too large", End.REFUSED),
    ):
        smtp.manners.to_sender = answer
        with Conversation(smtp.at(), OFFICE.address) as server:
            assert server.offer("ana@x.example", composed()).end is end
    with Conversation(smtp.at(), OFFICE.address) as server:
        smtp.manners.to_sender = ""
        assert server.offer("ana@x.example", b"x" * 41_000_000).end is End.REFUSED


def test_a_server_that_hangs_up_or_falls_silent_is_not_waited_for(smtp: SmtpServer) -> None:
    smtp.manners.hangs_up_on = {"corta@x.example"}
    smtp.manners.hangs_up_after_taking = {"duda@x.example"}
    for to in ("corta@x.example", "duda@x.example"):
        with Conversation(smtp.at(), OFFICE.address) as server:
            assert server.offer(to, composed()).end is End.UNREACHABLE
            assert server.offer("ana@x.example", composed()).end is End.UNREACHABLE
    smtp.manners.goes_on.clear()
    with Conversation(smtp.at(), OFFICE.address, patience_s=0.2) as server:
        assert server.offer("ana@x.example", composed()).end is End.UNREACHABLE


def test_a_server_is_spoken_to_in_secret_and_only_if_it_is_who_it_says(
    smtp: SmtpServer, machine_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for way in (Way.STARTTLS, Way.TLS):
        with pytest.raises(Unreachable, match="SSLCertVerificationError"), Conversation(smtp.at(way), OFFICE.address):
            pass
    monkeypatch.setenv("SSL_CERT_FILE", str(machine_certificate))
    for way in (Way.STARTTLS, Way.TLS):
        with Conversation(smtp.at(way), OFFICE.address) as server:
            assert server.offer("ana@x.example", composed()).end is End.SENT
    with pytest.raises(Unreachable) as refused, Conversation(smtp.at(Way.STARTTLS, "otra"), OFFICE.address):
        pass
    assert str(refused.value) == "SMTPAuthenticationError 535"
    assert PASSWORD not in repr(smtp.at(Way.STARTTLS))
    clear = smtp.at()
    downgraded = Server(Way.STARTTLS, "localhost", clear.port, "buzon", PASSWORD)
    with pytest.raises(Unreachable, match="SMTPNotSupportedError"), Conversation(downgraded, OFFICE.address):
        pass
    with pytest.raises(Unreachable), Conversation(Server(Way.CLEAR, "127.0.0.1", free_port()), OFFICE.address):
        pass
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
