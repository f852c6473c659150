"""The tray of an official: which petitions, in which order, and how many of each state; every question by an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from core.petitions import search
from core.petitions.deadlines import State, state_of_open
from core.petitions.finding import Reader, readable
from core.petitions.model import Petition, Recipient, Stage
from core.petitions.reckoning import lapsed
from core.petitions.reply_model import Reply, ReplyState

SHOWN = 25
MOST_PAGES = 400
_OPEN = Petition.stage == literal(Stage.OPEN, literal_execute=True)


class Scope(StrEnum):
    """Whose petitions: of the own offices, in the own hands, those one is named for, or of the whole entity."""

    OFFICE = "office"
    MINE = "mine"
    NAMED = "named"
    ALL = "all"


class Order(StrEnum):
    """By what the list is sorted."""

    DUE = "due"
    NEWEST = "newest"
    OLDEST = "oldest"


OPEN_STATES = (
    State.OVERDUE,
    State.DUE_TODAY,
    State.DUE_SOON,
    State.ON_TIME,
    State.SUSPENDED,
    State.LAPSED,
    State.NO_TERM,
)
ENDED_STATES = tuple(stage for stage in Stage if stage != Stage.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a tray is asked for. `state`: one of OPEN_STATES or ENDED_STATES; none of them, all that are open."""

    scope: Scope
    site_id: int
    state: str = ""
    kind: str = ""
    channel: str = ""
    office_id: int | None = None
    assignee_id: int | None = None
    nobody: bool = False
    due_from: date | None = None
    due_until: date | None = None
    words: str = ""
    order: Order = Order.DUE
    page: int = 1


@dataclass(frozen=True, slots=True)
class Tray:
    """A page of the list; `more`: whether there is another; `lapsed`: which were not completed in time."""

    petitions: Sequence[Petition]
    more: bool
    lapsed: frozenset[int] = frozenset()


def look(session: Session, reader: Reader, asked: Asked, today: date, soon: date) -> Tray:
    """The page that was asked for, of what this official may read. `soon`: the last due date that is soon."""
    overripe = lapsed(session, today)
    wanted = _filters(asked, today, soon, overripe)
    query = _of_scope(select(Petition.id), reader, asked).where(readable(reader), *wanted)
    query = search.joined(session, query, asked.words) if asked.words else query.order_by(*_order(asked))
    found = session.scalars(query.limit(SHOWN + 1).offset((asked.page - 1) * SHOWN)).all()
    more = len(found) > SHOWN and asked.page < MOST_PAGES
    return Tray(_whole(session, found[:SHOWN]), more, overripe)


def _whole(session: Session, ids: Sequence[int]) -> list[Petition]:
    """These petitions, in this order: only numbers are sorted, and only what is shown is read."""
    shown = (joinedload(Petition.office), joinedload(Petition.assignee), joinedload(Petition.petitioner))
    rows = {one.id: one for one in session.scalars(select(Petition).where(Petition.id.in_(ids)).options(*shown))}
    return [rows[one] for one in ids]


def counts(session: Session, reader: Reader, asked: Asked, today: date, soon: date) -> dict[State, int]:
    """How many open petitions of the scope are in each state; due today is a state of its own."""
    overripe = lapsed(session, today)
    sums = {state: func.sum(case((_state_is(state, today, soon, overripe), 1), else_=0)) for state in OPEN_STATES}
    query = _of_scope(select(*sums.values()), reader, asked).where(_OPEN, readable(reader))
    return dict(zip(sums, (int(n or 0) for n in session.execute(query).one()), strict=True))


def state_of(petition: Petition, today: date, soon: date, overripe: Collection[int] = ()) -> State:
    """Where a petition of the list stands today, `overripe` being what `lapsed` says; of one that has ended, how."""
    if petition.stage != Stage.OPEN:
        if petition.stage == Stage.ANSWERED:
            late = petition.due_on is not None and petition.stage_on > petition.due_on
            return State.ANSWERED_LATE if late else State.ANSWERED
        return State(petition.stage.value)
    if petition.suspended:
        return State.LAPSED if petition.id in overripe else State.SUSPENDED
    return state_of_open(petition.due_on, today, soon) if petition.due_on else State.NO_TERM


def to_approve(session: Session, reader: Reader) -> Sequence[Reply]:
    """The replies that wait for this official: of petitions that they may read, or that name them to review."""
    waits = Reply.state.in_((ReplyState.REVIEW, ReplyState.APPROVED))
    named = and_(Reply.reviewer_id == reader.id, ~Petition.confidential)
    theirs = or_(named, and_(or_(Reply.reviewer_id.is_(None), Reply.reviewer_id == reader.id), readable(reader)))
    query = select(Reply).join(Reply.petition).where(waits, theirs, _OPEN | (Petition.stage == Stage.ANSWERED))
    return session.scalars(
        query.order_by(Petition.due_on, Reply.id).options(joinedload(Reply.petition)).limit(100)
    ).all()


def _of_scope(query: Select[Any], reader: Reader, asked: Asked) -> Select[Any]:
    """The condition by which the index is chosen, before what the reader may see of it."""
    if asked.scope == Scope.MINE:
        return query.where(Petition.assignee_id == reader.id)
    if asked.scope == Scope.NAMED:
        mine = (Recipient.official_id == reader.id) & Recipient.ended_on.is_(None)
        return query.where(Petition.confidential, Petition.id.in_(select(Recipient.petition_id).where(mine)))
    if asked.scope == Scope.ALL:
        whole = query.where(Petition.site_id == asked.site_id)
        return whole.where(Petition.office_id == asked.office_id) if asked.office_id else whole
    return query.where(Petition.office_id.in_(sorted(reader.offices)), ~Petition.confidential)


def _filters(asked: Asked, today: date, soon: date, overripe: Collection[int]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if asked.state in set(ENDED_STATES):
        wanted.append(Petition.stage == Stage(asked.state))
    elif not asked.words or asked.state:
        wanted.append(_OPEN)
    if asked.state in set(OPEN_STATES):
        wanted.append(_state_is(State(asked.state), today, soon, overripe))
    for value, column in ((asked.kind, Petition.kind), (asked.channel, Petition.channel)):
        if value:
            wanted.append(column == value)
    if asked.nobody:
        wanted.append(Petition.assignee_id.is_(None))
    elif asked.assignee_id is not None:
        wanted.append(Petition.assignee_id == asked.assignee_id)
    if asked.due_from:
        wanted.append(Petition.due_on >= asked.due_from)
    if asked.due_until:
        wanted.append(Petition.due_on <= asked.due_until)
    return wanted


def _state_is(state: State, today: date, soon: date, overripe: Collection[int]) -> Any:
    runs = ~Petition.suspended
    return {
        State.OVERDUE: and_(runs, Petition.due_on < today),
        State.DUE_TODAY: and_(runs, Petition.due_on == today),
        State.DUE_SOON: and_(runs, Petition.due_on > today, Petition.due_on <= soon),
        State.ON_TIME: and_(runs, Petition.due_on > soon),
        State.SUSPENDED: and_(Petition.suspended, Petition.id.not_in(overripe)),
        State.LAPSED: and_(Petition.suspended, Petition.id.in_(overripe)),
        State.NO_TERM: and_(runs, Petition.due_on.is_(None)),
    }[state]


def _order(asked: Asked) -> list[Any]:
    """What the law puts first comes first, in the list of what is due."""
    if asked.order == Order.NEWEST or asked.state in set(ENDED_STATES):
        return [Petition.received_on.desc(), Petition.id.desc()]
    if asked.order == Order.OLDEST:
        return [Petition.received_on, Petition.id]
    return [Petition.priority.is_(None), Petition.due_on.is_(None), Petition.due_on, Petition.id]
