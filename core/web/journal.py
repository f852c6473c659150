"""What the processes say, as JSON where LOG_FORMAT asks for it: one line for each event, its fields named.

No text that somebody sent gets in: a request is told by its door and a number, and of an error its kind and the lines
of our code, without its words, which may quote what was sent.
"""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request

ROOT = Path(__file__).parents[2]
log = logging.getLogger("townhall.doors")


class AsJson(logging.Formatter):
    """A record as one line of JSON, in ASCII: no end of line and no escape of a terminal can be in it."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said: dict[str, Any] = {"at": at, "level": record.levelname.lower(), "from": record.name}
        said["event"] = record.getMessage()
        if has_request_context():
            said |= {"request": request_number(), "door": request.endpoint, "method": request.method}
        if record.exc_info and record.exc_info[0]:
            said |= {"error": record.exc_info[0].__name__, "lines": _lines(record.exc_info[2])}
        return json.dumps(said, default=str)


def begin(app: Flask, form: str) -> None:
    """Say things in this form from now on; text is what the libraries do by themselves."""
    if form == "json":
        root = logging.getLogger()
        root.handlers = [h for h in root.handlers if not isinstance(h.formatter, AsJson)]
        handler = logging.StreamHandler()
        handler.setFormatter(AsJson())
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        logging.getLogger("alembic").setLevel(logging.WARNING)
    app.before_request(_begin_request)


def _begin_request() -> None:
    g.request_number = secrets.token_hex(4)


def request_number() -> str:
    """The number of this request, by which its lines, and the page of a failure, are found together."""
    return str(g.setdefault("request_number", secrets.token_hex(4)))


def note(kind: str) -> None:
    """Say that a door or a control refused this request, and to which official if one is inside."""
    inside = g.get("_login_user")  # whom Flask-Login found, if it was asked to
    who = inside.id if inside is not None and inside.is_authenticated else None
    log.warning("refused: %s, at %s %s, official %s", kind, request.method, request.endpoint, who)


def _lines(trace: Any) -> list[str]:
    """Where the error came through, nearest last: file, line and function."""
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
