"""A PostgreSQL cluster of the tests' own, thrown away when they end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import psycopg

SPEED = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
STARTS_WITHIN_S = 60.0
"""A start right after a crash fails while the last process of the dead cluster is still there: it is tried again."""


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    path = str(found[0]) if found else shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: run tests/machine.sh")
    return path


def _as_owner(*command: str) -> None:
    """PostgreSQL refuses to run as root: there it runs as the user that its package made."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Cluster:
    """A cluster in a folder of its own; `address` is without a database name. `durable` keeps fsync on.

    With `disk`, its data lie in that folder and only its WAL stays here: PostgreSQL stops if it cannot write its WAL,
    and refuses one statement after another if it cannot write its data.
    """

    def __init__(self, *, durable: bool = False, disk: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="town-hall-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.data, self.port = (disk or self.folder) / "data", free_port()
        self.address = f"postgresql://townhall@127.0.0.1:{self.port}"
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=300"
        self._options = options if durable else f"{options} {SPEED}"
        _as_owner(
            _program("initdb"), "-D", str(self.data), "-A", "trust", "-U", "townhall", "--no-sync", "--locale=C.UTF-8",
            *([f"--waldir={self.folder / 'wal'}"] if disk else []),
        )  # fmt: skip

    def start(self) -> None:
        """Start and wait until it answers; raises CalledProcessError after a minute of attempts."""
        until = monotonic() + STARTS_WITHIN_S
        while True:
            try:
                _as_owner(
                    _program("pg_ctl"), "-D", str(self.data), "-w", "-l", str(self.folder / "log"),
                    "-o", self._options, "start",
                )  # fmt: skip
                return
            except subprocess.CalledProcessError:
                if monotonic() > until:
                    raise
                sleep(0.5)

    def stop(self, mode: str = "immediate") -> None:
        """Stop in one of its modes: «fast» undoes what is going on, «immediate» leaves it to the next start."""
        _as_owner(_program("pg_ctl"), "-D", str(self.data), "-m", mode, "stop")

    def kill(self) -> None:
        """`kill -9` of the postmaster; the other processes of the cluster see it and end by themselves."""
        os.kill(self.postmaster, signal.SIGKILL)

    @property
    def postmaster(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def processes(self) -> list[int]:
        """The postmaster and its children, as they are now."""
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        return [self.postmaster, *map(int, children)]

    def discard(self) -> None:
        """Stop it, if it runs, and remove its folder."""
        with suppress(subprocess.CalledProcessError):
            self.stop()
        shutil.rmtree(self.folder)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a cluster for as long as the context lasts; yields its address without a database name."""
    made = Cluster(durable=durable)
    try:
        made.start()
        yield made.address
    finally:
        made.discard()


def run(address: str, statement: str) -> None:
    """Run one statement outside any transaction."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
