"""The live wire: the only module that emits. It tells who is connected that something changed, in order.

A message carries the site's sequence number and public values only. Whoever sees the next number applies it;
on a gap, on reconnecting and every few seconds they ask for the state, so a lost message costs nothing.
The relay reads the committed log, never the request: no press waits for a socket or for Redis, and a
process killed between its commit and its message loses nothing that another reading does not find.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from functools import partial
from typing import Any

import redis
from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from flask_socketio import SocketIO, join_room
from sqlalchemy import func, select

from core import clock
from core.audit import blocks
from core.db import Event, transaction
from core.devices import Device
from core.events import Happened, listen
from core.people.actions import signed_in
from core.turns.board import ANNOUNCED
from core.web.database import db
from core.web.guard import public
from core.web.places import (
    CONNECTION,
    DESKS,
    HEARS_DESKS,
    LONGEST_FRAME,
    PATH,
    WALL,
    OneWay,
    Places,
    Right,
    Threshold,
    asked_rights,
    place_of,
)
from core.web.proving import look_at_the_start

log = logging.getLogger(__name__)
LOOK_EVERY_S = 1.0
CHECK_RIGHTS_EVERY_S = 2.0
SEAL_EVERY_S = 10.0
SEALED_AT_ONCE = 20
BATCH = 200
ENTERS_WITHIN_S = 5.0
CHANNEL = "townhall:changed"
sockets = SocketIO()


class Wire:
    """The relay of one process: it wakes at a commit, at a ring of Redis, or each second, and reads the log."""

    def __init__(self, app: Flask, redis_url: str | None, places: Places) -> None:
        self._app = app
        self._places = places
        self._changed = threading.Event()
        self._started = threading.Lock()
        self._running = False
        self._last: dict[int, int] = {}
        self._doorbell = Doorbell(redis_url, self._changed) if redis_url else None
        listen(partial(_notice, self._changed, self._doorbell))

    def start(self) -> None:
        """Begin to relay; the first handshake does it, so that a process without sockets has no relay."""
        with self._started:
            if not self._running:
                with self._app.app_context():
                    self._last = dict(
                        db.session.execute(select(Event.site_id, func.max(Event.seq)).group_by(Event.site_id)).all()
                    )
                self._running = True
                threading.Thread(target=self._relay, name="relay", daemon=True).start()
                if self._doorbell:
                    self._doorbell.start()

    def _relay(self) -> None:
        checked = sealed = 0.0
        self._look_at_the_trail()
        while True:
            self._changed.wait(LOOK_EVERY_S)
            self._changed.clear()
            try:
                with self._app.app_context():
                    self._publish()
                    if clock.monotonic() - checked > CHECK_RIGHTS_EVERY_S:
                        self._cut_the_unentitled()
                        self._app.extensions["disk"].look()
                        checked = clock.monotonic()
                    if clock.monotonic() - sealed > SEAL_EVERY_S:
                        seal_the_log()
                        sealed = clock.monotonic()
            except Exception as error:
                log.error("relay: %s; it goes on", type(error).__name__)
                self._changed.wait(LOOK_EVERY_S)

    def _look_at_the_trail(self) -> None:
        try:
            with self._app.app_context():
                look_at_the_start()
        except Exception as error:
            log.error("relay: %s when it looked at the trail", type(error).__name__)

    def _publish(self) -> None:
        for site_id in {right.site_id for place in self._places.taken() if (right := place.right)}:
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
        """Cut who enters no room, and whose device was revoked or whose session ended since they came."""
        at = clock.now()
        taken = self._places.taken()
        for place in taken:
            if place.right is None and clock.monotonic() - place.since > ENTERS_WITHIN_S:
                place.cut()
        live = set(db.session.scalars(select(Device.id).where(Device.revoked_at.is_(None))))
        for place in taken:
            right = place.right
            if right and right.device_id not in live and not still_hears(right, at):
                place.cut()
        db.session.rollback()


def _notice(changed: threading.Event, doorbell: Doorbell | None, _fact: Happened) -> None:
    """Wake the relay, and those of other processes. What listens for good holds no application."""
    changed.set()
    if doorbell:
        doorbell.ring()


def still_hears(right: Right, at: datetime) -> bool:
    """Whether the official of an open connection is still signed in, and still has a role that opens the room."""
    who = signed_in(db.session(), right.sign_in or "", at)
    return who is not None and any(who.may(permission) for permission in HEARS_DESKS)


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


def seal_the_log() -> None:
    """Put what is closed of the log into the chain of the trail, a block a transaction, so that no press waits long."""
    at = clock.now()
    due = blocks.sites_due(db.session(), at)
    db.session.rollback()
    for site_id in due:
        for _ in range(SEALED_AT_ONCE):
            with transaction(db.session) as session:
                if blocks.seal_block(session, site_id, at) is None:
                    break


def for_the_wall(event: Event) -> dict[str, Any]:
    """What a display may know of an event: the number, and the call if it is one."""
    message: dict[str, Any] = {"seq": event.seq, "at": clock.milliseconds(event.at)}
    if event.kind in ANNOUNCED:
        message["call"] = event.public
    elif event.turn_id is not None and "code" in event.public:
        message["over"] = event.public["code"]
    return message


def register(app: Flask, redis_url: str | None, most_sockets: int) -> None:
    """Open the live wire on the application, for at most `most_sockets` connections at a time.

    With threads a connection keeps one for itself: their number is bounded, so that pages always find a thread.
    """
    sockets.init_app(
        app,
        async_mode="threading",
        transports=["websocket"],
        ping_interval=10,
        ping_timeout=10,
        max_http_buffer_size=LONGEST_FRAME,
        manage_session=False,
        serve_client=False,
        logger=False,
        engineio_logger=False,
    )
    engine = sockets.server.eio  # it has no public way to be given a websocket of ours
    engine._async = engine._async | {"websocket": OneWay}
    places = Places(most_sockets)
    wire = Wire(app, redis_url, places)
    app.wsgi_app = Threshold(app, app.wsgi_app, places)  # type: ignore[method-assign]

    @app.get(PATH, websocket=True)
    @public
    def handshake() -> ResponseReturnValue:
        """Who knocks gets a place, or hears why not; the wire begins after this answer."""
        rights = asked_rights()
        wire.start()
        g.place = places.take(rights, request.environ[CONNECTION])
        return "", 204

    @sockets.on("connect", namespace=WALL)
    @sockets.on("connect", namespace=DESKS)
    def enters() -> None:
        """The room is one that the place has a right to: it says nothing before."""
        right = place_of(request.environ).right
        assert right is not None
        join_room(f"site {right.site_id}")

    @sockets.on("disconnect", namespace=WALL)
    @sockets.on("disconnect", namespace=DESKS)
    def leaves(*_reason: object) -> None:
        place_of(request.environ).cut()

    enters.guard = ("place",)
