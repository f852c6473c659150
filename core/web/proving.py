"""The commands of the trail: prove it, and write its end where it is kept outside."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_login import current_user
from sqlalchemy.orm import Session

from core import audit, clock
from core.audit import Act, On, Result, Thing, anchors
from core.audit.damage import Finding
from core.audit.telling import sentence
from core.audit.verify import Proof, glance, verify
from core.db import transaction
from core.errors import N_, Refused
from core.events import Who
from core.people.rights import Permission
from core.web.database import db
from core.web.words import translate

log = logging.getLogger(__name__)
PROVER = "prover of the trail"
trail = AppGroup("audit", help="El registro de auditoría.")


@trail.command("verify")
@click.option("--from", "since", metavar="N", type=click.IntRange(1), default=1, help="Primera fila que se verifica.")
@click.option(
    "--anchor",
    "file",
    metavar="ARCHIVO",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Las anclas que se guardaron fuera.",
)
@click.option("--json", "as_json", is_flag=True, help="Responde en JSON.")
def verify_trail(since: int, file: Path | None, as_json: bool) -> None:
    """Verifica la cadena, el diario y la protección de la base; termina con 1 si algo fue cambiado."""
    try:
        kept = anchors.read_anchors(file.read_text("utf-8", "replace")) if file else []
        proof = verify(db.session(), since, kept)
    except Refused as refused:
        click.echo(str(refused), err=True)
        raise SystemExit(2) from None
    note(proof, Who("command line"))
    if as_json:
        click.echo(json.dumps({**asdict(proof), "sound": proof.sound}))
    else:
        for line in told(proof):
            click.echo(line)
    raise SystemExit(0 if proof.sound else 1)


@trail.command("anchor")
@click.option(
    "--to",
    "file",
    metavar="ARCHIVO",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Archivo al que se agrega; sin él, se imprime.",
)
def keep_anchor(file: Path | None) -> None:
    """Escribe el extremo de la cadena en una línea, para guardarla fuera de este equipo."""
    with transaction(db.session) as session:
        line = anchors.anchor(session, Who("command line"), clock.now()).line()
    if file is None:
        click.echo(line)
        return
    with file.open("a", encoding="utf-8") as kept:
        kept.write(f"{line}\n")


class BeingProven(Refused):
    message = N_("El registro ya se está verificando. Vuelva en un momento: el resultado queda en esta página.")


class Prover:
    """Proves the whole trail in a thread of its own, one proof at a time: a page does not wait for a million rows."""

    def __init__(self, app: Flask, prove: Callable[[Session], Proof] = verify) -> None:
        self._app, self._prove = app, prove
        self._alone = threading.Lock()
        self.since: datetime | None = None
        self.proof: Proof | None = None

    def begin(self, who: Who, sign_in_id: int | None, at: datetime) -> threading.Thread:
        """Begin a proof in the name of `who`; its result is in the trail when the thread ends. Raises BeingProven."""
        if not self._alone.acquire(blocking=False):
            raise BeingProven
        self.since, self.proof = at, None
        thread = threading.Thread(target=self._run, args=(who, sign_in_id), name="proof of the trail", daemon=True)
        thread.start()
        return thread

    def _run(self, who: Who, sign_in_id: int | None) -> None:
        try:
            with self._app.app_context():
                proof = self._prove(db.session())
                if sign_in_id is not None:
                    audit.through(db.session(), sign_in_id)
                note(proof, who)
                self.proof = proof
        except Exception:
            log.exception("the proof of the trail was broken off")
        finally:
            self.since = None
            self._alone.release()


def prover() -> Prover:
    """The one of this process."""
    found: Prover = current_app.extensions[PROVER]
    return found


def note(proof: Proof, who: Who) -> None:
    """Tell the trail that it was verified, and with what result."""
    first = proof.findings[0] if proof.findings else None
    detail = {"rows": proof.rows, "last": proof.seq, "damage": first and first.kind.value, "at": first and first.seq}
    result = Result.DONE if proof.sound else Result.REFUSED
    with transaction(db.session) as session:
        audit.record(session, Act.VERIFIED, On(Thing.TRAIL), who, clock.now(), result=result, detail=detail)


def told(proof: Proof) -> list[str]:
    """The result in Spanish, a line for each damage."""
    if proof.sound:
        return [f"El registro está completo: {proof.rows} filas verificadas, hasta la {proof.seq}."]
    return [words % values for words, values in map(sentence, proof.findings)]


def trail_damage() -> str | None:
    """What can be seen at once to be wrong with the trail, for who has to act on it; None for anybody else."""
    if not current_user.is_authenticated or not current_user.may(Permission.VERIFY_AUDIT):
        return None
    found = glance(db.session())
    return None if found is None else _in_words(found)


def look_at_the_start() -> None:
    """Say in the log of the process what is wrong with the trail when it begins to work."""
    found = glance(db.session())
    db.session.rollback()
    if found is not None:
        log.error("the audit trail is damaged: %s at %s", found.kind, found.seq or found.name)


def _in_words(found: Finding) -> str:
    words, values = sentence(found)
    return translate(words, **values)


def register(app: Flask) -> None:
    app.extensions[PROVER] = Prover(app)
    app.cli.add_command(trail)
    app.jinja_env.globals.update(trail_damage=trail_damage)
