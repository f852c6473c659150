"""The postman: what is written goes out after its commit, what comes in is kept before it is moved, all once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import clock
from core.db import transaction
from core.files.actions import keep, place_own
from core.files.kinds import Kind
from core.mail import inbox, outbox, rounds
from core.mail.address import Mailbox
from core.mail.inbox import Fate, Take
from core.mail.model import IncomingMail, OutgoingMail
from core.mail.outbox import About, Attachment, End, Mail
from core.mail.reading import Problem, ReceivedMail
from core.mail.server import Post, Server, Way
from core.web.database import db
from core.web.post import Postman
from core.web.uploads import store
from tests.conftest import Hands
from tests.core.mail import letters
from tests.mailing import ImapServer, SmtpServer
from tests.postgresql import free_port

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OFFICE = Mailbox("atencion@alcaldia.example", "Alcaldía")


def files(_session: Session, _mail: ReceivedMail, _answers: About | None, _at: object) -> About:
    return About("petition", 1)


@contextmanager
def postman_of(
    app: Flask, outgoing: Server | None = None, incoming: Server | None = None, take: Take = files
) -> Iterator[Postman]:
    """The postman of the application, with servers."""
    postman: Postman = app.extensions["mail"]
    before = postman.post, postman.take
    postman.post, postman.take = Post(OFFICE, outgoing, incoming), take
    with app.app_context():
        yield postman
    postman.post, postman.take = before


def write(to: str, **more: object) -> int:
    with transaction(db.session) as session:
        mail = outbox.write(session, Mail(to, "Su radicado", "Lo recibimos.", "receipt", **more), clock.now())  # type: ignore[arg-type]
        session.flush()
        return mail.id


@one_database
def test_what_is_written_goes_out_once_with_its_files_and_what_is_undone_does_not(
    app: Flask, hands: Hands, smtp: SmtpServer
) -> None:
    with postman_of(app, smtp.at()) as postman:
        with suppress(ZeroDivisionError), transaction(db.session) as session:
            outbox.write(session, Mail("nunca@correo.example", "x", "y", "receipt"), hands.read())
            raise ZeroDivisionError
        for to, content in (("ana@correo.example", b"%PDF-a"), ("luis@correo.example", b"%PDF-b")):
            placed = place_own(store(), content, "a.pdf", Kind.PDF, hands.read())
            with transaction(db.session) as session:
                kept = keep(session, placed).id
            write(to, attachments=[Attachment("a.pdf", "application/pdf", stored=kept)])
        store().folder.path(placed.digest).unlink()
        smtp.manners.to_recipient = {"nadie@correo.example": "550 5.1.1 <nadie@correo.example> unknown"}
        write("nadie@correo.example")
        assert postman.send() == {End.SENT: 1, End.DEFERRED: 1, End.REFUSED: 1}
        assert postman.send() == {}
    (sent,) = smtp.box
    assert sent.to == ["ana@correo.example"]
    assert [part.get_content() for part in sent.message.iter_attachments()] == [b"%PDF-a"]  # type: ignore[attr-defined]


@one_database
def test_a_server_that_is_away_costs_no_message_its_turn_and_is_asked_each_minute(
    app: Flask, hands: Hands, smtp: SmtpServer, caplog: pytest.LogCaptureFixture
) -> None:
    with postman_of(app, Server(Way.CLEAR, "127.0.0.1", free_port())) as postman, caplog.at_level(logging.INFO):
        key = write("ana@correo.example")
        assert postman.send() == {End.UNREACHABLE: 1}
        postman.post = Post(OFFICE, smtp.at())
        assert postman.send() == {}
        told = rounds.last(db.session(), rounds.SENDING)
        assert told is not None
        assert (told.failing_since, told.problem) == (hands.read(), "ConnectionRefusedError: Connection refused")
        hands.forward(minutes=1)
        db.session.rollback()
        assert postman.send() == {End.SENT: 1}
        db.session.rollback()
        mail, told = db.session.get_one(OutgoingMail, key), rounds.last(db.session(), rounds.SENDING)
        assert told is not None
        assert (mail.attempts, told.problem, told.went_well_at) == (1, None, hands.read())
        write("luis@correo.example")
        smtp.manners.to_sender = "550 not from you"
        assert postman.send() == {End.UNREACHABLE: 1}
    assert [record.getMessage() for record in caplog.records if record.name == "core.web.post"] == [
        "mail: sending: ConnectionRefusedError: Connection refused",
        "mail: sending: works again",
        "mail: sending: 550 not from you",
    ]


def test_processes_that_send_at_once_send_each_message_once(app: Flask, smtp: SmtpServer) -> None:
    many = 30
    with postman_of(app, smtp.at()) as postman:
        for n in range(many):
            write(f"p{n}@correo.example")
        together = threading.Barrier(3)

        def send() -> None:
            together.wait()
            with app.app_context():
                postman.send()

        threads = [threading.Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        db.session.rollback()
        assert db.session.scalar(select(func.count()).where(OutgoingMail.sent_at.is_not(None))) == many
    assert sorted(sent.to[0] for sent in smtp.box) == sorted(f"p{n}@correo.example" for n in range(many))


@one_database
def test_a_message_whose_taking_nobody_saw_goes_again_with_the_same_identity(
    app: Flask, hands: Hands, smtp: SmtpServer
) -> None:
    smtp.manners.hangs_up_after_taking = {"ana@correo.example"}
    with postman_of(app, smtp.at()) as postman:
        write("ana@correo.example")
        assert postman.send() == {End.UNREACHABLE: 1}
        smtp.manners.hangs_up_after_taking = set()
        hands.forward(minutes=2)
        assert postman.send() == {End.SENT: 1}
    first, second = (sent.message["Message-ID"] for sent in smtp.box)
    assert first == second


def test_what_comes_in_is_kept_once_and_moved_to_where_it_can_be_found(
    app: Flask, hands: Hands, imap: ImapServer, database_url: str
) -> None:
    box = f"entrada-{database_url.partition(':')[0].partition('+')[0]}"

    def take(session: Session, mail: ReceivedMail, answers: About | None, at: object) -> About:
        if "falla" in mail.head.subject:
            raise ZeroDivisionError
        return files(session, mail, answers, at)

    imap.put(box, letters.letter(id="1"), letters.letter(id="2", subject="falla"), letters.letter(id="1"))
    imap.put(box, letters.written(letters.parts("x", end=False), "3"))
    imap.put(box, b"From: ana@correo.example\r\nSubject: enorme\r\n\r\n" + b"x" * letters.LARGEST)
    with postman_of(app, incoming=imap.at(box), take=take) as postman:
        assert postman.receive() == {Fate.TAKEN: 2, Fate.REVIEW: 3}
        assert imap.folder_of(box, "INBOX") == []
        assert len(imap.folder_of(box, "Radicados")) == 2
        assert len(imap.folder_of(box, "Por revisar")) == 3
        waiting = inbox.to_review(db.session())
        assert [one.problem for one in waiting] == [Problem.NOT_TAKEN, Problem.BROKEN, Problem.TOO_LARGE]
        assert waiting[2].subject == "enorme"
        assert db.session.scalar(select(func.count(IncomingMail.id))) == 4
        imap.put(box, letters.letter(id="4"))
        db.session.rollback()
        assert postman.receive() == {}
        assert postman.receive(now=True) == {Fate.TAKEN: 1}
        imap.put(box, letters.letter(id="5"))
        hands.forward(minutes=1)
        assert postman.receive() == {Fate.TAKEN: 1}


@one_database
def test_without_a_database_what_came_stays_where_it_is(app: Flask, imap: ImapServer) -> None:
    box = "espera"

    def no_database(*_: object) -> About:
        raise OperationalError("", {}, Exception())

    imap.put(box, letters.letter())
    with postman_of(app, incoming=imap.at(box), take=no_database) as postman:
        with pytest.raises(OperationalError):
            postman.receive()
        assert len(imap.folder_of(box, "INBOX")) == 1
        assert db.session.scalar(select(func.count(IncomingMail.id))) == 0


@one_database
def test_the_commands_say_what_went_what_waits_and_why_and_name_nobody(
    app: Flask, smtp: SmtpServer, imap: ImapServer
) -> None:
    run = app.test_cli_runner().invoke

    def asked(what: str) -> tuple[int, str]:
        done = run(args=["mail", what])
        return done.exit_code, done.output

    assert asked("send") == (1, "Error: Falta MAIL_URL: los mensajes esperan.\n")
    assert asked("receive") == (1, "Error: Falta IMAP_URL: no hay buzón que leer.\n")
    box = "comandos"
    imap.put(box, letters.letter())
    with postman_of(app, smtp.at(), imap.at(box)):
        smtp.manners.to_recipient = {"nadie@correo.example": "550 5.1.1 <nadie@correo.example> unknown"}
        for to in ("ana@correo.example", "nadie@correo.example"):
            write(to)
        assert asked("queue")[1].startswith("Esperan: 2\n")
        assert asked("send") == (0, "Enviados: 1. Para después: 0. Rechazados: 1.\n")
        code, told = asked("queue")
        assert told.startswith("Esperan: 0\nNo llegaron: 1\n")
        assert "receipt  550 5.1.1 <…@correo.example> unknown\n" in told
        assert "nadie" not in told
        assert asked("receive")[1].startswith("Recibidos: 1. Por revisar: 0.")
        app.extensions["mail"].post = Post(OFFICE, Server(Way.CLEAR, "127.0.0.1", free_port()), imap.at(box))
        write("ana@correo.example")
        code, told = asked("send")
        assert (code, "ConnectionRefusedError" in told) == (1, True)


@one_database
def test_a_process_goes_on_its_rounds_by_itself_only_if_there_is_anywhere_to_go(
    own_app: Flask, smtp: SmtpServer
) -> None:
    postman: Postman = own_app.extensions["mail"]
    postman.start()
    assert not any(thread.name == "postman" for thread in threading.enumerate())
