"""The replay of recorded days: what it shows is what happened, and its judge can condemn."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result

from core.turns import recorded
from core.turns.policy import GENERAL, Order, Waiting
from core.turns.recorded import NOON, SECOND, Arrival, Counter, Day, Outcome, Pause, Recorded
from core.turns.replay import (
    EMPTY_CALL,
    Call,
    Line,
    Replayed,
    figures,
    idle_while_waiting,
    judge,
    passed_over_most,
    percentile,
    replay,
    rules_for,
)
from core.turns.replay import Window as AtWork
from tests.conftest import settings_for
from wsgi import create_app

HOUSE = Path(__file__).resolve().parents[3]
DAYS = HOUSE / "tests/days"
SAMPLES = ("normal", "new-site")
HOUR = 3600 * SECOND
NEVER = 99_999 * SECOND
Command = Callable[..., Result]
KEPT = {"P1": 0, "P2": 0, "P3": 0, "P4": 0}


def window(name: str = "V1", services: str = "A", opens: int = 0, speed: str = "1") -> Counter:
    return Counter(name, frozenset(services.split("|")), opens * SECOND, Decimal(speed))


def arrival(ticket: int, issued: int, group: str = GENERAL, service: str = "A") -> Arrival:
    return Arrival(ticket, issued * SECOND, service, group)


def outcome(
    service: int = 300, walk: int = 0, *, noshow: bool = False, leaves: int | None = None, cancels: bool = False
) -> Outcome:
    gone = NEVER if leaves is None else leaves * SECOND
    return Outcome(service * SECOND, walk * SECOND, gone, noshow, cancels)


def day(*turns: tuple[Arrival, Outcome], pauses: dict[str, tuple[Pause, ...]] | None = None, late: int = 0) -> Day:
    return Day(
        1,
        tuple(turn for turn, _ in turns),
        {turn.ticket: later for turn, later in turns},
        {"V1": late * SECOND},
        pauses or {},
    )


def calls(counters: list[Counter], one: Day, order: Order = Order.FIFO) -> list[tuple[int, str, int]]:
    """Ticket, window and second of each call."""
    made = replay(counters, one, rules_for(order, 60, 2)).calls
    return [(call.called.turn.id, call.counter, call.at // SECOND) for call in made]


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Recorded:
    return recorded.read(DAYS / request.param)


# ---------------------------------------------------------------- promises


def test_the_head_start_breaks_no_promise_on_the_recorded_days(sample: Recorded) -> None:
    assert figures(sample, Order.HEAD_START, 60, 2)["violations"] == KEPT


def test_first_come_first_served_passes_nobody(sample: Recorded) -> None:
    found = figures(sample, Order.FIFO, 60, 2)
    assert found["violations"] == KEPT
    assert found["passed_over_most"] == 0


@pytest.mark.parametrize("order", [Order.STRICT, Order.RATIO])
def test_an_order_without_a_bound_is_caught_passing_beyond_it(sample: Recorded, order: Order) -> None:
    broken = figures(sample, order, 60, 2)["violations"]
    assert isinstance(broken, dict)
    assert broken["P3"] > 0
    assert broken["P4"] == 0


def test_a_ratio_is_caught_calling_a_general_before_an_older_priority() -> None:
    broken = figures(recorded.read(DAYS / "normal"), Order.RATIO, 60, 1)["violations"]
    assert isinstance(broken, dict)
    assert broken["P2"] > 0


def test_no_head_start_is_first_come_first_served_and_a_whole_day_is_strict(sample: Recorded) -> None:
    def sequence(order: Order, head_start: int) -> list[list[tuple[int, str, int]]]:
        rules = rules_for(order, head_start, 2)
        replays = (replay(sample.counters, one, rules) for one in sample.days)
        return [[(c.called.turn.id, c.counter, c.at) for c in found.calls] for found in replays]

    assert sequence(Order.HEAD_START, 0) == sequence(Order.FIFO, 60)
    assert sequence(Order.HEAD_START, 24 * 60) == sequence(Order.STRICT, 60)
    assert sequence(Order.STRICT, 60) != sequence(Order.FIFO, 60)


# ---------------------------------------------------------------- the replay


def first_come(counters: tuple[Counter, ...], one: Day) -> Iterator[tuple[int, str, Decimal]]:
    """First come, first served, told without an agenda: who can call soonest, calls the oldest it serves."""
    free = {c: Decimal(c.opens + one.late.get(c.name, 0)) for c in counters}
    due = {c: list(one.pauses.get(c.name, ())) for c in counters}
    left = list(one.arrivals)
    while True:
        soonest = []
        for place, c in enumerate(counters):
            for turn in left:
                at, later = max(free[c], Decimal(turn.issued)), one.outcomes[turn.ticket]
                if turn.service in c.services and not (later.cancels and later.leaves <= at):
                    newly_free = free[c] >= turn.issued
                    soonest.append((at, newly_free, place if newly_free else len(c.services), place, turn))
                    break
        if not soonest:
            return
        at, _, _, place, turn = min(soonest, key=lambda option: option[:4])
        c = counters[place]
        if due[c] and due[c][0].starts <= at:
            pause = due[c].pop(0)
            begins = max(free[c], Decimal(pause.starts))
            free[c] = begins + pause.length if begins <= NOON else free[c]
            continue
        later = one.outcomes[turn.ticket]
        gone = later.noshow or later.leaves <= at
        free[c] = at + (72_000 if gone else later.walk + later.service * c.speed)
        left.remove(turn)
        yield turn.ticket, c.name, at


def test_first_come_first_served_is_what_another_telling_of_it_gives(sample: Recorded) -> None:
    for one in sample.days:
        found = replay(sample.counters, one, rules_for(Order.FIFO, 60, 2)).calls
        assert [(c.called.turn.id, c.counter, c.at) for c in found] == list(first_come(sample.counters, one))


def test_a_day_of_three_turns_and_one_window_is_what_a_hand_computes() -> None:
    """Opens at 60 s. 60: DIS 3 (10 + 300 × 1.1 = 340 s). 400: GEN 1 does not come, 72 s. 472: GEN 2."""
    one = day(
        (arrival(1, 0), outcome(noshow=True)),
        (arrival(2, 10), outcome()),
        (arrival(3, 20, "DIS"), outcome(walk=10)),
    )
    found = figures(Recorded((window(opens=60, speed="1.1"),), (one,)), Order.HEAD_START, 60, 2)
    nobody = dict.fromkeys(("mean", "p50", "p90", "p95", "max", "within_target")) | {"count": 0}
    generals = {"count": 2, "mean": 7.18, "p50": 7.18, "p90": 7.6, "p95": 7.65, "max": 7.7, "within_target": 1.0}
    forty = dict.fromkeys(("mean", "p50", "p90", "p95", "max"), 0.67) | {"count": 1, "within_target": 1.0}
    assert found == {
        "order": "head-start",
        "days": 1,
        "turns": 3,
        "called": 3,
        "waits": {
            "all": {"count": 3, "mean": 5.01, "p50": 6.67, "p90": 7.49, "p95": 7.6, "max": 7.7, "within_target": 1.0},
            "general": generals,
            "priority": forty,
            "GEN": generals,
            "DIS": forty,
            "EMB": nobody,
            "NIN": nobody,
            "MAY": nobody,
        },
        "day_max_general": [7.7],
        "violations": KEPT,
        "passed_over_most": 1,
    }


def test_the_ratio_gives_every_third_call_to_a_general() -> None:
    early = [(arrival(n, n, "MAY" if n > 3 else GENERAL), outcome()) for n in range(1, 9)]
    assert [ticket for ticket, _, _ in calls([window(opens=60)], day(*early), Order.RATIO)] == [4, 5, 1, 6, 7, 2, 8, 3]


def test_who_comes_exactly_the_head_start_after_does_not_pass() -> None:
    for second, sequence in ((3600, [1, 2]), (3599, [2, 1])):
        turns = [(arrival(1, 0), outcome()), (arrival(2, second, "DIS"), outcome())]
        made = calls([window(opens=4000)], day(*turns), Order.HEAD_START)
        assert [ticket for ticket, _, _ in made] == sequence


def test_an_arriving_turn_takes_the_idle_window_with_fewest_services() -> None:
    windows = [window("V1", "A|B|C"), window("V2", "A|B"), window("V3", "B")]
    turns = [(arrival(n, n), outcome()) for n in (1, 2, 3)]
    assert calls(windows, day(*turns)) == [(1, "V2", 1), (2, "V1", 2), (3, "V2", 301)]


def test_a_pause_waits_until_the_window_is_free_and_then_lasts_its_whole_length() -> None:
    stop = {"V1": (Pause(200 * SECOND, 900 * SECOND),)}
    turns = [(arrival(1, 0), outcome()), (arrival(2, 10), outcome())]
    assert calls([window()], day(*turns, pauses=stop)) == [(1, "V1", 0), (2, "V1", 1200)]


def test_a_pause_of_an_idle_window_begins_when_it_is_due() -> None:
    stop = {"V1": (Pause(200 * SECOND, 900 * SECOND),)}
    assert calls([window()], day((arrival(1, 200), outcome()), pauses=stop)) == [(1, "V1", 1100)]


def test_no_pause_begins_after_noon() -> None:
    noon = NOON // SECOND
    stop = {"V1": (Pause((noon - 10) * SECOND, 900 * SECOND),)}
    turns = [(arrival(1, noon - 100), outcome()), (arrival(2, noon - 50), outcome())]
    assert calls([window()], day(*turns, pauses=stop)) == [(1, "V1", noon - 100), (2, "V1", noon + 200)]


def test_a_window_that_opens_late_calls_nobody_before() -> None:
    assert calls([window(opens=100)], day((arrival(1, 0), outcome()), late=50)) == [(1, "V1", 150)]


def test_who_cancels_leaves_the_line_and_who_leaves_in_silence_costs_a_call() -> None:
    turns = [
        (arrival(1, 0), outcome()),
        (arrival(2, 1), outcome(leaves=100, cancels=True)),
        (arrival(3, 2), outcome(leaves=100)),
        (arrival(4, 3), outcome(leaves=1000, cancels=True)),
        (arrival(5, 4), outcome()),
    ]
    assert calls([window()], day(*turns)) == [(1, "V1", 0), (3, "V1", 300), (4, "V1", 372), (5, "V1", 672)]
    assert EMPTY_CALL == 72 * SECOND


@pytest.mark.parametrize("order", Order)
def test_what_only_happens_later_changes_no_call_before_it(sample: Recorded, order: Order) -> None:
    rules = rules_for(order, 60, 2)
    for one in sample.days:
        before = replay(sample.counters, one, rules).calls
        half = len(before) // 2
        known = {call.called.turn.id for call in before[:half]}
        until = before[half - 1].at
        otherwise = {
            ticket: later
            if ticket in known or (later.cancels and later.leaves <= until)
            else Outcome(later.service * 3 + 1, later.walk + 7, 0, not later.noshow, cancels=False)
            for ticket, later in one.outcomes.items()
        }
        after = replay(sample.counters, replace(one, outcomes=otherwise), rules).calls
        assert after[:half] == before[:half]
        assert after[half:] != before[half:]


# ---------------------------------------------------------------- the judge


def line(ticket: int, issued: int, group: str = GENERAL, service: str = "A") -> Line:
    return Line(Waiting(ticket, group, issued * SECOND, issued * SECOND), service)


@pytest.mark.parametrize(
    ("called", "others", "broken"),
    [
        pytest.param(line(2, 10, "DIS"), [line(1, 0, "DIS")], {"P1": 1}, id="same group and service"),
        pytest.param(line(2, 10, "DIS"), [line(1, 0, "DIS", "B")], {}, id="another service"),
        pytest.param(line(2, 10, "DIS"), [line(1, 0, "MAY")], {}, id="another group"),
        pytest.param(line(3, 10), [line(1, 0, "DIS"), line(2, 5, "MAY")], {"P2": 2}, id="two older priorities"),
        pytest.param(line(1, 10), [line(2, 10, "DIS")], {}, id="a priority of the same second, issued after"),
        pytest.param(line(2, 3600, "DIS"), [line(1, 0, service="B")], {"P3": 1}, id="an hour after"),
        pytest.param(line(2, 3599, "DIS"), [line(1, 0)], {}, id="a second less than an hour after"),
        pytest.param(line(2, 4000, "DIS"), [line(1, 0, "MAY")], {}, id="a priority that an hour does not protect"),
        pytest.param(line(2, 4000), [line(1, 0)], {"P1": 1, "P3": 1}, id="two promises at once"),
        pytest.param(line(1, 0), [line(2, 4000)], {}, id="in its place"),
    ],
)
def test_a_broken_promise_is_counted(called: Line, others: list[Line], broken: dict[str, int]) -> None:
    planted = Replayed((Call(5000 * SECOND, "V1", called, tuple(others)),), lapses=0)
    assert judge([planted], HOUR) == KEPT | broken
    assert judge([planted, planted], HOUR) == {promise: 2 * n for promise, n in (KEPT | broken).items()}


def test_a_window_that_stands_idle_while_somebody_it_serves_waits_is_counted() -> None:
    idle, busy = (AtWork(window(services="A|B"), deque(), idle=state) for state in (True, False))
    assert idle_while_waiting([idle, idle, busy], [line(1, 0), line(2, 0)]) == 2
    assert idle_while_waiting([idle], [line(1, 0, service="C")]) == 0
    assert idle_while_waiting([idle], []) == 0
    assert judge([Replayed((), lapses=3)], HOUR) == KEPT | {"P4": 3}


def test_the_one_passed_over_most_is_counted_within_its_own_day() -> None:
    twice = Replayed(
        (
            Call(60_000, "V1", line(2, 10), (line(1, 0),)),
            Call(90_000, "V2", line(3, 20), (line(1, 0), line(4, 30))),
        ),
        lapses=0,
    )
    assert passed_over_most([twice, twice]) == 2
    assert passed_over_most([]) == 0


def test_a_percentile_lies_on_the_line_between_its_neighbours() -> None:
    assert [percentile([10, 20, 40], share) for share in (0, 50, 75, 100)] == [10, 20, 30, 40]
    assert percentile([7], 95) == 7


# ---------------------------------------------------------------- the command


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    folder = tmp_path_factory.mktemp("command")
    app = create_app(settings_for(f"sqlite:///{folder / 'untouched.sqlite3'}", folder))

    def run(*words: object) -> Result:
        return app.test_cli_runner().invoke(args=["turns", "replay", *map(str, words)])

    return run


def test_the_command_prints_the_figures_and_nothing_else(command: Command) -> None:
    printed = command(DAYS / "normal", "--order", "ratio", "--ratio", 3, "--head-start", 30)
    assert printed.exit_code == 0
    assert printed.stderr == ""
    found = json.loads(printed.stdout)
    assert found == figures(recorded.read(DAYS / "normal"), Order.RATIO, 30, 3)
    assert printed.stdout == json.dumps(found, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    assert printed.stdout == command(DAYS / "normal", "--order", "ratio", "--ratio", 3, "--head-start", 30).stdout


@pytest.mark.parametrize(
    "words",
    [
        ["--order", "lifo"],
        [],
        ["--order", "fifo", "--speed", "2"],
        ["--order", "fifo", "--head-start", "-1"],
        ["--order", "fifo", "--ratio", "0"],
        ["--order", "fifo", "--ratio", "dos"],
    ],
)
def test_an_option_that_does_not_exist_or_fit_ends_with_two(command: Command, words: list[str]) -> None:
    refused = command(DAYS / "normal", *words)
    assert refused.exit_code == 2
    assert refused.stdout == ""


SPOILT = [
    ("services.csv", "service,", "servicio,", "services.csv, fila 1, columna service: falta"),
    ("counters.csv", "\nV2,", "\nV1,", "counters.csv, fila 3, columna counter: «V1» está repetida"),
    ("counters.csv", "RAD|", "XXX|", "counters.csv, fila 2, columna services: «XXX» no está en services.csv"),
    ("counters.csv", ",28800,", ",8:00,", "counters.csv, fila 2, columna open_s: «8:00» no es un número entero"),
    ("counters.csv", ",28800,", ",-28800,", "counters.csv, fila 2, columna open_s: «-28800» no es un número entero"),
    ("counters.csv", ",0.995", ",NaN", "counters.csv, fila 2, columna speed: «NaN» debe estar entre 0.01 y 100"),
    ("counters.csv", ",0.995", ",rápida", "counters.csv, fila 2, columna speed: «rápida» no es un número"),
    ("pauses.csv", "3,V1,", "3,V9,", "pauses.csv, fila 2, columna counter: «V9» no está en counters.csv"),
    ("pauses.csv", "planned", "lunch", "pauses.csv, fila 2, columna kind: «lunch» no es una de"),
    ("pauses.csv", ",planned", "", "pauses.csv, fila 2, columna kind: falta"),
    ("pauses.csv", ",planned", ",planned,?", "pauses.csv, fila 2, columna 6: sobra"),
    ("arrivals.csv", ",GEN,", ",VIP,", "arrivals.csv, fila {first}, columna group: «VIP» no es uno de GEN, DIS"),
    ("arrivals.csv", ",GEN,", ",,", "arrivals.csv, fila {first}, columna group: está vacía"),
    ("arrivals.csv", "\n3,2,", "\n3,1,", "arrivals.csv, fila 3, columna ticket: «1» está repetido en el día 3"),
    ("arrivals.csv", "\n3,2,", '\n3,"2\n"2,', "arrivals.csv, fila 3: no es un CSV bien escrito"),
    ("arrivals.csv", "\n3,2,", "\n3,99999999,", "arrivals.csv, fila 3, columna ticket: «99999999» no es un número"),
    ("arrivals.csv", "leave_s", "left", "arrivals.csv, fila 1, columna leave_s: falta"),
    ("arrivals.csv", "\n3,2,", "\n3,\udcff,", "arrivals.csv: no está escrito en UTF-8"),
    ("counters.csv", "V4,PLA|SIS|ICA", "V4,SIS", "ninguna ventanilla atiende «PLA»"),
]


@pytest.mark.parametrize(("file", "good", "bad", "sentence"), SPOILT)
def test_a_spoilt_cell_is_named_in_one_line(
    command: Command, tmp_path: Path, file: str, good: str, bad: str, sentence: str
) -> None:
    shutil.copytree(DAYS / "normal", tmp_path / "days")
    text = (tmp_path / "days" / file).read_text("utf-8")
    assert good in text
    first = text[: text.index(good)].count("\n") + 1
    spoilt = text.replace(good, bad, 1).encode("utf-8", "surrogateescape")
    (tmp_path / "days" / file).write_bytes(spoilt)
    refused = command(tmp_path / "days", "--order", "fifo")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert sentence.format(first=first) in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_noshow_is_yes_or_no(command: Command, tmp_path: Path) -> None:
    shutil.copytree(DAYS / "normal", tmp_path / "days")
    titles, first, *rest = (tmp_path / "days/arrivals.csv").read_text("utf-8").splitlines()
    cells = first.split(",")
    cells[titles.split(",").index("noshow")] = "2"
    (tmp_path / "days/arrivals.csv").write_text("\n".join([titles, ",".join(cells), *rest]), "utf-8")
    refused = command(tmp_path / "days", "--order", "fifo")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "arrivals.csv, fila 2, columna noshow: «2» debe ser un número de 0 a 1\n",
    )


@pytest.mark.parametrize("file", recorded.COLUMNS)
def test_a_missing_file_is_named(command: Command, tmp_path: Path, file: str) -> None:
    shutil.copytree(DAYS / "normal", tmp_path / "days")
    (tmp_path / "days" / file).unlink()
    refused = command(tmp_path / "days", "--order", "fifo")
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"{file}: no se puede leer")
    assert refused.stderr.count("\n") == 1


def test_a_missing_folder_is_named(command: Command, tmp_path: Path) -> None:
    refused = command(tmp_path / "no\nhay", "--order", "fifo")
    assert refused.exit_code == 1
    assert "no hay no existe" in refused.stderr
    assert refused.stderr.count("\n") == 1


def in_a_plain_terminal(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """The command as a person without a UTF-8 terminal runs it."""
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "PATH": os.environ["PATH"]}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "turns", "replay", *words],
        cwd=HOUSE,
        env=plain | {"INSTANCE_DIR": str(folder), "PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_terminal_without_accents_gets_them_all_the_same(tmp_path: Path) -> None:
    with in_a_plain_terminal(tmp_path, str(tmp_path / "día"), "--order", "fifo") as refused:
        out, told = refused.communicate()
    assert refused.returncode == 1
    assert out == b""
    assert told.decode() == f"La carpeta {tmp_path}/día no existe o no es una carpeta.\n"


def test_whoever_stops_reading_ends_it_without_noise(tmp_path: Path) -> None:
    with in_a_plain_terminal(tmp_path, str(DAYS / "normal"), "--order", "fifo") as cut:
        assert cut.stdout is not None
        assert cut.stderr is not None
        cut.stdout.close()
        assert cut.stderr.read() == b""
