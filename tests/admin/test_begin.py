"""A town hall begins from nothing: one command, and then forms alone, until two sites attend their people."""

from __future__ import annotations

import html
import re

from flask import Flask
from flask.testing import FlaskClient

from core.web.forms import new_press

OWN = "la quebrada baja turbia en mayo"
DAY = ["08:00", "12:00", "14:00", "18:00", "", ""]


class Person:
    """Somebody with a browser: they follow what the pages say, and nothing else."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def look(self, path: str) -> str:
        answer = self.client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return html.unescape(answer.get_data(as_text=True))

    def send(self, path: str, **fields: object) -> str:
        answer = self.client.post(path, data=fields, follow_redirects=True)
        page = html.unescape(answer.get_data(as_text=True))
        assert answer.status_code == 200, (path, answer.status_code, re.findall(r"field__error.*", page))
        return page

    def sign_in(self, username: str, password: str) -> None:
        """Enter with a one-time password, and change it for an own one."""
        self.send("/sign-in", username=username, password=password, next="")
        self.send("/account/password", current=password, new=OWN)

    def id_of(self, kind: str, name: str) -> str:
        """The number in the address of a thing, from its row in the list."""
        return next(row for row in self._rows(self.look(f"/admin/setup/{kind}")) if name in row[1])[0]

    def _rows(self, page: str) -> list[tuple[str, str]]:
        return re.findall(r'href="/admin/setup/\w+/(\d+)"[^>]*>(.*?)</a>', page, flags=re.S)

    def value_of(self, path: str, label: str) -> str:
        """The value of the option or of the choice that is called `label` on a page."""
        page = self.look(path)
        found = re.search(rf'value="([^"]+)"[^>]*>\s*(?:<span>)?{re.escape(label)}', page)
        assert found, (path, label)
        return found[1]


def one_time_password(app: Flask) -> str:
    asked = ["--entity", "Alcaldía de Vetas", "--name", "Rosa Peña", "--username", "rosa"]
    said = app.test_cli_runner().invoke(args=["office", "init", *asked])
    assert said.exit_code == 0, said.output
    found = re.search(r"Contraseña +(\S+)", said.output)
    assert found
    return found[1]


def set_up(rosa: Person, site: str, letter: str, service: str) -> None:
    """By form alone: office, topic, service and its sheet, window and what it attends, hours, who attends."""
    here = rosa.value_of("/admin/setup/site", site)
    assert site in rosa.send("/admin/setup/site", site=here)
    rosa.send("/admin/setup/offices/new", name="Hacienda")
    rosa.send("/admin/setup/topics/new", name="Impuestos", series=letter, icon="receipt")
    topic = rosa.value_of("/admin/setup/services/new", "Impuestos")
    office = rosa.value_of("/admin/setup/services/new", "Hacienda")
    rosa.send(
        "/admin/setup/services/new", name=service, hint="Para pagar.", topic_id=topic, office_id=office, minutes=5
    )
    rosa.send(f"/admin/sheets/{rosa.id_of('services', service)}/publish", act="Resolución 1")
    rosa.send("/admin/setup/windows/new", label="1", name="Hacienda")
    boxes = re.findall(r'name="attends" value="([^"]+)"', rosa.look("/admin/setup/matrix"))
    assert len(boxes) == 1, "only what is of the site in hand"
    rosa.send("/admin/setup/matrix", attends=boxes)
    rosa.send("/admin/setup/hours", **{f"day_{day}": DAY for day in range(1, 6)})


def paired(app: Flask, rosa: Person, kind: str) -> Person:
    """A screen that the administrator let in by the code that it shows."""
    screen = Person(app)
    code = re.search(r"[A-Z0-9]{3} [A-Z0-9]{4}", re.sub(r"<[^>]+>", " ", screen.look(f"/pair/{kind}")))
    assert code
    rosa.send("/admin/devices", code=code[0], name=f"{kind} nuevo")
    screen.look(f"/pair/{kind}")
    return screen


def hired(app: Flask, rosa: Person, username: str) -> Person:
    page = rosa.send("/admin/people/new", username=username, name=username, roles=["official"], press=new_press())
    password = re.search(r'class="secret">([^<]+)<', page)
    assert password
    who = Person(app)
    who.sign_in(username, password[1])
    return who


def run_a_turn(kiosk: Person, official: Person, display: Person, service: str) -> str:
    """Taken at the kiosk, called, seen on the wall, attended, finished; what was called."""
    topic = re.search(r"/kiosk/topics/\d+", kiosk.look("/kiosk/"))
    assert topic
    assert service in kiosk.look(topic[0])
    chosen = re.search(r"/kiosk/services/(\d+)", kiosk.look(topic[0]))
    assert chosen
    kiosk.send("/kiosk/turns", service=chosen[1], group="general", press=new_press())
    window = re.search(r'name="window" value="(\d+)"', official.look("/counter/"))
    assert window
    official.send("/counter/window", window=window[1], press=new_press())
    page = official.send("/counter/next", press=new_press())
    turn = re.search(r'name="turn" value="(\d+)"', page)
    assert turn
    calls = display.client.get("/display/state").get_json()["calls"]
    page = official.send("/counter/start", turn=turn[1], press=new_press())
    result = re.search(r'name="result"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="result"', page)
    assert result
    done = {"result": result[1] or result[2], "service": chosen[1], "quantity": "1", "then": "rest"}
    official.send("/counter/finish", turn=turn[1], press=new_press(), **done)
    return str(calls[0]["code"])


def test_a_new_administrator_sets_up_two_sites_by_form_alone_and_runs_a_turn_through_each(empty: Flask) -> None:
    rosa = Person(empty)
    rosa.sign_in("rosa", one_time_password(empty))
    home = rosa.look("/home")
    assert "Puesta en marcha" in home
    assert "No abre ningún día" in home
    surveys = rosa.look("/admin/surveys")
    assert ("Después de cada turno" in surveys, "Después de cada respuesta" in surveys) == (True, True)
    assert "Necesidades y expectativas" not in surveys
    rosa.send(
        "/admin/setup/entity",
        name="Alcaldía de Vetas",
        short_name="Vetas",
        municipality="Vetas",
        department="Santander",
        english="y",
    )
    first = rosa.id_of("sites", "Sede principal")
    rosa.send(f"/admin/setup/sites/{first}", name="Palacio", address="Calle 3 # 2-10", way="Rampa por la plaza")
    rosa.send("/admin/setup/sites/new", name="Casa del Mayor", address="Carrera 4 # 1-20")
    called = []
    for site, letter, service in (("Palacio", "F", "Predial"), ("Casa del Mayor", "H", "Subsidio")):
        set_up(rosa, site, letter, service)
        kiosk, display = paired(empty, rosa, "kiosk"), paired(empty, rosa, "display")
        official = hired(empty, rosa, f"vent-{letter.lower()}")
        ready = rosa.look("/admin/setup")
        assert "tiene todo lo que necesita" in ready, re.findall(r'numeric">([^<]+)', ready)
        called.append(run_a_turn(kiosk, official, display, service))
    assert called == ["F 001", "H 001"]
    assert "Atención presencial" in official.look("/my-protocols"), (
        "a new town hall has how it attends from its first day"
    )
    everywhere = Person(empty).look("/")
    for told in ("Palacio", "Casa del Mayor", "Predial", "Subsidio", "Alcaldía de Vetas"):
        assert told in everywhere


def test_an_office_begins_only_once(empty: Flask) -> None:
    one_time_password(empty)
    again = empty.test_cli_runner().invoke(args=["office", "init"], input="Otra\nOtro\notro\n")
    assert again.exit_code == 1
    assert "ya tiene una entidad" in again.output
