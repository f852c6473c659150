"""What a kind of register is made of: its fields, what shows that it happened, and how its values fit; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Said = Mapping[str, Any]
"""What was said of an entry, by the names of the fields of its kind."""
COLUMNS = ("day", "until", "done_on", "title", "place", "act", "service_id", "official_id")
"""Fields that every entry has a place for; the rest are kept together as its facts."""


class Asks(StrEnum):
    """What a field is answered with; a code is the number of a document, never of a person."""

    TEXT = "text"
    CODE = "code"
    PROSE = "prose"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    LINK = "link"
    CHOICE = "choice"
    SERVICE = "service"
    OFFICIAL = "official"
    PEOPLE = "people"
    CHECKLIST = "checklist"
    ACTION = "action"


class Shows(StrEnum):
    """What demands an entry to be complete."""

    NOTHING = "nothing"
    FILE_OR_LINK = "file or link"
    FILE = "file"
    PHOTOS = "photos"


class Mark(StrEnum):
    """How a point of a checklist stands."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a kind, in Spanish. `listed`: it shows in lists; `public`: everybody may read it."""

    name: str
    label: str
    asks: Asks
    needed: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    listed: bool = False
    public: bool = True
    future: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure before and after: what it is called, and the two fields that hold it."""

    name: str
    label: str
    label_before: str
    label_after: str

    @property
    def before(self) -> str:
        return f"{self.name}_before"

    @property
    def after(self) -> str:
        return f"{self.name}_after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of register. `measures`: what it is counted as, by the value of the field `split` if there is one.

    `falls_due`: its day is until when, and it counts from the day on which it was done. `judged`: control interno
    keeps it. `below`: the kind of the entry that it hangs on.
    """

    slug: str
    name: str
    one: str
    add: str
    icon: str
    fields: Sequence[Field]
    shows: Shows = Shows.FILE_OR_LINK
    what_shows: str = ""
    split: str = ""
    pairs: Sequence[Pair] = ()
    falls_due: bool = False
    judged: bool = False
    chosen: bool = False
    below: str = ""
    public: bool = False

    def field(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """The slugs by which it is counted, each with what it is called."""
        found = self.field(self.split)
        return found.choices if found else ((self.slug, self.name),)

    @property
    def facts(self) -> tuple[Field, ...]:
        """The fields that are kept together."""
        return tuple(one for one in self.fields if one.name not in COLUMNS and one.asks is not Asks.PEOPLE)
