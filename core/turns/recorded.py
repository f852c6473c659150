"""Recorded days of a queue: a folder of CSV files becomes values, or one sentence says which cell is wrong."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from core.turns.policy import GENERAL

SECOND = 1000
NOON = 12 * 3600 * SECOND
LONGEST_WHOLE = 7
FASTEST, SLOWEST = Decimal("0.01"), Decimal(100)
PRIORITY_GROUPS = ("DIS", "EMB", "NIN", "MAY")
GROUPS = {"GEN": GENERAL, **{group: group for group in PRIORITY_GROUPS}}
"""The groups of the files → the groups of the order; in them NIN is a priority group like the others."""

LATE, PLANNED = "late", "planned"
PAUSE_KINDS = (PLANNED, "unplanned", "closed", LATE)
SERVED, NO_SHOW, CANCEL = "served", "noshow", "cancel"
USUAL_MINUTES = 10.0
"""What a service takes of which the file says nothing."""
COLUMNS = {
    "services.csv": ("service",),
    "counters.csv": ("counter", "services", "open_s", "speed"),
    "pauses.csv": ("day", "counter", "start_s", "dur_s", "kind"),
    "arrivals.csv": (
        *("day", "ticket", "issue_s", "service", "group"),
        *("service_s", "noshow", "leave_s", "cancels", "walk_s"),
    ),
}
"""What a replay reads of each file; any other column is left alone."""
HISTORY = "history.csv"
OF_HISTORY = ("day", "service", "group", "issue_s", "call_s", "end_s", "outcome")


class BadDays(Exception):
    """A folder, file or cell that cannot be replayed; the Spanish sentence says which and why."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an office knows of a turn from the moment it is issued; `issued` in milliseconds of the day."""

    ticket: int
    issued: int
    service: str
    group: str
    first_of_all: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What only happens later, in milliseconds: the order of the queue never sees it."""

    service: int
    walk: int
    leaves: int
    noshow: bool
    cancels: bool


@dataclass(frozen=True, slots=True)
class Counter:
    """A window: what it serves, its opening in milliseconds of the day, and its pace (hidden)."""

    name: str
    services: frozenset[str]
    opens: int
    speed: Decimal


@dataclass(frozen=True, slots=True)
class Pause:
    """When a window is due to stop and for how long, in milliseconds; `planned`: the office knows it beforehand.

    `by_the_clock`: it ends when it was to end, however late it began, as a window that opens again at ten.
    """

    starts: int
    length: int
    planned: bool = False
    by_the_clock: bool = False

    @property
    def ends(self) -> int:
        """When it was to end."""
        return self.starts + self.length

    def back(self, at: int) -> int:
        """When the window is back that begins it at `at`."""
        return self.ends if self.by_the_clock else at + self.length


@dataclass(frozen=True, slots=True)
class Day:
    """One recorded day: `late` and `pauses` by window, `outcomes` by ticket; no pause begins after `last_pause`."""

    number: int
    arrivals: tuple[Arrival, ...]
    outcomes: Mapping[int, Outcome]
    late: Mapping[str, int]
    pauses: Mapping[str, tuple[Pause, ...]]
    last_pause: int = NOON


@dataclass(frozen=True, slots=True)
class Past:
    """A turn of the history that the town hall has of itself, in milliseconds of its day."""

    day: int
    service: str
    group: str
    issued: int
    called: int | None
    ended: int | None
    came: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """The windows of a town hall and its recorded days, in order.

    `configured`: the minutes that its administrator thinks each service takes; `past`: what it has seen before.
    """

    counters: tuple[Counter, ...]
    days: tuple[Day, ...]
    configured: Mapping[str, float] = field(default_factory=dict)
    past: tuple[Past, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a file, which knows where it stands."""

    file: str
    line: int
    cells: Mapping[str, str]

    def bad(self, column: str, why: str) -> BadDays:
        return BadDays(f"{self.file}, fila {self.line}, columna {column}: {why}")

    def text(self, column: str) -> str:
        value = self.cells[column].strip()
        if not value:
            raise self.bad(column, "está vacía")
        return value

    def whole(self, column: str, most: int | None = None) -> int:
        value = self.text(column)
        if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_WHOLE):
            raise self.bad(column, f"«{value[:40]}» no es un número entero de 0 en adelante")
        if most is not None and int(value) > most:
            raise self.bad(column, f"«{value}» debe ser un número de 0 a {most}")
        return int(value)

    def instant(self, column: str) -> int:
        return self.whole(column) * SECOND

    def minutes(self, column: str) -> float:
        return float(self.factor(column)) if self.cells.get(column, "").strip() else USUAL_MINUTES

    def factor(self, column: str) -> Decimal:
        value = self.text(column)
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.bad(column, f"«{value[:40]}» no es un número") from None
        if not (number.is_finite() and FASTEST <= number <= SLOWEST):
            raise self.bad(column, f"«{value[:40]}» debe estar entre {FASTEST} y {SLOWEST}")
        return number

    def one_of(self, column: str, known: Collection[str], why: str) -> str:
        value = self.text(column)
        if value not in known:
            raise self.bad(column, f"«{value[:40]}» {why}")
        return value


def read(folder: Path) -> Recorded:
    """The days recorded in `folder`. Raises BadDays for the first thing in it that cannot be replayed."""
    if not os.path.isdir(folder):
        raise BadDays(f"La carpeta {folder} no existe o no es una carpeta.")
    configured = {row.text("service"): row.minutes("configured_min") for row in _rows(folder, "services.csv")}
    services = configured.keys()
    counters = tuple(_counters(_rows(folder, "counters.csv"), services))
    pauses = _pauses(_rows(folder, "pauses.csv"), {counter.name for counter in counters})
    served = frozenset[str]().union(*(counter.services for counter in counters))
    days = tuple(_days(_rows(folder, "arrivals.csv"), services, served, pauses))
    return Recorded(counters, days, configured, tuple(_past(folder, services)))


def _rows(folder: Path, name: str) -> Iterator[_Row]:
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, strict=True)
            titles = lines.fieldnames or []
            for column in COLUMNS.get(name, OF_HISTORY):
                if column not in titles:
                    raise BadDays(f"{name}, fila 1, columna {column}: falta")
            for cells in lines:
                if None in cells:
                    raise BadDays(f"{name}, fila {lines.line_num}, columna {len(titles) + 1}: sobra")
                row = _Row(name, lines.line_num, cells)
                for column, value in cells.items():
                    if value is None:
                        raise row.bad(column, "falta")
                yield row
    except OSError as error:
        raise BadDays(f"{name}: no se puede leer ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadDays(f"{name}: no está escrito en UTF-8") from None
    except csv.Error:
        raise BadDays(f"{name}, fila {lines.line_num + 1}: no es un CSV bien escrito") from None


def _counters(rows: Iterable[_Row], services: Collection[str]) -> Iterator[Counter]:
    seen: set[str] = set()
    for row in rows:
        name = row.text("counter")
        if name in seen:
            raise row.bad("counter", f"«{name}» está repetida")
        seen.add(name)
        served = frozenset(service.strip() for service in row.text("services").split("|"))
        if unknown := served - set(services):
            raise row.bad("services", f"«{min(unknown)}» no está en services.csv")
        yield Counter(name, served, row.instant("open_s"), row.factor("speed"))


def _pauses(rows: Iterable[_Row], counters: Collection[str]) -> Mapping[int, list[tuple[str, str, Pause]]]:
    """By day: the window, the kind and the pause."""
    found: dict[int, list[tuple[str, str, Pause]]] = defaultdict(list)
    for row in rows:
        counter = row.one_of("counter", counters, "no está en counters.csv")
        kind = row.one_of("kind", PAUSE_KINDS, f"no es una de {', '.join(PAUSE_KINDS)}")
        found[row.whole("day")].append(
            (counter, kind, Pause(row.instant("start_s"), row.instant("dur_s"), kind == PLANNED))
        )
    return found


def _days(
    rows: Iterable[_Row],
    services: Collection[str],
    served: Collection[str],
    pauses: Mapping[int, list[tuple[str, str, Pause]]],
) -> Iterator[Day]:
    arrivals: dict[int, list[Arrival]] = defaultdict(list)
    outcomes: dict[int, dict[int, Outcome]] = defaultdict(dict)
    for row in rows:
        day, ticket = row.whole("day"), row.whole("ticket")
        if ticket in outcomes[day]:
            raise row.bad("ticket", f"«{ticket}» está repetido en el día {day}")
        service = row.one_of("service", services, "no está en services.csv")
        if service not in served:
            raise row.bad("service", f"ninguna ventanilla atiende «{service}»")
        group = GROUPS[row.one_of("group", GROUPS, f"no es uno de {', '.join(GROUPS)}")]
        arrivals[day].append(Arrival(ticket, row.instant("issue_s"), service, group))
        outcomes[day][ticket] = Outcome(
            service=row.instant("service_s"),
            walk=row.instant("walk_s"),
            leaves=row.instant("leave_s"),
            noshow=bool(row.whole("noshow", most=1)),
            cancels=bool(row.whole("cancels", most=1)),
        )
    for number in sorted(arrivals):
        issued = tuple(sorted(arrivals[number], key=lambda arrival: (arrival.issued, arrival.ticket)))
        yield _day(number, issued, outcomes[number], pauses.get(number, []))


def _day(
    number: int,
    arrivals: tuple[Arrival, ...],
    outcomes: Mapping[int, Outcome],
    pauses: Iterable[tuple[str, str, Pause]],
) -> Day:
    late: dict[str, int] = defaultdict(int)
    due: dict[str, list[Pause]] = defaultdict(list)
    for counter, kind, pause in pauses:
        if kind == LATE:
            late[counter] += pause.length
        else:
            due[counter].append(pause)
    in_order = {counter: tuple(sorted(stops, key=lambda stop: stop.starts)) for counter, stops in due.items()}
    return Day(number, arrivals, outcomes, late, in_order)


def _past(folder: Path, services: Collection[str]) -> Iterator[Past]:
    """What the town hall saw before the days of the replay; nothing where there is no such file."""
    if not (folder / HISTORY).exists():
        return
    for row in _rows(folder, HISTORY):
        outcome = row.one_of("outcome", (SERVED, NO_SHOW, CANCEL), f"no es uno de {SERVED}, {NO_SHOW}, {CANCEL}")
        called = outcome != CANCEL and bool(row.cells["call_s"].strip())
        yield Past(
            day=row.whole("day"),
            service=row.one_of("service", services, "no está en services.csv"),
            group=GROUPS[row.one_of("group", GROUPS, f"no es uno de {', '.join(GROUPS)}")],
            issued=row.instant("issue_s"),
            called=row.instant("call_s") if called else None,
            ended=row.instant("end_s") if called and row.cells["end_s"].strip() else None,
            came=outcome == SERVED,
        )
