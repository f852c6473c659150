"""From the steps of a petition to its deadline: what happened becomes facts, and the day that lists sort by is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.calendar import Calendar
from core.catalogue.days import calendar_of
from core.petitions.deadlines import Deadline, deadline, is_lapsed
from core.petitions.facts import Clarification, End, Extension, Facts, Ground, Policy
from core.petitions.model import Petition, Stage, StepKind
from core.petitions.reception import settings
from core.petitions.terms import Kind

ASKED = {StepKind.CLARIFICATION_ASKED: Ground.INCOMPLETE, StepKind.CORRECTION_ASKED: Ground.OBSCURE}
COMPLETED = (StepKind.CLARIFIED, StepKind.CORRECTED)
MOVES_A_TERM = (*ASKED, *COMPLETED, StepKind.CLARIFICATION_LONGER, StepKind.EXTENDED)
_ENDS = {
    Stage.ANSWERED: End.ANSWERED,
    Stage.TRANSFERRED: End.TRANSFERRED,
    Stage.WITHDRAWN: End.WITHDRAWN,
    Stage.ARCHIVED: End.ARCHIVED,
    Stage.ANNULLED: End.ANNULLED,
}


@dataclass(frozen=True, slots=True)
class Moved:
    """What a reckoning changed of the day that the lists sort by."""

    before: date | None
    after: date | None


class Case(Protocol):
    """What must be known of a petition: the row itself, or these columns of it."""

    kind: Any
    received_on: Any
    after_hours: Any
    policy: Any
    own_term: Any
    verbal: Any
    told_on: Any
    stage: Any
    stage_on: Any


class Happening(Protocol):
    """What must be known of a step."""

    kind: Any
    on: Any
    detail: Any


def facts_of(petition: Case, steps: Iterable[Happening]) -> Facts:
    """What happened to it, as its deadline wants to know it.

    The steps that move a term say in `detail`: `extended` the day `until` which it was told; a clarification that the
    person was given longer for is `clarification_longer`.
    """
    clarifications: list[Clarification] = []
    extension = None
    for step in steps:
        if step.kind in ASKED:
            clarifications.append(Clarification(step.on, ground=ASKED[step.kind]))
        elif step.kind == StepKind.CLARIFICATION_LONGER and clarifications:
            clarifications[-1] = replace(clarifications[-1], extended=True)
        elif step.kind in COMPLETED and clarifications:
            clarifications[-1] = replace(clarifications[-1], answered=step.on)
        elif step.kind == StepKind.EXTENDED:
            extension = Extension(step.on, date.fromisoformat(step.detail["until"]))
    ended = _ENDS.get(petition.stage)
    return Facts(
        kind=Kind(petition.kind),
        received=petition.received_on,
        after_hours=petition.after_hours,
        policy=Policy(petition.policy),
        length=petition.own_term,
        spoken=petition.verbal,
        clarifications=tuple(clarifications),
        extension=extension,
        told=petition.told_on,
        ended=ended,
        ended_on=petition.stage_on if ended else None,
    )


def deadline_of(session: Session, petition: Petition, today: date) -> Deadline:
    """By when it must be answered, where it stands today and the account of every day, by the calendar of now."""
    facts = facts_of(petition, petition.steps)
    return deadline(facts, calendar_of(session, petition.site_id), today, settings(session).soon_days)


def lapsed(session: Session, today: date) -> frozenset[int]:
    """The open petitions whose person was asked to complete them and let the time for it pass (art. 17)."""
    waiting = select(Petition).where(Petition.stage == Stage.OPEN, Petition.suspended)
    rows = session.scalars(waiting.options(selectinload(Petition.steps))).all()
    calendars = {site: calendar_of(session, site) for site in {row.site_id for row in rows}}
    return frozenset(row.id for row in rows if is_lapsed(facts_of(row, row.steps), calendars[row.site_id], today))


def reckon(session: Session, petition: Petition, at: datetime, calendar: Calendar | None = None) -> Moved:
    """Keep what the steps make of the deadline now; whoever adds a step that moves a term calls it.

    A day that the citizen was told is never followed by an earlier one (see `tell`). One that has ended keeps the day
    that bound it.
    """
    session.refresh(petition, ["steps"])
    before = petition.due_on
    if petition.stage == Stage.OPEN:
        own = calendar or calendar_of(session, petition.site_id)
        facts = facts_of(petition, petition.steps)
        now = deadline(facts, own, at.date())
        petition.due_on, petition.suspended, petition.calendar_version = now.due, facts.waiting is not None, own.version
    return Moved(before, petition.due_on)


def tell(petition: Petition) -> date | None:
    """The day by when the citizen is told to be answered, which binds the entity from now on."""
    if petition.due_on is not None:
        petition.told_on = max(petition.due_on, petition.told_on or petition.due_on)
    return petition.told_on
