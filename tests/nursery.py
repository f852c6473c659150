"""Servers that are born loaded: one process imports the house, and each server of a test is a fork of it.

To import the house takes longer than most of what a test in a browser does, and each test has a server of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from math import inf
from pathlib import Path
from threading import Lock
from time import monotonic, sleep

from gunicorn.app import wsgiapp
from gunicorn.workers import gthread
from sqlalchemy.orm import configure_mappers

from tests import serve

HOUSE = Path(__file__).parents[1]
LOADED = (gthread, serve)
COMMAND = ["gunicorn", "-c", "gunicorn.conf.py", "tests.serve:create_app()"]
_asking = Lock()
"""Who asks for a server waits for its answer before another one asks."""


class Server:
    """A running gunicorn, by its process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def lives(self) -> bool:
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return True
        return False

    def wait(self, patience_s: float = inf) -> None:
        """Until it has ended. Raises TimeoutError."""
        until = monotonic() + patience_s
        while self.lives():
            if monotonic() > until:
                raise TimeoutError(f"process {self.pid} does not end")
            sleep(0.01)

    def stop(self) -> None:
        """End it and its workers at once; how one ends in peace is another test's matter (tests/proof)."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()


def start(environment: Mapping[str, str], log: Path) -> Server:
    """A server that knows this environment and no other, and adds what it says to `log`."""
    with _asking:
        nursery = _nursery()
        assert nursery.stdin
        assert nursery.stdout
        nursery.stdin.write(json.dumps({"environment": dict(environment), "log": str(log)}) + "\n")
        nursery.stdin.flush()
        return Server(int(nursery.stdout.readline()))


@cache
def _nursery() -> subprocess.Popen[str]:
    """The process that imported the house, one for this process; it ends when nobody asks any more."""
    command = [sys.executable, "-m", "tests.nursery"]
    running = subprocess.Popen(command, cwd=HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(running.communicate)
    return running


def _become(environment: Mapping[str, str], log: str) -> None:
    """Go on as the server, at the head of a group of its own."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, written = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for mine, theirs in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(mine, theirs)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = COMMAND
    wsgiapp.run()


def main() -> None:
    """Bear a server for each line, and say its process; what a first query would find out of the models is known."""
    configure_mappers()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _become(**json.loads(line))
            return
        print(pid, flush=True)


if __name__ == "__main__":
    main()
