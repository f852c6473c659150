"""Whom of the follow-up of a plan no reminder reaches by mail, why, and what mends it; nobody's address is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from core.people.model import Official
from core.people.rights import Permission
from core.petitions.reminders import with_address
from core.plan.finding import holders
from core.plan.followup.reminders import judges
from core.plan.model import Plan
from core.web.reminded import mail_goes_out


@dataclass(frozen=True, slots=True)
class Unreminded:
    """Somebody whom no reminder reaches: what they answer for, and why.

    `page`, told as `way`, is where who is signed in may mend it; nothing where they may only ask.
    """

    name: str
    tasks: Sequence[str]
    reason: str
    remedy: str
    page: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What keeps reminders from whom they are for. `vacant`: the roles that nobody holds, by their codes."""

    mail_goes_out: bool
    people: Sequence[Unreminded]
    vacant: Mapping[str, str]
    nobody_verifies: bool

    @property
    def count(self) -> int:
        """How many people and roles go without."""
        return len(self.people) + len(self.vacant) + self.nobody_verifies


def gaps(session: Session, plan: Plan) -> Gaps:
    """Those of who reports something of a plan, and of who verifies and publishes it."""
    asked = {role for activity in plan.activities for role in activity.responsible}
    by_role = {role: rows for role, rows in holders(plan).items() if role in asked}
    tasks: dict[Official, list[str]] = {}
    for role, rows in by_role.items():
        for one in rows:
            tasks.setdefault(one.official, []).append(plan.role_name(role))
    verifying = judges(session)
    for official in verifying:
        tasks.setdefault(official, []).append(_("Verificar y publicar los cortes"))
    reached = with_address(session, [official.id for official in tasks])
    people = sorted(tasks, key=lambda official: official.name)
    return Gaps(
        mail_goes_out(),
        [_of(one, tasks[one]) for one in people if one.id not in reached or not one.active],
        {role: plan.role_name(role) for role, rows in by_role.items() if not rows},
        not verifying,
    )


def _of(official: Official, tasks: Sequence[str]) -> Unreminded:
    if official.id == current_user.id:
        mine = (_("No ha escrito su correo"), _("Escríbalo en Mis recordatorios."))
        return Unreminded(official.name, tasks, *mine, url_for(".reminders_set"), _("Escribir mi correo"))
    page = ""
    if current_user.may(Permission.MANAGE_PEOPLE) and official.site_id == current_user.site_id:
        page = url_for(".people_one", official_id=official.id)
    if not official.active:
        remedy = _("Nombre a otra persona, o pida a quien administra el sistema que le devuelva el acceso.")
        return Unreminded(official.name, tasks, _("No tiene acceso al sistema"), remedy, page, _("Ver su cuenta"))
    remedy = _("Pídale que escriba su correo en Mi cuenta, «Recordatorios»: nadie más puede hacerlo.")
    return Unreminded(official.name, tasks, _("No ha escrito su correo"), remedy, page, _("Ver su cuenta"))
