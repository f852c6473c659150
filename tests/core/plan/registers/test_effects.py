"""What streamlining changed is measured from the turns and the opinions of the service, and is not told of a few."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from core.clock import BOGOTA
from core.db import transaction
from core.plan.measures.effects import effect_of
from core.reports.periods import Period
from core.surveys.attention import Detail
from core.surveys.model import Of
from core.turns.lifecycle import State
from core.turns.model import ServiceDay, Turn
from tests import make

BEGAN = date(2026, 8, 15)


def attended(session: Session, day: date, waited: int, lasted: int, number: int) -> None:
    """A turn of a day, with what it waited and lasted in minutes."""
    site, service = make.site(session), make.service(session)
    moment = datetime.combine(day, time(9), tzinfo=BOGOTA)
    jornada = session.query(ServiceDay).filter_by(site_id=site.id, day=day).one_or_none()
    if jornada is None:
        jornada = ServiceDay(site_id=site.id, day=day, opened_at=moment)
        session.add(jornada)
        session.flush()
    told = {"series": "A", "number": number, "token": f"{day}-{number}", "seniority": 0, "order_key": 0}
    began, ended = moment + timedelta(minutes=waited), moment + timedelta(minutes=waited + lasted)
    times = {"issued_at": moment, "attention_started_at": began, "state_since": ended}
    where = {"site_id": site.id, "service_id": service.id, "service_day_id": jornada.id}
    session.add(Turn(state=State.FINISHED, **told, **times, **where))


def test_the_effect_is_what_was_measured_in_three_months_on_each_side(session: Session) -> None:
    with transaction(session):
        service = make.service(session)
        for n in range(10):
            attended(session, date(2026, 8, 14), 30 + n, 12, n + 1)
        for n in range(9):
            attended(session, BEGAN, 5, 4, n + 1)
        attended(session, date(2026, 5, 14), 500, 500, 1)
        attended(session, date(2026, 11, 15), 500, 500, 1)
    few = effect_of(session, service.id, BEGAN, date(2026, 11, 23))
    assert (few.before.period, few.after.period) == (
        Period(date(2026, 5, 15), date(2026, 8, 14)),
        Period(BEGAN, date(2026, 11, 14)),
    )
    assert (few.before.turns, few.before.wait_min, few.before.attention_min) == (10, 34.5, 12)
    assert (few.after.turns, few.after.wait_min, few.after.satisfied) == (9, None, None)
    with transaction(session):
        attended(session, date(2026, 11, 14), 15, 14, 1)
    after = effect_of(session, service.id, BEGAN, date(2026, 11, 14)).after
    assert (after.turns, after.wait_min, after.attention_min) == (10, 6, 5)
    assert [effect_of(session, service.id, BEGAN, day).running for day in (date(2026, 11, 14), date(2026, 11, 15))] == [
        True,
        False,
    ]


def test_opinions_are_of_the_service_and_of_whole_months(session: Session) -> None:
    with transaction(session):
        service, version = make.service(session), make.survey(session, Of.TURN)
        other = make.service(session, "tax-clearance").id
        for month, number, said in ((9, service.id, "5"), (10, service.id, "1"), (8, service.id, "1"), (9, other, "1")):
            for _n in range(6):
                detail = Detail(site_id=service.site_id, office_id=service.office_id, service_id=number)
                make.opinion(session, version, {"all": [said], "solved": ["yes"]}, detail, month=date(2026, month, 20))
    found = effect_of(session, service.id, BEGAN, date(2026, 11, 23))
    assert found.after.satisfied is not None
    assert (found.after.satisfied.percent, found.before.satisfied) == (50, None)
