"""The network printers of the kiosks: they print on a thread, and what came of each ticket is remembered."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Literal

from core import printing
from core.errors import N_, Refused, TooMany

MOST_COPIES = 3
REMEMBERED = 500
THREAD = "kiosk printer"
State = Literal["printing", "printed", "failed"]
log = logging.getLogger(__name__)


class Paper:
    """The tickets that this process sent to network printers, and how the last copy of each went."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, State] = {}
        self._copies: defaultdict[str, int] = defaultdict(int)
        self._printers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def is_new(self, token: str) -> bool:
        """Whether no copy was sent yet."""
        with self._lock:
            return token not in self._copies

    def state(self, token: str) -> State:
        """How the last copy went; of a ticket that nobody sent, that no paper came out."""
        with self._lock:
            return self._states.get(token, "failed")

    def print(self, token: str, ticket: printing.Ticket, settings: Mapping[str, Any]) -> None:
        """Send a copy without waiting for it. Raises TooMany after the third one."""
        with self._lock:
            if self._copies[token] >= MOST_COPIES:
                raise TooMany(N_("Ya se imprimió varias veces. Anote el número o pida ayuda en una ventanilla."))
            self._copies[token] += 1
            self._states[token] = "printing"
            self._forget_oldest()
        threading.Thread(target=self._send, args=(token, ticket, dict(settings)), name=THREAD, daemon=True).start()

    def _send(self, token: str, ticket: printing.Ticket, settings: Mapping[str, Any]) -> None:
        host = str(settings["printer_host"])
        with self._lock:
            printer = self._printers[host]
        try:
            with printer:
                data = printing.encode(ticket, settings["paper_mm"], settings["printer_code_page"])
                printing.send(data, host)
        except (Refused, ValueError) as failure:
            log.warning("no paper came out of the printer at %s: %s", host, failure)
            self._note(token, "failed")
        else:
            self._note(token, "printed")

    def _note(self, token: str, state: State) -> None:
        with self._lock:
            self._states[token] = state

    def _forget_oldest(self) -> None:
        while len(self._copies) > REMEMBERED:
            oldest = next(iter(self._copies))
            self._copies.pop(oldest)
            self._states.pop(oldest, None)
