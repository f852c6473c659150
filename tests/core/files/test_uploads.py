"""A form that brings files: a good one is not asked for twice, a bad one is told beside it, none opens as a page."""

from __future__ import annotations

import gc
import io
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, redirect, render_template_string
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import ValidationError

from core import clock
from core.db import transaction
from core.disk import Ballast, Disk, Room
from core.files.actions import content_of, keep
from core.files.kinds import MB, PETITION
from core.files.model import PendingUpload, StoredFile
from core.web.database import db
from core.web.forms import Form, Text, receives
from core.web.guard import public
from core.web.uploads import STORE, Files, answer, register, store
from tests.conftest import Hands
from tests.core.files import samples as s

LEFT_BY_WERKZEUG = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""Of a body that it stops reading, it leaves the temporary file to the garbage collector: it is called at the end."""

PAGE = """{% from "ui/files.html" import files %}{% from "ui/field.html" import field %}
<form method="post" enctype="multipart/form-data">{{ field(form.subject) }}{{ files(form.files) }}</form>"""


class Asking(Form):
    subject = Text("Asunto")
    files = Files("Documentos", PETITION)

    def validate_subject(self, field: Text) -> None:
        if not field.data:
            raise ValidationError("Diga el asunto.")


@public
@receives(PETITION.total)
def ask() -> ResponseReturnValue:
    form = Asking()
    if not form.validate_on_submit():
        return render_template_string(PAGE, form=form), 422
    at = clock.now()
    placed = form.files.place(at, clean=True)
    with transaction(db.session) as session:
        for one in placed:
            keep(session, one)
        form.files.let_go(session)
    return redirect("/")


@public
def give(file_id: int) -> ResponseReturnValue:
    stored = db.session().get_one(StoredFile, file_id)
    return answer(content_of(store(), stored), stored.kind, 'Señora "A"\r\nX: 1.pdf')


@pytest.fixture
def asking(own_app: Flask, tmp_path: Path) -> Iterator[FlaskClient]:
    own_app.add_url_rule("/asking", "asking", ask, methods=["POST"])
    own_app.add_url_rule("/giving/<int:file_id>", "giving", give)
    register(own_app, tmp_path / "files", None)
    with own_app.app_context():
        yield own_app.test_client()


def sent(*files: tuple[str, bytes], subject: str = "", **more: object) -> dict[str, object]:
    return {"subject": subject, "files": [(io.BytesIO(content), name) for name, content in files], **more}


def back(page: str) -> dict[str, object]:
    """What the form brings the next time: its token, and the files that stay ticked."""
    found: list[str] = re.findall(r'(?:hidden|checkbox)" name="files" value="([^"]+)"', page)
    return {"files": found}


def post(client: FlaskClient, data: dict[str, object], kept: dict[str, object] | None = None) -> tuple[int, str]:
    if kept:
        data = {**data, "files": [*data["files"], *kept["files"]]}  # type: ignore[misc]
    reply = client.post("/asking", data=data, content_type="multipart/form-data")
    return reply.status_code, reply.get_data(as_text=True)


def test_a_good_file_survives_a_refused_form_and_a_bad_one_is_told_beside_the_field(asking: FlaskClient) -> None:
    status, page = post(asking, sent(("acta.pdf", s.pdf()), ("virus.exe", b"MZ"), ("<b>.jpg", s.pdf())))
    assert status == 422
    assert "Ya adjuntados" in page
    assert "«virus.exe»: Aquí se reciben PDF" in page
    assert "«b.jpg»: Por dentro no es" in page
    status, page = post(asking, sent(("foto.jpg", s.photo())), back(page))
    assert (status, page.count("choice__name")) == (422, 2)
    assert post(asking, sent(subject="El puente"), back(page))[0] == 302
    kept = db.session.scalars(select(StoredFile).order_by(StoredFile.id)).all()
    assert [(one.kind.value, one.cleaned) for one in kept] == [("pdf", True), ("jpg", True)]
    assert s.AUTHOR.encode() not in b"".join(content_of(store(), kept[0]))
    assert db.session.scalars(select(PendingUpload)).all() == []


def test_what_is_unticked_is_not_sent_and_what_waits_too_long_is_told(asking: FlaskClient, hands: Hands) -> None:
    _status, page = post(asking, sent(("acta.pdf", s.pdf()), ("foto.jpg", s.photo())))
    token, first, second = back(page)["files"]  # type: ignore[misc]
    _status, other = post(asking, sent(("otra.pdf", s.pdf(2))))
    theirs = back(other)["files"][1]  # type: ignore[index]
    for ticked, shown in (([second], 1), ([], 0), ([first, second], 2)):
        _status, page = post(asking, sent(), {"files": [token, *ticked]})
        assert page.count("choice__name") == shown
    _status, page = post(asking, sent(), {"files": [token, theirs]})
    assert "otra.pdf" not in page
    assert "ya venció" in page
    hands.forward(minutes=61)
    status, page = post(asking, sent(subject="El puente"), {"files": [token, first]})
    assert (status, "ya venció" in page, "choice__name" in page) == (422, True, False)


@LEFT_BY_WERKZEUG
def test_too_many_too_heavy_and_no_room_are_told_on_the_page_and_more_is_not_even_read(
    asking: FlaskClient, own_app: Flask
) -> None:
    for files, sentence in (
        ([("a.pdf", s.pdf())] * 11, "Son más de 10 archivos"),
        ([("a.pdf", bytes(9 * MB))] * 4, "Todos juntos pesan más de 30 MB"),
        ([("a.pdf", s.pdf() + bytes(10 * MB))], "Pesa más de 10 MB"),
        ([("a.pdf", b"")], "Está vacío"),
        ([("", b"algo")], "No tiene nombre"),
    ):
        status, page = post(asking, sent(*files, subject="El puente"))
        assert (status, sentence in page) == (422, True), sentence
    assert post(asking, sent(("", b""), subject="Sin archivos"))[0] == 302
    assert post(asking, sent(("a.pdf", bytes(70 * MB))))[0] == 413
    assert post(asking, sent(subject="x" * 600_000))[0] == 413
    full = Disk([Path("/")], Ballast(Path("/nowhere")), measure=lambda folder: Room(folder, 99, 1))
    own_app.extensions["disk"] = full
    status, page = post(asking, sent(("a.pdf", s.pdf()), subject="El puente"))
    assert (status, "no hay espacio para archivos" in page) == (422, True)
    gc.collect()


@LEFT_BY_WERKZEUG
def test_a_broken_body_is_refused_and_leaves_nothing(asking: FlaskClient) -> None:
    cut = b"--x\r\nContent-Disposition: form-data; name=files; filename=a.pdf\r\n\r\n%PDF"
    for body, more in ((b"--x\r\n", ""), (cut, "; boundary=x"), (b"", f"; boundary={'x' * 5000}")):
        assert asking.post("/asking", data=body, content_type=f"multipart/form-data{more}").status_code in (
            400,
            413,
            422,
        )
    assert db.session.scalars(select(PendingUpload)).all() == []
    folder = store().folder.root
    assert [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"] == []
    gc.collect()


def test_a_file_is_given_to_be_kept_and_never_as_a_page(asking: FlaskClient) -> None:
    assert post(asking, sent(("pagina.pdf", s.pdf()), subject="El puente"))[0] == 302
    stored = db.session.scalars(select(StoredFile)).one()
    reply = asking.get(f"/giving/{stored.id}")
    assert reply.data.startswith(b"%PDF")
    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.headers["Content-Disposition"] == (
        "attachment; filename=\"Se_ora A X 1.pdf\"; filename*=UTF-8''Se%C3%B1ora%20A%20X%201.pdf"
    )
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "private, no-store"
    path = store().folder.path(stored.digest)
    path.chmod(0o600)
    path.write_bytes(b"<html>")
    refused = asking.get(f"/giving/{stored.id}")
    assert (refused.status_code, "se dañó en nuestro equipo" in refused.get_data(as_text=True)) == (503, True)


def test_the_command_line_finds_what_is_damaged_and_sweeps_what_nobody_needs(
    asking: FlaskClient, own_app: Flask, hands: Hands
) -> None:
    run = own_app.test_cli_runner().invoke
    assert post(asking, sent(("a.pdf", s.pdf()), subject="El puente"))[0] == 302
    _status, _page = post(asking, sent(("b.pdf", s.pdf(2))))
    assert run(args=["files", "verify"]).exit_code == 0
    assert "no hay antivirus" in run(args=["files", "scan"]).output
    stored = db.session.scalars(select(StoredFile)).one()
    path = own_app.extensions[STORE].folder.path(stored.digest)
    path.chmod(0o600)
    path.write_bytes(b"x")
    os.utime(path, (0, 0))
    damaged = run(args=["files", "verify"])
    assert (damaged.exit_code, str(path) in damaged.output) == (1, True)
    hands.forward(days=timedelta(days=4).days)
    swept = run(args=["files", "sweep"]).output
    assert swept == "De formularios abandonados: 2. Sin uso: 1. Borrados del disco: 1.\n"
