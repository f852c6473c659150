"""Who carries the mail: a thread of each server process, and the commands for a machine that does it by the clock.

No request waits for a server of mail. What is to be sent is taken from the outbox one by one, in a transaction of its
own before and after; what came in is kept here before it leaves the folder where it came.
"""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from core import clock
from core.db import transaction
from core.errors import NoSpace
from core.files.actions import content_of
from core.files.model import StoredFile
from core.mail import inbox, outbox, rounds
from core.mail.address import hidden
from core.mail.composing import compose
from core.mail.inbox import Fate, Take
from core.mail.model import OutgoingMail
from core.mail.outbox import About, End, Outcome
from core.mail.reading import Problem
from core.mail.receiving import Mailbox, Waiting
from core.mail.sending import Conversation
from core.mail.server import Post, Unreachable
from core.web.background import Background
from core.web.database import db
from core.web.uploads import store

log = logging.getLogger(__name__)
LOOK_EVERY_S = 2.0
AGAIN_AFTER, RECEIVE_EVERY = timedelta(minutes=1), timedelta(minutes=1)
SECTION = "mail"

Lose = Callable[[Session, About, str, datetime], object]
"""Hears, in the transaction given, that a message about a thing did not arrive, and what the server said."""

mail = AppGroup("mail", help="El correo.")


class Postman:
    """Carries the mail of one process; `take` files what comes in, once told, and `lose` hears what did not arrive.

    What is done `besides` on each round writes messages of its own.
    """

    def __init__(self, app: Flask, post: Post) -> None:
        self._app, self.post = app, post
        self.take: Take | None = None
        self.lose: Lose | None = None
        self.besides: list[Callable[[], object]] = []

    @property
    def receives(self) -> bool:
        """Whether there is a mailbox, and somebody to file what is in it."""
        return self.post.incoming is not None and self.take is not None

    def start(self) -> None:
        """Go on rounds for as long as the process lives, if there is anywhere to go."""
        if self.post.outgoing or self.receives:
            Background(self._app, "mail", LOOK_EVERY_S, *self.besides, self.send, self.receive).start()

    def send(self, *, now: bool = False) -> Counter[End]:
        """Take all that is due to the server; one that did not answer is left alone a minute, unless asked `now`."""
        ends: Counter[End] = Counter()
        sender, server, at = self.post.sender, self.post.outgoing, clock.now()
        session = db.session()
        due = outbox.something_due(session, at) and (now or rounds.is_due(session, rounds.SENDING, at))
        session.rollback()
        if sender is None or server is None or not due:
            return ends
        try:
            with Conversation(server, sender.address) as talk:
                while (outcome := self._send_one(talk)) is not None:
                    if outcome.end is End.UNREACHABLE:
                        raise Unreachable(outcome.answer)
                    ends[outcome.end] += 1
        except Unreachable as unreachable:
            ends[End.UNREACHABLE] += 1
            _note(rounds.SENDING, str(unreachable), AGAIN_AFTER)
        else:
            _note(rounds.SENDING, None)
        return ends

    def _send_one(self, talk: Conversation) -> Outcome | None:
        at = clock.now()
        assert self.post.sender is not None
        with transaction(db.session) as session:
            taken = outbox.claim(session, self.post.sender.domain, at)
        if taken is None:
            return None
        key = taken.id
        outcome = self._offer(talk, taken)
        with transaction(db.session) as session:
            given_up = outbox.settle(session, key, outcome, clock.now())
            if given_up is not None:
                self._lost(session, [given_up])
        if outcome.end is End.REFUSED:
            log.warning("mail %s: given up, %s", key, outcome.answer[:3])
        return outcome

    def _lost(self, session: Session, mails: Sequence[OutgoingMail]) -> None:
        for mail in mails:
            if self.lose is not None and mail.about_kind and mail.about_id:
                self.lose(session, About(mail.about_kind, mail.about_id), hidden(mail.last_answer), clock.now())

    def _offer(self, talk: Conversation, taken: OutgoingMail) -> Outcome:
        assert self.post.sender is not None
        try:
            to, raw = taken.address, compose(taken, self.post.sender, _kept, clock.now())
        except Exception as error:  # a file that is gone must not stop the others
            log.error("mail %s: %s", taken.id, _where(error))
            return Outcome(End.DEFERRED, type(error).__name__)
        finally:
            db.session.rollback()
        return talk.offer(to, raw)

    def receive(self, *, now: bool = False) -> Counter[Fate]:
        """Keep all that is in the mailbox. Each minute one process goes, unless asked `now`."""
        fates: Counter[Fate] = Counter()
        server, at = self.post.incoming, clock.now()
        if server is None or self.take is None or not (now or _is_mine(at)):
            return fates
        try:
            with Mailbox(server, (self.post.done, self.post.review)) as box:
                for waiting in box.waiting(at):
                    fate = self._receive_one(box, waiting, self.take)
                    if fate is not None:
                        fates[fate] += 1
                        box.move(waiting, self.post.review if fate is Fate.REVIEW else self.post.done)
        except Unreachable as unreachable:
            _note(rounds.RECEIVING, str(unreachable), RECEIVE_EVERY)
        else:
            _note(rounds.RECEIVING, None, RECEIVE_EVERY)
        return fates

    def _receive_one(self, box: Mailbox, waiting: Waiting, take: Take) -> Fate | None:
        """Keep one message. What cannot be filed is left to an official; without database or room, all wait."""
        raw, at = box.whole(waiting), clock.now()
        if raw is None:
            return None
        try:
            with transaction(db.session) as session:
                if waiting.too_large:
                    kept = inbox.put_aside(session, raw, waiting.size, waiting.came, Problem.TOO_LARGE, at)
                else:
                    kept = inbox.take_in(session, raw, waiting.came, take, at)
                    if kept.fate == Fate.RETURNED and kept.about_kind and kept.about_id:
                        self._lost(session, outbox.returned_at(session, About(kept.about_kind, kept.about_id), at))
                return Fate(kept.fate)
        except (OperationalError, InterfaceError, NoSpace):
            raise
        except Exception as error:
            log.error("mail: a message is left to an official, %s", _where(error))
            with transaction(db.session) as session:
                kept = inbox.put_aside(session, raw, len(raw), waiting.came, Problem.NOT_TAKEN, at)
                return Fate(kept.fate)


def _kept(stored: StoredFile) -> bytes:
    """Raises what `content_of` does; what is sealed is for named eyes and goes by no mail."""
    return b"".join(content_of(store(), stored))


def _is_mine(at: datetime) -> bool:
    """Whether the round to the mailbox is due and is this process's."""
    due = rounds.is_due(db.session(), rounds.RECEIVING, at)
    db.session.rollback()
    if not due:
        return False
    with transaction(db.session) as session:
        return rounds.begin(session, rounds.RECEIVING, RECEIVE_EVERY, at)


def _note(name: str, problem: str | None, again_after: timedelta = timedelta()) -> None:
    """Keep how a round went, and tell the log what is news."""
    at = clock.now()
    with transaction(db.session) as session:
        news = rounds.ended(session, name, problem, at + again_after, at)
    if news:
        log.log(logging.ERROR if problem else logging.WARNING, "mail: %s: %s", name, problem or "works again")


def _where(error: Exception) -> str:
    """What went wrong and where in the code: its words may be those of a citizen."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


@mail.command("send")
def send_mail() -> None:
    """Envía lo que espera, sin aguardar la siguiente ronda; termina con 1 si el servidor de correo no responde."""
    postman: Postman = current_app.extensions[SECTION]
    if postman.post.outgoing is None:
        raise click.ClickException("Falta MAIL_URL: los mensajes esperan.")
    ends = postman.send(now=True)
    click.echo(f"Enviados: {ends[End.SENT]}. Para después: {ends[End.DEFERRED]}. Rechazados: {ends[End.REFUSED]}.")
    if ends[End.UNREACHABLE]:
        told = rounds.last(db.session(), rounds.SENDING)
        raise click.ClickException(f"El servidor no atendió: {told.problem if told else ''}")


@mail.command("receive")
def receive_mail() -> None:
    """Trae lo que llegó al buzón, sin aguardar la siguiente ronda; termina con 1 si no se pudo."""
    postman: Postman = current_app.extensions[SECTION]
    if postman.post.incoming is None:
        raise click.ClickException("Falta IMAP_URL: no hay buzón que leer.")
    if postman.take is None:
        raise click.ClickException("Todavía nada de esta instalación radica lo que llega por correo.")
    fates = postman.receive(now=True)
    click.echo(
        f"Recibidos: {fates[Fate.TAKEN]}. Por revisar: {fates[Fate.REVIEW]}. "
        f"Devueltos por no poderse entregar: {fates[Fate.RETURNED]}."
    )
    told = rounds.last(db.session(), rounds.RECEIVING)
    if told is not None and told.problem:
        raise click.ClickException(f"El servidor no atendió: {told.problem}")


@mail.command("queue")
def show_queue() -> None:
    """Muestra lo que espera salir y lo que no llegó, sin el nombre de nadie: número, para qué, intentos y por qué."""
    session = db.session()
    for title, mails in (("Esperan", outbox.waiting(session)), ("No llegaron", outbox.failed(session))):
        click.echo(f"{title}: {len(mails)}")
        for one in mails:
            since, said = f"{one.created_at:%Y-%m-%d %H:%M}", hidden(one.last_answer)
            click.echo(f"{one.id:>8}  {since}  {one.attempts:>3}  {one.purpose}  {said}")


def register(app: Flask, post: Post) -> None:
    """Give the application its postman; whoever serves it tells it to start (gunicorn.conf.py)."""
    app.extensions[SECTION] = Postman(app, post)
    app.cli.add_command(mail)
