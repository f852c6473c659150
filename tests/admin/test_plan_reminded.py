"""Planning sees whom no reminder of the plan reaches, why and what mends it; whom it would reach is told so too."""

from __future__ import annotations

import re

from core.db import transaction
from core.mail.server import Post, Server, Way
from core.petitions import reminders
from core.plan import actions as planning
from core.web.database import db
from tests import make
from tests.admin.conftest import told
from tests.conftest import House
from tests.core.plan.followups import activity, day, plan

ROLES = "/admin/plan/2026/roles"
WHERE = "alguien@california.example"
PEOPLE = {"ventanilla1": "Con correo", "ventanilla2": "Sin correo", "ventanilla3": "Sin acceso"}


def a_plan_with_three_holders(house: House) -> str:
    """Of one role; the name of it."""
    with house.app.app_context(), transaction(db.session) as session:
        role, by = activity(session).responsible[0], make.official(session, "administracion").id
        for username, name in PEOPLE.items():
            make.official(session, username).name = name
        ids = [make.official(session, username).id for username in PEOPLE]
        planning.name_holders(session, plan(session), role, ids, by, day(1, 5))
        reminders.set_address(session, ids[0], WHERE)
        make.official(session, "ventanilla3").active = False
        make.official(session, "pqrsd").roles = ["planning"]
        make.official(session, "ventanilla4").roles, make.official(session, "ventanilla4").name = (
            ["control"],
            "Controla",
        )
        return plan(session).role_name(role)


def rows_of(page: str) -> dict[str, str]:
    """What the table says of each person, beside their name."""
    table = re.search(r'<table[^>]*id="unreminded">.*?</table>', page, re.DOTALL)
    rows = re.findall(r'<th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', table[0] if table else "", re.DOTALL)
    return {name: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", rest)).strip() for name, rest in rows}


def test_planning_sees_whom_no_reminder_reaches_and_why_and_never_an_address(house: House) -> None:
    role = a_plan_with_three_holders(house)
    planner = house.official("pqrsd")
    assert "no le llega a nadie: falta configurar el correo" in told(planner.get("/admin/followup"))
    assert "falta decir por qué servidor sale el correo" in told(planner.get(ROLES))
    house.app.extensions["mail"].post = Post(None, Server(Way.CLEAR, "127.0.0.1", 25))
    page = planner.get(ROLES).get_data(as_text=True)
    rows = rows_of(page)
    assert rows.keys() == {"Sin correo", "Sin acceso", "Controla"}
    assert role in rows["Sin correo"]
    assert "No ha escrito su correo" in rows["Sin correo"]
    assert "Pídale que escriba su correo en Mi cuenta" in rows["Sin correo"]
    assert "No tiene acceso al sistema" in rows["Sin acceso"]
    assert "Verificar y publicar los cortes" in rows["Controla"]
    assert WHERE not in page
    assert "/admin/people" not in page, "planning may not change accounts"
    with house.app.app_context():
        whole = plan(house.look())
        others = {whole.role_name(each) for one in whole.activities for each in one.responsible} - {role}
    vacant = re.search(r"sin recordatorio:</strong>(.*?)</p>", page, re.DOTALL)
    assert vacant is not None
    assert set(re.findall(r'<a href="#role-[^"]+">([^<]+)</a>', vacant[1])) == others
    assert f"les llega a {len(others) + 3} responsables" in told(planner.get("/admin/followup"))
    with house.app.app_context(), transaction(db.session) as session:
        make.official(session, "pqrsd").roles = ["planning", "administrator"]
        number = make.official(session, "ventanilla3").id
    assert f'href="/admin/people/{number}"' in planner.get(ROLES).get_data(as_text=True)


def test_who_answers_for_something_is_told_that_an_address_would_bring_reminders(house: House) -> None:
    a_plan_with_three_holders(house)
    house.app.extensions["mail"].post = Post(None, Server(Way.CLEAR, "127.0.0.1", 25))
    lacks, has = house.official("ventanilla2"), house.official("ventanilla1")
    offer, account = "se le recuerda por correo lo que el plan le pide", "hoy nadie se lo recuerda"
    for mine, told_so in ((lacks, True), (has, False)):
        assert (offer in told(mine.get("/admin/followup"))) is told_so
        assert (account in told(mine.get("/account"))) is told_so
        assert "lo que el plan le pide en cada corte" in told(mine.get("/admin/reminders"))
        assert "A quién no le llega" not in told(mine.get("/admin/followup"))
        assert mine.get(ROLES).status_code == 403
    assert lacks.post("/admin/reminders", data={"email": WHERE}).status_code == 302
    assert offer not in told(lacks.get("/admin/followup"))
    assert account not in told(lacks.get("/account"))
