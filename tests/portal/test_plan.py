"""The plan is in sight of everybody, whole, on its page and as open data; and its command loads and gives it back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from core.clock import reading
from core.db import transaction
from core.plan.model import RunningFigures
from core.web import plan_counting
from core.web.database import db
from tests import make
from tests.admin.conftest import told
from tests.conftest import House

TEXT = files("core.plan").joinpath("california.yaml").read_text(encoding="utf-8")


def test_everybody_sees_every_activity_on_the_page_and_in_the_files(house: House) -> None:
    anybody = house.anybody()
    page = anybody.get("/plan").get_data(as_text=True)
    assert page.count('<article class="activity" id="a-') == 44
    assert "Implementar un sistema de turnos que permita la atención ordenada" in page
    rows = list(csv.reader(io.StringIO(anybody.get("/plan.csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == 45
    told = anybody.get("/plan.json").json
    assert told is not None
    assert [len(told[part]) for part in ("components", "metas", "activities")] == [5, 15, 44]
    assert anybody.get("/plan.yaml").get_data(as_text=True) == TEXT
    for address in ("/plan?year=1999", "/plan?year=x", "/plan.csv?year=99999"):
        assert anybody.get(address).status_code == 404, address


def activities(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.json is not None
    return list(answer.json["activities"])


def test_what_runs_is_counted_once_a_day_apart_from_what_is_published_and_no_view_counts_it(
    house: House, statements: Callable[[], list[str]]
) -> None:
    with house.app.app_context():
        with transaction(db.session) as session:
            make.desk(session)
        for minute in (0, 10, 20):
            with transaction(db.session) as session:
                make.finished(session, minute)
        with transaction(db.session) as session:
            make.petition(session)
    anybody = house.anybody()
    assert "en cuanto termine un día que contar" in told(anybody.get("/plan"))
    assert all(one["running"] == [] for one in activities(anybody.get("/plan.json")))
    with reading(lambda: make.at(2 * 24 * 60)), house.app.app_context():
        plan_counting.go_round()
        first = house.look().scalars(select(RunningFigures)).one().counted_at
        plan_counting.go_round()
        assert house.look().scalars(select(RunningFigures)).one().counted_at == first
        assert house.app.test_cli_runner().invoke(args=["plan", "count"]).output == "Planes contados: 1.\n"
        statements()
        page = anybody.get("/plan")
        asked = statements()
        files = [anybody.get(f"/plan.{form}") for form in ("json", "csv")]
        asked += statements()
    counted = re.compile(r"\b(FROM|JOIN) (turns|events|petitions|responses|register_entries|risks|service_versions)\b")
    assert [statement for statement in asked if counted.search(statement)] == []
    assert sum("plan_running_figures" in statement for statement in asked) == 3
    words, text = told(page), page.get_data(as_text=True)
    assert "En curso, sin verificar, al 24/11/2026 3 Turnos atendidos" in words
    assert "PQRSD respondidas a tiempo . No se dice día a día" in words
    assert "/plan/registers/publication?year=2026" in text
    assert re.findall(r'href="[^"]*(?:/admin|/records)[^"]*"', text) == []
    told_of = activities(files[0])
    for code, first_of_it in (
        ("4.2.3", ("turns_attended", "3", "2026-11-24")),
        ("4.1.2", ("petitions_on_time", None, None)),
    ):
        running = next(one["running"] for one in told_of if one["code"] == code)
        assert tuple(running[0][name] for name in ("measure", "value", "until")) == first_of_it
    assert '"running":{"until":"2026-11-24","verified":false}' in files[0].get_data(as_text=True).replace(" ", "")
    rows = csv.DictReader(io.StringIO(files[1].get_data(as_text=True).lstrip("\ufeff")), delimiter=";")
    line = next(row for row in rows if row["Código"] == "4.2.3")
    assert (line["Qué se cuenta"], line["En curso, sin verificar"]) == ("Turnos atendidos", "3")


def test_the_command_loads_a_plan_once_and_gives_the_file_back(house: House, tmp_path: Path) -> None:
    run = house.app.test_cli_runner().invoke
    file = tmp_path / "plan.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert "5 componentes, 15 metas y 44 actividades" in run(args=["plan", "load", str(file), "--year", "2031"]).output
    assert "no cambió nada" in run(args=["plan", "load", str(file), "--vigencia", "2031"]).output
    assert run(args=["plan", "export", "--year", "2031"]).output == TEXT
    assert "Se copió el plan de 2032" in run(args=["plan", "copy", "2031", "2032", "--act", "Decreto 3"]).output
    assert run(args=["plan", "copy", "2031", "2033"]).exit_code == 2
    file.write_text("plan: {}", encoding="utf-8")
    wrong = run(args=["plan", "load", str(file), "--year", "2033"])
    assert (wrong.exit_code, "falta «responsables»" in wrong.output) == (1, True)
    assert run(args=["plan", "export", "--year", "2050"]).exit_code == 1
    assert run(args=["plan", "load", str(tmp_path / "nada.yaml")]).exit_code == 1
