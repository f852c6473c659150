"""Working data are erased when their time is over, also from the file; what is an archive stays as it is."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock, devices, retention
from core.audit.model import Entry
from core.audit.verify import verify
from core.catalogue import pictures, things
from core.catalogue.model import Picture
from core.db import Event, transaction
from core.files.antivirus import Scan
from core.files.kinds import Kind
from core.files.model import PendingUpload
from core.mail import outbox
from core.mail.model import OutgoingMail
from core.people import actions as people
from core.people.model import FailedSignIn, SignIn
from core.presses import KeptPress
from core.surveys.marks import KEPT
from core.surveys.model import Mark
from core.turns import actions as turns
from core.turns.model import Turn
from core.turns.outlook.model import WaitPrediction
from core.web.database import db
from tests import make
from tests.conftest import Hands, House
from tests.core.test_pictures import png

CANARY = "Canario/1.0 (equipo de Ana)"


def fill(session: Session, hands: Hands) -> dict[str, object]:
    """A day of a hall: a turn that ended, a session, a code, an attempt, a press and a withdrawn picture."""
    at, by = clock.now(), make.official(session, "administracion")
    ended = make.turn(session)
    turns.leave(session, ended, at)
    open_one = make.turn(session, minute=1)
    for browser in (CANARY, "otro", "el último"):
        people.sign_in(session, by, browser, at)
    devices.ask_to_pair(session, "kiosk", at)
    session.add(FailedSignIn(at=at, account="a", source="b"))
    session.add(Mark(mark="m" * 64, until=at.date() + KEPT))
    session.add(KeptPress(actor="device 1", key="k" * 22, body="", at=at, answer={}))
    shown = pictures.add(session, make.site(session).id, "Canario", png(400, 300), by.id, at)
    things.withdraw(session, things.PICTURES, shown.site_id, shown.id, by.id, at)
    session.add(
        PendingUpload(form="f", file="a", label=CANARY, kind=Kind.PDF, size=1, scan=Scan.CLEAN, engine="", until=at)
    )
    for purpose in ("news", "digest"):
        sheet = outbox.Attachment("a.txt", "text/plain", CANARY.encode())
        carried = (sheet,) if purpose == "news" else ()
        letter = outbox.Mail("a@example.org", CANARY, CANARY, purpose, name=CANARY, attachments=carried)
        outbox.write(session, letter, at).sent_at = at
    outbox.write(session, outbox.Mail("a@example.org", "Espera", "Espera", "news"), at)
    told = {"by": "chances", "naive": 1, "levels": []}
    session.add(
        WaitPrediction(
            turn_id=ended.id, site_id=ended.site_id, service_id=ended.service_id, group="general", told_at=at, **told
        )
    )
    session.flush()
    return {"ended": ended.token, "open": open_one.token}


def what_is_kept(session: Session) -> dict[str, object]:
    """Figures and archives that forgetting must leave as they were."""
    last_seen = select(SignIn.official_id, func.max(SignIn.seen_at)).group_by(SignIn.official_id)
    mails = select(OutgoingMail.address, OutgoingMail.sent_at).order_by(OutgoingMail.id)
    return {
        "turns": session.execute(select(Turn.state, func.count()).group_by(Turn.state)).all(),
        "events": session.scalar(select(func.count()).select_from(Event)),
        "mails": session.execute(mails.where(OutgoingMail.purpose == "news")).all(),
        "last seen": session.execute(last_seen).all(),
    }


def forgotten(app: Flask, *how: str) -> dict[str, int]:
    said = app.test_cli_runner().invoke(args=["retention", "run", *how])
    assert said.exit_code == 0, said.output
    return {line.split()[1]: int(line.split()[0]) for line in said.output.splitlines()}


def test_what_is_over_is_erased_once_and_again_after_a_copy_is_restored(
    house: House, hands: Hands, database_url: str, tmp_path: Path
) -> None:
    app, file = house.app, Path(database_url.removeprefix("sqlite:///"))
    with app.app_context(), transaction(db.session) as session:
        tokens = fill(session, hands)
    assert sum(forgotten(app, "--dry-run").values()) == 0
    hands.forward(days=91)
    with app.app_context():
        before = what_is_kept(house.look())
        db.session.remove()
        db.engine.dispose()
    if database_url.startswith("sqlite"):
        shutil.copy(file, tmp_path / "copy.sqlite3")
        assert CANARY.encode() in file.read_bytes()

    wanted = forgotten(app, "--dry-run")
    assert wanted == {rule.code: wanted[rule.code] for rule in retention.RULES}
    assert all(wanted.values()), wanted
    assert forgotten(app) == wanted
    assert forgotten(app) == dict.fromkeys(wanted, 0)

    with app.app_context():
        session = house.look()
        assert what_is_kept(session) == before
        assert session.scalar(select(func.count()).select_from(Picture).where(Picture.active.is_(False))) == 0
        assert session.scalars(select(Turn.token).where(Turn.token == tokens["ended"])).all() == []
        assert session.scalars(select(Turn.token).where(Turn.token == tokens["open"])).all() == [tokens["open"]]
        told = session.scalars(select(Entry.detail).where(Entry.act == "forgotten").order_by(Entry.seq)).all()
        assert len(told) == 2
        assert '"turn-addresses":1' in told[0]
        assert verify(session).sound
        if database_url.startswith("sqlite"):
            db.session.remove()
            db.engine.dispose()
            assert CANARY.encode() not in file.read_bytes()
            shutil.copy(tmp_path / "copy.sqlite3", file)
            for part in ("-wal", "-shm"):
                file.with_name(file.name + part).unlink(missing_ok=True)
    if database_url.startswith("sqlite"):
        assert forgotten(app) == wanted, "what a restored copy brings back is erased again"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_transaction_of_the_broom_is_short(house: House, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    with house.app.app_context(), transaction(db.session) as session:
        session.add_all(FailedSignIn(at=clock.now() - timedelta(hours=1), account="a", source="b") for _ in range(5))
    rule = retention.RULES[0]
    with house.app.app_context(), transaction(db.session) as session:
        assert retention.forget_some(session, rule, clock.now()) == 2
    assert forgotten(house.app)["failed-sign-ins"] == 3
