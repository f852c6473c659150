"""What is known of an activity of the plan in a stretch of its year: what was measured, corrected, and how far it is.

What no measure counts is not known, which is not nought: the same holds for a measure that the house does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from sqlalchemy.orm import Session

from core.plan import progress
from core.plan.cutoffs import stretches
from core.plan.measures import Figure, Measure, registered
from core.plan.model import Activity, Correction
from core.plan.progress import Accumulation, Band
from core.plan.sources import Sources, proposed
from core.reports.periods import Period


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measure says; `measure` is None of a name that the house does not know, and then nothing is known."""

    name: str
    measure: Measure | None = None
    figure: Figure | None = None

    @property
    def value(self) -> Fraction | None:
        return self.figure.value if self.figure else None


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an activity in a period: the figure of its indicator, those beside it, and its corrections.

    `leads` is None for what is only reported by hand. Of the corrections, in their order, the last one rules.
    """

    period: Period
    leads: Measured | None
    beside: tuple[Measured, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def measured(self) -> Fraction | None:
        return self.leads.value if self.leads else None

    @property
    def value(self) -> Fraction | None:
        """What counts: what it was corrected to, else what was measured."""
        return Fraction(self.corrections[-1].value) if self.corrections else self.measured


@dataclass(frozen=True, slots=True)
class Advance:
    """How far an activity has come by a day. Without a goal there is a value and no percentage."""

    value: Fraction | None
    real: Fraction | None
    expected: Fraction
    band: Band | None


Reported = Mapping[Period, Fraction | None]
"""What was reported by hand of the stretches of a year, for an activity that no measure leads."""


@dataclass(frozen=True)
class Figures:
    """Asks the measures of the plan, each of them once for each period, or for each activity that shares one."""

    session: Session
    _asked: dict[tuple[str, Period, int | None], Measured] = field(default_factory=dict)

    def measured(self, name: str, period: Period, activity: Activity) -> Measured:
        """What a measure says of a period, or of what was done in it for one activity."""
        measure = registered().get(name)
        key = (name, period, activity.id if measure and measure.of_activity else None)
        if key not in self._asked:
            self._asked[key] = Measured(name, measure, self._figure(measure, period, activity) if measure else None)
        return self._asked[key]

    def _figure(self, measure: Measure, period: Period, activity: Activity) -> Figure:
        if measure.of_activity:
            return measure.of_activity(self.session, period, activity.id)
        return measure.count(self.session, period)

    def of(self, activity: Activity, period: Period, *, beside: bool = True) -> Told:
        """What is told of an activity in a period; `beside`: also what stands next to its indicator."""
        sources = sources_of(activity)
        return Told(
            period,
            self.measured(sources.leads, period, activity) if sources.leads else None,
            tuple(self.measured(name, period, activity) for name in sources.beside) if beside else (),
            tuple(one for one in activity.corrections if (one.first, one.last) == (period.first, period.last)),
        )

    def value_by(self, activity: Activity, day: date, reported: Reported | None = None) -> Fraction | None:
        """The value of the year by the end of a day, from what each stretch so far says, corrected or reported."""
        accumulation = accumulation_of(activity)
        told: list[Fraction | None] = []
        for period in periods_by(activity, day, accumulation):
            said = self.of(activity, period, beside=False)
            by_hand = (reported or {}).get(period)
            told.append(by_hand if said.leads is None and not said.corrections else said.value)
        return progress.value_of(told, accumulation)

    def advance(self, activity: Activity, day: date, reported: Reported | None = None) -> Advance:
        """How far it has come by the end of a day, and how far it should have."""
        value = self.value_by(activity, day, reported)
        real = progress.advance(value, activity.target.as_goal if activity.target else None)
        expected = progress.expected(activity.month_numbers, day, activity.plan.year)
        return Advance(value, real, expected, progress.band(real, expected))


def sources_of(activity: Activity) -> Sources:
    """What the indicator is counted from: what was chosen last, else what the first plan proposes."""
    if activity.chosen:
        return Sources(activity.chosen[-1].leads, tuple(activity.chosen[-1].beside))
    return proposed(activity.code, activity.text)


def figure_of(session: Session, activity: Activity, period: Period) -> Told:
    """What is told of an activity in a period."""
    return Figures(session).of(activity, period)


def value_by(session: Session, activity: Activity, period: Period) -> Fraction | None:
    """The value of the year by the end of a period."""
    return Figures(session).value_by(activity, period.last)


def accumulation_of(activity: Activity) -> Accumulation:
    """How the stretches make the year: as the goal says, else as the measure that leads adds up."""
    if activity.target is not None:
        return activity.target.accumulation
    measure = registered().get(sources_of(activity).leads)
    return measure.adds_up if measure else Accumulation.FLOW


def periods_by(activity: Activity, day: date, accumulation: Accumulation) -> list[Period]:
    """The days that each stretch of the year begun by a day looks at: all since the year began where that adds up.

    The stretch that runs on that day ends with it.
    """
    plan = activity.plan
    begins = date(plan.year, 1, 1)
    return [
        Period(begins if accumulation is Accumulation.ACCUMULATED else first, min(last, day))
        for _number, first, last in stretches(plan.year, plan.rhythm)
        if first <= day
    ]
