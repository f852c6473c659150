"""A hall whose officials act straight on the database of a running town, and screens that hear of it by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import engineio
import socketio
from sqlalchemy import select

from core.db import Stream, transaction
from core.turns import actions as turns
from tests import make
from tests.browser.conftest import Town


class Hall:
    """Turns are taken and called at the hour of the town, which began when the hall did."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._opened = monotonic()

    def now(self) -> datetime:
        return self.town.began + timedelta(seconds=monotonic() - self._opened)

    def wait(self, count: int = 1, service: str = "property-tax") -> list[str]:
        """So many people take a turn, for their taxes if not for something else; the codes."""
        minute = (self.now() - make.OPENING).total_seconds() / 60
        with self.town.session() as session, transaction(session):
            return [make.turn(session, minute, service_code=service).code for _ in range(count)]

    def press(self, verb: str, *windows: str, later: float = 0) -> list[str]:
        """The officials of these windows do something («call_next», «start»…) in the same instant; the codes."""
        at = self.now() + timedelta(seconds=later)
        with self.town.session() as session, transaction(session):
            desks = [make.desk(session, window) for window in windows]
            return [str(getattr(turns, verb)(session, desk, at).code) for desk in desks]


class Hearing(engineio.Client):
    """Hears one message after the other: the library begins a thread for each, and threads overtake each other."""

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if target == self.handlers.get("message"):
            return target(*args, **kwargs)
        return super().start_background_task(target, *args, **kwargs)


class Client(socketio.Client):
    def _engineio_client_class(self) -> type[engineio.Client]:
        return Hearing


class Screen:
    """A client of the wall that keeps all that it hears, in the order in which it came."""

    def __init__(
        self, town: Town, cookie: str = "", origin: str | None = "", namespace: str = "/wall", patience_s: float = 60
    ) -> None:
        self.heard: list[dict[str, Any]] = []
        self.cut = threading.Event()
        self._something = threading.Condition()
        options = {"suppress_origin": True} if origin is None else {"origin": origin or town.url}
        self.client = Client(reconnection=False, ssl_verify=False, websocket_extra_options=options)
        self.client.on("*", self._hear, namespace=namespace)
        self.client.on("disconnect", lambda *_reason: self.cut.set(), namespace=namespace)
        headers = {"Cookie": cookie} if cookie else {}
        self.client.connect(
            town.url, headers=headers, transports=["websocket"], namespaces=[namespace], wait_timeout=patience_s
        )

    def _hear(self, _event: str, message: dict[str, Any]) -> None:
        with self._something:
            self.heard.append(message)
            self._something.notify_all()

    def wait_for_seq(self, seq: int) -> None:
        with self._something:
            heard = self._something.wait_for(lambda: any(one["seq"] >= seq for one in self.heard), timeout=15)
        assert heard, self.heard

    def leave(self) -> None:
        self.client.disconnect()


def last_seq(town: Town) -> int:
    with town.session() as session:
        return session.scalars(select(Stream.last_seq)).one()
