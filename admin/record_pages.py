"""The page of each kind of record that stands behind a figure of the plan, for who may open it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from admin.information import SEEN_AT
from core.catalogue.model import Service, ServiceVersion
from core.improvement import overview
from core.improvement.model import Improvement, IndividualNote
from core.information.gaps import Content
from core.people.rights import Permission
from core.petitions.finding import readable
from core.petitions.model import Petition
from core.plan.followup.model import Snapshot
from core.plan.measures import Record
from core.plan.model import Plan
from core.plan.risks import overview as risks
from core.plan.risks.model import Risk
from core.surveys.model import Survey
from core.turns.model import Turn
from core.web.database import db


@dataclass(frozen=True, slots=True)
class Way:
    """A page that opens a kind of record: with one of these rights, and only those of `ids` that are asked."""

    needs: tuple[Permission, ...]
    address: Callable[[Any], str]
    ids: Callable[[Session, Collection[Any]], Collection[Any]] = lambda session, asked: asked


def _of(column: ColumnElement[int], condition: Callable[[], ColumnElement[bool]]) -> Callable[..., set[int]]:
    """Those that this official reaches."""
    return lambda session, asked: set(session.scalars(select(column).where(column.in_(asked), condition())))


def _offered(session: Session, asked: Collection[int]) -> set[int]:
    """The services that citizens may still read of."""
    query = select(ServiceVersion.service_id).join(Service, Service.id == ServiceVersion.service_id)
    query = query.where(Service.id.in_(asked), Service.active, ServiceVersion.until.is_(None))
    return set(session.scalars(query))


def _cutoff(snapshot_id: int) -> str:
    one = db.session.get_one(Snapshot, snapshot_id)
    return url_for("portal.plan_cutoff", year=one.plan.year, cutoff=one.cutoff, edition=one.edition)


def _open_cutoff(name: str) -> str:
    year, _dash, number = name.partition("-")
    return url_for(".followup_cutoff", year=year, cutoff=number)


_PLAN = (Permission.READ_PLAN,)
_REPORT = (*_PLAN, Permission.REPORT_CUTOFFS)
"""What everybody may see, told to who reads the plan or answers for a part of it."""
_SEE_PROTOCOLS = (Permission.WRITE_PROTOCOLS, Permission.APPROVE_PROTOCOLS, Permission.SEE_PROTOCOL_READINGS)
WAYS: Mapping[str, Sequence[Way]] = {
    "turn": [
        Way(
            (Permission.SUPERVISE,),
            lambda one: url_for(".hall_turn", turn_id=one),
            _of(Turn.id, lambda: Turn.site_id == current_user.site_id),
        )
    ],
    "petition": [
        Way(
            (Permission.READ_PETITIONS,),
            lambda one: url_for(".petitions_case", petition_id=one),
            _of(Petition.id, lambda: readable(current_user)),
        )
    ],
    "filing": [
        Way(
            (Permission.READ_PETITIONS,),
            lambda one: url_for(".petitions_case", petition_id=one),
            _of(Petition.id, lambda: readable(current_user)),
        ),
        Way(_REPORT, lambda one: url_for("portal.filings")),
    ],
    "filings": [Way(_REPORT, lambda one: url_for("portal.filings"))],
    "survey": [
        Way(
            (Permission.SEE_SURVEY_RESULTS,),
            lambda one: url_for(".survey_results", survey=db.session.get_one(Survey, one).code),
        )
    ],
    "service": [
        Way(_REPORT, lambda one: url_for("portal.service", service_id=one), _offered),
        Way(
            (Permission.CONFIGURE,),
            lambda one: url_for(".sheets_versions", service_id=one),
            _of(Service.id, lambda: Service.site_id == current_user.site_id),
        ),
    ],
    "information": [
        Way((Permission.CONFIGURE,), lambda one: url_for(".information", _anchor=one)),
        Way(_REPORT, lambda one: url_for(SEEN_AT[Content(one)])),
    ],
    "protocol": [Way(_SEE_PROTOCOLS, lambda one: url_for(".protocols_one", protocol_id=one))],
    "register_entry": [Way(_PLAN, lambda one: url_for(".registers_entry", entry_id=one))],
    "plan": [Way(_REPORT, lambda one: url_for("portal.plan", year=db.session.get_one(Plan, one).year))],
    "plan cut-off": [Way(_REPORT, _cutoff)],
    "open plan cut-off": [Way(_REPORT, _open_cutoff)],
    "risk": [
        Way(
            (Permission.SEE_RISKS,),
            lambda one: url_for(".risks_one", risk_id=one),
            _of(Risk.id, lambda: risks.readable(current_user)),
        )
    ],
    "office": [
        Way(
            (Permission.SEE_RISKS,),
            lambda one: url_for(".risks", office=one),
            _of(Risk.office_id, lambda: risks.readable(current_user)),
        )
    ],
    "improvement": [
        Way(
            (Permission.SEE_IMPROVEMENTS,),
            lambda one: url_for(".improvements_one", improvement_id=one),
            _of(Improvement.id, lambda: overview.readable(current_user)),
        )
    ],
    "individual_note": [
        Way(
            (Permission.SEE_IMPROVEMENTS,),
            lambda one: url_for(".improvements_note", note_id=one),
            _of(IndividualNote.id, lambda: IndividualNote.site_id == current_user.site_id),
        )
    ],
}
"""Kind of record → the ways to its page, of which the first that is open is taken."""


OPENLY_TOLD = frozenset(
    {
        *("channel", "filing", "filings", "information", "plan", "plan cut-off", "open plan cut-off"),
        *("protocol", "register_entry", "service"),
    }
)
"""Kinds of records of which all who work here may be told, although not all may open them."""


def told_of(records: Sequence[Record]) -> list[Record]:
    """Those that who is signed in is told of.

    Whoever reads the plan is told of all but petitions, whose list says by what it lacks which are reserved; whoever
    only answers for an activity, of what is openly told and of what their own rights open.
    """
    return [record for record in records if _is_told(record.kind)]


def _is_told(kind: str) -> bool:
    if kind in OPENLY_TOLD:
        return True
    if kind != "petition" and current_user.may(Permission.READ_PLAN):
        return True
    return any(current_user.may(each) for way in WAYS.get(kind, ()) for each in way.needs)


def pages_of(session: Session, records: Sequence[Record]) -> list[str]:
    """The address of each record for who is signed in; nothing where they may not open it."""
    found: dict[tuple[str, int | str], str] = {}
    for kind in {record.kind for record in records}:
        asked = {record.id for record in records if record.kind == kind}
        for way in WAYS.get(kind, ()):
            if asked and any(current_user.may(each) for each in way.needs):
                reached = way.ids(session, asked)
                found |= {(kind, one): way.address(one) for one in reached}
                asked -= set(reached)
    return [found.get((record.kind, record.id), "") for record in records]
