"""The live hall: what it shows, what a supervisor does from it, and the trace that each exception leaves."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import desks
from core.catalogue.model import Site
from core.clock import now
from core.db import Event, transaction
from core.desks import HelpCall
from core.disk import Ballast, Disk, Room
from core.events import Who
from core.reports.periods import Period
from core.turns import actions as turns
from core.turns import board
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.turns.outlook.told import outlook_of
from core.turns.statistics import reading
from core.turns.statistics.facts import tally
from core.turns.statistics.journey import Outcome
from core.web.database import db
from core.web.foreseeing import Foreseer
from core.web.forms import new_press
from tests import make
from tests.admin.conftest import Enter, press, told
from tests.conftest import Hands, House

ACTS = {
    "group": {"group": "older", "reason": "group-told"},
    "service": {"service": "SERVICE", "position": "arrival", "reason": "transfer-other-office"},
    "skip": {"reason": "skip-asked-to-wait"},
    "cancel": {"reason": "cancel-asked"},
}
NAMES = {
    "group": "La persona lo dijo en la ventanilla",
    "service": "El trámite es de otra oficina",
    "skip": "La persona pidió esperar",
    "cancel": "La persona lo pidió",
}


@pytest.fixture
def supervisor(enter: Enter) -> FlaskClient:
    return enter("supervisor")


def issue(house: House, minute: float = 50, **about: str) -> int:
    with house.app.app_context(), transaction(db.session) as session:
        return make.turn(session, minute, **about).id


def turn_of(house: House, turn_id: int) -> Turn:
    return house.look().get_one(Turn, turn_id)


def asked(house: House, act: str) -> dict[str, str]:
    """What the form of an act asks for, with the id of a real service."""
    with house.app.app_context():
        service = str(make.service(house.look(), "petition").id)
    return {name: service if value == "SERVICE" else value for name, value in ACTS[act].items()}


def test_an_empty_hall_says_that_nobody_waits_and_nothing_is_pending(supervisor: FlaskClient) -> None:
    words = told(supervisor.get("/admin/hall"))
    assert "Nadie espera" in words
    assert "No hay nada pendiente" in words


def test_the_hall_shows_who_waits_in_the_order_in_which_they_will_be_called(
    house: House, supervisor: FlaskClient
) -> None:
    first, second = issue(house, 50), issue(house, 55, group="older")
    page = supervisor.get("/admin/hall").get_data(as_text=True)
    queue = page[page.index('id="queue"') :]
    assert queue.index(f'data-turn-of="{second}"') < queue.index(f'data-turn-of="{first}"')
    assert "60 años o más" in queue


NEVER_ALIKE = ('name="press"', 'name="csrf_token"')
"""What each drawing of a form says anew."""


def test_the_live_part_is_the_same_as_in_the_page(house: House, supervisor: FlaskClient) -> None:
    issue(house)
    live, page = (supervisor.get(path).get_data(as_text=True) for path in ("/admin/hall/live", "/admin/hall"))

    def still(text: str) -> list[str]:
        return [line for line in text.splitlines() if not any(one in line for one in NEVER_ALIKE)]

    assert "\n".join(still(live)) in "\n".join(still(page))
    assert "<html" not in live


def test_the_tiles_count_the_day(house: House, supervisor: FlaskClient, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        desk, site_id = make.desk(session, "1", minute=0), make.site(session).id
        for minute in (0, 10, 20):
            make.turn(session, minute)
        turns.call_next(session, desk, make.at(30))
        turns.mark_absent(session, desk, make.at(32))
        turns.call_next(session, desk, make.at(56))
        left = make.turn(session, 40)
        turns.leave(session, left, make.at(41))
        for minute, reason in ((42, "cancel-asked"), (43, "cancel-test")):
            cancelled, by = make.turn(session, minute), Who("official", make.official(session, "supervision").id)
            turns.cancel(session, site_id, cancelled.id, reason, by, make.at(minute + 1))
        came = make.turn(session, 57)
        other = make.desk(session, "2", minute=0)
        turns.pick(session, other, came.id, "pick-back", make.at(58))
        turns.mark_absent(session, other, make.at(59))
        turns.leave(session, came, make.at(59.5))
    words = told(supervisor.get("/admin/hall"))
    assert "Esperan ahora 1 Preferenciales: 0" in words
    assert "Llamados en meta hoy 67 % De 3 llamados" in words
    assert "Espera de hoy 30 min La mitad esperó eso o menos; 9 de cada 10, 46 min o menos" in words
    assert "Abandonaron la espera 2 29 % de los turnos. No se presentaron: 2" in words
    with house.app.app_context():
        asked = reading.Asked((site_id,), Period(make.OPENING.date(), make.OPENING.date()))
        counted = tally(reading.read(house.look(), asked).facts)
        assert (counted.abandoned, counted.ended(Outcome.ABSENT), counted.turns) == (2, 2, 7), "as the statistics say"
    assert "Ventanillas abiertas 2 de 4" in words


def test_the_hall_tells_how_long_the_called_waited_by_half_hour_and_nothing_of_few(
    house: House, supervisor: FlaskClient, hands: Hands
) -> None:
    def call(came: float, *called: float) -> None:
        with house.app.app_context(), transaction(db.session) as session:
            desk = make.desk(session)
            for _minute in called:
                make.turn(session, came)
            for minute in called:
                found = turns.call_next(session, desk, make.at(minute))
                turns.start(session, desk, make.at(minute + 0.2))
                turns.finish(session, desk, [turns.Outcome(found.service_id, "solved")], make.at(minute + 0.5))

    call(0, 1, 2, 3, 4, 5)
    hands.forward(minutes=5)
    assert "Minutos que esperaron los llamados" not in told(supervisor.get("/admin/hall"))
    call(30, 32, 34, 36, 38, 40)
    call(60, 61, 62, 63, 64)
    words = told(supervisor.get("/admin/hall/live"))
    assert "De los llamados desde las 8:30, la mitad esperó hasta 6 min, y 9 de cada 10, hasta 10 min." in words
    assert "8:00 5 3,0 5,0 8:30 5 6,0 10,0 9:00 4 — —" in words


def test_a_wait_over_its_target_alerts_with_the_windows_that_could_attend_it(
    house: House, supervisor: FlaskClient
) -> None:
    issue(house, 10)
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session, "2", minute=59)
    words = told(supervisor.get("/admin/hall"))
    assert "Fuera de meta: «Pagar el impuesto predial»" in words
    assert "Ventanilla 2: libre, puede llamar ya" in words
    assert "Ventanilla 1: cerrada, puede abrirse" in words


def test_each_tile_says_how_it_stands_beside_this_weekday_at_this_hour(house: House, supervisor: FlaskClient) -> None:
    """On four Mondays before, at nine: three called after 20 minutes in time, one who left, five who wait since 8:25.

    Today they waited 46 minutes, nobody more than since 8:50 does, and there is one window as ever.
    """

    def day(weeks: int, wait: float, since: range) -> None:
        begins = -weeks * 7 * 24 * 60
        with house.app.app_context(), transaction(db.session) as session:
            desk = make.desk(session, "1", minute=begins)
            for minute in (0, 5, 10):
                turn, called = make.turn(session, begins + minute), make.at(begins + minute + wait)
                turns.pick(session, desk, turn.id, "pick-same-matter", called)
                turns.start(session, desk, called)
                turns.finish(session, desk, [turns.Outcome(turn.service_id, "solved")], called + timedelta(minutes=1))
            turns.leave(session, make.turn(session, begins + 12), make.at(begins + 13))
            waiting = [make.turn(session, begins + minute) for minute in since]
            if weeks:
                for turn in waiting:
                    turns.leave(session, turn, make.at(begins + 70))
                desks.stand_up(session, desk.site_id, desk.official_id, make.at(begins + 80))

    for weeks in (7, 5, 4):
        day(weeks, 20, range(25, 30))
    supervisor.get("/admin/hall")
    assert house.app.extensions.pop("usual").popitem()[1][1] is None, "three days say nothing"
    day(2, 20, range(25, 30))
    day(0, 46, range(50, 52))
    words = told(supervisor.get("/admin/hall"))
    for tile in (
        "Esperan ahora 2 Preferenciales: 0 ▼ 3 menos que un lunes a esta hora",
        "Espera más larga 10:00 A 005 · En meta ▼ 25 min menos que un lunes a esta hora",
        "meta 15 y 45 min ▼ 100 puntos menos que un lunes a esta hora",
        "9 de cada 10, 46 min o menos ▲ 26 min más que un lunes a esta hora",
        "No se presentaron: 0 ▼ 50 puntos menos que un lunes a esta hora",
        "Ventanillas abiertas 1 de 4 Con personas por atender: 2 Como un lunes a esta hora",
    ):
        assert tile in words


def test_bar_alert_tile_and_line_say_the_same_of_a_service_that_is_foreseen_to_fail(
    house: House, supervisor: FlaskClient
) -> None:
    for n in range(14):
        issue(house, 59 + n / 20)
    with house.app.app_context():
        with transaction(db.session) as session:
            make.desk(session, "1", minute=59)
        Foreseer().go_round()
        told_of = outlook_of(house.look(), make.site(house.look()).id, now())
        taxes = told_of.content.services[make.service(house.look()).id]
    page = supervisor.get("/admin/hall").get_data(as_text=True)
    words = told(supervisor.get("/admin/hall"))
    assert "En riesgo: «Pagar el impuesto predial»" in words
    assert f"9 de cada 10 generales esperen {taxes.ninth} min o menos, y su meta es 45." in words
    assert f"9 de cada 10, {taxes.ninth} o menos (meta: 45)" in words
    assert taxes.ninth > 45
    brought = re.search(r"Abrir la ventanilla \d baja la espera de 9 de cada 10 de (\d+) a \d+ min", words)
    assert brought is not None
    assert int(brought[1]) == taxes.ninth, "the same people"
    assert "En meta<" not in page.replace("</span>", "<"), "neither the tile, nor the bar, nor the line"
    assert words.count("En riesgo") == 1 + 1 + 1 + 14 + 1
    assert f"Pagar el impuesto predial 14 0 1 min {taxes.half} {taxes.ninth} 45 En riesgo" in words, "as a table"
    assert 'role="img" aria-label="Esperan 14; preferenciales 0"' in page


@pytest.mark.parametrize("act", ACTS)
def test_an_exception_leaves_its_trace_with_who_and_why(house: House, supervisor: FlaskClient, act: str) -> None:
    turn_id = issue(house)
    done = press(supervisor, f"/admin/hall/turns/{turn_id}/{act}", **asked(house, act))
    assert done.status_code == 302
    with house.app.app_context():
        session = house.look()
        site = make.site(session).id
        ((event, turn, who),) = board.exceptions_of(session, site, make.at(0))
        assert (turn.id, who and who.username, event.reason) == (turn_id, "supervision", ACTS[act]["reason"])
    words = told(supervisor.get("/admin/hall"))
    assert NAMES[act] in words[words.index("Excepciones de hoy") :]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("reason", ["", "porque sí", "pick-danger"])
def test_without_a_reason_of_the_list_nothing_is_done(
    house: House, supervisor: FlaskClient, act: str, reason: str
) -> None:
    turn_id = issue(house)
    refused = press(supervisor, f"/admin/hall/turns/{turn_id}/{act}", **{**asked(house, act), "reason": reason})
    assert refused.status_code == 422
    assert 'id="' + {"group": "group", "service": "move"}.get(act, act) + '-reason-error"' in refused.get_data(
        as_text=True
    )
    with house.app.app_context():
        assert house.look().scalars(select(Event.kind).where(Event.turn_id == turn_id)).all() == ["issued"]


def test_the_change_of_group_puts_the_turn_where_it_would_have_been(house: House, supervisor: FlaskClient) -> None:
    earlier, later = issue(house, 50), issue(house, 55)
    press(supervisor, f"/admin/hall/turns/{later}/group", group="older", reason="group-told")
    with house.app.app_context():
        session = house.look()
        order = [turn.id for turn in board.everyone_waiting(session, make.site(session).id, now())]
    assert order == [later, earlier]


def test_an_unknown_group_is_refused_by_its_name(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house)
    refused = press(supervisor, f"/admin/hall/turns/{turn_id}/group", group="friends", reason="group-told")
    assert refused.status_code == 422
    with house.app.app_context():
        assert turn_of(house, turn_id).group == "general"


def test_the_same_press_twice_lets_others_pass_once(house: House, supervisor: FlaskClient, hands: Hands) -> None:
    turn_id = issue(house)
    body = {"press": new_press(), "reason": "skip-asked-to-wait"}
    until = hands.at + timedelta(minutes=10)
    for _ in range(2):
        assert supervisor.post(f"/admin/hall/turns/{turn_id}/skip", data=body).status_code == 302
        hands.forward(minutes=1)
    with house.app.app_context():
        assert turn_of(house, turn_id).not_before == until


def test_a_key_that_comes_back_with_another_reason_is_refused(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house)
    body = {"press": new_press(), "reason": "skip-asked-to-wait"}
    supervisor.post(f"/admin/hall/turns/{turn_id}/skip", data=body)
    again = supervisor.post(f"/admin/hall/turns/{turn_id}/skip", data=body | {"reason": "skip-system"})
    assert again.status_code == 409


def test_a_turn_that_ended_meanwhile_is_left_alone_and_the_page_says_so(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house)
    press(supervisor, f"/admin/hall/turns/{turn_id}/cancel", reason="cancel-asked")
    late = press(supervisor, f"/admin/hall/turns/{turn_id}/skip", reason="skip-asked-to-wait")
    assert late.status_code == 409
    assert "ya cambió: está anulado" in told(late)


def test_a_field_that_the_form_does_not_have_is_refused(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house)
    refused = press(supervisor, f"/admin/hall/turns/{turn_id}/cancel", reason="cancel-asked", state="finished")
    assert refused.status_code == 422
    with house.app.app_context():
        assert turn_of(house, turn_id).state is State.WAITING


def test_who_was_absent_gets_the_place_back(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house)
    with house.app.app_context(), transaction(db.session) as session:
        desk = make.desk(session, "1")
        turns.call_next(session, desk, make.at(58))
        turns.mark_absent(session, desk, make.at(59))
    assert "Ya volvió" in told(supervisor.get("/admin/hall"))
    assert press(supervisor, f"/admin/hall/turns/{turn_id}/back").status_code == 302
    with house.app.app_context():
        assert turn_of(house, turn_id).state is State.WAITING


def test_the_supervisor_answers_a_call_for_help_once(house: House, supervisor: FlaskClient) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        desks.ask_for_help(session, make.desk(session, "2"), make.at(59))
    assert "La ventanilla 2 pide ayuda" in told(supervisor.get("/admin/hall"))
    with house.app.app_context():
        help_id = house.look().scalars(select(HelpCall.id)).one()
    assert press(supervisor, f"/admin/hall/help/{help_id}").status_code == 302
    assert press(supervisor, f"/admin/hall/help/{help_id}").status_code == 404
    with house.app.app_context():
        call = house.look().get_one(HelpCall, help_id)
        assert call.answered_by == make.official(house.look(), "supervision").id
    assert "pide ayuda" not in told(supervisor.get("/admin/hall"))


def test_an_abandoned_window_is_freed_and_the_log_names_the_supervisor(house: House, supervisor: FlaskClient) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session, "1")
        official_id = make.official(session).id
    assert press(supervisor, f"/admin/hall/officials/{official_id}/free").status_code == 302
    with house.app.app_context():
        session = house.look()
        assert desks.sitting_of(session, official_id) is None
        freed = session.scalars(select(Event).where(Event.kind == "freed")).one()
        assert freed.who_id == make.official(session, "supervision").id


def test_a_window_with_a_turn_in_hand_is_not_freed_until_the_turn_goes_back(
    house: House, supervisor: FlaskClient
) -> None:
    turn_id = issue(house)
    with house.app.app_context(), transaction(db.session) as session:
        desk = make.desk(session, "1")
        turns.call_next(session, desk, make.at(59))
        official_id, service_id = desk.official_id, make.service(session).id
    refused = press(supervisor, f"/admin/hall/officials/{official_id}/free")
    assert refused.status_code == 409
    assert "en la mano" in told(refused)
    back = {"service": service_id, "position": "arrival", "reason": "transfer-failure"}
    assert press(supervisor, f"/admin/hall/turns/{turn_id}/service", **back).status_code == 302
    assert press(supervisor, f"/admin/hall/officials/{official_id}/free").status_code == 302
    with house.app.app_context():
        assert turn_of(house, turn_id).state is State.WAITING


def test_leftovers_are_closed_with_a_reason_and_today_is_not_touched(house: House, supervisor: FlaskClient) -> None:
    old, today = issue(house, -3 * 24 * 60), issue(house)
    assert "Turnos de días anteriores sin cerrar: 1" in told(supervisor.get("/admin/hall"))
    refused = press(supervisor, "/admin/hall/leftovers")
    assert refused.status_code == 422
    assert "Elija un motivo de la lista." in told(refused)
    assert press(supervisor, "/admin/hall/leftovers", reason="leftover-gone").status_code == 302
    with house.app.app_context():
        assert turn_of(house, old).state is State.CANCELLED
        assert turn_of(house, today).state is State.WAITING


def test_a_turn_of_another_site_does_not_exist_here(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house)
    with house.app.app_context(), transaction(db.session) as session:
        elsewhere = Site(code="otra", name="Otra sede", address="Lejos")
        session.add(elsewhere)
        session.flush()
        make.official(session, "supervision").site_id = elsewhere.id
    assert supervisor.get(f"/admin/hall/turns/{turn_id}").status_code == 404
    for act in ACTS:
        assert press(supervisor, f"/admin/hall/turns/{turn_id}/{act}", **asked(house, act)).status_code in (404, 422)
    with house.app.app_context():
        assert turn_of(house, turn_id).state is State.WAITING


def test_the_hall_never_says_the_unguessable_token_of_a_turn(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house)
    with house.app.app_context():
        token = turn_of(house, turn_id).token
    for path in ("/admin/hall", f"/admin/hall/turns/{turn_id}"):
        assert token not in supervisor.get(path).get_data(as_text=True)


def test_who_sends_a_turn_on_says_where_and_the_same_service_is_said_to_be_the_same(
    house: House, supervisor: FlaskClient
) -> None:
    turn_id = issue(house)
    page = supervisor.get(f"/admin/hall/turns/{turn_id}").get_data(as_text=True)
    options = re.findall(r"<option[^>]*>([^<]*)", page.partition('id="move-service"')[2])
    assert options[:2] == ["Elija un servicio", "El mismo: devolver a la fila de todos"]
    refused = press(supervisor, f"/admin/hall/turns/{turn_id}/service", position="front", reason="transfer-failure")
    assert refused.status_code == 422
    assert "Elija un servicio de la lista." in told(refused)


def test_who_lets_others_pass_says_until_when_in_the_queue(house: House, supervisor: FlaskClient) -> None:
    turn_id = issue(house, 0)
    press(supervisor, f"/admin/hall/turns/{turn_id}/skip", reason="skip-asked-to-wait")
    words = told(supervisor.get("/admin/hall"))
    assert "Deja pasar hasta las 9:10" in words[words.index("En la fila") :]
    assert "Nadie atiende" not in words


def test_only_a_window_without_a_turn_in_hand_offers_to_be_freed(house: House, supervisor: FlaskClient) -> None:
    issue(house)
    with house.app.app_context(), transaction(db.session) as session:
        turns.call_next(session, make.desk(session, "1"), make.at(59))
        make.desk(session, "2", minute=59)
    words = told(supervisor.get("/admin/hall"))
    assert "Liberar la ventanilla 2" in words
    assert "Liberar la ventanilla 1" not in words
    assert "Libre hace 1:00" in words


def fill_the_disk(house: House, folder: Path, percent: int) -> Ballast:
    """The disk of the data says so, and a ballast lies on it."""
    ballast = Ballast(folder)
    ballast.path.write_bytes(b"\0" * 7_000_000)
    room = Room(folder, percent * 10**7, (100 - percent) * 10**7)
    house.app.extensions["disk"] = Disk([folder], ballast, lambda _folder: room)
    return ballast


def test_a_disk_that_fills_up_alerts_in_time_and_says_whom_to_tell(
    house: House, supervisor: FlaskClient, tmp_path: Path
) -> None:
    fill_the_disk(house, tmp_path, 84)
    assert "disco" not in told(supervisor.get("/admin/hall"))
    fill_the_disk(house, tmp_path, 85)
    words = told(supervisor.get("/admin/hall"))
    assert "El disco del equipo se está llenando: 85 %" in words
    assert "Quedan 150 MB y todo funciona. Pida a sistemas que haga espacio" in words
    assert "Liberar la reserva" not in words
    fill_the_disk(house, tmp_path, 95)
    words = told(supervisor.get("/admin/hall"))
    assert "El disco del equipo está casi lleno: 95 %" in words
    assert "Quedan 50 MB. Cuando se llene no se podrán dar ni llamar turnos." in words
    assert "libere la reserva de 7 MB" in words


def test_the_supervisor_lets_the_ballast_go_once_and_who_only_looks_does_not(
    house: House, supervisor: FlaskClient, enter: Enter, tmp_path: Path
) -> None:
    ballast = fill_the_disk(house, tmp_path, 99)
    looks_on = enter("control")
    assert "Liberar la reserva" not in told(looks_on.get("/admin/hall"))
    assert press(looks_on, "/admin/hall/ballast").status_code == 403
    assert ballast.bytes
    assert "Liberar la reserva" in told(supervisor.get("/admin/hall"))
    for _ in range(2):
        assert press(supervisor, "/admin/hall/ballast").status_code == 302
        assert ballast.bytes == 0
    words = told(supervisor.get("/admin/hall"))
    assert "Se liberó la reserva." in words
    assert "Liberar la reserva" not in words
    assert "casi lleno: 99 %" in words


def test_a_supervisor_asks_what_one_window_more_or_less_would_bring(house: House, enter: Enter) -> None:
    supervisor = enter("supervisor")
    words = told(supervisor.get("/admin/hall/windows"))
    for said in ("Ninguna ventanilla atiende", "Ninguna por abrir ayuda", "Lo que se prevé a las"):
        assert said in words, said
    for n in range(28):
        issue(house, 50 + n / 10)
    with house.app.app_context():
        with transaction(db.session) as session:
            first, second = (make.desk(session, label, minute=59) for label in "12")
        Foreseer().go_round()
        taxes = outlook_of(house.look(), first.site_id, now()).content.services[make.service(house.look()).id]
    words = told(supervisor.get("/admin/hall/windows"))
    assert "Si se va la ventanilla 1 Alarga esperas en riesgo" in words
    as_in_the_hall = rf"generales esperarían (\d+) min o menos, en vez de {taxes.ninth} \(meta: 45\). Sigue en riesgo."
    assert [int(after) > taxes.ninth + 30 for after in re.findall(as_in_the_hall, words)] == [True, True]
    assert "Si llega alguien para «Avisar un derrumbe u otro riesgo», «" in words, "what the second window alone serves"
    assert "Ninguna por abrir ayuda" in words, "the closed ones serve nothing that anybody waits for"
    with house.app.app_context(), transaction(db.session) as session:
        desks.stand_up(session, second.site_id, second.official_id, now())
    words = told(supervisor.get("/admin/hall/windows"))
    assert "Si se va la ventanilla 1 Deja gente sin atención" in words
    assert "«Pagar el impuesto predial»: nadie lo atendería, y esperan 28 personas." in words
    assert "Si se abre la ventanilla 2 Acorta la espera" in words
    with house.app.app_context(), transaction(db.session) as session:
        desks.stand_up(session, first.site_id, first.official_id, now())
    words = told(supervisor.get("/admin/hall/windows"))
    assert "Si se abre la ventanilla 1 Atiende a quien nadie atiende" in words
    assert "Ninguna ventanilla atiende" in words
    assert 'href="/admin/hall/windows"' in supervisor.get("/admin/hall").get_data(as_text=True)
    for role in ("control", "official"):
        assert enter(role).get("/admin/hall/windows").status_code == 403, role
