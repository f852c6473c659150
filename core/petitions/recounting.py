"""When the calendar changes: counts every open petition again, and leaves an act of which days moved and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.days import calendar_of
from core.db import table
from core.events import Who
from core.petitions.deadlines import due_of
from core.petitions.model import Petition, Recount, Stage, Step, StepKind
from core.petitions.reckoning import MOVES_A_TERM, facts_of

_OPEN = (
    select(
        Petition.id,
        Petition.kind,
        Petition.received_on,
        Petition.after_hours,
        Petition.policy,
        Petition.own_term,
        Petition.verbal,
        Petition.told_on,
        Petition.stage,
        Petition.stage_on,
        Petition.due_on,
    )
    .where(
        Petition.stage == Stage.OPEN,
        Petition.site_id == bindparam("site"),
        Petition.calendar_version != bindparam("version"),
    )
    .order_by(Petition.id)
)
_VERSIONS = select(Petition.site_id, Petition.calendar_version).where(Petition.stage == Stage.OPEN).distinct()
_STEPS = (
    select(Step.petition_id, Step.kind, Step.on, Step.detail)
    .join(Petition, Petition.id == Step.petition_id)
    .where(
        Petition.stage == Stage.OPEN,
        Petition.site_id == bindparam("site"),
        Petition.calendar_version != bindparam("version"),
        Step.kind.in_(MOVES_A_TERM),
    )
    .order_by(Step.petition_id, Step.number)
)
_KEEP = (
    update(table(Petition))
    .where(table(Petition).c.id.in_(bindparam("petitions", expanding=True)))
    .values(due_on=bindparam("after"), calendar_version=bindparam("version"))
)
_LAST_NUMBERS = (
    select(Step.petition_id, func.max(Step.number).label("last"))
    .where(Step.petition_id.in_(bindparam("petitions", expanding=True)))
    .group_by(Step.petition_id)
)
_AS_COUNTED = (
    select(Petition.id, Petition.due_on)
    .where(
        Petition.id.in_(bindparam("petitions", expanding=True)),
        Petition.stage == Stage.OPEN,
        Petition.calendar_version != bindparam("version"),
    )
    .with_for_update()
)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Move:
    """A petition that was counted again: its day before and after, which may be the same; None while suspended."""

    petition_id: int
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting a site's petitions again found, by the calendar of that version; nothing of it is kept yet."""

    site_id: int
    version: str
    moves: tuple[Move, ...]

    @property
    def moved(self) -> list[Move]:
        return [move for move in self.moves if move.before != move.after]


def sites_behind(session: Session) -> list[int]:
    """The sites with open petitions that were not counted by the calendar of now."""
    versions = session.execute(_VERSIONS)
    return sorted({site for site, version in versions if version != calendar_of(session, site).version})


def count_again(session: Session, site_id: int) -> Counted:
    """Every open petition of the site that was not counted by the calendar of now. It only reads."""
    calendar = calendar_of(session, site_id)
    asked = {"site": site_id, "version": calendar.version}
    steps = defaultdict(list)
    for step in session.execute(_STEPS, asked):
        steps[step.petition_id].append(step)
    due = cache(partial(due_of, calendar=calendar))
    moves = [Move(row.id, row.due_on, due(facts_of(row, steps[row.id]))) for row in session.execute(_OPEN, asked)]
    return Counted(site_id, calendar.version, tuple(moves))


def keep(session: Session, counted: Counted, by: int | None, at: datetime) -> Recount | None:
    """Keep what was found, with a step in each petition whose day moved, and the act of all of them.

    None if nothing had to be counted again. `by`: who changed the calendar; None if a new table of holidays did. A
    petition to which something happened since it was counted is left: whoever did it counted it by the calendar of now.
    """
    counted = replace(counted, moves=tuple(_as_counted(session, counted)))
    if not counted.moves:
        return None
    _keep_days(session, counted)
    act = Recount(
        site_id=counted.site_id,
        at=at,
        by=by,
        version=counted.version,
        counted=len(counted.moves),
        moves=[[move.petition_id, _text(move.before), _text(move.after)] for move in counted.moved],
    )
    session.add(act)
    session.flush()
    for some in _batches(counted.moved):
        _add_steps(session, some, act, at)
    who = Who("official", by) if by is not None else Who("system")
    detail = {"counted": act.counted, "moved": len(counted.moved)}
    audit.record(session, Act.MOVED, On(Thing.PETITION), who, at, site_id=counted.site_id, detail=detail)
    return act


def _keep_days(session: Session, counted: Counted) -> None:
    """The new day of each, in one statement for all that fall due on the same."""
    by_day: defaultdict[date | None, list[int]] = defaultdict(list)
    for move in counted.moves:
        by_day[move.after].append(move.petition_id)
    for after, petitions in by_day.items():
        for n in range(0, len(petitions), BATCH):
            said = {"petitions": petitions[n : n + BATCH], "after": after, "version": counted.version}
            session.connection().execute(_KEEP, said)


def _as_counted(session: Session, counted: Counted) -> Iterator[Move]:
    """The moves of petitions that are still as they were when they were counted; they stay so until the commit."""
    for some in _batches(counted.moves):
        asked = {"petitions": [move.petition_id for move in some], "version": counted.version}
        still = {row.id: row.due_on for row in session.execute(_AS_COUNTED, asked)}
        yield from (move for move in some if move.petition_id in still and still[move.petition_id] == move.before)


def _add_steps(session: Session, moves: Sequence[Move], act: Recount, at: datetime) -> None:
    rows = session.execute(_LAST_NUMBERS, {"petitions": [move.petition_id for move in moves]})
    last = {row.petition_id: row.last for row in rows}
    session.execute(
        insert(Step),
        [
            {
                "petition_id": move.petition_id,
                "number": last.get(move.petition_id, 0) + 1,
                "kind": StepKind.DATE_MOVED,
                "on": at.date(),
                "at": at,
                "by": act.by,
                "public": True,
                "text": "",
                "detail": {"before": _text(move.before), "after": _text(move.after), "recount": act.id},
            }
            for move in moves
        ],
    )


def _batches(moves: Sequence[Move]) -> Iterator[Sequence[Move]]:
    return (moves[n : n + BATCH] for n in range(0, len(moves), BATCH))


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
