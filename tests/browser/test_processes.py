"""A large town hall as deploy/ runs it: pages and open connections in processes of their own, behind nginx."""

from __future__ import annotations

import http.client
import http.cookiejar
import os
import re
import shutil
import socket
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import socketio

from core.db import transaction
from core.mail import outbox
from tests import make
from tests.browser.conftest import HOUSE, Town, serve
from tests.browser.hall import Screen, last_seq
from tests.conftest import fresh_town_hall
from tests.mailing import SmtpServer
from tests.postgresql import free_port
from tests.proof.rig import Redis

TURNS = 6
WEB = {"WEB_PROCESSES": "2", "WEB_THREADS": "8", "WEB_SOCKETS": "0"}
REALTIME = {"WEB_PROCESSES": "1", "WEB_THREADS": "64"}
HALF_A_HEAD = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Drips:"
HALF_A_FORM = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nusername="
TRUSTING = ssl._create_unverified_context()


@dataclass
class Deployed:
    """What citizens reach, and what is behind it."""

    door: Town
    web: Town
    realtime: Town


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deployed")


@pytest.fixture(scope="module")
def redis_url(folder: Path) -> Iterator[str]:
    bell = Redis(folder)
    bell.start()
    yield bell.url
    bell.discard()


@pytest.fixture(scope="module", params=["postgresql"])
def deployed(request: pytest.FixtureRequest, redis_url: str, folder: Path, _smtp: SmtpServer) -> Iterator[Deployed]:
    port = free_port()
    told = {
        "REDIS_URL": redis_url,
        "PROXIES": "1",
        "PUBLIC_URL": f"https://localhost:{port}",
        "SECRET_KEY": "the same for both, " * 3,
        "MAIL_URL": f"smtp://127.0.0.1:{_smtp.at().port}",
        "MAIL_FROM": "Alcaldía <atencion@alcaldia.example>",
    }
    with ExitStack() as running:
        database = running.enter_context(fresh_town_hall(request, folder, f"town_{port}"))
        parts = {}
        for name, own in (("web", WEB), ("realtime", REALTIME)):
            (folder / name).mkdir()
            parts[name] = running.enter_context(serve(database, folder / name, **told, **own))
        running.enter_context(front_door(folder, port, parts["web"].url, parts["realtime"].url))
        yield Deployed(replace(parts["web"], url=f"https://localhost:{port}"), **parts)


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise RuntimeError("nginx is missing: run tests/machine.sh")
    return found


def _wait_for_door(port: int, running: subprocess.Popen[bytes]) -> None:
    until = monotonic() + 20
    while monotonic() < until and running.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        sleep(0.1)
    raise RuntimeError("nginx did not open its door: is deploy/nginx.conf right?")


@contextmanager
def front_door(folder: Path, port: int, web: str, realtime: str) -> Iterator[int]:
    """Nginx by the file of deploy/, with ports and a certificate of the test; its port without TLS."""
    in_the_clear = free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (HOUSE / "deploy/nginx.conf").read_text()
    for shipped, here in (
        ("127.0.0.1:8001", web.removeprefix("http://")),
        ("127.0.0.1:8002", realtime.removeprefix("http://")),
        (" 443 ssl", f" 127.0.0.1:{port} ssl"),
        (" 80;", f" 127.0.0.1:{in_the_clear};"),
        ("/etc/letsencrypt/live/turnos.ejemplo.gov.co", str(folder)),
        ("turnos.ejemplo.gov.co", "localhost"),
        ("/var/log/nginx", str(folder)),
    ):
        assert shipped in site
        site = site.replace(shipped, here)
    site = re.sub(r"    listen \[::\].*\n", "", site)
    file = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file.write_text(
        f"daemon off;\nuser root;\npid {folder / 'nginx.pid'};\nevents {{}}\nhttp {{\n{temporary}{site}}}\n"
    )
    running = subprocess.Popen([nginx(), "-e", str(folder / "start.log"), "-c", str(file)])
    try:
        _wait_for_door(port, running)
        yield in_the_clear
    finally:
        running.terminate()
        running.wait()


def test_every_display_hears_every_call_in_order_whichever_process_made_it(deployed: Deployed) -> None:
    town = deployed.door
    with town.session() as session, transaction(session):
        make.desk(session, "1", "ventanilla1")
        codes = [make.turn(session, minute).code for minute in range(TURNS)]
    displays = [Screen(town, f"__Host-display={town.pair('display')}") for _ in range(6)]
    for _ in codes:
        official = Official(town)
        official.press("/counter/next")
        official.press("/counter/absent")
    for display in displays:
        display.wait_for_seq(last_seq(town))
        seqs = [message["seq"] for message in display.heard]
        assert [message["call"]["code"] for message in display.heard if "call" in message] == codes
        assert seqs == sorted(set(seqs))
        display.leave()


def test_the_processes_of_the_pages_hold_no_connection_open(deployed: Deployed) -> None:
    cookie = f"__Host-display={deployed.door.pair('display')}"
    Screen(deployed.realtime, cookie).leave()
    with pytest.raises(socketio.exceptions.ConnectionError):
        Screen(deployed.web, cookie, patience_s=10)


def test_requests_that_drip_and_phones_that_stay_hold_no_thread(deployed: Deployed) -> None:
    """Three times as many of each as the pages have threads; whoever comes after them is answered."""
    host = urllib.parse.urlsplit(deployed.door.url).netloc
    many = range(3 * int(WEB["WEB_PROCESSES"]) * int(WEB["WEB_THREADS"]))
    with ExitStack() as opened:
        slow = [opened.enter_context(connect(host, begun)) for begun in (HALF_A_HEAD, HALF_A_FORM) for _ in many]
        for _ in many:
            phone = opened.enter_context(closing(http.client.HTTPSConnection(host, timeout=20, context=TRUSTING)))
            phone.request("GET", "/")
            answer = phone.getresponse()
            assert answer.status == 200
            assert answer.read()
        for one in slow:
            one.send(b".")
        with urllib.request.urlopen(f"{deployed.door.url}/", timeout=20, context=TRUSTING) as page:
            assert page.status == 200


def test_while_the_pages_are_away_the_door_says_so_in_spanish(tmp_path: Path) -> None:
    port, nobody = free_port(), f"http://127.0.0.1:{free_port()}"
    with front_door(tmp_path, port, nobody, nobody) as in_the_clear:
        resting = spoken(http.client.HTTPSConnection("localhost", port, timeout=20, context=TRUSTING), "/counter/")
        unread = spoken(http.client.HTTPSConnection("localhost", port, timeout=20, context=TRUSTING), "/" + "x" * 9_000)
        assert (resting[0], resting[1]["Retry-After"]) == (503, "5")
        assert "Los turnos ya tomados siguen valiendo" in resting[2]
        assert (unread[0], "No se entendió" in unread[2]) == (400, True)
        for _status, headers, text in (resting, unread):
            assert 'lang="es"' in text
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
            assert "default-src 'none'" in headers["Content-Security-Policy"]
        for path, kind, status in (
            ("/", "text/html", 301),
            ("/information.json", "application/json", 403),
            ("/socket.io/?EIO=4", "text/html", 403),
        ):
            plain = http.client.HTTPConnection("localhost", in_the_clear, timeout=20)
            assert spoken(plain, path, Accept=kind)[0] == status, path
        older = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        older.check_hostname, older.verify_mode = False, ssl.CERT_NONE
        older.maximum_version = ssl.TLSVersion.TLSv1_2
        older.set_ciphers("AES128-SHA")
        with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
            older.wrap_socket(wire)


def spoken(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, Any, str]:
    """What is answered to one request: status, headers and text."""
    with closing(connection):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def connect(host: str, said: str) -> ssl.SSLSocket:
    """A connection that has said so much of a request and is in no hurry."""
    name, port = host.split(":")
    wire = TRUSTING.wrap_socket(socket.create_connection((name, int(port)), timeout=20), server_hostname=name)
    wire.send(said.encode())
    return wire


class Official:
    """An official at a window, over plain HTTP; each has a connection of their own, so any process may answer."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.HTTPSHandler(context=TRUSTING),
        )
        self._page = self._get("/sign-in")
        self.press("/sign-in", username="ventanilla1", password=make.PASSWORD, next="/counter/")

    def _get(self, path: str) -> str:
        with self._browser.open(f"{self._town.url}{path}", timeout=20) as answer:
            return str(answer.read().decode())

    def press(self, path: str, **fields: str) -> None:
        form = re.search(rf'<form[^>]*action="{path}".*?</form>', self._page, re.DOTALL)
        assert form is not None, f"the page has no button for {path}"
        inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form[0])]
        hidden = {field["name"]: field.get("value", "") for field in inputs if field.get("type") == "hidden"}
        body = urllib.parse.urlencode(hidden | fields).encode()
        with self._browser.open(f"{self._town.url}{path}", data=body, timeout=20) as answer:
            self._page = answer.read().decode()


def test_the_front_door_lets_an_image_for_the_displays_through_and_nothing_else_so_large(deployed: Deployed) -> None:
    """The office itself refuses it to who may not enter, in its own words."""

    def told(path: str) -> str:
        body = b"--x\r\nContent-Disposition: form-data; name=f\r\n\r\n" + b"y" * 300_000 + b"\r\n--x--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        asked = urllib.request.Request(f"{deployed.door.url}{path}", body, kind)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked, timeout=20, context=TRUSTING)
        return str(refused.value.read().decode())

    assert "<footer" not in told("/kiosk/turns")
    assert "<footer" in told("/admin/setup/pictures/new")


def test_each_process_carries_the_mail_by_itself_and_no_message_goes_twice(
    deployed: Deployed, smtp: SmtpServer
) -> None:
    town, everybody = deployed.door, [f"p{n}@correo.example" for n in range(30)]
    with town.session() as session:
        with transaction(session):
            for to in everybody:
                outbox.write(session, outbox.Mail(to, "Su radicado", "Lo recibimos.", "receipt"), town.began)
        until = monotonic() + 60
        while outbox.waiting(session) and monotonic() < until:
            session.rollback()
            sleep(0.1)
    assert sorted(sent.to[0] for sent in smtp.box) == sorted(everybody)
