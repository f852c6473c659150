"""What happened, in the past tense: recorded inside the work, delivered once it can no longer be undone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy.orm import Session

log = logging.getLogger(__name__)
Value = str | int | float | bool | None
Listener = Callable[["Happened"], None]

_RECORDED = "recorded events"
_listeners: list[Listener] = []


@dataclass(frozen=True, slots=True)
class Who:
    """Who did it: an official, a paired device, the citizen who holds the turn, the system itself, who gives
    commands on the machine, or a stranger at the door.

    `window_id`: the window from which an official did it, if they sit at one.
    """

    kind: Literal["official", "device", "citizen", "system", "command line", "stranger"]
    id: int | None = None
    window_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One fact of a site. `public` may go on a wall; `detail` is for the office only.

    `kind` is a verb in the past tense (``"issued"``, ``"called"``). `seq` is the site's number of the
    fact, consecutive and in the order of the commits; it is 0 until the transaction gives it.
    """

    kind: str
    site_id: int
    at: datetime
    who: Who
    turn_id: int | None = None
    window_id: int | None = None
    reason: str | None = None
    public: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    detail: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    seq: int = 0


def record(session: Session, happened: Happened) -> None:
    """Keep a fact for the log of this transaction; nobody hears of it before the commit."""
    session.info.setdefault(_RECORDED, []).append(happened)


def take(session: Session) -> list[Happened]:
    """The facts recorded so far in this transaction, in order; the session forgets them."""
    recorded: list[Happened] = session.info.pop(_RECORDED, [])
    return recorded


def listen(listener: Listener) -> Callable[[], None]:
    """Call `listener` with every committed fact; returns the function that stops it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def deliver(happened: list[Happened]) -> None:
    """Tell every listener. The facts stand already: a listener that fails is logged and undoes nothing."""
    for fact in happened:
        for listener in tuple(_listeners):
            try:
                listener(fact)
            except Exception:
                log.exception("a listener failed at %s %s/%s", fact.kind, fact.site_id, fact.seq)
