"""An entry of a register and its versions: each says the whole of it, and none is ever written over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Office, Service, Site
from core.db import Base
from core.files.model import StoredFile
from core.people.model import Official
from core.plan.model import Activity, Plan
from core.plan.registers.fields import COLUMNS

VERSION_ACTIVITIES = Table(
    "register_version_activities",
    Base.metadata,
    Column("version_id", ForeignKey("register_versions.id"), primary_key=True),
    Column("activity_id", ForeignKey("plan_activities.id"), primary_key=True, index=True),
)
VERSION_PROOFS = Table(
    "register_version_proofs",
    Base.metadata,
    Column("version_id", ForeignKey("register_versions.id"), primary_key=True),
    Column("proof_id", ForeignKey("register_proofs.id"), primary_key=True, index=True),
)


class RegisterEntry(Base):
    """One thing that was done for the plan of a year. `latest` is the number of the version that holds now."""

    __tablename__ = "register_entries"
    __table_args__ = (Index(None, "plan_id", "kind"), Index(None, "below_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    below_id: Mapped[int | None] = mapped_column(ForeignKey("register_entries.id"))
    latest: Mapped[int] = mapped_column(default=0)

    plan: Mapped[Plan] = relationship()
    site: Mapped[Site] = relationship()
    below: Mapped[RegisterEntry | None] = relationship(remote_side=id)
    versions: Mapped[list[RegisterVersion]] = relationship(
        order_by="RegisterVersion.number", back_populates="entry", foreign_keys="RegisterVersion.entry_id"
    )
    now: Mapped[RegisterVersion] = relationship(
        primaryjoin=lambda: and_(
            RegisterVersion.entry_id == RegisterEntry.id, RegisterVersion.number == RegisterEntry.latest
        ),
        foreign_keys=lambda: [RegisterVersion.entry_id, RegisterVersion.number],
        uselist=False,
        viewonly=True,
    )

    @property
    def code(self) -> str:
        """As it is cited: «RG-0012»."""
        return f"RG-{self.id:04d}"


class RegisterVersion(Base):
    """What was said of an entry at a moment, with what showed it. `reason`: why it is not the first.

    `counts_as` is the name by which measures count it, on the day `counts_on`; None while it does not count.
    `people`: how many of each office, by its number, and how many of the town.
    """

    __tablename__ = "register_versions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index(None, "counts_as", "counts_on"),
        Index(None, "office_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entries.id"))
    number: Mapped[int]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    title: Mapped[str]
    day: Mapped[date]
    until: Mapped[date | None]
    done_on: Mapped[date | None]
    place: Mapped[str]
    act: Mapped[str]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("services.id"))
    official_id: Mapped[int | None] = mapped_column(ForeignKey("officials.id"), index=True)
    facts: Mapped[dict[str, Any]]
    people: Mapped[dict[str, Any]]
    complete: Mapped[bool]
    withdrawn: Mapped[bool]
    counts_as: Mapped[str]
    counts_on: Mapped[date | None]
    reason: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]

    entry: Mapped[RegisterEntry] = relationship(back_populates="versions", foreign_keys=entry_id)
    office: Mapped[Office] = relationship()
    service: Mapped[Service | None] = relationship()
    official: Mapped[Official | None] = relationship(foreign_keys=official_id)
    author: Mapped[Official] = relationship(foreign_keys=by)
    activities: Mapped[list[Activity]] = relationship(secondary=VERSION_ACTIVITIES, order_by="Activity.id")
    proofs: Mapped[list[RegisterProof]] = relationship(secondary=VERSION_PROOFS, order_by="RegisterProof.id")

    @property
    def said(self) -> dict[str, Any]:
        """All of it, by the names of the fields of its kind."""
        return {**{name: getattr(self, name) for name in COLUMNS}, **self.facts, "people": dict(self.people)}

    @property
    def reached(self) -> int:
        """How many people it reached."""
        return sum(self.people.values())


class RegisterProof(Base):
    """What shows an entry: a file by its hash or the address of a page; of a photograph, what is seen in it.

    `point`: the one of a checklist that a photograph is of.
    """

    __tablename__ = "register_proofs"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) <> (link = '')", name="a_file_or_a_link"),
        Index(None, "entry_id"),
        Index(None, "file_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entries.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    label: Mapped[str]
    link: Mapped[str]
    point: Mapped[str]
    seen: Mapped[str]

    file: Mapped[StoredFile | None] = relationship()
