"""A display without a browser: it hears the wire and asks for the state as `display/static/wire.js` does."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from contextlib import suppress
from http.client import HTTPException
from random import Random
from time import monotonic
from typing import Any

import websocket

from tests.proof.history import History, Operation, Outcome

ASK_EVERY_S, ASK_WHILE_CUT_S, ASK_AGAIN_AFTER_S = 15.0, 5.0, 1.0
SILENT_AFTER_S, PATIENCE_S = 12.0, 4.0
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 8.0
MOST_CALLS = 8
TICK_S = 0.5
HAPPENED = re.compile(r'42/wall,(\["happened",.*\])', re.DOTALL)


class Display:
    """A paired display; what it shows, and what it hears on each connection, is in the history."""

    def __init__(self, name: str, url: str, token: str, history: History, seed: str) -> None:
        self.name = name
        self._url, self._cookie, self._history = url, f"display={token}", history
        self._chance = Random(f"{seed} {name}")
        self._lock = threading.RLock()
        self._ask_now = threading.Event()
        self._ends = threading.Event()
        self._last = 0
        self._calls: list[tuple[int, str, str]] = []
        self._heard_at = self._asked_at = monotonic()
        self._asking = self._overtaken = False
        self._connected = False
        self._connection: list[dict[str, Any]] = []
        self._entered_at = monotonic()
        self._entered_with: int | None = None
        self._threads = [threading.Thread(target=work, name=name, daemon=True) for work in (self._listen, self._asker)]

    def switch_on(self) -> None:
        for thread in self._threads:
            thread.start()

    def switch_off(self) -> None:
        self._ends.set()
        self._ask_now.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def is_at(self, seq: int) -> bool:
        """Whether it is at rest, knows of everything up to `seq`, and has heard it too if it is connected."""
        with self._lock:
            heard = self._connection[-1]["seq"] if self._connection else self._entered_with
            asks = self._asking or self._overtaken or self._ask_now.is_set()
            return self._last == seq == heard and self._connected and not asks

    def knows(self, seq: int) -> bool:
        """Whether it shows what had happened up to `seq`, or later things."""
        return self._last >= seq

    # What the page asks

    def _asker(self) -> None:
        while not self._ends.is_set():
            cut = not self._connected or monotonic() - self._heard_at > SILENT_AFTER_S
            every = ASK_AGAIN_AFTER_S if self._overtaken else ASK_WHILE_CUT_S if cut else ASK_EVERY_S
            wait = self._asked_at + every - monotonic()
            if self._ask_now.wait(min(TICK_S, max(0.0, wait))) or wait <= 0:
                with self._lock:
                    self._asking = not self._ends.is_set()
                    self._ask_now.clear()
                if self._asking:
                    self._ask()

    def _ask(self) -> None:
        self._asked_at, known = monotonic(), self._last
        request = urllib.request.Request(f"{self._url}/display/state", headers={"Cookie": self._cookie})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                state = json.load(answer)
        except (OSError, HTTPException, ValueError):
            state = None
        with self._lock:
            self._asking = False
            if state is not None:
                self._know(state, known)

    def _know(self, state: dict[str, Any], known: int) -> None:
        """A message may have overtaken the answer: then it is older than what is shown, and is asked for again."""
        self._heard_at = monotonic()
        self._overtaken = known <= state["seq"] < self._last
        if self._overtaken:
            return
        self._last = state["seq"]
        self._calls = [(call["seq"], call["code"], call["window"]) for call in state["calls"]]
        if self._connected and self._entered_with is None and self._asked_at >= self._entered_at:
            self._entered_with = state["seq"]
        self._show("state", self._asked_at)

    # What it hears

    def _listen(self) -> None:
        retry = FIRST_RETRY_S
        while not self._ends.is_set():
            began = monotonic()
            with suppress(OSError, websocket.WebSocketException):
                wire = self._enter()
                try:
                    retry = FIRST_RETRY_S
                    self._hear(wire)
                finally:
                    wire.shutdown()
                    self._keep(began)
            if not self._ends.is_set():
                self._ask_now.set()
                self._ends.wait(retry * (0.5 + self._chance.random() / 2))
                retry = min(retry * 2, LONGEST_RETRY_S)

    def _enter(self) -> websocket.WebSocket:
        address = f"{self._url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        wire = websocket.create_connection(address, timeout=PATIENCE_S, cookie=self._cookie, origin=self._url)
        wire.recv()
        wire.send("40/wall,")
        if not str(wire.recv()).startswith("40/wall,"):
            raise ConnectionError("it was not let in")
        with self._lock:
            self._connection, self._entered_with, self._connected = [], None, True
            self._entered_at = self._heard_at = monotonic()
            self._ask_now.set()
        return wire

    def _hear(self, wire: websocket.WebSocket) -> None:
        wire.settimeout(TICK_S)
        while not self._ends.is_set():
            try:
                frame = str(wire.recv())
            except websocket.WebSocketTimeoutException:
                if monotonic() - self._heard_at > 2 * SILENT_AFTER_S:
                    return
                continue
            if not frame:
                return
            with self._lock:
                self._heard_at = monotonic()
                if frame == "2":
                    wire.send("3")
                elif message := HAPPENED.fullmatch(frame):
                    self._take(json.loads(message[1])[1])

    def _take(self, message: dict[str, Any]) -> None:
        self._connection.append(message)
        if message["seq"] <= self._last:
            return
        if message["seq"] != self._last + 1:
            self._ask_now.set()
            return
        self._last = message["seq"]
        if call := message.get("call"):
            others = [other for other in self._calls if other[1] != call["code"]]
            self._calls = [(message["seq"], call["code"], call["window"]), *others][:MOST_CALLS]
        elif any(shown[1] == message.get("over") for shown in self._calls):
            self._ask_now.set()
        self._show("message", monotonic())

    def _show(self, by: str, asked: float) -> None:
        what = {"calls": [list(call) for call in self._calls]}
        shown = {"by": by, "seq": self._last}
        self._history.add(Operation(self.name, "shown", shown, asked, monotonic(), Outcome.OK, what))

    def _keep(self, began: float) -> None:
        """What was heard on a connection that ends; it is open to the end if the display was switched off on it."""
        with self._lock:
            heard = {"from": self._entered_with, "messages": self._connection}
            lasted = {"open": self._ends.is_set()}
            self._history.add(Operation(self.name, "heard", lasted, began, monotonic(), Outcome.OK, heard))
            self._connected = False
