"""Every activity of the first plan says what it is counted from; those of another plan are asked."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.plan.document import Mode
from core.plan.sources import Sources, proposed
from tests.core.plan.test_loading import loaded


def test_every_activity_that_counts_itself_names_its_measure_and_what_is_reported_by_hand_names_none(
    town: Session,
) -> None:
    for activity in loaded(town).activities:
        found = proposed(activity.code, activity.text)
        assert bool(found.leads) == (activity.mode is not Mode.MANUAL), activity.code
        assert found.leads or found.beside, activity.code
    assert proposed("4.2.3", "Otra actividad") == Sources()
