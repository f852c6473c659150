"""Redis between processes: it wakes the others, and nobody waits for it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis

from core.web.live import CHANNEL, Doorbell
from tests.conftest import settings_for
from tests.proof.rig import Redis
from wsgi import create_app


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Redis]:
    """Not started yet."""
    found = Redis(tmp_path)
    yield found
    found.discard()


def _heard(address: str, listeners: int) -> None:
    """Wait until so many doorbells listen."""
    with redis.Redis.from_url(address) as asked:
        until = monotonic() + 20
        while monotonic() < until and dict(asked.pubsub_numsub(CHANNEL)).get(CHANNEL.encode(), 0) < listeners:
            sleep(0.02)


def test_a_commit_in_one_process_wakes_the_relay_of_another(server: Redis) -> None:
    server.start()
    here, there = threading.Event(), threading.Event()
    Doorbell(server.url, there).start()
    _heard(server.url, 1)
    Doorbell(server.url, here).ring()
    assert there.wait(10)


def test_a_frozen_redis_holds_nobody_who_rings(server: Redis) -> None:
    server.start()
    server.freeze()
    bell = Doorbell(server.url, threading.Event())
    rung = threading.Thread(target=lambda: [bell.ring() for _ in range(100)])
    rung.start()
    rung.join(timeout=10)
    assert not rung.is_alive()


def test_an_absent_redis_stops_nothing_and_is_heard_again_when_it_returns(server: Redis) -> None:
    woken = threading.Event()
    bell = Doorbell(server.url, woken)
    bell.start()
    bell.ring()
    server.start()
    until = monotonic() + 20
    while not woken.is_set() and monotonic() < until:
        bell.ring()
        woken.wait(0.2)
    assert woken.is_set()


def test_an_application_that_is_let_go_is_kept_by_nobody_who_listens(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite:///{tmp_path / 'absent.sqlite3'}", tmp_path)
    first = weakref.ref(create_app(settings))
    create_app(settings)
    gc.collect()
    assert first() is None, "the next one has the wire, and the first is nowhere"
