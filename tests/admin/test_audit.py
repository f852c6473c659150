"""The trail on its page: who sees it, what it says in words, that reading it is told, and the paper of a day."""

from __future__ import annotations

import json
import threading
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from admin import audit as trail
from admin.audit import ACT_NAMES, THING_NAMES
from core.audit import Act, Thing
from core.audit.model import Entry
from core.audit.verify import Proof, verify
from core.db import transaction
from core.events import Who
from core.turns import actions as turns
from core.web.database import db
from core.web.proving import PROVER, Prover
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House
from tests.core.audit.attacks import unguarded


def rows(house: House, act: str) -> list[Entry]:
    with house.app.app_context():
        return list(house.look().scalars(select(Entry).where(Entry.act == act).order_by(Entry.seq)))


def test_control_reads_who_did_what_in_words_and_its_reading_is_told(house: House, enter: Enter) -> None:
    administrator = enter("administrator")
    administrator.post("/admin/notices", data={"text": "Hoy no", "text_en": ""})
    with house.app.app_context(), transaction(db.session) as session:
        turns.cancel(session, 1, make.turn(session).id, "cancel-asked", Who("official", 1), make.at(1))
    control = enter("control")
    page = told(control.get("/admin/audit"))
    for said in (
        "Agregó Aviso: ",
        "Anuló Turno: ",
        "Cargó el contenido inicial",
        "Quien opera el servidor",
        "Consultó",
    ):
        assert said in page
    assert "Hoy no" not in page
    assert [json.loads(row.detail) for row in rows(house, "read")] == [{"act": None, "day": False, "of": False}]


def test_the_trail_is_filtered_by_act_day_and_person(house: House, enter: Enter) -> None:
    control = enter("control")
    with house.app.app_context():
        me = make.official(db.session(), "ventanilla4").id
    assert "Cargó el contenido" not in told(control.get("/admin/audit?day=2026-11-23")).partition("Fila")[2]
    only = told(control.get(f"/admin/audit?act=signed+in&who={me}")).partition("Actos, los últimos")[2]
    assert ("Ingresó Sesión" in only, "Consultó Registro" in only) == (True, False)
    assert "No hay actos así" in told(control.get("/admin/audit?act=anchored"))


@pytest.mark.parametrize(
    "typed", ["day=23/11/2026", "day=2026-13-40", "act=robar", "who=x", "before=-1", "day=%00", "act=%C3%91"]
)
def test_a_filter_that_cannot_be_understood_is_told_and_kept(enter: Enter, typed: str) -> None:
    answer = enter("control").get(f"/admin/audit?{typed}")
    assert answer.status_code == 422
    assert "Elija" in told(answer) or "Escriba el día así" in told(answer)


def test_older_rows_are_one_page_further(enter: Enter) -> None:
    control = enter("control")
    for _ in range(42):
        control.get("/admin/audit?act=anchored")
    page = control.get("/admin/audit").get_data(as_text=True)
    older = page.partition('href="/admin/audit?')[2].partition('"')[0].replace("&amp;", "&")
    assert "before=" in older
    assert "Cargó el contenido inicial" in told(control.get(f"/admin/audit?{older}"))


def test_who_administers_verifies_and_does_not_read(house: House, enter: Enter) -> None:
    administrator = enter("administrator")
    page = told(administrator.get("/admin/audit"))
    assert "leerlo le corresponde a control interno" in page
    assert "Ingresó" not in page
    answer = administrator.post("/admin/audit/verify", follow_redirects=True)
    assert "El registro está completo" in told(answer)
    assert "Última verificación completa: lunes 23 de noviembre" in told(answer)
    assert [row.result for row in rows(house, "verified")] == ["done"]


def test_a_long_proof_goes_on_while_the_page_answers_and_none_begins_beside_it(
    house: House, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator, may_end = enter("administrator"), threading.Event()

    def slow(session: Session) -> Proof:
        may_end.wait()
        return verify(session)

    monkeypatch.setattr(trail, "WAITED_S", 0.01)
    monkeypatch.setitem(house.app.extensions, PROVER, Prover(house.app, slow))
    begun = administrator.post("/admin/audit/verify", follow_redirects=True)
    assert "Se está verificando. El resultado queda en esta página" in told(begun)
    assert "Se está verificando desde las 9:00" in told(begun)
    again = administrator.post("/admin/audit/verify")
    assert again.status_code == 409
    assert "ya se está verificando" in told(again)
    proving = [thread for thread in threading.enumerate() if thread.name == "proof of the trail"]
    may_end.set()
    for thread in proving:
        thread.join()
    assert [row.result for row in rows(house, "verified")] == ["done"]
    assert "Se está verificando desde" not in told(administrator.get("/admin/audit"))
    monkeypatch.setattr(trail, "WAITED_S", 60)
    assert "El registro está completo" in told(administrator.post("/admin/audit/verify", follow_redirects=True))


def test_a_damage_is_told_on_every_page_of_who_has_to_act_on_it(house: House, enter: Enter) -> None:
    administrator, supervisor = enter("administrator"), enter("supervisor")
    with house.app.app_context(), unguarded(db.engine) as raw:
        raw.execute(text("UPDATE audit_head SET seq = 1"))
    assert "Alguien cambió el registro" in told(administrator.get("/admin/notices"))
    assert "Alguien cambió el registro" not in told(supervisor.get("/admin/hall"))
    answer = administrator.post("/admin/audit/verify", follow_redirects=True)
    assert "El extremo de la cadena fue cambiado" in told(answer)
    assert rows(house, "verified")[-1].result == "refused"


def test_the_closing_act_counts_the_day_and_holds_the_end_of_the_trail(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor")
    assert "Todavía no se ha dado ningún turno" in told(supervisor.get("/admin/closing"))
    with house.app.app_context(), transaction(db.session) as session:
        turns.cancel(session, 1, make.turn(session).id, "cancel-asked", Who("official", 1), make.at(1))
        make.turn(session, 2)
    assert "lunes 23 de noviembre de 2026" in told(supervisor.get("/admin/closing"))
    answer = supervisor.post("/admin/closing", data={"day": "2026-11-23"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    paper = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    (closed,) = rows(house, "day closed")
    for said in (
        "lunes 23 de noviembre de 2026",
        "Turnos dados: 2.",
        "Quedan abiertos 1.",
        "Anulación",
        str(closed.seq),
    ):
        assert said in paper
    assert closed.hash[:4] in paper
    assert json.loads(closed.detail) == {"day": "2026-11-23", "issued": 2, "last": 3}


def test_a_day_that_gave_no_turn_has_no_closing_act(house: House, enter: Enter) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.turn(session)
    answer = enter("supervisor").post("/admin/closing", data={"day": "2026-11-22"})
    assert (answer.status_code, "Acta de cierre" in told(answer)) == (422, True)


def test_every_act_and_every_thing_has_its_word() -> None:

    assert set(ACT_NAMES) == set(Act)
    assert set(THING_NAMES) == set(Thing)
