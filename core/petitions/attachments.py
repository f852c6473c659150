"""The documents of a petition: each hangs on the step by which it came, and whoever sees the step sees it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from core.db import Base
from core.errors import Missing
from core.files import actions as files
from core.files.model import StoredFile
from core.petitions import sealing
from core.petitions.model import Petition, Step
from core.petitions.steps import case_key


class Attachment(Base):
    """A document of a step, by the name that its sender gave it.

    Of a confidential petition that name and the key of the file are in `sealed`, under the key of the case.
    """

    __tablename__ = "petition_attachments"
    __table_args__ = (Index(None, "step_id", "id"), Index(None, "file_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("petition_steps.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    label: Mapped[str]
    sealed: Mapped[bytes | None]

    step: Mapped[Step] = relationship()
    file: Mapped[StoredFile] = relationship()


def attach(session: Session, petition: Petition, step: Step, placed: files.Placed) -> Attachment:
    """Hang a placed file on a step. Raises ValueError unless it is sealed as its petition is."""
    if petition.confidential != (placed.key is not None):
        raise ValueError("a file is sealed if its petition is confidential, and only then")
    attachment = Attachment(
        step_id=step.id,
        file=files.keep(session, placed),
        label="" if placed.key else placed.label,
        sealed=_sealed(petition, placed.label, placed.key) if placed.key else None,
    )
    session.add(attachment)
    session.flush()
    return attachment


def label_of(petition: Petition, attachment: Attachment) -> str:
    """The name that its sender gave it. Raises sealing.Unreadable."""
    if attachment.sealed is None:
        return attachment.label
    return str(sealing.open_sealed(case_key(petition), attachment.sealed)["label"])


def content_of(store: files.Store, petition: Petition, attachment: Attachment) -> files.Content:
    """Its verified bytes. Raises Damaged, Quarantined, WrongKey or sealing.Unreadable."""
    if attachment.sealed is None:
        return files.content_of(store, attachment.file)
    said = sealing.open_sealed(case_key(petition), attachment.sealed)
    return files.content_of(store, attachment.file, bytes.fromhex(said["key"]))


def of_petition(session: Session, petition: Petition, *, public: bool = False) -> Sequence[Attachment]:
    """Its documents, in the order of its steps; `public`: only what the citizen sees."""
    wanted = (
        select(Attachment)
        .join(Attachment.step)
        .where(Step.petition_id == petition.id)
        .order_by(Step.number, Attachment.id)
        .options(joinedload(Attachment.step), joinedload(Attachment.file))
    )
    return session.scalars(wanted.where(Step.public) if public else wanted).all()


def attachment_of(session: Session, petition: Petition, attachment_id: int, *, public: bool = False) -> Attachment:
    """One of its documents. Raises Missing, also for one of another petition."""
    for attachment in of_petition(session, petition, public=public):
        if attachment.id == attachment_id:
            return attachment
    raise Missing


def seal(petition: Petition, attachment: Attachment, key: bytes | None) -> None:
    """Its petition became confidential: its name is sealed, with the key of its file if that is sealed too."""
    attachment.sealed, attachment.label = _sealed(petition, attachment.label, key or b""), ""


def _sealed(petition: Petition, label: str, key: bytes) -> bytes:
    """The name of a file and the key that opens it, under the key of the case."""
    return sealing.seal(case_key(petition), {"label": label, "key": key.hex()})
