"""The tables of the follow-up, where rows are only added: reports, what shows them, verdicts and what was published."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.files.model import StoredFile
from core.people.model import Official
from core.plan.cutoffs import Rhythm
from core.plan.followup.standing import Verdict
from core.plan.model import Activity, Plan


class PlanRhythm(Base):
    """How often a plan is followed up from an act on."""

    __tablename__ = "plan_rhythms"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]
    rhythm: Mapped[Rhythm]
    act: Mapped[str]
    set_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    set_at: Mapped[datetime]


class Report(Base):
    """What was done for an activity in the stretch of a cut-off, as somebody told it; a later version replaces it.

    `value` is exact, as text; None where there was nothing to measure. `measure` names what it was counted by, and then
    nobody typed it: `figures` holds it with its base and number of records, and those beside it, as they were that
    moment.
    """

    __tablename__ = "plan_reports"
    __table_args__ = (UniqueConstraint("activity_id", "cutoff", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("plan_activities.id"))
    cutoff: Mapped[int]
    number: Mapped[int]
    value: Mapped[str | None]
    measure: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    nothing_new: Mapped[bool] = mapped_column(default=False)
    done: Mapped[str] = mapped_column(default="")
    difficulties: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    reported_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    reported_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship()
    official: Mapped[Official] = relationship()
    evidence: Mapped[list[ReportEvidence]] = relationship(order_by="ReportEvidence.id", back_populates="report")
    verdicts: Mapped[list[ReportVerdict]] = relationship(order_by="ReportVerdict.number", back_populates="report")

    @property
    def amount(self) -> Fraction | None:
        return Fraction(self.value) if self.value is not None else None

    @property
    def verdict(self) -> ReportVerdict | None:
        """The one in force."""
        return self.verdicts[-1] if self.verdicts else None


class ReportEvidence(Base):
    """What shows it: a file by its hash, or the address of a page. `public`: whether everybody may see the file."""

    __tablename__ = "plan_report_evidence"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) <> (link = '')", name="a_file_or_a_link"),
        Index(None, "report_id"),
        Index(None, "file_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("plan_reports.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    label: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    public: Mapped[bool] = mapped_column(default=False)

    report: Mapped[Report] = relationship(back_populates="evidence")
    file: Mapped[StoredFile | None] = relationship()


class ReportVerdict(Base):
    """What somebody of internal control said of a version of a report; a later one corrects it."""

    __tablename__ = "plan_report_verdicts"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("plan_reports.id"))
    number: Mapped[int]
    verdict: Mapped[Verdict]
    observation: Mapped[str] = mapped_column(default="")
    judged_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    judged_at: Mapped[datetime]

    report: Mapped[Report] = relationship(back_populates="verdicts")
    official: Mapped[Official] = relationship()


class Snapshot(Base):
    """A cut-off as it was published: all that is shown of it, as canonical JSON, with its SHA-256."""

    __tablename__ = "plan_snapshots"
    __table_args__ = (UniqueConstraint("plan_id", "cutoff", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    cutoff: Mapped[int]
    edition: Mapped[int]
    content: Mapped[str]
    digest: Mapped[str]
    published_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    published_at: Mapped[datetime]

    plan: Mapped[Plan] = relationship()
    official: Mapped[Official] = relationship()


class Reopening(Base):
    """Why a published cut-off was opened again, and by which act: its next edition says so."""

    __tablename__ = "plan_reopenings"
    __table_args__ = (UniqueConstraint("snapshot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("plan_snapshots.id"))
    reason: Mapped[str]
    act: Mapped[str]
    reopened_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    reopened_at: Mapped[datetime]

    snapshot: Mapped[Snapshot] = relationship()
