"""The administration in a real browser: the hall lives by itself, works from the keyboard alone, and can be read."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from playwright.sync_api import Page, expect
from sqlalchemy import update

from core import desks
from core.catalogue import publishing
from core.db import transaction
from core.people.model import SignIn
from core.plan import actions as plan
from core.plan import finding
from core.plan.progress import Accumulation
from core.turns.lifecycle import State
from core.turns.model import Turn
from tests import make
from tests.browser.conftest import DESK, KIOSK, PHONE, Town, check_accessible, check_no_wider

SignsIn = Callable[..., Page]
OPEN = 30
"""Minutes after the opening at which the towns of these tests begin."""


def issue(town: Town, minute: float = OPEN, group: str = "general") -> int:
    with town.session() as session, transaction(session):
        return make.turn(session, minute, group).id


def test_the_hall_is_accessible_and_complains_of_nothing(town: Town, sign_in: SignsIn) -> None:
    with town.session() as session, transaction(session):
        make.turn(session, 0)
        make.turn(session, 20, "older")
        desks.ask_for_help(session, make.desk(session, "2", minute=25), make.at(26))
    page = sign_in("supervision", "/admin/hall")

    def check() -> None:
        for size in (PHONE, DESK):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            check_accessible(page)

    check()
    page.locator("#queue a[data-turn-of]").first.click()
    page.locator("dialog[open] summary").first.click()
    check()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_pages_of_the_set_up_are_accessible_and_fit_at_a_desk_and_on_a_phone(sign_in: SignsIn) -> None:
    pages = ("setup", "setup/hours", "setup/matrix", "setup/topics", "setup/services/new")
    at_a_desk = (*pages, "mail", "history", "setup/entity", "setup/targets", "setup/topics/1", "setup/pictures/new")
    page = sign_in("administracion", "/admin/setup")
    for path in at_a_desk:
        page.goto(f"/admin/{path}")
        for size in (PHONE, DESK) if path in pages else (DESK,):
            check_no_wider(page, size)
            check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_pages_of_the_administrator_are_accessible(sign_in: SignsIn) -> None:
    people = ("people", "people/new", "people/1", "people/roles", "people/1/deputy")
    page = sign_in("administracion")
    for path in ("devices", "order", "notices", *people, "notices/1"):
        page.goto(f"/admin/{path}")
        check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_trail_and_the_closing_act_are_accessible_and_the_paper_comes_down(town: Town, sign_in: SignsIn) -> None:
    with town.session() as session, transaction(session):
        make.official(session, "ventanilla4").roles = ["control"]
    issue(town)
    page = sign_in("ventanilla4", "/admin/audit")
    expect(page.get_by_text("Sin daños a la vista")).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Actas de cierre").click()
    expect(page.get_by_label("Día")).to_be_visible()
    check_accessible(page)
    with page.expect_download() as paper:
        page.get_by_role("button", name="Descargar el acta").click()
    assert paper.value.suggested_filename == "acta-de-cierre-2026-11-23.pdf"
    with town.session() as session, transaction(session):
        make.petition(session)
        version = make.survey(session)
        for n in range(30):
            make.opinion(session, version, {"all": ["5" if n % 3 else "2"], "solved": ["yes"]})
    page.goto("/admin/surveys/results")
    expect(page.get_by_role("heading", name="En general")).to_be_visible()
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/admin/petitions/figures")
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="1, ver las peticiones: Recibidas").click()
    expect(page.get_by_role("link", name="2026-E-000001")).to_be_visible()
    check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_information_in_sight_is_accessible_from_what_is_missing_to_the_draft(sign_in: SignsIn) -> None:
    page = sign_in("administracion", "/admin/information/charter")
    check_accessible(page)
    page.get_by_role("button", name="Guardar borrador").click()
    page.wait_for_url("**/draft")
    check_accessible(page)
    for path in ("complaints", "way", ""):
        page.goto(f"/admin/information/{path}".rstrip("/"))
        check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_catalogue_and_the_calendar_are_accessible_and_fit(town: Town, sign_in: SignsIn) -> None:
    with town.session() as session, transaction(session):
        make.closed(session, make.at(0).date(), "Decreto 40", affects_terms=True)
        site, by = make.site(session).id, make.official(session, "administracion").id
        service = make.service(session)
        sheet = replace(publishing.sheet_in_hand(session, service), who="Todos")
        publishing.save_draft(session, site, service.id, sheet, 0, by, make.at(1))
        one = f"sheets/{service.id}"
    page = sign_in("administracion", "/admin/sheets")
    for path in ("sheets", one, f"{one}/edit", f"{one}/preview?language=en", f"{one}/versions", "calendar"):
        page.goto(f"/admin/{path}")
        check_no_wider(page, DESK, PHONE)
        check_accessible(page)
    page.goto(f"{town.url}/admin/calendar")
    page.get_by_role("link", name="Corregir").click()
    check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_plan_is_accessible_and_fits_from_its_list_to_the_records_behind_a_figure(
    town: Town, sign_in: SignsIn
) -> None:
    with town.session() as session, transaction(session):
        make.finished(session)
        planner = make.official(session, "ventanilla2")
        planner.roles = ["planning"]
        of = finding.activity_of(session, 2026, "4.2.3")
        said = {"unit": "turnos", "accumulation": Accumulation.FLOW, "act": "Decreto 5", "since": date(2026, 1, 15)}
        plan.set_goal(session, of, plan.NewGoal(goal=Fraction(4), baseline=Fraction(0), **said), planner.id, make.at())
        new = plan.NewValue(value=Fraction(2), reason="Se contó otra vez.", evidence="Acta 7")
        plan.correct(session, of, plan.correctable(of, make.at().date())[0], new, planner.id, make.at())
    page = sign_in("ventanilla2")
    for path in ("?mode=auto", "/2026/4.2.3", "/2026/4.2.3/records", "/2026/roles", "/2026/weights/4.2"):
        page.goto(f"/admin/plan{path}")
        check_no_wider(page, PHONE, DESK)
        for fold in page.locator("details.act").all()[:3]:
            fold.evaluate("fold => fold.open = true")
        check_accessible(page)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_who_takes_a_turn_appears_in_the_hall_by_itself(town: Town, sign_in: SignsIn) -> None:
    page = sign_in("supervision", "/admin/hall")
    expect(page.get_by_text("Nadie espera").first).to_be_visible()
    issue(town)
    expect(page.locator("#queue tbody tr")).to_have_count(1, timeout=10_000)


def test_a_paused_hall_stays_as_it_was_until_it_goes_on(town: Town, sign_in: SignsIn) -> None:
    page = sign_in("supervision", "/admin/hall")
    page.get_by_role("button", name="Pausar actualización").click()
    with page.expect_response("**/admin/hall/live") as _fetched:
        issue(town)
        expect(page.get_by_role("button", name="Seguir en vivo")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("status")).to_contain_text("En pausa")
        assert page.locator("#queue").count() == 0
        page.get_by_role("button", name="Seguir en vivo").click()
    expect(page.locator("#queue tbody tr")).to_have_count(1)


def test_a_refresh_keeps_the_focus_and_waits_for_an_open_dialog(town: Town, sign_in: SignsIn) -> None:
    first = issue(town, OPEN - 5)
    page = sign_in("supervision", "/admin/hall")
    link = page.locator(f"#queue a[data-turn-of='{first}']")
    link.focus()
    issue(town)
    expect(page.locator("#queue tbody tr")).to_have_count(2, timeout=10_000)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] .turn-number")).to_have_text("A\N{NO-BREAK SPACE}001")
    issue(town)
    page.wait_for_timeout(3_000)
    expect(page.locator("dialog[open] .turn-number")).to_be_visible()
    assert page.locator("#queue tbody tr").count() == 2
    page.keyboard.press("Escape")
    expect(page.locator("#queue tbody tr")).to_have_count(3, timeout=10_000)


def test_a_turn_is_annulled_from_the_keyboard_alone_with_its_reason(town: Town, sign_in: SignsIn) -> None:
    turn_id = issue(town)
    page = sign_in("supervision", "/admin/hall")
    page.locator(f"#queue a[data-turn-of='{turn_id}']").focus()
    page.keyboard.press("Enter")
    cancel = page.locator("dialog[open] summary", has_text="Anular el turno")
    expect(cancel).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if cancel.evaluate("summary => summary === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_label("La persona lo pidió")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("El turno A 001 quedó anulado.")).to_be_visible()
    with town.session() as session:
        assert session.get_one(Turn, turn_id).state is State.CANCELLED


def test_without_a_server_the_hall_says_that_it_is_old(town: Town, sign_in: SignsIn) -> None:
    page = sign_in("supervision", "/admin/hall")
    page.context.set_offline(True)
    page.get_by_role("button", name="Pausar actualización").click()
    page.get_by_role("button", name="Seguir en vivo").click()
    expect(page.get_by_role("status")).to_contain_text("Sin conexión", timeout=10_000)
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_contain_text("En vivo", timeout=15_000)


def test_a_hall_whose_session_ended_goes_to_the_door_and_back(town: Town, sign_in: SignsIn) -> None:
    page = sign_in("supervision", "/admin/hall")
    with town.session() as session, transaction(session):
        session.execute(update(SignIn).values(ended_at=town.began))
    issue(town)
    page.wait_for_url("**/sign-in?next=/admin/hall", timeout=20_000)
    expect(page.get_by_label("Usuario")).to_be_focused()


def test_after_an_act_the_hall_stands_where_it_stood(town: Town, sign_in: SignsIn) -> None:
    for _ in range(3):
        issue(town)
    with town.session() as session, transaction(session):
        make.desk(session, "3", minute=OPEN)
    page = sign_in("supervision", "/admin/hall", PHONE)
    free = page.get_by_role("button", name="Liberar la ventanilla 3")
    free.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    free.click()
    expect(page.locator("#confirm h2")).to_have_text("Liberar")
    page.locator("#confirm [data-accept]").click()
    expect(page.get_by_text("La ventanilla quedó libre.")).to_be_in_viewport()
    assert abs(page.evaluate("scrollY") - before) < 100
    expect(page.locator("#alerts-title")).to_be_focused()


def test_the_hall_can_be_worked_without_javascript(town: Town, sign_in: SignsIn) -> None:
    turn_id = issue(town)
    page = sign_in("supervision", f"/admin/hall/turns/{turn_id}")
    page.get_by_text("Dejar pasar a otros").click()
    page.locator("details[open]").get_by_label("La persona pidió esperar").check()
    page.get_by_role("button", name="Dejar pasar").click()
    expect(page.get_by_text("El turno A 001 deja pasar a otros unos minutos.")).to_be_visible()


def test_a_password_is_shown_only_while_its_owner_wants(visit: SignsIn) -> None:
    page = visit("/sign-in", DESK)
    secret = page.get_by_label("Contraseña", exact=True)
    secret.fill("una frase")
    expect(secret).to_have_attribute("type", "password")
    page.get_by_label("Mostrar la contraseña").check()
    expect(secret).to_have_attribute("type", "text")
    page.get_by_label("Mostrar la contraseña").uncheck()
    expect(secret).to_have_attribute("type", "password")


def test_a_new_kiosk_is_let_in_by_typing_the_code_that_it_shows(
    town: Town, visit: Callable[..., Page], sign_in: SignsIn
) -> None:
    kiosk = visit("/pair/kiosk", KIOSK)
    page = sign_in("administracion", "/admin/devices")
    page.get_by_label("Código que muestra la pantalla").fill(kiosk.locator("[data-code]").inner_text())
    page.get_by_label("Nombre del equipo").fill("Quiosco de la entrada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Quiosco de la entrada")).to_be_visible()
    expect(kiosk).to_have_url(re.compile("/kiosk/"), timeout=15_000)
