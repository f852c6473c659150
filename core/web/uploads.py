"""Files through the web: a field that takes several and forgets no good one, and the answer that gives one back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from wtforms import Field, ValidationError
from wtforms.widgets import FileInput

from core import clock
from core.db import transaction
from core.disk import Disk, Need
from core.errors import N_, Refused
from core.files import aside
from core.files.actions import Content, Placed, Store, place, receive
from core.files.antivirus import Antivirus
from core.files.checking import check_number
from core.files.folder import PIECE, Folder
from core.files.kinds import Kind, Use
from core.files.labels import label_of
from core.files.model import PendingUpload
from core.web.database import db
from core.web.errors import message_of
from core.web.words import translate

STORE = "files"
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_ID = re.compile(r"[1-9][0-9]{0,8}")


def register(app: Flask, folder: Path, clamav: str | None) -> None:
    """Give the application its store of files."""
    app.extensions[STORE] = Store(Folder(folder), Antivirus(clamav))


def store() -> Store:
    """The store of the application."""
    found: Store = current_app.extensions[STORE]
    return found


class Files(Field):
    """Several files of a use. What is good is put aside as soon as it is here, and is there when the form comes back.

    Under its one name the form sends the files, its token, and the number of each file put aside that stays ticked.
    The view wears `@receives(use.total)`; the template draws it with `ui/files.html` in a multipart form. After the
    form was checked: `place` before the transaction, `let_go` inside.
    """

    widget = FileInput(multiple=True)
    several = True

    def __init__(self, label: str, use: Use, validators: Any = None, *, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.use, self.needed = use, needed
        self.flags.optional = not needed
        self.token = secrets.token_urlsafe(32)
        self.waiting: list[PendingUpload] = []
        self.data: list[tuple[str, int]] = []

    def process_formdata(self, valuelist: list[str]) -> None:
        token = next(filter(_TOKEN.fullmatch, valuelist), None)
        if token is None:
            return
        self.token = token
        ticked = {int(value) for value in valuelist if _ID.fullmatch(value)}
        there = aside.of_form(db.session(), token, clock.now())
        self.waiting = [pending for pending in there if pending.id in ticked]
        if len(self.waiting) < len(ticked):
            raise ValidationError(translate(N_("Algún archivo que había adjuntado ya venció. Vuelva a elegirlo.")))

    def pre_validate(self, _form: Any) -> None:
        """Check each file that came. Raises ValidationError with what is wrong with any of them."""
        problems = self._receive(clock.now())
        if self.needed and not self.waiting and not problems:
            problems = [translate(N_("Elija al menos un archivo."))]
        self.data = [(pending.label, pending.size) for pending in self.waiting]
        if problems:
            raise ValidationError(" ".join(problems))

    def place(self, at: datetime, *, clean: bool = False, seal: bool = False) -> list[Placed]:
        """The files on the disk for good, to be kept in the transaction that follows. Raises NotTaken, NotAside."""
        placed = []
        for pending in self.waiting:
            with aside.received_again(store(), pending, self.token) as received:
                placed.append(place(store(), received, at, clean=clean, seal=seal))
        return placed

    def let_go(self, session: Session) -> None:
        """The form was obeyed: forget what was put aside for it."""
        aside.let_go(session, self.token)

    def _receive(self, at: datetime) -> list[str]:
        """Put aside what is good; why the rest is not."""
        sent = [one for one in request.files.getlist(self.name) if one.filename or _size(one)]
        try:
            check_number(self.use, [one.size for one in self.waiting] + [_size(one) for one in sent])
            if sent:
                _check_room()
        except Refused as refused:
            return [message_of(refused)]
        fresh, problems = [], []
        for one in sent:
            try:
                with receive(store(), _pieces(one), one.filename or "", self.use) as received:
                    fresh.append(aside.seal_aside(store(), received, self.token, at))
            except Refused as refused:
                label = label_of(one.filename or "") or translate(N_("Un archivo"))
                problems.append(f"«{label}»: {message_of(refused)}")
        if fresh or self.waiting:
            self.waiting = self._put_aside(fresh, at)
        return problems

    def _put_aside(self, fresh: list[PendingUpload], at: datetime) -> list[PendingUpload]:
        """All that the form has now, each for an hour from now on."""
        stays = {pending.id for pending in self.waiting}
        with transaction(db.session) as session:
            aside.clear(session, store(), at)
            session.add_all(fresh)
            session.flush()
            stays |= {pending.id for pending in fresh}
            there = [pending for pending in aside.of_form(session, self.token, at) if pending.id in stays]
            for pending in there:
                aside.stay(store(), pending, at)
        return there


def answer(content: Content, kind: Kind, label: str) -> Response:
    """A file to take away, after the route has asked for the right to it: never a page, whatever is in it."""
    response = Response(content, mimetype=kind.media)
    response.headers.set("Content-Disposition", "attachment", **_named(label, kind))
    response.headers["Content-Length"] = str(content.size)
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _named(label: str, kind: Kind) -> dict[str, str]:
    """The name for any browser (RFC 6266): in ASCII, and as it is."""
    label = label_of(label) or f"archivo.{kind}"
    plain = "".join(one if one.isascii() and one not in '"%;\\' else "_" for one in label)
    return (
        {"filename": plain} if plain == label else {"filename": plain, "filename*": f"UTF-8''{quote(label, safe='')}"}
    )


def _check_room() -> None:
    """Raises Refused when the disk is so full that files could stop the queue."""
    disk: Disk = current_app.extensions["disk"]
    room = disk.look()
    if room and room.need is Need.NOW:
        raise Refused(N_("Por ahora no hay espacio para archivos. Envíe el formulario sin ellos y tráigalos después."))


def _size(one: FileStorage) -> int:
    size = one.stream.seek(0, 2)
    one.stream.seek(0)
    return size


def _pieces(one: FileStorage) -> Iterator[bytes]:
    while piece := one.stream.read(PIECE):
        yield piece
