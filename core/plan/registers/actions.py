"""What is done with an entry of a register: it is recorded, corrected or withdrawn, each a version of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.audit import Act, On, Thing
from core.catalogue.model import Office, Service
from core.errors import N_, Invalid, Refused
from core.events import Who
from core.files import actions as files
from core.files.actions import Placed
from core.links import is_web_address
from core.people.model import Official
from core.personal import pieces
from core.plan.figures import sources_of
from core.plan.model import Activity, Plan
from core.plan.registers.faults import Shown, Why, faults, is_complete
from core.plan.registers.fields import COLUMNS, Kind
from core.plan.registers.kinds import KINDS
from core.plan.registers.model import RegisterEntry, RegisterProof, RegisterVersion
from core.plan.registers.names import FAULTS

LONGEST_REASON = 300


class Withdrawn(Refused):
    message = N_("Este registro se retiró y ya no cambia. Si hace falta, registre otro.")


class ChangedMeanwhile(Refused):
    message = N_("Alguien lo corrigió mientras tanto. Mire cómo quedó y vuelva a escribir lo suyo.")


@dataclass(frozen=True, slots=True)
class Photo:
    """A file that is on the disk; of a photograph, the point that it is of and what is seen in it."""

    placed: Placed
    point: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is said of an entry and what shows it; `keeps`: what already showed it and stays.

    `activities`: the codes of those for which it counts; without any, those that its kind counts for.
    """

    said: Mapping[str, Any]
    office_id: int
    activities: Sequence[str] = ()
    files: Sequence[Photo] = ()
    link: str = ""
    keeps: frozenset[int] = frozenset()


def record(
    session: Session, kind: Kind, site_id: int, draft: Draft, by: int, at: datetime, below: RegisterEntry | None = None
) -> RegisterEntry:
    """Keep what was done, complete or not. Raises Invalid, naming the first field to mend."""
    _check(session, kind, site_id, draft, at.date())
    plan = below.plan if below else _plan_of(session, draft.said["day"])
    entry = RegisterEntry(kind=kind.slug, plan_id=plan.id, plan=plan, site_id=site_id, below=below)
    session.add(entry)
    session.flush()
    _write(session, entry, kind, draft, "", by, at)
    return entry


def correct(
    session: Session, entry: RegisterEntry, draft: Draft, reason: str, seen: int, by: int, at: datetime
) -> None:
    """Say it anew, and why; `seen` is the version that was corrected. Raises Invalid, Withdrawn, ChangedMeanwhile."""
    kind = KINDS[entry.kind]
    if entry.now.withdrawn:
        raise Withdrawn
    if seen != entry.latest:
        raise ChangedMeanwhile
    _check(session, kind, entry.site_id, draft, at.date())
    if entry.below is None and _plan_of(session, draft.said["day"]).id != entry.plan_id:
        raise Invalid(
            N_("El registro es del plan de %(year)s: escriba un día de ese año."), field="day", year=entry.plan.year
        )
    _write(session, entry, kind, draft, _words(reason, "reason"), by, at)


def withdraw(session: Session, entry: RegisterEntry, reason: str, by: int, at: datetime) -> None:
    """It does not count any more, and why; all of it stays to be read. Raises Invalid, Withdrawn."""
    was = entry.now
    if was.withdrawn:
        raise Withdrawn
    said = {name: getattr(was, name) for name in COLUMNS}
    kept = {"office_id": was.office_id, "facts": was.facts, "people": was.people, "complete": was.complete}
    version = RegisterVersion(
        **said, **kept, counts_as=was.counts_as, counts_on=None, withdrawn=True, reason=_words(reason, "reason")
    )
    version.activities, version.proofs = list(was.activities), list(was.proofs)
    _add(session, entry, version, Act.WITHDRAWN, by, at)


def defaults(plan: Plan, slug: str) -> list[Activity]:
    """The activities of a plan for which what is counted by this name counts, unless somebody says others."""
    name = f"register_{slug}"
    return [each for each in plan.activities if name in ((told := sources_of(each)).leads, *told.beside)]


def counted_as(kind: Kind, said: Mapping[str, Any]) -> str:
    """The name by which measures count it."""
    return str(said[kind.split]) if kind.split else kind.slug


def _check(session: Session, kind: Kind, site_id: int, draft: Draft, today: date) -> None:
    for fault in faults(kind, draft.said, today):
        raise Invalid(FAULTS[fault.why], field=fault.field, **fault.values)
    office = session.get(Office, draft.office_id)
    if office is None or office.site_id != site_id:
        raise Invalid(N_("Elija una dependencia de la lista."), field="office")
    for name, model in (("service_id", Service), ("official_id", Official)):
        asked, there = kind.field(name), draft.said.get(name)
        if asked and there and session.get(model, there) is None:
            raise Invalid(FAULTS[Why.NOT_OFFERED], field=name)
    if draft.link and not is_web_address(draft.link):
        raise Invalid(FAULTS[Why.NOT_A_LINK], field="proof_link")


def _plan_of(session: Session, day: date) -> Plan:
    found = session.scalar(select(Plan).where(Plan.year == day.year))
    if found is None:
        raise Invalid(N_("El año %(year)s no tiene un plan."), field="day", year=day.year)
    return found


def _write(
    session: Session, entry: RegisterEntry, kind: Kind, draft: Draft, reason: str, by: int, at: datetime
) -> None:
    said = draft.said
    columns = {name: said.get(name) or ("" if name in ("title", "place", "act") else None) for name in COLUMNS}
    proofs = _proofs(session, entry, draft)
    complete = is_complete(kind, said, _shown(proofs))
    day = said.get("done_on") if kind.falls_due else said["day"]
    version = RegisterVersion(
        **columns,
        office_id=draft.office_id,
        facts={each.name: said.get(each.name) for each in kind.facts},
        people={} if kind.field("people") is None else _people(said.get("people") or {}),
        complete=complete,
        withdrawn=False,
        counts_as=counted_as(kind, said),
        counts_on=day if complete else None,
        reason=reason,
    )
    version.activities, version.proofs = _activities(session, entry, kind, draft), proofs
    _add(session, entry, version, Act.CHANGED if entry.latest else Act.ADDED, by, at)


def _add(session: Session, entry: RegisterEntry, version: RegisterVersion, act: Act, by: int, at: datetime) -> None:
    version.number, version.by, version.at = entry.latest + 1, by, at
    entry.versions.append(version)
    entry.latest = version.number
    session.flush()
    session.expire(entry, ["now"])
    on, told = On(Thing.REGISTER_ENTRY, entry.id), {"kind": entry.kind, "number": version.number}
    audit.record(session, act, on, Who("official", by), at, site_id=entry.site_id, detail=told)


def _activities(session: Session, entry: RegisterEntry, kind: Kind, draft: Draft) -> list[Activity]:
    """Those that were chosen, of the plan of its year; else those of what it hangs on, or what its kind counts for."""
    chosen = [each for each in entry.plan.activities if each.code in draft.activities]
    if chosen or kind.chosen:
        found = chosen
    else:
        found = list(entry.below.now.activities) if entry.below else defaults(entry.plan, counted_as(kind, draft.said))
    if not found:
        raise Invalid(FAULTS[Why.NO_ACTIVITY], field="activities")
    return found


def _proofs(session: Session, entry: RegisterEntry, draft: Draft) -> list[RegisterProof]:
    """What shows it from now on: what stays of before, and what comes."""
    before = entry.now.proofs if entry.latest else []
    points = {photo.point for photo in draft.files if photo.point}
    found = [proof for proof in before if proof.id in draft.keeps and proof.point not in points]
    for photo in draft.files:
        file, seen = files.keep(session, photo.placed), _words(photo.seen, "seen", needed=False)
        found.append(
            RegisterProof(entry_id=entry.id, file=file, label=photo.placed.label, link="", point=photo.point, seen=seen)
        )
    if draft.link and draft.link not in {proof.link for proof in found}:
        found.append(RegisterProof(entry_id=entry.id, label="", link=draft.link, point="", seen=""))
    return found


def _shown(proofs: Sequence[RegisterProof]) -> Shown:
    links = sum(bool(proof.link) for proof in proofs)
    return Shown(len(proofs) - links, links, frozenset(proof.point for proof in proofs if proof.point))


def _people(counted: Mapping[str, int]) -> dict[str, int]:
    """Only those that are some."""
    return {name: many for name, many in counted.items() if many}


def _words(written: str, field: str, *, needed: bool = True) -> str:
    said = written.strip()
    if needed and not said:
        raise Invalid(N_("Escriba el motivo: queda en la historia del registro."), field=field)
    if len(said) > LONGEST_REASON:
        raise Invalid(FAULTS[Why.TOO_LONG], field=field, most=LONGEST_REASON)
    if found := pieces(said):
        raise Invalid(FAULTS[Why.PERSONAL], field=field, piece=found[0])
    return said
