"""An improvement action, the log of all that happened to it with its evidence, and the notes for individual plans."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Office
from core.db import Base
from core.files.model import StoredFile
from core.improvement.standing import Deed, Stage
from core.people.model import Official


class Source(StrEnum):
    """Where what is to be improved was found."""

    PETITION = "petition"
    SURVEY = "survey"
    AUDIT = "audit"
    COMMITMENT = "commitment"
    RISK = "risk"
    BY_HAND = "by_hand"


class Improvement(Base):
    """From a finding to its verified effect. `reference`: the number of its source, never anything of a person.

    What it says now is what the last steps of its log say, kept here for lists. `told`: what citizens read of it once
    somebody else found that it helped; `stage_on` is the day of the present stage.
    """

    __tablename__ = "improvements"
    __table_args__ = (Index(None, "site_id", "stage", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    source: Mapped[Source]
    reference: Mapped[str]
    finding: Mapped[str]
    cause: Mapped[str]
    action: Mapped[str]
    due_on: Mapped[date]
    stage: Mapped[Stage] = mapped_column(default=Stage.OPEN)
    stage_on: Mapped[date]
    told: Mapped[str] = mapped_column(default="")
    told_en: Mapped[str] = mapped_column(default="")
    told_on: Mapped[date | None]

    office: Mapped[Office] = relationship()
    official: Mapped[Official] = relationship()
    steps: Mapped[list[ImprovementStep]] = relationship(order_by="ImprovementStep.number", back_populates="improvement")

    @property
    def code(self) -> str:
        """As it is cited: «AM-0012»."""
        return f"AM-{self.id:04d}"

    def was_done_by(self, at: datetime) -> bool:
        """Whether it had been carried out by an instant, and was not open again since."""
        deeds = [step.deed for step in self.steps if step.at < at and step.deed in (Deed.DONE, Deed.REOPENED)]
        return bool(deeds) and deeds[-1] is Deed.DONE


class ImprovementStep(Base):
    """One thing that happened to it; rows are only added. `detail`: what was set by it, each value as it was given."""

    __tablename__ = "improvement_steps"
    __table_args__ = (UniqueConstraint("improvement_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"))
    number: Mapped[int]
    deed: Mapped[Deed]
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    text: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    improvement: Mapped[Improvement] = relationship(back_populates="steps")
    official: Mapped[Official] = relationship()
    evidence: Mapped[list[Evidence]] = relationship(order_by="Evidence.id", back_populates="step")


class Evidence(Base):
    """What shows that a step happened: a file by its hash, or the address of a page."""

    __tablename__ = "improvement_evidence"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) <> (link = '')", name="a_file_or_a_link"),
        Index(None, "step_id"),
        Index(None, "file_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("improvement_steps.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    label: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")

    step: Mapped[ImprovementStep] = relationship(back_populates="evidence")
    file: Mapped[StoredFile | None] = relationship()


class IndividualNote(Base):
    """A finding was passed on for somebody's individual plan: from where and to which post. There is room for no more.

    What was found, whose plan it is and what came of it is kept where people are evaluated, and not here.
    """

    __tablename__ = "individual_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    source: Mapped[Source]
    reference: Mapped[str]
    passed_to: Mapped[str]
    passed_on: Mapped[date]
    noted_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    noted_at: Mapped[datetime]

    official: Mapped[Official] = relationship()

    @property
    def code(self) -> str:
        """As it is cited: «CI-0012»."""
        return f"CI-{self.id:04d}"
