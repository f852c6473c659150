"""How a petition comes in by any face: filed with its files, acknowledged, and its receipt at hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import session as visit
from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.errors import Missing
from core.events import Who
from core.files.actions import Placed
from core.mail import outbox
from core.people.model import Official
from core.petitions import attachments, filing, finding, steps
from core.petitions.model import Channel, Identity, Petition, StepKind
from core.petitions.receipts import Receipt, receipt_of
from core.petitions.reckoning import deadline_of, tell
from core.web.database import db
from core.web.petition_form import PetitionForm
from core.web.petition_paper import acknowledgement

FILED = "filed petition"
"""Where the visit holds the code of what it has just filed, so that no address has to."""

IN_SIGHT = timedelta(hours=1)
LOCALES = {"es": "es_CO", "en": "en"}


def place_files(form: PetitionForm, at: datetime) -> list[Placed]:
    """The files of a checked form on the disk: bare of their maker for an anonymous one, sealed for a reserved one."""
    return form.files.place(at, clean=form.anonymous, seal=form.confidential)


def bring_in(
    session: Session,
    form: PetitionForm,
    channel: Channel,
    placed: list[Placed],
    code: str,
    who: Who,
    at: datetime,
    **more: Any,
) -> Petition:
    """File what a checked form says; `more` is what only the face knows. Raises Invalid, NoOffice."""
    filed = filing.file(session, form.received(channel, at, **more), who, at, code)
    petition = session.get_one(Petition, filed.petition_id)
    for one in placed:
        attachments.attach(session, petition, petition.steps[0], one)
    form.files.let_go(session)
    tell(petition)
    acknowledge(session, petition, at)
    return petition


def acknowledge(
    session: Session,
    petition: Petition,
    at: datetime,
    *,
    code: str = "",
    in_reply_to: str | None = None,
    refused: Sequence[str] = (),
) -> None:
    """Write to who made it that it came, with its number (Ley 1437 de 2011, art. 61), if there is where to.

    `refused` are the files that could not be taken. An identity that is reserved is in no outbox. The code goes along
    only to who wrote by e-mail and sees no page.
    """
    person = finding.person_of(petition)
    if petition.identity is not Identity.IDENTIFIED or person is None or not person.email:
        return
    with force_locale(LOCALES[petition.language]):
        told = receipt(session, petition, code)
        subject, text = acknowledgement(told, deadline_of(session, petition, at.date()), refused)
    about = outbox.About("petition", petition.id)
    mail = outbox.Mail(
        person.email, subject, text, "acknowledgement", about, name=person.name, html=True, in_reply_to=in_reply_to
    )
    outbox.write(session, mail, at)
    steps.add(session, petition, StepKind.ACKNOWLEDGED, None, at, detail={"by": "email"})


def receipt(session: Session, petition: Petition, code: str = "") -> Receipt:
    """What its receipt tells."""
    first = petition.steps[0]
    hung = attachments.of_petition(session, petition, public=True)
    labels = [attachments.label_of(petition, one) for one in hung if one.step_id == first.id]
    official = session.get(Official, petition.filed_by) if petition.filed_by else None
    return receipt_of(petition, labels, code, official.name if official else "")


def keep_in_sight(code: str, at: datetime) -> None:
    """The visit may see the receipt of what it filed, for an hour or until it says that it has it."""
    visit[FILED] = [code, int(at.timestamp())]


def in_sight(at: datetime) -> tuple[Petition, str]:
    """What this visit has filed in the last hour, and its code. Raises Missing."""
    code, since = visit.get(FILED) or ("", 0)
    fresh = code and at.timestamp() - since < IN_SIGHT.total_seconds()
    petition = finding.by_code(db.session(), code) if fresh else None
    if petition is None:
        out_of_sight()
        raise Missing
    return petition, code


def out_of_sight() -> None:
    """The person has the receipt: the visit forgets the code."""
    visit.pop(FILED, None)
