"""What the antivirus sees does not come in, and what it could not see waits for it in sight."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from core.files.actions import Store, receive
from core.files.antivirus import NOBODY_LOOKED, Antivirus, Found, Scan
from core.files.folder import Folder
from core.files.kinds import EVIDENCE, PETITION
from core.files.refusals import Infected
from tests.core.files import samples as s
from tests.core.files.clamd import VERSION, clamd


def test_the_antivirus_is_asked_by_either_socket_and_unpacks_what_it_gets(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp())
    for path in (None, folder / "clamd.ctl"):
        with clamd(path) as address:
            ask = Antivirus(address)
            assert ask.look([b"hola", b" a todos"]) == Found(Scan.CLEAN, VERSION)
            for sick in (s.EICAR, s.zipped({"a.com": s.EICAR}), s.docx({"word/media/a.bin": s.EICAR})):
                assert ask.look([sick[:20], sick[20:]]) == Found(Scan.QUARANTINED, VERSION)
    shutil.rmtree(folder)


def test_what_carries_a_virus_is_not_taken(tmp_path: Path) -> None:
    with clamd() as address:
        store = Store(Folder(tmp_path / "files"), Antivirus(address))
        for name, sick, use in (
            ("oficio.docx", s.docx({"word/media/a.bin": s.EICAR}), PETITION),
            ("datos.csv", s.EICAR, EVIDENCE),
        ):
            with pytest.raises(Infected), receive(store, [sick], name, use):
                pass
        with receive(store, [s.docx()], "oficio.docx", PETITION) as received:
            assert received.found.scan is Scan.CLEAN
    assert [path for path in store.folder.root.rglob("*") if path.is_file()] == []


def test_an_antivirus_that_is_away_or_has_enough_leaves_the_file_unscanned(tmp_path: Path) -> None:
    assert Antivirus().look([b"a"]) == NOBODY_LOOKED
    with clamd() as gone:
        pass
    for address in (gone, f"unix:{tmp_path}/nobody.ctl"):
        assert Antivirus(address).look([b"a"]) == NOBODY_LOOKED
    with clamd(most=1000) as address:
        assert Antivirus(address).look([bytes(65_536)] * 40) == NOBODY_LOOKED
