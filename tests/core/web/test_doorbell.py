"""Redis between processes: it wakes the others, and nobody waits for it."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis

from core.web.live import CHANNEL, Doorbell
from tests.postgresql import free_port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    address = f"redis://127.0.0.1:{port}/0"
    asked = redis.Redis.from_url(address)
    until = monotonic() + 20
    while monotonic() < until:
        try:
            asked.ping()
            break
        except redis.ConnectionError:
            sleep(0.05)
    asked.close()
    yield address, running
    running.send_signal(signal.SIGCONT)
    running.kill()
    running.wait()


def _heard(address: str, listeners: int) -> None:
    """Wait until so many doorbells listen."""
    with redis.Redis.from_url(address) as asked:
        until = monotonic() + 20
        while monotonic() < until and dict(asked.pubsub_numsub(CHANNEL)).get(CHANNEL.encode(), 0) < listeners:
            sleep(0.02)


def test_a_commit_in_one_process_wakes_the_relay_of_another(server: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, _ = server
    here, there = threading.Event(), threading.Event()
    Doorbell(address, there).start()
    _heard(address, 1)
    Doorbell(address, here).ring()
    assert there.wait(10)


def test_a_frozen_redis_holds_nobody_who_rings(server: tuple[str, subprocess.Popen[bytes]]) -> None:
    address, running = server
    running.send_signal(signal.SIGSTOP)
    bell = Doorbell(address, threading.Event())
    rung = threading.Thread(target=lambda: [bell.ring() for _ in range(100)])
    rung.start()
    rung.join(timeout=10)
    assert not rung.is_alive()


def test_an_absent_redis_stops_nothing_and_is_heard_again_when_it_returns(tmp_path: Path) -> None:
    port = free_port()
    address = f"redis://127.0.0.1:{port}/0"
    woken = threading.Event()
    bell = Doorbell(address, woken)
    bell.start()
    bell.ring()
    running = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    try:
        until = monotonic() + 20
        while not woken.is_set() and monotonic() < until:
            bell.ring()
            woken.wait(0.2)
        assert woken.is_set()
    finally:
        running.kill()
        running.wait()
