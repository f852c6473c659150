"""The plan is in sight of everybody, whole, on its page and as open data; and its command loads and gives it back."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from pathlib import Path

from tests.conftest import House

TEXT = files("core.plan").joinpath("california.yaml").read_text(encoding="utf-8")


def test_everybody_sees_every_activity_on_the_page_and_in_the_files(house: House) -> None:
    anybody = house.anybody()
    page = anybody.get("/plan").get_data(as_text=True)
    assert page.count('<tr id="a-') == 44
    assert "Implementar un sistema de turnos que permita la atención ordenada" in page
    rows = list(csv.reader(io.StringIO(anybody.get("/plan.csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) == 45
    told = anybody.get("/plan.json").json
    assert told is not None
    assert [len(told[part]) for part in ("components", "metas", "activities")] == [5, 15, 44]
    assert anybody.get("/plan.yaml").get_data(as_text=True) == TEXT
    for address in ("/plan?year=1999", "/plan?year=x", "/plan.csv?year=99999"):
        assert anybody.get(address).status_code == 404, address


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
