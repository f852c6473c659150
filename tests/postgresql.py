"""A PostgreSQL cluster of the tests' own, thrown away when they end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SPEED = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    path = str(found[0]) if found else shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: run tests/machine.sh")
    return path


def _as_owner(*command: str) -> None:
    """PostgreSQL refuses to run as root: there it runs as the user that its package made."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """Run a cluster in a folder of its own; yields its address without a database name. `durable` keeps fsync on."""
    folder = Path(tempfile.mkdtemp(prefix="town-hall-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    _as_owner(_program("initdb"), "-D", str(data), "-A", "trust", "-U", "townhall", "--no-sync", "--locale=C.UTF-8")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=300"
    _as_owner(
        _program("pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o",
        options if durable else f"{options} {SPEED}", "start",
    )  # fmt: skip
    try:
        yield f"postgresql://townhall@127.0.0.1:{port}"
    finally:
        _as_owner(_program("pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder)


def run(address: str, statement: str) -> None:
    """Run one statement outside any transaction."""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
