"""The risks that an official sees, how each stood on any day, and which reviews are made, open or missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from core.catalogue.days import calendar_of
from core.clock import BOGOTA
from core.errors import N_, Missing
from core.people.model import Official
from core.people.rights import Permission, Reach, Reader, reaches
from core.plan.cutoffs import Cutoff, Rhythm, cutoffs
from core.plan.model import Plan
from core.plan.risk import Zone
from core.plan.risks.model import Risk, RiskControl, RiskMethod, RiskReview, RiskText, RiskTreatment, Valuation
from core.plan.risks.reviewing import Need, need
from core.plan.risks.standing import State, state_of
from core.plan.risks.valuing import DEFAULT, Value, value

Row = TypeVar("Row", RiskText, Valuation, RiskControl, RiskTreatment)
SOON = timedelta(days=7)
"""A review is told to who makes it from a week before its cut-off on."""


class NoRisk(Missing):
    message = N_("Ese riesgo no existe o no es de su dependencia.")


@dataclass(frozen=True, slots=True)
class Standing:
    """A risk as it stood at an instant; `value` is None while nobody had said how likely and grave it is."""

    risk: Risk
    text: RiskText
    valuation: Valuation | None
    controls: tuple[RiskControl, ...]
    treatments: tuple[RiskTreatment, ...]
    value: Value | None
    state: State

    @property
    def zone(self) -> Zone | None:
        """Where it falls after its controls."""
        return self.value.residual.zone if self.value else None

    @property
    def is_complete(self) -> bool:
        """Whether it may stand on a map: valued, and something is done about it."""
        return self.state in (State.TREATING, State.TREATED)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which risks a list shows; without a state, all that were not retired."""

    office_id: int | None = None
    zone: Zone | None = None
    state: State | None = None
    uncontrolled: bool = False
    unreviewed: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """The review of a risk for a cut-off of a year, the last one that was made for it, and how that stands."""

    year: int
    cutoff: Cutoff
    need: Need
    review: RiskReview | None

    @property
    def key(self) -> str:
        """As a form says it: «2026-3»."""
        return f"{self.year}-{self.cutoff.number}"


def readable(reader: Reader, needs: Permission = Permission.SEE_RISKS) -> ColumnElement[bool]:
    """The risks of the site that this official reaches with a right: those of the own office, or all."""
    far = {reaches(role, needs) for role in reader.roles} - {None}
    here = Risk.site_id == reader.site_id
    if far - {Reach.OFFICE}:
        return here
    return and_(here, Risk.office_id.in_(reader.offices)) if far else Risk.id.is_(None)


def risk_for(
    session: Session, reader: Reader, risk_id: int, needs: Permission = Permission.SEE_RISKS, *, lock: bool = False
) -> Risk:
    """One that this official reaches; `lock` holds it until the transaction ends. Raises NoRisk."""
    query = select(Risk).where(Risk.id == risk_id, readable(reader, needs)).execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update(of=Risk) if lock else query)
    if found is None:
        raise NoRisk
    return found


def risks_where(session: Session, *which: ColumnElement[bool]) -> Sequence[Risk]:
    """Risks with everything that was ever said of them, in the order in which they were identified."""
    whole = [selectinload(part) for part in (Risk.texts, Risk.valuations, Risk.controls, Risk.reviews)]
    treatments = selectinload(Risk.treatments).joinedload(RiskTreatment.improvement)
    query = select(Risk).where(*which).order_by(Risk.id).options(*whole, treatments, joinedload(Risk.office))
    return session.scalars(query).all()


def standing(risk: Risk, at: datetime | None = None) -> Standing | None:
    """How a risk stood at an instant, or stands now; None if it had not been identified."""
    texts, valuations = _until(risk.texts, at), _until(risk.valuations, at)
    if not texts:
        return None
    controls = {row.number: row for row in _until(risk.controls, at)}
    ruling = tuple(row for row in controls.values() if row.stands)
    treatments = tuple(_until(risk.treatments, at))
    last = valuations[-1] if valuations else None
    worth = value(last.method, last.probability, last.answered_yes, [one.scored for one in ruling]) if last else None
    retired = risk.retired_at is not None and (at is None or risk.retired_at <= at)
    state = state_of(retired, last is not None, [one.improvement.stage for one in treatments])
    return Standing(risk, texts[-1], last, ruling, treatments, worth, state)


def stood(risks: Iterable[Risk], at: datetime | None = None) -> list[Standing]:
    """How each stood at an instant, without those that had not been identified or were retired."""
    found = (standing(risk, at) for risk in risks)
    return [one for one in found if one is not None and one.state is not State.RETIRED]


def look(session: Session, reader: Reader, asked: Asked, today: date) -> tuple[list[Standing], list[Standing]]:
    """The risks that are asked for, and all that this official sees."""
    every = [one for risk in risks_where(session, readable(reader)) if (one := standing(risk))]
    unreviewed = _unreviewed(session, reader.site_id, every, today) if asked.unreviewed else set()
    return [one for one in every if _is_asked_for(one, asked, unreviewed)], every


def method_of(session: Session, site_id: int) -> str:
    """By which method the site values now."""
    query = select(RiskMethod.method).where(RiskMethod.site_id == site_id).order_by(RiskMethod.id.desc()).limit(1)
    return session.scalar(query) or DEFAULT


def cutoffs_of(session: Session, site_id: int, years: Iterable[int]) -> list[tuple[int, Cutoff]]:
    """The cut-offs of some years in order, each with its year; a year without a plan has those of four months."""
    calendar = calendar_of(session, site_id)
    wanted = sorted(set(years))
    rhythms = dict(session.execute(select(Plan.year, Plan.rhythm).where(Plan.year.in_(wanted))).all())
    return [
        (year, cutoff) for year in wanted for cutoff in cutoffs(year, rhythms.get(year, Rhythm.FOUR_MONTHS), calendar)
    ]


def cutoff_of(session: Session, site_id: int, written: str) -> tuple[int, Cutoff] | None:
    """The cut-off that an address names («2026-1») with its year; None for what is none."""
    year, _dash, number = written.partition("-")
    if not (year.isascii() and year.isdecimal() and len(year) == 4 and year > "1999"):
        return None
    of_year = cutoffs_of(session, site_id, [int(year)])
    return next((one for one in of_year if str(one[1].number) == number), None)


def end_of(day: date) -> datetime:
    """The last instant of a day."""
    return datetime.combine(day + timedelta(days=1), time(), BOGOTA) - timedelta(milliseconds=1)


def dues(risk: Risk, all_cutoffs: Sequence[tuple[int, Cutoff]], today: date) -> list[Due]:
    """How its review for each of these cut-offs stands; one that was sent back is to be made again."""
    since = risk.opened_at.astimezone(BOGOTA).date()
    until = risk.retired_at.astimezone(BOGOTA).date() if risk.retired_at else None
    found = []
    for year, cutoff in all_cutoffs:
        made = [one for one in risk.reviews if (one.year, one.cutoff) == (year, cutoff.number)]
        last = made[-1] if made else None
        reviewed = last is not None and last.agrees is not False
        found.append(Due(year, cutoff, need(cutoff, since, until, reviewed, today), last))
    return found


def recent_cutoffs(session: Session, site_id: int, today: date) -> list[tuple[int, Cutoff]]:
    """Those whose reviews may still be made: of this year and of the one before."""
    return cutoffs_of(session, site_id, (today.year - 1, today.year))


def to_review(risk: Risk, recent: Sequence[tuple[int, Cutoff]], today: date) -> list[Due]:
    """The reviews of a risk that may be made now: those that are missing, and the open one."""
    return [due for due in dues(risk, recent, today) if due.need in (Need.OPEN, Need.MISSING)]


def pressing(session: Session, today: date) -> dict[int, list[tuple[Risk, Due]]]:
    """The reviews that are missing or due within a week, by who may make them: of the office, else planning."""
    found: defaultdict[int, list[tuple[Risk, Due]]] = defaultdict(list)
    people = session.scalars(select(Official).where(Official.active).options(selectinload(Official.office))).all()
    recent: dict[int, list[tuple[int, Cutoff]]] = {}
    for risk in risks_where(session, Risk.retired_at.is_(None)):
        if risk.site_id not in recent:
            recent[risk.site_id] = recent_cutoffs(session, risk.site_id, today)
        pressed = [due for due in to_review(risk, recent[risk.site_id], today) if due.cutoff.last - SOON <= today]
        for official_id in _who_reviews(people, risk) if pressed else ():
            found[official_id] += [(risk, due) for due in pressed]
    return dict(found)


def _who_reviews(people: Collection[Official], risk: Risk) -> list[int]:
    here = [one for one in people if one.site_id == risk.site_id]
    far = {one.id: {reaches(role, Permission.REPORT_PLAN) for role in one.roles} - {None} for one in here}
    own = [one.id for one in here if Reach.OFFICE in far[one.id] and one.office_id == risk.office_id]
    return own or [one.id for one in here if far[one.id] - {Reach.OFFICE}]


def _unreviewed(session: Session, site_id: int, every: Iterable[Standing], today: date) -> set[int]:
    """The risks that have a review to make."""
    recent = recent_cutoffs(session, site_id, today)
    return {one.risk.id for one in every if to_review(one.risk, recent, today)}


def _is_asked_for(one: Standing, asked: Asked, unreviewed: Collection[int]) -> bool:
    return (
        (one.state is asked.state if asked.state else one.state is not State.RETIRED)
        and asked.office_id in (None, one.risk.office_id)
        and asked.zone in (None, one.zone)
        and not (asked.uncontrolled and one.controls)
        and (not asked.unreviewed or one.risk.id in unreviewed)
    )


def _until(rows: Iterable[Row], at: datetime | None) -> list[Row]:
    return [row for row in rows if at is None or row.at <= at]
