"""A citizen finds a service by their own words."""

from __future__ import annotations

import pytest

from core.information.finding import Entry, find, one_slip, roots

PREDIAL = Entry(1, ("Pagar el impuesto predial", "recibo casa lote finca", "Pida su recibo y sepa dónde pagar."))
CLEARANCE = Entry(2, ("Pedir paz y salvo predial", "constancia no debo", "Demuestre que su predio no debe impuesto."))
RESIDENCE = Entry(3, ("Certificado de vecindad", "residencia, constancia de dónde vivo", "Para empleo o estudio."))
SURVEY = Entry(4, ("Pedir la encuesta del Sisbén", "ficha puntaje subsidio", "Pídala si cambió de casa."))
CHILD = Entry(5, ("Denunciar maltrato a un niño", "abuso menores", "La Comisaría protege."))
EVERYTHING = (PREDIAL, CLEARANCE, RESIDENCE, SURVEY, CHILD)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("predial", 1),
        ("PREDIAL", 1),
        ("quiero pagar el predial", 1),
        ("impuestos prediales", 1),
        ("recibos de la finca", 1),
        ("paz y salvo", 2),
        ("certificar vecindad", 3),
        ("certificados", 3),
        ("constancias de residencia", 3),
        ("Sisben", 4),
        ("encuestas del sisbén", 4),
        ("maltrato a niñas", 5),
        ("ninos", 5),
        ("sisven", 4),
        ("predail", 1),
        ("cert", 3),
        ("besindad", 3),
        ("sertificado de vesindad", 3),
    ],
)
def test_accents_plurals_families_beginnings_and_slips_of_the_hand_do_not_matter(words: str, first: int) -> None:
    assert find(words, EVERYTHING)[0] == first


def test_what_has_every_word_comes_alone_and_some_words_are_better_than_nothing() -> None:
    assert find("constancia residencia", EVERYTHING) == [3]
    assert set(find("constancia perro", EVERYTHING)) == {2, 3}


def test_a_word_in_the_name_counts_more_than_in_the_description() -> None:
    assert find("casa", (SURVEY, PREDIAL)) == [1, 4]


@pytest.mark.parametrize("nothing", ["", "   ", "de la", "¿?", "xyzzy", "%' OR 1=1 --"])
def test_what_says_nothing_or_is_not_there_finds_nothing(nothing: str) -> None:
    assert find(nothing, EVERYTHING) == []


def test_of_a_whole_page_only_the_beginning_is_read() -> None:
    assert find("x" * 100_000 + " predial", EVERYTHING) == []


def test_words_that_say_nothing_are_left_out_and_each_root_counts_once() -> None:
    assert roots("Quiero PEDIR la licencia, licencias") == ["lisensi"]


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("predial", "predil", True),
        ("predial", "predrial", True),
        ("predial", "prebial", True),
        ("predial", "perdial", True),
        ("predial", "pardial", False),
        ("predial", "prial", False),
    ],
)
def test_a_slip_is_a_letter_more_less_changed_or_swapped(one: str, other: str, slip: bool) -> None:
    assert one_slip(one, other) is slip
    assert one_slip(other, one) is slip
