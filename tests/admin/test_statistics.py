"""The figures of turns: what few and many turns tell, to whom, with their turns behind them, and as files."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache, partial
from html import unescape
from io import BytesIO, StringIO
from math import ceil
from random import Random
from zipfile import ZipFile

from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from core import desks
from core.db import transaction
from core.people.model import Official
from core.turns import actions as turns
from core.turns.statistics.model import TurnDay
from core.web import turn_counting
from core.web.database import db
from tests import make
from tests.admin.conftest import Enter, told
from tests.conftest import Hands, House
from tests.core.turns.lived import Office, count_all

PAGE = "/admin/statistics"
EMPTY = "No se dio ningún turno en estos días."


def morning(house: House, count: int, first: int = 0) -> None:
    """So many turns attended at window 1, each called 1 minute after it was given, and after 3 at its end."""
    with house.app.app_context(), transaction(db.session) as session:
        for n in range(count):
            make.finished(session, first + 4 * n)


def cells(client: FlaskClient, address: str = "") -> dict[tuple[str, str, str], str]:
    """The figures of the file: by table, row and column."""
    text = client.get(f"{PAGE}.csv{address}").data.decode("utf-8-sig")
    return {(row[0], row[1], row[2]): row[3] for row in csv.reader(StringIO(text), delimiter=";")}


def test_a_day_is_told_in_a_sentence_and_of_few_turns_without_percentages(
    house: House, enter: Enter, hands: Hands
) -> None:
    supervisor = enter("supervisor")
    assert EMPTY in told(supervisor.get(PAGE))
    assert "Esos días no han llegado todavía." in told(supervisor.get(f"{PAGE}?from=2027-01-04&until=2027-01-08"))
    morning(house, 9)
    none = told(supervisor.get(f"{PAGE}?group=6"))
    assert "Ningún turno de estos días es de los elegidos" in none
    assert EMPTY not in none
    assert "no se dio ningún turno: no hay diferencia que decir" in told(supervisor.get(PAGE))
    assert cells(supervisor)["Comparación", "Turnos dados", "Diferencia"] == "—"
    hands.forward(minutes=5)
    page = told(supervisor.get(PAGE))
    assert "Turnos dados: 9; llamados: 9. Con menos de diez llamados no se dicen porcentajes." in page
    assert cells(supervisor)["Comparación", "Dentro de la meta: de cada 100 llamados", "lunes 23 de noviembre"] == "—"
    morning(house, 1, first=40)
    with house.app.app_context(), transaction(db.session) as session:
        left = make.turn(session, 50)
        turns.leave(session, left, make.at(52))
        desk = make.desk(session)
        turns.pick(session, desk, make.turn(session, 53).id, "pick-danger", make.at(54))
        turns.mark_absent(session, desk, make.at(55))
        desks.go_away(session, desk, "pause", "pause-break", make.at(56))
    page = told(supervisor.get(PAGE))
    assert "De cada 100 llamados, 100 esperaron dentro de su meta: la mitad, hasta 1 min" in page
    assert "No se presentaron: 1; abandonaron la espera: 1." in page
    found = cells(supervisor)
    day = "lunes 23 de noviembre"
    assert found["Comparación", "Turnos dados", day] == "12"
    assert found["Comparación", "Espera media (min)", day] == "1,0"
    assert found["Comparación", "Atención: la mitad, hasta (min)", day] == "1,0"
    assert found["Comparación", "Se retiraron o pidieron anular", day] == "1"
    assert found["Por servicio", "Pagar el impuesto predial", "Meta (min)"] == "45"
    assert found["Por servicio", "Pagar el impuesto predial", "95 de 100"] == "1,0"
    assert found["Por servicio", "Pagar el impuesto predial", "Atención: 95 de 100"] == "1,0"
    assert found["Por ventanilla", "1", "95 de 100 (min)"] == "1,0"
    assert "la mitad, 1 min; 95 de cada 100, 1 min" in page
    assert found["Por ventanilla", "1", "Atenciones"] == "10"
    with house.app.app_context():
        paused = f"Pausa en la ventanilla · Descanso · {make.official(db.session(), 'ventanilla1').name}"
    assert found["Excepciones y pausas", paused, "Veces"] == "1", "each line says by itself what it counts"
    assert cells(supervisor, "?window=2").get(("Por ventanilla", "1", "Atenciones")) is None


def test_figures_open_their_turns_and_exceptions_and_go_as_files(house: House, enter: Enter, hands: Hands) -> None:
    morning(house, 12)
    with house.app.app_context(), transaction(db.session) as session:
        make.finished(session, 55, label="2")
        other = make.official(session, "ventanilla2").id
    hands.forward(minutes=5)
    supervisor = enter("supervisor")
    assert f"{PAGE}/turns?what=turns" in supervisor.get(PAGE).get_data(as_text=True)
    turn_list = told(supervisor.get(f"{PAGE}/turns?what=finished&hour=8&weekday=0"))
    assert "13 turnos" in turn_list
    assert turn_list.count("empezó la atención") == 13
    assert "Ningún turno" in told(supervisor.get(f"{PAGE}/turns?what=absent"))
    assert "llamado fuera del orden" in told(supervisor.get(f"{PAGE}/turns?window=1&what=visits")).lower()
    picked = told(supervisor.get(f"{PAGE}/exceptions?kind=picked&reason=pick-same-matter"))
    assert picked.count("Continúa una atención ya empezada") == 13
    opened = f"{PAGE}/exceptions?kind=picked&amp;reason=pick-same-matter&amp;official={other}"
    assert f'href="{opened}" aria-label="1, ver los turnos' in supervisor.get(PAGE).get_data(as_text=True)
    assert told(supervisor.get(opened.replace("&amp;", "&"))).count("Continúa una atención ya empezada") == 1
    assert "Ninguna" in told(supervisor.get(f"{PAGE}/exceptions?kind=picked&official=0"))
    book = ZipFile(BytesIO(supervisor.get(f"{PAGE}.xlsx").data)).read("xl/workbook.xml").decode()
    assert all(f'name="{sheet}"' in book for sheet in ("Comparación", "Por servicio", "Hora y día de la semana"))
    paper = PdfReader(BytesIO(supervisor.get(f"{PAGE}.pdf").data))
    assert "Por servicio" in "".join(sheet.extract_text() for sheet in paper.pages)


LINK = re.compile(r'<a href="([^"]*/statistics/turns[^"]*)"(?: aria-label="([^"]*)")?>([^<]*)(?:<span[^>]*>([^<]*))?')
COLUMNS = {"wait": "Espera", "walk": "Camino", "attention": "Atención"}
"""Where a list shows the time that it is in the order of."""
Look = Callable[[str], tuple[int, list[dict[str, str]]]]
SHARES = {"95 ": 0.95, "9 de 10": 0.9, "9 de cada": 0.9, "nueve de": 0.9, "itad": 0.5}


def opened(client: FlaskClient, address: str) -> dict[str, list[tuple[str, str]]]:
    """The lists that a page opens, each with the figures that open it: how each is written, and what it is said to be.

    An address says what its list shows at its end.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for href, label, figure, hidden in LINK.findall(client.get(address).get_data(as_text=True)):
        found.setdefault(unescape(href), []).append((figure, unescape(label or hidden)))
    return found


def listed(client: FlaskClient, href: str) -> tuple[int, list[dict[str, str]]]:
    """How many a list says that it has, and what every row of all its pages shows by its columns."""
    said, rows = 0, []
    for page in range(1, 100):
        text = client.get(f"{href}&page={page}").get_data(as_text=True)
        said = int(re.search(r"<strong>([\d.]+) ", text)[1].replace(".", ""))  # type: ignore[index]
        body = text[text.find("<tbody>") : text.find("</tbody>")]
        cells = r'data-label="([^"]+)">([^<]*)'
        rows += [{name: unescape(cell) for name, cell in re.findall(cells, row)} for row in body.split("</tr>")[:-1]]
        if f"page={page + 1}" not in text:
            return said, rows
    raise AssertionError(href)


def number(written: str) -> float:
    """«1.234,5 min», «93,3 %»."""
    return float(re.sub(r"[^\d,]", "", written).replace(",", "."))


def by_rank(times: Sequence[str], label: str) -> str:
    """The time that a label names, counted in a list with the longest first; of an hour of the week, 9 of 10."""
    share = next((SHARES[word] for word in SHARES if word in label.split(":", 1)[1]), 0.9)
    return times[len(times) - ceil(round(share * len(times), 9))]


def check_a_list(look: Look, href: str, figures: Sequence[tuple[str, str]]) -> None:
    """Of a list and the figures that open it: its length is what they say, and each percentile stands at its rank."""
    start, what = href.rsplit("what=", 1)
    count, rows = look(href)
    often = what in ("sent_on", "returned")
    assert (0 < len(rows) <= count) if often else (len(rows) == count > 0), href
    for figure, label in figures:
        if figure == "—":
            continue
        if what == "late":
            called = look(f"{start}what=called")[0]
            assert number(figure) == round(100 * (called - count) / called, 1), (href, label)
            assert "ver los que esperaron más que su meta" in label
        elif what in COLUMNS and "Atenciones" not in label:
            times = [row[COLUMNS[what]] for row in rows]
            assert "media" in label or number(by_rank(times, label)) == number(figure), (href, label)
        elif "de cada 100" in label:
            turns = look(f"{start}what=turns")[0]
            assert number(figure) == round(100 * count / turns, 1), (href, label)
        else:
            assert number(figure) == count, (href, label)


def test_what_a_figure_opens_has_as_many_turns_as_the_figure_says(house: House, enter: Enter, hands: Hands) -> None:
    """Of two days lived by chance: every link of the figures, and of those of officials."""
    with house.app.app_context():
        office = Office(db.session(), Random(20261126))
        for day in range(2):
            office.live(day, steps=110)
        count_all(db.session(), make.OPENING.date() + timedelta(days=2))
        official = make.official(db.session(), "ventanilla1").id
    hands.forward(days=2)
    supervisor, days = enter("supervisor"), "from=2026-11-23&until=2026-11-24"
    look = cache(partial(listed, supervisor))
    kinds: Counter[str] = Counter()
    for page in (f"?{days}", f"/officials?{days}", f"/officials?official={official}&{days}"):
        for href, figures in opened(supervisor, f"{PAGE}{page}").items():
            check_a_list(look, href, figures)
            kinds[href.rsplit("what=", 1)[1]] += len(figures)
    assert min(kinds[what] for what in ("turns", "late", "abandoned", "absent", "visits", *COLUMNS)) > 1, kinds
    words = told(supervisor.get(f"{PAGE}/turns?{days}&what=attention"))
    said = re.findall(r"9 de cada 10, hasta ([\d,]+)", words)
    assert said == re.findall(r"([\d,]+)\Wmin 9 de cada 10, esto o menos", words) != [], "at its place"


def test_bad_days_are_said_and_kept_and_unknown_lists_narrow_nothing(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor")
    for typed in (
        "from=2026-11-20&until=2026-11-01",
        "from=ayer&until=2026-11-01",
        "from=2026-11-01",
        "until=9999-12-31",
    ):
        answer = supervisor.get(f"{PAGE}?{typed}")
        assert answer.status_code == 422, typed
        assert "Elija las dos fechas" in told(answer), typed
        assert f'value="{typed.split("&")[0].split("=")[1]}"' in answer.get_data(as_text=True), typed
    assert supervisor.get(f"{PAGE}.csv?from=2026-11-01").status_code == 422
    answer = supervisor.get(f"{PAGE}?service=x&group=99999999&site=7&beside=never&period=nunca&window=-1")
    assert answer.status_code == 200
    lists = f"{PAGE}/turns?page=x&hour=99&weekday=a&official=1e9", f"{PAGE}/exceptions?kind=picked&page=0"
    assert [supervisor.get(address).status_code for address in lists] == [200, 200]
    assert supervisor.get(f"{PAGE}/exceptions?kind=none").status_code == 404


def test_what_an_official_attended_is_seen_by_that_person_and_their_supervisor_only(
    house: House, enter: Enter, hands: Hands
) -> None:
    morning(house, 12)
    with house.app.app_context(), transaction(db.session) as session:
        make.finished(session, 55, label="2")
        mine, other = (make.official(session, name).id for name in ("ventanilla1", "ventanilla2"))
        names = {name: make.official(session, name).name for name in ("ventanilla1", "ventanilla2")}
    hands.forward(minutes=5)
    own = told(house.official("ventanilla1").get(f"{PAGE}/mine?official={other}"))
    assert "Llamados: 12; atenciones terminadas: 12" in own
    assert names["ventanilla2"] not in own
    assert "Llamados: 1;" in told(house.official("ventanilla2").get(f"{PAGE}/mine?official={mine}"))
    for who in ("official", "control"):
        client = enter(who)
        for door in ("officials", f"officials?official={other}", "turns?official=1", "exceptions?kind=picked"):
            assert client.get(f"{PAGE}/{door}").status_code == 403, (who, door)
    whole = enter("control").get(PAGE).get_data(as_text=True)
    assert "Turnos dados: 13;" in whole
    assert [name for name in names.values() if name in whole] == []
    assert f"{PAGE}/turns" not in whole
    supervised = told(enter("supervisor").get(f"{PAGE}/officials"))
    assert all(name in supervised for name in names.values())
    assert names["ventanilla1"] in told(enter("supervisor").get(f"{PAGE}/officials?official={mine}"))
    with house.app.app_context(), transaction(db.session) as session:
        elsewhere = session.scalars(select(Official).where(Official.site_id != make.site(session).id)).first()
    assert (
        enter("supervisor").get(f"{PAGE}/officials?official={elsewhere.id if elsewhere else 99999}").status_code == 404
    )


def test_days_that_are_over_are_counted_by_the_rounds_and_again_at_will(
    house: House, enter: Enter, hands: Hands
) -> None:
    morning(house, 12)
    hands.at = make.at(60) + timedelta(days=1)
    with house.app.app_context():
        turn_counting.go_round()
        first = house.look().scalars(select(TurnDay.facts)).all()
        assert len(first) == 1
        turn_counting.go_round()
    runner = house.app.test_cli_runner()
    assert runner.invoke(args=["turns", "recount"]).output == "Días contados: 1.\n"
    assert runner.invoke(args=["turns", "recount", "--from", "2026-11-24"]).output == "Días contados: 0.\n"
    with house.app.app_context():
        assert house.look().scalars(select(TurnDay.facts)).all() == first
    assert "Turnos dados: 12;" in told(enter("supervisor").get(f"{PAGE}?period=yesterday"))
    assert EMPTY in told(enter("supervisor").get(PAGE))
