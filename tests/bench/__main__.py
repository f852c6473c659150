"""`make bench`: measures everything, prints it beside floors and goals, and keeps it in build/bench.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic

import config
from tests import postgresql
from tests.bench import bare, crowd, foresight, pages, petitions, presses, statistics, surveys, wall
from tests.bench.figures import (
    BESIDE_FQM,
    CROWD,
    FIRST_LOAD_KB,
    GROWTH,
    MEMORY_MB,
    NONE,
    RATIO,
    SLOWEST,
    START_S,
    TWO,
    WALL,
    Figure,
    Spread,
    as_table,
    percentile,
    short,
    spread,
)
from tests.bench.load import Act, Line, Round, closed_loop
from tests.bench.serve import Server, serving
from tests.bench.town import BEGAN, Town, as_it_was, build, wrong_numbers
from tests.proof.rig import Redis

WAITING = 320
BUSY = 8
CROWDED = 5_000
LEVELS = (0.5, 0.95, 0.99)
KEPT = config.ROOT / "build" / "bench.json"
_names = count()


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: clients and how many acts they share, the histories, the displays, the repeats."""

    acts: dict[int, int]
    histories: tuple[int, ...]
    displays: tuple[int, ...]
    repeats: int


WHOLE = Plan({1: 80, 8: 200, 32: 320}, (1_000, 100_000), (1, 50, 200, 500), 3)
QUICK = Plan({1: 20, 8: 60}, (1_000,), (1, 50), 2)
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """The rounds of one thing at one number of clients."""

    name: str
    clients: int
    per_second: Spread
    milliseconds: list[Spread]
    load_cpu: float

    @classmethod
    def of(cls, name: str, clients: int, rounds: Sequence[Round]) -> Measured:
        """`load_cpu`: the share of one core that the clients took."""
        return cls(
            name,
            clients,
            spread([each.per_second for each in rounds]),
            [spread([1000 * percentile(each.latencies, level) for each in rounds]) for level in LEVELS],
            max(each.own_cpu / each.seconds for each in rounds),
        )

    def cells(self) -> list[str]:
        times = [short(each.median) for each in self.milliseconds]
        return [self.name, str(self.clients), str(self.per_second), *times, f"{self.load_cpu:.0%}"]


@dataclass
class Report:
    """All that was measured so far; what is printed is kept."""

    measured: dict[str, list[Measured]] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)

    def tell(self, title: str, measured: list[Measured]) -> None:
        heads = ("", "clientes", "por segundo (mín–máx)", "p50 ms", "p95 ms", "p99 ms", "carga")
        print(f"\n{title}\n{as_table(heads, [each.cells() for each in measured])}", flush=True)
        self.measured[title] = measured

    def conclude(self, began: float) -> None:
        rows = [
            (each.name, str(each.value), str(each.floor or ""), str(each.goal or ""), each.verdict)
            for each in self.figures
        ]
        heads = ("", "resultado (mín–máx)", "suelo", "debe · meta", "")
        print(f"\nObjetivos\n{as_table(heads, rows)}")
        print(f"\nDuró {monotonic() - began:.0f} s. Queda en {KEPT.relative_to(config.ROOT)}")
        KEPT.parent.mkdir(exist_ok=True)
        figures = [asdict(each) | {"verdict": each.verdict} for each in self.figures]
        measured = {title: [asdict(each) for each in rows] for title, rows in self.measured.items()}
        whole = {"machine": machine(), "figures": figures, "measured": measured}
        KEPT.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
    }


# ---------------------------------------------------------------- the two presses

Rounds = dict[tuple[str, int], list[Round]]
LINE, ISSUE, CALL, BARE_ISSUE, BARE_CALL = (
    *("una línea", "pedir turno", "llamar siguiente"),
    *("pedir, solo la base", "llamar, solo la base"),
)


def press_rounds(server: Server, town: Town, plan: Plan) -> tuple[Rounds, int]:
    """Each thing in turn and all again, so that what the machine does besides falls on all of them.

    Also how many turns were called twice, and how many numbers given twice or skipped.
    """
    rounds: Rounds = {}
    wrong = 0
    makers: dict[str, Callable[[int], list[Act]]] = {
        LINE: lambda clients: presses.one_line(server, clients),
        ISSUE: lambda clients: presses.issuing(server, town, clients),
        CALL: lambda clients: presses.calling(server, town, clients),
        BARE_ISSUE: lambda clients: bare.issuing(town, clients),
        BARE_CALL: lambda clients: bare.calling(town, clients),
    }
    for make in makers.values():
        closed_loop(make(1), 10)
        as_it_was(town, WAITING)
    for _ in range(plan.repeats):
        for clients, acts in plan.acts.items():
            for name, make in makers.items():
                rounds.setdefault((name, clients), []).append(closed_loop(make(clients), acts))
                called = as_it_was(town, WAITING)
                wrong += acts - called if name == CALL else 0
    return rounds, wrong + wrong_numbers(town)


def press_figures(where: str, rounds: Rounds, clients: int) -> Iterator[Figure]:
    """The ratios to the one line of the same repeat."""
    floors = rounds[LINE, clients]
    for name in (ISSUE, CALL):
        pairs = list(zip(rounds[name, clients], floors, strict=True))
        yield Figure(
            f"{name} / una línea, {clients} clientes, {where}",
            spread([one.per_second / floor.per_second for one, floor in pairs]),
            RATIO,
            spread([floor.per_second for floor in floors]),
        )
        yield Figure(
            f"p95 de {name} / una línea, {clients} clientes, {where}",
            spread([percentile(one.latencies, 0.95) / percentile(floor.latencies, 0.95) for one, floor in pairs]),
            SLOWEST,
            spread([1000 * percentile(floor.latencies, 0.95) for floor in floors]),
        )


def peer_figures(rounds: Rounds) -> Iterator[Figure]:
    """Beside the best that FQM gave with 8 clients and 1,000 turns, on a machine like the one of the facts."""
    for name, best in ((ISSUE, 67), (CALL, 103)):
        rates = [each.per_second / best for each in rounds[name, BUSY]]
        yield Figure(f"{name} / lo mejor de FQM ({best} por segundo)", spread(rates), BESIDE_FQM)


def growth_figures(where: str, less: Rounds, more: Rounds, histories: tuple[int, int]) -> Iterator[Figure]:
    """What an act costs with a long history over what it costs with a short one, one client."""
    for name in (ISSUE, CALL):
        yield Figure(
            f"{name}, {short(histories[1])} / {short(histories[0])} terminados, {where}",
            spread(
                [
                    percentile(long.latencies, 0.5) / percentile(brief.latencies, 0.5)
                    for long, brief in zip(more[name, 1], less[name, 1], strict=True)
                ]
            ),
            GROWTH,
        )


def measure_presses(report: Report, plan: Plan, folder: Path, cluster: str) -> None:
    for database in ("SQLite", "PostgreSQL"):
        by_history: dict[int, Rounds] = {}
        for past in plan.histories:
            with town_on(database, folder, cluster, past, WAITING) as town, serving(town) as server:
                where = f"{database}, {short(past)} terminados"
                rounds, wrong = press_rounds(server, town, plan)
                by_history[past] = rounds
                report.tell(where, [Measured.of(*key, each) for key, each in rounds.items()])
                report.figures += press_figures(where, rounds, BUSY)
                report.figures.append(Figure(f"dobles, repetidos y saltados, {where}", spread([wrong]), NONE))
                if database == "PostgreSQL" and past == plan.histories[0]:
                    measure_two_processes(report, plan, town, rounds, folder)
        first, *longer = plan.histories
        if database == "SQLite":
            report.figures += peer_figures(by_history[first])
        for past in longer:
            report.figures += growth_figures(database, by_history[first], by_history[past], (first, past))


def measure_two_processes(report: Report, plan: Plan, town: Town, one: Rounds, folder: Path) -> None:
    with redis_server(folder) as redis_url, serving(town, processes=2, redis_url=redis_url) as server:
        two, wrong = press_rounds(server, town, plan)
    report.figures.append(Figure("dobles, repetidos y saltados, dos procesos", spread([wrong]), NONE))
    report.tell("PostgreSQL y Redis, dos procesos", [Measured.of(*key, each) for key, each in two.items()])
    clients = max(plan.acts)
    for name in (LINE, ISSUE, CALL):
        pairs = zip(two[name, clients], one[name, clients], strict=True)
        ratio = spread([more.per_second / less.per_second for more, less in pairs])
        goal = TWO if name == ISSUE else None
        report.figures.append(Figure(f"{name}, dos procesos / uno, {clients} clientes", ratio, goal))


# ---------------------------------------------------------------- the wall, the crowd, the machine


def measure_wall(report: Report, plan: Plan, town: Town) -> None:
    """Repeats of calls and of bare broadcasts, by turns."""
    rows = []
    with serving(town, threads=600) as server, wall.bare_server() as floor:
        for displays in plan.displays:
            heard, bare_heard = [], []
            for _ in range(plan.repeats):
                heard.append(wall.heard_calls(server, town, displays, WAITING))
                bare_heard.append(wall.bare_broadcasts(floor, displays))
            for name, taken in (("llamado → oído", heard), ("difusión desnuda", bare_heard)):
                shares = [spread([1000 * percentile(each, level) for each in taken]) for level in LEVELS]
                rows.append((name, str(displays), *map(str, shares)))
                report.figures.append(Figure(f"{name}, {displays} pantallas, p95 ms", shares[1]))
            ratios = [percentile(a, 0.95) / percentile(b, 0.95) for a, b in zip(heard, bare_heard, strict=True)]
            goal = WALL if displays >= 50 else None
            report.figures.append(
                Figure(f"llamado / difusión desnuda, {displays} pantallas, p95", spread(ratios), goal)
            )
    heads = ("Pantallas", "cuántas", "p50 ms (mín–máx)", "p95 ms", "p99 ms")
    print(f"\n{as_table(heads, rows)}", flush=True)


def measure_crowd(report: Report, plan: Plan, town: Town) -> None:
    """The actions by themselves over the bare queries, p99; and the pages of phones through HTTP."""
    desks = crowd.seated(town)
    turn_id, tokens = crowd.last_in_line(town)
    acts = 200
    pairs: dict[str, tuple[Callable[[], Act], Callable[[], Act]]] = {
        "siguiente turno": (lambda: crowd.calling(town, desks), lambda: bare.calling(town, 1)[0]),
        "cuántos antes": (lambda: crowd.counting(town, turn_id), lambda: bare.counting(town, turn_id)),
    }
    rows = []
    for name, (ours, floor) in pairs.items():
        rounds: tuple[list[Round], list[Round]] = ([], [])
        for _ in range(plan.repeats):
            for kept, make in zip(rounds, (ours, floor), strict=True):
                kept.append(closed_loop([make()], acts))
                as_it_was(town, CROWDED)
        rows += [Measured.of(name, 1, rounds[0]), Measured.of(f"{name}, solo la base", 1, rounds[1])]
        slowest = [[percentile(each.latencies, 0.99) for each in kept] for kept in rounds]
        ratio = spread([a / b for a, b in zip(*slowest, strict=True)])
        report.figures.append(
            Figure(f"{name}, {short(CROWDED)} esperan, p99 / solo la base", ratio, CROWD, rows[-1].milliseconds[-1])
        )
    with serving(town) as server:
        for name, path in (("página del teléfono", ""), ("estado del teléfono", "/state")):
            rounds = [closed_loop([crowd.phones(server, tokens, path)], 20) for _ in range(plan.repeats)]
            rows.append(Measured.of(name, 1, rounds))
    report.tell(f"SQLite, {short(CROWDED)} esperan", rows)


def measure_machine(report: Report, plan: Plan, town: Town) -> None:
    """Start, memory, and the first load of each page."""
    started, at_rest, for_each = [], [], []
    loads: dict[str, int] = {}
    screens = plan.displays[-1]
    for _ in range(plan.repeats):
        with serving(town, threads=600) as server:
            started.append(server.started_in)
            line = Line(server.url)
            at_rest.append(server.memory())
            _turn_id, tokens = crowd.last_in_line(town)
            for name, path, cookie in (
                ("quiosco", "/kiosk/", town.kiosks[0].cookie),
                ("pantalla", "/display/", town.displays[0]),
                ("teléfono", f"/t/{tokens[0]}", ""),
                ("portal", "/", ""),
            ):
                loads[name] = sum(pages.first_load(line, path, cookie).values())
            before = server.memory()
            ears = wall.listening(server, town, screens)
            for_each.append((server.memory() - before) * 1024 / screens)
            ears.close()
    report.figures += [
        Figure("arranque hasta la primera respuesta, s", spread(started), START_S),
        Figure("memoria en reposo, un proceso, MB", spread(at_rest), MEMORY_MB),
        Figure(f"memoria por pantalla ({screens}), kB", spread(for_each)),
        *(Figure(f"primera carga: {name}, kB", spread([size / 1000]), FIRST_LOAD_KB) for name, size in loads.items()),
    ]


def measure_petitions(report: Report, plan: petitions.Plan, folder: Path, cluster: str) -> None:
    """Lists, reports and recounts among many petitions, on each database."""
    for database in ("SQLite", "PostgreSQL"):
        with town_on(database, folder, cluster, 0, 0) as town:
            petitions.write(town.database_url, plan.petitions, plan.open)
            report.figures += petitions.measure(town, f"{database}, {short(plan.petitions)}", plan)


def measure_surveys(report: Report, plan: surveys.Plan, folder: Path, cluster: str) -> None:
    """The results of a survey among many answers, on each database."""
    for database in ("SQLite", "PostgreSQL"):
        with town_on(database, folder, cluster, 0, 0) as town:
            version = surveys.write(town, plan.answers)
            report.figures += surveys.measure(town, version, f"{database}, {short(plan.answers)}", plan)


def measure_statistics(report: Report, plan: statistics.Plan, folder: Path, cluster: str) -> None:
    """The figures of five years of turns, on each database."""
    for database in ("SQLite", "PostgreSQL"):
        with town_on(database, folder, cluster, 0, 0) as town:
            statistics.write(town.database_url, plan.days, plan.turns, BEGAN)
            report.figures += statistics.measure(town, f"{database}, {short(plan.days * plan.turns)}", plan)


# ---------------------------------------------------------------- where it is measured


@contextmanager
def town_on(database: str, folder: Path, cluster: str, past: int, waiting: int) -> Iterator[Town]:
    """A town hall of its own, thrown away when it is measured."""
    name = f"town_{next(_names)}"
    own = folder / name
    own.mkdir()
    if database == "SQLite":
        yield build(f"sqlite:///{own / 'town.sqlite3'}", own, past, waiting)
        (own / "town.sqlite3").unlink()
        return
    postgresql.run(cluster, f"CREATE DATABASE {name}")
    yield build(config.read_database_url(f"{cluster}/{name}"), own, past, waiting)
    postgresql.run(cluster, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    running = Redis(folder)
    running.start()
    try:
        yield running.url
    finally:
        running.discard()


PARTS = ("presses", "wall", "crowd", "machine", "petitions", "surveys", "statistics", "estimates", "staffing")


def main(arguments: Sequence[str]) -> None:
    told = argparse.ArgumentParser(prog="make bench", description=__doc__)
    told.add_argument("--quick", action="store_true", help="menos de todo, en unos tres minutos")
    told.add_argument("--million", action="store_true", help="también con un millón de turnos terminados")
    told.add_argument("--only", choices=PARTS, action="append", help="solo esta parte; se puede repetir")
    wanted = told.parse_args(arguments)
    plan = QUICK if wanted.quick else WHOLE
    if wanted.million:
        plan = Plan(plan.acts, (*plan.histories, MILLION), plan.displays, plan.repeats)
    parts = wanted.only or PARTS
    report, began = Report(), monotonic()
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit("interrumpido"))  # the servers it started end with it
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        if "presses" in parts:
            cluster = stack.enter_context(postgresql.cluster(durable=True))
            measure_presses(report, plan, folder, cluster)
        if {"wall", "machine"} & set(parts):
            with town_on("SQLite", folder, "", plan.histories[0], WAITING) as town:
                if "machine" in parts:
                    measure_machine(report, plan, town)
                if "wall" in parts:
                    measure_wall(report, plan, town)
        if "crowd" in parts:
            with town_on("SQLite", folder, "", plan.histories[0], CROWDED) as town:
                measure_crowd(report, plan, town)
        if "petitions" in parts:
            cluster = stack.enter_context(postgresql.cluster())
            measure_petitions(report, petitions.QUICK if wanted.quick else petitions.WHOLE, folder, cluster)
        if "surveys" in parts:
            cluster = stack.enter_context(postgresql.cluster())
            measure_surveys(report, surveys.QUICK if wanted.quick else surveys.WHOLE, folder, cluster)
        if "statistics" in parts:
            cluster = stack.enter_context(postgresql.cluster())
            measure_statistics(report, statistics.QUICK if wanted.quick else statistics.WHOLE, folder, cluster)
        foreseen = foresight.QUICK if wanted.quick else foresight.WHOLE
        if "estimates" in parts:
            report.figures += foresight.estimates(foreseen)
        if "staffing" in parts:
            report.figures += foresight.staffing(foreseen)
    report.conclude(began)


if __name__ == "__main__":
    main(sys.argv[1:])
