"""The sheet of a service: kept as JSON without loss, said in English where there is any, and scored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.completeness import PARTS, completeness, is_stale
from core.catalogue.sheet import MAY_BE_WITHOUT, UNITS, Norm, Sheet, in_english, read, untranslated, written

TODAY = date(2026, 11, 23)
WHOLE = Sheet(
    name="Pedir",
    name_en="Ask",
    hint="Pida.",
    hint_en="Ask.",
    who="Todos",
    who_en="Everyone",
    result="Algo",
    result_en="Something",
    requirements=("Cédula",),
    requirements_en=("Identity card",),
    documents=("Carta",),
    documents_en=("Letter",),
    steps=("Venga",),
    steps_en=("Come",),
    cost_kind="free",
    time_value=15,
    time_unit="working_days",
    norms=(Norm("Ley 1437 de 2011", "artículo 14", "https://example.org/"),),
    form="Formulario",
    online="https://example.org/",
    suit="12345",
    keywords=("pedir",),
    keywords_en=("ask",),
    reviewed=date(2026, 11, 1),
)
words = st.text(max_size=12)
lists = st.lists(words.filter(bool), max_size=3).map(tuple)
sheets = st.builds(
    Sheet,
    name=words,
    name_en=words,
    steps=lists,
    steps_en=lists,
    time_value=st.none() | st.integers(1, 99),
    time_unit=st.sampled_from(["", *UNITS]),
    norms=st.lists(st.builds(Norm, words.filter(bool), words, words), max_size=3).map(tuple),
    without=st.lists(st.sampled_from(MAY_BE_WITHOUT), unique=True).map(tuple),
    reviewed=st.none() | st.dates(),
)


@given(sheets)
def test_a_sheet_comes_back_from_the_database_as_it_went(sheet: Sheet) -> None:
    assert read(written(sheet)) == sheet


def test_what_is_empty_is_not_kept() -> None:
    assert written(Sheet(name="Pedir")) == {"name": "Pedir"}


def test_whoever_reads_english_is_told_in_spanish_what_nobody_has_translated() -> None:
    sheet = replace(WHOLE, steps_en=(), who_en="")
    english = in_english(sheet)
    assert (english.name, english.steps, english.who) == ("Ask", ("Venga",), "Todos")
    assert untranslated(sheet) == ("who", "steps")


def test_a_whole_sheet_scores_a_hundred_and_an_empty_one_nothing() -> None:
    assert sum(weight for weight, _ in PARTS.values()) == 100
    assert completeness(WHOLE, TODAY) == completeness(replace(WHOLE, keywords=("otra",)), TODAY)
    assert (completeness(WHOLE, TODAY).score, completeness(WHOLE, TODAY).missing) == (100, ())
    empty = completeness(Sheet(name="Pedir"), TODAY)
    assert empty.score == 0
    assert empty.missing == tuple(PARTS)


EMPTIED: list[tuple[str, dict[str, Any]]] = [
    ("steps", {"steps": (), "steps_en": ()}),
    ("cost", {"cost_kind": ""}),
    ("cost", {"cost_kind": "tariff"}),
    ("time", {"time_value": None}),
    ("time", {"time_unit": ""}),
    ("norms", {"norms": ()}),
    ("requirements", {"requirements": ()}),
    ("who", {"who": ""}),
    ("documents", {"documents": ()}),
    ("result", {"result": ""}),
    ("reviewed", {"reviewed": None}),
    ("reviewed", {"reviewed": date(2025, 11, 22)}),
    ("english", {"steps_en": ()}),
    ("keywords", {"keywords": ()}),
    ("form", {"form": ""}),
    ("online", {"online": ""}),
    ("suit", {"suit": ""}),
]


@pytest.mark.parametrize(("part", "emptied"), EMPTIED)
def test_what_is_missing_is_named_and_costs_its_weight(part: str, emptied: dict[str, Any]) -> None:
    found = completeness(replace(WHOLE, **emptied), TODAY)
    assert found.missing == (part,)
    assert found.score == 100 - PARTS[part][0]


@pytest.mark.parametrize("part", MAY_BE_WITHOUT)
def test_what_a_service_rightly_does_not_have_is_not_missing(part: str) -> None:
    empty: Any = () if part in ("requirements", "documents") else ""
    assert completeness(replace(WHOLE, **{part: empty}, without=(part,)), TODAY).score == 100


@pytest.mark.parametrize(
    "told",
    [{"time_value": None, "time_unit": "immediate"}, {"cost_kind": "tariff", "cost": "Según la tarifa."}],
)
def test_a_time_at_once_and_a_cost_by_tariff_are_answers(told: dict[str, Any]) -> None:
    assert completeness(replace(WHOLE, **told, cost_en="By the tariff."), TODAY).score == 100


@pytest.mark.parametrize(
    ("reviewed", "stale"),
    [(None, True), (date(2025, 11, 22), True), (date(2025, 11, 23), False), (TODAY, False), (date(2026, 12, 1), False)],
)
def test_a_sheet_is_stale_when_nobody_has_looked_at_it_for_a_year(reviewed: date | None, stale: bool) -> None:
    assert is_stale(replace(WHOLE, reviewed=reviewed), TODAY) is stale
