"""A content is kept once, is found to be as it came each time that it is given, and goes when nothing needs it."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Missing
from core.files import aside, keeping
from core.files.actions import Placed, Store, content_of, forget, keep, note_scan, place, place_own, receive
from core.files.antivirus import Antivirus, Found, Scan
from core.files.kinds import PETITION, Kind
from core.files.model import PendingUpload, StoredFile
from core.files.refusals import Damaged, Infected, NotAside, Quarantined, WrongKey
from core.petitions import attachments, steps
from core.petitions.model import Identity, StepKind
from tests import make
from tests.core.files import samples as s
from tests.core.files.clamd import VERSION, clamd

LATER = timedelta(days=4)


def placed(store: Store, content: bytes, name: str = "acta.pdf", **how: bool) -> Placed:
    with receive(store, [content], name, PETITION) as received:
        return place(store, received, make.at(), **how)


def lying(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.root.rglob("*") if path.is_file() and path.name != ".lock")


def test_a_file_lies_under_its_digest_and_comes_back_as_it_was_with_no_hour_of_its_coming(
    town: Session, store: Store
) -> None:
    content = s.pdf()
    stored = keep(town, placed(store, content))
    assert stored.digest == hashlib.sha256(content).hexdigest()
    assert (stored.size, stored.kind, stored.scan, stored.kept_on) == (
        len(content), Kind.PDF, Scan.UNSCANNED, make.at().date(),
    )  # fmt: skip
    (path,) = lying(store)
    assert path == store.folder.root / stored.digest[:2] / stored.digest[2:4] / stored.digest
    assert path.stat().st_mode & 0o777 == 0o400
    assert path.stat().st_mtime == make.at().replace(hour=0).timestamp()
    assert b"".join(content_of(store, stored)) == content
    assert stored.sealed is False


def test_the_same_content_of_two_people_lies_once_and_neither_sees_the_other_ones(town: Session, store: Store) -> None:
    mine, yours = make.petition(town), make.petition(town, 1)
    hung = []
    for petition, name in ((mine, "mi acta.pdf"), (yours, "otra.pdf")):
        step = steps.add(town, petition, StepKind.DOCUMENT_ADDED, None, make.at())
        hung.append(attachments.attach(town, petition, step, placed(store, s.pdf(), name)))
    assert hung[0].file_id == hung[1].file_id
    assert len(lying(store)) == 1
    assert [one.label for one in attachments.of_petition(town, mine)] == ["mi acta.pdf"]
    with pytest.raises(Missing):
        attachments.attachment_of(town, mine, hung[1].id)
    inside = steps.add(town, mine, StepKind.NOTED, None, make.at(), public=False)
    note = attachments.attach(town, mine, inside, placed(store, s.photo(), "foto.jpg"))
    assert note not in attachments.of_petition(town, mine, public=True)
    assert attachments.attachment_of(town, mine, note.id) is note


def test_the_files_of_a_confidential_petition_lie_unreadable_and_open_with_its_key(town: Session, store: Store) -> None:
    petition = make.petition(town, identity=Identity.RESERVED)
    step = steps.add(town, petition, StepKind.DOCUMENT_ADDED, None, make.at())
    content = s.pdf()
    with pytest.raises(ValueError, match="sealed"):
        attachments.attach(town, petition, step, placed(store, content))
    attachment = attachments.attach(town, petition, step, placed(store, content, "el alcalde.pdf", seal=True))
    bytes_there = store.folder.path(attachment.file.digest).read_bytes()
    assert b"%PDF" not in bytes_there
    assert attachment.label == ""
    assert "alcalde" not in repr(attachment.sealed)
    assert attachments.label_of(petition, attachment) == "el alcalde.pdf"
    given = attachments.content_of(store, petition, attachment)
    assert (b"".join(given), given.size) == (content, len(content))
    with pytest.raises(WrongKey):
        content_of(store, attachment.file, bytes(32))


def test_a_file_that_was_damaged_on_the_disk_is_not_served_and_somebody_is_told(
    town: Session, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    stored = [keep(town, placed(store, s.pdf(pages))) for pages in (1, 2, 3)]
    town.flush()
    changed, cut = (store.folder.path(one.digest) for one in stored[:2])
    for path in (changed, cut):
        path.chmod(0o600)
    sent = bytearray(changed.read_bytes())
    sent[100] ^= 1
    changed.write_bytes(sent)
    os.truncate(cut, 50)
    assert list(keeping.damaged(town, store)) == stored[:2]
    store.folder.path(stored[2].digest).unlink()
    for one in stored:
        with pytest.raises(Damaged):
            content_of(store, one)
    assert [record.levelname for record in caplog.records] == ["CRITICAL"] * 3
    assert keep(town, placed(store, s.pdf(2))) is stored[1]
    assert list(keeping.damaged(town, store)) == [stored[0], stored[2]]


def test_what_came_unscanned_is_looked_at_later_and_what_is_found_stays_shut(town: Session, store: Store) -> None:
    stored = [keep(town, placed(store, content)) for content in (s.pdf(), s.pdf(2))]
    keep(town, placed(store, s.pdf(3), seal=True))
    assert keeping.unscanned(town) == stored
    with clamd() as address:
        looking = Store(store.folder, Antivirus(address))
        found = keeping.look_again(looking, stored[0])
        assert found == Found(Scan.CLEAN, VERSION)
        note_scan(stored[0], found, make.at())
    note_scan(stored[1], Found(Scan.QUARANTINED, VERSION), make.at())
    town.flush()
    assert keeping.unscanned(town) == []
    assert (stored[0].scan, stored[0].scanned_on) == (Scan.CLEAN, make.at().date())
    with pytest.raises(Quarantined):
        content_of(store, stored[1])
    again = placed(store, s.pdf(2))
    with pytest.raises(Infected):
        keep(town, again)


def test_what_nothing_refers_to_goes_and_what_somebody_needs_or_has_just_brought_stays(
    town: Session, store: Store
) -> None:
    petition = make.petition(town)
    step = steps.add(town, petition, StepKind.DOCUMENT_ADDED, None, make.at())
    needed = attachments.attach(town, petition, step, placed(store, s.pdf())).file
    alone = keep(town, placed(store, s.pdf(2)))
    stray = placed(store, s.pdf(3))
    town.flush()
    assert not forget(town, needed)
    soon = make.at() + timedelta(hours=20)
    assert (keeping.forget_unneeded(town, soon), keeping.remove_strays(town, store, soon)) == (0, 0)
    assert keeping.forget_unneeded(town, make.at() + LATER) == 1
    town.flush()
    assert keeping.remove_strays(town, store, make.at() + LATER) == 2
    assert list(town.scalars(select(StoredFile))) == [needed]
    assert {alone.digest, stray.digest}.isdisjoint(store.folder.kept())
    with receive(store, [s.pdf(3)], "acta.pdf", PETITION) as received:
        place(store, received, make.at() + LATER)
    assert keeping.remove_strays(town, store, make.at() + LATER) == 0


def test_what_is_put_aside_opens_only_for_its_form_and_for_an_hour(town: Session, store: Store) -> None:
    with receive(store, [s.pdf()], "acta.pdf", PETITION) as received:
        town.add(aside.seal_aside(store, received, "a-token-of-the-form", make.at()))
    town.flush()
    (path,) = lying(store)
    assert b"%PDF" not in path.read_bytes()
    assert aside.of_form(town, "another-form", make.at()) == []
    (pending,) = aside.of_form(town, "a-token-of-the-form", make.at(59))
    assert "a-token" not in repr(vars(pending))
    with aside.received_again(store, pending, "a-token-of-the-form") as again:
        assert again.path.read_bytes() == s.pdf()
    with pytest.raises(WrongKey), aside.received_again(store, pending, "another-form"):
        pass
    assert aside.of_form(town, "a-token-of-the-form", make.at(60)) == []
    assert aside.clear(town, store, make.at(61)) == 1
    with pytest.raises(NotAside), aside.received_again(store, pending, "a-token-of-the-form"):
        pass
    assert list(town.scalars(select(PendingUpload))) == []
    assert lying(store) == []


def test_what_the_office_makes_itself_is_kept_in_the_same_way(town: Session, store: Store) -> None:
    stored = keep(town, place_own(store, s.pdf(), "respuesta.pdf", Kind.PDF, make.at()))
    assert b"".join(content_of(store, stored)) == s.pdf()
