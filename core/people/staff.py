"""Officials come, change their duties and go; every change says who made it, and somebody is always in charge."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import changes
from core.catalogue.model import Service
from core.errors import N_, Invalid, Missing, Refused
from core.events import Happened, Who, record
from core.people import actions as people
from core.people.model import Official, SignIn
from core.people.rights import ROLES

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
ADMINISTRATOR, CONTROL = "administrator", "control"


class UsernameTaken(Invalid):
    message = N_("Ese usuario ya existe. Escriba otro.")


class LastAdministrator(Refused):
    message = N_("Es la última persona que administra el sistema. Dé antes ese papel a otra.")


class NotYourself(Refused):
    message = N_("No puede quitarse el acceso a sí mismo. Pídalo a otra persona que administre el sistema.")


def of_site(session: Session, site_id: int) -> list[Official]:
    """Everybody who works or worked at the site, who still may enter first, by name."""
    return list(
        session.scalars(
            select(Official).where(Official.site_id == site_id).order_by(Official.active.desc(), Official.name)
        )
    )


def last_seen(session: Session, site_id: int) -> dict[int, datetime]:
    """When each official last used the system; who never did is not there."""
    rows = session.execute(
        select(SignIn.official_id, func.max(SignIn.seen_at))
        .join(Official, Official.id == SignIn.official_id)
        .where(Official.site_id == site_id)
        .group_by(SignIn.official_id)
    )
    return dict(rows.all())


def official_of(session: Session, site_id: int, official_id: int) -> Official:
    """An official of the site, locked. Raises Missing for any other."""
    official = session.get(
        Official, official_id, with_for_update={"of": Official, "key_share": True}, populate_existing=True
    )
    if official is None or official.site_id != site_id:
        raise Missing(N_("Esa persona no trabaja en su sede."))
    return official


def hire(
    session: Session,
    site_id: int,
    username: str,
    name: str,
    roles: Iterable[str],
    services: Collection[int],
    by: int | None,
    at: datetime,
) -> tuple[Official, str]:
    """Open an account; returns it and its random first password, which is kept nowhere else.

    `services` narrows what the official attends, none means all. Raises UsernameTaken, Invalid.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            N_("Escriba de 3 a 40 letras sin tilde, números, puntos o guiones, sin espacios."), field="username"
        )
    if session.scalar(select(Official.id).where(Official.username == username)) is not None:
        raise UsernameTaken(field="username")
    password = people.random_password()
    official = Official(
        site_id=site_id,
        username=username,
        name=name.strip(),
        roles=_checked_roles(roles),
        services=_checked_services(session, site_id, services),
        password_hash=people.hash_password(password),
        must_change_password=True,
    )
    session.add(official)
    session.flush()
    told = {"name": official.name, "roles": official.roles, "services": changes.plain(official.services)}
    changes.note(session, official, {}, told, by, at)
    _record(session, "official hired", official, by, at)
    return official, password


def change_duties(
    session: Session,
    site_id: int,
    official_id: int,
    name: str,
    roles: Iterable[str],
    services: Collection[int],
    by: int,
    at: datetime,
) -> None:
    """Rewrite the name, the roles and what is attended; it counts from the next request on.

    Raises LastAdministrator, Invalid, Missing.
    """
    official = _locked(session, site_id, official_id)
    wanted = {
        "name": name.strip(),
        "roles": _checked_roles(roles),
        "services": _checked_services(session, site_id, services),
    }
    changes.apply(session, official, wanted, by, at)
    _check_somebody_administers(session)
    _record(session, "official's duties changed", official, by, at)


def give_password(session: Session, site_id: int, official_id: int, by: int, at: datetime) -> str:
    """A new random password, returned once; every session of the official ends. Raises Missing."""
    official = official_of(session, site_id, official_id)
    password = people.reset_password(session, official.id, at)
    _record(session, "official's password reset", official, by, at)
    return password


def end_sessions(session: Session, site_id: int, official_id: int, by: int, at: datetime) -> None:
    """Put the official out of every computer. Raises Missing."""
    official = official_of(session, site_id, official_id)
    people.sign_out_everywhere(session, official.id, at)
    _record(session, "official's sessions ended", official, by, at)


def take_access(session: Session, site_id: int, official_id: int, by: int, at: datetime) -> None:
    """No more sign-ins, and every session ends. Raises NotYourself, LastAdministrator, Missing."""
    if official_id == by:
        raise NotYourself
    official = _locked(session, site_id, official_id)
    changes.note(session, official, {"active": official.active}, {"active": False}, by, at)
    people.disable(session, official.id, at)
    _check_somebody_administers(session)
    _record(session, "official's access taken", official, by, at)


def give_access(session: Session, site_id: int, official_id: int, by: int, at: datetime) -> None:
    """The official may sign in again, with the password that they had. Raises Missing."""
    official = official_of(session, site_id, official_id)
    changes.apply(session, official, {"active": True}, by, at)
    _record(session, "official's access given", official, by, at)


def _locked(session: Session, site_id: int, official_id: int) -> Official:
    """The official, with the other accounts standing still, so that two cannot resign at once."""
    everybody = select(Official.id).order_by(Official.id)
    session.execute(everybody.with_for_update(of=Official, key_share=True))
    return official_of(session, site_id, official_id)


def _check_somebody_administers(session: Session) -> None:
    """Who administers one site administers all of them."""
    session.flush()
    active = session.scalars(select(Official.roles).where(Official.active))
    if not any(ADMINISTRATOR in roles for roles in active):
        raise LastAdministrator


def _checked_roles(roles: Iterable[str]) -> list[str]:
    chosen = sorted(set(roles))
    if not chosen or not set(chosen) <= set(ROLES):
        raise Invalid(N_("Elija al menos un papel de la lista."), field="roles")
    if {ADMINISTRATOR, CONTROL} <= set(chosen):
        raise Invalid(N_("Quien administra el sistema no puede ser también control interno."), field="roles")
    return chosen


def _checked_services(session: Session, site_id: int, services: Collection[int]) -> list[Service]:
    found = list(session.scalars(select(Service).where(Service.site_id == site_id, Service.id.in_(services))))
    if len(found) != len(set(services)):
        raise Invalid(N_("Elija los servicios de la lista."), field="services")
    return found


def _record(session: Session, kind: str, official: Official, by: int | None, at: datetime) -> None:
    who = Who("official", by) if by is not None else Who("system")
    detail = {
        "official_id": official.id,
        "roles": list(official.roles),
        "services": [service.id for service in official.services],
    }
    record(
        session,
        Happened(kind=kind, site_id=official.site_id, at=at, who=who, detail=detail),
    )
