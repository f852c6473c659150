"""The town hall as processes that a test owns: each is started, stopped, killed, frozen and thawed at will.

    with town_hall(folder, "postgresql", processes=2) as hall:
        hall.web.kill()                          # kill -9 of the whole group; a supervisor starts it again
        hall.web.wait_until_it_answers()
        hall.postgresql.kill(); hall.postgresql.start()
        hall.redis.freeze(); hall.redis.thaw()
        with Cable(hall.web.port) as cable:      # clients go to hall.town(cable.port)
            cable.cut(); cable.heal()

What the parts say is in `folder`: server.log (with the status of every answer) and redis.log.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import socket
import struct
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Self

import redis

import config
from tests import make, nursery, postgresql
from tests.browser.conftest import HALF_PAST_EIGHT, HOUSE, Town
from tests.conftest import AUDIT_KEY, RESERVE_KEY, build_town, templates
from tests.postgresql import free_port

ANSWERS_WITHIN_S = 60.0
"""How long a part may take to answer after its start, on a busy machine."""

STARTS_IN_S = 3.0
"""What a start is asked to take."""

STOPS_WITHIN_S = 30.0
RESTARTS_AFTER_S = 1.0
"""How long the supervisor waits before it starts a dead server again, as the units in deploy/ say."""


class Part:
    """A program with its children in a process group of its own; what it says is added to a log."""

    def __init__(self, command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self._command, self.log, self._environment = command, log, environment
        self._process: subprocess.Popen[bytes] | nursery.Server | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._spawn()
        self.wait_until_it_answers()

    def stop(self) -> None:
        """SIGTERM, and wait for its end."""
        self._signal(signal.SIGTERM)
        self._gone()

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        self._signal(signal.SIGKILL)
        self._gone()

    def freeze(self) -> None:
        """SIGSTOP to the whole group: it holds its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def discard(self) -> None:
        """Leave nothing of it."""
        with suppress(ProcessLookupError):
            self.thaw()
            self.kill()

    @property
    def pid(self) -> int:
        """The leader of the group. Raises ProcessLookupError if it was never started."""
        if self._process is None:
            raise ProcessLookupError
        return self._process.pid

    @property
    def runs(self) -> bool:
        if isinstance(self._process, nursery.Server):
            return self._process.lives()
        return self._process is not None and self._process.poll() is None

    def wait_until_it_answers(self, patience_s: float = ANSWERS_WITHIN_S) -> float:
        """The seconds until it answered. Raises RuntimeError."""
        began = monotonic()
        while not self._answers():
            if monotonic() - began > patience_s:
                raise RuntimeError(f"it did not answer in {patience_s} s: {self.log.read_text()[-3000:]}")
            sleep(0.05)
        return monotonic() - began

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=HOUSE, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def _signal(self, number: signal.Signals) -> None:
        os.killpg(self.pid, number)

    def _gone(self) -> None:
        assert self._process is not None
        self._process.wait(STOPS_WITHIN_S)

    def _answers(self) -> bool:
        raise NotImplementedError


class Redis(Part):
    """A redis-server that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        quiet = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        super().__init__(["redis-server", "--port", str(self.port), *quiet], folder / "redis.log")

    def pause(self, seconds: float) -> None:
        """CLIENT PAUSE: it takes what it is told and does nothing of it for so long."""
        with self._client() as client:
            client.client_pause(int(seconds * 1000), all=True)

    def forget(self) -> None:
        """FLUSHALL."""
        with self._client() as client:
            client.flushall()

    def limit_memory(self, size: int) -> None:
        """It keeps no more than so many bytes and drops nothing to make room; 0 is no limit."""
        with self._client() as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", size)

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=2)

    def _answers(self) -> bool:
        with suppress(redis.RedisError), self._client() as client:
            return bool(client.ping())
        return False


class Web(Part):
    """The product under gunicorn, with a supervisor that starts it again when it dies, as systemd does.

    `stop()` is for good; after `kill()` it comes back by itself. `restarts` counts how often it did. It is a fork of
    the nursery, so that a start costs less than to import the house; with `wrapped` it is the program itself, run by
    that command.
    """

    def __init__(
        self,
        database_url: str,
        folder: Path,
        processes: int,
        redis_url: str | None,
        wrapped: Sequence[str] = (),
        **more: str,
    ) -> None:
        self._wrapped = wrapped
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.restarts = 0
        self.started_in_s = 0.0
        self._let_go = threading.Event()
        self._changing = threading.Lock()
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "AUDIT_KEY": AUDIT_KEY,
            "RESERVE_KEY": RESERVE_KEY,
            "INSTANCE_DIR": str(folder),
            "PORT": str(self.port),
            "WEB_PROCESSES": str(processes),
            "WEB_THREADS": "64",
            "REDIS_URL": redis_url or "",
            "TEST_CLOCK": HALF_PAST_EIGHT,
            "TEST_TEMPLATES": templates.name,
            "TEST_CLOCK_BEGAN": str(monotonic()),
            "GUNICORN_CMD_ARGS": "--access-logfile -",
            "PYTHONPATH": str(HOUSE),
            **more,
        }
        command = [*wrapped, sys.executable, "-m", *nursery.COMMAND]
        super().__init__(command, folder / "server.log", environment)

    def start(self) -> None:
        self._let_go = threading.Event()
        self._spawn()
        threading.Thread(target=self._supervise, args=(self._let_go,), name="supervisor", daemon=True).start()
        self.started_in_s = self.wait_until_it_answers()

    def stop(self) -> None:
        with self._changing:
            self._let_go.set()
        super().stop()

    def discard(self) -> None:
        with self._changing:
            self._let_go.set()
        super().discard()

    def restart(self) -> None:
        """SIGTERM, and the supervisor starts it again, as `systemctl restart` does."""
        self._signal(signal.SIGTERM)
        self._gone()

    def put_clock_forward(self, seconds: float) -> None:
        """From its next start on, the world is so much later."""
        assert self._environment is not None
        began = float(self._environment["TEST_CLOCK_BEGAN"])
        self._environment["TEST_CLOCK_BEGAN"] = str(began - seconds)

    def kill_one(self, worker: int) -> None:
        """SIGKILL to one of the web processes; the others go on."""
        os.kill(worker, signal.SIGKILL)

    def workers(self) -> list[int]:
        """The web processes, as they are now; the leader starts a dead one again."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def _spawn(self) -> None:
        if self._wrapped:
            super()._spawn()
            return
        assert self._environment is not None
        self._process = nursery.start(self._environment, self.log)

    def _supervise(self, let_go: threading.Event) -> None:
        """Start it again when it dies, until this start of it is let go: another one has a supervisor of its own."""
        while True:
            assert self._process is not None
            self._process.wait()
            sleep(RESTARTS_AFTER_S)
            with self._changing:
                if let_go.is_set():
                    return
                self.restarts += 1
                self._spawn()

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/sign-in", timeout=5) as answer:
            return bool(answer.status == 200)
        return False


class Sqlite:
    """The database in one file of the web process."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "town.sqlite3"
        self.url = f"sqlite:///{self.file}"


class Postgresql:
    """A cluster of the test's own that writes durably, with one town hall in it."""

    def __init__(self) -> None:
        self.cluster = postgresql.Cluster(durable=True)
        self.url = config.read_database_url(f"{self.cluster.address}/town")
        self._frozen: list[int] = []

    def start(self) -> None:
        """Start it, trying again while what a crash left behind is in the way."""
        self.cluster.start()

    def stop(self) -> None:
        """What is going on is undone, and connections are closed (`pg_ctl -m fast stop`)."""
        self.cluster.stop("fast")

    def kill(self) -> None:
        """SIGKILL to the postmaster."""
        self.cluster.kill()

    def freeze(self) -> None:
        self._frozen = self.cluster.processes()
        self._tell(signal.SIGSTOP)

    def thaw(self) -> None:
        self._tell(signal.SIGCONT)
        self._frozen = []

    def discard(self) -> None:
        self.thaw()
        self.cluster.discard()

    def _tell(self, number: signal.Signals) -> None:
        for pid in self._frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@dataclass
class TownHall:
    """A running installation; `redis` and `postgresql` are there if it was built with them."""

    folder: Path
    database_url: str
    web: Web
    redis_part: Redis | None = None
    postgresql_part: Postgresql | None = None

    @property
    def redis(self) -> Redis:
        assert self.redis_part is not None, "this hall has no Redis"
        return self.redis_part

    @property
    def postgresql(self) -> Postgresql:
        assert self.postgresql_part is not None, "this hall is on SQLite"
        return self.postgresql_part

    def town(self, port: int | None = None) -> Town:
        """How clients reach it: straight, or through the cable at `port`."""
        began = datetime.fromisoformat(HALF_PAST_EIGHT).replace(tzinfo=make.OPENING.tzinfo)
        return Town(f"http://127.0.0.1:{port or self.web.port}", self.database_url, self.folder, began)

    @property
    def slowness(self) -> float:
        """How many times longer than asked the start took: more than 1 on a machine that is slow, or busy."""
        return max(1.0, self.web.started_in_s / STARTS_IN_S)

    def complaints(self) -> list[str]:
        """The lines of the server's log that begin a traceback or tell of an answer of 500."""
        told = self.web.log.read_text(errors="replace").splitlines()
        return [line for line in told if "Traceback" in line or re.search(r"\] [A-Z]+ 500 \S+ bytes", line)]


@contextmanager
def town_hall(
    folder: Path, database: str, *, processes: int = 1, with_redis: bool | None = None, **environment: str
) -> Iterator[TownHall]:
    """Build a town hall in `folder` on «sqlite» or «postgresql» and start it; nothing of it is left at the end.

    Redis is there with more than one process, unless `with_redis` says otherwise. `environment` goes to the server.
    """
    with ExitStack() as ending:
        cluster = None
        if database == "postgresql":
            cluster = Postgresql()
            ending.callback(cluster.discard)
            cluster.start()
            postgresql.run(cluster.cluster.address, "CREATE DATABASE town")
        url = cluster.url if cluster else Sqlite(folder).url
        build_town(url, folder)
        bell = Redis(folder) if (processes > 1 if with_redis is None else with_redis) else None
        if bell:
            ending.callback(bell.discard)
            bell.start()
        web = Web(url, folder, processes, bell.url if bell else None, **environment)
        ending.callback(web.discard)
        web.start()
        yield TownHall(folder, url, web, bell, cluster)


class Cable:
    """A TCP proxy on 127.0.0.1 between clients, which go to `port`, and the server at `server_port`."""

    LOOKS_EVERY_S = 0.05

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._whole = threading.Event()
        self._whole.set()
        self._guard = threading.Lock()
        self._resets = 0
        self._to_lose = 0
        self._open = True
        self.answers_lost = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, name="cable", daemon=True).start()

    def cut(self) -> None:
        """A black hole: nothing goes through in any direction, and nobody is told."""
        self._whole.clear()

    def heal(self) -> None:
        """What was on its way goes on; `reset()` before, if the cut outlived the connections."""
        self._whole.set()

    def reset(self) -> None:
        """Every connection ends at once with RST, also during a cut; new ones are as before."""
        with self._guard:
            self._resets += 1

    def lose_next_answer(self) -> None:
        """The next bytes of the server are dropped and their connection is reset: the request had gone through.

        For a client with a cable of its own; `answers_lost` counts.
        """
        with self._guard:
            self._to_lose += 1

    def close(self) -> None:
        self._open = False
        self.reset()
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while self._open:
            with suppress(OSError):
                client, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(client, self._resets), daemon=True).start()

    def _carry(self, client: socket.socket, resets: int) -> None:
        with client:
            _ends_abruptly(client)
            if not self._may_go_on(resets):
                return
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._server_port), timeout=10) as server:
                _ends_abruptly(server)
                for end in (client, server):
                    end.settimeout(30)
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._pass_on(client, server, resets):
                    for end in (client, server):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))

    def _pass_on(self, client: socket.socket, server: socket.socket, resets: int) -> bool:
        """Carry until an end says goodbye (True), or until the cable is reset or loses an answer (False)."""
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while resets == self._resets:
                if not self._whole.wait(self.LOOKS_EVERY_S):
                    continue
                for key, _ in ready.select(self.LOOKS_EVERY_S):
                    source = client if key.fileobj is client else server
                    chunk = source.recv(65_536)
                    if not chunk:
                        return True
                    if source is server and self._loses_this():
                        return False
                    if not self._may_go_on(resets):
                        return False
                    key.data.sendall(chunk)
        return False

    def _may_go_on(self, resets: int) -> bool:
        """Wait until the cable is whole; whether the connection outlived that."""
        while resets == self._resets:
            if self._whole.wait(self.LOOKS_EVERY_S):
                return resets == self._resets
        return False

    def _loses_this(self) -> bool:
        with self._guard:
            if self._to_lose == 0:
                return False
            self._to_lose -= 1
            self.answers_lost += 1
            return True


def _ends_abruptly(end: socket.socket) -> None:
    """Closing it sends RST instead of a goodbye."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
