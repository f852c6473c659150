"""What happened to a petition, as values: from them alone its deadline is counted; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.petitions.terms import Kind, Term, term_of


class Policy(StrEnum):
    """Which day is day 0 for what arrives after closing or on a day that does not count.

    Strict: the day on which it arrived, so that no answer is ever late. Lax: the next working day, as the last
    paragraph of art. 54 of the Ley 1437 de 2011 says and others dispute.
    """

    STRICT = "estricta"
    LAX = "laxa"


class Ground(StrEnum):
    """Why the person was asked to complete a petition."""

    INCOMPLETE = "incomplete"
    OBSCURE = "obscure"


class End(StrEnum):
    """How a petition ends; answered means delivered."""

    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    ANNULLED = "annulled"


@dataclass(frozen=True, slots=True)
class Clarification:
    """The person was asked to complete the petition, and when they did; `extended` if they asked for longer."""

    asked: date
    answered: date | None = None
    extended: bool = False
    ground: Ground = Ground.INCOMPLETE


@dataclass(frozen=True, slots=True)
class Extension:
    """The person was told on `told` that the answer comes by `until`; without one, as late as the law lets it."""

    told: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What happened to a petition, as its steps tell it; days are civil days of Bogotá.

    The kind is the one it has now: who reclassifies it changes nothing else, so its term runs from the first day.
    `length`: the term that a request which may fix its own has fixed. `told`: the latest due date that the person was
    told. `spoken`: it was made by word of mouth.
    """

    kind: Kind
    received: date
    after_hours: bool = False
    policy: Policy = Policy.STRICT
    length: int | None = None
    spoken: bool = False
    clarifications: Sequence[Clarification] = ()
    extension: Extension | None = None
    told: date | None = None
    ended: End | None = None
    ended_on: date | None = None
    marked: date | None = None

    @property
    def waiting(self) -> Clarification | None:
        """The clarification that the person has not answered."""
        return next((each for each in self.clarifications if each.answered is None), None)

    @property
    def term(self) -> Term:
        """What the law gave for the kind on the day it was received. Raises NoTerm for a day before the table."""
        term = term_of(self.kind, self.received)
        return term.lasting(self.length) if self.length is not None and term.editable else term
