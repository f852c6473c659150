"""What people recommend in a period, gathered by an official for the report (Ley 190 de 1995, art. 54)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.audit import Act, On, Thing
from core.db import Base
from core.errors import N_, Invalid, Refused
from core.events import Who
from core.reports.periods import Period

MOST, LONGEST, MOST_PEOPLE = 5, 300, 9_999


class WrittenMeanwhile(Refused):
    message = N_("Otra persona guardó estas recomendaciones mientras usted escribía. Léalas y guarde de nuevo.")


class Recommendations(Base):
    """Those of a site and a period, by its name; rows are only added, and the last one counts.

    Each of `said` is a text and how many people said it.
    """

    __tablename__ = "petition_recommendations"
    __table_args__ = (Index(None, "site_id", "period", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"))
    period: Mapped[str]
    said: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    written_by: Mapped[int] = mapped_column(ForeignKey("officials.id"))
    written_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What so many people recommend."""

    text: str
    people: int


def last(session: Session, site_id: int, period: Period) -> Recommendations | None:
    """What was written last of the period."""
    of_the_period = Recommendations.site_id == site_id, Recommendations.period == period.name
    return session.scalar(select(Recommendations).where(*of_the_period).order_by(Recommendations.id.desc()).limit(1))


def of(session: Session, site_id: int, period: Period) -> list[Recommendation]:
    """The recommendations of a period; none of one that has no name."""
    found = last(session, site_id, period) if period.name else None
    return [Recommendation(**one) for one in found.said] if found else []


def write(
    session: Session,
    site_id: int,
    period: Period,
    said: Sequence[Recommendation],
    seen: int,
    by: int,
    at: datetime,
) -> None:
    """Keep what was gathered; `seen` is the row that the writer had before their eyes, 0 if there was none.

    Raises Invalid, naming the field («text2»), and WrittenMeanwhile.
    """
    for n, one in enumerate(said, start=1):
        if not one.text or len(one.text) > LONGEST:
            raise Invalid(N_("Escriba %(most)s letras o menos."), field=f"text{n}", most=LONGEST)
        if not 1 <= one.people <= MOST_PEOPLE:
            raise Invalid(N_("Escriba cuántas personas lo dijeron, en números."), field=f"people{n}")
    before = last(session, site_id, period)
    if seen != (before.id if before else 0):
        raise WrittenMeanwhile
    rows = [{"text": one.text, "people": one.people} for one in said]
    row = Recommendations(site_id=site_id, period=period.name, said=rows, written_by=by, written_at=at)
    session.add(row)
    session.flush()
    who, detail = Who("official", by), {"recommendations": row.id}
    audit.record(session, Act.CHANGED, On(Thing.PETITION), who, at, site_id=site_id, detail=detail)
