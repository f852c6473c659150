"""The trail is proven and anchored from the command line, and the log enters it by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from core.audit import blocks
from core.audit.model import Entry
from core.db import transaction
from core.web.database import db
from core.web.live import seal_the_log
from tests import make
from tests.conftest import Hands
from tests.core.audit.attacks import unguarded, write


def test_a_sound_trail_ends_with_zero_and_a_damaged_one_names_the_row_in_spanish(app: Flask, tmp_path: Path) -> None:
    run, kept = app.test_cli_runner(), tmp_path / "anclas.jsonl"
    with app.app_context():
        write(db.session(), 0, 1)
    assert run.invoke(args=["audit", "anchor", "--to", str(kept)]).exit_code == 0
    assert run.invoke(args=["audit", "anchor", "--to", str(kept)]).exit_code == 0
    first, second = map(json.loads, kept.read_text().splitlines())
    assert first["seq"] < second["seq"]
    sound = run.invoke(args=["audit", "verify", "--anchor", str(kept)])
    assert (sound.exit_code, sound.output) == (
        0, f"El registro está completo: {second['seq']} filas verificadas, hasta la {second['seq']}.\n",
    )  # fmt: skip
    with app.app_context(), unguarded(db.engine) as raw:
        raw.execute(text("UPDATE audit SET who_id = 99 WHERE seq = 2"))
    damaged = run.invoke(args=["audit", "verify"])
    assert (damaged.exit_code, damaged.output) == (
        1, "La fila 2 fue alterada: ya no dice lo que decía cuando se escribió.\n",
    )  # fmt: skip
    as_json = json.loads(run.invoke(args=["audit", "verify", "--json"]).output)
    assert (as_json["sound"], as_json["findings"][0]["kind"], as_json["findings"][0]["seq"]) == (False, "altered", 2)
    assert run.invoke(args=["audit", "verify", "--from", "4"]).exit_code == 0
    with app.app_context():
        verified = db.session.scalars(select(Entry.result).where(Entry.act == "verified").order_by(Entry.seq)).all()
    assert verified == ["done", "refused", "refused", "done"]


def test_a_file_that_holds_no_anchors_and_a_row_that_does_not_exist_are_told(app: Flask, tmp_path: Path) -> None:
    nonsense = tmp_path / "otra.txt"
    nonsense.write_bytes(b"\xff hola")
    run = app.test_cli_runner()
    told = run.invoke(args=["audit", "verify", "--anchor", str(nonsense)])
    assert (told.exit_code, "El archivo de anclas no es de este sistema" in told.output) == (2, True)
    far = run.invoke(args=["audit", "verify", "--from", "5000"])
    assert (far.exit_code, "La última fila es la 1" in far.output) == (2, True)


def test_an_anchor_holds_the_whole_log(app: Flask) -> None:
    with app.app_context():
        with transaction(db.session) as session:
            make.turn(session)
        app.test_cli_runner().invoke(args=["audit", "anchor"])
        assert blocks.last_sealed(db.session(), 1) == 1


def test_the_log_enters_the_chain_by_itself_when_its_day_is_over(
    app: Flask, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "LARGEST", 2)
    with app.app_context():
        with transaction(db.session) as session:
            for minute in range(5):
                make.turn(session, minute)
        seal_the_log()
        assert blocks.last_sealed(db.session(), 1) == 4
        db.session.rollback()
        hands.forward(days=1)
        seal_the_log()
        assert blocks.last_sealed(db.session(), 1) == 5
        assert blocks.sites_due(db.session(), hands.at) == []
