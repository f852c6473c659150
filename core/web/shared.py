"""What many pages ask at once is worked out once: the last answer for each thing, until it may have changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import current_app
from sqlalchemy.orm import Session

from core.clock import milliseconds
from core.turns import board

Answer = TypeVar("Answer")
SHARED = "shared answers"
A_MINUTE_MS = 60_000


class Shared:
    """One answer for each key; whoever comes while it is worked out waits for it instead of working it out too."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Hashable, Any]] = {}
        self._guards: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def answer(self, key: Hashable, version: Hashable, work: Callable[[], Answer]) -> Answer:
        """What `work` answered for this version of the key: plain values only, they outlive the session."""
        with self._guard:
            guard = self._guards[key]
        with guard:
            kept = self._kept.get(key)
            if kept is None or kept[0] != version:
                self._kept[key] = kept = (version, work())
            return cast(Answer, kept[1])


def once_a_minute(session: Session, site_id: int, at: datetime, what: str, work: Callable[[], Answer]) -> Answer:
    """`work`'s answer about a site, worked out anew when something has happened there, and every minute.

    Also when its waits were drawn anew: what this page tells of them is what the others tell.
    """
    shared: Shared = current_app.extensions[SHARED]
    version = (board.as_of(session, site_id), milliseconds(at) // A_MINUTE_MS)
    return shared.answer((what, site_id), version, work)
