"""What is counted of services as they were published on the last day of a period, by the versions that are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.catalogue.completeness import Completeness, completeness
from core.catalogue.model import Service, ServiceVersion
from core.catalogue.sheet import Sheet, read
from core.errors import N_
from core.plan.measures import Figure, Record, Unit, begins, listed, measure, share
from core.plan.progress import Accumulation
from core.reports.periods import ONE_DAY, Period

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Published:
    """A service, its sheet as everybody could read it at the end of a day, and since when."""

    service_id: int
    site_id: int
    sheet: Sheet
    since: date


@measure("services_listed", N_("Trámites y servicios publicados"), adds_up=Accumulation.STOCK)
def services_listed(session: Session, period: Period) -> Figure:
    """How many services are published at the end of the last day."""
    return _figure(session, period, lambda sheet: "", lambda sheet: True)


@measure("services_complete", N_("Trámites y servicios publicados con la ficha completa"), adds_up=Accumulation.STOCK)
def services_complete(session: Session, period: Period) -> Figure:
    """How many of the services published at the end of the last day lack nothing of the table of completeness."""

    def of(sheet: Sheet) -> Completeness:
        return completeness(sheet, period.last)

    return _figure(session, period, lambda sheet: f"{of(sheet).score} %", lambda sheet: of(sheet).score == WHOLE)


@measure(
    "services_with_legal_basis",
    N_("Trámites y servicios con su fundamento normativo"),
    Unit.PERCENT,
    Accumulation.STOCK,
)
def services_with_legal_basis(session: Session, period: Period) -> Figure:
    """Of the services published at the end of the last day, the share that cites the norms it rests on."""
    found = _figure(session, period, lambda sheet: _norms(sheet), lambda sheet: bool(sheet.norms))
    assert found.value is not None
    return Figure(share(int(found.value), found.count), found.count, found.records, found.count)


def published_on(session: Session, day: date, site_id: int | None = None) -> list[Published]:
    """What was published at the end of a day, of all sites or of one, by name."""
    after = begins(day + ONE_DAY)
    query = (
        select(ServiceVersion.service_id, Service.site_id, ServiceVersion.sheet, ServiceVersion.since)
        .join(Service, Service.id == ServiceVersion.service_id)
        .where(ServiceVersion.since < after, or_(ServiceVersion.until.is_(None), ServiceVersion.until >= after))
    )
    if site_id is not None:
        query = query.where(Service.site_id == site_id)
    found = [
        Published(row.service_id, row.site_id, read(row.sheet), row.since.date()) for row in session.execute(query)
    ]
    return sorted(found, key=lambda one: (one.sheet.name.casefold(), one.service_id))


def _figure(session: Session, period: Period, said: Callable[[Sheet], str], counts: Callable[[Sheet], bool]) -> Figure:
    """How many count of those that are published, all of which are its records."""
    records = [
        Record("service", one.service_id, one.sheet.name, one.since, said(one.sheet), counts(one.sheet))
        for one in published_on(session, period.last)
    ]
    return Figure(Fraction(sum(record.counts for record in records)), len(records), listed(records))


def _norms(sheet: Sheet) -> str:
    return "; ".join(norm.norm for norm in sheet.norms)
