"""A press has one effect, however often it arrives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import transaction
from core.errors import Invalid
from core.presses import KEPT, KeptPress, KeyReused, Press, forget_old, once, press
from tests import make

KEY = "k" * 22
at = make.at


class Kiosk:
    """Counts the effects of its presses."""

    def __init__(self, session: Session) -> None:
        self.session, self.effects = session, 0

    def act(self) -> dict[str, Any]:
        self.effects += 1
        return {"turn": self.effects}

    def send(self, pressed: Press, minute: float = 0) -> dict[str, Any]:
        with transaction(self.session):
            return once(self.session, pressed, at(minute), self.act)


@pytest.fixture
def kiosk(town: Session) -> Kiosk:
    return Kiosk(town)


def test_a_press_that_arrives_again_gets_the_first_answer_and_does_nothing(kiosk: Kiosk) -> None:
    pressed = press("device 1", KEY, {"service": 3, "group": "older"})
    assert [kiosk.send(pressed, minute) for minute in range(5)] == [{"turn": 1}] * 5
    assert kiosk.effects == 1


def test_a_new_key_or_another_actor_is_another_press(kiosk: Kiosk) -> None:
    asked = {"service": 3}
    presses = [press("device 1", KEY, asked), press("device 1", "other" + KEY, asked), press("device 2", KEY, asked)]
    assert [kiosk.send(pressed)["turn"] for pressed in presses] == [1, 2, 3]


def test_a_key_that_comes_with_another_request_is_refused(kiosk: Kiosk) -> None:
    kiosk.send(press("device 1", KEY, {"service": 3}))
    for other in ({"service": 4}, {}, {"service": 3, "group": "older"}, {"services": 3}):
        with pytest.raises(KeyReused):
            kiosk.send(press("device 1", KEY, other))
    assert kiosk.effects == 1


def test_the_same_request_is_known_in_whatever_order_its_parts_come(kiosk: Kiosk) -> None:
    assert press("a", KEY, {"x": 1, "y": 2}) == press("a", KEY, {"y": 2, "x": 1})
    assert press("a", KEY, {"x": 12, "y": ""}) != press("a", KEY, {"x": 1, "y": 2})


def test_a_press_that_was_refused_leaves_nothing_and_may_be_tried_again(town: Session, kiosk: Kiosk) -> None:
    pressed = press("device 1", KEY, {"service": 3})

    def refuse() -> dict[str, Any]:
        raise Invalid("No")

    with pytest.raises(Invalid), transaction(town):
        once(town, pressed, at(), refuse)
    assert town.scalars(select(KeptPress)).all() == []
    assert kiosk.send(pressed) == {"turn": 1}


@pytest.mark.parametrize("key", ["", "k" * 21, "k" * 65, "k" * 21 + " ", "k" * 21 + "\n", "ñ" * 22, "../" * 9])
def test_a_key_that_nobody_could_have_drawn_at_random_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        press("device 1", key, {})
    assert refusal.value.field == "press"


def test_a_key_of_twenty_two_to_sixty_four_letters_is_taken() -> None:
    for key in (KEY, "k" * 64, "Aa0_-" * 5):
        assert press("device 1", key, {}).key == key


def test_presses_are_forgotten_after_two_days(town: Session, kiosk: Kiosk) -> None:
    pressed = press("device 1", KEY, {})
    kiosk.send(pressed)
    with transaction(town):
        forget_old(town, at() + KEPT)
    assert kiosk.send(pressed) == {"turn": 1}
    with transaction(town):
        forget_old(town, at() + KEPT + timedelta(milliseconds=1))
    assert kiosk.send(pressed) == {"turn": 2}
