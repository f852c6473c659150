"""What comes in is taken once, as a new thing or as the answer to one of ours, or it waits for an official."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db import transaction
from core.mail import inbox, outbox, reading
from core.mail.inbox import Fate
from core.mail.model import IncomingMail, OutgoingMail
from core.mail.outbox import About, Mail
from core.mail.reading import Problem
from tests import make
from tests.core.mail import letters


class Desk:
    """Files what comes in, as the office of petitions does; remembers what it was given."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, About | None]] = []

    def take(self, _session: Session, mail: reading.ReceivedMail, answers: About | None, _at: object) -> About:
        self.taken.append((mail.head.subject, answers))
        return answers or About("petition", len(self.taken))


def come(session: Session, raw: bytes, desk: Desk | None = None, minute: float = 0) -> IncomingMail:
    with transaction(session):
        return inbox.take_in(session, raw, make.at(), (desk or Desk()).take, make.at(minute))


def sent(session: Session, to: str, about: About | None, minute: float = 0) -> OutgoingMail:
    with transaction(session):
        outbox.write(session, Mail(to, "Su radicado", "Lo recibimos.", "receipt", about), make.at(minute))
        mail = outbox.claim(session, "alcaldia.example", make.at(minute))
        assert mail is not None
    return mail


def test_a_message_that_comes_again_makes_nothing_new(town: Session) -> None:
    desk = Desk()
    first = come(town, letters.letter(), desk)
    again = come(town, b"Received: de otro camino\r\n" + letters.letter(), desk)
    other = come(town, letters.letter(id="2"), desk)
    same_identity = come(town, letters.letter("Otro texto con la misma identidad."), desk)
    assert (first.id, again.id) == (first.id, first.id)
    assert [one.about_id for one in (first, other, same_identity)] == [1, 2, 3]
    assert len(desk.taken) == 3
    assert (first.fate, first.sender, first.subject) == (Fate.TAKEN, "", "")


def test_nobody_gets_into_the_case_of_another_by_naming_it(town: Session) -> None:
    ours = sent(town, "Ana@correo.example", About("petition", 12))
    desk = Desk()
    for id, how, answers in (
        ("a", {"subject": "Re: 2026-E-000012"}, None),
        ("b", {"In_Reply_To": ours.message_id, "sender": "otra@correo.example"}, None),
        ("c", {"In_Reply_To": "<inventado@alcaldia.example>"}, None),
        ("d", {"In_Reply_To": ours.message_id}, About("petition", 12)),
        ("e", {"References": f"<x@y> {ours.message_id}"}, About("petition", 12)),
    ):
        come(town, letters.letter(id=id, **how), desk)  # type: ignore[arg-type]
        assert desk.taken[-1][1] == answers, id
    about_nothing = sent(town, "ana@correo.example", None)
    come(town, letters.letter(id="f", In_Reply_To=about_nothing.message_id or ""), desk)
    assert desk.taken[-1][1] is None


def test_what_comes_back_is_of_the_message_that_did_not_arrive_and_files_nothing(town: Session) -> None:
    ours, desk = sent(town, "ana@correo.example", About("petition", 12)), Desk()
    with transaction(town):
        outbox.settle(town, ours.id, outbox.Outcome(outbox.End.SENT, "250"), make.at(1))
    back = come(town, letters.undelivered(ours.message_id or ""), desk, 2)
    assert (back.fate, back.about_kind, back.about_id) == (Fate.RETURNED, "petition", 12)
    assert (ours.returned_at, ours.last_answer) == (make.at(2), "smtp; 552 5.2.2 buzon lleno")
    mine = letters.letter(id="x").replace(b"<x@correo.example>", (ours.message_id or "").encode())
    assert come(town, mine, desk).fate == Fate.OWN
    assert desk.taken == []
    come(town, letters.undelivered("<de-otro@lugar.example>", id="dsn2"), desk)
    assert len(desk.taken) == 1


def test_what_cannot_be_read_waits_for_an_official_with_its_reason(town: Session) -> None:
    desk = Desk()
    small = [case for case in letters.unreadable() if len(case[1]) < 20_000]
    for n, (name, raw, problem) in enumerate(small, start=1):
        kept = come(town, raw.replace(b"<1@", f"<{n}@".encode()), desk)
        assert (kept.fate, kept.problem, kept.sender) == (Fate.REVIEW, problem, "ana@correo.example"), name
    assert desk.taken == []
    assert len(inbox.to_review(town)) == n
    head = reading.head_of(letters.letter(id="grande"))
    for _ in range(2):
        with transaction(town):
            inbox.put_aside(town, head, 30_000_000, make.at(), Problem.TOO_LARGE, make.at())
    assert len(inbox.to_review(town)) == n + 1
    official = make.official(town).id
    with transaction(town):
        seen = inbox.settle(town, inbox.to_review(town)[-1].id, official, make.at(1))
    assert (seen.sender, seen.subject, seen.settled_by) == ("", "", official)
    assert len(inbox.to_review(town)) == n
    with pytest.raises(inbox.Settled), transaction(town):
        inbox.settle(town, seen.id, official, make.at(2))


def test_a_program_is_never_answered_nor_one_that_hides_it_more_than_a_few_times(town: Session) -> None:
    for headers in letters.AUTOMATIC:
        head = reading.glance(letters.letter(**headers))  # type: ignore[arg-type]
        assert not inbox.may_be_answered(town, head, make.at()), headers
    assert not inbox.may_be_answered(town, reading.glance(letters.letter(sender="sin arroba")), make.at())
    ana = reading.glance(letters.letter())
    for minute in range(inbox.MOST_ANSWERS):
        assert inbox.may_be_answered(town, ana, make.at(minute))
        sent(town, "ana@correo.example", None, minute)
    assert not inbox.may_be_answered(town, ana, make.at(inbox.MOST_ANSWERS))
    assert inbox.may_be_answered(town, ana, make.at(61))


def test_a_message_that_nobody_could_file_leaves_nothing_behind(town: Session) -> None:
    def fails(*_: object) -> About:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction(town):
        inbox.take_in(town, letters.letter(), make.at(), fails, make.at())
    assert town.scalar(select(func.count(IncomingMail.id))) == 0
