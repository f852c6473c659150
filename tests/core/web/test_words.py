"""How hours, days and waits are said in a sentence, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from flask import Flask, g

from core.clock import BOGOTA
from core.turns.waits import Wait
from core.web.words import day_text, hour_text, opening_text, room_text, wait_text


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BOGOTA)


@pytest.fixture(params=["es", "en"])
def language(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    """A page in each language."""
    with app.test_request_context("/"):
        g.language = request.param
        yield request.param


def test_an_hour_has_the_article_of_its_number(language: str) -> None:
    said = [hour_text(one) for one in (at(1, 5), at(8), at(11, 59), at(12), at(12, 30), at(13), at(13, 5))]
    assert (
        said
        == {
            "es": [
                "la 1:05 a. m.",
                "las 8:00 a. m.",
                "las 11:59 a. m.",
                "las 12:00 m.",
                "las 12:30 p. m.",
                "la 1:00 p. m.",
                "la 1:05 p. m.",
            ],
            "en": ["1:05 am", "8:00 am", "11:59 am", "12:00 pm", "12:30 pm", "1:00 pm", "1:05 pm"],
        }[language]
    )


def test_a_day_is_said_without_a_comma_in_spanish(language: str) -> None:
    assert day_text(date(2026, 11, 23)) == {"es": "lunes 23 de noviembre", "en": "Monday, November 23"}[language]


def test_the_next_opening_is_said_by_its_hour_today_and_by_its_day_later(language: str) -> None:
    said = [opening_text(at(13), at(12)), opening_text(at(8, day=24), at(12))]
    assert (
        said
        == {
            "es": ["hoy a la 1:00 p. m.", "el martes 24 de noviembre a las 8:00 a. m."],
            "en": ["today at 1:00 pm", "on Tuesday, November 24 at 8:00 am"],
        }[language]
    )


@pytest.mark.parametrize(
    ("low", "high", "spanish", "english"),
    [
        (None, None, "Aún no hay ventanilla abierta", "No window is open yet"),
        (0, 5, "Espera: menos de 5 minutos", "Wait: less than 5 minutes"),
        (0, 15, "Espera: menos de 15 minutos", "Wait: less than 15 minutes"),
        (25, 60, "Espera: entre 25 y 60 minutos", "Wait: 25 to 60 minutes"),
        (25, 70, "Espera: de 25 minutos a 1 hora y 10 minutos", "Wait: 25 minutes to 1 hour and 10 minutes"),
        (65, 120, "Espera: de 1 hora y 5 minutos a 2 horas", "Wait: 1 hour and 5 minutes to 2 hours"),
    ],
)
def test_a_wait_is_a_range_and_above_an_hour_is_said_in_hours(
    language: str, low: int | None, high: int | None, spanish: str, english: str
) -> None:
    assert wait_text(Wait(low, high)) == {"es": spanish, "en": english}[language]


def test_room_on_a_disk_is_never_said_to_be_more_than_it_is() -> None:
    said = [room_text(size) for size in (0, 67_108_864, 999_999_999, 1_000_000_000, 12_990_000_000)]
    assert said == [
        word.replace(" ", "\N{NO-BREAK SPACE}") for word in ("0 MB", "67 MB", "999 MB", "1,0 GB", "12,9 GB")
    ]
