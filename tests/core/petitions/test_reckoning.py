"""The steps of a petition make its deadline, and a change of the calendar counts every open one again and says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue import days
from core.petitions import reckoning, recounting, steps
from core.petitions.deadlines import State
from core.petitions.model import Petition, Recount, Stage, Step, StepKind
from tests import make

DAY = 24 * 60


def step(session: Session, petition: Petition, kind: StepKind, day: int, **detail: str) -> None:
    steps.add(session, petition, kind, make.official(session, "pqrsd").id, make.at(day * DAY), detail=detail)


def due(session: Session, petition: Petition, day: int) -> date | None:
    reckoning.reckon(session, petition, make.at(day * DAY))
    return petition.due_on


def test_each_step_that_moves_a_term_moves_the_day_that_is_kept(town: Session) -> None:
    petition = make.petition(town)
    assert due(town, petition, 0) == date(2026, 12, 15)
    step(town, petition, StepKind.NOTED, 1)
    assert due(town, petition, 1) == date(2026, 12, 15)
    step(town, petition, StepKind.CLARIFICATION_ASKED, 2)
    assert (due(town, petition, 2), petition.suspended) == (None, True)
    assert reckoning.deadline_of(town, petition, make.at(3 * DAY).date()).state == State.SUSPENDED
    step(town, petition, StepKind.CLARIFIED, 9)
    assert (due(town, petition, 9), petition.suspended) == (date(2026, 12, 22), False)
    step(town, petition, StepKind.EXTENDED, 10, until="2027-01-05")
    assert due(town, petition, 10) == date(2027, 1, 5)
    petition.kind = "documentos"
    assert due(town, petition, 11) == date(2027, 1, 5)
    petition.stage, petition.stage_on = Stage.ANSWERED, date(2027, 1, 6)
    assert due(town, petition, 60) == date(2027, 1, 5)
    assert reckoning.deadline_of(town, petition, date(2027, 2, 1)).state == State.ANSWERED_LATE


def test_a_day_that_was_told_is_never_moved_earlier(town: Session) -> None:
    petition = make.petition(town, kind="consulta")
    due(town, petition, 0)
    assert reckoning.tell(petition) == date(2027, 1, 7)
    petition.kind = "documentos"
    assert due(town, petition, 1) == date(2027, 1, 7)
    assert reckoning.tell(petition) == date(2027, 1, 7)


def count_again(session: Session) -> Recount | None:
    found = recounting.count_again(session, make.site(session).id)
    return recounting.keep(session, found, make.official(session, "administracion").id, make.at(5))


def close(session: Session, day: date) -> None:
    make.closed(session, day, everywhere=True, affects_terms=True)


def test_a_change_of_the_calendar_counts_the_open_ones_again_and_leaves_an_act(town: Session) -> None:
    waits, answered, asked = (make.petition(town, minute) for minute in range(3))
    step(town, asked, StepKind.CLARIFICATION_ASKED, 1)
    for petition in (waits, answered, asked):
        due(town, petition, 1)
    answered.stage = Stage.ANSWERED
    assert count_again(town) is None
    close(town, date(2026, 12, 7))
    act = count_again(town)
    town.refresh(waits)
    assert act is not None
    assert (act.counted, act.moves) == (2, [[waits.id, "2026-12-15", "2026-12-16"]])
    assert (waits.due_on, answered.due_on, asked.due_on) == (date(2026, 12, 16), date(2026, 12, 15), None)
    assert waits.calendar_version == days.calendar_of(town, waits.site_id).version
    moved = town.scalars(select(Step).where(Step.kind == StepKind.DATE_MOVED)).one()
    assert (moved.petition_id, moved.detail["after"], moved.public) == (waits.id, "2026-12-16", True)
    assert count_again(town) is None


def test_what_changed_since_it_was_counted_is_left_as_it_is(town: Session) -> None:
    petition = make.petition(town)
    due(town, petition, 0)
    close(town, date(2026, 12, 7))
    found = recounting.count_again(town, petition.site_id)
    changes: list[Callable[[], object]] = [
        lambda: due(town, petition, 1),
        lambda: setattr(petition, "stage", Stage.WITHDRAWN),
    ]
    for change in changes:
        with town.begin_nested() as attempt:
            change()
            town.flush()
            assert recounting.keep(town, found, None, make.at(5)) is None
            attempt.rollback()
    assert recounting.keep(town, found, None, make.at(5)) is not None
