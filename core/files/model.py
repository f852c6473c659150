"""The tables of the files: what is kept, once for each content, and what waits for the form that brought it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.files.antivirus import Scan
from core.files.kinds import Kind


class StoredFile(Base):
    """A content, which never changes. Who may see it is decided by what refers to it, and so is its name.

    `size` is of the kept bytes and `plain_size` of the file; they differ when it is sealed. Of when it came only the
    day is known, so that nobody is found out by the hour.
    """

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    plain_size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[Kind]
    sealed: Mapped[bool]
    cleaned: Mapped[bool]
    kept_on: Mapped[date]
    scan: Mapped[Scan]
    engine: Mapped[str]
    scanned_on: Mapped[date | None]


class PendingUpload(Base):
    """A good file of a form that was refused: it need not be chosen again. Only the form can open it."""

    __tablename__ = "pending_uploads"
    __table_args__ = (Index(None, "form", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str]
    file: Mapped[str]
    label: Mapped[str]
    kind: Mapped[Kind]
    size: Mapped[int] = mapped_column(BigInteger)
    scan: Mapped[Scan]
    engine: Mapped[str]
    until: Mapped[datetime]
