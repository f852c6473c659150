"""A plan of a year as it was adopted, and the goals that were set for its activities."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base
from core.people.model import Official
from core.plan.cutoffs import Rhythm
from core.plan.document import Mode
from core.plan.progress import Accumulation, Goal

_IN_OFFICE = text("until IS NULL")


class Plan(Base):
    """The plan of a year (vigencia). `source` is the file that it was loaded from, to the letter; `about` what that
    says besides its components. `copied_from`: the year whose plan it began as; `act`: what adopts it, if
    it was said.
    """

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    source: Mapped[str]
    about: Mapped[dict[str, Any]]
    rhythm: Mapped[Rhythm] = mapped_column(default=Rhythm.FOUR_MONTHS)
    copied_from: Mapped[int | None]
    act: Mapped[str] = mapped_column(default="", server_default="")
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    loaded_at: Mapped[datetime]

    components: Mapped[list[Component]] = relationship(order_by="Component.position", back_populates="plan")
    holders: Mapped[list[RoleHolder]] = relationship(order_by="RoleHolder.id", back_populates="plan")

    @property
    def activities(self) -> list[Activity]:
        """Every activity, in the order of the file."""
        return [a for component in self.components for meta in component.metas for a in meta.activities]

    @property
    def roles(self) -> tuple[str, ...]:
        """The responsible that its file names, in its order."""
        return tuple(self.about["responsables"])

    def role_name(self, role: str) -> str:
        """Whom a responsible of the file stands for."""
        return str(self.about["responsables"][role])


class Component(Base):
    """A component of a plan; `said` is all that the file says of it."""

    __tablename__ = "plan_components"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    said: Mapped[dict[str, Any]]

    plan: Mapped[Plan] = relationship(back_populates="components")
    metas: Mapped[list[Meta]] = relationship(order_by="Meta.position", back_populates="component")


class Meta(Base):
    """A meta of a component: the word of the law for what its activities are to reach together."""

    __tablename__ = "plan_metas"
    __table_args__ = (UniqueConstraint("component_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("plan_components.id"))
    position: Mapped[int]
    code: Mapped[str]
    name: Mapped[str]
    said: Mapped[dict[str, Any]]

    component: Mapped[Component] = relationship(back_populates="metas")
    activities: Mapped[list[Activity]] = relationship(order_by="Activity.position", back_populates="meta")


class Activity(Base):
    """An activity, to the letter. `months` are those of its schedule, `responsible` the roles that the plan names."""

    __tablename__ = "plan_activities"
    __table_args__ = (UniqueConstraint("meta_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meta_id: Mapped[int] = mapped_column(ForeignKey("plan_metas.id"))
    position: Mapped[int]
    code: Mapped[str]
    text: Mapped[str]
    indicator: Mapped[str]
    schedule: Mapped[str]
    months: Mapped[list[str]]
    responsible: Mapped[list[str]]
    mode: Mapped[Mode]
    said: Mapped[dict[str, Any]]

    meta: Mapped[Meta] = relationship(back_populates="activities")
    targets: Mapped[list[Target]] = relationship(order_by="Target.number", back_populates="activity")
    chosen: Mapped[list[ChosenSources]] = relationship(order_by="ChosenSources.id", back_populates="activity")
    corrections: Mapped[list[Correction]] = relationship(order_by="Correction.id", back_populates="activity")

    @property
    def plan(self) -> Plan:
        return self.meta.component.plan

    @property
    def month_numbers(self) -> list[int]:
        return [int(month) for month in self.months]

    @property
    def target(self) -> Target | None:
        """The goal in force; none was set while the plan only counts."""
        return self.targets[-1] if self.targets else None


class Target(Base):
    """What an activity has to reach, by an act; rows are only added. Numbers are text, so that none is rounded."""

    __tablename__ = "plan_targets"
    __table_args__ = (UniqueConstraint("activity_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("plan_activities.id"))
    number: Mapped[int]
    goal: Mapped[str]
    baseline: Mapped[str]
    weight: Mapped[str | None]
    unit: Mapped[str]
    accumulation: Mapped[Accumulation]
    act: Mapped[str]
    since: Mapped[date]
    set_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    set_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship(back_populates="targets")
    official: Mapped[Official] = relationship()

    @property
    def as_goal(self) -> Goal:
        weight = Fraction(self.weight) if self.weight is not None else None
        return Goal(Fraction(self.goal), self.accumulation, Fraction(self.baseline), weight)


class ChosenSources(Base):
    """What the indicator of an activity is counted from, instead of what the first plan proposes, and why.

    Rows are only added; the last one rules (see core.plan.sources).
    """

    __tablename__ = "plan_sources"
    __table_args__ = (Index(None, "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("plan_activities.id"))
    leads: Mapped[str]
    beside: Mapped[list[str]]
    reason: Mapped[str]
    chosen_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    chosen_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship(back_populates="chosen")
    official: Mapped[Official] = relationship()


class Correction(Base):
    """Another value for what was measured of an activity in a stretch of the year, with why and what shows it.

    Rows are only added; the last one of a stretch rules, and `measured`, what was measured then, is told beside it.
    """

    __tablename__ = "plan_corrections"
    __table_args__ = (Index(None, "activity_id", "first", "last"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("plan_activities.id"))
    first: Mapped[date]
    last: Mapped[date]
    value: Mapped[str]
    measured: Mapped[str | None]
    reason: Mapped[str]
    evidence: Mapped[str]
    corrected_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    corrected_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship(back_populates="corrections")
    official: Mapped[Official] = relationship()


class RunningFigures(Base):
    """What the measures counted of the activities of a plan until the end of a day, for everybody; nobody verified it.

    By the code of each activity, as core.plan.running writes and reads it; counted again once another day is over.
    """

    __tablename__ = "plan_running_figures"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    until: Mapped[date]
    counted_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]


class RoleHolder(Base):
    """An official who answers for a role of the plan of a year, `until` another does."""

    __tablename__ = "plan_roles"
    __table_args__ = (
        Index(
            "ux_plan_roles_in_office",
            "plan_id",
            "role",
            "official_id",
            unique=True,
            sqlite_where=_IN_OFFICE,
            postgresql_where=_IN_OFFICE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    role: Mapped[str]
    official_id: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    since: Mapped[datetime]
    named_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    until: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))

    plan: Mapped[Plan] = relationship(back_populates="holders")
    official: Mapped[Official] = relationship(foreign_keys=official_id)
