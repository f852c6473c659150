"""The plan in words: its amounts with their units, how activities are measured and go, and the months of a schedule."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flask_babel import gettext as _

from core.errors import N_
from core.plan.amounts import written
from core.plan.document import Mode
from core.plan.figures import Advance, Measured
from core.plan.measures import Figure, Measure, Unit
from core.plan.model import Activity
from core.plan.progress import Accumulation, Band
from core.web.words import translate

MODES = {
    Mode.AUTOMATIC: N_("Se mide solo"),
    Mode.MIXED: N_("Se mide en parte solo y en parte con evidencia"),
    Mode.REGISTER: N_("Se cuenta de un registro con evidencia"),
    Mode.MANUAL: N_("Avance con evidencia"),
}
BANDS = {Band.LOW: N_("avance bajo"), Band.MIDDLE: N_("avance medio"), Band.HIGH: N_("avance alto")}
TONES = {Band.LOW: "error", Band.MIDDLE: "warning", Band.HIGH: "success"}
ACCUMULATIONS = {
    Accumulation.FLOW: N_("Se suma lo de cada tramo del año"),
    Accumulation.STOCK: N_("Vale lo que haya al final"),
    Accumulation.ACCUMULATED: N_("Cada tramo cuenta desde enero"),
    Accumulation.REDUCTION: N_("Debe bajar desde la línea base"),
}
MONTHS = (
    *(N_("ene"), N_("feb"), N_("mar"), N_("abr"), N_("may"), N_("jun")),
    *(N_("jul"), N_("ago"), N_("sep"), N_("oct"), N_("nov"), N_("dic")),
)
_UNITS = {Unit.PERCENT: N_("%(value)s %%"), Unit.MINUTES: N_("%(value)s min"), Unit.POINTS: N_("%(value)s puntos")}
_BOUNDS = {"at_least": N_("%(value)s o más"), "at_most": N_("%(value)s o menos")}
UNKNOWN = N_("sin dato")


def value_text(value: Fraction | None, unit: Unit = Unit.COUNT, bound: str = "") -> str:
    """«128», «45,5 %», «12,3 min»; what is not known says so, and is never nought."""
    if value is None:
        return translate(UNKNOWN)
    places = 1 if unit in (Unit.PERCENT, Unit.MINUTES) else 2
    told = written(value, places)
    told = translate(_UNITS[unit], value=told) if unit in _UNITS else told
    return translate(_BOUNDS[bound], value=told) if bound else told


def kept_text(value: str, measure: Measure | None) -> str:
    """A value that somebody set, as the database keeps it, with the unit of what it stands for."""
    return value_text(Fraction(value), measure.unit if measure else Unit.COUNT)


def measured_text(one: Measured) -> str:
    """The value of a measure with its unit."""
    figure = one.figure or Figure(None, 0, lambda first, most: ())
    return value_text(figure.value, one.measure.unit if one.measure else Unit.COUNT, figure.bound)


def title_of(one: Measured) -> str:
    """What a measure counts; of one that the house does not know, its name."""
    return translate(one.measure.title) if one.measure else one.name


def goal_text(activity: Activity) -> str:
    """The goal in force as it is read; nothing without one."""
    return value_text(activity.target.as_goal.value) if activity.target else ""


def percent_text(hundredths: Fraction) -> str:
    return value_text(hundredths, Unit.PERCENT)


def advance_text(advance: Advance) -> str:
    """«45,5 % de lo propuesto; se esperaba 60 %», for who does not see the bar."""
    if advance.real is None:
        return translate(UNKNOWN)
    return str(
        _(
            "%(real)s de la meta; se esperaba %(expected)s",
            real=percent_text(advance.real),
            expected=percent_text(advance.expected),
        )
    )


def bar_of(advance: Advance) -> tuple[float, float]:
    """How long its bar is and where on it one should be, of 100; what goes over the goal fills it."""
    return float(min(advance.real or 0, 100)), float(advance.expected)


def months_of(activity: Activity) -> Sequence[tuple[str, bool]]:
    """The twelve months by their short names, and whether the schedule names each."""
    planned = set(activity.month_numbers)
    return [(translate(name), n in planned) for n, name in enumerate(MONTHS, start=1)]


def responsible_of(activity: Activity) -> str:
    """Who answers for it, by the names that the plan gives to its roles."""
    return "; ".join(activity.plan.role_name(role) for role in activity.responsible)
