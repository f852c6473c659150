"""A petition that becomes confidential: all that was said of it in the open is sealed, or erased if it cannot be.

What was erased is not readable in the file of SQLite either (see db.leave_no_trace); PostgreSQL overwrites it with its
next VACUUM. The open copy of a document leaves the disk with the next sweep of the files.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import leave_no_trace
from core.files import actions as files
from core.files.model import StoredFile
from core.files.refusals import Damaged, Quarantined
from core.mail import outbox
from core.mail.outbox import About
from core.petitions import attachments, grouping, replies, sealing, search
from core.petitions.filing import name_custodians, seal_person
from core.petitions.model import Petition
from core.petitions.reply_model import Reply


def keep_confidential(session: Session, petition: Petition, store: files.Store, at: datetime) -> None:
    """From now on only named people may read it; slow if it has large documents, which are copied sealed."""
    if petition.confidential:
        return
    search.forget(session, petition)
    grouping.leave(session, petition)
    key = sealing.new_key()
    petition.sealed = sealing.seal(key, {"subject": petition.subject, "text": petition.text})
    petition.wrapped_key, petition.confidential = sealing.wrap(key), True
    petition.subject = petition.text = ""
    for step in petition.steps:
        if step.text:
            step.sealed, step.text = sealing.seal(key, {"text": step.text}), ""
    if petition.petitioner is not None:
        seal_person(petition.petitioner)
    for reply in session.scalars(select(Reply).where(Reply.petition_id == petition.id)):
        replies.seal(petition, reply)
    open_ones = _seal_documents(session, petition, store, at)
    carried = outbox.forget(session, About("petition", petition.id))
    session.flush()
    for stored in {*open_ones, *carried}:
        if files.forget(session, stored):
            store.folder.let_go(stored.digest)
    name_custodians(session, petition, at)
    leave_no_trace(session)


def _seal_documents(session: Session, petition: Petition, store: files.Store, at: datetime) -> list[StoredFile]:
    """The open files, which nothing of this petition needs any more.

    One that cannot be read, because it is damaged or in quarantine, stays as it is under a sealed name.
    """
    let_go = []
    for attachment in attachments.of_petition(session, petition):
        try:
            placed = files.place_sealed(store, attachment.file, attachment.label, at)
        except (Damaged, Quarantined):
            attachments.seal(petition, attachment, None)
            continue
        let_go.append(attachment.file)
        attachment.file = files.keep(session, placed)
        attachments.seal(petition, attachment, placed.key)
    return let_go
