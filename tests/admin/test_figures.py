"""The figures of petitions for who works here: each opens its cases, and nobody reaches further than they may."""

from __future__ import annotations

import re

from core.db import transaction
from core.petitions.model import Identity, Stage
from core.petitions.reckoning import reckon
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House


def test_every_figure_opens_exactly_the_cases_that_it_counts(house: House, enter: Enter) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        for kind in ("queja", "queja", "documentos", "consulta"):
            petition = make.petition(session, kind=kind)
            reckon(session, petition, make.at())
        petition.stage = Stage.TRANSFERRED
        make.petition(session, identity=Identity.RESERVED)
    control = enter("control")
    answer = control.get("/admin/petitions/figures")
    links = re.findall(r'<a href="([^"]+/cases\?[^"]+)" aria-label="(\d+),', answer.get_data(as_text=True))
    assert len(links) > 15
    for link, count in links:
        page = told(control.get(link.replace("&amp;", "&")))
        assert re.search(rf" {count} petición(es)?\b|{count} peticiones", page), (link, count)
        assert page.count("2026-E-") == int(count), link
        assert "2026-E-000005" not in page
    assert "menos de 5" in told(answer)
    supervisor = enter("supervisor")
    assert "/cases?" not in supervisor.get("/admin/petitions/figures").get_data(as_text=True)
    assert "2026-E-" not in told(supervisor.get("/admin/petitions/figures/cases"))
    for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")):
        file = control.get(f"/admin/petitions/figures.{form}?from=2026-11-01&until=2026-11-30")
        assert (file.status_code, file.data[: len(begins)]) == (200, begins), form


def test_a_period_that_is_none_is_told_with_what_was_typed(enter: Enter) -> None:
    control = enter("control")
    for said in (
        "from=2026-11-30&until=2026-11-01",
        "from=2026-11-01",
        "from=x&until=y",
        "from=1900-01-01&until=2026-01-01",
    ):
        answer = control.get(f"/admin/petitions/figures?{said}")
        assert answer.status_code == 422, said
        assert "Elija las dos fechas" in told(answer)
        assert f'value="{said.split("=")[1].split("&")[0]}"' in answer.get_data(as_text=True), said
        assert control.get(f"/admin/petitions/figures.csv?{said}").status_code == 422
    odd = "kind=%27&result=zzz&group=x&month=y&office=z&page=9999999"
    assert control.get(f"/admin/petitions/figures/cases?{odd}").status_code == 200
