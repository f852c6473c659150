"""The live wire: the only module that emits. It tells who is connected that something changed, in order.

A message carries the site's sequence number and public values only. Whoever sees the next number applies it;
on a gap, on reconnecting and every few seconds they ask for the state, so a lost message costs nothing.
The relay reads the committed log, never the request: no press waits for a socket or for Redis, and a
process killed between its commit and its message loses nothing that another reading does not find.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import redis
from flask import Flask, request
from flask_login import current_user
from flask_socketio import ConnectionRefusedError, SocketIO, disconnect, join_room
from sqlalchemy import func, select

from core import clock
from core.db import Event
from core.devices import Device
from core.errors import Refused
from core.events import Happened, listen
from core.people.actions import signed_in
from core.turns.board import ANNOUNCED
from core.web.database import db
from core.web.guard import check_device, check_official

log = logging.getLogger(__name__)
WALL, DESKS = "/wall", "/desks"
LOOK_EVERY_S = 1.0
CHECK_RIGHTS_EVERY_S = 2.0
BATCH = 200
STRAY_MESSAGES = 10
CHANNEL = "townhall:changed"
sockets = SocketIO()


@dataclass
class Connected:
    """A socket, by whose right it is open, and how much it has sent that nobody asked for."""

    namespace: str
    site_id: int
    device_id: int | None = None
    sign_in: str | None = None
    strays: int = 0


class Wire:
    """The relay of one process: it wakes at a commit, at a ring of Redis, or each second, and reads the log."""

    def __init__(self, app: Flask, redis_url: str | None) -> None:
        self._app = app
        self._changed = threading.Event()
        self._started = threading.Lock()
        self._running = False
        self._last: dict[int, int] = {}
        self.connected: dict[str, Connected] = {}
        self._doorbell = Doorbell(redis_url, self._changed) if redis_url else None
        listen(self._notice)

    def _notice(self, _fact: Happened) -> None:
        self._changed.set()
        if self._doorbell:
            self._doorbell.ring()

    def start(self) -> None:
        """Begin to relay; the first socket does it, so that a process without sockets has no relay."""
        with self._started:
            if not self._running:
                self._running = True
                with self._app.app_context():
                    self._last = dict(
                        db.session.execute(select(Event.site_id, func.max(Event.seq)).group_by(Event.site_id)).all()
                    )
                threading.Thread(target=self._relay, name="relay", daemon=True).start()
                if self._doorbell:
                    self._doorbell.start()

    def _relay(self) -> None:
        checked = 0.0
        while True:
            self._changed.wait(LOOK_EVERY_S)
            self._changed.clear()
            try:
                with self._app.app_context():
                    self._publish()
                    if clock.monotonic() - checked > CHECK_RIGHTS_EVERY_S:
                        self._cut_the_unentitled()
                        checked = clock.monotonic()
            except Exception as error:
                log.error("relay: %s; it goes on", type(error).__name__)
                self._changed.wait(LOOK_EVERY_S)

    def _publish(self) -> None:
        for site_id in {socket.site_id for socket in list(self.connected.values())}:
            while batch := self._next(site_id):
                for event in batch:
                    sockets.emit("happened", for_the_wall(event), namespace=WALL, to=f"site {site_id}")
                    self._last[site_id] = event.seq
                sockets.emit("changed", {"seq": self._last[site_id]}, namespace=DESKS, to=f"site {site_id}")
        db.session.rollback()

    def _next(self, site_id: int) -> list[Event]:
        after = self._last.setdefault(site_id, 0)
        return list(
            db.session.scalars(
                select(Event).where(Event.site_id == site_id, Event.seq > after).order_by(Event.seq).limit(BATCH)
            )
        )

    def _cut_the_unentitled(self) -> None:
        """Close the sockets of devices revoked and sessions ended since they were opened."""
        at = clock.now()
        live = set(db.session.scalars(select(Device.id).where(Device.revoked_at.is_(None))))
        for sid, socket in list(self.connected.items()):
            entitled = (
                socket.device_id in live
                if socket.device_id is not None
                else signed_in(db.session(), socket.sign_in or "", at) is not None
            )
            if not entitled:
                disconnect(sid, namespace=socket.namespace)
        db.session.rollback()


class Doorbell:
    """Redis between processes: one rings after a commit, all look. Silent or frozen, each still looks by itself."""

    def __init__(self, url: str, changed: threading.Event) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, health_check_interval=15)
        self._changed = changed
        self._rung = threading.Event()
        self._ringer = threading.Lock()
        self._ringing = False

    def ring(self) -> None:
        """Ask the ringing thread to ring; the request that committed does not wait for Redis."""
        with self._ringer:
            if not self._ringing:
                self._ringing = True
                threading.Thread(target=self._ring, name="doorbell", daemon=True).start()
        self._rung.set()

    def start(self) -> None:
        threading.Thread(target=self._hear, name="doorbell ear", daemon=True).start()

    def _ring(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()
            try:
                self._redis.publish(CHANNEL, "1")
            except redis.RedisError as error:
                log.warning("doorbell: %s; the others look by themselves", type(error).__name__)

    def _hear(self) -> None:
        while True:
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as heard:  # type: ignore[no-untyped-call]
                    heard.subscribe(CHANNEL)
                    while True:
                        if heard.get_message(timeout=1.0):
                            self._changed.set()
            except redis.RedisError:
                self._rung.wait(LOOK_EVERY_S)


def for_the_wall(event: Event) -> dict[str, Any]:
    """What a display may know of an event: the number, and the call if it is one."""
    message: dict[str, Any] = {"seq": event.seq, "at": clock.milliseconds(event.at)}
    if event.kind in ANNOUNCED:
        message["call"] = event.public
    elif event.turn_id is not None and "code" in event.public:
        message["over"] = event.public["code"]
    return message


def register(app: Flask, redis_url: str | None, most_sockets: int) -> None:
    """Open the live wire on the application, for at most `most_sockets` sockets at a time.

    With threads a socket keeps one for itself: their number is bounded, so that pages always find a thread.
    """
    sockets.init_app(
        app,
        async_mode="threading",
        transports=["websocket"],
        ping_interval=10,
        ping_timeout=10,
        max_http_buffer_size=16_384,
        manage_session=False,
        serve_client=False,
        logger=False,
        engineio_logger=False,
    )
    wire = app.extensions["wire"] = Wire(app, redis_url)

    def admit(socket: Connected) -> None:
        _check_origin()
        if len(wire.connected) >= most_sockets:
            raise ConnectionRefusedError("full")
        wire.connected[_sid()] = socket
        join_room(f"site {socket.site_id}")
        wire.start()

    @sockets.on("connect", namespace=WALL)
    def wall_connects() -> None:
        try:
            device = check_device("display")
        except Refused as refused:
            raise ConnectionRefusedError(type(refused).__name__) from None
        admit(Connected(WALL, device.site_id, device_id=device.id))

    @sockets.on("connect", namespace=DESKS)
    def desks_connects() -> None:
        try:
            check_official()
        except Refused as refused:
            raise ConnectionRefusedError(type(refused).__name__) from None
        admit(Connected(DESKS, current_user.site_id, sign_in=current_user.get_id()))

    @sockets.on("disconnect", namespace=WALL)
    @sockets.on("disconnect", namespace=DESKS)
    def leaves(*_reason: object) -> None:
        wire.connected.pop(_sid(), None)

    @sockets.on("*", namespace=WALL)
    @sockets.on("*", namespace=DESKS)
    def stray(*_what: object) -> None:
        """The wire only speaks: whoever keeps sending is cut."""
        socket = wire.connected.get(_sid())
        if socket:
            socket.strays += 1
            if socket.strays >= STRAY_MESSAGES:
                disconnect()

    wall_connects.guard = ("device", "display")
    desks_connects.guard = ("official", ())


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]
    return sid


def _check_origin() -> None:
    """A browser that brings a cookie says where the page came from; without it the cookie proves nothing."""
    origin = request.headers.get("Origin", "")
    if urlsplit(origin).netloc != request.host:
        raise ConnectionRefusedError("origin")
