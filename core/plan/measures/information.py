"""How much of the six contents that must be in sight is there and lacks nothing."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Site
from core.errors import N_
from core.information.gaps import Content, gaps
from core.information.pieces import known_on
from core.plan.measures import Figure, Record, begins, listed, measure
from core.plan.measures.catalogue import published_on
from core.plan.progress import Accumulation
from core.reports.periods import ONE_DAY, Period

NAMES = {
    Content.RIGHTS: N_("Derechos y medios para garantizarlos"),
    Content.SERVICES: N_("Procedimientos, trámites y servicios"),
    Content.TIMES: N_("Tiempos de entrega"),
    Content.REQUIREMENTS: N_("Requisitos e indicaciones"),
    Content.HOURS: N_("Horarios y puntos de atención"),
    Content.COMPLAINTS: N_("A quién dirigir una queja"),
}


@measure("information_in_sight", N_("Contenidos a la vista de la ciudadanía, de seis"), adds_up=Accumulation.STOCK)
def information_in_sight(session: Session, period: Period) -> Figure:
    """How many of the six contents lack nothing at any site at the end of the last day.

    Texts, sheets and reviews are those of that day; of hours and addresses no version is kept, and they are today's.
    """
    lacks: dict[Content, int] = dict.fromkeys(Content, 0)
    for site in session.scalars(select(Site).where(Site.active).order_by(Site.id)):
        sheets = [(one.service_id, one.sheet) for one in published_on(session, period.last, site.id)]
        for gap in gaps(known_on(session, site, sheets, begins(period.last + ONE_DAY)), period.last):
            lacks[gap.content] += 1
    records = [
        Record("information", content, NAMES[content], period.last, str(count) if count else "", not count)
        for content, count in lacks.items()
    ]
    return Figure(Fraction(sum(record.counts for record in records)), len(records), listed(records))
