"""Give a turn: a number that nobody else has, a place in the order, and an address that nobody can guess."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from core.catalogue.hours import Times, opening, times_of
from core.catalogue.model import PriorityGroup, Service, Topic
from core.clock import milliseconds
from core.db import INSERT, table
from core.errors import N_, Invalid, Refused, TooMany
from core.events import Happened, Who, record
from core.prepared import run
from core.presses import forget_old
from core.turns.actions.change import lock_queue, rules_of
from core.turns.lifecycle import State
from core.turns.model import AskedService, SeriesCounter, ServiceDay, Turn, code_of
from core.turns.policy import GENERAL, order_key

PER_DEVICE_AND_MINUTE = 20
"""A person needs some seconds at the kiosk; faster than this it is somebody hammering."""

LANGUAGES = ("es", "en")


_DAYS, _COUNTERS = table(ServiceDay), table(SeriesCounter)
_SERIES = (
    select(Topic.series)
    .join(Service, Service.topic_id == Topic.id)
    .where(Service.id == bindparam("service"), Service.site_id == bindparam("site"), Service.active, Topic.active)
)
_RECENT = select(func.count(Turn.id)).where(
    Turn.device_id == bindparam("device"), Turn.issued_at > bindparam("after"), Turn.issued_at <= bindparam("at")
)
_OPEN_DAY = {
    database: insert(_DAYS).on_conflict_do_nothing(index_elements=["site_id", "day"])
    for database, insert in INSERT.items()
}
_FIRST_NUMBER = select(_DAYS.c.id, bindparam("series", type_=String), literal_column("1")).where(
    _DAYS.c.site_id == bindparam("site"), _DAYS.c.day == bindparam("day")
)
_NUMBER = {
    database: insert(_COUNTERS)
    .from_select(["service_day_id", "series", "last_number"], _FIRST_NUMBER)
    .on_conflict_do_update(
        index_elements=["service_day_id", "series"], set_={"last_number": _COUNTERS.c.last_number + 1}
    )
    .returning(_COUNTERS.c.service_day_id, _COUNTERS.c.last_number)
    for database, insert in INSERT.items()
}
_KEEP_TURN = table(Turn).insert().returning(table(Turn).c.id)
_KEEP_ASKED = table(AskedService).insert()


class Closed(Refused):
    message = N_("A esta hora no se dan turnos. Quienes ya tienen turno serán atendidos.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a citizen asks for: a service of the site and the priority group that they declare."""

    site_id: int
    service_id: int
    group: str = GENERAL
    language: str = "es"
    device_id: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the office has for who asks: nobody who stands in line has to wait while it is looked up."""

    times: Times
    series: str | None
    first_of_all: bool | None


@dataclass(frozen=True, slots=True)
class Issued:
    """The turn that was given."""

    id: int
    token: str
    code: str


def check_open(session: Session, site_id: int, at: datetime) -> None:
    """Raises Closed outside the hours of the site; hours stop the giving of turns, never the calling (CPACA 7.3)."""
    if not opening(session, site_id, at).open:
        raise Closed


def look_up(session: Session, asked: Asked, at: datetime) -> Offer:
    """What `issue` needs of the office on the day of `at`, for who asks before standing in line."""
    series = run(session, _SERIES, service=asked.service_id, site=asked.site_id).scalar()
    first = False if asked.group == GENERAL else _first_of_all(session, asked.site_id, asked.group)
    return Offer(times_of(session, asked.site_id, at.date()), series, first)


def issue(session: Session, asked: Asked, who: Who, at: datetime, offer: Offer | None = None) -> Issued:
    """Give the next number of the service's series for the civil day of `at`.

    The number comes from a counter row in the same transaction: consecutive, without gaps, and unique by
    constraint. Officials may give turns at any hour. Raises Closed, TooMany, Invalid (service, group, language).
    """
    offer = offer or look_up(session, asked, at)
    if who.kind != "official" and not offer.times.at(at).open:
        raise Closed
    if asked.device_id is not None:
        _check_pace(session, asked.device_id, at)
    if asked.language not in LANGUAGES:
        raise Invalid(N_("Elija español o inglés."), field="language")
    series, first_of_all = _offered(offer)
    lock_queue(session, asked.site_id)
    day_id, number = _number(session, asked.site_id, series, at)
    issued = milliseconds(at)
    turn = {
        "token": secrets.token_urlsafe(16),
        "site_id": asked.site_id,
        "service_day_id": day_id,
        "series": series,
        "number": number,
        "service_id": asked.service_id,
        "group": asked.group,
        "first_of_all": first_of_all,
        "language": asked.language,
        "issued_at": at,
        "seniority": issued,
        "order_key": order_key(rules_of(session, asked.site_id), asked.group, issued, first_of_all),
        "state": State.WAITING,
        "state_since": at,
        "device_id": asked.device_id,
    }
    turn_id = run(session, _KEEP_TURN, turn).scalar()
    run(session, _KEEP_ASKED, turn_id=turn_id, service_id=asked.service_id)
    code = code_of(series, number)
    record(
        session,
        Happened(
            kind="issued",
            site_id=asked.site_id,
            at=at,
            who=who,
            turn_id=turn_id,
            window_id=who.window_id,
            public={"code": code},
            detail={name: turn[name] for name in ("service_id", "group", "first_of_all", "order_key")},
        ),
    )
    return Issued(turn_id, str(turn["token"]), code)


def _offered(offer: Offer) -> tuple[str, bool]:
    """The letter of the topic, and whether the group comes before all. Raises Invalid for what there is not."""
    if offer.series is None:
        raise Invalid(N_("Ese servicio no se atiende aquí. Elija uno de la lista."), field="service")
    return offer.series, _known_group(offer.first_of_all)


def _check_pace(session: Session, device_id: int, at: datetime) -> None:
    recent = run(session, _RECENT, device=device_id, after=at - timedelta(minutes=1), at=at).scalar()
    if recent >= PER_DEVICE_AND_MINUTE:
        raise TooMany(N_("Se pidieron muchos turnos seguidos. Espere un minuto o acérquese a una ventanilla."))


def comes_first_of_all(session: Session, site_id: int, group: str) -> bool:
    """Whether the law puts the group before any other turn. Raises Invalid for a group the site does not have."""
    return group != GENERAL and _known_group(_first_of_all(session, site_id, group))


def _first_of_all(session: Session, site_id: int, group: str) -> bool | None:
    """None for a group that the site does not have."""
    return session.scalar(
        select(PriorityGroup.first_of_all).where(
            PriorityGroup.site_id == site_id, PriorityGroup.code == group, PriorityGroup.active
        )
    )


def _known_group(first_of_all: bool | None) -> bool:
    if first_of_all is None:
        raise Invalid(N_("Elija una condición de la lista, o «Ninguna»."), field="group")
    return first_of_all


def _number(session: Session, site_id: int, series: str, at: datetime) -> tuple[int, int]:
    """The day of the site, opened by its first turn, and the next number of the series."""
    of_today = {"site": site_id, "series": series, "day": at.date()}
    given = run(session, _NUMBER, of_today).first()
    if given is None:
        run(session, _OPEN_DAY, site_id=site_id, day=at.date(), opened_at=at)
        forget_old(session, at)
        given = run(session, _NUMBER, of_today).one()
    day_id, number = given
    return day_id, number
