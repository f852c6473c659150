"""Which improvement actions an official sees, how many of each state, and which press today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.errors import N_, Missing
from core.improvement.model import Evidence, Improvement, ImprovementStep, IndividualNote, Source
from core.improvement.standing import Stage, State, state_of
from core.people.rights import Permission, Reach, Reader, reaches

A_PAGE, MOST_PAGES = 30, 200
SOON = timedelta(days=7)
"""An action is told to who answers for it from a week before its day on."""
_CLOSED = {
    State.TO_VERIFY: Stage.DONE,
    State.NOT_EFFECTIVE: Stage.NOT_EFFECTIVE,
    State.EFFECTIVE: Stage.EFFECTIVE,
    State.WITHDRAWN: Stage.WITHDRAWN,
}


class NoAction(Missing):
    message = N_("Esa acción de mejora no existe o no es de su dependencia.")


class NoNote(Missing):
    message = N_("Esa constancia no existe o no es de su sede.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is asked for; without a state, all that is not over."""

    mine: bool = False
    state: State | None = None
    source: Source | None = None
    office_id: int | None = None
    page: int = 1


def readable(reader: Reader, needs: Permission = Permission.SEE_IMPROVEMENTS) -> ColumnElement[bool]:
    """The actions of the site that this official reaches with a right: those of the own office, or all."""
    far = {reaches(role, needs) for role in reader.roles} - {None}
    here = Improvement.site_id == reader.site_id
    if far - {Reach.OFFICE}:
        return here
    mine = Improvement.office_id.in_(reader.offices) | (Improvement.official_id == reader.id)
    return and_(here, mine) if far else Improvement.id.is_(None)


def action_for(
    session: Session,
    reader: Reader,
    improvement_id: int,
    needs: Permission = Permission.SEE_IMPROVEMENTS,
    *,
    lock: bool = False,
) -> Improvement:
    """One that this official reaches; `lock` holds it until the transaction ends. Raises NoAction."""
    query = select(Improvement).where(Improvement.id == improvement_id, readable(reader, needs))
    query = query.execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update(of=Improvement) if lock else query)
    if found is None:
        raise NoAction
    return found


def evidence_for(session: Session, improvement: Improvement, evidence_id: int) -> Evidence:
    """A file of the action. Raises NoAction."""
    found = session.get(Evidence, evidence_id)
    if found is None or found.file is None or found.step.improvement_id != improvement.id:
        raise NoAction
    return found


def look(session: Session, reader: Reader, asked: Asked, today: date) -> tuple[Sequence[Improvement], bool]:
    """A page of the list, what is due first on top, and whether there are more."""
    query = _listed(reader, asked, today).offset((asked.page - 1) * A_PAGE).limit(A_PAGE + 1)
    rows = session.scalars(query).all()
    return rows[:A_PAGE], len(rows) > A_PAGE


def everything(session: Session, reader: Reader, asked: Asked, today: date) -> Sequence[Improvement]:
    """The whole list with its logs, in the same order."""
    logs = selectinload(Improvement.steps).selectinload(ImprovementStep.evidence)
    return session.scalars(_listed(reader, asked, today).options(logs)).all()


def counts(session: Session, reader: Reader, asked: Asked, today: date) -> dict[State, int]:
    """How many there are of each state, whatever state is asked for."""
    without = Asked(mine=asked.mine, source=asked.source, office_id=asked.office_id)
    late = Improvement.due_on < today
    query = select(Improvement.stage, late, func.count()).where(*_filters(reader, without))
    found = dict.fromkeys(State, 0)
    for stage, is_late, count in session.execute(query.group_by(Improvement.stage, late)):
        day = today - timedelta(days=1) if is_late else today
        found[state_of(stage, day, today)] += count
    return found


def notes(session: Session, reader: Reader, most: int = 20) -> Sequence[IndividualNote]:
    """The last notes for individual plans at the site."""
    query = select(IndividualNote).where(IndividualNote.site_id == reader.site_id)
    return session.scalars(query.order_by(IndividualNote.id.desc()).limit(most)).all()


def note_for(session: Session, reader: Reader, note_id: int) -> IndividualNote:
    """A note of the site. Raises NoNote."""
    found = session.get(IndividualNote, note_id)
    if found is None or found.site_id != reader.site_id:
        raise NoNote
    return found


def pressing(session: Session, today: date) -> dict[int, list[Improvement]]:
    """The open actions that are late or due within a week, by who answers for them."""
    query = select(Improvement).where(Improvement.stage == Stage.OPEN, Improvement.due_on <= today + SOON)
    found: dict[int, list[Improvement]] = {}
    for one in session.scalars(query.order_by(Improvement.due_on, Improvement.id)):
        found.setdefault(one.official_id, []).append(one)
    return found


def _listed(reader: Reader, asked: Asked, today: date) -> Select[Improvement]:
    query = select(Improvement).where(*_asked_for(reader, asked, today)).order_by(Improvement.due_on, Improvement.id)
    return query.options(joinedload(Improvement.office), joinedload(Improvement.official))


def _asked_for(reader: Reader, asked: Asked, today: date) -> Iterable[ColumnElement[bool]]:
    yield from _filters(reader, asked)
    if asked.state is None:
        yield Improvement.stage.not_in((Stage.EFFECTIVE, Stage.WITHDRAWN))
    elif asked.state in _CLOSED:
        yield Improvement.stage == _CLOSED[asked.state]
    else:
        yield Improvement.stage == Stage.OPEN
        yield Improvement.due_on < today if asked.state is State.LATE else Improvement.due_on >= today


def _filters(reader: Reader, asked: Asked) -> Iterable[ColumnElement[bool]]:
    yield readable(reader)
    if asked.mine:
        yield Improvement.official_id == reader.id
    if asked.source is not None:
        yield Improvement.source == asked.source
    if asked.office_id is not None:
        yield Improvement.office_id == asked.office_id
