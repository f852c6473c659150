"""What everybody sees of the petitions: the register, and a report that gives nobody away."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

from core.db import transaction
from core.petitions.model import Identity, Stage
from core.petitions.reckoning import reckon
from core.web.database import db
from tests import make
from tests.admin.conftest import told
from tests.conftest import Hands, House

SECRET = "El andén de mi casa"


def filed(house: House) -> None:
    """Twelve complaints of October, answered, and of other things three; two are reserved."""
    with house.app.app_context(), transaction(db.session) as session:
        for n in range(15):
            kind = "queja" if n < 12 else "consulta"
            petition = make.petition(session, kind=kind, identity=Identity.RESERVED if n > 12 else Identity.IDENTIFIED)
            reckon(session, petition, make.at())
            petition.received_on = date(2026, 10, 5)
            petition.stage, petition.stage_on = Stage.ANSWERED, date(2026, 10, 9)


def test_there_is_no_report_until_a_quarter_is_over_and_then_no_figure_gives_anybody_away(
    house: House, hands: Hands
) -> None:
    filed(house)
    page = told(house.anybody().get("/figures"))
    assert "Todavía no hay un informe" in page
    assert "01/01/2027" in page
    assert house.anybody().get("/figures.csv").location == "/figures"
    hands.forward(days=40)
    visitor = house.anybody()
    page = told(visitor.get("/figures?period=2026-T4"))
    assert "Cuarto trimestre de 2026" in page
    assert SECRET not in page
    rows = list(csv.reader(StringIO(visitor.get("/figures.csv").data.decode("utf-8-sig")), delimiter=";"))
    by_kind = {row[1]: row[3] for row in rows if row[0] == "Por clase de petición" and row[2] == "Recibidas"}
    assert by_kind == {"Queja": "*", "Consulta": "*", "Trámite reservado": "*", "Total": "15"}
    paper = visitor.get("/figures.pdf?period=2026-S2")
    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")
    assert visitor.get("/figures.xlsx").status_code == 404
    assert visitor.get("/figures?period=2031-T1").status_code == 200, "what is not offered is the last that is"


def test_the_register_is_read_by_month_by_number_and_as_data_and_names_nobody(house: House) -> None:
    filed(house)
    visitor = house.anybody()
    page = told(visitor.get("/filings?month=2026-10"))
    assert "Octubre de 2026: 15 radicados" in page
    assert page.count("Queja, denuncia o trámite reservado") == 14
    assert "Rosa" not in page
    assert SECRET not in page
    assert "Ese mes no se radicó nada" in told(visitor.get("/filings?month=2026-09"))
    assert visitor.get("/filings?month=9999-99&page=x").status_code == 200
    found = visitor.post("/filings", data={"number": "13"})
    assert found.status_code == 200
    assert "2026-E-000013" in told(found)
    missing = visitor.post("/filings", data={"number": "2026-E-000999"})
    assert missing.status_code == 422
    assert "No hay un radicado con ese número" in told(missing)
    data = visitor.get("/filings.json?month=2026-10").get_json()
    assert {tuple(sorted(each)) for each in data["filings"]} == {
        ("due", "ended", "group", "number", "office", "received", "state")
    }
    assert data["filings"][0] == {
        "number": "2026-E-000001",
        "received": "2026-10-05",
        "group": "neutral",
        "office": None,
        "state": "ended",
        "due": None,
        "ended": None,
    }
    lines = visitor.get("/filings.csv?month=2026-10").data.decode("utf-8-sig").splitlines()
    assert lines[0] == "radicado;recibida;tramite;dependencia;estado;vence;termino"
    assert len(lines) == 16
