"""Encargos: an official has for some days the roles of another, and loses them by themselves on the last one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.errors import N_, Invalid, Missing
from core.people.acts import note
from core.people.model import Deputy, Official, official_offices
from core.people.rights import check_together
from core.prepared import run

LONGEST = timedelta(days=366)
LIVE = (Deputy.valid, Deputy.ended_at.is_(None), Deputy.starts <= bindparam("day"), Deputy.ends >= bindparam("day"))
_STANDS_IN = (
    select(Deputy.roles, official_offices.c.office_id)
    .outerjoin(official_offices, official_offices.c.official_id == Deputy.stands_for_id)
    .where(Deputy.official_id == bindparam("deputy"), *LIVE)
)


def roles_of(session: Session, official_id: int, day: date) -> list[tuple[list[str], int | None]]:
    """What the official may on that day for others: the roles of each encargo, and the office of whom it is."""
    return [(list(roles), office) for roles, office in run(session, _STANDS_IN, deputy=official_id, day=day)]


def appoint(
    session: Session,
    official: Official,
    stands_for: Official,
    roles: Iterable[str],
    days: tuple[date, date],
    act: str,
    by: int,
    at: datetime,
    *,
    valid: bool,
) -> Deputy:
    """Give `official` roles of `stands_for` from the first to the last of `days`; `act` is what orders it.

    One that is not `valid` waits for a second person. Raises Invalid naming the field, TwoHats.
    """
    starts, ends = days
    chosen = sorted(set(roles))
    if official.id == stands_for.id:
        raise Invalid(N_("Elija a otra persona: nadie se reemplaza a sí mismo."), field="stands_for")
    if not chosen or not set(chosen) <= set(stands_for.roles):
        raise Invalid(N_("Elija papeles que tenga la persona reemplazada."), field="roles")
    if starts > ends or ends < at.date():
        raise Invalid(N_("El último día debe ser hoy o después, y no antes del primero."), field="ends")
    if ends - starts > LONGEST:
        raise Invalid(N_("Un encargo dura un año o menos."), field="ends")
    check_hats(session, official.id, [*official.roles, *chosen], at.date())
    deputy = Deputy(
        official_id=official.id,
        stands_for_id=stands_for.id,
        roles=chosen,
        starts=starts,
        ends=ends,
        act=act.strip(),
        valid=valid,
        given_by=by,
        given_at=at,
    )
    session.add(deputy)
    session.flush()
    note(session, "deputy appointed", official, by, at, deputy=deputy.id, stands_for=stands_for.id, roles=chosen)
    return deputy


def end(session: Session, site_id: int, deputy_id: int, by: int, at: datetime) -> Deputy:
    """End it now; the roles are gone from the next request on. Raises Missing."""
    deputy = session.get(Deputy, deputy_id, with_for_update={"of": Deputy}, populate_existing=True)
    if deputy is None or deputy.official.site_id != site_id or deputy.ended_at is not None:
        raise Missing(N_("Ese encargo no existe en su sede, o ya terminó."))
    deputy.ended_at, deputy.ended_by = at, by
    note(session, "deputy ended", deputy.official, by, at, deputy=deputy.id)
    return deputy


def of_official(session: Session, official_id: int, day: date) -> list[Deputy]:
    """The encargos that the official has or will have, and those by which another stands in for them."""
    mine = (Deputy.official_id == official_id) | (Deputy.stands_for_id == official_id)
    return list(
        session.scalars(
            select(Deputy).where(mine, Deputy.ended_at.is_(None), Deputy.ends >= day).order_by(Deputy.starts, Deputy.id)
        )
    )


def check_hats(session: Session, official_id: int, roles: Iterable[str], day: date) -> None:
    """Raises TwoHats if these roles, with those of the official's encargos, now and later, may not be one's."""
    others = session.scalars(
        select(Deputy.roles).where(Deputy.official_id == official_id, Deputy.ended_at.is_(None), Deputy.ends >= day)
    )
    check_together([*roles, *(role for given in others for role in given)])
