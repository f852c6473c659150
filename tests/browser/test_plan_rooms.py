"""The rooms in which the plan is followed up, shown and kept from corruption, walked as those who use them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from core.db import transaction
from core.files.actions import Store, place_own
from core.files.antivirus import Antivirus
from core.files.folder import Folder
from core.files.kinds import Kind
from core.plan import actions as planning
from core.plan.followup import actions as following
from core.plan.followup.standing import Verdict
from core.plan.registers.actions import Photo
from core.plan.registers.kinds import ALL
from core.plan.registers.spaces import POINTS
from core.plan.risks import mapping
from tests import make, make_risks
from tests.browser.conftest import DESK, PHONE, Town, check_accessible
from tests.core.files.samples import pdf, photo
from tests.core.plan.followups import activity, day, goal, judge, plan, report

SignsIn = Callable[..., Page]
FITS = """() => [...document.querySelectorAll("html, .table-wrap:has(> .table--cards)")]
  .filter((each) => each.scrollWidth > each.clientWidth).map((each) => `${each.tagName} ${each.className}`)"""
"""What runs out of the screen, and the tables of cards that run out of their place."""

LONG = "Se socializó la estrategia con las juntas de acción comunal de Angosturas, La Baja y Santa Úrsula. " * 4


def a_year(session: Session, folder: Path) -> None:
    """A cut-off in two editions and one in hand, registers of every kind, and a map of risks that was published."""
    make.official(session, "ventanilla2").roles = ["planning", "control"]
    by = make.official(session, "supervision").id
    goal(session, value="4", unit="estrategias")
    judge(session, report(session, value=3, done=LONG, difficulties=LONG), Verdict.DISAGREES, LONG)
    for again in ("", "El acta quedó firmada."):
        if again:
            following.reopen(session, plan(session), 1, again, "Acta 7 del comité", by, day(5, 12))
            judge(session, report(session, value=2, seen=1, reason=again, at=day(5, 13)))
        following.publish(session, plan(session), 1, by, day(5, 15), as_it_is=True)
    report(session, "3.3.1", cutoff=2, done=LONG)
    judge(session, report(session, cutoff=2, done=LONG), Verdict.SENT_BACK, LONG)
    talk = make.register(session, "dialogue", title="Consejo comunal de la vereda Angosturas sobre las vías y el agua")
    for kind in ALL:
        make.register(session, kind.slug, below=talk if kind.below else None)
    shelf = Store(Folder(folder / "files"), Antivirus())
    shown = [
        Photo(place_own(shelf, photo(), f"{point}.jpg", Kind.JPEG, make.at()), point, words) for point, words in POINTS
    ]
    marks = {point: "not_met" if n % 3 else "met" for n, (point, _words) in enumerate(POINTS)}
    make.register(session, "space", points=marks, files=shown, title="Ventanilla única, primer piso")
    for n in range(3):
        make_risks.whole(session, n, process_name=f"Contratación de obras por selección abreviada {n}")
    make_risks.risk(session, 4, process_name="Almacén")
    place = make.site(session).id
    seen = mapping.digest(mapping.to_publish(session, place, make.at(5)))
    mapping.publish(session, place, "Resolución 12 de 2026", seen, by, make.at(5))


def rooms() -> Iterator[str]:
    """The pages of the administration, those that hold a form with all its folds."""
    yield from ("followup", "followup/2026/1", "followup/2026/2", "followup/2026/2/2.4.1", "followup/2026/2/3.3.1")
    yield from ("registers", "registers/streamlining", "registers/entry/1")
    yield from ("registers/space/new", "registers/induction/new", "registers/streamlining/new")
    yield from ("risks", "risks/1", "risks/map", "risks/new", "risks/1/controls/1")
    yield from (f"risks/1/write/{deed}" for deed in ("rate", "control", "treat", "review"))


def portal() -> Iterator[str]:
    """The pages on which everybody reads what came of it."""
    yield from ("plan/2026/cutoffs/1/1", "plan/2026/cutoffs/1/2", "plan/registers", "plan/risks")
    yield from (f"plan/registers/{kind}" for kind in ("dialogue", "space", "streamlining"))


def complaints(*pages: Page) -> list[str]:
    """What pages complained of, but that a form was refused."""
    return [said for page in pages for said in page.complaints if "422" not in said]  # type: ignore[attr-defined]


def check_fits(page: Page, path: str) -> None:
    """Fail with what is wider than the place that it has, on a phone or at a desk, and with what axe finds there."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(path)
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true })")
    assert page.evaluate(FITS) == [], path
    check_accessible(page)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert page.evaluate(FITS) == [], path


def test_every_page_of_the_rooms_of_the_plan_is_accessible_and_fits(
    town: Town, sign_in: SignsIn, visit: SignsIn
) -> None:
    with town.session() as session, transaction(session):
        a_year(session, town.folder)
    inside, outside = sign_in("ventanilla2"), visit("/plan", PHONE)
    for path in rooms():
        check_fits(inside, f"/admin/{path}")
    for path in portal():
        check_fits(outside, f"/{path}")
    assert complaints(inside, outside) == []
    for path in ("registers/space/new", "risks/4/write/rate"):
        inside.goto(f"/admin/{path}")
        inside.locator("main form[method=post] button").last.click()
        expect(inside.get_by_role("alert")).to_be_focused()
        assert inside.evaluate(FITS) == [], path
        check_accessible(inside)


def says(page: Page, **answers: str) -> None:
    """Fill a form from the keyboard alone, each answer in the field of its name, and send it with Enter."""
    for name, answer in answers.items():
        page.locator(f"[name={name}]").first.focus()
        if answer == " ":
            page.keyboard.press("Space")
        else:
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(answer)


def test_what_is_reported_is_disagreed_with_mended_agreed_with_published_and_told_by_its_hash(
    town: Town, sign_in: SignsIn, visit: SignsIn
) -> None:
    with town.session() as session, transaction(session):
        goal(session, value="4", unit="estrategias")
        make.official(session, "ventanilla4").roles = ["control"]
        role, holder = activity(session).responsible[0], make.official(session, "ventanilla3").id
        planning.name_holders(
            session, plan(session), role, [holder], make.official(session, "administracion").id, day(1, 5)
        )
    mine, control = sign_in("ventanilla3", "/admin/followup/2026/2?scope=mine", PHONE), sign_in("ventanilla4")
    mine.get_by_role("link", name="2.4.1 Adoptar").click()
    says(mine, value="tres", done="Se adoptó la estrategia.")
    paper = {"name": "acta.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    mine.locator("input[type=file]").set_input_files(paper)  # type: ignore[arg-type]
    mine.get_by_role("button", name="Guardar el reporte").press("Enter")
    expect(mine.get_by_role("alert")).to_contain_text("Escriba un número")
    says(mine, value="3", public=" ")
    mine.get_by_role("button", name="Guardar el reporte").press("Enter")
    expect(mine.get_by_text("Quedó el reporte.")).to_be_visible()

    here = "/admin/followup/2026/2/2.4.1"
    control.goto(here)
    says(control, seen_evidence=" ")
    control.get_by_label("No conforme: queda con la observación").press("Space")
    control.get_by_role("button", name="Guardar").press("Enter")
    expect(control.get_by_role("alert")).to_contain_text("Escriba este dato")
    says(control, observation="El acta habla de dos estrategias, no de tres.")
    control.get_by_role("button", name="Guardar").press("Enter")
    expect(control.get_by_text("Quedó lo que dijo control interno.")).to_be_visible()

    mine.goto(here)
    expect(mine.get_by_text("El acta habla de dos estrategias, no de tres.")).to_be_visible()
    mine.get_by_text("Cambiar el reporte").press("Enter")
    says(mine, value="2", reason="Se contó una de más.")
    mine.get_by_role("button", name="Guardar el reporte").press("Enter")
    expect(mine.get_by_text("Reporte 2")).to_be_visible()

    control.goto(here)
    control.get_by_label("Conforme", exact=True).press("Space")
    says(control, seen_evidence=" ")
    control.get_by_role("button", name="Guardar").press("Enter")
    expect(control.get_by_text("Quedó lo que dijo control interno.")).to_be_visible()
    control.get_by_role("link", name="Volver al corte").press("Enter")
    control.get_by_label("Publicar así, con lo que falta").press("Space")
    control.get_by_role("button", name="Publicar el corte").press("Enter")
    expect(control.get_by_text("Publicado: ya se ve en el portal")).to_be_visible()

    anybody = visit("/plan/2026/cutoffs/2/1", PHONE)
    told = anybody.locator("#a-2\\.4\\.1")
    told.locator("summary").press("Enter")
    for said in ("Real 50 %, esperado 50 %", "Se adoptó la estrategia.", "Se contó una de más.", "Conforme"):
        expect(told).to_contain_text(said)
    with anybody.expect_download() as proof:
        told.get_by_role("link", name="acta.pdf").click()
    assert proof.value.path().read_bytes() == pdf()
    with anybody.expect_download() as text:
        anybody.get_by_role("link", name="JSON").click()
    digest = hashlib.sha256(text.value.path().read_bytes()).hexdigest()
    expect(anybody.locator(".digest").first).to_have_text(digest)
    assert complaints(mine, control, anybody) == []
