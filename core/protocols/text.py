"""What a protocol says, as data: whom it is for, step by step, what to say and what never to do; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """Where the person is met; ANY is for all of them."""

    ANY = "any"
    IN_PERSON = "in_person"
    PHONE = "phone"
    VIRTUAL = "virtual"
    POST = "post"


class Population(StrEnum):
    """Whom or what the protocol is about."""

    EVERYBODY = "everybody"
    PREFERENTIAL = "preferential"
    DEAF = "deaf"
    BLIND = "blind"
    CHILDREN = "children"
    UPSET = "upset"
    DENIAL = "denial"


class Moment(StrEnum):
    """The step of an attention that a step of the protocol is for, in order."""

    CONTACT = "contact"
    LISTENING = "listening"
    HANDLING = "handling"
    CLOSING = "closing"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done in a moment, and the words that help, which may be none."""

    moment: Moment
    do: str
    say: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A time that the office holds itself to: «Contestar el teléfono», «antes del tercer timbre»."""

    what: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizQuestion:
    """A question to who has read it; `right` is the place of the right option, from 0."""

    text: str
    options: tuple[str, ...]
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolText:
    """One version of a protocol. Each of `never` is what is not done; `quiz` may be empty."""

    title: str = ""
    purpose: str = ""
    scope: str = ""
    responsible: str = ""
    steps: tuple[Step, ...] = ()
    phrases: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    quiz: tuple[QuizQuestion, ...] = ()


def written(text: ProtocolText) -> dict[str, Any]:
    """The text as JSON keeps it."""
    return asdict(text)


def read(kept: Mapping[str, Any]) -> ProtocolText:
    """The text that `written` kept. Raises TypeError for a part that there is not, ValueError for a moment."""
    return ProtocolText(
        **{
            **kept,
            "steps": tuple(Step(**{**step, "moment": Moment(step["moment"])}) for step in kept.get("steps", ())),
            "phrases": tuple(kept.get("phrases", ())),
            "never": tuple(kept.get("never", ())),
            "targets": tuple(Target(**target) for target in kept.get("targets", ())),
            "quiz": tuple(
                QuizQuestion(**{**question, "options": tuple(question["options"])}) for question in kept.get("quiz", ())
            ),
        }
    )
