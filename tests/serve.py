"""The real product under gunicorn, with its clock set to an hour of a test's choosing."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

import wsgi
from core import clock
from core.disk import Ballast, Disk

world = ExitStack()
"""Holds the clock of the process for as long as it lives."""


def create_app() -> Flask:
    """The application, in a world that began at TEST_CLOCK (ISO, Bogotá): when this process started, or, for
    processes that share a world and for those that follow them, when the monotonic clock said TEST_CLOCK_BEGAN.
    """
    began = datetime.fromisoformat(os.environ["TEST_CLOCK"]).replace(tzinfo=clock.BOGOTA)
    started = float(os.environ.get("TEST_CLOCK_BEGAN") or time.monotonic())

    def reads() -> datetime:
        return clock.instant(clock.milliseconds(began) + int((time.monotonic() - started) * 1000))

    world.enter_context(clock.reading(reads))
    app = wsgi.create_app()
    app.extensions["disk"] = Disk([], Ballast(Path(app.instance_path)))  # that of this machine is not the town hall's
    if templates := os.environ.get("TEST_TEMPLATES"):
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(templates)
    return app
