"""Officials come, change their duties and go; every change says who made it, and somebody is always in charge."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import changes
from core.catalogue.model import Office, Service
from core.errors import N_, Invalid, Missing, Refused
from core.people import actions as people
from core.people import confirming, deputies
from core.people.acts import note
from core.people.confirming import check_somebody_administers
from core.people.model import Official, Proposal, SignIn
from core.people.rights import ELEVATED, PEOPLE, ROLES, check_together

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class UsernameTaken(Invalid):
    message = N_("Ese usuario ya existe. Escriba otro.")


class OwnAccess(Refused):
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
    office_id: int | None = None,
) -> tuple[Official, str]:
    """Open an account; returns it and its random first password, which is kept nowhere else.

    `services` narrows what the official attends, none means all. Elevated roles wait for a second person if there
    is one (confirming.needs_second). Raises UsernameTaken, Invalid.
    """
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            N_("Escriba de 3 a 40 letras sin tilde, números, puntos o guiones, sin espacios."), field="username"
        )
    if session.scalar(select(Official.id).where(Official.username == username)) is not None:
        raise UsernameTaken(field="username")
    asked = _checked_roles(roles, office_id)
    password = people.random_password()
    official = Official(
        site_id=site_id,
        username=username,
        name=name.strip(),
        roles=[],
        services=_checked_services(session, site_id, services),
        office=_checked_office(session, site_id, office_id),
        password_hash=people.hash_password(password),
        must_change_password=True,
        password_ends_at=at + people.GIVEN_PASSWORD_GOOD_FOR,
    )
    session.add(official)
    session.flush()
    waits = confirming.needs_second(session, official, [], asked, by)
    official.roles = [role for role in asked if not waits or role not in ELEVATED]
    told = {"name": official.name, "roles": official.roles, "services": changes.plain(official.services)}
    changes.note(session, official, {}, told, by, at)
    _record(session, "official hired", official, by, at)
    if waits and by is not None:
        confirming.propose(session, official, confirming.ROLES, by, at, asked)
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
    office_id: int | None = None,
) -> Proposal | None:
    """Rewrite the name, the roles and what is attended; it counts from the next request on.

    Returns the proposal if the roles wait for a second person, and leaves them as they were.
    Raises NotYourself, LastAdministrator, TwoHats, Invalid, Missing.
    """
    official = _locked(session, site_id, official_id)
    asked = _checked_roles(roles, office_id)
    confirming.check_raise(official.id, official.roles, asked, by)
    deputies.check_hats(session, official.id, asked, at.date())
    waits = confirming.needs_second(session, official, official.roles, asked, by)
    official.office = _checked_office(session, site_id, office_id)
    wanted = {"name": name.strip(), "services": _checked_services(session, site_id, services)}
    changes.apply(session, official, wanted if waits else wanted | {"roles": asked}, by, at)
    check_somebody_administers(session)
    _record(session, "official's duties changed", official, by, at)
    return confirming.propose(session, official, confirming.ROLES, by, at, asked) if waits else None


def appoint(
    session: Session,
    site_id: int,
    official_id: int,
    stands_for_id: int,
    roles: Iterable[str],
    days: tuple[date, date],
    act: str,
    by: int,
    at: datetime,
) -> Proposal | None:
    """Let an official stand in for another of the site; returns the proposal if it waits for a second person.

    Raises NotYourself, TwoHats, Invalid, Missing.
    """
    official, other = _locked(session, site_id, official_id), official_of(session, site_id, stands_for_id)
    chosen = set(roles)
    if official.id == by:
        raise confirming.NotYourself
    waits = confirming.needs_second(session, official, official.roles, chosen | set(official.roles), by)
    deputy = deputies.appoint(session, official, other, chosen, days, act, by, at, valid=not waits)
    if not waits:
        return None
    return confirming.propose(session, official, confirming.DEPUTY, by, at, chosen, deputy.id)


def lose_factor(session: Session, site_id: int, official_id: int, by: int, at: datetime) -> None:
    """Say that the official's telephone is lost: a second person must confirm before another is set up."""
    official = official_of(session, site_id, official_id)
    if official.id == by:
        raise confirming.NotYourself
    confirming.propose(session, official, confirming.FACTOR, by, at)


def give_password(session: Session, site_id: int, official_id: int, by: int | None, at: datetime) -> str:
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
    """No more sign-ins, and every session ends. Raises OwnAccess, LastAdministrator, Missing."""
    if official_id == by:
        raise OwnAccess
    official = _locked(session, site_id, official_id)
    changes.note(session, official, {"active": official.active}, {"active": False}, by, at)
    people.disable(session, official.id, at)
    check_somebody_administers(session)
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


def _checked_roles(roles: Iterable[str], office_id: int | None) -> list[str]:
    chosen = sorted(set(roles))
    if not chosen or not set(chosen) <= set(ROLES):
        raise Invalid(N_("Elija al menos un papel de la lista."), field="roles")
    check_together(chosen)
    if office_id is None and any(PEOPLE[role].of_office for role in chosen):
        raise Invalid(N_("Elija la dependencia: ese papel solo alcanza la suya."), field="office")
    return chosen


def _checked_office(session: Session, site_id: int, office_id: int | None) -> Office | None:
    office = session.get(Office, office_id) if office_id is not None else None
    if office_id is not None and (office is None or office.site_id != site_id):
        raise Invalid(N_("Elija una dependencia de la lista."), field="office")
    return office


def _checked_services(session: Session, site_id: int, services: Collection[int]) -> list[Service]:
    found = list(session.scalars(select(Service).where(Service.site_id == site_id, Service.id.in_(services))))
    if len(found) != len(set(services)):
        raise Invalid(N_("Elija los servicios de la lista."), field="services")
    return found


def _record(session: Session, kind: str, official: Official, by: int | None, at: datetime) -> None:
    services = [service.id for service in official.services]
    note(session, kind, official, by, at, roles=list(official.roles), services=services, office=official.office_id)
