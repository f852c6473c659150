"""What people recommend in a period is gathered by an official and told by the report, on screen and in files."""

from __future__ import annotations

from datetime import datetime

from core import clock
from core.db import transaction
from core.petitions.reckoning import reckon
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House

PAGE = "/admin/petitions/recommendations/2026-T4"
SAID = {"seen": "0", "text1": "Abrir los sábados", "people1": "12", "text2": "Más sillas", "people2": "30"}


def test_recommendations_are_gathered_once_and_told_by_the_report(house: House, enter: Enter) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        reckon(session, make.petition(session, kind="sugerencia"), make.at())
    writer = enter("petitions")
    assert "Escribir lo que recomienda" in told(writer.get("/admin/petitions/figures?period=2026-T4"))
    assert "Ver las sugerencias del periodo" in told(writer.get(PAGE))
    assert writer.post(PAGE, data=SAID).status_code == 302
    page = told(writer.get("/admin/petitions/figures?period=2026-T4"))
    assert page.index("Más sillas") < page.index("Abrir los sábados"), "what more people said comes first"
    assert "Abrir los sábados" in writer.get("/admin/petitions/figures.csv?period=2026-T4").get_data(as_text=True)
    again = writer.post(PAGE, data={**SAID, "text1": "Otra"})
    assert again.status_code == 409
    assert "Otra persona guardó" in told(again)
    assert "Más sillas (30)" in told(again)
    assert writer.post(PAGE, data={**SAID, "seen": "1", "text1": "Otra"}).status_code == 302
    with clock.reading(lambda: datetime(2027, 1, 4, 10, tzinfo=clock.BOGOTA)):
        assert "Más sillas" in told(house.anybody().get("/figures?period=2026-T4"))


def test_what_is_no_recommendation_is_told_beside_its_field_and_lost_never(enter: Enter) -> None:
    writer = enter("petitions")
    for wrong, says in (
        ({"people1": "muchas"}, "Escriba"),
        ({"people1": ""}, "cuántas personas"),
        ({"text2": "x" * 301}, "300"),
    ):
        answer = writer.post(PAGE, data={**SAID, **wrong})
        assert answer.status_code == 422, wrong
        assert says in told(answer), wrong
        assert "Abrir los sábados" in answer.get_data(as_text=True)
    for name in ("2026-T9", "2031", "hoy"):
        assert writer.get(f"/admin/petitions/recommendations/{name}").status_code == 404, name
    assert enter("supervisor").get(PAGE).status_code == 403
