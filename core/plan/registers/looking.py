"""Which entries of the registers there are, how many of each standing, which count, and which press today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from core.errors import N_, Missing
from core.plan.model import Activity, Plan
from core.plan.registers.kinds import ALL, KINDS
from core.plan.registers.model import RegisterEntry, RegisterProof, RegisterVersion
from core.plan.registers.standing import State, state_of
from core.reports.periods import Period

A_PAGE, MOST_PAGES = 30, 200
SOON = timedelta(days=7)
"""What somebody answers for is told from a week before its day on."""
FALL_DUE = tuple(kind.slug for kind in ALL if kind.falls_due)
_NOW = and_(RegisterVersion.entry_id == RegisterEntry.id, RegisterVersion.number == RegisterEntry.latest)


class NoEntry(Missing):
    message = N_("Ese registro no existe.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is asked for; without a state, all that was not withdrawn."""

    kind: str
    year: int
    state: State | None = None
    office_id: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Totals:
    """How many entries there are of each standing, and how many people those that count reached."""

    states: dict[State, int]
    people: int


def entry(session: Session, entry_id: int, *, lock: bool = False) -> RegisterEntry:
    """One; `lock` holds it until the transaction ends. Raises NoEntry."""
    query = select(RegisterEntry).where(RegisterEntry.id == entry_id).execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update(of=RegisterEntry) if lock else query)
    if found is None or found.kind not in KINDS:
        raise NoEntry
    return found


def proof(session: Session, entry_id: int, proof_id: int) -> RegisterProof:
    """A file of an entry. Raises NoEntry."""
    found = session.get(RegisterProof, proof_id)
    if found is None or found.file is None or found.entry_id != entry_id:
        raise NoEntry
    return found


def standing(one: RegisterEntry, today: date) -> State:
    """How an entry stands today."""
    now = one.now
    return state_of(
        falls_due=KINDS[one.kind].falls_due,
        day=now.day,
        done=now.done_on is not None,
        complete=now.complete,
        withdrawn=now.withdrawn,
        today=today,
    )


def look(session: Session, asked: Asked, today: date) -> tuple[Sequence[RegisterEntry], bool]:
    """A page of the list, the newest first, and whether there are more."""
    query = _listed(asked, today).offset((asked.page - 1) * A_PAGE).limit(A_PAGE + 1)
    rows = session.scalars(query).all()
    return rows[:A_PAGE], len(rows) > A_PAGE


def everything(session: Session, asked: Asked, today: date) -> Sequence[RegisterEntry]:
    """The whole list in the same order, with what shows each."""
    return session.scalars(_listed(asked, today)).all()


def totals(session: Session, asked: Asked, today: date) -> Totals:
    """Of the list, whatever state is asked for."""
    found, people = dict.fromkeys(State, 0), 0
    for one in session.scalars(_of_kind(replace(asked, state=None), today, withdrawn=True)):
        state = standing(one, today)
        found[state] += 1
        people += one.now.reached if state is State.COMPLETE else 0
    return Totals(found, people)


def how_many(session: Session, year: int) -> dict[str, tuple[int, int]]:
    """By kind: how many entries of the year count, and how many are still incomplete."""
    counts = func.count(RegisterVersion.counts_on)
    query = (
        select(RegisterEntry.kind, counts, func.count() - counts)
        .join(RegisterVersion, _NOW)
        .join(Plan)
        .where(Plan.year == year, ~RegisterVersion.withdrawn)
        .group_by(RegisterEntry.kind)
    )
    return {kind: (complete, rest) for kind, complete, rest in session.execute(query)}


def below(session: Session, one: RegisterEntry) -> Sequence[RegisterEntry]:
    """What hangs on an entry and was not withdrawn, what is due first on top."""
    query = _with_now(select(RegisterEntry)).where(RegisterEntry.below_id == one.id, ~RegisterVersion.withdrawn)
    return session.scalars(query.order_by(RegisterVersion.day, RegisterEntry.id)).all()


def counted(session: Session, slug: str, period: Period, activity_id: int | None = None) -> Sequence[RegisterEntry]:
    """The entries that count by this name in a period, the first first; for one activity, if one is named."""
    in_time = RegisterVersion.counts_on.between(period.first, period.last)
    query = _with_now(select(RegisterEntry)).where(RegisterVersion.counts_as == slug, in_time)
    if activity_id is not None:
        query = query.where(RegisterVersion.activities.any(Activity.id == activity_id))
    return session.scalars(query.order_by(RegisterVersion.counts_on, RegisterEntry.id)).all()


def of_activity(session: Session, activity_id: int, most: int) -> Sequence[RegisterEntry]:
    """The last that was registered for an activity and not withdrawn, whether it counts already or not."""
    query = _with_now(select(RegisterEntry)).where(~RegisterVersion.withdrawn)
    query = query.where(RegisterVersion.activities.any(Activity.id == activity_id))
    return session.scalars(query.order_by(RegisterVersion.day.desc(), RegisterEntry.id.desc()).limit(most)).all()


def due_in(session: Session, kind: str, period: Period) -> Sequence[RegisterEntry]:
    """The entries of a kind whose day is in a period and which were not withdrawn, done or not."""
    in_time = RegisterVersion.day.between(period.first, period.last)
    query = _with_now(select(RegisterEntry)).where(RegisterEntry.kind == kind, in_time, ~RegisterVersion.withdrawn)
    return session.scalars(query.order_by(RegisterVersion.day, RegisterEntry.id)).all()


def public(session: Session, kind: str, year: int) -> Sequence[RegisterEntry]:
    """What everybody may see of a kind: what is complete, and of what falls due also what is not done yet."""
    to_see = RegisterVersion.complete | (RegisterEntry.kind.in_(FALL_DUE))
    query = _with_now(select(RegisterEntry)).join(Plan, RegisterEntry.plan_id == Plan.id)
    query = query.where(RegisterEntry.kind == kind, Plan.year == year, ~RegisterVersion.withdrawn, to_see)
    first = RegisterVersion.day if KINDS[kind].falls_due else RegisterVersion.day.desc()
    return session.scalars(query.order_by(first, RegisterEntry.id.desc())).all()


def published(session: Session, kind: str, entry_id: int) -> RegisterEntry:
    """An entry of a kind that is complete and stands. Raises NoEntry."""
    found = entry(session, entry_id)
    if found.kind != kind or not found.now.complete or found.now.withdrawn:
        raise NoEntry
    return found


def pressing(session: Session, today: date) -> dict[int, list[RegisterEntry]]:
    """What was not done and is late or due within a week, by who answers for it."""
    query = _with_now(select(RegisterEntry)).where(
        RegisterEntry.kind.in_(FALL_DUE),
        RegisterVersion.done_on.is_(None),
        RegisterVersion.day <= today + SOON,
        ~RegisterVersion.withdrawn,
    )
    found: dict[int, list[RegisterEntry]] = {}
    for one in session.scalars(query.order_by(RegisterVersion.day, RegisterEntry.id)):
        if one.now.official_id is not None:
            found.setdefault(one.now.official_id, []).append(one)
    return found


def _with_now(query: Select[RegisterEntry]) -> Select[RegisterEntry]:
    """Each entry with the version that holds."""
    return query.join(RegisterVersion, _NOW).options(contains_eager(RegisterEntry.now))


def _listed(asked: Asked, today: date) -> Select[RegisterEntry]:
    now = contains_eager(RegisterEntry.now)
    query = _of_kind(asked, today, withdrawn=asked.state is State.WITHDRAWN)
    return query.order_by(RegisterVersion.day.desc(), RegisterEntry.id.desc()).options(
        now.joinedload(RegisterVersion.office),
        now.joinedload(RegisterVersion.service),
        now.joinedload(RegisterVersion.official),
        now.selectinload(RegisterVersion.activities),
        now.selectinload(RegisterVersion.proofs),
        joinedload(RegisterEntry.below),
        selectinload(RegisterEntry.site),
    )


def _of_kind(asked: Asked, today: date, *, withdrawn: bool) -> Select[RegisterEntry]:
    query = _with_now(select(RegisterEntry)).join(Plan, RegisterEntry.plan_id == Plan.id)
    query = query.where(RegisterEntry.kind == asked.kind, Plan.year == asked.year)
    if not withdrawn:
        query = query.where(~RegisterVersion.withdrawn)
    return query.where(*_filters(asked, today))


def _filters(asked: Asked, today: date) -> Iterable[ColumnElement[bool]]:
    now, waits = RegisterVersion, KINDS[asked.kind].falls_due
    undone = now.done_on.is_(None) if waits else now.id.is_(None)
    if asked.office_id is not None:
        yield now.office_id == asked.office_id
    if asked.state is State.WITHDRAWN:
        yield now.withdrawn.is_(True)
    elif asked.state is State.COMPLETE:
        yield now.complete.is_(True)
    elif asked.state is State.INCOMPLETE:
        yield and_(~now.complete, ~undone)
    elif asked.state in (State.OVERDUE, State.PENDING):
        yield and_(undone, now.day < today if asked.state is State.OVERDUE else now.day >= today)
