"""What comes by e-mail becomes a petition, or a word more of the petition that it answers; and is acknowledged once."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.errors import N_, Refused
from core.events import Who
from core.files.actions import Placed, place, receive
from core.files.checking import check_number
from core.files.kinds import PETITION
from core.files.labels import label_of
from core.files.refusals import NotTaken
from core.mail.address import BadAddress, checked
from core.mail.inbox import may_be_answered
from core.mail.outbox import About
from core.mail.reading import ReceivedFile, ReceivedMail
from core.petitions import attachments, filing, follow, steps
from core.petitions.filing import Person, Received
from core.petitions.model import AnswerBy, Channel, Petition, Stage, Step, StepKind
from core.petitions.reckoning import tell
from core.petitions.terms import Kind
from core.web import post
from core.web.errors import message_of
from core.web.petition_intake import LOCALES, acknowledge
from core.web.uploads import store
from core.web.words import translate

PETITION_KIND = "petition"
NOT_ARRIVED = N_("Un correo para la persona no llegó: avísele por otro medio.")
NO_WORDS = N_("El correo no trae texto: vea los archivos adjuntos.")


class OfAMachine(Refused):
    message = N_("Lo escribió un programa: que una persona vea si es una petición.")


def take(session: Session, mail: ReceivedMail, answers: About | None, at: datetime) -> About:
    """File a message, or add it to the petition that it answers; the room of mail calls it once for each.

    What a program wrote is left to an official. Raises Refused for what cannot be filed: it is left to one too.
    """
    if mail.head.automatic:
        raise OfAMachine
    with force_locale(LOCALES["es"]):
        if answers is not None and answers.kind == PETITION_KIND:
            petition = session.get_one(Petition, answers.id)
            _add(session, petition, mail, at)
        else:
            petition = _file(session, mail, at)
    return About(PETITION_KIND, petition.id)


def register(app: Flask) -> None:
    """Let the postman of the application file what comes in, and tell the case what did not arrive."""
    postman: post.Postman = app.extensions[post.SECTION]
    postman.take, postman.lose = take, lose


def lose(session: Session, about: About, answer: str, at: datetime) -> None:
    """A mail about a petition was given up or came back: its officials see that the person must hear otherwise."""
    if about.kind == PETITION_KIND:
        petition = session.get_one(Petition, about.id)
        with force_locale(LOCALES["es"]):
            text = "\n".join((translate(NOT_ARRIVED), answer)).strip()
        steps.add(session, petition, StepKind.NOTED, None, at, text=text, public=False, detail={"mail": "lost"})


def _file(session: Session, mail: ReceivedMail, at: datetime) -> Petition:
    code = filing.new_code()
    received = Received(
        channel=Channel.EMAIL,
        kind=Kind.GENERAL,
        subject=mail.head.subject[: filing.LONGEST_SUBJECT],
        text=mail.text.strip() or translate(NO_WORDS),
        received_at=min(mail.came, at),
        person=_person(mail),
        answer_by=AnswerBy.EMAIL,
    )
    filed = filing.file(session, received, Who("system"), at, code)
    petition = session.get_one(Petition, filed.petition_id)
    refused = _hang(session, petition, petition.steps[0], mail.attachments, at)
    tell(petition)
    if may_be_answered(session, mail.head, at):
        acknowledge(session, petition, at, code=code, in_reply_to=mail.head.message_id or None, refused=refused)
    return petition


def _add(session: Session, petition: Petition, mail: ReceivedMail, at: datetime) -> None:
    """What its person writes of a petition that they have; if they were asked to complete it, this does."""
    text = mail.text.strip() or translate(NO_WORDS)
    asked = petition.stage is Stage.OPEN and follow.asked_of(petition) is not None
    step = (follow.complete if asked else follow.write)(session, petition, text, at)
    _hang(session, petition, step, mail.attachments, at)


def _person(mail: ReceivedMail) -> Person:
    address = ""
    with suppress(BadAddress):
        address = checked(mail.head.sender)
    return Person(name=mail.head.sender_name, email=address)


def _hang(session: Session, petition: Petition, step: Step, files: tuple[ReceivedFile, ...], at: datetime) -> list[str]:
    """Hang the good files on the step, and note the others in the case, each with its reason; returns these."""
    refused: list[str] = []
    for n, file in enumerate(files, start=1):
        try:
            check_number(PETITION, [len(each.content) for each in files[:n]])
            placed = _placed(petition, file, at)
        except NotTaken as wrong:
            named = label_of(file.name) or translate(N_("Un archivo"))
            refused.append(f"«{named}»: {message_of(wrong)}")
        else:
            attachments.attach(session, petition, step, placed)
    if refused:
        text = translate(N_("Estos archivos no se pudieron recibir.")) + "\n" + "\n".join(refused)
        steps.add(session, petition, StepKind.NOTED, None, at, text=text, detail={"refused": len(refused)})
    return refused


def _placed(petition: Petition, file: ReceivedFile, at: datetime) -> Placed:
    """Raises NotTaken."""
    with receive(store(), [file.content], file.name, PETITION) as received:
        return place(store(), received, at, seal=petition.confidential)
