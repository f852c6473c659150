"""Opinions under real fingers: a ticket typed at the kiosk, a tablet beside a window, nobody there, and no line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.db import transaction
from core.surveys.model import Answer, Comment, Mark, Of, Response
from core.surveys.questionnaire import Choice, Jump, Kind, Question, Questionnaire, Section
from core.turns import actions as turns
from core.turns.model import Turn
from tests import make
from tests.browser.conftest import KIOSK, Town, check_accessible
from tests.browser.test_kiosk import CONTRAST, LARGE, PLAIN, SCREENS, Look, check_on_every_screen
from tests.browser.test_morning import take_turn
from tests.paths import PATHS

Visit = Callable[..., Page]
TABLET = {"width": 1280, "height": 800}
ROWS = (Choice(key="clean", text="El aseo de la sala"), Choice(key="seats", text="Las sillas"))
WORDS = ("El tiempo de espera", "El trato", "La claridad", "Los requisitos", "El horario", "La sala")
ASKED = Questionnaire(
    title="¿Cómo lo atendimos?",
    intro="Son pocas preguntas.",
    sections=(
        Section(
            questions=(
                Question(key="all", kind=Kind.FACES, text="En general, ¿qué tan satisfecho quedó?", required=True),
                Question(key="place", kind=Kind.MATRIX, text="¿Qué le pareció el lugar?", choices=ROWS),
                Question(
                    key="solved",
                    kind=Kind.SINGLE,
                    text="¿Resolvió lo que necesitaba?",
                    required=True,
                    choices=(
                        Choice(key="yes", text="Sí"),
                        Choice(key="partly", text="En parte"),
                        Choice(key="no", text="No"),
                    ),
                    jumps=(Jump(values=("yes",), to="again"),),
                ),
                Question(
                    key="mend",
                    kind=Kind.MULTIPLE,
                    text="¿Qué deberíamos mejorar?",
                    choices=tuple(Choice(key=f"k{n}", text=text) for n, text in enumerate(WORDS)),
                ),
                Question(key="again", kind=Kind.SCALE, text="¿Qué tan probable es que recomiende venir a un vecino?"),
                Question(key="more", kind=Kind.TEXT, text="¿Quiere contarnos algo más?", required=True),
            )
        ),
    ),
)
"""One question of each kind that looks different; who says that all was solved is not asked what to mend."""

TOO_SMALL = """(least) => {
  const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm"));
  const shown = (one) => one.getClientRects().length > 0;
  const size = (one) => Math.min(one.offsetWidth, one.offsetHeight) / mm;
  const targets = [...document.querySelectorAll("label:has(> input), .typed__box")].filter(shown);
  return targets.map((one) => [one.innerText, size(one)]).filter(([, mm]) => mm < least - 0.1);
}"""


def kept(town: Town) -> tuple[int, ...]:
    """How many marks, whole answers, values and comments there are."""
    with town.session() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(one)) or 0 for one in (Mark, Response, Answer, Comment)
        )


def finish(town: Town, code: str, label: str) -> int:
    """Attend the turn of this number at a window; the id of the window."""
    with town.session() as session, transaction(session):
        turn = session.scalars(select(Turn).where(Turn.series == code[0], Turn.number == int(code[1:]))).one()
        at, desk = turn.issued_at + timedelta(seconds=1), make.desk(session, label, minute=30)
        turns.pick(session, desk, turn.id, "pick-same-matter", at)
        turns.start(session, desk, at)
        turns.finish(session, desk, [turns.Outcome(turn.service_id, "solved")], at)
        return desk.window_id


def left_behind(page: Page) -> list[object]:
    """What a curious next person would find in the machine: fields that are filled, and what its storage holds."""
    filled = "input:checked, textarea, input[name='turn']:not([value='']), input.typed__box:not([value=''])"
    return [
        page.locator(filled).count(),
        page.evaluate("Object.keys(localStorage)"),
        page.evaluate("Object.keys(sessionStorage).filter((key) => !['tap', 'printed'].includes(key))"),
    ]


NOTHING: list[object] = [0, [], []]


def touch(page: Page, name: str, *, after_ms: int = 510) -> None:
    """Touch a key when, by the page's clock, it is no longer taken for the tremble of the touch before."""
    page.clock.fast_forward(after_ms)
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, text: str) -> None:
    page.locator("[data-now] label:visible", has_text=text).first.click()


def type_ticket(page: Page, code: str, digits: str) -> None:
    for sign in code.replace(" ", "") + digits:
        touch(page, sign, after_ms=210)


def test_the_page_of_the_kiosk_walks_the_way_that_the_office_knows(town: Town, visit: Visit) -> None:
    page = visit("/kiosk/", KIOSK, device="kiosk")
    cases = [
        {
            "questions": [
                {"key": one.key, "jumps": [{"values": list(jump.values), "to": jump.to} for jump in one.jumps]}
                for one in asked.questions
            ],
            "sent": sent,
        }
        for asked, sent, _way in PATHS
    ]
    walked = page.evaluate(
        """async (cases) => {
          const { path } = await import("/kiosk/static/path.js");
          return cases.map(({ questions, sent }) => path(questions, sent));
        }""",
        cases,
    )
    assert walked == [way for _asked, _sent, way in PATHS]


def test_an_opinion_is_given_once_whoever_leaves_and_whatever_the_line_does(town: Town, visit: Visit) -> None:
    with town.session() as session, transaction(session):
        make.survey(session, Of.TURN, ASKED)
        make.survey(session, Of.OPEN, ASKED, code="needs", name="Necesidades")
    measures = {screen: town.measures("kiosk", mm_per_px=SCREENS[screen][1]) for screen in SCREENS}
    looks = [
        Look(*SCREENS[screen], measures[screen], **wish)
        for screen, wish in [
            *((screen, wish) for screen in SCREENS for wish in (PLAIN, LARGE)),
            ("21.5 upright", CONTRAST),
        ]
    ]

    def look_at(page: Page) -> None:
        def fits_a_finger(look: Look) -> None:
            assert page.evaluate(TOO_SMALL, look.least_mm) == [], (page.url, look.size)

        check_on_every_screen(page, looks, also=fits_a_finger)
        check_accessible(page)

    kiosk = visit("/kiosk/", KIOSK, device="kiosk")
    kiosk.add_init_script("window.print = () => {}")
    kiosk.clock.install()
    look_at(kiosk)
    code, _address = take_turn(kiosk, "Impuestos", "Pagar el impuesto predial")
    digits = kiosk.locator("li", has_text="Para opinar en el quiosco:").inner_text()[-4:]
    touch(kiosk, "Terminar")
    kiosk.wait_for_url("**/kiosk/")

    type_at_the_kiosk(kiosk, code, digits, look_at, lambda: finish(town, code, "1"))
    answer_all(kiosk, look_at)
    expect(kiosk.get_by_role("heading", name="Gracias por su opinión")).to_be_visible()
    look_at(kiosk)
    kiosk.wait_for_url("**/kiosk/")
    assert kept(town) == (1, 1, 6, 1)
    assert left_behind(kiosk) == NOTHING

    code, _address = take_turn(kiosk, "Impuestos", "Pagar el impuesto predial")
    tablet = visit("/kiosk/", TABLET, device="kiosk", mm_per_px=0.17, opinions=finish(town, code, "2"))
    expect(tablet.get_by_role("heading", name=f"{code}: ¿cómo lo atendimos?")).to_be_visible()
    look_at(tablet)
    tablet.clock.install()
    leave_in_the_middle(tablet)
    leave_in_the_middle(tablet, without_a_line=True)
    assert kept(town) == (1, 1, 6, 1)
    answer_without_a_line(tablet, lambda: kept(town))
    expect(tablet.get_by_text("Cuando termine su atención, cuéntenos aquí cómo le fue.")).to_be_visible()
    look_at(tablet)
    for page in (kiosk, tablet):
        ours = [said for said in page.complaints if "Failed to load resource" not in said]  # type: ignore[attr-defined]
        assert ours == []


def leave_in_the_middle(tablet: Page, *, without_a_line: bool = False) -> None:
    """Somebody answers one question and goes: the next person finds nothing of it, nor by going back."""
    touch(tablet, "Responder la encuesta")
    tablet.wait_for_url("**/opinion/survey")
    choose(tablet, "Muy insatisfecho")
    touch(tablet, "Siguiente")
    expect(tablet.get_by_text("El aseo de la sala")).to_be_visible()
    assert left_behind(tablet) != NOTHING
    tablet.context.set_offline(without_a_line)
    expect(tablet.locator("html[data-line-down]")).to_have_count(int(without_a_line))
    tablet.clock.fast_forward(61_000)
    expect(tablet.get_by_role("dialog", name="¿Sigue ahí?")).to_be_visible()
    tablet.clock.fast_forward(21_000)
    if without_a_line:
        expect(tablet.get_by_text("Sin conexión")).to_be_visible()
        assert left_behind(tablet) == NOTHING
        tablet.context.set_offline(False)
    tablet.wait_for_url("**/kiosk/")
    assert left_behind(tablet) == NOTHING
    tablet.go_back()
    expect(tablet.get_by_role("heading", name="Esta página ya se cerró")).to_be_visible()
    assert left_behind(tablet) == NOTHING
    tablet.goto("/kiosk/")


def answer_without_a_line(tablet: Page, kept_now: Callable[[], tuple[int, ...]]) -> None:
    """The line goes while somebody answers: they are thanked, and the answer arrives once when it is back."""
    touch(tablet, "Responder la encuesta")
    tablet.wait_for_url("**/opinion/survey")
    tablet.context.set_offline(True)
    expect(tablet.locator("html[data-line-down]")).to_be_attached()
    expect(tablet.get_by_text("Sin conexión")).to_be_hidden()
    answer_all(tablet)
    expect(tablet.get_by_role("heading", name="Gracias por su opinión")).to_be_visible()
    expect(tablet.get_by_text("1 respuesta por enviar")).to_be_visible()
    tablet.clock.fast_forward(8_000)
    expect(tablet.get_by_text("Sin conexión")).to_be_visible()
    assert (left_behind(tablet), kept_now()) == ([0, ["opinions"], []], (1, 1, 6, 1))
    waiting = tablet.evaluate("localStorage.getItem('opinions')")

    tablet.context.set_offline(False)
    tablet.clock.fast_forward(5_000)
    tablet.wait_for_url("**/kiosk/")
    expect(tablet.get_by_text("Cuando termine su atención")).to_be_visible()
    assert kept_now() == (2, 2, 12, 2)
    tablet.evaluate("waiting => localStorage.setItem('opinions', waiting)", waiting)
    tablet.route("**/kiosk/opinion/answer", lambda route: route.fulfill(status=503))
    tablet.reload()
    expect(tablet.get_by_text("1 respuesta por enviar")).to_be_visible()
    assert left_behind(tablet)[1] == ["opinions"], "an office that cannot work now is asked again"
    tablet.unroute("**/kiosk/opinion/answer")
    with tablet.expect_response("**/kiosk/opinion/answer") as sent_again:
        tablet.clock.fast_forward(60_000)
    assert sent_again.value.status == 409
    expect(tablet.get_by_text("1 respuesta por enviar")).to_be_hidden()
    assert (left_behind(tablet), kept_now()) == (NOTHING, (2, 2, 12, 2))


def type_at_the_kiosk(
    kiosk: Page, code: str, digits: str, look_at: Callable[[Page], None], attend: Callable[[], int]
) -> None:
    """What the ticket says: too early, mistyped, and as it is."""
    kiosk.get_by_role("link", name="Opinar sobre la atención").click()
    type_ticket(kiosk, code, digits)
    touch(kiosk, "Seguir")
    expect(kiosk.get_by_role("alert").filter(has_text="todavía no termina")).to_be_visible()
    look_at(kiosk)
    attend()
    touch(kiosk, "Borrar")
    touch(kiosk, "Seguir")
    expect(kiosk.get_by_role("alert").filter(has_text="El código tiene cuatro números.")).to_be_visible()
    touch(kiosk, digits[-1])
    touch(kiosk, "Seguir")
    kiosk.wait_for_url("**/opinion/survey")


def answer_all(page: Page, look_at: Callable[[Page], None] = lambda _page: None) -> None:
    """All questions, with a change of mind on the way."""
    expect(page.get_by_text("Pregunta 1 de 7")).to_be_visible()
    look_at(page)
    touch(page, "Siguiente")
    expect(page.get_by_text("Toque una respuesta para seguir.")).to_be_visible()
    choose(page, "Muy satisfecho")
    touch(page, "Siguiente")
    expect(page.get_by_text("El aseo de la sala")).to_be_visible()
    look_at(page)
    choose(page, "No sabe / no aplica")
    touch(page, "Siguiente")
    expect(page.get_by_text("Las sillas")).to_be_visible()
    touch(page, "Siguiente")
    choose(page, "Sí")
    expect(page.get_by_text("Pregunta 4 de 6")).to_be_visible()
    choose(page, "No")
    look_at(page)
    touch(page, "Siguiente")
    expect(page.get_by_text("Pregunta 5 de 7")).to_be_visible()
    choose(page, WORDS[0])
    choose(page, WORDS[5])
    look_at(page)
    touch(page, "Siguiente")
    choose(page, "10")
    look_at(page)
    touch(page, "Atrás")
    expect(page.locator("[data-now] input:checked")).to_have_count(2)
    touch(page, "Siguiente")
    touch(page, "Siguiente")
    for key in ("g", "r", "a", "c", "Tilde", "i", "a", "s", "Espacio", "ñ"):
        touch(page, key, after_ms=160)
    expect(page.locator("textarea")).to_have_value("Gracías ñ")
    look_at(page)
    touch(page, "Enviar")
