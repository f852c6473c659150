"""Petitions in words, in both languages, and the account of their days as it is read."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from core.petitions import names
from core.petitions.clocks import Name
from core.petitions.deadlines import State
from core.petitions.facts import Facts
from core.petitions.limits import WhyNot
from core.petitions.terms import Kind, Silence
from core.web.petition_words import AccountRow, account_told, clock_name, kind_text, why_not_text
from tests.core.petitions.cases import asked, at, closed, on, petition

PAUSED = petition("2026-12-04", 5, clarifications=asked("2026-12-07", "2026-12-10"))
DRAWN = """
{% from "ui/day_account.html" import day_account %}{% from "ui/petition_state.html" import petition_state %}
{{ petition_state(state) }}{{ day_account(told) }}"""


def test_every_kind_state_clock_and_refusal_has_its_words() -> None:
    pairs = (
        (names.KINDS, Kind),
        (names.STATES, State),
        (names.CLOCKS, Name),
        (names.SILENCES, Silence),
        (names.WHY_NOT, WhyNot),
    )
    for words, known in pairs:
        assert set(words) == set(known)


def test_the_account_is_said_day_by_day(bare: Flask) -> None:
    found = at(PAUSED, "2026-12-11", closed(on("2026-12-14")))
    with bare.app_context():
        told = account_told(found, on("2026-12-11"))
        words = [kind_text(Kind.CORRUPTION), clock_name(found.clocks[0]), why_not_text(WhyNot.NOT_A_TERM)]
    assert words == ["denuncia de corrupción", "completar la petición", "Escriba de 1 a 30 días hábiles."]
    assert told.sentence == "Vence el jueves 17 de diciembre de 2026: 5 días hábiles (Ley 5 de 1992, art. 258)."
    assert told.skipped == (
        "Días que no contaron: 4 de sábado o domingo, 1 de festivo, 1 de cierre por acto de la entidad, "
        "2 de suspensión mientras se completaba la petición."
    )
    assert [(row.day.day, row.words, row.number, row.why) for row in told.rows[:6]] == [
        (4, "viernes 4 de diciembre de 2026", "día 0", "desde aquí se cuenta: el día 1 es el siguiente día hábil"),
        (5, "sábado 5 de diciembre", "no cuenta", "sábado"),
        (6, "domingo 6 de diciembre", "no cuenta", "domingo"),
        (7, "lunes 7 de diciembre", "día 1", ""),
        (8, "martes 8 de diciembre", "no cuenta", "festivo «La Inmaculada Concepción»"),
        (9, "miércoles 9 de diciembre", "no cuenta", "término suspendido"),
    ]
    assert told.rows[7] == AccountRow(date(2026, 12, 11), "viernes 11 de diciembre", True, "día 2", "", now=True)


def test_the_account_is_said_in_english_too_and_tells_the_year_when_it_changes(bare: Flask) -> None:
    with bare.app_context(), force_locale("en"):
        told = account_told(at(petition("2026-12-30", 5)), on("2026-12-30"))
    assert told.sentence == "Due on Thursday, January 7, 2027: 5 working days (Ley 5 de 1992, art. 258)."
    assert told.skipped == "Days that did not count: 2 on a Saturday or Sunday, 1 on a holiday."
    assert [row.words for row in told.rows[:3]] == [
        "Wednesday, December 30, 2026",
        "Thursday, December 31",
        "Friday, January 1, 2027",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            petition("2026-10-09", clarifications=asked("2026-10-16")),
            "Término suspendido desde el viernes 16 de octubre de 2026: la petición se puede completar hasta el "
            "martes 17 de noviembre de 2026.",
        ),
        (
            Facts(kind=Kind.CONGRATULATION, received=on("2026-11-20")),
            "La ley no fija término. La meta es responder a más tardar el lunes 14 de diciembre de 2026.",
        ),
        (
            Facts(kind=Kind.APPEAL, received=on("2026-10-08")),
            "Vence el miércoles 9 de diciembre de 2026: 2 meses (Ley 1437 de 2011, art. 86).",
        ),
    ],
)
def test_a_term_that_is_not_of_days_or_does_not_run_is_said_so(bare: Flask, facts: Facts, said: str) -> None:
    with bare.app_context():
        assert account_told(at(facts), facts.received).sentence == said


def test_the_account_is_drawn_with_today_marked_and_what_did_not_count_apart(bare: Flask) -> None:
    found = at(PAUSED, "2026-12-11")
    with bare.test_request_context():
        told = account_told(found, on("2026-12-11"))
        drawn = bare.jinja_env.from_string(DRAWN).render(told=told, state=found.state)
    rows = drawn.split("<tr")[2:]
    assert len(rows) == len(found.account)
    assert [("day-account__skipped" in row) for row in rows] == [not line.counts for line in found.account]
    assert [('aria-current="date"' in row) for row in rows].index(True) == 7
    assert drawn.count('aria-current="date"') == 1
    assert "tag--warning" in drawn
    assert "por vencer" in drawn
