"""The page on which a supervisor plans when each window rests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.breaks.model import PlannedBreak
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import House


def kept(house: House) -> list[tuple[str, list[int], str, str]]:
    with house.app.app_context():
        rows = db.session.scalars(select(PlannedBreak).order_by(PlannedBreak.id))
        return [(one.window.label, one.weekdays, f"{one.starts:%H:%M}", f"{one.ends:%H:%M}") for one in rows]


def test_a_break_is_planned_changed_and_taken_away_and_what_is_wrong_is_told_beside_its_field(
    house: House, enter: Enter
) -> None:
    supervisor = enter("supervisor")
    with house.app.app_context():
        first, second = (make.window(db.session(), label).id for label in "12")

    def asked(**more: Any) -> dict[str, Any]:
        return {"window": first, "weekdays": [1, 2, 3, 5], "starts": "10:00", "ends": "10:15", **more}

    page = told(supervisor.get("/admin/hall/breaks"))
    assert "Ninguna. Anote los descansos" in page
    page = told(supervisor.post("/admin/hall/breaks", data=asked(), follow_redirects=True))
    for words in ("Guardado.", "10:00–10:15", "Lunes a miércoles, viernes"):
        assert words in page, words
    for wrong, field, words in (
        ({"window": ""}, "window", "Elija una ventanilla de la lista."),
        ({"window": "999999"}, "window", "Opción inválida."),
        ({"weekdays": []}, "weekdays", "Elija al menos un día."),
        ({"weekdays": [9]}, "weekdays", "no es una opción válida"),
        ({"starts": ""}, "starts", "Escriba una hora como 10:00."),
        ({"starts": "25:00"}, "starts", "Escriba una hora como 08:00 o 14:30."),
        ({"starts": "11:00", "ends": "10:30"}, "ends", "La pausa debe terminar después de empezar."),
        ({"starts": "10:10", "ends": "10:20"}, "starts", "Se cruza con otra pausa de esa ventanilla: 10:00–10:15."),
        ({"starts": "05:00", "ends": "05:10"}, "starts", "Los lunes la sede atiende"),
        ({"weekdays": [7]}, "weekdays", "Los domingos la sede no abre."),
    ):
        answer = supervisor.post("/admin/hall/breaks", data=asked(**wrong))
        assert answer.status_code == 422, wrong
        drawn = answer.get_data(as_text=True)
        assert f'id="{field}-error"' in drawn, (wrong, words)
        assert words in told(answer), (wrong, words)
        if wrong.get("starts"):
            assert f'value="{wrong["starts"]}"' in drawn, "what was written stays"
    assert kept(house) == [("1", [1, 2, 3, 5], "10:00", "10:15")]
    one = supervisor.get("/admin/hall/breaks/1").get_data(as_text=True)
    assert 'value="10:15"' in one
    changed = asked(window=second, weekdays=[4], starts="15:00", ends="15:20")
    page = told(supervisor.post("/admin/hall/breaks/1", data=changed, follow_redirects=True))
    assert "Se guardó." in page
    assert "Jueves" in page
    page = told(supervisor.post("/admin/hall/breaks/1", data=changed, follow_redirects=True))
    assert "No había nada que cambiar." in page
    assert kept(house) == [("2", [4], "15:00", "15:20")]
    assert supervisor.post("/admin/hall/breaks/1", data=asked(starts="10:00", ends="09:00")).status_code == 422
    page = told(supervisor.post("/admin/hall/breaks/1/end", data={}, follow_redirects=True))
    assert "Se quitó." in page
    assert supervisor.get("/admin/hall/breaks/1").status_code == 404
    assert kept(house) == []


def test_only_who_supervises_the_site_plans_its_breaks(house: House, enter: Enter) -> None:
    for role in ("official", "administrator", "control"):
        assert enter(role).get("/admin/hall/breaks").status_code == 403, role
    assert "/admin/hall/breaks" in enter("supervisor").get("/admin/hall").get_data(as_text=True)
    assert "/admin/hall/breaks" not in enter("control").get("/admin/hall").get_data(as_text=True)
