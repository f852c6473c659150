"""A message that comes in becomes a petition, once, and is acknowledged once; what answers it joins it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import transaction
from core.mail import inbox, outbox
from core.mail.inbox import Fate
from core.mail.model import IncomingMail, OutgoingMail
from core.mail.outbox import About
from core.petitions import attachments, finding, steps
from core.petitions.model import AnswerBy, Channel, Petition, Step, StepKind
from core.web.database import db
from core.web.petition_mail import OfAMachine, take
from core.web.post import SECTION
from tests import make
from tests.conftest import Hands
from tests.core.mail import letters
from tests.core.web.test_post import postman_of
from tests.mailing import ImapServer, SmtpServer
from tests.portal.test_petitions import PNG


def come(raw: bytes) -> IncomingMail:
    with transaction(db.session) as session:
        return inbox.take_in(session, raw, make.at(), take, make.at(1))


def test_a_message_is_filed_with_its_good_files_and_what_could_not_be_taken_is_named_on_both_sides(
    app: Flask, hands: Hands
) -> None:
    raw = letters.letter(files={"foto.png": PNG, "nota.exe": b"MZ"})
    assert app.extensions[SECTION].take is take
    with app.app_context():
        assert [come(raw).fate, come(raw).fate] == [Fate.TAKEN, Fate.TAKEN]
        session = db.session()
        petition = session.scalars(select(Petition)).one()
        assert (petition.channel, petition.answer_by, petition.subject) == (
            Channel.EMAIL,
            AnswerBy.EMAIL,
            "Una solicitud",
        )
        assert petition.received_at == make.at()
        person = finding.person_of(petition)
        assert person is not None
        assert (person.name, person.email) == ("Ana", "ana@correo.example")
        assert [one.label for one in attachments.of_petition(session, petition)] == ["foto.png"]
        noted = session.scalars(select(Step).where(Step.kind == StepKind.NOTED)).one()
        mail = session.scalars(select(OutgoingMail)).one()
        assert "nota.exe" in noted.text
        assert "nota.exe" in mail.text
        assert (mail.address, mail.in_reply_to) == ("ana@correo.example", "<1@correo.example>")
        code = mail.text.split("Su código de seguimiento es ")[1][:19]
        assert finding.by_code(session, code) is petition


def test_an_answer_joins_the_petition_and_nothing_is_answered_to_a_program(app: Flask, hands: Hands) -> None:
    with app.app_context():
        come(letters.letter())
        with transaction(db.session) as session:
            sent = session.scalars(select(OutgoingMail)).one()
            sent.message_id = "<ours@alcaldia.example>"
        ours = "<ours@alcaldia.example>"
        come(letters.letter("¿Ya la vieron?", id="2", In_Reply_To=ours))
        with transaction(db.session) as session:
            petition, by = session.scalars(select(Petition)).one(), make.official(session, "pqrsd").id
            steps.add(session, petition, StepKind.CLARIFICATION_ASKED, by, make.at(2), text="¿Cuál acuerdo?")
        come(letters.letter("El 012 de 2024.", id="4", In_Reply_To=ours))
        try:
            come(letters.letter("Estoy de vacaciones", id="3", Auto_Submitted="auto-replied"))
        except OfAMachine:
            db.session.rollback()
        session = db.session()
        petition = session.scalars(select(Petition)).one()
        told = session.scalars(select(Step).where(Step.kind.in_([StepKind.CITIZEN_WROTE, StepKind.CLARIFIED])))
        assert [(step.petition_id, step.kind, step.text) for step in told.all()] == [
            (petition.id, StepKind.CITIZEN_WROTE, "¿Ya la vieron?"),
            (petition.id, StepKind.CLARIFIED, "El 012 de 2024."),
        ]
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mail_that_is_given_up_or_comes_back_is_a_note_in_the_case(
    app: Flask, hands: Hands, smtp: SmtpServer, imap: ImapServer
) -> None:
    def write(to: str) -> None:
        with transaction(db.session) as session:
            about = About("petition", session.scalars(select(Petition.id)).one())
            outbox.write(session, outbox.Mail(to, "Novedad", "Hay novedad.", "news", about), hands.read())

    box = "perdidos"
    with postman_of(app, smtp.at(), imap.at(box), take) as postman:
        with transaction(db.session) as session:
            make.petition(session)
        smtp.manners.to_recipient = {"nadie@correo.example": "550 5.1.1 <nadie@correo.example> unknown"}
        write("nadie@correo.example")
        write("ana@correo.example")
        postman.send(now=True)
        sent = db.session.scalars(select(OutgoingMail.message_id).where(OutgoingMail.sent_at.is_not(None))).one()
        for mark in ("dsn", "again"):
            imap.put(box, letters.undelivered(sent or "", id=mark))
            postman.receive(now=True)
            hands.forward(minutes=1)
        db.session.rollback()
        noted = db.session.scalars(select(Step).where(Step.kind == StepKind.NOTED).order_by(Step.number)).all()
        assert [(step.public, step.detail) for step in noted] == [(False, {"mail": "lost"})] * 2
        assert "550 5.1.1 <…@correo.example>" in noted[0].text
