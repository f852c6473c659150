"""What was counted of each question, and how many came by it; versions are added where they asked the same; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.surveys.hiding import tells_where_it_leads
from core.surveys.questionnaire import END, NOT_APPLICABLE, Kind, Question, Questionnaire

Values = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a version of a survey was answered in some months.

    `values`: of each field, how often each value was given. `answered`: of each question of which several values may be
    given, how many gave any. `led`: of those that lead elsewhere besides, how many took each of its jumps.
    """

    answers: int = 0
    values: Values = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)
    led: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a survey and what was counted of it."""

    number: int
    asked: Questionnaire
    counts: Counts


@dataclass(frozen=True, slots=True)
class Field:
    """What was answered under a name: opinions by value, and how many said that they do not know."""

    values: Mapping[str, int]
    not_applicable: int
    answered: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A question as it was answered; the `versions` that asked it, newest first.

    `came`: how many came by it. `told`: whether that, and so what they answered, gives no small count away.
    """

    question: Question
    versions: tuple[int, ...]
    came: int
    told: bool
    fields: Mapping[str, Field]

    @property
    def first(self) -> Field:
        """That of a question of one field."""
        return self.fields[self.question.fields[0]]

    def blank(self, name: str) -> int:
        """How many came by it and left this field empty."""
        one = self.fields[name]
        return self.came - one.answered - one.not_applicable


def add(several: Iterable[Counts]) -> Counts:
    """Those of several months together."""
    answers = 0
    values: dict[str, dict[str, int]] = {}
    answered: dict[str, int] = {}
    led: dict[str, tuple[int, ...]] = {}
    for one in several:
        answers += one.answers
        for name, found in one.values.items():
            known = values.setdefault(name, {})
            for value, count in found.items():
                known[value] = known.get(value, 0) + count
        for name, count in one.answered.items():
            answered[name] = answered.get(name, 0) + count
        for name, counts in one.led.items():
            before = led.get(name, (0,) * len(counts))
            led[name] = tuple(a + b for a, b in zip(before, counts, strict=True))
    return Counts(answers, values, answered, led)


def questions_of(versions: Sequence[Version]) -> list[Counted]:
    """The closed questions of these versions, newest version first; those asked the same way are one."""
    found: dict[tuple[object, ...], Counted] = {}
    for version in versions:
        for one in _counted(version):
            kept = found.get(_signature(one.question))
            found[_signature(one.question)] = one if kept is None else _together(kept, one)
    return list(found.values())


def flows(question: Question, counts: Counts) -> list[int]:
    """How many took each jump of a question, in order; the first that holds is taken."""
    if question.kind is Kind.MULTIPLE:
        return list(counts.led.get(question.key, (0,) * len(question.jumps)))
    given, taken, found = counts.values.get(question.key, {}), set[str](), []
    for jump in question.jumps:
        found.append(sum(given.get(value, 0) for value in set(jump.values) - taken))
        taken |= set(jump.values)
    return found


def _counted(version: Version) -> Iterator[Counted]:
    """Each closed question of a version and how many came by it: what they answer of one leads to the next."""
    questions, counts = version.asked.questions, version.counts
    places = {question.key: n for n, question in enumerate(questions)}
    came = [counts.answers] + [0] * len(questions)
    plain = True
    for n, question in enumerate(questions):
        taken = flows(question, counts)
        for jump, count in zip(question.jumps, taken, strict=True):
            to = len(questions) if jump.to == END else max(places.get(jump.to, n + 1), n + 1)
            came[to] += count
        came[n + 1] += came[n] - sum(taken)
        if question.kind is not Kind.TEXT:
            told = plain or came[n] == counts.answers
            fields = {name: _field(question, name, counts) for name in question.fields}
            yield Counted(question, (version.number,), came[n], told, fields)
        plain &= tells_where_it_leads(question, counts.values.get(question.key, {}), [*taken, came[n] - sum(taken)])


def _field(question: Question, name: str, counts: Counts) -> Field:
    given = dict(counts.values.get(name, {}))
    not_applicable = given.pop(NOT_APPLICABLE, 0) if question.kind in (Kind.FACES, Kind.MATRIX) else 0
    answered = counts.answered.get(name, 0) if question.kind is Kind.MULTIPLE else sum(given.values())
    return Field(given, not_applicable, answered)


def alike(one: Question, other: Question) -> bool:
    """Whether the answers to both may be added or compared."""
    return _signature(one) == _signature(other)


def _signature(question: Question) -> tuple[object, ...]:
    """What two versions must ask alike for their answers to be added; a text may be mended."""
    return (question.key, question.kind, question.measure, question.fields, question.values)


def _together(newer: Counted, older: Counted) -> Counted:
    fields = {}
    for name, one in newer.fields.items():
        other = older.fields[name]
        values = {
            value: one.values.get(value, 0) + other.values.get(value, 0) for value in {*one.values, *other.values}
        }
        fields[name] = Field(values, one.not_applicable + other.not_applicable, one.answered + other.answered)
    came, told = newer.came + older.came, newer.told and older.told
    return Counted(newer.question, (*newer.versions, *older.versions), came, told, fields)
