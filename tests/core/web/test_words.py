"""How hours, days and waits are said in a sentence, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from flask import Flask, g

from core.calendar import Day, Why
from core.catalogue.sheet import Sheet
from core.clock import BOGOTA
from core.turns.waits import Wait
from core.web.words import (
    cost_text,
    day_text,
    hour_text,
    opening_text,
    room_text,
    stretches_text,
    term_text,
    wait_text,
    why_text,
)


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


def test_the_hours_of_a_day_are_said_in_order_and_a_day_without_them_is_closed(language: str) -> None:
    day = [(time(8), time(12)), (time(14), time(18))]
    assert [stretches_text(day[:n]) for n in range(3)] == {
        "es": ["cerrado", "8:00 a. m. a 12:00 m.", "8:00 a. m. a 12:00 m. y 2:00 p. m. a 6:00 p. m."],
        "en": ["closed", "8:00 am to 12:00 pm", "8:00 am to 12:00 pm and 2:00 pm to 6:00 pm"],
    }[language]


@pytest.mark.parametrize(
    ("why", "name", "spanish", "english"),
    [
        (None, "", "", ""),
        (Why.SATURDAY, "", "sábado", "Saturday"),
        (Why.SUNDAY, "", "domingo", "Sunday"),
        (Why.HOLIDAY, "Navidad", "festivo «Navidad»", "holiday “Navidad”"),
        (Why.CLOSED, "Decreto 30", "cierre «Decreto 30»", "closed by “Decreto 30”"),
        (Why.OPENED, "Decreto 31", "hábil por «Decreto 31»", "working day by “Decreto 31”"),
        (Why.AFTER_HOURS, "", "llegó después del cierre", "arrived after closing"),
    ],
)
def test_the_account_of_a_term_says_why_a_day_does_not_count(
    language: str, why: Why | None, name: str, spanish: str, english: str
) -> None:
    line = Day(date(2026, 11, 23), why is Why.OPENED, 0, why, name)
    assert why_text(line) == {"es": spanish, "en": english}[language]


@pytest.mark.parametrize(
    ("sheet", "spanish", "english"),
    [
        (Sheet(), "", ""),
        (Sheet(time_unit="immediate"), "En la misma visita", "On the same visit"),
        (Sheet(time_unit="hours", time_value=4), "4 horas", "4 hours"),
        (Sheet(time_unit="working_days", time_value=1), "1 día hábil", "1 working day"),
        (Sheet(time_unit="working_days", time_value=15), "15 días hábiles", "15 working days"),
        (Sheet(time_unit="calendar_days", time_value=2), "2 días calendario", "2 calendar days"),
        (Sheet(time_unit="months", time_value=2), "2 meses", "2 months"),
        (Sheet(time_unit="months"), "", ""),
    ],
)
def test_how_long_a_service_takes_is_said_with_its_kind_of_days(
    language: str, sheet: Sheet, spanish: str, english: str
) -> None:
    assert term_text(sheet) == {"es": spanish, "en": english}[language]


@pytest.mark.parametrize(
    ("sheet", "spanish", "english"),
    [
        (Sheet(), "", ""),
        (Sheet(cost_kind="free"), "Es gratis.", "It is free."),
        (Sheet(cost_kind="tariff"), "Tiene un costo. Pregunte cuánto.", "It has a cost. Ask how much."),
        (Sheet(cost_kind="tariff", cost="Por tarifa.", cost_en="By tariff."), "Por tarifa.", "By tariff."),
        (Sheet(cost_kind="tariff", cost="Según la tarifa."), "Según la tarifa.", "Según la tarifa."),
    ],
)
def test_what_a_service_costs_is_said_in_the_words_of_the_sheet(
    language: str, sheet: Sheet, spanish: str, english: str
) -> None:
    assert cost_text(sheet) == {"es": spanish, "en": english}[language]
