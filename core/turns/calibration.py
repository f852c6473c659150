"""How honest estimates are: at which levels of the chances the truth has fallen, so that the next ones say it; pure.

The point shown is the level below which half of what really happened fell (the median of the last turns). The range is
as wide as it has to be so that about four in five of the ranges *shown*, rounded as they are, held the truth: it is
widened a little by each miss and narrowed by each hit, for priority and general turns apart (adaptive conformal
inference: Gibbs and Candès, 2021).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MIDDLE, WIDTH = 0.55, 0.62
"""What is shown before anything was learned: the middle of the chances, and how much of them around it.

Waits with priority are short beside the five minutes to which a range is rounded outward: four in five of what is shown
hold the truth with so little. Over fourteen new town halls that no test lives, 0.74 held 85 of 100, and this 81.
"""
TRUST_AFTER = 60.0
"""How many turns the first levels are worth."""
KEPT = 500
MISSES = 0.19
"""The share of the ranges that should not hold the truth."""
STEP = 0.03
NARROWEST, WIDEST = 0.02, 0.985


@dataclass(slots=True)
class Levels:
    """The levels of one class of turns, and what they are learned from."""

    places: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    width: float = WIDTH

    @property
    def middle(self) -> float:
        """The level that the truth falls short of half of the time."""
        if not self.places:
            return MIDDLE
        ordered = sorted(self.places)
        seen = ordered[len(ordered) // 2]
        return (MIDDLE * TRUST_AFTER + seen * len(ordered)) / (TRUST_AFTER + len(ordered))

    @property
    def low(self) -> float:
        return self.middle * (1 - self.width)

    @property
    def high(self) -> float:
        return self.middle + (1 - self.middle) * self.width

    def learn(self, place: float, *, held: bool) -> None:
        """The truth was at this place of the chances, and the range that was shown held it or not."""
        self.places.append(place)
        self.width += STEP * (-MISSES if held else 1 - MISSES)
        self.width = min(max(self.width, NARROWEST), WIDEST)
