"""A protocol from its first draft to its withdrawal: what each verb does, and refuses, in each state."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.protocols import actions as protocols
from tests import make


def test_it_rules_from_its_day_and_is_read(session: Session) -> None:
    version = make.protocol(session)
    today = make.OPENING.date()
    assert protocols.version_in_force(session, "T-01", today) is version
    reader = make.official(session)
    assert [one.version for one in protocols.to_read(session, reader, today)] == [version]
    assert protocols.how_many_to_read(session, reader.id, reader.roles, today) == 1
    tried = protocols.note_read(session, version, reader.id, [1], make.at(5))
    assert (tried.reading.read_at, tried.wrong, tried.reading.first_right) == (None, (0,), 0)
    tried = protocols.note_read(session, version, reader.id, [0], make.at(6))
    assert (tried.reading.read_at, tried.wrong, tried.reading.tries) == (make.at(6), (), 2)
    assert protocols.to_read(session, reader, today) == []
    assert protocols.how_many_to_read(session, reader.id, reader.roles, today) == 0
