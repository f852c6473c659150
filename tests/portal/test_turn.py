"""The citizen's phone: what it says of a turn in each state, what its buttons do, and what it never tells."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from core.catalogue.model import Reason, Result
from core.clock import now
from core.db import transaction
from core.events import Who
from core.turns import actions as turns
from core.turns.actions.asked import Outcome
from core.turns.lifecycle import State
from core.turns.model import Turn
from core.web.database import db
from core.web.foreseeing import Foreseer
from core.web.forms import new_press
from tests import make
from tests.conftest import Hands, House

UNKNOWN = "A" * 22


def done(house: House, work: Callable[[Session], Turn]) -> str:
    """The token of the turn that `work` made and changed."""
    with house.app.app_context(), transaction(db.session) as session:
        return work(session).token


def issued(house: House, **about: object) -> str:
    return done(house, lambda session: make.turn(session, **about))  # type: ignore[arg-type]


def page(house: House, token: str, path: str = "") -> str:
    answer = house.anybody().get(f"/t/{token}{path}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def sentence(text: str) -> str:
    """The page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def title(text: str) -> str:
    found = re.search(r"<title>(.*?)</title>", text)
    assert found
    return found[1]


def press(client: FlaskClient, token: str, what: str, key: str | None = None) -> TestResponse:
    return client.post(f"/t/{token}/{what}", data={"press": key or new_press()})


def state_of(house: House, token: str) -> Turn:
    return house.look().scalars(select(Turn).where(Turn.token == token)).one()


def reason(session: Session, kind: str) -> str:
    return session.scalars(select(Reason.code).where(Reason.kind == kind)).first() or ""


def result(session: Session) -> str:
    return session.scalars(select(Result.code)).first() or ""


def called(session: Session, window: str = "1", minute: float = 59) -> Turn:
    desk = make.desk(session, window)
    make.turn(session, 1)
    return turns.call_next(session, desk, make.at(minute))


def absent(session: Session, minute: float = 59) -> Turn:
    called(session, minute=minute - 1)
    return turns.mark_absent(session, make.desk(session), make.at(minute))


def attending(session: Session) -> Turn:
    called(session)
    return turns.start(session, make.desk(session), make.at(59))


# --- what it says -------------------------------------------------------------------------------------


def test_a_waiting_turn_says_how_many_come_before_and_a_range_of_minutes(house: House, hands: Hands) -> None:
    def five(session: Session) -> Turn:
        make.desk(session)
        return [make.turn(session, minute) for minute in range(6)][-1]

    text = page(house, done(house, five))

    assert title(text) == "Faltan 5 turnos · A 006"
    assert re.search(r"Espera: entre \d+ y \d+ minutos", sentence(text))
    assert "Pagar el impuesto predial" in text
    assert "Palacio Municipal" in text
    assert "8:05 a. m." in text


def test_with_three_or_fewer_ahead_it_says_to_come_near(house: House, hands: Hands) -> None:
    def fourth(session: Session) -> Turn:
        make.desk(session)
        return [make.turn(session, minute) for minute in range(4)][-1]

    assert title(page(house, done(house, fourth))) == "Acérquese. Faltan 3 turnos · A 004"


@pytest.mark.parametrize(("before", "says"), [(1, "Acérquese. Falta 1 turno"), (0, "Acérquese. Usted sigue")])
def test_the_count_of_those_ahead_is_said_in_singular_and_in_words(
    house: House, hands: Hands, before: int, says: str
) -> None:
    def last(session: Session) -> Turn:
        make.desk(session)
        return [make.turn(session, minute) for minute in range(before + 1)][-1]

    assert title(page(house, done(house, last))).startswith(says)


def test_without_an_open_window_it_says_so_and_calls_nobody_near(house: House, hands: Hands) -> None:
    text = page(house, issued(house))

    assert title(text) == "Aún no hay ventanilla abierta · A 001"
    assert "Su turno sigue siendo válido." in text
    assert "Usted sigue" not in text
    assert "Acérquese" not in text


def test_a_called_turn_shows_its_window_in_the_title_and_on_the_page(house: House, hands: Hands) -> None:
    text = page(house, done(house, lambda session: called(session, "2")))

    assert title(text) == "Es su turno: ventanilla 2 · A 001"
    assert "Es su turno Ventanilla 2 Vaya ahora a la ventanilla." in sentence(text)


def test_a_repeated_call_says_how_many_there_were(house: House, hands: Hands) -> None:
    def again(session: Session) -> Turn:
        called(session)
        return turns.recall(session, make.desk(session), make.at(60))

    assert "Ya van 2 llamados." in page(house, done(house, again))


def test_a_turn_in_attention_offers_nothing_more_to_press(house: House, hands: Hands) -> None:
    text = page(house, done(house, attending))

    assert title(text).startswith("En atención: ventanilla 1")
    assert "/leave" not in text
    assert "/more-time" not in text


def test_a_parked_turn_says_to_which_window_to_come_back(house: House, hands: Hands) -> None:
    def parked(session: Session) -> Turn:
        attending(session)
        return turns.hold(session, make.desk(session), make.at(60))

    text = page(house, done(house, parked))

    assert title(text).startswith("En pausa: vuelva a la ventanilla 1")
    assert "No tiene que hacer otra fila" in text


def test_who_missed_the_call_is_told_until_when_the_place_is_kept(house: House, hands: Hands) -> None:
    text = sentence(page(house, done(house, lambda session: absent(session, 55))))

    assert "Perdió el llamado" in text
    assert "Todavía conserva su lugar. Toque “Volver a la fila” antes de las 9:05 a. m." in text


def test_who_missed_the_call_long_ago_is_told_that_the_place_is_lost(house: House, hands: Hands) -> None:
    text = page(house, done(house, lambda session: absent(session, 40)))

    assert "como si llegara ahora" in text
    assert "Todavía conserva su lugar" not in text


def test_who_misses_a_second_call_is_not_told_that_the_place_is_kept(house: House, hands: Hands) -> None:
    def twice(session: Session) -> Turn:
        turn = absent(session, 57)
        turns.come_back(session, turn, make.at(58))
        turns.call_next(session, make.desk(session), make.at(59))
        return turns.mark_absent(session, make.desk(session), make.at(59))

    text = page(house, done(house, twice))

    assert "Ya volvió una vez a la fila." in text
    for untrue in ("conserva su lugar", "Toque “Volver a la fila”", "como si llegara ahora"):
        assert untrue not in text


def test_a_transferred_turn_keeps_its_number_and_names_the_other_service(house: House, hands: Hands) -> None:
    def moved(session: Session) -> Turn:
        attending(session)
        clearance = make.service(session, "tax-clearance").id
        return turns.transfer(session, make.desk(session), clearance, "arrival", False, make.at(60))

    text = page(house, done(house, moved))

    assert "A 001" in title(text)
    assert "Pasa a otro servicio: Pedir paz y salvo predial. Conserva su número." in text


def test_a_turn_that_comes_back_in_line_says_nothing_of_another_service(house: House, hands: Hands) -> None:
    token = done(house, absent)
    press(house.anybody(), token, "return")

    assert "Pasa a otro servicio" not in page(house, token)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (State.FINISHED, "Gracias por venir."),
        (State.LEFT, "Este turno ya no será llamado."),
        (State.CANCELLED, "La alcaldía anuló este turno."),
    ],
)
def test_an_ended_turn_says_how_it_ended_and_offers_nothing(
    house: House, hands: Hands, state: State, says: str
) -> None:
    def ended(session: Session) -> Turn:
        turn = make.turn(session, 1)
        if state is State.FINISHED:
            desk = make.desk(session)
            turns.call_next(session, desk, make.at(2))
            turns.start(session, desk, make.at(3))
            turns.finish(session, desk, [Outcome(turn.service_id, result(session))], make.at(9))
        elif state is State.LEFT:
            turns.leave(session, turn, make.at(9))
        else:
            turns.cancel(session, turn.site_id, turn.id, reason(session, "cancel"), Who("system"), make.at(9))
        return turn

    text = page(house, done(house, ended))

    assert says in text
    assert "data-asks" not in text
    assert "data-alerts" not in text


def test_the_page_works_without_javascript(house: House, hands: Hands) -> None:
    token = issued(house)
    text = page(house, token)

    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in text
    assert f'href="/t/{token}/leave"' in text
    assert f'href="/t/{token}/more-time"' in text
    assert 'name="press"' in page(house, token, "/leave")
    assert "unos 10 minutos" in page(house, token, "/more-time")


def test_the_page_speaks_the_language_of_the_turn_and_changes_it_on_request(house: House, hands: Hands) -> None:
    def in_english(session: Session) -> Turn:
        turn = make.turn(session)
        turn.language = "en"
        return turn

    client, token = house.anybody(), done(house, in_english)
    first = client.get(f"/t/{token}").get_data(as_text=True)
    client.post(f"/t/{token}/language", data={"to": "es"})
    second = client.get(f"/t/{token}").get_data(as_text=True)

    assert '<html lang="en"' in first
    assert "Pay property tax" in first
    assert '<html lang="es"' in second
    assert "Pagar el impuesto predial" in second
    assert client.post(f"/t/{token}/language", data={"to": "fr"}).status_code == 422


# --- what its buttons do ------------------------------------------------------------------------------


def test_who_leaves_is_no_longer_waited_for(house: House, hands: Hands) -> None:
    token = issued(house)

    answer = press(house.anybody(), token, "leave")

    assert answer.status_code == 302
    with house.app.app_context():
        assert state_of(house, token).state is State.LEFT
    assert title(page(house, token)).startswith("Se retiró de la fila")


def test_leaving_a_second_time_is_refused_with_a_sentence(house: House, hands: Hands) -> None:
    token, client = issued(house), house.anybody()
    press(client, token, "leave")

    again = press(client, token, "leave")

    assert again.status_code == 409
    assert "la persona se retiró" in again.get_data(as_text=True)


def test_more_time_lets_others_pass_once(house: House, hands: Hands) -> None:
    token, client = issued(house, minute=50), house.anybody()
    other = issued(house, minute=55)
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session)

    answer = press(client, token, "more-time")
    again = press(client, token, "more-time")

    assert answer.status_code == 302
    assert again.status_code == 409
    assert "Ya pidió más tiempo una vez." in again.get_data(as_text=True)
    assert title(page(house, token)).startswith("Otras personas pasan hasta las 9:10 a. m.")
    assert title(page(house, other)).startswith("Acérquese. Usted sigue")
    assert "Ahora no puede pedir más tiempo." in page(house, token, "/more-time")


def test_who_lets_others_pass_reads_until_when_and_is_called_near_only_after_that(house: House, hands: Hands) -> None:
    token, client = done(house, lambda session: make.turn(session, 50)), house.anybody()
    with house.app.app_context(), transaction(db.session) as session:
        make.desk(session)
    press(client, token, "more-time")
    held = client.get(f"/t/{token}/state")

    meanwhile = sentence(page(house, token))
    assert "Otras personas pasan hasta las 9:10 a. m." in meanwhile
    assert "Desde las 9:10 a. m. vuelve a tener su lugar" in meanwhile
    assert re.search(r"Espera: (entre|menos de) ", meanwhile)
    for untrue in ("Acérquese", "Usted sigue", "Falta", "cuando falten"):
        assert untrue not in meanwhile
    assert 'data-again="15"' in held.get_data(as_text=True)

    hands.forward(minutes=10)
    then = client.get(f"/t/{token}/state", headers={"If-None-Match": held.headers["ETag"]})
    assert then.status_code == 200
    assert title(page(house, token)) == "Acérquese. Usted sigue · A 001"
    assert "Otras personas pasan" not in page(house, token)
    assert "Solo se puede pedir una vez." in page(house, token)


def test_an_hour_at_one_is_said_with_its_article(house: House, hands: Hands) -> None:
    def told_to_wait(session: Session) -> Turn:
        turn = make.turn(session, 59)
        turn.not_before = make.at(5 * 60 + 5)
        return turn

    text = page(house, done(house, told_to_wait))

    assert "Otras personas pasan hasta la 1:05 p. m." in text


def test_a_called_turn_cannot_ask_for_more_time(house: House, hands: Hands) -> None:
    token = done(house, called)

    assert press(house.anybody(), token, "more-time").status_code == 409
    with house.app.app_context():
        assert not state_of(house, token).postponed


def test_who_missed_the_call_returns_to_their_place_once(house: House, hands: Hands) -> None:
    def second_of_two(session: Session) -> Turn:
        turn = absent(session, 58)
        make.turn(session, 30)
        return turn

    token, client = done(house, second_of_two), house.anybody()

    answer = press(client, token, "return")
    with house.app.app_context(), transaction(db.session) as session:
        turns.call_next(session, make.desk(session), now())
        turns.mark_absent(session, make.desk(session), now())
    again = press(client, token, "return")

    assert answer.status_code == 302
    assert again.status_code == 409
    assert "Ya volvió a la fila una vez." in again.get_data(as_text=True)
    assert "Volver a la fila" not in page(house, token)


def test_a_press_that_arrives_twice_acts_once(house: House, hands: Hands) -> None:
    token, client, key = issued(house), house.anybody(), new_press()

    first, second = (press(client, token, "more-time", key) for _ in range(2))

    assert (first.status_code, second.status_code) == (302, 302)
    with house.app.app_context():
        assert state_of(house, token).not_before == make.at(60) + timedelta(minutes=10)


def test_the_key_of_one_button_does_not_press_another(house: House, hands: Hands) -> None:
    token, client, key = issued(house), house.anybody(), new_press()
    press(client, token, "more-time", key)

    assert press(client, token, "leave", key).status_code == 409
    with house.app.app_context():
        assert state_of(house, token).state is State.WAITING


@pytest.mark.parametrize("data", [{}, {"press": ""}, {"press": "short"}, {"press": "x" * 22, "turn": "1"}])
def test_a_press_without_its_key_or_with_more_is_refused_on_the_page(
    house: House, hands: Hands, data: dict[str, str]
) -> None:
    token = issued(house)

    answer = house.anybody().post(f"/t/{token}/leave", data=data)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)
    with house.app.app_context():
        assert state_of(house, token).state is State.WAITING


# --- what it never tells ------------------------------------------------------------------------------


def over(house: House, hands: Hands) -> str:
    """The token of a turn that ended more than a day ago."""
    token = issued(house)
    press(house.anybody(), token, "leave")
    with house.app.app_context(), transaction(db.session) as session:
        long_ago = now() - timedelta(hours=24, minutes=1)
        session.execute(update(Turn).where(Turn.token == token).values(state_since=long_ago, issued_at=long_ago))
    return token


def of_another_day(house: House) -> str:
    """The token of a turn that nobody ended, of the day before."""
    token = issued(house)
    with house.app.app_context(), transaction(db.session) as session:
        yesterday = make.at(60) - timedelta(days=1)
        session.execute(update(Turn).where(Turn.token == token).values(issued_at=yesterday, state_since=yesterday))
    return token


def test_unknown_expired_and_other_day_tokens_get_the_same_page(house: House, hands: Hands) -> None:
    tokens = [UNKNOWN, over(house, hands), of_another_day(house), "short", "ñ", "%00" * 22, "x" * 4000]

    for path in ("", "/state", "/leave", "/more-time"):
        answers = [house.anybody().get(f"/t/{token}{path}") for token in tokens]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1
    assert "Este turno no existe o ya venció" in answers[0].get_data(as_text=True)


@pytest.mark.parametrize("what", ["leave", "more-time", "return"])
def test_a_press_on_a_turn_that_is_over_finds_nothing(house: House, hands: Hands, what: str) -> None:
    token = over(house, hands)

    assert press(house.anybody(), token, what).status_code == 404
    assert press(house.anybody(), UNKNOWN, what).status_code == 404


def test_an_ended_turn_is_followed_for_a_day(house: House, hands: Hands) -> None:
    token = issued(house)
    press(house.anybody(), token, "leave")
    hands.forward(hours=24)

    assert house.anybody().get(f"/t/{token}").status_code == 200
    hands.forward(minutes=1)
    assert house.anybody().get(f"/t/{token}").status_code == 404


def test_guessing_addresses_is_slowed_down_and_hits_never_are(house: House, hands: Hands) -> None:
    token, client = issued(house), house.anybody()

    misses = [client.get(f"/t/{number:022d}").status_code for number in range(31)]
    slowed = client.get(f"/t/{UNKNOWN}")
    hit = client.get(f"/t/{token}")
    elsewhere = client.get(f"/t/{UNKNOWN}", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    hands.forward(minutes=1)
    later = client.get(f"/t/{UNKNOWN}")

    assert misses == [404] * 30 + [429]
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["Retry-After"]) <= 60
    assert (hit.status_code, elsewhere.status_code, later.status_code) == (200, 404, 404)


def test_page_and_state_hold_nothing_but_public_facts(house: House, hands: Hands) -> None:
    with house.app.app_context(), transaction(db.session) as session:
        desk = make.desk(session)
        turn = make.turn(session, 10, "older")
        turns.call_next(session, desk, make.at(59))
        token, service, official = turn.token, turn.service, make.official(session)
        secrets = [service.hint, *service.requirements, service.office.name, official.name, official.username]

    for text in (page(house, token), page(house, token, "/state")):
        for secret in (*secrets, "60 años", "older", "referencial"):
            assert secret not in text
        assert not re.search(r'data-[a-z-]*id="', text)


def test_the_page_is_kept_out_of_indexes_referrers_and_caches(house: House, hands: Hands) -> None:
    token = issued(house)

    for path in (f"/t/{token}", f"/t/{token}/state", f"/t/{UNKNOWN}"):
        headers = house.anybody().get(path).headers
        assert "noindex" in headers["X-Robots-Tag"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in headers["Cache-Control"]


def test_nothing_writes_the_token_down(house: House, hands: Hands, caplog: pytest.LogCaptureFixture) -> None:
    token, client = issued(house), house.anybody()
    with caplog.at_level(0):
        client.get(f"/t/{token}")
        press(client, token, "leave")
        press(client, token, "leave")

    assert token not in caplog.text


# --- the state that it asks for again -----------------------------------------------------------------


def test_the_state_is_the_live_part_of_the_page(house: House, hands: Hands) -> None:
    token = issued(house)

    whole, part = page(house, token), page(house, token, "/state")

    assert "<html" not in part
    assert re.search(r'data-headline="([^"]*)"', part)[1] in whole  # type: ignore[index]
    assert sentence(part).split("Su turno")[1][:40] in sentence(whole)


def test_the_state_is_not_sent_again_until_something_happens(house: House, hands: Hands) -> None:
    client, token = house.anybody(), issued(house)
    first = client.get(f"/t/{token}/state")
    unchanged = client.get(f"/t/{token}/state", headers={"If-None-Match": first.headers["ETag"]})
    issued(house, minute=30)
    changed = client.get(f"/t/{token}/state", headers={"If-None-Match": first.headers["ETag"]})

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_the_state_is_sent_again_when_the_waits_are_drawn_though_nothing_else_happened(
    house: House, hands: Hands
) -> None:
    client, token = house.anybody(), issued(house)
    first = client.get(f"/t/{token}/state")
    with house.app.app_context():
        assert Foreseer().go_round() == 1

    assert client.get(f"/t/{token}/state", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_state_is_sent_again_each_minute_because_waits_shrink(house: House, hands: Hands) -> None:
    client, token = house.anybody(), issued(house)
    first = client.get(f"/t/{token}/state")
    hands.forward(minutes=1)

    assert client.get(f"/t/{token}/state", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_unchanged_state_is_answered_before_any_wait_is_worked_out(
    house: House, hands: Hands, statements: Callable[[], list[str]]
) -> None:
    client, token = house.anybody(), issued(house)
    etag = client.get(f"/t/{token}/state").headers["ETag"]
    statements()

    client.get(f"/t/{token}/state", headers={"If-None-Match": etag})

    assert len([one for one in statements() if one.lstrip().upper().startswith("SELECT")]) <= 3


@pytest.mark.parametrize(("before", "seconds"), [(3, "5"), (4, "15")])
def test_it_asks_more_often_when_the_call_is_near(house: House, hands: Hands, before: int, seconds: str) -> None:
    def last(session: Session) -> Turn:
        make.desk(session)
        return [make.turn(session, minute) for minute in range(before + 1)][-1]

    assert f'data-again="{seconds}"' in page(house, done(house, last), "/state")


def test_no_get_changes_anything(house: House, hands: Hands) -> None:
    token = issued(house)
    with house.app.app_context():
        before = state_of(house, token).__dict__.copy()
    for path in ("", "/state", "/leave", "/more-time"):
        page(house, token, path)
    assert house.anybody().get(f"/t/{token}/return").status_code == 405
    with house.app.app_context():
        after = state_of(house, token).__dict__
        before.pop("_sa_instance_state")
        assert all(after[name] == value for name, value in before.items())
