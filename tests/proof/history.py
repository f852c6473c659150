"""What the clients of a town hall did and what was left in the end, as values and as lines of JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import Any, Self

Answer = Mapping[str, Any]


class Outcome(StrEnum):
    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Operation:
    """One attempt of a client; instants in seconds of one clock that only grows.

    OK: acknowledged. FAIL: refused, so it had no effect. UNKNOWN: no answer, or one of 5xx; it may have
    happened or not, or happen later. Attempts of one press share `arguments["key"]`.
    """

    process: str
    kind: str
    arguments: Answer
    invoked: float
    ended: float
    outcome: Outcome
    answer: Answer


@dataclass(frozen=True, slots=True)
class Final:
    """What the database holds once everybody has stopped; rows as dictionaries.

    `turns` by id; `events` by seq; `given`: press of a kiosk → token; `counters`: «day series» → last number;
    `figures`: what the hall's page counts; `attended`: official → services done; `serves`: official → services.
    """

    turns: list[dict[str, Any]]
    events: list[dict[str, Any]]
    given: dict[str, str]
    counters: dict[str, int]
    figures: dict[str, int]
    attended: dict[str, int]
    serves: dict[str, list[int]]


@dataclass
class Attempt:
    """An operation while it goes on: unknown until its answer is told."""

    outcome: Outcome = Outcome.UNKNOWN
    answer: dict[str, Any] = field(default_factory=dict)

    def ok(self, **answer: Any) -> None:
        self.outcome, self.answer = Outcome.OK, answer

    def fail(self, **answer: Any) -> None:
        self.outcome, self.answer = Outcome.FAIL, answer

    def unknown(self, **answer: Any) -> None:
        self.outcome, self.answer = Outcome.UNKNOWN, answer


class History:
    """The operations of all the clients, in the order in which they ended; each is written at once.

    `presses`: how many operations of people have ended; what displays show and hear is not counted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.presses = 0
        self._operations: list[Operation] = []
        self._lock = threading.Lock()
        self._file = path.open("w")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def operations(self) -> list[Operation]:
        with self._lock:
            return list(self._operations)

    def add(self, operation: Operation) -> None:
        with self._lock:
            self._operations.append(operation)
            self.presses += operation.kind not in ("shown", "heard")
            self._file.write(json.dumps(asdict(operation), ensure_ascii=False) + "\n")
            self._file.flush()

    @contextmanager
    def attempt(self, process: str, kind: str, **arguments: Any) -> Iterator[Attempt]:
        """An operation from here on; a connection that fails inside leaves it unknown."""
        made, invoked = Attempt(), monotonic()
        try:
            yield made
        except (OSError, HTTPException) as lost:
            made.unknown(lost=repr(lost))
        self.add(Operation(process, kind, arguments, invoked, monotonic(), made.outcome, made.answer))

    def end(self, final: Final) -> None:
        """Write what was left in the end, and nothing more."""
        with self._lock:
            self._file.write(json.dumps({"final": asdict(final)}, ensure_ascii=False) + "\n")
            self._file.flush()


def read(path: Path) -> tuple[list[Operation], Final | None]:
    """The operations of a file, and the final read if the run came to it."""
    operations, final = [], None
    for line in path.read_text().splitlines():
        told = json.loads(line)
        if "final" in told:
            final = Final(**told["final"])
        else:
            operations.append(Operation(**told | {"outcome": Outcome(told["outcome"])}))
    return operations, final
