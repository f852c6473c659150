"""The course of the day so far: who came and who was done with, beside what past days like it brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.turns.lifecycle import State
from core.turns.model import ServiceDay, Turn

LIKE_IT, WEEKS = 8, 26
"""How many past days of the same weekday say what is usual; of fewer than LEAST nothing is said."""
LEAST = 4

Quarters = Counter[int]
"""How many in each quarter hour, numbered from midnight."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What past days of the same weekday brought, by quarter hour.

    `low`, `high`: the first and the third quartile; `so_far`: the median of how many had come by its end.
    """

    days: int
    low: Mapping[int, int]
    high: Mapping[int, int]
    so_far: Mapping[int, int]

    @property
    def known(self) -> bool:
        return self.days >= LEAST


@dataclass(frozen=True, slots=True)
class Course:
    """Of each quarter hour from the first with somebody to the present one: who came, who was done with."""

    quarters: tuple[int, ...]
    came: tuple[int, ...]
    done: tuple[int, ...]


def course_of(session: Session, site_id: int, at: datetime) -> Course:
    """Today until `at`."""
    midnight = datetime.combine(at.astimezone(BOGOTA).date(), time(), BOGOTA)
    came = _by_quarter(session.scalars(_issued(site_id, midnight.date()).where(Turn.issued_at <= at)))
    over = (Turn.site_id == site_id, Turn.state == State.FINISHED, Turn.state_since.between(midnight, at))
    done = _by_quarter(session.scalars(select(Turn.state_since).where(*over)))
    if not came and not done:
        return Course((), (), ())
    quarters = tuple(range(min([*came, *done]), _quarter(at) + 1))
    return Course(quarters, tuple(came[n] for n in quarters), tuple(done[n] for n in quarters))


def days_like(session: Session, site_id: int, day: date) -> list[date]:
    """The last days of the weekday of `day`, of the half year before it, on which turns were given."""
    weeks = [day - timedelta(weeks=n) for n in range(1, WEEKS + 1)]
    given = select(ServiceDay.day).where(ServiceDay.site_id == site_id, ServiceDay.day.in_(weeks))
    return sorted(session.scalars(given), reverse=True)[:LIKE_IT]


def usual_arrivals(session: Session, site_id: int, day: date) -> Usual:
    """What those days brought."""
    last = days_like(session, site_id, day)
    return usual_of([_by_quarter(session.scalars(_issued(site_id, before))) for before in last])


def usual_of(days: Sequence[Quarters]) -> Usual:
    """The quartiles of each quarter hour, and the median of how many had come by its end."""
    touched = sorted({n for one in days for n in one})
    if not touched:
        return Usual(0, {}, {}, {})
    quarters = range(touched[0], touched[-1] + 1)
    low, high, so_far = {}, {}, {}
    for n in quarters:
        counts = sorted(one[n] for one in days)
        low[n], high[n] = counts[(len(counts) - 1) // 4], counts[-1 - (len(counts) - 1) // 4]
        by_then = sorted(sum(count for quarter, count in one.items() if quarter <= n) for one in days)
        so_far[n] = by_then[len(by_then) // 2]
    return Usual(len(days), low, high, so_far)


def hour_of_quarter(number: int) -> str:
    """«8:15», of the quarter hour of a day by its number."""
    return f"{number // 4}:{number % 4 * 15:02d}"


def _issued(site_id: int, day: date) -> Select[datetime]:
    """When the turns of a service day were issued."""
    of_the_day = (ServiceDay.site_id == site_id, ServiceDay.day == day)
    return select(Turn.issued_at).join(ServiceDay, ServiceDay.id == Turn.service_day_id).where(*of_the_day)


def _by_quarter(instants: Iterable[datetime]) -> Quarters:
    return Counter(_quarter(each) for each in instants)


def _quarter(at: datetime) -> int:
    local = at.astimezone(BOGOTA)
    return local.hour * 4 + local.minute // 15
