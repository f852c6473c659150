"""What one person proposes for an account and another confirms: elevated roles, deputies with them, lost factors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import changes
from core.errors import N_, Missing, Refused
from core.people import actions as people
from core.people import deputies, second_factor
from core.people.acts import note
from core.people.model import Deputy, Official, Proposal
from core.people.rights import ADMINISTRATOR, CONTROL, ELEVATED

GOOD_FOR = timedelta(days=7)
"""A proposal that nobody confirms in a week is over."""

ROLES, DEPUTY, FACTOR = "roles", "deputy", "factor"
CONFIRMERS = frozenset({ADMINISTRATOR, CONTROL})


class NotYourself(Refused):
    message = N_("Nadie se da permisos a sí mismo. Pídalo a otra persona que administre el sistema.")


class AnotherPerson(Refused):
    message = N_("Lo confirma otra persona: no quien lo propuso ni para quien es.")


class Decided(Refused):
    message = N_("Esa propuesta ya se decidió o venció. Mire cómo quedó.")


class LastAdministrator(Refused):
    message = N_("Es la última persona que administra el sistema. Dé antes ese papel a otra.")


def check_raise(official_id: int, before: Iterable[str], after: Iterable[str], by: int) -> None:
    """Raises NotYourself when somebody would give an elevated role to themselves."""
    if official_id == by and (set(after) - set(before)) & ELEVATED:
        raise NotYourself


def needs_second(
    session: Session, official: Official, before: Iterable[str], after: Iterable[str], by: int | None
) -> bool:
    """Whether this change of roles waits for a second person.

    To give an elevated role does, and so does to take the role of one who could confirm, unless it is one's own:
    else the second person could be put aside first. Until the site has ever had anybody who could confirm, its
    first administrator decides alone (docs/decisions/0011).
    """
    raised = (set(after) - set(before)) & ELEVATED
    lowered = (set(before) - set(after)) & CONFIRMERS if official.id != by else set[str]()
    if raised:
        return _somebody_could(session, official.site_id, but={by, official.id})
    return bool(lowered) and _somebody_could(session, official.site_id, but={by})


def _somebody_could(session: Session, site_id: int, but: set[int | None]) -> bool:
    """Whether anybody else of the site holds a role that confirms, also if the access was taken from them."""
    rows = session.execute(select(Official.id, Official.roles).where(Official.site_id == site_id))
    return any(CONFIRMERS & set(roles) for official_id, roles in rows if official_id not in but)


def propose(
    session: Session,
    official: Official,
    kind: str,
    by: int,
    at: datetime,
    roles: Iterable[str] = (),
    deputy: int | None = None,
) -> Proposal:
    """Ask for the second person; an older proposal of the kind for the same account is over."""
    session.execute(
        update(Proposal)
        .where(Proposal.official_id == official.id, Proposal.kind == kind, Proposal.decided_at.is_(None))
        .values(decided_at=at, decided_by=by, accepted=False)
    )
    proposal = Proposal(
        official_id=official.id, kind=kind, roles=sorted(roles), deputy_id=deputy, proposed_by=by, proposed_at=at
    )
    session.add(proposal)
    session.flush()
    note(session, "change proposed", official, by, at, proposal=proposal.id, what=kind, roles=proposal.roles)
    return proposal


def waiting(session: Session, site_id: int, at: datetime) -> list[Proposal]:
    """The proposals of the site that somebody may still confirm, the oldest first."""
    return list(
        session.scalars(
            select(Proposal)
            .join(Official, Official.id == Proposal.official_id)
            .where(Official.site_id == site_id, Proposal.decided_at.is_(None), Proposal.proposed_at > at - GOOD_FOR)
            .order_by(Proposal.id)
        )
    )


def may_confirm(proposal: Proposal, by: int) -> bool:
    """Whether `by` is a second person for this; who would lose a role may agree to lose it."""
    gives_up = proposal.kind == ROLES and not (set(proposal.roles) - set(proposal.official.roles)) & ELEVATED
    return by != proposal.proposed_by and (by != proposal.official_id or gives_up)


def confirm(session: Session, site_id: int, proposal_id: int, by: int | None, at: datetime) -> Proposal:
    """Do what was proposed. `by` None is the command line of the server, for an office in which nobody else is left.

    Raises AnotherPerson, Decided, LastAdministrator, TwoHats, Missing.
    """
    proposal = _open(session, site_id, proposal_id, at)
    if by is not None and not may_confirm(proposal, by):
        raise AnotherPerson
    official = proposal.official
    if proposal.kind == ROLES:
        deputies.check_hats(session, official.id, proposal.roles, at.date())
        changes.apply(session, official, {"roles": proposal.roles}, by, at)
        check_somebody_administers(session)
    elif proposal.kind == DEPUTY:
        deputy = session.get_one(Deputy, proposal.deputy_id)
        deputies.check_hats(session, official.id, [*official.roles, *deputy.roles], at.date())
        deputy.valid = True
    else:
        second_factor.forget(session, official, at)
        people.sign_out_everywhere(session, official.id, at)
    _decide(proposal, by, at, accepted=True)
    note(session, "change confirmed", official, by, at, proposal=proposal.id, what=proposal.kind, roles=proposal.roles)
    return proposal


def refuse(session: Session, site_id: int, proposal_id: int, by: int, at: datetime) -> Proposal:
    """Leave everything as it is; who proposed may also take it back. Raises Decided, Missing."""
    proposal = _open(session, site_id, proposal_id, at)
    if proposal.deputy is not None and proposal.deputy.ended_at is None:
        deputies.end(session, site_id, proposal.deputy.id, by, at)
    _decide(proposal, by, at, accepted=False)
    note(session, "change refused", proposal.official, by, at, proposal=proposal.id, what=proposal.kind)
    return proposal


def _open(session: Session, site_id: int, proposal_id: int, at: datetime) -> Proposal:
    """The proposal, locked with its account, so that it is decided once."""
    proposal = session.get(Proposal, proposal_id, with_for_update={"of": Proposal}, populate_existing=True)
    if proposal is None or proposal.official.site_id != site_id:
        raise Missing(N_("Esa propuesta no existe en su sede."))
    if proposal.decided_at is not None or proposal.proposed_at <= at - GOOD_FOR:
        raise Decided
    return proposal


def _decide(proposal: Proposal, by: int | None, at: datetime, *, accepted: bool) -> None:
    proposal.decided_by, proposal.decided_at, proposal.accepted = by, at, accepted


def check_somebody_administers(session: Session) -> None:
    """Raises LastAdministrator if no active account has the role: who administers one site administers all."""
    session.flush()
    active = session.scalars(select(Official.roles).where(Official.active))
    if not any(ADMINISTRATOR in roles for roles in active):
        raise LastAdministrator
