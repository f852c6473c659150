"""Which protocols fit the turn at a window, and which of their steps matter now; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.protocols.text import Channel, Moment, Population

CASES = (Population.DEAF, Population.BLIND, Population.UPSET, Population.DENIAL)
"""What no turn says of who comes with it, and only the official sees: always at hand, never guessed."""

_AT_A_WINDOW = (Channel.IN_PERSON, Channel.ANY)


class Doing(StrEnum):
    """What the official is about."""

    WAITING = "waiting"
    CALLING = "calling"
    ATTENDING = "attending"
    FINISHING = "finishing"


_MATTER = {
    Doing.WAITING: (Moment.CONTACT,),
    Doing.CALLING: (Moment.CONTACT,),
    Doing.ATTENDING: (Moment.LISTENING, Moment.HANDLING),
    Doing.FINISHING: (Moment.CLOSING, Moment.RECORDING),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A protocol in force; `services`: the ids of those that it is for, none being all."""

    code: str
    channel: Channel
    population: Population
    services: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheWindow:
    """What is known of the turn in hand. `first_of_all`: of the group that passes before every other, the children."""

    service_id: int | None = None
    has_priority: bool = False
    first_of_all: bool = False

    @property
    def populations(self) -> tuple[Population, ...]:
        """Whom the turn says that it is of, the closest first."""
        children = (Population.CHILDREN,) if self.first_of_all else ()
        preferential = (Population.PREFERENTIAL,) if self.has_priority else ()
        return (*children, *preferential, Population.EVERYBODY)


def fitting(offered: Iterable[Offered], turn: AtTheWindow) -> list[Offered]:
    """Those for the turn in hand: first what is for its service alone, then for its group, then for everybody."""
    populations = turn.populations
    found = [one for one in offered if one.population in populations and _is_for(one, turn)]
    return sorted(found, key=lambda one: (not one.services, populations.index(one.population), one.code))


def cases(offered: Iterable[Offered], turn: AtTheWindow) -> list[Offered]:
    """Those for what may be met in any turn, in the order of CASES."""
    found = [one for one in offered if one.population in CASES and _is_for(one, turn)]
    return sorted(found, key=lambda one: (CASES.index(one.population), not one.services, one.code))


def matter(doing: Doing) -> tuple[Moment, ...]:
    """The moments of a protocol that are open while the official is about this; the others are folded."""
    return _MATTER[doing]


def _is_for(one: Offered, turn: AtTheWindow) -> bool:
    return one.channel in _AT_A_WINDOW and (not one.services or turn.service_id in one.services)
