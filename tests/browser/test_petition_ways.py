"""A petition by every channel to a reply that reached its person, and the other ways that one may go, in one visit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import transaction
from core.events import Who
from core.mail import inbox
from core.mail.model import OutgoingMail
from core.petitions import clarifying, filing
from core.petitions.checklist import Check
from core.petitions.facts import Ground
from core.petitions.filing import Filed
from core.petitions.model import Channel, Identity, Petition, Stage
from core.petitions.reckoning import reckon
from core.petitions.reply_model import OutgoingLetter, Way
from core.turns import actions as turns
from core.web.database import db
from core.web.forms import new_press
from core.web.petition_mail import take
from tests import make
from tests.browser.conftest import PHONE, Town, check_accessible
from tests.core.mail import letters

FOLLOW = "/petitions/follow"
ANSWER = "El andén se arregla el lunes."
TODAY = "2026-11-23"
SIX_DAYS_AGO = -6 * 24 * 60
NUMBER, CODE = re.compile(r"2026-E-[0-9]{6}"), re.compile(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}")
DRAFT = {
    "version": 0,
    "template_version": "",
    "subject": "Respuesta",
    "body": ANSWER,
    "annexes": "",
    "outcome": "granted",
    "ground": "",
    "norm": "",
    "checks": [*Check],
}
PERSON = {"name": "Luz Gamboa", "document_kind": "CC", "document_number": "63400100", "address": "Calle 3 # 2-10"}


@dataclass
class Official:
    """Somebody at work; what other tests press in a page is sent from the own session, without drawing the page."""

    page: Page

    def read(self, path: str) -> str:
        answer = self.page.request.get(path)
        assert answer.ok, (path, answer.status)
        return answer.text()

    def press(self, path: str, **fields: object) -> None:
        """A button of a page, with a fresh key."""
        self.send(path, press=new_press(), **fields)

    def send(self, path: str, **fields: object) -> None:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page.content())
        assert token
        body = urlencode({"csrf_token": token[1], **fields}, doseq=True)
        typed = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.page.request.post(path, data=body, headers=typed, max_redirects=0)
        told = re.findall(r'role="alert".*?</div>|class="field__error".*?</p>', answer.text(), re.DOTALL)
        assert answer.status == 302, (path, answer.status, told)


@dataclass
class Visit:
    """Who meets over petitions: the citizen's phone, who writes replies, who approves and signs, and the window."""

    town: Town
    phone: Page
    clerk: Official
    second: Official
    window: Official


def filed(town: Town, minute: float = 20, **more: object) -> Filed:
    with town.session() as session, transaction(session):
        return filing.file(session, make.received(minute, **more), Who("citizen"), make.at(25))


def shown(page: str) -> tuple[str, str]:
    """The number and the code that a receipt shows."""
    number, code = NUMBER.search(page), CODE.search(page)
    assert number
    assert code
    return number[0], code[0]


def opened(phone: Page, number: str, code: str) -> None:
    """The petition on the phone of who has its code, and of nobody who came before."""
    phone.context.clear_cookies()
    phone.goto(FOLLOW)
    phone.get_by_label("Número de radicado").fill(number)
    phone.get_by_label("Código de seguimiento").fill(code)
    phone.get_by_role("button", name="Abrir mi petición").click()
    expect(phone.get_by_role("heading", name="Mi petición")).to_be_visible()


def id_of(town: Town, number: str) -> int:
    with town.session() as session:
        return session.scalars(select(Petition.id).where(Petition.number == int(number[-6:]))).one()


# ---------------------------------------------------------------- by every channel


def by_web(visit: Visit) -> tuple[str, str]:
    visit.phone.goto("/petitions/new")
    visit.phone.get_by_label("Qué pide o qué pasó").fill("Que arreglen el andén.")
    visit.phone.get_by_label("Nombre y apellidos").fill(PERSON["name"])
    visit.phone.get_by_role("button", name="Radicar").click()
    expect(visit.phone.get_by_role("heading", name="Quedó radicada")).to_be_visible()
    return shown(visit.phone.content())


def in_person(visit: Visit) -> tuple[str, str]:
    """Said at the window, from the turn that is attended there."""
    with visit.town.session() as session, transaction(session):
        desk, turn = make.desk(session, "1", "ventanilla1"), make.turn(session, 20).id
        turns.call_next(session, desk, visit.town.began)
        turns.start(session, desk, visit.town.began)
    visit.window.press("/counter/petition", turn=turn, text="Que arreglen el andén.", ends="y", **PERSON)
    return shown(visit.window.read("/counter/petition/done"))


def taken_down(visit: Visit, channel: Channel) -> tuple[str, str]:
    """Of a call or of a paper."""
    came = {"channel": channel.value, "day": TODAY, "hour": "08:20", "answer_by": "post"}
    visit.clerk.press("/admin/filing", text="Que arreglen el andén.", **came, **PERSON)
    return shown(visit.clerk.read("/admin/filing/done"))


def by_email(visit: Visit, app: Flask) -> tuple[str, str]:
    with app.app_context(), transaction(db.session) as session:
        inbox.take_in(session, letters.letter(), visit.town.began, take, visit.town.began)
    with visit.town.session() as session:
        return shown(session.scalars(select(OutgoingMail.text).order_by(OutgoingMail.id.desc())).first() or "")


def sign(visit: Visit, number: str) -> str:
    """One writes the reply; another approves and signs it. The address of its page."""
    reply = f"/admin/petitions/{id_of(visit.town, number)}/reply"
    visit.clerk.send(reply, **DRAFT)
    visit.clerk.press(f"{reply}/review", reviewer="")
    visit.second.press(f"{reply}/approve", version=1)
    visit.second.press(f"{reply}/sign", version=1)
    return reply


def stage(visit: Visit, number: str) -> Stage:
    with visit.town.session() as session:
        return session.get_one(Petition, id_of(visit.town, number)).stage


def answered(visit: Visit, number: str, code: str, way: Way) -> None:
    """Written, approved, signed, sent and delivered with proof; its person reads it on the follow-up page."""
    reply = sign(visit, number)
    if way != Way.PORTAL:
        visit.clerk.press(f"{reply}/send", way=way.value, guide="RA123" if way == Way.POST else "")
        assert stage(visit, number) is Stage.OPEN, "sent is not delivered"
        delivery = re.findall(r'/reply/delivery/(\d+)"', visit.clerk.read(reply))[-1]
        visit.clerk.press(f"{reply}/delivery/{delivery}", on=TODAY, proof="Firmó el recibido.")
        assert stage(visit, number) is Stage.ANSWERED
    opened(visit.phone, number, code)
    visit.phone.get_by_role("button", name="Abrir la respuesta").click()
    expect(visit.phone.get_by_text(ANSWER)).to_be_visible()
    expect(visit.phone.get_by_text("Respondida", exact=True)).to_be_visible()
    assert stage(visit, number) is Stage.ANSWERED


def every_channel(visit: Visit, app: Flask) -> None:
    came = {
        Channel.WEB: (by_web(visit), Way.PORTAL),
        Channel.IN_PERSON: (in_person(visit), Way.IN_PERSON),
        Channel.PHONE: (taken_down(visit, Channel.PHONE), Way.POST),
        Channel.PAPER: (taken_down(visit, Channel.PAPER), Way.IN_PERSON),
        Channel.EMAIL: (by_email(visit, app), Way.EMAIL),
    }
    with visit.town.session() as session:
        kept = session.scalars(select(Petition).order_by(Petition.id)).all()
        assert [(one.filing_number, one.channel) for one in kept] == [(said[0][0], by) for by, said in came.items()]
    for (number, code), way in came.values():
        answered(visit, number, code, way)


# ---------------------------------------------------------------- the other ways


def completed(visit: Visit) -> None:
    """Asked the day after it came, completed five days later: those days do not count (art. 17)."""
    one = filed(visit.town, SIX_DAYS_AGO)
    with visit.town.session() as session, transaction(session):
        petition, by = session.get_one(Petition, one.petition_id), make.official(session, "pqrsd").id
        reckon(session, petition, make.at(SIX_DAYS_AGO))
        assert petition.due_on == date(2026, 12, 9)
        clarifying.ask(session, petition, Ground.INCOMPLETE, "¿En qué calle?", by, make.at(SIX_DAYS_AGO + 24 * 60))
    opened(visit.phone, one.number, one.code)
    expect(visit.phone.get_by_text("El plazo está detenido hasta que usted responda.")).to_be_visible()
    expect(visit.phone.get_by_text("¿En qué calle?").first).to_be_visible()
    visit.phone.get_by_label("Su respuesta").fill("En la calle 3.")
    visit.phone.get_by_role("button", name="Enviar mi respuesta").click()
    expect(visit.phone.get_by_text("a más tardar el lunes 14 de diciembre")).to_be_visible()


def transferred(visit: Visit) -> None:
    one = filed(visit.town)
    said = {"authority": "Corporación Autónoma", "reason": "Es de su competencia.", "package": "La petición"}
    visit.clerk.press(f"/admin/petitions/{one.petition_id}/do/transfer", **said)
    opened(visit.phone, one.number, one.code)
    expect(visit.phone.get_by_text("Trasladada", exact=True)).to_be_visible()
    expect(visit.phone.get_by_text("Es de su competencia.")).to_be_visible()


def extended(visit: Visit) -> None:
    one = filed(visit.town)
    said = {"until": "2026-12-30", "told": "portal", "reason": "Falta el concepto de Planeación."}
    visit.clerk.press(f"/admin/petitions/{one.petition_id}/do/extend", **said)
    opened(visit.phone, one.number, one.code)
    expect(visit.phone.get_by_text("a más tardar el miércoles 30 de diciembre")).to_be_visible()
    expect(visit.phone.get_by_text("Falta el concepto de Planeación.")).to_be_visible()


def nameless(visit: Visit) -> None:
    """Who gave no name and the office write to one another; the reply hangs as a notice, and its letter is ours."""
    one = filed(visit.town, identity=Identity.ANONYMOUS, person=filing.NOBODY)
    opened(visit.phone, one.number, one.code)
    visit.phone.get_by_role("textbox", name="Mensaje").fill("Es el de la escuela.")
    visit.phone.get_by_role("button", name="Enviar mensaje").click()
    expect(visit.phone.get_by_text("Es el de la escuela.")).to_be_visible()
    assert "Es el de la escuela." in visit.clerk.read(f"/admin/petitions/{one.petition_id}")
    visit.clerk.press(f"/admin/petitions/{one.petition_id}/do/write", text="¿La del parque?")
    visit.phone.reload()
    expect(visit.phone.get_by_text("¿La del parque?")).to_be_visible()
    reply = sign(visit, one.number)
    visit.clerk.press(f"{reply}/send", way="notice", guide="")
    visit.phone.goto("/petitions/published")
    expect(visit.phone.get_by_role("heading", name=f"Petición {one.number}")).to_be_visible()
    expect(visit.phone.get_by_text(ANSWER)).to_be_visible()
    check_page(visit.phone)
    visit.phone.get_by_role("link", name="Verificar una respuesta").click()
    with visit.town.session() as session:
        letter = session.scalars(select(OutgoingLetter).where(OutgoingLetter.petition_id == one.petition_id)).one()
        visit.phone.get_by_label("Número del oficio").fill(letter.outgoing_number)
        visit.phone.get_by_label("Marca").fill(letter.mark)
    visit.phone.get_by_role("button", name="Verificar").click()
    expect(visit.phone.get_by_text(f"El oficio {letter.outgoing_number} es nuestro")).to_be_visible()
    check_page(visit.phone)


def check_page(page: Page) -> None:
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def reserved(visit: Visit) -> None:
    """Read by who is named for it; for a colleague of the same office it does not exist."""
    one = filed(visit.town, identity=Identity.RESERVED, text="Me pidieron plata por el cupo.")
    for path in (f"/admin/reserved/{one.petition_id}", f"/admin/petitions/{one.petition_id}"):
        assert visit.second.page.request.get(path).status == 404, path
    visit.clerk.page.goto(f"/admin/reserved/{one.petition_id}")
    expect(visit.clerk.page.get_by_text("Me pidieron plata por el cupo.")).to_be_visible()


def told_at_the_window(visit: Visit) -> None:
    """How the first one goes, from the window and back to it."""
    page = visit.window.page
    page.goto("/counter/")
    page.get_by_role("link", name="Radicados").click()
    page.get_by_label("Número de radicado").fill("2026-E-000001")
    page.get_by_role("button", name="Buscar").click()
    expect(page.get_by_text("respondida a tiempo")).to_be_visible()
    page.get_by_role("link", name="Volver a mi ventanilla").click()
    expect(page.locator("#desk")).to_be_visible()


def test_a_petition_goes_every_way_from_its_person_to_the_office_and_back(
    town: Town, visit: Callable[..., Page], sign_in: Callable[..., Page], own_app: Flask
) -> None:
    with town.session() as session, transaction(session):
        make.colleague(session)
    clerk, second, window = (Official(sign_in(name)) for name in ("pqrsd", "ventanilla4", "ventanilla1"))
    meeting = Visit(town, visit("/petitions/new", PHONE), clerk, second, window)
    every_channel(meeting, own_app)
    for way in (completed, transferred, extended, nameless, reserved, told_at_the_window):
        way(meeting)
    for page in (meeting.phone, clerk.page, second.page, window.page):
        assert page.complaints == [], page.url  # type: ignore[attr-defined]
