"""How gunicorn serves the house, from HOST, PORT, WEB_PROCESSES and WEB_THREADS; deploy/ says what runs around it."""

from os import environ
from socket import socket
from threading import BoundedSemaphore, Thread

from gunicorn import util
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn


def _whole(name: str, default: int) -> int:
    """The environment's NAME as a whole number of at least 1; stops the start and says which one is wrong."""
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise SystemExit(f"{name} debe ser un número entero desde 1, y es «{text}».")
    return int(text)


wsgi_app = "wsgi:create_app()"
bind = f"{environ.get('HOST') or '127.0.0.1'}:{_whole('PORT', 8000)}"

worker_class = "gthread"
workers = _whole("WEB_PROCESSES", 1)
# An open socket (a display, a window, a phone) holds one thread: this bounds how many can be open at once.
threads = _whole("WEB_THREADS", 200)
if workers > 1 and not environ.get("REDIS_URL"):
    raise SystemExit("Con WEB_PROCESSES mayor que 1 hace falta REDIS_URL: sin él, hay pantallas que no se enteran.")

# Who says nothing for so long in the middle of a request has left, and gives the thread back; a socket that
# is open is heard every 10 seconds (core/web/live.py).
SILENCE_S = 20
_read = SocketUnreader.chunk


def _read_patiently(self: SocketUnreader, size_hint: int | None = None) -> bytes:
    if self.sock.gettimeout() is None:
        self.sock.settimeout(SILENCE_S)
    try:
        return _read(self, size_hint)
    except TimeoutError:
        return b""


SocketUnreader.chunk = _read_patiently

# Who was answered and does not hang up is waited for (RFC 9112 § 9.6), for two seconds: by a thread of its own, because
# the one that would do it answers the door. When so many are waited for already, nobody else is.
_goodbyes = BoundedSemaphore(32)


def _say_goodbye(connection: socket) -> None:
    try:
        util.close_graceful(connection)
    finally:
        _goodbyes.release()


def _close(self: TConn, graceful: bool = False) -> None:
    if graceful and _goodbyes.acquire(blocking=False):
        self.sock.setblocking(True)
        Thread(target=_say_goodbye, args=(self.sock,), name="goodbye", daemon=True).start()
    else:
        util.close(self.sock)


TConn.close = _close

# Open sockets never end by themselves; displays and windows come back on their own to the new process.
graceful_timeout = 2
# A connection to an SQLite database must not cross a fork, so each process loads the house by itself.
preload_app = False
control_socket_disable = True

# What gunicorn says of itself has the form of what the house says (core/web/journal.py).
if environ.get("LOG_FORMAT") == "json":
    logconfig_dict = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "core.web.journal.AsJson"}},
        "handlers": {"error": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"level": "INFO", "handlers": ["error"]},
        "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True}},
    }


def post_worker_init(worker: Worker) -> None:
    """Each process carries the mail, draws the waits, counts what is over and foresees: rows say who does what."""
    for besides in ("mail", "waits", "turn counting", "plan counting", "foresight"):
        worker.wsgi.extensions[besides].start()


# Off unless asked for (`--access-logfile`), and then without paths: one of them may hold the token of a turn.
accesslog = None
access_log_format = "%(t)s %(m)s %(s)s %(B)s bytes %(D)s µs"
