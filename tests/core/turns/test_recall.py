"""Calling again: the sentence says how long there is to wait, to the second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.db import transaction
from core.turns import actions as turns
from core.turns.actions.call import RecallTooSoon
from tests import make


@pytest.mark.parametrize(("after", "seconds"), [(0, 15), (0.4, 15), (1, 14), (14.001, 1)])
def test_a_recall_too_soon_says_how_many_seconds_are_left(session: Session, after: float, seconds: int) -> None:
    at = make.at(60)
    with transaction(session):
        make.turn(session)
        desk = make.desk(session)
        turns.call_next(session, desk, at)
    with pytest.raises(RecallTooSoon) as refused, transaction(session):
        turns.recall(session, desk, at + timedelta(seconds=after))
    assert refused.value.values == {"seconds": seconds}
