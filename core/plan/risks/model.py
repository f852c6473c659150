"""A corruption risk, every version of what was said of it, and the maps that were approved; rows are only added."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Office
from core.db import Base
from core.improvement.model import Improvement
from core.people.model import Official
from core.plan.risk import Aim
from core.plan.risk import Control as Scored
from core.plan.risks.describing import Elements, describe


class Kind(StrEnum):
    """When a control acts."""

    PREVENTIVE = "preventive"
    DETECTIVE = "detective"
    CORRECTIVE = "corrective"


class Response(StrEnum):
    """What is done about a risk. There is no accepting: a corruption risk is never accepted."""

    AVOID = "avoid"
    REDUCE = "reduce"
    SHARE = "share"


class Risk(Base):
    """A risk of an office, from the day on which it was identified until it is retired, if it ever is."""

    __tablename__ = "risks"
    __table_args__ = (Index(None, "site_id", "office_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    retired_because: Mapped[str] = mapped_column(default="")

    office: Mapped[Office] = relationship()
    retirer: Mapped[Official | None] = relationship(foreign_keys=[retired_by])
    texts: Mapped[list[RiskText]] = relationship(order_by="RiskText.number", back_populates="risk")
    valuations: Mapped[list[Valuation]] = relationship(order_by="Valuation.number", back_populates="risk")
    controls: Mapped[list[RiskControl]] = relationship(
        order_by="RiskControl.number, RiskControl.version", back_populates="risk"
    )
    treatments: Mapped[list[RiskTreatment]] = relationship(order_by="RiskTreatment.id", back_populates="risk")
    reviews: Mapped[list[RiskReview]] = relationship(order_by="RiskReview.id", back_populates="risk")

    @property
    def code(self) -> str:
        """As it is cited: «RC-0007»."""
        return f"RC-{self.id:04d}"


class RiskText(Base):
    """How a risk was described: its four elements, why it could happen and what would follow. `why`: what changed."""

    __tablename__ = "risk_texts"
    __table_args__ = (UniqueConstraint("risk_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risks.id"))
    number: Mapped[int]
    process_name: Mapped[str]
    act: Mapped[str]
    power: Mapped[str]
    deviation: Mapped[str]
    benefit: Mapped[str]
    internal: Mapped[list[str]]
    external: Mapped[list[str]]
    consequences: Mapped[list[str]]
    why: Mapped[str] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]

    risk: Mapped[Risk] = relationship(back_populates="texts")
    official: Mapped[Official] = relationship()

    @property
    def elements(self) -> Elements:
        return Elements(self.act, self.power, self.deviation, self.benefit)

    @property
    def description(self) -> str:
        """The four elements as the sentence of the map."""
        return describe(self.elements)


class Valuation(Base):
    """How likely and how grave a risk was held to be, by the method of that day; `yes`: the questions answered so."""

    __tablename__ = "risk_valuations"
    __table_args__ = (UniqueConstraint("risk_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risks.id"))
    number: Mapped[int]
    method: Mapped[str]
    probability: Mapped[int]
    why: Mapped[str]
    yes: Mapped[list[str]]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]

    risk: Mapped[Risk] = relationship(back_populates="valuations")
    official: Mapped[Official] = relationship()

    @property
    def answered_yes(self) -> list[int]:
        return [int(number) for number in self.yes]


class RiskControl(Base):
    """A version of a control: what is done, by whom, how often, what it leaves, and what it `has` to score by.

    The last version of a `number` rules; one that does not `stand` was taken away, and `why` says for what reason.
    """

    __tablename__ = "risk_controls"
    __table_args__ = (UniqueConstraint("risk_id", "number", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risks.id"))
    number: Mapped[int]
    version: Mapped[int]
    what: Mapped[str]
    kind: Mapped[Kind]
    aim: Mapped[Aim]
    who: Mapped[str]
    how_often: Mapped[str]
    evidence: Mapped[str]
    has: Mapped[list[str]]
    stands: Mapped[bool] = mapped_column(default=True)
    why: Mapped[str] = mapped_column(default="")
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]

    risk: Mapped[Risk] = relationship(back_populates="controls")
    official: Mapped[Official] = relationship()

    @property
    def scored(self) -> Scored:
        return Scored(self.aim, frozenset(self.has))


class RiskTreatment(Base):
    """An improvement action that treats a risk: it has an owner, a day, its evidence and somebody who verifies it."""

    __tablename__ = "risk_treatments"

    id: Mapped[int] = mapped_column(primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risks.id"), index=True)
    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvements.id"), unique=True)
    response: Mapped[Response]
    indicator: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]

    risk: Mapped[Risk] = relationship(back_populates="treatments")
    improvement: Mapped[Improvement] = relationship()
    official: Mapped[Official] = relationship()


class RiskReview(Base):
    """A risk was looked at again for a cut-off of a year; another person says once whether that was well done."""

    __tablename__ = "risk_reviews"
    __table_args__ = (UniqueConstraint("risk_id", "year", "cutoff", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    risk_id: Mapped[int] = mapped_column(ForeignKey("risks.id"))
    year: Mapped[int]
    cutoff: Mapped[int]
    number: Mapped[int]
    causes_hold: Mapped[bool]
    note: Mapped[str]
    changed: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("officials.id"))
    verified_at: Mapped[datetime | None]
    agrees: Mapped[bool | None]
    verified_note: Mapped[str] = mapped_column(default="")

    risk: Mapped[Risk] = relationship(back_populates="reviews")
    official: Mapped[Official] = relationship(foreign_keys=[by])
    verifier: Mapped[Official | None] = relationship(foreign_keys=[verified_by])


class RiskMethod(Base):
    """By which method a site values from a day on, and the act that says so; the last row rules."""

    __tablename__ = "risk_methods"

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    method: Mapped[str]
    act: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]

    official: Mapped[Official] = relationship()


class RiskMap(Base):
    """A map as it was approved by an act and published: `content` is all that it says, and `digest` its SHA-256."""

    __tablename__ = "risk_maps"
    __table_args__ = (UniqueConstraint("site_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    number: Mapped[int]
    act: Mapped[str]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str]
    by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    at: Mapped[datetime]

    official: Mapped[Official] = relationship()
