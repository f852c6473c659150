"""Petitions in words, in both languages, and the account of their days."""

from __future__ import annotations

from dataclasses import replace
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
from core.web.petition_words import AccountRow, account_rows, clock_name, kind_text, skipped_text, state_text
from core.web.petition_words import why_not_text as told
from tests.core.petitions.cases import asked, at, closed, on, petition


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


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_account_is_said_day_by_day(bare: Flask, language: str) -> None:
    facts = petition("2026-12-04", 5, clarifications=asked("2026-12-07", "2026-12-10"))
    found = at(facts, "2026-12-11", closed(on("2026-12-14")))
    with bare.app_context(), force_locale(language):
        rows = account_rows(found, on("2026-12-11"))
        said = [(row.day.day, row.number, row.why) for row in rows]
        words = [kind_text(Kind.CORRUPTION), state_text(found.state), clock_name(found.clocks[0])]
        skipped, refused = skipped_text(found), told(WhyNot.NOT_A_TERM)
    assert rows[7] == AccountRow(date(2026, 12, 11), True, said[7][1], "", now=True)
    assert (
        said[3:5]
        == {
            "es": [(7, "día 1", ""), (8, "no cuenta", "festivo «La Inmaculada Concepción»")],
            "en": [(7, "day 1", ""), (8, "does not count", "holiday “La Inmaculada Concepción”")],
        }[language]
    )
    if language == "es":
        assert said[0] == (4, "día 0", "desde aquí se cuenta: el día 1 es el siguiente día hábil")
        assert said[5] == (9, "no cuenta", "suspendido mientras se completaba la petición")
        assert words == ["denuncia de corrupción", "por vencer", "completar la petición"]
        assert skipped == (
            "4 de sábado o domingo, 1 de festivo, 1 de cierre por acto de la entidad, "
            "2 suspendidos mientras se completaba la petición"
        )
        assert refused == "Escriba de 1 a 30 días hábiles."


def test_an_appeal_is_counted_in_months(bare: Flask) -> None:
    found = at(Facts(kind=Kind.APPEAL, received=on("2026-10-08")))
    with bare.app_context():
        assert [row.number for row in account_rows(found, on("2026-10-08"))] == ["día 0", "no cuenta", "mes 2"]
        assert skipped_text(replace(found, account=found.account[:1])) == ""
