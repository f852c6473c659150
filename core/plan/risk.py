"""Corruption risks: probability and impact to a zone, and what controls take off it; pure.

The method is data with a version. That of 2018 (guide of Función Pública, version 4) is a map; that of 2015 multiplies
points. They do not agree, and each town hall says by which it works. A corruption risk is never accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

HARM_TO_LIFE = 16
"""The question of injuries or deaths: yes to it alone is catastrophic (method of 2018)."""


class Probability(IntEnum):
    """How often: once in more than five years, in five, in two, in the last one, and more than once a year."""

    RARE = 1
    UNLIKELY = 2
    POSSIBLE = 3
    LIKELY = 4
    ALMOST_CERTAIN = 5


class Impact(IntEnum):
    """How grave; a corruption risk is never less than moderate."""

    MODERATE = 1
    MAJOR = 2
    CATASTROPHIC = 3


class Zone(StrEnum):
    """Where a risk falls on the map."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    EXTREME = "extreme"


class Aim(StrEnum):
    """What a control acts on."""

    PROBABILITY = "probability"
    IMPACT = "impact"


@dataclass(frozen=True, slots=True)
class Method:
    """A way to value risks: from how many answers an impact is major and catastrophic, and how a zone is found.

    `points`: what each impact is worth, and `zones` up to how many points each zone reaches; without points, `map` says
    the zone of each impact by probability.
    """

    code: str
    questions: int
    major: int = 6
    catastrophic: int = 12
    life_is_catastrophic: bool = False
    points: Mapping[Impact, int] | None = None
    zones: Sequence[tuple[int, Zone]] = ()
    map: Mapping[Impact, tuple[Zone, Zone, Zone, Zone, Zone]] | None = None


OF_2018 = Method(
    code="2018",
    questions=19,
    life_is_catastrophic=True,
    map={
        Impact.MODERATE: (Zone.MODERATE, Zone.MODERATE, Zone.HIGH, Zone.HIGH, Zone.EXTREME),
        Impact.MAJOR: (Zone.HIGH, Zone.HIGH, Zone.EXTREME, Zone.EXTREME, Zone.EXTREME),
        Impact.CATASTROPHIC: (Zone.EXTREME,) * 5,
    },
)
OF_2015 = Method(
    code="2015",
    questions=18,
    points={Impact.MODERATE: 5, Impact.MAJOR: 10, Impact.CATASTROPHIC: 20},
    zones=((10, Zone.LOW), (25, Zone.MODERATE), (50, Zone.HIGH), (100, Zone.EXTREME)),
)
METHODS = {method.code: method for method in (OF_2018, OF_2015)}

CONTROL_POINTS = {
    "documented": 15,
    "responsible": 5,
    "automatic": 15,
    "manual": 10,
    "frequent": 15,
    "evidence": 10,
    "effective": 30,
}
"""What a control is worth by what it has (method of 2015): manuals, somebody responsible, that it is automatic or done
by hand, a fit frequency, evidence, and that it has been effective."""


class UnknownQuestion(ValueError):
    """An answer to a question that the method does not ask."""


def impact(yes: Collection[int], method: Method = OF_2018) -> Impact:
    """The impact by the numbers of the questions answered yes. Raises UnknownQuestion; ValueError for none.

    A risk to which no question is answered yes has no impact that this method measures.
    """
    answered = set(yes)
    if not answered <= set(range(1, method.questions + 1)):
        raise UnknownQuestion(sorted(answered - set(range(1, method.questions + 1))))
    if not answered:
        raise ValueError("no question is answered yes")
    if method.life_is_catastrophic and HARM_TO_LIFE in answered:
        return Impact.CATASTROPHIC
    if len(answered) >= method.catastrophic:
        return Impact.CATASTROPHIC
    return Impact.MAJOR if len(answered) >= method.major else Impact.MODERATE


def zone(probability: Probability, impact: Impact, method: Method = OF_2018) -> Zone:
    """Where a risk falls."""
    if method.map is not None:
        return method.map[impact][probability - 1]
    assert method.points is not None
    points = probability * method.points[impact]
    return next(zone for most, zone in method.zones if points <= most)


def points(probability: Probability, impact: Impact, method: Method) -> int | None:
    """The points of a risk, by a method that counts them."""
    return None if method.points is None else probability * method.points[impact]


@dataclass(frozen=True, slots=True)
class Control:
    """A control, what it acts on, and what it has of CONTROL_POINTS."""

    aim: Aim
    has: frozenset[str]

    @property
    def score(self) -> int:
        """From 0 to 100. Automatic and by hand exclude each other: the better one counts."""
        has = self.has - {"manual"} if {"automatic", "manual"} <= self.has else self.has
        return sum(CONTROL_POINTS[name] for name in has)

    @property
    def boxes(self) -> int:
        """By how many boxes it moves a risk: up to 50 points none, up to 75 one, above two."""
        return 0 if self.score <= 50 else 1 if self.score <= 75 else 2


@dataclass(frozen=True, slots=True)
class Residual:
    """What is left of a risk after its controls."""

    probability: Probability
    impact: Impact
    zone: Zone


def residual(
    probability: Probability, impact: Impact, controls: Sequence[Control], method: Method = OF_2018
) -> Residual:
    """The risk after its controls: those of each aim count by their mean, and none goes below the first box."""
    left = {Aim.PROBABILITY: int(probability), Aim.IMPACT: int(impact)}
    for aim in Aim:
        scores = [control.score for control in controls if control.aim is aim]
        if scores:
            left[aim] = max(1, left[aim] - _boxes(sum(scores) / len(scores)))
    after = Probability(left[Aim.PROBABILITY]), Impact(left[Aim.IMPACT])
    return Residual(*after, zone(*after, method))


def _boxes(score: float) -> int:
    return 0 if score <= 50 else 1 if score <= 75 else 2
