"""The pages in which a supervisor foresees: the windows of a week, special days, and the simulator."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.catalogue.model import Service
from core.db import transaction
from core.events import Who
from core.turns import actions as turns
from core.turns.actions.change import rules_of
from core.turns.foresight import simulations
from core.turns.foresight.model import Roster, Simulation, Stage
from core.turns.policy import Order, order_key
from core.web import foresight_rounds
from core.web.database import db
from tests import make, make_days
from tests.admin.conftest import Enter, told
from tests.conftest import House

DAY = make.OPENING.date()
NEXT = DAY + timedelta(days=7)


def test_the_windows_of_a_week_are_told_with_what_they_save_and_hang_on_one_page(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor")
    assert "Todavía no hay propuesta" in told(supervisor.get("/admin/foresight"))
    with house.app.app_context(), transaction(db.session) as session:
        make_days.roster(session, NEXT)
        unknown = [{"day": NEXT.isoformat(), "known": False, "people": 0}]
        make_days.roster(session, NEXT + timedelta(days=7), seen=4, days=unknown)
        first, second = (session.get_one(Service, number).name for number in (1, 2))
    page = told(supervisor.get("/admin/foresight"))
    assert "Del lunes 7 de diciembre" not in page, "only the weeks that are proposed each night are offered"
    for words in (
        "Del lunes 30 de noviembre al domingo 6 de diciembre",
        "3,0 horas de ventanilla en la semana. Con ventanillas fijas serían 4,0: ahorra 1,0.",
        "Esos días se abrieron de verdad 2,5.",
        "08:00 2 2 08:30 1 1",
        "1 08:00–08:30 08:00–08:30 2 08:00–09:00 08:00–09:00",
        "El día con más personas es el martes 1 de diciembre: unas 30.",
        "Ventanillas que pide la fórmula",
        f"{first} 16,4 23,2 08:00",
        f"{second} 5,0 7,0 08:00",
    ):
        assert words in page, words
    assert "Generales que esperan más de 45 min (%)" in page
    with house.app.app_context(), transaction(db.session) as session:
        session.scalars(select(Roster).where(Roster.week == NEXT)).one().proposal = make_days.proposal(own_targets=True)
    assert "Generales que esperan más que su meta (%)" in told(supervisor.get("/admin/foresight"))
    few = told(supervisor.get(f"/admin/foresight?week={NEXT + timedelta(days=7)}"))
    assert "Todavía no se sabe: se han visto 4 días con turnos y hacen falta 10." in few
    for wrong in ("2026-99-99", "x", "0001-01-01", "9999-12-31"):
        assert supervisor.get(f"/admin/foresight?week={wrong}").status_code == 200
    paper = PdfReader(BytesIO(supervisor.get("/admin/foresight.pdf").data))
    assert len(paper.pages) == 2, "the windows on its face, and who comes for what on its back"
    assert paper.pages[0].mediabox.width > paper.pages[0].mediabox.height
    assert "Cuándo abre cada ventanilla" in paper.pages[0].extract_text()
    assert "A qué hora llegan: toda la semana" in paper.pages[1].extract_text()
    assert supervisor.get("/admin/foresight.xlsx").data.startswith(b"PK")
    assert "Desde las" not in supervisor.get("/admin/foresight.csv").get_data(as_text=True)


def arrivals(client: FlaskClient, asked: str = "", week: date = NEXT) -> list[list[str]]:
    """The rows of the table of who comes when, as they are read; none where there is no such table."""
    page = client.get(f"/admin/foresight?week={week}&of={asked}").get_data(as_text=True)
    there = re.search(r'<table[^>]*id="arrivals".*?</table>', page, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", there[0], re.DOTALL) if there else []
    return [
        [html.unescape(re.sub("<[^>]+>", "", each)) for each in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows
    ]


def sums_up(table: list[list[str]]) -> bool:
    """Each row sums to its last figure and each column to that of the last row, but for the rounding of each."""
    whole = [[0.0 if cell == "—" else float(cell.replace(",", ".")) for cell in row[1:]] for row in table[1:]]
    lines = [*whole, *(list(column) for column in zip(*whole, strict=True))]
    return all(abs(sum(line[:-1]) - line[-1]) < 0.05 * len(line) for line in lines)


def week_of_three(session: Session) -> None:
    """A Monday and a Tuesday with two services of one office and one of another; a short Saturday with one of them."""
    monday, tuesday = make_days.proposal()["days"]
    monday |= {"services": {"1": [[16, 6.04], [17, 6.2]], "2": [[16, 4.16]], "6": [[16, 5.0]]}}
    tuesday |= {"services": {"1": [[16, 14.0]], "2": [[17, 9.2]], "6": [[16, 7.0]]}}
    saturday = monday | {"day": (NEXT + timedelta(days=5)).isoformat(), "people": 5.0}
    saturday |= {"halves": [[16, 5.0, 1, ["1"], 1.0]], "services": {"6": [[16, 5.0]]}}
    make_days.roster(session, NEXT, days=[monday, tuesday, saturday])
    make_days.roster(session, DAY, days=[{key: saturday[key] for key in saturday if key != "services"}])


def test_who_comes_at_each_half_hour_for_each_service_sums_to_what_is_told_of_the_day(
    house: House, enter: Enter
) -> None:
    supervisor = enter("supervisor")
    with house.app.app_context(), transaction(db.session) as session:
        week_of_three(session)
        first, second, sixth = (session.get_one(Service, number) for number in (1, 2, 6))
        names, office = (first.name, second.name, sixth.name), first.office_id
        assert office == second.office_id != sixth.office_id
    monday = arrivals(supervisor, NEXT.isoformat())
    assert sorted(monday[1:-1]) == sorted(
        [[names[0], "6,0", "6,2", "12,2"], [names[1], "4,2", "0,0", "4,2"], [names[2], "5,0", "0,0", "5,0"]]
    )
    assert monday[-1] == ["Todos los trámites", "15,2", "6,2", "21,4"]
    page = told(supervisor.get(f"/admin/foresight?of={NEXT}"))
    assert f"unas 21. Más a las 08:00 (15,2) y para «{names[0]}» (12,2)." in page
    week = arrivals(supervisor)
    assert week[-1] == ["Todos los trámites", "41,2", "15,4", "56,6"]
    days = ("lunes 30 de noviembre", "martes 1 de diciembre", "sábado 5 de diciembre")
    assert arrivals(supervisor, f"office-{office}") == [
        ["Día", "08:00", "08:30", "Todo el día"],
        [days[0], "10,2", "6,2", "16,4"],
        [days[1], "14,0", "9,2", "23,2"],
        [days[2], "0,0", "—", "0,0"],
        ["Toda la semana", "24,2", "15,4", "39,6"],
    ]
    services = [arrivals(supervisor, f"service-{number}") for number in (1, 2, 6)]
    assert [row[-1] for row in services[2][1:]] == ["5,0", "7,0", "5,0", "17,0"]
    for table in (monday, week, *services):
        assert sums_up(table), table
    for wrong in ("2026-01-01", "service-9", "service-x", "office-0", "office-x", "%27"):
        assert arrivals(supervisor, wrong) == week, wrong
    csv = supervisor.get("/admin/foresight.csv").get_data(as_text=True)
    for of, figure in (("toda la semana", "17"), (days[0], "5"), (days[1], "7"), (days[2], "5")):
        assert f"A qué hora llegan: {of};{names[2]};08:00;{figure}" in csv, of
    assert arrivals(supervisor, week=DAY) == [], "a proposal of before does not say who comes for what"


def test_breaks_that_do_not_fit_are_told_with_what_they_cost_and_what_would_mend_it(house: House, enter: Enter) -> None:
    """On the page, in the spreadsheet and on the wall; and of those that fit, that they do."""
    supervisor = enter("supervisor")
    fits = {"window": "1", "starts": 600, "ends": 615, "fits_at": None}
    fits |= {name: [] for name in ("late", "alone", "only", "beside", "open")}
    lunch = {**fits, "window": "2", "starts": 750, "ends": 780, "late": [25, 26], "fits_at": 810}
    nobody = {**fits, "window": "3", "alone": ["1", "2"], "only": ["2"], "beside": ["1"], "open": ["4"]}
    short = {**fits, "window": "4", "late": [20]}
    with house.app.app_context(), transaction(db.session) as session:
        alone, only = (session.get_one(Service, number).name for number in (1, 2))
        [first, second] = make_days.proposal()["days"]
        days = [{**first, "breaks": [fits, lunch, nobody, short]}, {**second, "breaks": [fits, lunch]}]
        make_days.roster(session, NEXT, days=days)
        make_days.roster(session, NEXT - timedelta(days=7), days=[{**first, "breaks": [fits]}])
    words = (
        "Pausas previstas en la semana: 6, ya descontadas. No caben 4.",
        "2 12:30–13:00 lun 30, mar 1 Con una ventanilla menos, de quienes llegan entre 12:30 y 13:30 más de uno de cada"
        " diez espera más que la meta. Cabe a las 13:30, si las demás no se mueven.",
        f"3 10:00–10:15 lun 30 Durante ella, o una parte, nadie atiende: {', '.join(sorted((alone, only)))}."
        " Coincide con la pausa de: 1."
        " Reparta las pausas que coinciden: mover solo esta, a una hora cercana, no alcanza."
        f" O abra también una de estas: 4. Que otra ventanilla atienda también: {only}.",
        "entre 10:00 y 10:30 más de uno de cada diez espera más que la meta."
        " A ninguna hora cercana cabe: hace falta una ventanilla más.",
        "A toda hora hay una ventanilla abierta para cada trámite, salvo en algunas pausas.",
    )
    page = told(supervisor.get("/admin/foresight"))
    for sentence in words:
        assert sentence in page, sentence
    paper = PdfReader(BytesIO(supervisor.get("/admin/foresight.pdf").data))
    assert len(paper.pages) == 2, "for the wall, and its back"
    on_paper = " ".join(paper.pages[0].extract_text().split())
    assert "Ventanilla 2, 12:30–13:00 (lun 30, mar 1)" in on_paper
    assert "Cabe a las 13:30" in supervisor.get("/admin/foresight.csv").get_data(as_text=True)
    fitting = f"week={NEXT - timedelta(days=7)}"
    page = told(supervisor.get(f"/admin/foresight?{fitting}"))
    assert "1, ya descontadas. Ninguna hace esperar más que la meta" in page
    for form in ("pdf", "xlsx", "csv"):
        assert supervisor.get(f"/admin/foresight.{form}?{fitting}").status_code == 200


def test_a_special_day_is_added_with_its_reason_and_taken_away(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor")
    for asked, words in (
        ({"day": "", "why": "x"}, "Escriba la fecha."),
        ({"day": "2026-12-09", "why": ""}, "Escriba por qué ese día es distinto."),
        ({"day": "2026-12-09", "why": "Predial", "factor": "muchas"}, "Escriba un número, por ejemplo 2 o 1,5."),
        ({"day": "2026-12-09", "why": "Predial", "factor": "99"}, "Escriba un número de veces entre 0,1 y 10."),
        ({"day": "2026-12-09", "why": "Predial", "factor": "NaN"}, "Escriba un número, por ejemplo 2 o 1,5."),
        ({"day": "2026-12-09", "why": "Predial", "like": "2019-01-01"}, "Ese día no se dieron turnos en esta sede."),
    ):
        answer = supervisor.post("/admin/foresight/special", data=asked)
        assert answer.status_code == 422, asked
        assert words in answer.get_data(as_text=True), asked
        assert asked["why"] in answer.get_data(as_text=True)
    good = {"day": "2026-12-09", "why": "Vence el predial", "factor": "2,5"}
    page = told(supervisor.post("/admin/foresight/special", data=good, follow_redirects=True))
    assert "miércoles 9 de diciembre" in page
    assert "2,5 veces lo usual Vence el predial" in page
    page = told(supervisor.post("/admin/foresight/special/1/remove", data={}, follow_redirects=True))
    assert "Ninguno. Anote los días" in page


def as_it_comes(client: FlaskClient) -> dict[str, str]:
    """What the form of the simulator sends if nobody touches it."""
    page = client.get("/admin/foresight/simulations").get_data(as_text=True)
    form = page[page.index('action="/admin/foresight/simulations"') :].partition("</form>")[0]
    inputs = [dict(re.findall(r'(name|value|type)="([^"]*)"', each)) for each in re.findall(r"<input[^>]*>", form)]
    sent = {one["name"]: one.get("value", "") for one in inputs if one.get("type") not in ("hidden", "checkbox")}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option(?=[^>]*selected)[^>]*value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def asked(client: FlaskClient, **more: Any) -> dict[str, Any]:
    return as_it_comes(client) | {"first": DAY.isoformat(), "last": DAY.isoformat(), "order": "fifo", **more}


def test_the_form_as_it_comes_lives_the_days_by_the_rules_of_now_of_each_group(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor")
    with house.app.app_context(), transaction(db.session) as session:
        site_id = make.site(session).id
        order = turns.QueueOrder(order=Order.HEAD_START, ratio=3, head_start={"older": 60, "pregnant": 5})
        turns.set_order(session, site_id, order, "prueba", Who("system"), make.at(0))
        for minute, group in ((0, "general"), (1, "general"), (2, "pregnant"), (12, "older"), (13, "general")):
            make.finished(session, minute, group=group)
    asks = as_it_comes(supervisor)
    assert (asks["head_start_older"], asks["head_start_pregnant"], asks["head_start_child"]) == ("60", "5", "0")
    asks |= {"first": DAY.isoformat(), "last": DAY.isoformat()}
    assert supervisor.post("/admin/foresight/simulations", data=asks).status_code == 302
    with house.app.app_context():
        assert foresight_rounds.simulate() == 1
        session = db.session()
        done, now = session.get_one(Simulation, 1), rules_of(session, site_id)
        tried = simulations.read(done.asked).rules
        for group in ("general", "older", "pregnant", "child"):
            assert order_key(tried, group, 10**9) == order_key(now, group, 10**9), group
        assert (tried.order, tried.ratio) == (now.order, now.ratio)
        assert [kinds["other"] for *_name, kinds in done.result["rows"]] == [
            kinds["now"] for *_name, kinds in done.result["rows"]
        ]
        assert done.result["broken"]["now"] == done.result["broken"]["other"]
    assert "Con adelanto (5 a 60 min)" in told(supervisor.get("/admin/foresight/simulations"))
    supervisor.post("/admin/foresight/simulations", data=asks | {"head_start_pregnant": "30"})
    with house.app.app_context():
        tried = simulations.read(db.session().get_one(Simulation, 2).asked).rules
        assert (tried.head_start["older"], tried.head_start["pregnant"]) == (60, 30)


def test_a_past_day_is_lived_otherwise_and_compared(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor")
    with house.app.app_context(), transaction(db.session) as session:
        for minute in (0, 1, 2, 40):
            make.finished(session, minute, group="older" if minute == 2 else "general")
    for wrong, words in (
        (asked(supervisor, first="2020-01-01", last="2020-01-02"), "En esas fechas no se dieron turnos."),
        (asked(supervisor, extra_from="10:00"), "Escriba las dos horas de la ventanilla más"),
        (asked(supervisor, extra_from="10:00", extra_until="09:00"), "Escriba las dos horas de la ventanilla más"),
        (asked(supervisor, rest_from="10:00"), "Escriba las dos horas de la pausa"),
        (asked(supervisor, rest_from="10:00", rest_until="10:30"), "debe caber en las horas de la ventanilla más"),
        (
            asked(supervisor, extra_from="08:00", extra_until="10:15", rest_from="10:00", rest_until="10:30"),
            "debe caber en las horas de la ventanilla más",
        ),
        (asked(supervisor, pauses="x"), "pauses"),
        (asked(supervisor, earlier="121"), "earlier"),
        (asked(supervisor, order="lifo"), "order"),
    ):
        answer = supervisor.post("/admin/foresight/simulations", data=wrong)
        assert answer.status_code == 422, wrong
        assert words in answer.get_data(as_text=True), wrong
    rests = {"rest_from": "10:00", "rest_until": "10:15", "pauses": "none"}
    asking = asked(supervisor, extra_from="08:00", extra_until="12:00", everything="y", earlier="-10", **rests)
    page = supervisor.post("/admin/foresight/simulations", data=asking, follow_redirects=True)
    assert "simulation.js" in page.get_data(as_text=True)
    assert "0 de 1 día." in told(page)
    again = supervisor.post("/admin/foresight/simulations", data=asking)
    assert "Ya hay una simulación suya en marcha." in told(again)
    assert supervisor.get("/admin/foresight/simulations/1.pdf").status_code == 404
    with house.app.app_context():
        assert foresight_rounds.simulate() == 1
    page = supervisor.get("/admin/foresight/simulations/1")
    assert "simulation.js" not in page.get_data(as_text=True)
    for words in (
        "Por orden de llegada",
        "Una ventanilla más, de 08:00 a 12:00 (con pausa de 10:00 a 10:15)",
        "Pausas: ninguna",
        "Abren 10 minutos después",
        "Lo que pasó",
        "Quién gana y quién pierde",
        "La otra manera cumple las cuatro promesas del orden.",
    ):
        assert words in told(page), words
    assert len(PdfReader(BytesIO(supervisor.get("/admin/foresight/simulations/1.pdf").data)).pages) <= 3
    assert supervisor.get("/admin/foresight/simulations/1.xlsx").status_code == 200
    assert "Quién gana" in supervisor.get("/admin/foresight/simulations/1.csv").get_data(as_text=True)
    supervisor.post("/admin/foresight/simulations", data=asked(supervisor))
    page = supervisor.post("/admin/foresight/simulations/2/cancel", data={}, follow_redirects=True)
    assert "Cancelada" in told(page)
    assert "no hay nada que comparar" in told(supervisor.get("/admin/foresight/simulations/2"))
    with house.app.app_context():
        assert foresight_rounds.simulate() is None
        assert db.session().get_one(Simulation, 2).stage is Stage.CANCELLED
