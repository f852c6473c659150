"""A survey from its publishing to its results: asked of each turn once, on the phone, at the kiosk and on paper."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.db import transaction
from core.surveys.model import Of, SurveyVersion
from tests import make
from tests.browser.conftest import DESK, KIOSK, PHONE, Town, check_accessible
from tests.browser.test_kiosk_opinion import choose, finish, touch, type_ticket
from tests.browser.test_morning import take_turn

Visit = Callable[..., Page]
SERVICE = ("Impuestos", "Pagar el impuesto predial")
ASKED = "¿Qué tal le fue hoy en general?"


def test_a_survey_is_published_answered_by_each_way_once_and_read(
    town: Town, visit: Visit, sign_in: Callable[..., Page]
) -> None:
    with town.session() as session, transaction(session):
        make.survey(session, Of.TURN)
        make.official(session, "ventanilla4").roles = ["control"]
    publish_another_version(sign_in("administracion", "/admin/surveys"))
    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    kiosk.add_init_script("window.print = () => {}")
    kiosk.clock.install()
    tickets = [ticket(kiosk) for _way in ("phone", "kiosk", "paper")]
    for code, _address, _digits in tickets:
        finish(town, code, "1")
    by_phone, at_the_kiosk, on_paper = tickets
    answer_on_the_phone(visit(by_phone[1], PHONE))
    answer_at_the_kiosk(kiosk, at_the_kiosk)
    type_from_paper(sign_in("supervision", "/admin/survey-paper"), on_paper, [by_phone, at_the_kiosk])
    answer_for_seven_more(town)
    read_the_results(sign_in("ventanilla4", "/admin/surveys/results?survey=test-turn"))


def publish_another_version(page: Page) -> None:
    page.get_by_role("row", name="¿Cómo lo atendimos?").get_by_role("link", name="Ver").click()
    page.get_by_role("button", name="Escribir otra versión").click()
    check_accessible(page)
    page.locator("#all").get_by_label("Pregunta", exact=False).first.fill(ASKED)
    page.get_by_role("button", name="Guardar y terminar").click()
    page.get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("Versión vigente", exact=True)).to_be_visible()
    check_accessible(page)


def ticket(kiosk: Page) -> tuple[str, str, str]:
    """A turn: its number, the address of its code, and the digits with which its opinion is given."""
    code, address = take_turn(kiosk, *SERVICE)
    digits = kiosk.locator("li", has_text="Para opinar en el quiosco:").inner_text()[-4:]
    touch(kiosk, "Terminar")
    kiosk.wait_for_url("**/kiosk/")
    return code, address, digits


def answer_on_the_phone(phone: Page) -> None:
    phone.get_by_role("link", name="Dar mi opinión").click()
    expect(phone.get_by_text(ASKED)).to_be_visible()
    check_accessible(phone)
    phone.get_by_role("radio", name="Muy satisfecho", exact=True).check()
    phone.get_by_role("radio", name="En parte", exact=True).check()
    phone.get_by_role("button", name="Seguir").click()
    phone.get_by_label("¿Qué faltó?").fill("Más sillas")
    phone.get_by_role("button", name="Enviar mis respuestas").click()
    expect(phone.get_by_text("Gracias.")).to_be_visible()
    check_accessible(phone)
    phone.goto(phone.url.removesuffix("/thanks").removesuffix("/opinion") + "/opinion")
    expect(phone.get_by_text("ya se respondió")).to_be_visible()


def answer_at_the_kiosk(kiosk: Page, given: tuple[str, str, str]) -> None:
    code, _address, digits = given
    kiosk.get_by_role("link", name="Opinar sobre la atención").click()
    type_ticket(kiosk, code, digits)
    touch(kiosk, "Seguir")
    kiosk.wait_for_url("**/opinion/survey")
    expect(kiosk.get_by_text(ASKED)).to_be_visible()
    choose(kiosk, "Insatisfecho")
    touch(kiosk, "Siguiente")
    choose(kiosk, "Sí")
    touch(kiosk, "Siguiente")
    touch(kiosk, "Enviar")
    expect(kiosk.get_by_role("heading", name="Gracias por su opinión")).to_be_visible()
    kiosk.clock.fast_forward(9_000)
    kiosk.wait_for_url("**/kiosk/")
    kiosk.get_by_role("link", name="Opinar sobre la atención").click()
    type_ticket(kiosk, code, digits)
    touch(kiosk, "Seguir")
    expect(kiosk.get_by_role("alert").filter(has_text="ya")).to_be_visible()


def type_from_paper(page: Page, given: tuple[str, str, str], answered: list[tuple[str, str, str]]) -> None:
    page.get_by_role("link", name="Digitar ¿Cómo lo atendimos?").click()
    check_accessible(page)

    def type_one(code: str, digits: str) -> None:
        page.get_by_label("Turno", exact=True).fill(code)
        page.get_by_label("Código", exact=True).fill(digits)
        page.get_by_role("radio", name="Satisfecho", exact=True).check()
        page.get_by_role("radio", name="Sí", exact=True).check()
        page.get_by_role("button", name="Guardar y seguir").click()

    for code, _address, digits in answered:
        type_one(code, digits)
        expect(page.get_by_text("ya se respondió").first).to_be_visible()
    type_one(given[0], given[2])
    expect(page.get_by_text("usted ha digitado 1")).to_be_visible()


def answer_for_seven_more(town: Town) -> None:
    with town.session() as session, transaction(session):
        version = session.scalars(select(SurveyVersion).where(SurveyVersion.number == 2)).one()
        for _one in range(7):
            make.opinion(session, version, {"all": ["5"], "solved": ["yes"]})


def read_the_results(page: Page) -> None:
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    expect(page.locator(".figure", has_text="Respuestas")).to_contain_text("10")
    expect(page.get_by_role("heading", name=ASKED)).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Leer los comentarios").click()
    expect(page.get_by_text("Más sillas")).to_be_visible()
