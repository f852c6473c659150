"""What everybody is told of the surveys: whole quarters that are over, and nothing of a few people."""

from __future__ import annotations

from datetime import date

from core.db import transaction
from core.web.database import db
from tests import make
from tests.admin.conftest import told
from tests.conftest import Hands, House


def test_everybody_reads_the_last_quarter_that_is_over_without_its_small_counts(house: House, hands: Hands) -> None:
    visitor = house.anybody()
    assert "Nadie contestó una encuesta en este trimestre" in told(visitor.get("/surveys/figures"))
    with house.app.app_context(), transaction(db.session) as session:
        version = make.survey(session)
        for n in range(30):
            said = (
                {"all": ["1"], "solved": ["no"], "comment": ["Algo privado"]}
                if n < 2
                else {"all": ["5"], "solved": ["yes"]}
            )
            make.opinion(session, version, said, month=date(2026, 8, 3))
        for _n in range(9):
            make.opinion(session, version, {"all": ["2"], "solved": ["no"]})
    hands.forward(minutes=2)
    page = told(visitor.get("/surveys/figures"))
    assert "Tercer trimestre de 2026" in page
    assert "De cada 100 personas que contestaron, 86 o más califican con 4 o 5" in page
    assert "Algo privado" not in page
    assert "Por sede" not in page
    assert "1 · Muy insatisfecho *" in page
    assert "2 · Insatisfecho 0" in page, "what was answered since is told when its quarter is over"
    visitor.post("/language", data={"to": "en", "back": "/surveys/figures"})
    page = told(visitor.get("/surveys/figures"))
    assert "Overall" in page
    assert "5 · Very satisfied" in page
    assert "/surveys/figures" in visitor.get("/figures").get_data(as_text=True)
