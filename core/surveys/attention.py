"""What is known of the attention that somebody gives an opinion of, and how little of it is kept; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

ALIKE = 5
"""What fewer than so many attentions of the month have in common would single one out, and is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What an answer says of the attention it is of; what is None is not told. `channel` is that of the attention."""

    site_id: int | None = None
    office_id: int | None = None
    service_id: int | None = None
    group: str | None = None
    channel: str | None = None


NOTHING = Detail()


@dataclass(frozen=True, slots=True)
class Attention:
    """A finished turn or a delivered reply of which one opinion is wanted.

    `kind` is that of the survey that asks for it (core.surveys.model.Of). `source` names it for its mark and is kept
    nowhere: «turn 12», «letter 7». `alike`: from the most telling detail to the least, with how many attentions of its
    month have it in common so far. `by`: the officials who attended it.
    """

    kind: str
    source: str
    ended_on: date
    alike: Sequence[tuple[Detail, int]]
    by: frozenset[int] = frozenset()

    @property
    def kept(self) -> Detail:
        """The most that may be told of it without telling whose it was."""
        return next((detail for detail, count in self.alike if count >= ALIKE), NOTHING)


def month_of(day: date) -> date:
    """The first day of its month: the finest time that is kept of an answer."""
    return day.replace(day=1)
