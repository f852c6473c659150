"""What is changed is told: who, when, what it was and became; and nobody can change what is told."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from core import changes
from core.catalogue.model import Topic, Window
from core.changes import Asked, Change
from core.db import Event, transaction
from tests import make


def kept(session: Session) -> list[tuple[object, ...]]:
    rows = session.scalars(select(Change).order_by(Change.id))
    return [(row.kind, row.thing, row.field, row.before, row.after, row.by, row.reason) for row in rows]


def test_a_change_says_who_when_before_and_after_and_the_site_hears_of_it(session: Session) -> None:
    with transaction(session):
        me, window = make.official(session, "administracion").id, make.window(session)
        assert changes.apply(session, window, {"label": "1A", "name": "Hacienda"}, me, make.at(), "Resolución 3")
    assert kept(session) == [("windows", "1A Hacienda", "label", "1", "1A", me, "Resolución 3")]
    told = changes.of_thing(session, make.window(session, "1A"))
    assert [(row.at, row.site_id) for row in told] == [(make.at(), make.site(session).id)]
    assert session.scalars(select(Event.kind).order_by(Event.seq.desc())).first() == "set up"


def test_what_is_the_same_as_before_leaves_nothing_behind(session: Session) -> None:
    with transaction(session):
        window = make.window(session)
        assert not changes.apply(session, window, {"label": "1", "services": list(window.services)}, None, make.at())
    assert kept(session) == []
    assert session.scalar(select(Event.seq).where(Event.kind == "set up")) is None


def test_what_a_thing_refers_to_is_kept_by_its_name_of_that_day(session: Session) -> None:
    with transaction(session):
        service, other = make.service(session), session.scalars(select(Topic).where(Topic.code == "sisben")).one()
        before = service.topic.name
        changes.apply(session, service, {"topic": other}, None, make.at())
        other.name = "Otro nombre"
    assert [row[2:5] for row in kept(session)] == [("topic", before, "Sisbén")]


def test_a_new_thing_begins_its_history_with_what_it_was_given(session: Session) -> None:
    with transaction(session):
        fixed = {"site_id": make.site(session).id, "active": True}
        changes.apply(session, Window(**fixed), {"label": "9", "name": "Nueva"}, None, make.at())
    assert [row[1:5] for row in kept(session)] == [
        ("9 Nueva", "label", None, "9"),
        ("9 Nueva", "name", None, "Nueva"),
    ]


def test_a_site_hears_of_itself_and_of_the_whole_town_hall(session: Session) -> None:
    with transaction(session):
        changes.apply(session, make.window(session), {"name": "Otra"}, None, make.at())
    here = make.site(session).id
    assert len(changes.told(session, Asked(site_id=here))) == 1
    assert changes.told(session, Asked(site_id=here + 1)) == []
    assert changes.told(session, Asked(site_id=here, kind="topics")) == []


@pytest.mark.parametrize("tampering", [update(Change).values(after="x"), delete(Change)])
def test_the_database_itself_refuses_to_rewrite_or_delete_history(session: Session, tampering: object) -> None:
    with transaction(session):
        changes.apply(session, make.window(session), {"name": "Otra"}, None, make.at())
    with pytest.raises(DatabaseError, match="neither rewritten nor deleted"):
        session.execute(tampering)  # type: ignore[call-overload]
    session.rollback()
    assert len(kept(session)) == 1
