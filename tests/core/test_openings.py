"""A supervisor asks for a window: it is told until somebody sits there, or until it says nothing any more."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from core import openings
from core.desks import SomebodySits
from core.errors import Missing
from core.openings import AlreadyAsked
from tests import make


def test_a_window_that_is_asked_for_is_told_until_somebody_sits_there_and_then_as_opened(town: Session) -> None:
    site, window = make.site(town).id, make.window(town, "3").id
    by = make.official(town, "supervision").id
    asked = openings.ask(town, site, window, (48, 27), by, make.at(10))
    assert [(one.id, one.before_min, one.after_min) for one in openings.waiting(town, site, make.at(20))] == [
        (asked.id, 48, 27)
    ]
    with pytest.raises(AlreadyAsked):
        openings.ask(town, site, window, None, by, make.at(12))
    make.desk(town, "1", minute=15)
    assert (len(openings.waiting(town, site, make.at(20))), list(openings.answered(town, site, make.at(20)))) == (1, [])
    make.desk(town, "3", minute=18)
    assert not openings.waiting(town, site, make.at(20))
    assert [one.id for one in openings.answered(town, site, make.at(20))] == [asked.id]
    with pytest.raises(SomebodySits):
        openings.ask(town, site, window, None, by, make.at(25))


def test_what_was_asked_an_hour_ago_is_told_no_more_and_a_window_of_nowhere_cannot_be_asked_for(town: Session) -> None:
    site, by = make.site(town).id, make.official(town, "supervision").id
    openings.ask(town, site, make.window(town, "2").id, None, by, make.at(0))
    assert not openings.waiting(town, site, make.at(61))
    openings.ask(town, site, make.window(town, "2").id, None, by, make.at(61))
    with pytest.raises(Missing):
        openings.ask(town, site, 10**6, None, by, make.at(0))
