"""The outbox keeps a message with what it tells of, and gives it to one process at a time."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.db import transaction
from core.mail import outbox
from core.mail.address import BadAddress, checked, on_the_wire
from core.mail.model import OutgoingMail
from core.mail.outbox import About, Attachment, End, Mail, Outcome, write
from tests import make

DOMAIN = "alcaldia.example"
TAKEN = Outcome(End.SENT, "250 ok")
LATER = Outcome(End.DEFERRED, "451 later")
NOBODY = Outcome(End.REFUSED, "550 no such user")


def to(person: str = "ana@correo.example", **more: object) -> Mail:
    return Mail(**{"to": person, "subject": "Su radicado", "text": "Lo recibimos.", "purpose": "receipt"} | more)  # type: ignore[arg-type]


def put(session: Session, mail: Mail, minute: float = 0) -> int:
    with transaction(session):
        written = write(session, mail, make.at(minute))
        session.flush()
        return written.id


def try_once(session: Session, outcome: Outcome, minute: float) -> OutgoingMail | None:
    with transaction(session):
        mail = outbox.claim(session, DOMAIN, make.at(minute))
    if mail is not None:
        with transaction(session):
            outbox.settle(session, mail.id, outcome, make.at(minute))
        session.refresh(mail)
    return mail


def test_an_address_is_one_that_a_message_can_be_sent_to() -> None:
    for written, kept, wire in (
        ("ana.maria+pqr@correo.co", "ana.maria+pqr@correo.co", "ana.maria+pqr@correo.co"),
        (" Ana@Correo.CO ", "Ana@correo.co", "Ana@correo.co"),
        ("ana@alcaldía.co", "ana@alcaldía.co", "ana@xn--alcalda-dza.co"),
        ("ana@xn--alcalda-dza.co", "ana@alcaldía.co", "ana@xn--alcalda-dza.co"),
    ):
        assert (checked(written), on_the_wire(checked(written))) == (kept, wire)
    for written in (
        *("", "a@b", "@b.co", "a@", "ana", "a@@b.co", "a b@c.co", "a..b@c.co", ".a@c.co", "a@b..co", "a@b.co."),
        *("a@b.co\r\nBcc: x@y.co", "a@b.co\n", "a@b.co,c@d.co", "Ana <a@b.co>", '"a b"@c.co', "a@1.2.3.4", "a@[::1]"),
        *("a@-b.co", "a@b_c.co", "peña@correo.co", "a@b\u202e.co", "a@\u2603.net", "a@xn--a.co", "a\x00@b.co"),
        *("x" * 65 + "@b.co", "a@" + "b" * 64 + ".co", "a@" + "b.c" * 90 + ".co", "a@" + "ñ." * 100_000 + "co"),
    ):
        with pytest.raises(BadAddress):
            checked(written)


def test_a_message_is_kept_with_what_it_tells_of_or_never_was(town: Session) -> None:
    with suppress(ZeroDivisionError), transaction(town) as session:
        write(session, to(), make.at())
        raise ZeroDivisionError
    assert outbox.waiting(town) == []
    with pytest.raises(BadAddress), transaction(town) as session:
        write(session, to("ana@correo.example\r\nBcc: otra@correo.example"), make.at())
    assert outbox.waiting(town) == []
    put(town, to(about=About("petition", 12), attachments=[Attachment("oficio.pdf", "application/pdf", b"%PDF-")]))
    (mail,) = outbox.of(town, About("petition", 12))
    assert [(file.name, file.content) for file in mail.attachments] == [("oficio.pdf", b"%PDF-")]
    assert outbox.of(town, About("petition", 13)) == []


def test_nothing_that_breaks_a_line_gets_into_a_header(town: Session) -> None:
    put(
        town,
        to(
            subject="Hola\r\nBcc: otra@correo.example\x1b\u2028fin" + "x" * 500,
            name="Ana\nTo: otra@correo.example",
            in_reply_to="<a@b>\r\nX: y",
            attachments=[Attachment("a\r\nX: y.pdf", "application/pdf", content=b"x")],
        ),
    )
    (mail,) = outbox.waiting(town)
    assert mail.subject.startswith("Hola Bcc: otra@correo.example finx")
    assert len(mail.subject) == outbox.LONGEST_SUBJECT
    assert (mail.name, mail.in_reply_to) == ("Ana To: otra@correo.example", "<a@b> X: y")
    assert mail.attachments[0].name == "a X: y.pdf"


def test_what_a_server_puts_off_is_tried_again_ever_later_with_the_same_message_id(town: Session) -> None:
    put(town, to())
    first = try_once(town, LATER, 0)
    assert first is not None
    known, pauses = first.message_id, []
    assert known is not None
    assert known.endswith(f"@{DOMAIN}>")
    minute = 0.0
    for _ in range(10):
        assert try_once(town, LATER, minute + 0.7) is None
        pauses.append((first.next_try - make.at(minute)) / timedelta(minutes=1))
        minute = (first.next_try - make.at()) / timedelta(minutes=1)
        assert try_once(town, LATER, minute) is first
        assert first.message_id == known
    for n, minutes in enumerate(pauses):
        assert 0.75 * min(2**n, 60) <= minutes <= min(2**n, 60)
    last = try_once(town, TAKEN, minute + 60)
    assert last is not None
    assert (last.message_id, last.last_answer, last.sent_at) == (known, "250 ok", make.at(minute + 60))
    assert outbox.waiting(town) == outbox.failed(town) == []


def test_what_is_refused_for_good_is_given_up_in_sight_and_can_be_tried_again(town: Session) -> None:
    key = put(town, to())
    refused = try_once(town, NOBODY, 1)
    assert refused is not None
    assert (refused.given_up_at, refused.last_answer) == (make.at(1), "550 no such user")
    assert try_once(town, TAKEN, 9999) is None
    assert [mail.id for mail in outbox.failed(town)] == [key]
    with transaction(town):
        outbox.try_again(town, key, 1, make.at(2))
    sent = try_once(town, TAKEN, 2)
    assert sent is not None
    assert sent.sent_at == make.at(2)
    with pytest.raises(outbox.NotWaiting), transaction(town):
        outbox.try_again(town, key, 1, make.at(3))


def test_after_five_days_of_later_a_message_is_given_up_but_a_server_that_is_away_is_waited_for(town: Session) -> None:
    put(town, to("uno@correo.example"))
    put(town, to("dos@correo.example"))
    days = 5 * 24 * 60
    one = try_once(town, LATER, days)
    other = try_once(town, Outcome(End.UNREACHABLE, "timed out"), days)
    assert one is not None
    assert other is not None
    assert one.given_up_at == make.at(days)
    assert other.given_up_at is None


def test_a_message_in_hand_is_nobody_elses_until_its_turn_is_over(town: Session) -> None:
    key = put(town, to())
    with transaction(town):
        mail = outbox.claim(town, DOMAIN, make.at(0))
    assert mail is not None
    known = mail.message_id
    with transaction(town):
        outbox.try_again(town, key, 1, make.at(1))
        assert outbox.claim(town, DOMAIN, make.at(14)) is None
        again = outbox.claim(town, DOMAIN, make.at(15))
    assert again is not None
    assert (again.id, again.message_id, again.attempts) == (key, known, 2)


def test_a_message_that_comes_back_is_a_failed_one(town: Session) -> None:
    put(town, to())
    sent = try_once(town, TAKEN, 1)
    assert sent is not None
    assert sent.message_id is not None
    with transaction(town):
        assert outbox.returned(town, "<otro@lugar>", "550 x", make.at(2)) is None
        assert outbox.returned(town, sent.message_id, "550 buzón lleno", make.at(2)) is sent
        outbox.returned(town, sent.message_id, "otra vez", make.at(3))
    assert (sent.returned_at, sent.last_answer) == (make.at(2), "550 buzón lleno")
    assert outbox.failed(town) == [sent]


def test_four_that_send_at_once_take_each_message_once(engine: Engine) -> None:
    many = 60
    with Session(engine) as session, transaction(session):
        for n in range(many):
            write(session, to(f"p{n}@correo.example"), make.at())
    taken: list[int] = []
    together = threading.Barrier(4)

    def send() -> None:
        together.wait()
        with Session(engine) as session:
            while True:
                with transaction(session):
                    mail = outbox.claim(session, DOMAIN, make.at(1))
                if mail is None:
                    return
                taken.append(mail.id)
                with transaction(session):
                    outbox.settle(session, mail.id, TAKEN, make.at(1))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with Session(engine) as session:
        assert session.scalar(select(func.count()).where(OutgoingMail.sent_at.is_not(None))) == many
    assert Counter(taken).most_common(1)[0][1] == 1
    assert len(taken) == many
