"""The arithmetic of a report: what became of each petition, how many of each, and how long their answers took; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

from core.petitions.terms import Kind
from core.reports.small_cells import LEAST

BY = ("kind", "channel", "office", "month")
"""By what the petitions of a report are grouped."""
RESERVED = "reserved"
"""In whatever way petitions are grouped, those that only named people may read are a group apart."""
INFORMATION = frozenset({Kind.INFORMATION, Kind.DOCUMENTS, Kind.PUBLIC_INFORMATION})
"""Requests of public information (Ley 1712 de 2014, art. 25; Decreto 1081 de 2015, art. 2.1.1.6.2)."""
COMPLAINTS = frozenset({Kind.COMPLAINT, Kind.CLAIM, Kind.REPORT})
"""What is told of a service (Ley 190 de 1995, art. 54); those of corruption are always reserved."""


class Result(StrEnum):
    """What became of a petition, by its facts and by the day on which one asks."""

    ON_TIME = "on_time"
    LATE = "late"
    RUNNING = "running"
    OVERDUE = "overdue"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    RESERVED = "reserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A petition as a report counts it. `days`: working days that its answer took, None without one.

    Of a reserved one only the day is known.
    """

    id: int
    number: str
    kind: str
    channel: str
    office_id: int
    received_on: date
    ended_on: date | None
    due_on: date | None
    result: Result
    days: int | None = None
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """How many cases of a group there are, in the order of Result, and all together."""

    group: str
    parts: tuple[int, ...]

    @property
    def received(self) -> int:
        return sum(self.parts)

    def of(self, result: Result) -> int:
        return self.parts[tuple(Result).index(result)]

    @property
    def counts(self) -> tuple[int, ...]:
        """The parts and then their sum."""
        return (*self.parts, self.received)


@dataclass(frozen=True, slots=True)
class Grid:
    """Cases by group and by what became of them; the total is the last line of `counts`."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> Line:
        return Line("", tuple(sum(line.parts[n] for line in self.lines) for n in range(len(Result))))

    @property
    def counts(self) -> list[tuple[int, ...]]:
        return [*(line.counts for line in self.lines), self.total.counts]

    def line(self, group: str) -> Line:
        """That of a group; one of nobody if there is none."""
        found = next((line for line in self.lines if line.group == group), None)
        return found or Line(group, (0,) * len(Result))


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of a group as they are told, in the order of Result and then their sum; None is not told."""

    group: str
    counts: tuple[int | None, ...]

    def of(self, result: Result) -> int | None:
        return self.counts[tuple(Result).index(result)]

    @property
    def received(self) -> int | None:
        return self.counts[-1]

    @property
    def answered(self) -> int | None:
        return add([self.of(Result.ON_TIME), self.of(Result.LATE)])


@dataclass(frozen=True, slots=True)
class Times:
    """Working days that answers took: how many answers, their mean, and within how many came half and nine in ten."""

    answers: int
    mean: float
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a period: its grids by what groups them, each ending in its total; the rest by their names.

    `complaints`: by office, only how many. `information`: requests received, transferred, answered and denied.
    `reserved`: how many there were; None if they are so few that it is not told.
    """

    grids: Mapping[str, tuple[Counted, ...]]
    complaints: tuple[Counted, ...]
    times: Times | None
    information: Mapping[str, int | None]
    information_times: Times | None
    annulled: int
    reserved: int | None

    @property
    def total(self) -> Counted:
        return self.grids["kind"][-1]


def result_of(stage: str, stage_on: date, due_on: date | None, today: date) -> Result:
    """What became of a petition. Answered means delivered; on the day it falls due it is still in time."""
    ends = {"transferred": Result.TRANSFERRED, "withdrawn": Result.CLOSED, "archived": Result.CLOSED}
    if stage == "answered":
        return Result.LATE if due_on is not None and stage_on > due_on else Result.ON_TIME
    if stage in ends:
        return ends[stage]
    return Result.OVERDUE if due_on is not None and due_on < today else Result.RUNNING


def group_of(case: Case, by: str) -> str:
    """To which group it belongs: by «kind», «channel», «office» or «month»."""
    if case.result is Result.RESERVED:
        return RESERVED
    values = {"kind": case.kind, "channel": case.channel, "office": str(case.office_id)}
    return f"{case.received_on:%Y-%m}" if by == "month" else values[by]


def grid(cases: Iterable[Case], by: str, groups: Sequence[str] = ()) -> Grid:
    """Cases by group, the largest first and the reserved last; or in the order of `groups`, which are then all told."""
    counts: defaultdict[str, Counter[Result]] = defaultdict(Counter)
    for case in cases:
        counts[group_of(case, by)][case.result] += 1
    names = [name for name in counts if name not in groups and name != RESERVED]
    names.sort(key=lambda name: (-counts[name].total(), name))
    order = [*groups, *names, *([RESERVED] if RESERVED in counts and RESERVED not in groups else [])]
    return Grid(tuple(Line(name, tuple(counts[name][result] for result in Result)) for name in order))


def times(cases: Iterable[Case]) -> Times | None:
    """How long the answers took (percentiles by nearest rank); None of no answers."""
    days = sorted(case.days for case in cases if case.days is not None)
    if not days:
        return None

    def rank(level: float) -> int:
        return days[max(0, ceil(len(days) * level) - 1)]

    return Times(len(days), sum(days) / len(days), rank(0.5), rank(0.9))


def add(counts: Sequence[int | None]) -> int | None:
    """Their sum; nothing is told of it if one of them is not."""
    return None if any(count is None for count in counts) else sum(count or 0 for count in counts)


def figures(cases: Sequence[Case], months: Sequence[str], annulled: int) -> Figures:
    """All that is counted of a period, for who works here; the reserved are in no grid."""
    seen = [case for case in cases if case.result is not Result.RESERVED]
    grids = {by: _counted(grid(seen, by, months if by == "month" else ())) for by in BY}
    complaints = _counted(grid([case for case in seen if of_kinds(COMPLAINTS)(case)], "office"))
    asked = [case for case in seen if of_kinds(INFORMATION)(case)]
    of_asked = _counted(grid(asked, "kind"))[-1]
    information = {
        "received": of_asked.received,
        "transferred": of_asked.of(Result.TRANSFERRED),
        "answered": of_asked.answered,
        "denied": sum(case.denied for case in asked),
    }
    reserved = len(cases) - len(seen)
    told = reserved if reserved >= LEAST else None
    by_office = tuple(Counted(line.group, line.counts[-1:]) for line in complaints)
    return Figures(grids, by_office, times(seen), information, times(asked), annulled, told)


def _counted(found: Grid) -> tuple[Counted, ...]:
    return tuple(Counted(line.group, line.counts) for line in (*found.lines, found.total))


def of_kinds(kinds: Iterable[Kind]) -> Callable[[Case], bool]:
    """Whether a case that anybody may count is of one of these kinds."""
    wanted = set(kinds)
    return lambda case: case.result is not Result.RESERVED and case.kind in wanted
