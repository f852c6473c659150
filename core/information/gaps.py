"""What of the six contents is missing, and what has grown old; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from core.calendar import Hours


class Content(StrEnum):
    """The six contents that activity 4.1.5 of the plan orders to keep in sight (CPACA art. 8; Ley 962/2005 art. 8)."""

    RIGHTS = "rights"
    SERVICES = "services"
    TIMES = "times"
    REQUIREMENTS = "requirements"
    HOURS = "hours"
    COMPLAINTS = "complaints"


class Lack(StrEnum):
    """What is the matter with a content."""

    NO_TEXT = "no text"
    ANOTHER_YEAR = "another year"
    NO_ACT = "no act"
    NO_ENGLISH = "no english"
    NO_SERVICES = "no services"
    NO_DESCRIPTION = "no description"
    NO_TIME = "no time"
    NO_REQUIREMENTS = "no requirements"
    NO_HOURS = "no hours"
    FEW_HOURS = "few hours"
    NO_ADDRESS = "no address"
    NO_WAY = "no way"
    NO_CONTACT = "no contact"
    NO_CHANNEL = "no channel"
    NOT_REVIEWED = "not reviewed"


LEAST_WEEK_MIN = 40 * 60
"""Minutes of personal attention a week (CPACA art. 7.2)."""

_OF_A_SERVICE = (
    (Content.SERVICES, Lack.NO_DESCRIPTION, "described"),
    (Content.SERVICES, Lack.NO_ENGLISH, "in_english"),
    (Content.TIMES, Lack.NO_TIME, "has_time"),
    (Content.REQUIREMENTS, Lack.NO_REQUIREMENTS, "requirements_told"),
)
ASKED_OF_THE_CONTACT = ("office", "person", "position")
CHANNELS = ("phone", "email", "place")


@dataclass(frozen=True, slots=True)
class TextKnown:
    """A text in force."""

    year: int
    act: str
    english: bool


@dataclass(frozen=True, slots=True)
class ServiceKnown:
    """A service that the public sees; `requirements_told`: what it asks for, or that it asks for nothing."""

    id: int
    name: str
    described: bool
    in_english: bool
    has_time: bool
    requirements_told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of each content. `reviewed`: the day on which somebody last saw that it was true."""

    charter: TextKnown | None
    complaints: TextKnown | None
    contact: Mapping[str, str]
    services: Sequence[ServiceKnown]
    hours: Sequence[Hours]
    has_address: bool
    has_way: bool
    reviewed: Mapping[Content, date]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something to mend. `about`: the services, as (id, name), or the fields of the contact that it is about."""

    content: Content
    lack: Lack
    about: tuple[tuple[int, str], ...] = ()
    fields: tuple[str, ...] = ()


def gaps(known: Known, today: date) -> list[Gap]:
    """All that is missing or old, in the order of the contents; nothing when the public sees all that it must."""
    return [
        *_of_the_charter(known, today),
        *_of_the_services(known),
        *_of_the_hours(known),
        *_of_the_complaints(known),
        *(
            Gap(content, Lack.NOT_REVIEWED)
            for content in Content
            if content not in known.reviewed or a_year_before(today) > known.reviewed[content]
        ),
    ]


def a_year_before(day: date) -> date:
    """The same day of the year before; of 29 February, the 28th."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _of_the_charter(known: Known, today: date) -> Iterator[Gap]:
    """CPACA art. 7.5: it is renewed every year."""
    charter = known.charter
    if charter is None:
        yield Gap(Content.RIGHTS, Lack.NO_TEXT)
        return
    if charter.year != today.year:
        yield Gap(Content.RIGHTS, Lack.ANOTHER_YEAR)
    if not charter.act:
        yield Gap(Content.RIGHTS, Lack.NO_ACT)
    if not charter.english:
        yield Gap(Content.RIGHTS, Lack.NO_ENGLISH)


def _of_the_services(known: Known) -> Iterator[Gap]:
    if not known.services:
        yield Gap(Content.SERVICES, Lack.NO_SERVICES)
        return
    for content, lack, part in _OF_A_SERVICE:
        about = tuple((service.id, service.name) for service in known.services if not getattr(service, part))
        if about:
            yield Gap(content, lack, about)


def _of_the_hours(known: Known) -> Iterator[Gap]:
    if not known.hours:
        yield Gap(Content.HOURS, Lack.NO_HOURS)
    elif sum(_minutes(hours.closes) - _minutes(hours.opens) for hours in known.hours) < LEAST_WEEK_MIN:
        yield Gap(Content.HOURS, Lack.FEW_HOURS)
    if not known.has_address:
        yield Gap(Content.HOURS, Lack.NO_ADDRESS)
    if not known.has_way:
        yield Gap(Content.HOURS, Lack.NO_WAY)


def _of_the_complaints(known: Known) -> Iterator[Gap]:
    if known.complaints is None:
        yield Gap(Content.COMPLAINTS, Lack.NO_TEXT)
        return
    missing = tuple(field for field in ASKED_OF_THE_CONTACT if not known.contact.get(field))
    if missing:
        yield Gap(Content.COMPLAINTS, Lack.NO_CONTACT, fields=missing)
    if not any(known.contact.get(field) for field in CHANNELS):
        yield Gap(Content.COMPLAINTS, Lack.NO_CHANNEL)
    if not known.complaints.english:
        yield Gap(Content.COMPLAINTS, Lack.NO_ENGLISH)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute
