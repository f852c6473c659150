"""What was published of the plan is in sight of everybody as it was, with its files, and each activity is commented."""

from __future__ import annotations

import hashlib
import io
import re
from zipfile import ZipFile

from sqlalchemy import select

from core.db import transaction
from core.files import actions as files
from core.files.kinds import Kind
from core.plan.followup import actions, snapshot
from core.plan.followup.model import ReportEvidence, Snapshot
from core.plan.followup.standing import Verdict
from core.web import followup_report
from core.web.database import db
from core.web.uploads import store
from tests import make
from tests.admin.conftest import told
from tests.conftest import House
from tests.core.plan.followups import day, goal, judge, plan, report

HERE = "/plan/2026/cutoffs/1/1"


def publish(house: House) -> Snapshot:
    """One activity whose file everybody may see, and one whose file nobody may, disagreed with."""
    with house.app.app_context(), transaction(db.session) as session:
        goal(session, value="4", unit="estrategias")
        goal(session, "3.3.1", "1")
        shown = [files.place_own(store(), b"%PDF a", "acta.pdf", Kind.PDF, day(5, 4))]
        hidden = [files.place_own(store(), b"%PDF b", "de Rosa.pdf", Kind.PDF, day(5, 4))]
        judge(session, report(session, value=3, placed=shown, public=True, done="Se adoptó la estrategia."))
        judge(session, report(session, "3.3.1", link="", placed=hidden), Verdict.DISAGREES, "El acta no tiene firma.")
        by = make.official(session, "supervision").id
        return actions.publish(session, plan(session), 1, by, day(5, 11), as_it_is=True)


def test_everybody_reads_what_was_published_and_only_that(house: House) -> None:
    anybody = house.anybody()
    assert anybody.get(HERE).status_code == 404
    publish(house)
    with house.app.app_context():
        row = house.look().scalars(select(Snapshot)).one()
        content, digest = row.content, row.digest
        proofs = {one.label: one.id for one in house.look().scalars(select(ReportEvidence)) if one.file_id}
    words = told(anybody.get("/plan"))
    assert "avance real 87,5 %, esperado" in words
    page = anybody.get(HERE)
    words = told(page)
    for said in ("75 %", "Se adoptó la estrategia.", "acta.pdf", "El acta no tiene firma.", "sin reporte", digest):
        assert said in words, said
    assert "de Rosa.pdf" not in words
    assert anybody.get(f"/plan/proof/{proofs['acta.pdf']}").data == b"%PDF a"
    assert anybody.get(f"/plan/proof/{proofs['de Rosa.pdf']}").status_code == 404
    text = anybody.get(f"{HERE}/report.json").data
    assert text.decode() == content
    assert hashlib.sha256(text).hexdigest() == digest
    assert "de Rosa" not in content
    with house.app.app_context(), transaction(db.session) as session:
        report(session, "1.3.1", 2, link="https://ejemplo.co/en-curso")
    assert "en-curso" not in anybody.get("/plan").get_data(as_text=True)


def test_the_usual_format_is_a_spreadsheet_a_paper_and_open_data(house: House) -> None:
    publish(house)
    anybody = house.anybody()
    with house.app.test_request_context():
        table = followup_report.usual_format(snapshot.read(house.look().scalars(select(Snapshot)).one()))
    assert table.columns == (
        "Componente", "Actividades programadas", "Actividades cumplidas", "Porcentaje de avance", "Observaciones"
    )  # fmt: skip
    rows = {str(row[1]).split()[0]: row for row in table.rows}
    assert len(rows) == 44
    assert rows["2.4.1"][2:] == ("Se adoptó la estrategia.", 75.0, "Conforme")
    assert rows["3.3.1"][3:] == (100.0, "No conforme. El acta no tiene firma.")
    assert rows["1.1.1"][2:] == ("Sin reporte", "—", "Sin reporte")
    with ZipFile(io.BytesIO(anybody.get(f"{HERE}/report.xlsx").data)) as book:
        assert "El acta no tiene firma." in book.read("xl/sharedStrings.xml").decode()
        assert re.findall(r'sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())[0] == "Seguimiento"
    assert anybody.get(f"{HERE}/report.pdf").data.startswith(b"%PDF")
    assert anybody.get(f"{HERE}/report.csv").get_data(as_text=True).count("\r\n") == 45
    told_of = anybody.get("/plan.json").json
    assert told_of is not None
    assert told_of["version"] == 3
    one = next(one for one in told_of["activities"] if one["code"] == "2.4.1")
    assert one["progress"] == {"state": "agrees", "value": "3", "real": "75", "expected": "0", "band": "middle"}
    assert re.search(r"/plan/2026/cutoffs/1/1/report\.json$", told_of["cutoffs"][0]["json"])


def test_a_comment_begins_a_suggestion_that_names_the_activity(house: House) -> None:
    anybody = house.anybody()
    assert "/petitions/new?plan=2026&amp;activity=2.4.1" in anybody.get("/plan").get_data(as_text=True)
    page = anybody.get("/petitions/new?plan=2026&activity=2.4.1").get_data(as_text=True)
    assert 'value="Plan 2026, actividad 2.4.1"' in page
    assert re.search(r'value="sugerencia" checked', page)
    assert anybody.get("/petitions/new?plan=2026&activity=9.9.9").status_code == 404
    assert anybody.get("/petitions/new?plan=x").status_code == 200
