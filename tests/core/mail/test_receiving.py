"""The mailbox of a real server: what waits in it, in which order, and where it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mail.reading import LARGEST
from core.mail.receiving import Mailbox
from core.mail.server import Server, Unreachable, Way
from tests import make
from tests.core.mail import letters
from tests.mailing import ImapServer
from tests.postgresql import free_port

FOLDERS = ("Radicados & más", "Revisión")


def test_a_mailbox_is_read_in_order_and_each_message_goes_where_it_is_told(imap: ImapServer) -> None:
    imap.put("lectura", *(letters.letter(id=f"n{n}") for n in range(3)), b"Subject: enorme\r\n\r\n" + b"x" * LARGEST)
    with Mailbox(imap.at("lectura"), FOLDERS) as box:
        waiting = list(box.waiting(make.at()))
        raws = [box.whole(one) or b"" for one in waiting]
        assert [f"<n{n}@".encode() in raw for n, raw in enumerate(raws[:3])] == [True] * 3
        assert raws[3].strip() == b"Subject: enorme"
        assert [one.too_large for one in waiting] == [False, False, False, True]
        assert waiting[0].size == len(raws[0])
        assert waiting[0].came.tzinfo is make.at().tzinfo
        box.move(waiting[0], FOLDERS[0])
        box.move(waiting[3], FOLDERS[1])
        box.move(waiting[0], FOLDERS[0])
        assert box.whole(waiting[0]) is None
    with Mailbox(imap.at("lectura"), FOLDERS) as box:
        assert [box.whole(one) for one in box.waiting(make.at())] == raws[1:3]
    assert imap.folder_of("lectura", "Radicados &- m&AOE-s") == [raws[0]]
    assert len(imap.folder_of("lectura", "Revisi&APM-n")) == 1
    with Mailbox(imap.at("vacío".replace("í", "i")), FOLDERS) as box:
        assert list(box.waiting(make.at())) == []


def test_a_server_without_move_is_left_the_copy_only(imap: ImapServer) -> None:
    imap.put("copia", letters.letter())
    with Mailbox(imap.at("copia"), FOLDERS) as box:
        box._moves = False
        (one,) = box.waiting(make.at())
        box.move(one, FOLDERS[1])
        assert list(box.waiting(make.at())) == []
    assert len(imap.folder_of("copia", "Revisi&APM-n")) == 1


def test_a_mailbox_is_opened_in_secret_and_only_by_whom_it_belongs_to(
    imap: ImapServer, machine_certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(server: Server, folders: tuple[str, ...] = FOLDERS) -> int:
        with Mailbox(server, folders, patience_s=30) as box:
            return len(list(box.waiting(make.at())))

    clear, secret = imap.at("secreto"), imap.at("secreto", Way.TLS)
    starttls = Server(Way.STARTTLS, "localhost", clear.port, clear.user, clear.password)
    for server in (secret, starttls):
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            opened(server)
    monkeypatch.setenv("SSL_CERT_FILE", str(machine_certificate))
    assert opened(secret) == opened(starttls) == 0
    for server, said in (
        (Server(Way.CLEAR, "127.0.0.1", clear.port, "secreto", 'otra "clave"'), "LOGIN: error"),
        (Server(Way.CLEAR, "127.0.0.1", clear.port, "secreto", "clave", "No existe"), "SELECT: "),
        (Server(Way.CLEAR, "127.0.0.1", free_port(), "secreto", "clave"), "ConnectionRefusedError"),
    ):
        with pytest.raises(Unreachable, match=said) as refused:
            opened(server)
        assert "clave" not in str(refused.value)
