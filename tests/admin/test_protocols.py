"""Protocols are written, approved by a second person and read, and the pages show who has."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import transaction
from core.protocols import actions as protocols
from core.protocols.model import Protocol, ProtocolVersion
from core.protocols.text import read
from core.web.database import db
from tests import make
from tests.conftest import House

NEW = {"code": "P-20", "title": "Atender a quien no oye", "channel": "in_person", "population": "deaf"}
WRITTEN = {
    "title": "Atender a quien no oye",
    "purpose": "Que entienda y se le entienda.",
    "scope": "Todas las ventanillas.",
    "responsible": "Supervisión de la sala",
    "phrases": "Le escribo lo que sigue.\nTómese su tiempo.",
    "never": "Gritar.",
    "contact_0_do": "Mire a la persona y salude con la mano.",
    "contact_0_say": "",
    "contact_1_do": "Pregunte por escrito cómo prefiere que hablen.",
    "contact_1_say": "¿Prefiere escribir o señas?",
    "closing_0_do": "Escriba qué sigue y cuándo.",
    "closing_0_say": "",
    "target_0_what": "Conseguir intérprete",
    "target_0_time": "en 10 minutos",
    "question_0_text": "¿Qué se hace primero?",
    "question_0_option0": "Hablar más alto",
    "question_0_option1": "",
    "question_0_option2": "Mirar y saludar",
    "question_0_option3": "",
    "question_0_right": "2",
}


def begun(house: House, writer: FlaskClient, **more: object) -> int:
    """A new protocol, begun by its form; its id."""
    answer = writer.post("/admin/protocols/new", data={**NEW, "audience": ["official", "planning"], **more})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    found = re.fullmatch(r"/admin/protocols/(\d+)/edit", answer.location)
    assert found is not None
    return int(found[1])


def in_review(house: House, writer: FlaskClient) -> int:
    protocol_id = begun(house, writer)
    assert writer.post(f"/admin/protocols/{protocol_id}/edit", data={**WRITTEN, "seen": "1"}).status_code == 302
    assert writer.post(f"/admin/protocols/{protocol_id}/ask").status_code == 302
    return protocol_id


def approver(house: House, username: str = "gobierno") -> FlaskClient:
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, username).roles = ["planning"]
    return house.official(username)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def value_of(page: str, name: str) -> str:
    """What a field of a page holds."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    plain = re.search(rf'<input[^>]*name="{name}"[^>]*?value="([^"]*)"', page) or re.search(
        rf'<input[^>]*value="([^"]*)"[^>]*name="{name}"', page
    )
    found = area or plain
    return unescape(found[1]).replace("\r", "") if found else ""


def how_many(client: FlaskClient, path: str) -> int:
    """The number beside «Por leer» in the frame; 0 where there is none."""
    found = re.search(r'<span class="bar__count">(\d+)</span>', client.get(path).get_data(as_text=True))
    return int(found[1]) if found else 0


def test_an_official_is_asked_to_read_a_new_protocol_reads_it_and_the_matrix_shows_it(house: House) -> None:
    writer, desk, second = house.official("supervision"), house.official("ventanilla1", window="1"), approver(house)
    before = how_many(desk, "/counter/")
    protocol_id = in_review(house, writer)
    assert how_many(desk, "/counter/") == before
    assert "P-20" in second.get("/admin/protocols").get_data(as_text=True)
    page = second.get(f"/admin/protocols/{protocol_id}/review").get_data(as_text=True)
    assert "Mirar y saludar (la correcta)" in text_of(page).replace(" )", ")").replace("( ", "(")
    approval = {"act": "Resolución 012 de 2026", "valid_from": "2026-11-23", "days_to_read": "3"}
    approval["seen"] = value_of(page, "seen")
    assert second.post(f"/admin/protocols/{protocol_id}/approve", data=approval).status_code == 302
    assert how_many(desk, "/counter/") == before + 1
    assert "P-20" in desk.get("/my-protocols").get_data(as_text=True)
    shown = writer.get("/admin/protocols/readings?protocol=P-20").get_data(as_text=True)
    assert text_of(shown).count("hasta el jueves 26 de noviembre") == 6
    wrong = desk.post("/my-protocols/P-20", data={"version": "1", "answer0": "0"})
    assert wrong.status_code == 200
    assert how_many(desk, "/counter/") == before + 1
    assert desk.post("/my-protocols/P-20", data={"version": "1", "answer0": "1"}).status_code == 302
    assert how_many(desk, "/counter/") == before
    shown = text_of(writer.get("/admin/protocols/readings?protocol=P-20").get_data(as_text=True))
    assert "Leído lunes 23 de noviembre 0 de 1 bien 2" in shown
    assert "1 de 6" in shown
    assert "1 de 6" in text_of(writer.get(f"/admin/protocols/{protocol_id}").get_data(as_text=True))
    whole = writer.get("/admin/protocols/readings").get_data(as_text=True)
    assert "Leído el" in text_of(whole)


def test_a_text_is_kept_as_it_was_written_and_empty_rows_are_left_out(house: House) -> None:
    writer = house.official("supervision")
    protocol_id = begun(house, writer)
    page = text_of(writer.get(f"/admin/protocols/{protocol_id}").get_data(as_text=True))
    assert "falta: para qué es" in page
    assert "Pedir que lo aprueben" not in page
    assert writer.post(f"/admin/protocols/{protocol_id}/ask").status_code == 409
    said = {**WRITTEN, "seen": "1", "listening_0_do": "", "listening_0_say": ""}
    assert writer.post(f"/admin/protocols/{protocol_id}/edit", data=said).status_code == 302
    with house.app.app_context():
        text = read(house.look().scalars(select(ProtocolVersion).where(ProtocolVersion.saving == 2)).one().text)
    assert [(step.moment.value, step.do) for step in text.steps] == [
        ("contact", WRITTEN["contact_0_do"]),
        ("contact", WRITTEN["contact_1_do"]),
        ("closing", WRITTEN["closing_0_do"]),
    ]
    assert text.phrases == ("Le escribo lo que sigue.", "Tómese su tiempo.")
    (question,) = text.quiz
    assert (question.options, question.right) == (("Hablar más alto", "Mirar y saludar"), 1)
    page = writer.get(f"/admin/protocols/{protocol_id}/edit").get_data(as_text=True)
    for name in ("purpose", "never", "contact_1_say", "target_0_time", "question_0_option1"):
        assert value_of(page, name) == {**WRITTEN, "question_0_option1": "Mirar y saludar"}[name], name


def test_rows_come_go_and_move_and_nothing_that_was_typed_is_lost(house: House) -> None:
    writer = house.official("supervision")
    protocol_id = begun(house, writer)
    sent = {**WRITTEN, "seen": "1", "title": "x" * 200, "target_0_time": "y" * 99}

    def after(change: str) -> str:
        answer = writer.post(f"/admin/protocols/{protocol_id}/edit/rows", data={**sent, "change": change})
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    down, first, second = after("down-contact-0"), WRITTEN["contact_0_do"], WRITTEN["contact_1_do"]
    assert (value_of(down, "contact_0_do"), value_of(down, "contact_1_do")) == (second, first)
    assert value_of(down, "contact_0_say") == WRITTEN["contact_1_say"]
    assert value_of(after("up-contact-1"), "contact_0_do") == second
    added = after("add-contact-0")
    assert value_of(added, "contact_1_do") == second
    assert 'name="contact_2_do"' in added
    gone = after("remove-contact-0")
    assert value_of(gone, "contact_0_do") == second
    assert 'name="contact_1_do"' not in gone
    for page in (down, added, gone):
        for name in ("title", "purpose", "phrases", "never", "target_0_time", "question_0_option2", "seen"):
            assert value_of(page, name) == sent[name], name
        assert re.search(r'name="question_0_right" value="2" checked', page)
    for still in ("up-contact-0", "down-contact-1", "remove-contact-9", "remove-listening-0"):
        assert value_of(after(still), "contact_0_do") == first, still
    for bad in ("", "add-nothing-0", "burn-contact-0", "add-contact-x"):
        answer = writer.post(f"/admin/protocols/{protocol_id}/edit/rows", data={**sent, "change": bad})
        assert answer.status_code == 422, bad
    with house.app.app_context():
        found = house.look().scalars(select(ProtocolVersion).order_by(ProtocolVersion.id.desc())).first()
        assert (found.saving, found.text["purpose"]) == (1, "")


BADLY_WRITTEN = [
    ({"title": ""}, "title", "Escriba el título."),
    ({"title": "x" * 121}, "title", "Escriba 120 caracteres o menos."),
    ({"purpose": "x" * 601}, "purpose", "Escriba 600 caracteres o menos."),
    ({"contact_0_do": "x" * 401}, "contact_0_do", "Escriba 400 caracteres o menos."),
    ({"contact_0_do": "", "contact_0_say": "Hola."}, "contact_0_do", "Escriba también esto"),
    ({"never": "\n".join(["No."] * 16)}, "never", "Escriba 15 líneas o menos."),
    ({"target_0_time": ""}, "target_0_time", "Escriba también en cuánto tiempo."),
    ({"target_0_what": ""}, "target_0_what", "Escriba también esto"),
    ({"question_0_option0": "x" * 161}, "question_0_option0", "Escriba 160 caracteres o menos."),
    ({"question_0_right": "7"}, "question_0_right", ""),
]


def test_what_is_badly_written_is_told_beside_its_field_and_stays_typed(house: House) -> None:
    writer = house.official("supervision")
    protocol_id = begun(house, writer)
    for bad, name, sentence in BADLY_WRITTEN:
        answer = writer.post(f"/admin/protocols/{protocol_id}/edit", data={**WRITTEN, **bad, "seen": "1"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, bad
        told = re.search(rf'id="{name}-error">(.*?)</p>', page, re.DOTALL)
        assert told is not None, name
        assert sentence in text_of(told[1]), (name, told[1])
        for field, value in {**WRITTEN, **bad}.items():
            assert field.endswith("right") or value_of(page, field) == value.replace("\r", ""), (name, field)
    assert writer.post(f"/admin/protocols/{protocol_id}/edit", data={**WRITTEN, "seen": "9"}).status_code == 409
    strange = {**WRITTEN, "seen": "1", "contact_5_do": "Después de un hueco."}
    assert writer.post(f"/admin/protocols/{protocol_id}/edit", data=strange).status_code == 422
    for bad, name in (
        ({"code": "20"}, "code"),
        ({"code": "P-01"}, "code"),
        ({"title": " "}, "title"),
        ({"channel": "smoke"}, "channel"),
        ({"audience": ["citizen"]}, "audience"),
        ({"audience": []}, "audience"),
        ({"services": ["999999"]}, "services"),
    ):
        said = {**NEW, "code": "P-21", "audience": ["official"], **bad}
        answer = writer.post("/admin/protocols/new", data=said)
        assert answer.status_code == 422, bad
        assert f'id="{name}-error"' in answer.get_data(as_text=True), bad


def test_a_second_person_approves_and_who_wrote_it_is_told_why_they_may_not(house: House) -> None:
    writer, second = house.official("supervision"), approver(house)
    protocol_id = in_review(house, writer)
    assert writer.post(f"/admin/protocols/{protocol_id}/approve").status_code == 403
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "supervision").roles = ["supervisor", "planning"]
    assert "lo aprueba otra persona" in writer.get(f"/admin/protocols/{protocol_id}/review").get_data(as_text=True)
    good = {"act": "Resolución 012 de 2026", "valid_from": "2026-11-23", "days_to_read": "3", "seen": "2"}
    refused = writer.post(f"/admin/protocols/{protocol_id}/approve", data=good)
    assert refused.status_code == 409
    assert "Quien escribió el protocolo no lo aprueba" in refused.get_data(as_text=True)
    for bad, field in (
        ({"act": ""}, "act"),
        ({"valid_from": "2026-11-22"}, "valid_from"),
        ({"valid_from": "mañana"}, "valid_from"),
        ({"valid_from": "2029-01-01"}, "valid_from"),
        ({"days_to_read": "0"}, "days_to_read"),
        ({"days_to_read": "31"}, "days_to_read"),
    ):
        answer = second.post(f"/admin/protocols/{protocol_id}/approve", data={**good, **bad})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, bad
        assert f'id="{field}-error"' in page, bad
        assert value_of(page, field) == bad[field], bad
    assert second.post(f"/admin/protocols/{protocol_id}/approve", data={**good, "seen": "1"}).status_code == 409
    assert second.post(f"/admin/protocols/{protocol_id}/back", data={"reason": ""}).status_code == 422
    assert second.post(f"/admin/protocols/{protocol_id}/back", data={"reason": "Falta el cierre."}).status_code == 302
    assert "Falta el cierre." in writer.get(f"/admin/protocols/{protocol_id}").get_data(as_text=True)
    assert second.get(f"/admin/protocols/{protocol_id}/review").status_code == 404
    assert second.post(f"/admin/protocols/{protocol_id}/ask").status_code == 403


def test_a_change_of_what_rules_is_compared_approved_for_a_day_to_come_and_withdrawn(house: House) -> None:
    writer, second = house.official("supervision"), approver(house)
    with house.app.app_context(), transaction(db.session) as session:
        protocol_id = make.protocol(session).protocol_id
    at = f"/admin/protocols/{protocol_id}"
    assert writer.post(f"{at}/again").location.endswith("/edit")
    assert writer.post(f"{at}/again").status_code == 409
    page = writer.get(f"{at}/edit").get_data(as_text=True)
    form = page.partition("protocol-form")[2].partition("</form>")[0]
    names = set(re.findall(r'<(?:input|textarea)[^>]*name="(\w+)"', form)) - {"csrf_token"}
    fields = {name: value_of(form, name) for name in names} | {"question_0_right": "0"}
    changed = {**fields, "purpose": "Que la persona se calme y se vaya con una respuesta clara."}
    assert writer.post(f"{at}/edit", data=changed).status_code == 302
    compared = writer.get(f"{at}/differences?from=1&to=2").get_data(as_text=True)
    assert "Cambia 1 parte" in compared
    assert "<strong>respuesta clara.</strong>" in compared
    assert "Dicen lo mismo" in writer.get(f"{at}/differences?from=2&to=2").get_data(as_text=True)
    assert "Cambia 1 parte" in writer.get(f"{at}/differences").get_data(as_text=True)
    for bad in ("?from=", "?from=1&to=9", "?from=x&to=1", "?from=1&to=-1"):
        assert writer.get(f"{at}/differences{bad}").status_code == 404, bad
    writer.post(f"{at}/ask")
    approval = {"act": "Resolución 13 de 2026", "valid_from": "2026-12-01", "days_to_read": "3", "seen": "2"}
    assert second.post(f"{at}/approve", data=approval).status_code == 302
    told = text_of(writer.get(at).get_data(as_text=True))
    assert "Aprobada, por regir" in told
    assert "23/11/2026 – 01/12/2026" in told
    assert writer.post(f"{at}/versions/2/withdraw", data={"reason": ""}).status_code == 422
    assert writer.post(f"{at}/versions/2/withdraw", data={"reason": "Se aprobó por error."}).status_code == 302
    assert writer.post(f"{at}/versions/2/withdraw", data={"reason": "Otra vez."}).status_code == 409
    told = text_of(writer.get(at).get_data(as_text=True))
    assert "«Se aprobó por error.»" in told
    assert "– 01/12/2026" not in told
    assert "Aprobada, por regir" not in told
    assert second.post(f"{at}/versions/1/withdraw", data={"reason": "No es suyo."}).status_code == 403
    for missing in ("/admin/protocols/9999", f"{at}/versions/7", "/admin/protocols/9999/edit"):
        assert writer.get(missing).status_code == 404, missing


def test_whom_it_is_for_is_changed_at_once_and_a_draft_alone_is_discarded(house: House) -> None:
    writer = house.official("supervision")
    protocol_id = begun(house, writer)
    with house.app.app_context():
        service = make.service(house.look()).id
    said = {**NEW, "audience": ["mayor"], "services": [str(service)], "population": "blind"}
    said.pop("title")
    assert writer.post(f"/admin/protocols/{protocol_id}/for", data=said).status_code == 302
    with house.app.app_context():
        found = house.look().get_one(Protocol, protocol_id)
        kept = (found.audience, found.population.value, [one.id for one in found.services])
        assert kept == (["mayor"], "blind", [service])
    page = writer.get(f"/admin/protocols/{protocol_id}/for").get_data(as_text=True)
    assert re.search(rf'value="{service}" checked', page)
    assert writer.post(f"/admin/protocols/{protocol_id}/discard").location == "/admin/protocols"
    assert writer.get(f"/admin/protocols/{protocol_id}").status_code == 404


def test_the_readings_go_into_files_and_show_only_what_is_asked(house: House) -> None:
    writer = house.official("supervision")
    with house.app.app_context(), transaction(db.session) as session:
        version, reader = make.protocol(session), make.official(session)
        protocols.note_read(session, version, reader.id, [0], make.at(3))
        office = make.official(session, "pqrsd").office.name
    text = writer.get("/admin/protocols/readings.csv?protocol=T-01").get_data(as_text=True)
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line]
    assert len(lines) == 5
    assert sum("leído" in line for line in lines) == 1
    assert sum("por leer" in line for line in lines) == 3
    with ZipFile(BytesIO(writer.get("/admin/protocols/readings.xlsx?protocol=T-01").data)) as book:
        assert b"T-01" in book.read("xl/sharedStrings.xml")
    page = text_of(writer.get("/admin/protocols/readings", query_string={"office": office}).get_data(as_text=True))
    assert "Encargada de PQRSD" in page
    assert "Funcionaria de ventanilla 1" not in page
    nobody = writer.get("/admin/protocols/readings?protocol=X-99").get_data(as_text=True)
    assert "Nadie tiene que leer nada" in nobody
    assert writer.get("/admin/protocols/readings.pdf").status_code == 404
