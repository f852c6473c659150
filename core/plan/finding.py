"""The parts of a plan by the codes that its file gives them."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, selectinload

from core.errors import N_, Missing
from core.plan.loading import NoPlan
from core.plan.model import Activity, Component, Meta, Plan, RoleHolder, Target


class NoActivity(Missing):
    message = N_("El plan de ese año no tiene esa actividad.")


class NoMeta(Missing):
    message = N_("El plan de ese año no tiene esa meta.")


def whole_plan(session: Session, year: int) -> Plan:
    """The plan of a year with all that lists ask of its activities. Raises NoPlan."""
    activities = selectinload(Plan.components).selectinload(Component.metas).selectinload(Meta.activities)
    found = session.scalar(
        select(Plan)
        .where(Plan.year == year)
        .options(
            activities.selectinload(Activity.targets),
            activities.selectinload(Activity.chosen),
            activities.selectinload(Activity.corrections),
        )
    )
    if found is None:
        raise NoPlan(year=year)
    return found


def activity_of(session: Session, year: int, code: str, *, lock: bool = False) -> Activity:
    """An activity of the plan of a year; `lock` holds it until the transaction ends. Raises NoActivity."""
    query = select(Activity).join(Activity.meta).join(Meta.component).join(Component.plan)
    query = query.where(Plan.year == year, Activity.code == code).execution_options(populate_existing=True)
    query = query.options(*(selectinload(each) for each in (Activity.chosen, Activity.corrections)))
    query = query.options(selectinload(Activity.targets).joinedload(Target.official))
    found = session.scalar(query.with_for_update(of=Activity) if lock else query)
    if found is None:
        raise NoActivity
    return found


def meta_of(session: Session, year: int, code: str, *, lock: bool = False) -> Meta:
    """A meta of the plan of a year, whose activities `lock` holds. Raises NoMeta."""
    query: Select[Meta] = select(Meta).join(Meta.component).join(Component.plan)
    found = session.scalar(query.where(Plan.year == year, Meta.code == code))
    if found is None:
        raise NoMeta
    if lock:
        each = select(Activity).where(Activity.meta_id == found.id).order_by(Activity.id).with_for_update()
        session.scalars(each.execution_options(populate_existing=True)).all()
    return found


def answers_for_any(session: Session, official_id: int) -> bool:
    """Whether an official answers today for a role of a plan."""
    mine = exists().where(RoleHolder.official_id == official_id, RoleHolder.until.is_(None))
    return bool(session.scalar(select(mine)))


def holders(plan: Plan) -> dict[str, list[RoleHolder]]:
    """Who answers for each role of the plan today, by the role, in the order of the file."""
    found: dict[str, list[RoleHolder]] = {role: [] for role in plan.roles}
    for one in plan.holders:
        if one.until is None and one.role in found:
            found[one.role].append(one)
    return {role: sorted(rows, key=lambda row: row.official.name) for role, rows in found.items()}


def answering_for(session: Session, activity: Activity) -> list[int]:
    """The officials who answer today for an activity, by the roles that it names."""
    query = select(RoleHolder.official_id).where(
        RoleHolder.plan_id == activity.plan.id, RoleHolder.role.in_(activity.responsible), RoleHolder.until.is_(None)
    )
    return sorted(set(session.scalars(query)))
