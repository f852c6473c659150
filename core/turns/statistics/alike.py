"""What the last days of the same weekday had come to by the same hour, so that a day is read beside them."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from core.reports.periods import Period
from core.turns.board.course import LEAST, days_like
from core.turns.statistics.facts import Tally, tally, unpacked
from core.turns.statistics.reading import Asked, read


def so_far(session: Session, site_id: int, at: datetime) -> Tally | None:
    """Of the turns given until the hour of `at`, on all those days together; None of too few days."""
    days = days_like(session, site_id, at.date())
    if len(days) < LEAST:
        return None
    every = [read(session, Asked((site_id,), Period(day, day))) for day in days]
    facts = unpacked(day.facts for counted in every for day in counted.days)
    return tally(facts.where(np.flatnonzero(facts["hour"] <= at.hour)), ("wait",))
