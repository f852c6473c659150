"""Statements of every press: what they send and bring back is what the ORM would, and their errors too."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy import Engine, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound
from sqlalchemy.orm import Session

from core.catalogue.model import OpeningHours, Reason, Service, Site
from core.db import Stream, table, transaction
from core.prepared import run
from tests import make
from tests.heard import heard

BY_IDS = select(Service.code).where(Service.id.in_(bindparam("ids", expanding=True))).order_by(Service.id)
A_STREAM = insert(table(Stream)).returning(table(Stream).c.lead_ms, table(Stream).c.last_at)
ANY_SERVICE = select(Service.id).where(Service.site_id == bindparam("site"))


def test_values_come_back_as_the_columns_say(town: Session) -> None:
    site_id = make.site(town).id
    hours = select(OpeningHours.opens, OpeningHours.weekday).where(OpeningHours.site_id == bindparam("site")).limit(1)
    service = select(Service.requirements, Service.active).where(Service.site_id == bindparam("site")).limit(1)
    opens, weekday = run(town, hours, site=site_id).one()
    requirements, active = run(town, service, site=site_id).one()
    assert (type(opens), type(weekday), type(requirements), active) == (time, int, list, True)


def test_a_list_may_have_any_length_each_time(town: Session) -> None:
    ids = run(town, ANY_SERVICE, site=make.site(town).id).scalars()
    for length in (1, 3, 2, 0):
        assert len(run(town, BY_IDS, ids=ids[:length])) == length


def test_a_list_that_the_statement_holds_is_sent_whole(town: Session) -> None:
    codes = ("property-tax", "petition")
    either = select(Service.code).where(Service.code.in_(codes), Service.site_id == bindparam("site"))
    assert set(run(town, either, site=make.site(town).id).scalars()) == set(codes)


def test_what_the_columns_say_by_themselves_is_filled_in(town: Session) -> None:
    with transaction(town):
        town.add(Site(code="second", name="Second", address=""))
        town.flush()
        second = town.scalars(select(Site.id).where(Site.code == "second")).one()
        assert run(town, A_STREAM, site_id=second).one() == (0, None)


def test_what_the_session_has_not_written_is_written_first(town: Session) -> None:
    count = select(func.count(Reason.id)).where(Reason.kind == bindparam("kind"))
    with transaction(town):
        town.add(Reason(site_id=make.site(town).id, kind="new", code="new", name="New", position=1))
        assert run(town, count, kind="new").scalar() == 1


def test_many_rows_are_written_at_once_and_undone_with_the_transaction(town: Session) -> None:
    site_id = make.site(town).id
    rows = [{"site_id": site_id, "kind": "new", "code": f"{n}", "name": "New", "position": n} for n in range(3)]
    count = select(func.count(Reason.id)).where(Reason.kind == bindparam("kind"))
    with transaction(town), town.begin_nested() as part:
        run(town, insert(table(Reason)), rows)
        assert run(town, count, kind="new").scalar() == 3
        part.rollback()
    assert run(town, count, kind="new").scalar() == 0


def test_an_error_is_told_as_sqlalchemy_tells_it_and_without_the_values(town: Session) -> None:
    stream = table(Stream)
    lead = update(stream).where(stream.c.site_id == bindparam("site")).values(lead_ms=bindparam("ms"))
    with pytest.raises(IntegrityError) as told, transaction(town):
        run(town, lead, site=make.site(town).id, ms=None)
    assert "site" not in str(told.value.params)


def test_one_row_means_one(town: Session) -> None:
    site_id = make.site(town).id
    with pytest.raises(MultipleResultsFound):
        run(town, ANY_SERVICE, site=site_id).one()
    with pytest.raises(NoResultFound):
        run(town, ANY_SERVICE, site=site_id + 1).one()
    assert run(town, ANY_SERVICE, site=site_id + 1).first() is None


def test_what_is_heard_is_every_statement(engine: Engine) -> None:
    with heard(engine) as asked, Session(engine) as session:
        run(session, ANY_SERVICE, site=make.site(session).id)
    said = [statement for statement, _values in asked if statement.startswith("SELECT")]
    assert len(said) == 2
