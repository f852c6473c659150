"""The places of the live wire: who gets one before anything is opened, how many there are, and how one is taken back.

With threads an open socket keeps one for itself, from the handshake on. So the office is asked before the handshake
is answered, a place is counted for as long as the thread is held, and to cut is to close the connection itself.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from engineio.async_drivers.threading import SimpleWebSocketWSGI
from flask import Flask, abort, g, request
from flask_login import current_user
from simple_websocket import ConnectionClosed
from wsproto.utilities import LocalProtocolError

from core import clock
from core.errors import N_, Forbidden, Refused, TooMany
from core.people.rights import behind
from core.web.guard import check_device, check_official

PATH = "/socket.io/"
WALL, DESKS = "/wall", "/desks"
HEARS_DESKS = tuple(row.permission for row in behind(DESKS))
MOST_OF_ONE = 5
"""Open pages of one official, or of one display, that are told at once; the others ask by themselves."""
DISPLAYS_SHARE = 4
"""One place in so many is kept for displays."""
LONGEST_FRAME = 1_000
MOST_AT_ONCE = 5
"""Who is asked every ten seconds whether they live says so no oftener than once a second, but for these."""
CONNECTION = "gunicorn.socket"
_PLACE = "townhall.place"
_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")
_ENTERS = re.compile(r"40(/wall|/desks),(\{\})?")
_OPENING = {
    "QUERY_STRING": "EIO=4&transport=websocket",
    "HTTP_CONNECTION": "Upgrade",
    "HTTP_UPGRADE": "websocket",
    "HTTP_SEC_WEBSOCKET_VERSION": "13",
}
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class NotForYou(Forbidden):
    message = N_("Esta conexión es solo para las pantallas vinculadas y para quienes ingresaron.")


class NoPlace(Refused):
    status = 503
    message = N_("Todas las conexiones en vivo están ocupadas. La página sigue preguntando por sí misma.")


class TooManyPlaces(TooMany):
    message = N_("Tiene demasiadas páginas abiertas a la vez. Cierre una y vuelva a intentar.")


@dataclass(frozen=True, slots=True)
class Right:
    """By what somebody may hear a room: a paired display, or the sign-in of an official."""

    site_id: int
    owner: str
    device_id: int | None = None
    sign_in: str | None = None


@dataclass(eq=False)
class Place:
    """An open connection: the rooms that it may enter, and the one that it did."""

    rights: Mapping[str, Right]
    connection: socket.socket
    since: float = field(default_factory=clock.monotonic)
    room: str | None = None
    alive: int = 0

    @property
    def right(self) -> Right | None:
        """The right by which it hears what it hears."""
        return self.rights[self.room] if self.room else None

    def may_say(self, frame: object) -> bool:
        """Whether a listener has this to say: once, which room it enters; then that it is alive, and goodbye."""
        entering = _ENTERS.fullmatch(frame) if isinstance(frame, str) else None
        if entering and self.room is None and entering[1] in self.rights:
            self.room = entering[1]
            return True
        if frame == "3":
            self.alive += 1
            return self.alive <= MOST_AT_ONCE + clock.monotonic() - self.since
        return frame == "1" or (self.room is not None and frame == f"41{self.room},")

    def cut(self) -> None:
        """Close the connection, whatever its other end thinks of it; the thread that it held is free at once."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Places:
    """The places of one process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: set[Place] = set()
        self._lock = threading.Lock()

    def take(self, rights: Mapping[str, Right], connection: socket.socket) -> Place:
        """A place for who has these rights. Raises TooManyPlaces, NoPlace."""
        place = Place(rights, connection)
        with self._lock:
            for right in rights.values():
                if sum(right.owner in _owners(other) for other in self._taken) >= MOST_OF_ONE:
                    raise TooManyPlaces
            desks = sum(WALL not in other.rights for other in self._taken)
            crowded = WALL not in rights and desks >= self._most - self._most // DISPLAYS_SHARE
            if crowded or len(self._taken) >= self._most:
                raise NoPlace
            self._taken.add(place)
        return place

    def leave(self, place: Place) -> None:
        with self._lock:
            self._taken.discard(place)

    def taken(self) -> list[Place]:
        with self._lock:
            return list(self._taken)


def _owners(place: Place) -> set[str]:
    return {right.owner for right in place.rights.values()}


def asked_rights() -> dict[str, Right]:
    """The rooms that this handshake opens. Raises BadRequest if it is none, NotForYou if it opens no room."""
    if not _is_handshake():
        abort(400)
    rights = _rights() if _from_our_page() else {}
    if not rights:
        raise NotForYou
    return rights


def _is_handshake() -> bool:
    """RFC 6455 § 4.2.1, by the only transport there is; the route has seen that an upgrade is asked for."""
    sent = request.headers
    return (
        CONNECTION in request.environ
        and sent.get("Sec-WebSocket-Version") == "13"
        and _KEY.fullmatch(sent.get("Sec-WebSocket-Key", "")) is not None
        and request.args.get("EIO") == "4"
        and request.args.get("transport") == "websocket"
        and "sid" not in request.args
    )


def _from_our_page() -> bool:
    """A browser that brings a cookie says where the page came from; without it the cookie proves nothing."""
    with suppress(ValueError):
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host
    return False


def _rights() -> dict[str, Right]:
    """The rooms that the cookies of this request open."""
    rights = {}
    with suppress(Refused):
        device = check_device("display")
        rights[WALL] = Right(device.site_id, f"device {device.id}", device_id=device.id)
    with suppress(Refused):
        check_official(*HEARS_DESKS)
        me = current_user
        rights[DESKS] = Right(me.site_id, f"official {me.id}", sign_in=me.get_id())
    return rights


class Threshold:
    """WSGI before the wire: the office answers first, and only who got a place goes on to the wire."""

    def __init__(self, app: Flask, wire: Wsgi, places: Places) -> None:
        self._app = app
        self._wire = wire
        self._places = places

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PATH):
            return self._wire(environ, start_response)
        with self._app.request_context(environ):
            answer = self._app.full_dispatch_request()
            place = g.get("place")
        if place is None:
            return answer(environ, start_response)
        try:
            return self._wire(_handshake(environ) | {_PLACE: place}, start_response)
        finally:
            self._places.leave(place)


def _handshake(environ: dict[str, Any]) -> dict[str, Any]:
    """What the wire needs of the request; nothing else that came with it is read again, and nothing is compressed."""
    ours = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
    return ours | _OPENING | {name: environ[name] for name in ("HTTP_HOST", "HTTP_SEC_WEBSOCKET_KEY")}


class OneWay(SimpleWebSocketWSGI):
    """The websocket of engine.io, deaf to all but what a listener has to say: whoever says more is cut."""

    def __init__(self, handler: Any, _server: object) -> None:
        super().__init__(handler, _server, max_message_size=LONGEST_FRAME)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self._place = place_of(environ)
        return super().__call__(environ, start_response)

    def close(self) -> None:
        """Say goodbye to whoever is still there: the other thread of this connection may have ended it just now."""
        with suppress(OSError, ConnectionClosed, LocalProtocolError):
            super().close()

    def wait(self) -> Any:
        frame = super().wait()
        if frame is None or self._place.may_say(frame):
            return frame
        self._place.cut()
        return None


def place_of(environ: Mapping[str, Any]) -> Place:
    """The place of a connection that the wire has."""
    place: Place = environ[_PLACE]
    return place
