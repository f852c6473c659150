"""Nothing of a reserved complaint is anywhere but before who is named for it; the command that proves it is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from core.db import transaction
from core.events import Who
from core.people.rights import PEOPLE
from core.petitions import filing
from core.web import reserve_check, uploads
from core.web.canary import Words, file_one
from core.web.database import db
from core.web.reserve_command import ELSEWHERE
from tests import make
from tests.conftest import quickened


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_words_of_a_reserved_complaint_are_found_nowhere(own_app: Flask) -> None:
    build = own_app.extensions[ELSEWHERE]
    own_app.extensions[ELSEWHERE] = lambda folder: quickened(build(folder))
    done = own_app.test_cli_runner().invoke(args=["petitions", "reserve-check"])
    lines = [line for line in done.output.splitlines() if line]
    assert [line for line in lines if not line.startswith("✓")] == []
    assert done.exit_code == 0
    for place in (*PEOPLE, reserve_check.ANYBODY, "Auditoría", "Correo", "Sucesos", "Diario", "Archivos", "en vivo"):
        assert any(place in line for line in lines), place
    assert all("(0)" not in line for line in lines if "Páginas" in line or "tablas" in line or "Auditoría" in line)


def test_no_table_holds_the_words_of_a_reserved_complaint_and_the_check_finds_those_of_another(app: Flask) -> None:
    reserved, plain = Words(), Words()
    with app.app_context():
        with transaction(db.session) as session:
            file_one(session, uploads.store(), reserved, make.at(60))
            said = make.received(subject=plain["asunto"], text=plain["texto"])
            filing.file(session, said, Who("citizen"), make.at(60))
        assert [str(each) for each in reserve_check.tables(db.session(), reserved) if not each.good] == []
        found = {each.place: each.found for each in reserve_check.tables(db.session(), plain)}
    assert found["Las demás tablas"] == ["asunto", "texto"]


def test_the_check_sees_what_lies_on_the_disk_however_it_is_written(tmp_path: Path) -> None:
    words = Words()
    (tmp_path / "left.txt").write_bytes(
        words["nota"].upper().encode("utf-16-le") + words["motivo"].encode().hex().encode()
    )
    (tmp_path / f"{words['archivo']}.bin").touch()
    [looked] = reserve_check.on_disk([tmp_path], words)
    assert looked.found == ["archivo", "motivo", "nota"]
    assert str(looked).startswith("✗ Archivos del disco")
    assert str(reserve_check.Looked("Aquí", 1, [], missing=True)) == "✗ Aquí (1): aquí debía verse y no se vio"
